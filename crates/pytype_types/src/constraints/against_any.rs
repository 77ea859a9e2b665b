//! Constraints from comparing with `Any`: each variable may be `Any`.

use super::{Constraint, Direction, infer_part, push};
use crate::normalize::{flatten_nested_tuples, unpacked_variable};
use crate::{Ty, TyKind, TypeContext};

/// Compares each of the types with `any`.
pub(super) fn infer(
    ctx: &dyn TypeContext,
    types: &[Ty],
    any: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    for ty in flatten_nested_tuples(ctx, types) {
        let TyKind::Unpack(inner) = ty.kind() else {
            // The direction does not matter for `Any`, so variance is left out of account.
            infer_part(ctx, ty, any, direction, out);
            continue;
        };
        if unpacked_variable(ty).is_some() {
            push(out, *inner, direction, any);
        } else {
            infer_part(ctx, *inner, any, direction, out);
        }
    }
}
