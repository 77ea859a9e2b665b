//! The types that a class gives: its own instance, and the one with `Any` for every argument.

use crate::{AnySource, ClassId, Ty, TyFlags, TyKind, TyList, TypeContext, collect::any_inside};

/// The class's instance as its own methods see it: with its type parameters as arguments. A tuple
/// class gives its tuple, a typed dict its items.
pub fn class_instance_type(ctx: &dyn TypeContext, class: ClassId) -> Ty {
    let info = ctx.class(class);
    if let Some(tuple) = info.tuple_type {
        return tuple;
    }
    if let Some(dict) = info.typed_dict {
        return dict;
    }
    Ty::instance(class, own_arguments(info.type_params))
}

/// The type parameters as arguments: a `TypeVarTuple` is unpacked.
pub fn own_arguments(params: TyList) -> TyList {
    let is_variadic = |param: &Ty| matches!(param.kind(), TyKind::TypeVarTuple(_));
    if !params.iter().any(|param| is_variadic(&param)) {
        return params;
    }
    params.map(|param| if is_variadic(&param) { Ty::new(TyKind::Unpack(param)) } else { param })
}

/// The class's instance with `Any` for every type argument.
pub fn fill_with_any(ctx: &dyn TypeContext, class: ClassId) -> Ty {
    let info = ctx.class(class);
    if let Some(tuple) = info.tuple_type {
        return crate::erase_type_vars(ctx, tuple);
    }
    if let Some(dict) = info.typed_dict {
        return crate::erase_type_vars(ctx, dict);
    }
    let any = Ty::any(AnySource::SpecialForm);
    let args = info.type_params.map(|param| {
        if let TyKind::TypeVarTuple(_) = param.kind() {
            Ty::new(TyKind::Unpack(crate::tuple_of(ctx, any)))
        } else {
            any
        }
    });
    Ty::instance(class, args)
}

/// Whether an `Any` stands anywhere in the type.
pub fn has_any(_ctx: &dyn TypeContext, ty: Ty) -> bool {
    ty.has(TyFlags::HAS_ANY)
}

/// Whether an `Any` that a user wrote stands in the type.
pub fn has_explicit_any(ctx: &dyn TypeContext, ty: Ty) -> bool {
    has_any_of(ctx, ty, AnySource::Explicit)
}

/// Whether an `Any` from an import that is not followed stands in the type.
pub fn has_unimported_any(ctx: &dyn TypeContext, ty: Ty) -> bool {
    has_any_of(ctx, ty, AnySource::Unimported)
}

fn has_any_of(_ctx: &dyn TypeContext, ty: Ty, source: AnySource) -> bool {
    ty.has(TyFlags::HAS_ANY)
        && (matches!(ty.kind(), TyKind::Any(s) if *s == source)
            || any_inside(ty, &mut |part| matches!(part.kind(), TyKind::Any(s) if *s == source)))
}
