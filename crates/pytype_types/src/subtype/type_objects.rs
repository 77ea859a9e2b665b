//! `type[X]` against other types.

use super::Relation;
use crate::{ClassFlags, KnownClass, Ty, TyKind, proper};
use pytype_source::Name;

impl Relation<'_> {
    pub(super) fn type_object_fits(&self, left: Ty, item: Ty, right: Ty) -> bool {
        match right.kind() {
            TyKind::Type(other) => self.holds(item, *other),
            TyKind::TypeForm(other) => self.holds(item, *other),
            TyKind::Callable(sig) => {
                if self.proper {
                    // Only the constructor's result can be compared soundly.
                    return match proper(self.ctx, item).kind() {
                        TyKind::Instance(instance) => self.holds(self.ctx.constructor(instance.class), right),
                        _ => false,
                    };
                }
                match proper(self.ctx, item).kind() {
                    TyKind::Instance(instance) => {
                        let constructor = self.ctx.constructor(instance.class);
                        let specialised = crate::expand_by_instance(self.ctx, constructor, instance);
                        self.holds(specialised, right)
                    }
                    // What is made is all that is known of how it is made.
                    _ => self.holds(item, sig.ret),
                }
            }
            TyKind::Overloaded(_) => match proper(self.ctx, item).kind() {
                TyKind::Instance(instance) => self.holds(self.ctx.constructor(instance.class), right),
                _ => false,
            },
            TyKind::Instance(instance) => {
                if self.is_object(right) || instance.class.is("builtins.type") {
                    return true;
                }
                let mut own = proper(self.ctx, item);
                if let TyKind::TypeVar(variable) = own.kind() {
                    own = proper(self.ctx, self.ctx.type_var(variable.decl).bound);
                }
                if let TyKind::Tuple { fallback, .. } = own.kind() {
                    own = *fallback;
                }
                let Some(own_instance) = own.as_instance() else {
                    return own.is_any() && !self.proper && self.ctx.class(instance.class).has_base_named("builtins.type");
                };
                if self.ctx.class(instance.class).is_protocol() && self.class_object_implements(left, own, right) {
                    return true;
                }
                let class = self.ctx.class(own_instance.class);
                if class.flags.contains(ClassFlags::META_FALLBACK_TO_ANY) && !self.proper {
                    return true;
                }
                let metaclass = class.metaclass.unwrap_or_else(|| self.ctx.known_instance(KnownClass::Type));
                self.holds(metaclass, right)
            }
            _ => false,
        }
    }

    /// A class object as an implementation of a protocol: its own attributes, or its metaclass's.
    pub(super) fn class_object_implements(&self, left: Ty, instance: Ty, right: Ty) -> bool {
        let Some(protocol) = right.as_instance() else { return false };
        let members = self.ctx.protocol_members(protocol.class);
        if members.len() == 1 && members[0] == "__call__" {
            let Some(wanted) = self.ctx.member(right, Name::new("__call__"), left) else { return false };
            let Some(own) = instance.as_instance() else { return false };
            return self.holds(self.ctx.constructor(own.class), wanted.ty);
        }
        self.implements_protocol_as(left, right, true)
    }
}
