//! Overlap of types with parts: tuples and typed dicts.

use super::Overlap;
use crate::normalize::object_tuple;
use crate::{Instance, KnownClass, Ty, TyKind, TypedDict, map_to_supertype, proper, unpacked_tuple_item};

impl Overlap<'_> {
    /// Tuples with known items, and `tuple[X, ...]`.
    pub(super) fn tuples(&self, left: Ty, right: Ty) -> bool {
        let length = |ty: Ty| if let TyKind::Tuple { items, .. } = ty.kind() { items.len() } else { 1 };
        let own = self.tuple_items(left, length(right));
        // The other side is fitted to what has become of the first.
        let other = self.tuple_items(right, own.len());
        let own = self.stretched(own, other.len());
        let other = self.stretched(other, own.len());
        if own.len() != other.len() || !own.iter().zip(&other).all(|(l, r)| self.overlaps(*l, *r)) {
            return false;
        }
        let class = |ty: Ty| {
            if let TyKind::Tuple { fallback, .. } = ty.kind() { *fallback } else { object_tuple(self.ctx) }
        };
        let (own_class, other_class) = (class(left), class(right));
        let is_plain = |ty: Ty| ty.is_instance_of("builtins.tuple");
        is_plain(own_class) || is_plain(other_class) || self.overlaps(own_class, other_class)
    }

    /// The items; of `tuple[X, ...]` as many as are wanted.
    fn tuple_items(&self, ty: Ty, wanted: usize) -> Vec<Ty> {
        match ty.kind() {
            TyKind::Tuple { items, .. } => items.to_vec(),
            TyKind::Instance(instance) => {
                let item = instance.args.first().copied().unwrap_or_else(|| self.any());
                vec![item; wanted]
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
            | TyKind::Module(_) => Vec::new(),
        }
    }

    /// The items with an unpacked part taking the length that is missing.
    fn stretched(&self, items: Vec<Ty>, target: usize) -> Vec<Ty> {
        let Some(at) = crate::find_unpack(&items) else { return items };
        if items.len() > target + 1 {
            return items;
        }
        let item = unpacked_tuple_item(self.ctx, items[at]).unwrap_or_else(|| self.ctx.object());
        let mut out = items[..at].to_vec();
        out.extend(std::iter::repeat_n(item, target + 1 - items.len()));
        out.extend_from_slice(&items[at + 1..]);
        out
    }

    pub(super) fn typed_dicts(&self, left: &TypedDict, right: &TypedDict) -> bool {
        let required_fit = |own: &TypedDict, other: &TypedDict| {
            own.items.iter().filter(|(_, item)| item.required).all(|(name, item)| {
                other.items.get(name).is_some_and(|other| self.overlaps(item.ty, other.ty))
            })
        };
        required_fit(left, right) && required_fit(right, left)
    }

    /// A typed dict and a mapping: with required items, all of them must be possible values; without
    /// any, one of them must. An empty dict is both if neither has to have an item.
    pub(super) fn typed_dict_and_mapping(&self, dict: &TypedDict, instance: &Instance) -> bool {
        let class = self.ctx.class(instance.class);
        let read_only = dict.items.values().any(|item| item.read_only);
        if read_only && class.has_base_named("typing.MutableMapping") {
            return false;
        }
        let mapping = map_to_supertype(self.ctx, instance, self.ctx.known(KnownClass::Mapping));
        let Some([key, value]) = mapping.as_instance().map(|mapping| mapping.args.as_slice()) else {
            return true;
        };
        let mut required = dict.items.values().filter(|item| item.required).peekable();
        let has_required = required.peek().is_some();
        if proper(self.ctx, *key).is_never() && proper(self.ctx, *value).is_never() {
            return !has_required;
        }
        if !self.overlaps(*key, self.ctx.known_instance(KnownClass::Str)) {
            return false;
        }
        if has_required {
            required.all(|item| self.overlaps(item.ty, *value))
        } else {
            dict.items.values().any(|item| self.overlaps(item.ty, *value))
        }
    }
}
