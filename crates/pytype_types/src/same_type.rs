//! Types that mean the same, however they are written.

use crate::{Ty, TyKind, TypeContext, is_proper_subtype, proper};

/// Whether two types are the same: equal handles, unions in another order, signatures that differ
/// in names only for display.
pub fn is_same_type(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    if left == right {
        return true;
    }
    let (left, right) = (proper(ctx, left), proper(ctx, right));
    if left == right {
        return true;
    }
    match (left.kind(), right.kind()) {
        (TyKind::Any(_), TyKind::Any(_)) => true,
        (TyKind::Any(_), _) | (_, TyKind::Any(_)) => false,
        (TyKind::Instance(l), TyKind::Instance(r)) => {
            l.class == r.class
                && l.args.len() == r.args.len()
                && l.last_known.is_some() == r.last_known.is_some()
                && l.last_known == r.last_known
                && l.extra == r.extra
                && l.args.iter().zip(r.args.iter()).all(|(l, r)| is_same_type(ctx, l, r))
        }
        (TyKind::Tuple { items: l, fallback: lf }, TyKind::Tuple { items: r, fallback: rf }) => {
            l.len() == r.len()
                && lf.as_instance().map(|i| i.class) == rf.as_instance().map(|i| i.class)
                && l.iter().zip(r.iter()).all(|(l, r)| is_same_type(ctx, l, r))
        }
        (TyKind::Type(l), TyKind::Type(r)) => is_same_type(ctx, *l, *r),
        (TyKind::Union(l), TyKind::Union(r)) if l.len() != r.len() && !(l.iter().any(Ty::is_any) || r.iter().any(Ty::is_any)) => {
            is_proper_subtype(ctx, left, right) && is_proper_subtype(ctx, right, left)
        }
        _ => is_proper_subtype(ctx, left, right) && is_proper_subtype(ctx, right, left),
    }
}
