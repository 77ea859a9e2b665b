//! Meets of types with parts: tuples and typed dicts.

use indexmap::IndexMap;

use super::{Meet, meet_types};
use crate::normalize::{split_around, tuple_of};
use crate::subtype::{ItemView, all_names, extra_view, is_tuple_like, item_view};
use crate::{
    ClassFlags, KnownClass, Ty, TyKind, TyList, TypeContext, TypedDict, TypedDictItem, find_unpack,
    is_equivalent, is_proper_subtype, is_subtype, proper, unpacked_tuple_item,
};

impl Meet<'_> {
    pub(super) fn with_tuple(&self, t: Ty, items: TyList, fallback: Ty) -> Ty {
        let ctx = self.ctx;
        match self.s.kind() {
            TyKind::Tuple { items: own, .. } => match self.tuple_items(own, &items) {
                Some(met) => Ty::tuple(met, fallback),
                None => self.nothing(),
            },
            TyKind::Instance(instance) => {
                if is_tuple_like(instance.class.fullname().as_str())
                    && let Some(of) = instance.args.first()
                {
                    let met: Vec<Ty> = items.iter().map(|item| self.item_with(item, *of)).collect();
                    return Ty::tuple(met, fallback);
                }
                let variadic = ctx.class(instance.class).flags.contains(ClassFlags::VARIADIC);
                // A named tuple that derives from an ordinary class as well.
                if is_proper_subtype(ctx, t, self.s) || (variadic && is_subtype(ctx, t, self.s)) {
                    t
                } else {
                    self.nothing()
                }
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
            | TyKind::Module(_) => self.nothing(),
        }
    }

    fn item_with(&self, item: Ty, of: Ty) -> Ty {
        if !matches!(item.kind(), TyKind::Unpack(_)) {
            return self.meet(item, of);
        }
        // Of a `*Ts` nothing can be told.
        let met = unpacked_tuple_item(self.ctx, item).map_or_else(Ty::never, |own| self.meet(own, of));
        Ty::new(TyKind::Unpack(tuple_of(self.ctx, met)))
    }

    fn tuple_items(&self, s: &[Ty], t: &[Ty]) -> Option<Vec<Ty>> {
        match (find_unpack(s), find_unpack(t)) {
            (None, None) => {
                let same = s.len() == t.len();
                same.then(|| t.iter().zip(s).map(|(t, s)| self.meet(*t, *s)).collect())
            }
            (Some(s_at), Some(t_at)) => self.two_variadic(s, s_at, t, t_at),
            (Some(at), None) => self.variadic_and_fixed(s, at, t),
            (None, Some(at)) => self.variadic_and_fixed(t, at, s),
        }
    }

    /// Only where the unknown parts stand at the same place.
    fn two_variadic(&self, s: &[Ty], s_at: usize, t: &[Ty], t_at: usize) -> Option<Vec<Ty>> {
        if s.len() != t.len() || s_at != t_at {
            return None;
        }
        let (own, other) = (unpacked_tuple_item(self.ctx, s[s_at])?, unpacked_tuple_item(self.ctx, t[t_at])?);
        let middle = self.meet(tuple_of(self.ctx, own), tuple_of(self.ctx, other));
        middle.as_instance()?;
        let item = |(at, (s, t)): (usize, (&Ty, &Ty))| {
            if at == s_at { Ty::new(TyKind::Unpack(middle)) } else { self.meet(*s, *t) }
        };
        Some(s.iter().zip(t).enumerate().map(item).collect())
    }

    fn variadic_and_fixed(&self, variadic: &[Ty], at: usize, fixed: &[Ty]) -> Option<Vec<Ty>> {
        let of = unpacked_tuple_item(self.ctx, variadic[at])?;
        if fixed.len() < variadic.len() - 1 {
            return None;
        }
        let split = split_around(self.ctx, fixed, at, variadic.len() - at - 1);
        let mut items = Vec::with_capacity(fixed.len());
        items.extend(split.prefix.iter().zip(variadic).map(|(own, other)| self.meet(*own, *other)));
        items.extend(split.middle.iter().map(|own| self.meet(*own, of)));
        items
            .extend(split.suffix.iter().zip(&variadic[at + 1..]).map(|(own, other)| self.meet(*own, *other)));
        Some(items)
    }

    pub(super) fn with_typed_dict(&self, t: Ty, dict: &TypedDict) -> Ty {
        let ctx = self.ctx;
        match self.s.kind() {
            TyKind::TypedDict(own) => meet_typed_dicts(ctx, own, dict).unwrap_or_else(|| self.nothing()),
            TyKind::Instance(_) if is_subtype(ctx, t, self.s) => t,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => self.nothing(),
        }
    }
}

fn meet_typed_dicts(ctx: &dyn TypeContext, s: &TypedDict, t: &TypedDict) -> Option<Ty> {
    let extra_items = match (s.extra_items, t.extra_items) {
        (None, None) => None,
        _ => Some(meet_typed_dict_items(ctx, extra_view(s), extra_view(t))?),
    };
    let is_closed = extra_items.is_some_and(|item| proper(ctx, item.ty).is_never());
    let mut items = IndexMap::default();
    for name in all_names(s, t) {
        let mut item = meet_typed_dict_items(ctx, item_view(s, name), item_view(t, name))?;
        // In a closed dict, an item that cannot be there need not be named.
        if is_closed && !item.read_only && proper(ctx, item.ty).is_never() {
            continue;
        }
        let required = |dict: &TypedDict| dict.items.get(&name).is_some_and(|item| item.required);
        item.required = required(s) || required(t);
        items.insert(name, item);
    }
    let fallback = ctx.known_instance(KnownClass::TypedDictFallback);
    Some(Ty::typed_dict(TypedDict { items, fallback, extra_items }))
}

/// The item as both have it; `None` if no item can be both.
fn meet_typed_dict_items(ctx: &dyn TypeContext, s: ItemView, t: ItemView) -> Option<TypedDictItem> {
    let ty = match (s.ty, t.ty) {
        (Some(own), Some(other)) => meet_types(ctx, own, other),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return None,
    };
    // What is assigned through one must fit the other.
    let stays = |view: ItemView, other: ItemView| match view.ty {
        Some(own) if !view.read_only => is_equivalent(ctx, ty, own) && (view.required || !other.required),
        Some(_) | None => true,
    };
    let impossible = proper(ctx, ty).is_never() && (s.required || t.required);
    let fits = stays(s, t) && stays(t, s) && !impossible;
    fits.then_some(TypedDictItem {
        ty,
        required: s.required || t.required,
        read_only: s.read_only && t.read_only,
    })
}
