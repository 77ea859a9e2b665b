//! `@functools.total_ordering`: the comparison methods that follow from one of them.

use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    AnySource, ClassOrigin, KnownClass, ParamKind, SigFlags, Signature, Ty, TyList, TypeContext,
};

use super::methods::{Binding, Method, method, param};
use crate::classes::ClassHeader;
use crate::member_table::member_table;
use crate::{Context, FunctionKind, MemberKind, MemberTable, names, signatures, syntax, variables};

const METHODS: [&str; 4] = ["__lt__", "__le__", "__gt__", "__ge__"];

/// A comparison method found in the class or a base.
#[derive(Clone, Copy)]
enum Found {
    /// With its signature, and whether it is static.
    Signature(&'static Signature, bool),
    /// Something else that compares.
    Opaque,
}

pub(crate) fn add_members(
    ctx: &Context<'_>,
    header: &ClassHeader,
    table: &mut MemberTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !header.total_ordering {
        return;
    }
    let found: Vec<(&str, Found)> = METHODS
        .iter()
        .filter_map(|name| find(ctx, header, table, name).map(|found| (*name, found)))
        .collect();
    if found.is_empty() {
        report(ctx, header, diagnostics);
        return;
    }
    // Python's own preference: the last of the known ones by name.
    let root = found
        .iter()
        .filter_map(|(name, found)| match found {
            Found::Signature(signature, is_static) => Some((*name, *signature, *is_static)),
            Found::Opaque => None,
        })
        .max_by_key(|(name, _, _)| *name);
    let Some((_, signature, is_static)) = root else { return };
    if found.iter().any(|(_, found)| matches!(found, Found::Opaque)) {
        return;
    }
    let bool_ty = ctx.known_instance(KnownClass::Bool);
    let ret = if signature.ret == bool_ty { bool_ty } else { Ty::any(AnySource::Implementation) };
    let other = other_type(signature, is_static);
    let own = pytype_types::class_instance_type(ctx, header.info.id);
    for name in METHODS {
        if found.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let name = Name::new(name);
        let member = method(
            ctx,
            Method {
                name,
                class: header.info.id,
                self_type: own,
                params: vec![param("other", other, ParamKind::Pos)],
                ret,
                variables: TyList::EMPTY(),
                binding: Binding::Instance,
            },
        );
        table.put(name, member);
    }
}

fn find(ctx: &Context<'_>, header: &ClassHeader, table: &MemberTable, name: &str) -> Option<Found> {
    let name = Name::new(name);
    let own = table.get(name).copied();
    let member = own.or_else(|| {
        let above = header.info.mro.iter().skip(1).filter(|class| !class.is("builtins.object"));
        above.into_iter().find_map(|class| member_table(ctx.db, *class).get(name).copied())
    })?;
    Some(match member.kind {
        MemberKind::Body(at) => match names::binding_of(ctx.db, at).map(|binding| binding.node) {
            Some(crate::Node::Function(at)) => {
                let info = signatures::function_info(ctx.db, at);
                match info.items.as_slice() {
                    [only] if matches!(only.kind, FunctionKind::Plain | FunctionKind::StaticMethod) => {
                        let is_static = only.kind == FunctionKind::StaticMethod;
                        match only.signature.as_callable() {
                            // Without annotations nothing is known of what is compared.
                            Some(sig) if !sig.flags.contains(SigFlags::IMPLICIT) => {
                                Found::Signature(sig.get(), is_static)
                            }
                            Some(_) | None => Found::Opaque,
                        }
                    }
                    _ => Found::Opaque,
                }
            }
            Some(crate::Node::Variable(at)) => {
                let declared = variables::variable_info(ctx.db, at).declared;
                match declared.and_then(|ty| pytype_types::proper(ctx, ty).as_callable()) {
                    Some(sig) => Found::Signature(sig.get(), false),
                    None => Found::Opaque,
                }
            }
            Some(_) | None => Found::Opaque,
        },
        MemberKind::Synthesized(ty) => match ty.as_callable() {
            Some(sig) => Found::Signature(sig.get(), false),
            None => Found::Opaque,
        },
        MemberKind::SelfAttribute { .. } => Found::Opaque,
    })
}

/// The type of the parameter that is compared with.
fn other_type(signature: &Signature, is_static: bool) -> Ty {
    let wanted = if is_static { 0 } else { 1 };
    let mut position = 0;
    for param in &signature.params {
        if param.kind.is_positional() {
            if position == wanted {
                return param.ty;
            }
            position += 1;
        } else if param.kind != ParamKind::Star2 {
            return param.ty;
        }
    }
    Ty::any(AnySource::Implementation)
}

fn report(ctx: &Context<'_>, header: &ClassHeader, diagnostics: &mut Vec<Diagnostic>) {
    let ClassOrigin::Definition(at) = header.info.id.origin() else { return };
    let Some(class) = syntax::class(ctx.db, at) else { return };
    let decorator = class.decorator_list.iter().find(|decorator| {
        let path = names::shapes::dotted(&decorator.expression);
        path.is_some_and(|path| path.last().is_some_and(|last| *last == "total_ordering"))
    });
    let place = decorator.map_or(class.name.range, |decorator| decorator.range) - class.range.start();
    let message = "\"total_ordering\" needs a class that defines one of < > <= >=";
    diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
}
