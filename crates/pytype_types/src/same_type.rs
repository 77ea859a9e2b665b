//! Types that mean the same, however they are written.

use crate::subtype::is_proper_subtype_unpromoted;
use crate::{Ty, TyKind, TypeContext};

/// Whether two types are the same: each a proper subtype of the other.
pub fn is_same_type(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    if left == right {
        return true;
    }
    if let (TyKind::Instance(l), TyKind::Instance(r)) = (left.kind(), right.kind())
        && l.class == r.class
        && l.args.len() == r.args.len()
        && l.last_known == r.last_known
    {
        return l.args.iter().zip(r.args.iter()).all(|(l, r)| is_same_type(ctx, l, r));
    }
    is_proper_subtype_unpromoted(ctx, left, right) && is_proper_subtype_unpromoted(ctx, right, left)
}
