//! Tuples against other types, unpacked parts of unknown length included.

use super::Relation;
use crate::{KnownClass, Ty, TyKind, find_unpack, proper, tuple_fallback, unpacked_tuple_item};

impl Relation<'_> {
    pub(super) fn tuple_fits(&self, left: Ty, items: &[Ty], fallback: Ty, right: Ty) -> bool {
        match right.kind() {
            TyKind::Instance(instance) => {
                let iterable = matches!(
                    instance.class.fullname().as_str(),
                    "builtins.tuple" | "typing.Iterable" | "typing.Container" | "typing.Sequence" | "typing.Reversible" | "typing.Collection"
                );
                if iterable && !self.is_named(fallback) {
                    let Some(wanted) = instance.args.first() else { return true };
                    return items.iter().all(|item| match item.kind() {
                        TyKind::Unpack(inner) => match proper(self.ctx, *inner).kind() {
                            TyKind::TypeVarTuple(_) => self.holds(self.ctx.object(), *wanted),
                            _ => unpacked_tuple_item(self.ctx, *item).is_some_and(|of| self.holds(of, *wanted)),
                        },
                        _ => self.holds(*item, *wanted),
                    }) && (items.is_empty() || true);
                }
                if self.holds(fallback_of(self, left), right) {
                    return true;
                }
                self.ctx.class(instance.class).is_protocol() && self.implements_protocol(left, right)
            }
            TyKind::Tuple { items: others, fallback: other_fallback } => {
                self.tuples(items, others.as_slice()) && {
                    let plain = other_fallback.is_instance_of("builtins.tuple");
                    plain || self.holds(fallback, *other_fallback)
                }
            }
            TyKind::Callable(_) | TyKind::Overloaded(_) | TyKind::Type(_) | TyKind::Literal { .. } => {
                self.holds(fallback, right)
            }
            _ => false,
        }
    }

    /// Whether a tuple's class is more than `tuple` (a named tuple, a subclass).
    fn is_named(&self, fallback: Ty) -> bool {
        !fallback.is_instance_of("builtins.tuple")
            && fallback.as_instance().is_some_and(|i| !self.ctx.class(i.class).has_base(self.ctx.known(KnownClass::Tuple)))
    }

    fn tuples(&self, left: &[Ty], right: &[Ty]) -> bool {
        match (find_unpack(left), find_unpack(right)) {
            (None, None) => left.len() == right.len() && left.iter().zip(right).all(|(l, r)| self.holds(*l, *r)),
            (None, Some(at)) => self.fixed_fits_variadic(left, right, at),
            (Some(at), None) => {
                // Only `*tuple[Any, ...]` fits a fixed length.
                let of = unpacked_tuple_item(self.ctx, left[at]);
                let any = of.is_some_and(|of| proper(self.ctx, of).is_any());
                if !any || self.proper || left.len() - 1 > right.len() {
                    return false;
                }
                let suffix = left.len() - at - 1;
                left[..at].iter().zip(right).all(|(l, r)| self.holds(*l, *r))
                    && left[at + 1..].iter().zip(&right[right.len() - suffix..]).all(|(l, r)| self.holds(*l, *r))
            }
            (Some(l), Some(r)) => self.variadic_fits_variadic(left, l, right, r),
        }
    }

    fn fixed_fits_variadic(&self, left: &[Ty], right: &[Ty], at: usize) -> bool {
        let suffix = right.len() - at - 1;
        if left.len() < at + suffix {
            return false;
        }
        let Some(of) = unpacked_tuple_item(self.ctx, right[at]) else { return false };
        let middle = &left[at..left.len() - suffix];
        left[..at].iter().zip(right).all(|(l, r)| self.holds(*l, *r))
            && middle.iter().all(|item| self.holds(*item, of))
            && left[left.len() - suffix..].iter().zip(&right[at + 1..]).all(|(l, r)| self.holds(*l, *r))
    }

    fn variadic_fits_variadic(&self, left: &[Ty], l: usize, right: &[Ty], r: usize) -> bool {
        let (left_suffix, right_suffix) = (left.len() - l - 1, right.len() - r - 1);
        match unpacked_tuple_item(self.ctx, right[r]) {
            // The right side's own variable: the same must stand on the left.
            None => {
                l == r
                    && left_suffix == right_suffix
                    && left.iter().zip(right).all(|(own, wanted)| match (own.kind(), wanted.kind()) {
                        (TyKind::Unpack(own), TyKind::Unpack(wanted)) => {
                            unpacked_tuple_item(self.ctx, left[l]).is_some_and(|of| proper(self.ctx, of).is_any())
                                && !self.proper
                                || self.holds(*own, *wanted)
                        }
                        _ => self.holds(*own, *wanted),
                    })
            }
            Some(of) => {
                if left.len() - 1 < r + right_suffix {
                    // `*tuple[Any, ...]` may be long enough.
                    let own = unpacked_tuple_item(self.ctx, left[l]);
                    return !self.proper && own.is_some_and(|own| proper(self.ctx, own).is_any());
                }
                if l < r || left_suffix < right_suffix {
                    return false;
                }
                let end = left.len() - right_suffix;
                left[..r].iter().zip(right).all(|(own, wanted)| self.holds(*own, *wanted))
                    && left[r..end].iter().all(|item| match item.kind() {
                        TyKind::Unpack(_) => match unpacked_tuple_item(self.ctx, *item) {
                            Some(own) => self.holds(own, of),
                            None => self.holds(self.ctx.object(), of),
                        },
                        _ => self.holds(*item, of),
                    })
                    && left[end..].iter().zip(&right[r + 1..]).all(|(own, wanted)| self.holds(*own, *wanted))
            }
        }
    }
}

fn fallback_of(relation: &Relation<'_>, tuple: Ty) -> Ty {
    tuple_fallback(relation.ctx, tuple)
}
