//! Inferring the variance of a class's type parameters from how its members use them.

use crate::{ClassId, SubtypeOptions, Ty, TyKind, TypeContext, Variance, is_subtype_with};

/// For each type parameter the variance that its use allows (PEP 695): covariant if it can be,
/// else contravariant if it can be, else invariant.
pub fn infer_variance(ctx: &dyn TypeContext, class: ClassId) -> Vec<Variance> {
    let params = ctx.class(class).type_params;
    let options = SubtypeOptions { ignore_declared_variance: true, ..SubtypeOptions::default() };
    let object = ctx.object();
    params
        .iter()
        .enumerate()
        .map(|(index, param)| {
            if !matches!(param.kind(), TyKind::TypeVar(_)) {
                return Variance::Invariant;
            }
            let with = |own: Ty| {
                let args = params.iter().enumerate().map(|(i, other)| if i == index { own } else { other });
                Ty::instance(class, args.collect::<Vec<_>>())
            };
            let (up, down) = (with(object), with(Ty::never()));
            if is_subtype_with(ctx, down, up, options) {
                Variance::Covariant
            } else if is_subtype_with(ctx, up, down, options) {
                Variance::Contravariant
            } else {
                Variance::Invariant
            }
        })
        .collect()
}
