//! Type arguments of classes and aliases: those that are missing are filled in.

use crate::constraints::declared_default;
use crate::normalize::tuple_of;
use crate::{AnySource, Substitution, Ty, TyFlags, TyKind, TyList, TypeContext, expand_type, variable_decl};

/// `Any` (of this kind) for each type parameter, in the form that the parameter takes.
pub fn any_args(ctx: &dyn TypeContext, params: TyList, source: AnySource) -> TyList {
    let any = Ty::any(source);
    params.map(|param| {
        if let TyKind::TypeVarTuple(_) = param.kind() {
            Ty::new(TyKind::Unpack(tuple_of(ctx, any)))
        } else {
            any
        }
    })
}

/// A declared default, in which earlier variables of the same list are replaced. Variables that are
/// not among those are `Any`.
pub fn resolved_default(ctx: &dyn TypeContext, default: Ty, earlier: &Substitution) -> Ty {
    if !default.has(TyFlags::HAS_TYPE_VAR) {
        return default;
    }
    let mut known = earlier.clone();
    for variable in crate::free_type_vars(default) {
        if let (Some(id), Some(decl)) = (crate::variable_id(variable), variable_decl(variable))
            && !known.covers(id, decl)
        {
            known.insert(id, Ty::any(AnySource::Error));
        }
    }
    expand_type(ctx, default, &known)
}

/// Type arguments made complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixedArgs {
    pub args: TyList,
    /// Some parameter has no default and got `any`.
    pub used_any: bool,
}

/// The arguments for these parameters, what is missing filled in: with the default of the parameter
/// (in which earlier parameters are replaced by their arguments), else with `any`. A wrong number of
/// arguments counts as none at all.
pub fn fix_type_args(ctx: &dyn TypeContext, params: TyList, given: &[Ty], any: Ty) -> FixedArgs {
    let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
    let default_of = |param: Ty| variable_decl(param).and_then(|decl| declared_default(ctx, decl));
    let needed = params
        .iter()
        .filter(|param| !matches!(param.kind(), TyKind::TypeVarTuple(_)) && default_of(*param).is_none())
        .count();
    let enough = given.len() >= needed || given.iter().any(|arg| matches!(arg.kind(), TyKind::Unpack(_)));
    let fits = if variadic.is_some() { enough } else { enough && given.len() <= params.len() };
    let given = if fits { given } else { &[] };
    // Where a `TypeVarTuple` takes any number, nothing is missing.
    if given.len() == params.len() || (variadic.is_some() && !given.is_empty()) {
        return FixedArgs { args: given.into(), used_any: false };
    }
    let mut args: Vec<Ty> = Vec::with_capacity(params.len());
    let mut earlier = Substitution::new();
    let mut used_any = false;
    for (at, param) in params.iter().enumerate() {
        if let Some(arg) = given.get(at) {
            earlier.insert_variable(param, *arg);
            args.push(*arg);
            continue;
        }
        let is_tuple = matches!(param.kind(), TyKind::TypeVarTuple(_));
        let arg = match default_of(param) {
            Some(default) => resolved_default(ctx, default, &earlier),
            None => {
                used_any = true;
                if is_tuple { Ty::new(TyKind::Unpack(tuple_of(ctx, any))) } else { any }
            }
        };
        earlier.insert_variable(param, arg);
        match arg.kind() {
            // `*tuple[int, str]` as a default is two arguments.
            TyKind::Unpack(inner) => {
                if let TyKind::Tuple { items, .. } = crate::proper(ctx, *inner).kind() {
                    args.extend(items.iter())
                } else {
                    args.push(arg)
                }
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => args.push(arg),
        }
    }
    FixedArgs { args: TyList::new(args), used_any }
}
