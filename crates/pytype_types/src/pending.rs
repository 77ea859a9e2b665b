//! Coarse relations, shadowed by the real ones where those are exported by name.

#![allow(dead_code, reason = "shadowed one by one")]

use crate::{ClassId, Instance, Ty, TypeContext};

pub fn is_subtype(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let nominal = || {
        let (left, right) = (left.as_instance()?, right.as_instance()?);
        Some(ctx.class(left.class).has_base(right.class))
    };
    left == right
        || left.is_any()
        || right.is_any()
        || left.is_never()
        || right.is_instance_of("builtins.object")
        || nominal().unwrap_or(false)
}

pub fn join_type_list(ctx: &dyn TypeContext, types: &[Ty]) -> Ty {
    match types {
        [] => Ty::never(),
        [one] => *one,
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        _ => ctx.object(),
    }
}

pub fn meet_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    match (is_subtype(ctx, left, right), is_subtype(ctx, right, left)) {
        (true, _) => left,
        (false, true) => right,
        (false, false) => Ty::never(),
    }
}

pub fn make_simplified_union(_ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>) -> Ty {
    Ty::union(items)
}

pub fn map_instance_to_supertype(ctx: &dyn TypeContext, instance: &Instance, class: ClassId) -> Ty {
    if instance.class == class {
        return Ty::instance(class, instance.args);
    }
    match ctx.class(instance.class).ancestors.get(&class) {
        Some(ancestor) => crate::expand_by_instance(ctx, *ancestor, instance),
        None => Ty::plain_instance(class),
    }
}

pub fn erase_type_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    crate::translate::translate(ctx, ty, &mut |part| match part.kind() {
        crate::TyKind::TypeVar(_) | crate::TyKind::ParamSpec(_) => {
            Some(Ty::any(crate::AnySource::SpecialForm))
        }
        crate::TyKind::TypeVarTuple(_) => {
            Some(crate::normalize::tuple_of(ctx, Ty::any(crate::AnySource::SpecialForm)))
        }
        _ => None,
    })
}
