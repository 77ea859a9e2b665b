//! Typed dicts, by the typing spec's rules on read-only, required and extra items.

use super::{Relation, SubtypeOptions};
use crate::{Instance, KnownClass, Ty, TyKind, TypedDict, TypedDictItem, is_same_type, proper};

/// An item as one typed dict sees it: its own, an extra one, or one it knows nothing of (which
/// counts as `NotRequired[ReadOnly[object]]` that must not be relied on).
#[derive(Clone, Copy)]
pub(crate) struct ItemView {
    /// `None` for one it knows nothing of.
    pub ty: Option<Ty>,
    pub required: bool,
    pub read_only: bool,
}

impl From<TypedDictItem> for ItemView {
    fn from(item: TypedDictItem) -> ItemView {
        ItemView { ty: Some(item.ty), required: item.required, read_only: item.read_only }
    }
}

/// The item `name` of a typed dict.
pub(crate) fn item_view(dict: &TypedDict, name: pytype_source::Name) -> ItemView {
    dict.items.get(&name).map_or_else(|| extra_view(dict), |item| (*item).into())
}

/// What a typed dict says of items that it does not name.
pub(crate) fn extra_view(dict: &TypedDict) -> ItemView {
    match dict.extra_items {
        Some(item) => ItemView { required: false, ..item.into() },
        None => ItemView { ty: None, required: false, read_only: true },
    }
}

/// The names of both, those of `left` first.
pub(crate) fn all_names(left: &TypedDict, right: &TypedDict) -> Vec<pytype_source::Name> {
    let only_right = right.items.keys().filter(|name| !left.items.contains_key(*name));
    left.items.keys().chain(only_right).copied().collect()
}

impl Relation<'_> {
    pub(super) fn typed_dict_fits(&self, dict: &TypedDict, right: Ty) -> bool {
        match right.kind() {
            TyKind::Instance(instance) => {
                self.holds(dict.fallback, right) || self.is_mapping_of_values(dict, instance)
            }
            TyKind::TypedDict(other) => self.typed_dicts(dict, other),
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
            | TyKind::Module(_) => false,
        }
    }

    fn typed_dicts(&self, left: &TypedDict, right: &TypedDict) -> bool {
        // What most pairs of a large union fail by, before anything is put together.
        let is_required = |name| left.items.get(name).is_some_and(|item| item.required);
        if right.items.iter().any(|(name, item)| item.required && !is_required(name)) {
            return false;
        }
        let pairs: Vec<_> = all_names(left, right)
            .into_iter()
            .map(|name| (item_view(left, name), item_view(right, name)))
            .chain([(extra_view(left), extra_view(right))])
            .collect();
        pairs.iter().all(|(own, wanted)| keys_fit(*own, *wanted))
            && pairs.iter().all(|(own, wanted)| self.item_fits(*own, *wanted))
    }

    fn item_fits(&self, own: ItemView, wanted: ItemView) -> bool {
        match (own.ty, wanted.ty) {
            (_, None) => true,
            // Whatever is in the dict now, a subclass may put something else there.
            (None, Some(wanted_ty)) => self.is_object(proper(self.ctx, wanted_ty)) && wanted.read_only,
            (Some(own_ty), Some(wanted_ty)) => {
                if wanted.read_only {
                    self.holds(own_ty, wanted_ty)
                } else if self.proper {
                    is_same_type(self.ctx, own_ty, wanted_ty)
                } else {
                    let plain = self.with(SubtypeOptions {
                        ignore_type_params: self.options.ignore_type_params,
                        ..SubtypeOptions::default()
                    });
                    plain.holds(own_ty, wanted_ty) && plain.holds(wanted_ty, own_ty)
                }
            }
        }
    }

    /// A dict all of whose items are known is a `Mapping[str, V]` for the union of its values, and
    /// a `dict[str, V]` when its items may come and go.
    fn is_mapping_of_values(&self, dict: &TypedDict, instance: &Instance) -> bool {
        let Some(extra) = dict.extra_items else { return false };
        let [key, value] = instance.args.as_slice() else { return false };
        let text = self.ctx.known_instance(KnownClass::Str);
        let mut items =
            dict.items.values().chain([&extra]).filter(|item| !proper(self.ctx, item.ty).is_never());
        match instance.class.fullname().as_str() {
            "typing.Mapping" => self.holds(text, *key) && items.all(|item| self.holds(item.ty, *value)),
            "builtins.dict" => {
                let same = |l: Ty, r: Ty| self.holds(l, r) && self.holds(r, l);
                !proper(self.ctx, extra.ty).is_never()
                    && !extra.read_only
                    && dict.items.values().all(|item| !item.required && !item.read_only)
                    && same(text, *key)
                    && items.all(|item| same(item.ty, *value))
            }
            _ => false,
        }
    }
}

/// Required items stay required, mutable ones mutable; what can be deleted stays deletable.
fn keys_fit(own: ItemView, wanted: ItemView) -> bool {
    (own.required || !wanted.required)
        && (wanted.read_only || (!own.read_only && (wanted.required || !own.required)))
}
