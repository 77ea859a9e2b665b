//! Typed dicts, by the typing spec's rules on read-only, required and extra items.

use super::Relation;
use crate::{AnySource, Ty, TyKind, TypedDict, TypedDictItem, proper};

impl Relation<'_> {
    pub(super) fn typed_dict_fits(&self, left: Ty, dict: &TypedDict, right: Ty) -> bool {
        match right.kind() {
            TyKind::Instance(instance) => {
                if self.ctx.class(instance.class).is_protocol() && self.implements_protocol(left, right) {
                    return true;
                }
                self.extra_aware_mapping(dict, instance, right) || self.holds(dict.fallback, right)
            }
            TyKind::TypedDict(other) => self.typed_dicts(dict, other),
            _ => false,
        }
    }

    /// A dict whose every item is known is a `Mapping[str, V]` for the union of its values.
    fn extra_aware_mapping(&self, dict: &TypedDict, instance: &crate::Instance, _right: Ty) -> bool {
        let Some(extra) = dict.extra_items else { return false };
        let [key, value] = instance.args.as_slice() else { return false };
        let text = self.ctx.known_instance(crate::KnownClass::Str);
        let items = dict.items.values().chain(std::iter::once(&extra)).filter(|i| !i.ty.is_never());
        match instance.class.fullname().as_str() {
            "typing.Mapping" => self.holds(text, *key) && items.map(|i| i.ty).all(|ty| self.holds(ty, *value)),
            "builtins.dict" => {
                dict.items.values().all(|i| !i.required && !i.read_only)
                    && !extra.read_only
                    && crate::is_equivalent(self.ctx, text, *key)
                    && items.map(|i| i.ty).all(|ty| crate::is_equivalent(self.ctx, ty, *value))
            }
            _ => false,
        }
    }

    fn typed_dicts(&self, left: &TypedDict, right: &TypedDict) -> bool {
        let open = TypedDictItem { ty: self.ctx.object(), required: false, read_only: true };
        let left_extra = left.extra_items.unwrap_or(open);
        for (name, wanted) in &right.items {
            let own = match left.items.get(name) {
                Some(own) => *own,
                // An item that may be missing on the right may be an extra one on the left.
                None if !wanted.required && (left.extra_items.is_some() || wanted.read_only) => left_extra,
                None => return false,
            };
            if !self.item_fits(own, *wanted) {
                return false;
            }
        }
        let Some(right_extra) = right.extra_items else { return true };
        left.items.iter().filter(|(name, _)| !right.items.contains_key(*name)).all(|(_, own)| {
            let wanted = TypedDictItem { required: false, ..right_extra };
            self.item_fits(*own, wanted) && (wanted.read_only || !own.required)
        }) && self.item_fits(TypedDictItem { required: false, ..left_extra }, right_extra)
    }

    fn item_fits(&self, own: TypedDictItem, wanted: TypedDictItem) -> bool {
        let types = if wanted.read_only {
            self.holds(own.ty, wanted.ty)
        } else if own.read_only {
            false
        } else if self.proper {
            self.holds(own.ty, wanted.ty) && self.holds(wanted.ty, own.ty)
        } else {
            crate::is_equivalent(self.ctx, own.ty, wanted.ty)
        };
        let _ = AnySource::Explicit;
        // A required item can be deleted through a type in which it is not, unless read-only.
        types
            && if wanted.required { own.required } else { wanted.read_only || !own.required || wanted.required }
            || (types && proper(self.ctx, own.ty).is_any() && own.required == wanted.required)
    }
}
