//! Tuples against other types, unpacked parts of unknown length included.

use super::Relation;
use crate::normalize::split_around;
use crate::{Ty, TyKind, TyList, find_unpack, proper, tuple_fallback, unpacked_tuple_item};

/// Whether instances of the class are what any tuple is, by the items alone.
pub(crate) fn is_tuple_like(fullname: &str) -> bool {
    matches!(
        fullname,
        "builtins.tuple" | "typing.Iterable" | "typing.Container" | "typing.Sequence" | "typing.Reversible"
    )
}

impl Relation<'_> {
    pub(super) fn tuple_fits(&self, left: Ty, items: TyList, fallback: Ty, right: Ty) -> bool {
        match right.kind() {
            TyKind::Instance(instance) => {
                let name = instance.class.fullname();
                if name == "typing.Sized" {
                    return true;
                }
                if is_tuple_like(name.as_str()) {
                    return self.items_fit(items, instance.args.first().copied(), name == "builtins.tuple");
                }
                (self.holds(fallback, right) && self.holds(tuple_fallback(self.ctx, left), right))
                    || (self.ctx.class(instance.class).is_protocol() && self.implements_protocol(left, right))
            }
            TyKind::Tuple { items: others, fallback: other_fallback } => {
                self.tuples(items, fallback, *others, *other_fallback, right)
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }

    /// All items against the item type of a homogeneous sequence.
    fn items_fit(&self, items: TyList, wanted: Option<Ty>, is_tuple: bool) -> bool {
        let Some(wanted) = wanted else { return !self.proper };
        if is_tuple && proper(self.ctx, wanted).is_any() {
            return true;
        }
        items.iter().all(|item| {
            if let TyKind::Unpack(_) = item.kind() {
                let of = unpacked_tuple_item(self.ctx, item).unwrap_or_else(|| self.ctx.object());
                self.holds(of, wanted)
            } else {
                self.holds(item, wanted)
            }
        })
    }

    fn tuples(&self, left: TyList, fallback: Ty, right: TyList, other_fallback: Ty, right_ty: Ty) -> bool {
        if self.variadic_tuples(left, fallback, right, right_ty) {
            return true;
        }
        let left = self.adjusted(left, &right);
        if left.len() != right.len() || !left.iter().zip(right.iter()).all(|(l, r)| self.holds(l, r)) {
            return false;
        }
        // The class need not be compared if it is plain `tuple`: how its argument is computed may
        // differ between tuples that fit.
        let is_plain = |ty: Ty| ty.is_instance_of("builtins.tuple");
        is_plain(other_fallback) || (!is_plain(fallback) && self.holds(fallback, other_fallback))
    }

    /// The left items with `*tuple[Any, ...]` taking the length that the right side (of fixed
    /// length, or with a `*Ts`) needs.
    fn adjusted(&self, left: TyList, right: &[Ty]) -> TyList {
        let Some(at) = find_unpack(&left) else { return left };
        let Some(item) = unpacked_tuple_item(self.ctx, left[at]) else { return left };
        if !proper(self.ctx, item).is_any() {
            return left;
        }
        let Some(right_at) = find_unpack(right) else {
            if left.len() > right.len() + 1 {
                return left;
            }
            let mut items = left[..at].to_vec();
            items.extend(std::iter::repeat_n(item, right.len() + 1 - left.len()));
            items.extend_from_slice(&left[at + 1..]);
            return items.into();
        };
        if unpacked_tuple_item(self.ctx, right[right_at]).is_some() {
            return left;
        }
        let suffix = right.len() - right_at - 1;
        if at > right_at || left.len() - at - 1 > suffix {
            return left;
        }
        let split = split_around(self.ctx, &left, right_at, suffix);
        split.prefix.iter().chain(&split.middle).chain(&split.suffix).copied().collect()
    }

    fn all_fit(&self, left: &[Ty], right: &[Ty]) -> bool {
        left.iter().zip(right).all(|(l, r)| self.holds(*l, *r))
    }

    /// Whether the left tuple fits the right one that has a `*tuple[X, ...]`, which counts as the
    /// infinite union of tuples that it stands for.
    fn variadic_tuples(&self, left: TyList, fallback: Ty, right: TyList, right_ty: Ty) -> bool {
        let Some(prefix) = find_unpack(&right) else { return false };
        let Some(right_item) = unpacked_tuple_item(self.ctx, right[prefix]) else { return false };
        let suffix = right.len() - prefix - 1;
        let Some(left_prefix) = find_unpack(&left) else {
            if left.len() < prefix + suffix {
                return false;
            }
            let end = left.len() - suffix;
            return self.all_fit(&left[..prefix], &right[..prefix])
                && self.all_fit(&left[end..], &right[prefix + 1..])
                && left[prefix..end].iter().all(|item| self.holds(*item, right_item));
        };
        let left_suffix = left.len() - left_prefix - 1;
        let Some(left_item) = unpacked_tuple_item(self.ctx, left[left_prefix]) else {
            return self.unsplittable_fits(left, left_prefix, left_suffix, right, right_item);
        };
        // Each length that the left side can have must fit; with `Any`, one of them is enough.
        let use_any = proper(self.ctx, left_item).is_any();
        if !use_any && left.len() < right.len() {
            return false;
        }
        if !self.holds(left_item, right_item) {
            return false;
        }
        let before = prefix.saturating_sub(left_prefix);
        let behind = suffix.saturating_sub(left_suffix);
        let both = (prefix + suffix).saturating_sub(left_prefix + left_suffix);
        for overlap in 0..=before.max(behind).max(both) {
            let mut items = left[..left_prefix].to_vec();
            items.extend(std::iter::repeat_n(left_item, overlap));
            items.extend_from_slice(&left[left_prefix + 1..]);
            let fits = self.holds(Ty::tuple(items, fallback), right_ty);
            if fits == use_any {
                return use_any;
            }
        }
        !use_any
    }

    /// A left side with `*Ts`, which cannot be taken apart unless it goes where anything goes.
    fn unsplittable_fits(
        &self,
        left: TyList,
        left_prefix: usize,
        left_suffix: usize,
        right: TyList,
        right_item: Ty,
    ) -> bool {
        if left.len() < right.len() || !self.is_top(right_item) {
            return false;
        }
        let split = split_around(self.ctx, &right, left_prefix, left_suffix);
        split.middle.iter().all(|item| matches!(item.kind(), TyKind::Unpack(_)) || self.is_top(*item))
            && self.all_fit(&left[..left_prefix], &split.prefix)
            && self.all_fit(&left[left_prefix + 1..], &split.suffix)
    }

    fn is_top(&self, ty: Ty) -> bool {
        let ty = proper(self.ctx, ty);
        (!self.proper && ty.is_any()) || self.is_object(ty)
    }
}
