//! The order of a class's ancestors (C3), and their type arguments.

use pytype_types::{ClassId, Instance, Ty, TyFlags, TyKind, TyList, map_to_supertype};
use rustc_hash::FxHashMap;

use super::class_header;
use crate::{Context, DeclareDb, substitution};

/// The linearisation of `class` with these direct bases; `None` when there is no consistent order.
pub(crate) fn linearise(db: &dyn DeclareDb, class: ClassId, bases: &[ClassId]) -> Option<Vec<ClassId>> {
    let mut sequences: Vec<&[ClassId]> =
        bases.iter().map(|base| class_header(db, *base, ()).info.mro.as_slice()).collect();
    sequences.push(bases);
    let mut order = vec![class];
    loop {
        sequences.retain(|sequence| !sequence.is_empty());
        if sequences.is_empty() {
            return Some(order);
        }
        let next = sequences
            .iter()
            .filter_map(|sequence| sequence.first().copied())
            .find(|head| !sequences.iter().any(|other| other.iter().skip(1).any(|c| c == head)))?;
        order.push(next);
        for sequence in &mut sequences {
            if sequence.first() == Some(&next) {
                *sequence = sequence.get(1..).unwrap_or(&[]);
            }
        }
    }
}

/// For each generic ancestor, its instance as the class sees it. Where an ancestor is reached on
/// several ways, the first way counts.
pub(crate) fn ancestors(ctx: &Context<'_>, bases: &[Ty]) -> FxHashMap<ClassId, Ty> {
    let mut found = FxHashMap::default();
    for base in bases {
        let Some(instance) = base.as_instance() else { continue };
        let header = class_header(ctx.db, instance.class, ());
        if !instance.args.is_empty() {
            found.entry(instance.class).or_insert(*base);
        }
        let arguments = fitted(header.info.type_params, instance.args);
        // What the items of a generic tuple class have in common is known only with its arguments.
        let generic_tuple = header.info.tuple_type.is_some_and(|tuple| tuple.has(TyFlags::HAS_TYPE_VAR));
        for (ancestor, ty) in &header.info.ancestors {
            found.entry(*ancestor).or_insert_with(|| {
                if generic_tuple {
                    map_to_supertype(ctx, &Instance { args: arguments, ..*instance }, *ancestor)
                } else {
                    substitution::apply(ctx, *ty, header.info.type_params, arguments)
                }
            });
        }
    }
    found
}

/// As many arguments as parameters: missing ones are `Any`. A `TypeVarTuple` takes any number.
fn fitted(params: TyList, args: TyList) -> TyList {
    let variadic = |param: &Ty| matches!(param.kind(), TyKind::TypeVarTuple(_));
    if params.len() == args.len()
        || args.iter().any(|arg| arg.has(TyFlags::HAS_UNPACK))
        || (params.len() <= args.len() + 1 && params.iter().any(|param| variadic(&param)))
    {
        return args;
    }
    let missing = Ty::any(pytype_types::AnySource::OmittedGenerics);
    (0..params.len()).map(|index| args.get(index).copied().unwrap_or(missing)).collect()
}

/// The direct base that occurs twice.
pub(crate) fn duplicate(bases: &[ClassId]) -> Option<ClassId> {
    bases
        .iter()
        .enumerate()
        .find(|(index, base)| bases.iter().take(*index).any(|b| b == *base))
        .map(|(_, b)| *b)
}
