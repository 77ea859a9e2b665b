//! What occurs in a type: type variables, `Any`, unpacked types.

use rustc_hash::FxHashSet;

use crate::shared_parts::Answers;
use crate::substitute::variable_id;
use crate::translate::for_each_part;
use crate::{AnySource, Ty, TyFlags, TyKind, TypeContext, TypeVarId};

/// Whether a type variable of any kind occurs.
pub fn has_type_vars(ty: Ty) -> bool {
    ty.has(TyFlags::HAS_TYPE_VAR)
}

/// Every type variable of any kind that occurs, in order, with repetitions dropped. Those that an inner
/// generic callable binds are among them, as in mypy's solver.
pub fn free_type_vars(ty: Ty) -> Vec<Ty> {
    let mut found = Vec::new();
    collect_variables(ty, &mut found);
    found
}

/// Adds the type variables of `ty` that are not in `found` yet. A `ParamSpec` is added bare.
pub fn collect_variables(ty: Ty, found: &mut Vec<Ty>) {
    collect_from_part(ty, found, &Answers::default());
}

fn collect_from_part(ty: Ty, found: &mut Vec<Ty>, visited: &Answers<Ty, ()>) {
    if !ty.has(TyFlags::HAS_TYPE_VAR) || !visited.is_new(ty) {
        return;
    }
    let variable = match ty.kind() {
        TyKind::TypeVar(_) | TyKind::TypeVarTuple(_) => Some(ty),
        TyKind::ParamSpec(spec) => Some(Ty::new(TyKind::ParamSpec(crate::ParamSpec {
            prefix: None,
            flavor: crate::ParamSpecFlavor::Bare,
            ..*spec
        }))),
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
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    };
    if let Some(variable) = variable
        && !found.contains(&variable)
    {
        found.push(variable);
    }
    for_each_part(ty, &mut |part| collect_from_part(part, found, visited));
}

/// Whether one of these variables occurs.
pub fn mentions(ty: Ty, ids: &[TypeVarId]) -> bool {
    part_mentions(ty, ids, &Answers::default())
}

fn part_mentions(ty: Ty, ids: &[TypeVarId], visited: &Answers<Ty, ()>) -> bool {
    if !ty.has(TyFlags::HAS_TYPE_VAR) || !visited.is_new(ty) {
        return false;
    }
    let own = if let TyKind::TypeVar(_) | TyKind::ParamSpec(_) | TyKind::TypeVarTuple(_) = ty.kind() {
        variable_id(ty).is_some_and(|id| ids.contains(&id))
    } else {
        false
    };
    own || any_part(ty, &mut |part| part_mentions(part, ids, visited))
}

/// Whether some direct part satisfies `test`.
pub fn any_part(ty: Ty, test: &mut dyn FnMut(Ty) -> bool) -> bool {
    let mut found = false;
    for_each_part(ty, &mut |part| found = found || test(part));
    found
}

/// Whether a part of the type, or the type itself, satisfies `test`; recursive aliases are not entered.
pub fn any_inside(ty: Ty, test: &mut dyn FnMut(Ty) -> bool) -> bool {
    any_inside_part(ty, test, &Answers::default())
}

fn any_inside_part(ty: Ty, test: &mut dyn FnMut(Ty) -> bool, visited: &Answers<Ty, ()>) -> bool {
    visited.is_new(ty) && (test(ty) || any_part(ty, &mut |part| any_inside_part(part, test, visited)))
}

/// Whether an `Any` of which `filter` approves occurs; recursive aliases are entered once.
pub fn has_any_type(ctx: &dyn TypeContext, ty: Ty, filter: &dyn Fn(AnySource) -> bool) -> bool {
    if !ty.has(TyFlags::HAS_ANY | TyFlags::HAS_ALIAS) {
        return false;
    }
    has_any_inside(ctx, ty, filter, &mut FxHashSet::default(), &Answers::default())
}

fn has_any_inside(
    ctx: &dyn TypeContext,
    ty: Ty,
    filter: &dyn Fn(AnySource) -> bool,
    seen: &mut FxHashSet<Ty>,
    visited: &Answers<Ty, ()>,
) -> bool {
    if !ty.has(TyFlags::HAS_ANY | TyFlags::HAS_ALIAS) || !visited.is_new(ty) {
        return false;
    }
    match ty.kind() {
        TyKind::Any(source) => filter(*source),
        TyKind::Alias { alias, args } => {
            args.iter().any(|arg| has_any_inside(ctx, arg, filter, seen, visited))
                || (seen.insert(ty)
                    && has_any_inside(
                        ctx,
                        crate::substitute::instantiate_alias(ctx, *alias, *args),
                        filter,
                        seen,
                        visited,
                    ))
        }
        TyKind::None
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
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Module(_) => any_part(ty, &mut |part| has_any_inside(ctx, part, filter, seen, visited)),
    }
}
