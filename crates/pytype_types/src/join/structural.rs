//! Joins of types with parts: tuples and typed dicts.

use indexmap::IndexMap;

use super::{Join, join_type_list, join_types};
use crate::normalize::{object_tuple, split_around, tuple_of};
use crate::subtype::{ItemView, all_names, item_view};
use crate::{
    KnownClass, Ty, TyKind, TyList, TypeContext, TypedDict, TypedDictItem, find_unpack, is_equivalent,
    is_proper_subtype, proper, tuple_fallback, unpacked_tuple_item,
};

impl Join<'_> {
    pub(super) fn tuples(&self, t: Ty, own: TyList, items: TyList) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        let fallback = self.joiner.instances(ctx, tuple_fallback(ctx, s), tuple_fallback(ctx, t));
        if let Some(joined) = join_items(ctx, &own, &items) {
            if let [only] = joined.as_slice()
                && let TyKind::Unpack(inner) = only.kind()
                && proper(ctx, *inner).as_instance().is_some()
            {
                return proper(ctx, *inner);
            }
            let is_plain = fallback.is_instance_of("builtins.tuple");
            return Ty::tuple(joined, if is_plain { object_tuple(ctx) } else { fallback });
        }
        if is_proper_subtype(ctx, s, t) {
            return t;
        }
        if is_proper_subtype(ctx, t, s) {
            return s;
        }
        fallback
    }

    pub(super) fn with_typed_dict(&self, t: &TypedDict) -> Ty {
        let s = match self.s.kind() {
            TyKind::TypedDict(s) => s,
            TyKind::Instance(_) => return self.join(self.s, t.fallback),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => return self.default(self.s),
        };
        let mut items = IndexMap::default();
        for name in all_names(s, t) {
            if let Some(item) = join_typed_dict_items(self.ctx, item_view(s, name), item_view(t, name)) {
                items.insert(name, item);
            }
        }
        let extra_items = match (s.extra_items, t.extra_items) {
            (Some(own), Some(other)) if own == other => Some(own),
            (Some(own), Some(other)) => join_typed_dict_items(self.ctx, own.into(), other.into()),
            _ => None,
        };
        let fallback = self.ctx.known_instance(KnownClass::TypedDictFallback);
        Ty::typed_dict(TypedDict { items, fallback, extra_items })
    }
}

/// The item that both have; `None` where one knows nothing of it.
fn join_typed_dict_items(ctx: &dyn TypeContext, s: ItemView, t: ItemView) -> Option<TypedDictItem> {
    let (own, other) = (s.ty?, t.ty?);
    // What one may not delete and the other may miss can only be read.
    let read_only = s.required != t.required || s.read_only || t.read_only || !is_equivalent(ctx, own, other);
    Some(TypedDictItem { ty: join_types(ctx, own, other), required: s.required && t.required, read_only })
}

fn join_pairs(ctx: &dyn TypeContext, left: &[Ty], right: &[Ty], out: &mut Vec<Ty>) {
    out.extend(left.iter().zip(right).map(|(l, r)| join_types(ctx, *l, *r)));
}

/// The items of the join of two tuples; `None` if it has no known items.
fn join_items(ctx: &dyn TypeContext, s: &[Ty], t: &[Ty]) -> Option<Vec<Ty>> {
    match (find_unpack(s), find_unpack(t)) {
        (None, None) => {
            let same = s.len() == t.len();
            same.then(|| t.iter().zip(s).map(|(t, s)| join_types(ctx, *t, *s)).collect())
        }
        (Some(s_at), Some(t_at)) => join_two_variadic(ctx, s, s_at, t, t_at),
        (Some(at), None) => join_variadic_and_fixed(ctx, s, at, t),
        (None, Some(at)) => join_variadic_and_fixed(ctx, t, at, s),
    }
}

fn unpacked(ctx: &dyn TypeContext, item: Ty) -> Ty {
    if let TyKind::Unpack(inner) = item.kind() { proper(ctx, *inner) } else { item }
}

fn join_two_variadic(ctx: &dyn TypeContext, s: &[Ty], s_at: usize, t: &[Ty], t_at: usize) -> Option<Vec<Ty>> {
    if s.len() == t.len() && s_at == t_at {
        // Part by part.
        let mut items = Vec::with_capacity(s.len());
        join_pairs(ctx, &s[..s_at], &t[..s_at], &mut items);
        let joined = join_types(ctx, unpacked(ctx, s[s_at]), unpacked(ctx, t[t_at]));
        let keeps =
            matches!(joined.kind(), TyKind::TypeVarTuple(_)) || joined.is_instance_of("builtins.tuple");
        let middle = if keeps { joined } else { tuple_of(ctx, ctx.object()) };
        items.push(Ty::new(TyKind::Unpack(middle)));
        join_pairs(ctx, &s[s_at + 1..], &t[t_at + 1..], &mut items);
        return Some(items);
    }
    if s.len() != 1 && t.len() != 1 {
        return None;
    }
    // One of them is `tuple[X, ...]`: so is the join.
    let (own, other) = (unpacked_tuple_item(ctx, s[s_at])?, unpacked_tuple_item(ctx, t[t_at])?);
    let without = |items: &[Ty], at: usize| [&items[..at], &items[at + 1..]].concat();
    let rest = join_type_list(ctx, &[without(s, s_at), without(t, t_at)].concat());
    let item = join_types(ctx, join_types(ctx, own, other), rest);
    Some(vec![Ty::new(TyKind::Unpack(tuple_of(ctx, item)))])
}

fn join_variadic_and_fixed(
    ctx: &dyn TypeContext,
    variadic: &[Ty],
    at: usize,
    fixed: &[Ty],
) -> Option<Vec<Ty>> {
    let item = unpacked_tuple_item(ctx, variadic[at])?;
    if fixed.len() < variadic.len() - 1 {
        return None;
    }
    let split = split_around(ctx, fixed, at, variadic.len() - at - 1);
    let mut items = Vec::with_capacity(variadic.len());
    join_pairs(ctx, &split.prefix, &variadic[..at], &mut items);
    let middle = join_types(ctx, join_type_list(ctx, &split.middle), item);
    items.push(Ty::new(TyKind::Unpack(tuple_of(ctx, middle))));
    join_pairs(ctx, &split.suffix, &variadic[at + 1..], &mut items);
    Some(items)
}
