//! Putting types in the place of type variables, in the terms of this layer.

use pytype_types::{ClassId, Ty, TyFlags, TyList, TypeContext};

use crate::classes::ClassHeader;
use crate::{Context, type_operations as ops};

/// `ty` with the type parameters `params` replaced by `args`.
pub(crate) fn apply(ctx: &Context<'_>, ty: Ty, params: TyList, args: TyList) -> Ty {
    if !ty.has(TyFlags::HAS_TYPE_VAR) || params.is_empty() {
        ty
    } else {
        ops::substitute(ctx, ty, params, args)
    }
}

/// A type in terms of `ancestor`'s type parameters, in terms of those of the class.
pub(crate) fn from_ancestor(ctx: &Context<'_>, header: &ClassHeader, ty: Ty, ancestor: ClassId) -> Ty {
    if header.info.id == ancestor || !ty.has(TyFlags::HAS_TYPE_VAR) {
        return ty;
    }
    match header.info.ancestors.get(&ancestor).and_then(|ty| ty.as_instance()) {
        Some(instance) => apply(ctx, ty, ctx.class(ancestor).type_params, instance.args),
        None => ty,
    }
}

/// `ty` with `Self` replaced.
pub(crate) fn replace_self(ctx: &Context<'_>, ty: Ty, replacement: Ty) -> Ty {
    if ty.has(TyFlags::HAS_SELF) { ops::replace_self(ctx, ty, replacement) } else { ty }
}
