//! Structural subtyping: whether a type has all that a protocol asks for.

use super::{Relation, SubtypeOptions};
use crate::{Attribute, AttributeFlags, Ty, TyKind, TypeContext, proper};
use pytype_source::Name;

/// Whether `left` implements the protocol instance `right`.
pub fn is_protocol_implementation(ctx: &dyn TypeContext, left: Ty, right: Ty, proper: bool) -> bool {
    Relation { ctx, options: SubtypeOptions::default(), proper }.implements_protocol(left, right)
}

/// Nesting beyond which recursive protocols are taken to fit.
const MAX_DEPTH: usize = 60;

impl Relation<'_> {
    pub(crate) fn implements_protocol(&self, left: Ty, right: Ty) -> bool {
        self.implements_protocol_as(left, right, false)
    }

    /// `class_object`: `left` is a class object, whose own attributes count.
    pub(super) fn implements_protocol_as(&self, left: Ty, right: Ty, class_object: bool) -> bool {
        let Some(protocol) = right.as_instance() else { return false };
        let state = self.ctx.relations();
        let stack = if self.proper { &state.assumed_proper } else { &state.assumed };
        let seen = |l: Ty, r: Ty| l == left && r == right;
        if stack.borrow().iter().rev().any(|(l, r)| seen(*l, *r)) || stack.borrow().len() > MAX_DEPTH {
            return true;
        }
        // The same class against the same protocol with growing arguments: assumed to go on like that.
        let same_classes = |l: Ty, r: Ty| {
            l.as_instance().map(|i| i.class) == left.as_instance().map(|i| i.class)
                && r.as_instance().map(|i| i.class) == Some(protocol.class)
                && left.as_instance().is_some()
        };
        if stack.borrow().iter().filter(|(l, r)| same_classes(*l, *r)).count() > 3 {
            return true;
        }
        stack.borrow_mut().push((left, right));
        let result = self.members_fit(left, right, protocol.class, class_object);
        stack.borrow_mut().pop();
        result
    }

    fn members_fit(&self, left: Ty, right: Ty, class: crate::ClassId, class_object: bool) -> bool {
        self.ctx.protocol_members(class).iter().all(|name| self.member_fits(left, right, *name, class_object))
    }

    fn own_member(&self, left: Ty, name: Name, class_object: bool) -> Option<Attribute> {
        match left.kind() {
            TyKind::Module(module) => self.ctx.module_member(*module, name),
            TyKind::Type(item) => self.ctx.class_object_member(*item, name, left),
            TyKind::Callable(sig) if class_object => {
                self.ctx.class_object_member(crate::erase_type_vars(self.ctx, sig.instance_type.unwrap_or(sig.ret)), name, left)
            }
            _ => self.ctx.member(left, name, left),
        }
    }

    fn member_fits(&self, left: Ty, right: Ty, name: Name, class_object: bool) -> bool {
        let Some(wanted) = self.ctx.member(right, name, left) else { return true };
        let Some(own) = self.own_member(left, name, class_object) else {
            // `None` for `__hash__` and classes without it are the only members that may be missing.
            return false;
        };
        let (own_ty, wanted_ty) = (proper(self.ctx, own.ty), proper(self.ctx, wanted.ty));
        // `__call__` may be positional-only on either side.
        let options = SubtypeOptions {
            ignore_pos_arg_names: name != "__call__",
            ..SubtypeOptions::default()
        };
        let relation = Relation { ctx: self.ctx, options, proper: self.proper };
        if !relation.holds(own_ty, wanted_ty) {
            return false;
        }
        if own_ty.is_none() && name == "__hash__" && !wanted_ty.is_none() {
            return false;
        }
        self.flags_fit(&own, &wanted, own_ty, wanted_ty, class_object)
    }

    fn flags_fit(&self, own: &Attribute, wanted: &Attribute, own_ty: Ty, wanted_ty: Ty, class_object: bool) -> bool {
        let settable = wanted.flags.contains(AttributeFlags::SETTABLE);
        if settable {
            // What can be assigned must accept all that the protocol lets be assigned.
            if !own.flags.contains(AttributeFlags::SETTABLE) {
                return false;
            }
            let accepts = own.set_ty.map_or(own_ty, |ty| proper(self.ctx, ty));
            let given = wanted.set_ty.map_or(wanted_ty, |ty| proper(self.ctx, ty));
            let plain = Relation { options: SubtypeOptions::default(), ..*self };
            if !plain.holds(given, accepts) {
                return false;
            }
        }
        let class_var = AttributeFlags::CLASS_VAR;
        let wanted_class_var = wanted.flags.contains(class_var);
        if class_object {
            // On a class object a plain variable of the protocol must be one of the class.
            return !(wanted_class_var && !own.flags.contains(class_var) && settable);
        }
        let method = AttributeFlags::METHOD;
        if wanted_class_var && !wanted.flags.contains(method) && !own.flags.intersects(class_var | method) {
            return false;
        }
        if !wanted_class_var && settable && own.flags.contains(class_var) && !own.flags.contains(method) {
            return false;
        }
        if wanted.flags.contains(AttributeFlags::CLASS_METHOD) {
            return own.flags.intersects(AttributeFlags::CLASS_METHOD | AttributeFlags::STATIC_METHOD)
                || !own.flags.contains(method);
        }
        true
    }
}
