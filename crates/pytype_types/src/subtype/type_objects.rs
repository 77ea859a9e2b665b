//! `type[X]` against other types.

use super::Relation;
use crate::{Ty, TyKind, expand_by_instance, proper, tuple_fallback};

impl Relation<'_> {
    pub(super) fn type_object_fits(&self, left: Ty, item: Ty, right: Ty) -> bool {
        match right.kind() {
            TyKind::Type(other) | TyKind::TypeForm(other) => self.holds(item, *other),
            TyKind::Overloaded(items) => {
                // The items of a class's constructor all make the same thing.
                items.first().is_some_and(|first| {
                    first.as_callable().is_some_and(|sig| sig.is_type_object()) && self.holds(left, *first)
                })
            }
            TyKind::Callable(sig) => {
                // For proper subtypes this would not be transitive.
                if self.proper && !sig.is_type_object() {
                    return false;
                }
                self.made_fits(item, sig.ret)
            }
            TyKind::Instance(instance) => {
                if self.is_object(right) || instance.class.is("builtins.type") {
                    return true;
                }
                let mut own = proper(self.ctx, item);
                if let TyKind::TypeVar(variable) = own.kind() {
                    own = proper(self.ctx, crate::constraints::upper_bound(self.ctx, variable.decl));
                }
                let Some(own_instance) = own.as_instance() else { return false };
                if self.ctx.class(instance.class).is_protocol() && self.class_object_implements(own, right) {
                    return true;
                }
                let metaclass = self.ctx.class(own_instance.class).metaclass;
                metaclass.is_some_and(|metaclass| self.holds(metaclass, right))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }

    /// Whether what the class makes fits; how it is made is not looked at.
    fn made_fits(&self, item: Ty, wanted: Ty) -> bool {
        let mut class = proper(self.ctx, item);
        if matches!(class.kind(), TyKind::Tuple { .. }) {
            class = tuple_fallback(self.ctx, class);
        }
        let Some(instance) = class.as_instance() else { return self.holds(item, wanted) };
        let constructor = expand_by_instance(self.ctx, self.ctx.constructor(instance.class), instance);
        let fits = |ty: Ty| ty.as_callable().is_none_or(|sig| self.holds(sig.ret, wanted));
        match constructor.kind() {
            TyKind::Callable(_) => fits(constructor),
            TyKind::Overloaded(items) => items.iter().all(fits),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Tuple { .. }
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
            | TyKind::Module(_) => self.holds(item, wanted),
        }
    }
}
