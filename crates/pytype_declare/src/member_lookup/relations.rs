//! Members as relations ask for them: nothing reported, flags beside the type.

use pytype_source::{Name, name};
use pytype_types::{Attribute, AttributeFlags, KnownClass, Ty, TyKind, TypeContext};

use super::{Found, Lookup, MemberAccess};
use crate::{Context, InferredVariable, type_operations as ops};

impl Context<'_> {
    /// The member of an instance (or of what has an instance as its fallback), bound to `self_type`.
    pub(crate) fn find_member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        let key = (object, name, self_type);
        // Some of what is remembered was inferred, which is nothing for declarations.
        let cacheable = !self.only_declarations();
        if cacheable && let Some(known) = self.memory().members.get(&key) {
            return Some(known);
        }
        let (attribute, is_stable) = self.find_member_anew(object, name, self_type)?;
        if cacheable && is_stable && self.may_remember() {
            self.memory().members.keep(key, attribute);
        }
        Some(attribute)
    }

    /// See [`Self::find_member`]; with it, whether the answer is always the same.
    fn find_member_anew(&self, object: Ty, name: Name, self_type: Ty) -> Option<(Attribute, bool)> {
        let object = ops::proper(self, object);
        let instance = match object.kind() {
            TyKind::Instance(_) => object,
            TyKind::Tuple { .. } => ops::tuple_fallback(self, object),
            TyKind::Literal { fallback, .. } => *fallback,
            TyKind::TypedDict(dict) => dict.fallback,
            TyKind::None => {
                if name == "__bool__" {
                    self.known_instance(KnownClass::NoneType)
                } else {
                    self.object()
                }
            }
            TyKind::Module(module) => return Some((self.module_attribute(*module, name)?, false)),
            TyKind::Callable(sig) => sig.fallback,
            TyKind::Overloaded(items) => items.first()?.as_callable()?.fallback,
            TyKind::Any(_)
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. } => return None,
        };
        let parts = instance.as_instance()?;
        let found = Found::default();
        let access = MemberAccess { self_type, ..MemberAccess::read(object) };
        let lookup = Lookup { ctx: self, original: instance, self_type, access, found: &found };
        let defined = self.member_facts(parts.class, name);
        let Some(facts) = defined else {
            if parts.class.is("builtins.type") {
                // What an unknown class has is no member of `type` itself.
                return None;
            }
            let ty = lookup.instance_member(instance, *parts, name, None);
            let missing = !found.problems.borrow().is_empty();
            let mut flags = found.flags.get();
            if self.has_member(parts.class, "__setattr__") && !self.setattr_is_inherited(parts.class) {
                flags |= AttributeFlags::SETTABLE;
            }
            return (!missing).then_some((Attribute { ty, set_ty: None, flags, defined_in: None }, false));
        };
        if name == "__init__" {
            let InferredVariable::Type(ty) = self.raw_type(&facts) else { return None };
            let found = Attribute { ty, set_ty: None, flags: facts.flags, defined_in: Some(facts.owner) };
            return Some((found, false));
        }
        let ty = lookup.instance_member(instance, *parts, name, None);
        let mut flags = facts.flags;
        if facts.is_class_var() && self.is_descriptor(&facts) {
            flags -= AttributeFlags::CLASS_VAR;
        }
        let mut set_ty = None;
        let mut is_stable = found.is_stable();
        let explicit_setter = match facts.sort {
            super::Sort::Function(info, _) => facts.is_property() && self.setter_type(info).is_some(),
            super::Sort::Variable(_) | super::Sort::GeneratedMethod(_) | super::Sort::Static(_) => false,
        };
        if explicit_setter || self.is_descriptor(&facts) {
            let access = MemberAccess { is_lvalue: true, ..access };
            let quiet = Found::default();
            let writing = Lookup { access, found: &quiet, ..lookup };
            let assigned = writing.instance_member(instance, *parts, name, None);
            set_ty = (assigned != ty).then_some(assigned);
            is_stable &= quiet.is_stable();
        }
        Some((Attribute { ty, set_ty, flags, defined_in: Some(facts.owner) }, is_stable))
    }

    fn setattr_is_inherited(&self, class: pytype_types::ClassId) -> bool {
        self.find_definition(class, name!("__setattr__"))
            .is_some_and(|(owner, _)| owner.is("builtins.object"))
    }

    fn is_descriptor(&self, facts: &super::Facts<'_>) -> bool {
        let super::Sort::Variable(InferredVariable::Type(ty)) = facts.sort else { return false };
        let items = ops::proper(self, ty).union_items();
        items
            .iter()
            .all(|item| item.as_instance().is_some_and(|instance| self.has_member(instance.class, "__get__")))
    }

    /// The member of the class object of `object`.
    pub(crate) fn find_class_member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        let instance = ops::instance_fallback(self, ops::proper(self, object));
        let parts = instance.as_instance()?;
        let facts = self.member_facts(parts.class, name);
        if facts.is_none() {
            let flags = self.class_info(parts.class).flags;
            let unknown =
                pytype_types::ClassFlags::FALLBACK_TO_ANY | pytype_types::ClassFlags::META_FALLBACK_TO_ANY;
            if !flags.intersects(unknown) {
                return None;
            }
        }
        let found = Found::default();
        let self_type = ops::type_of(self, self_type);
        let access = MemberAccess { self_type, ..MemberAccess::read(self_type) };
        let lookup = Lookup { ctx: self, original: self_type, self_type, access, found: &found };
        let ty = lookup.type_member(instance, name, None);
        let mut flags = found.flags.get();
        if facts.is_some_and(|facts| !facts.flags.contains(AttributeFlags::DECLARED)) {
            flags |= AttributeFlags::CLASS_VAR;
        }
        Some(Attribute { ty, set_ty: None, flags, defined_in: found.owner.get() })
    }
}

/// The type of the member `name` as `base` itself defines it, bound to an object of `class`, which
/// derives from it. `None` when `base` does not define it or its type is not known.
pub fn type_from_base(
    ctx: &Context<'_>,
    class: pytype_types::ClassId,
    base: pytype_types::ClassId,
    name: Name,
) -> Option<Ty> {
    let InferredVariable::Type(_) = ctx.member_type(base, name)? else { return None };
    let own = pytype_types::class_instance_type(ctx, class);
    let instance = ops::instance_fallback(ctx, own);
    let found = Found::default();
    let access = MemberAccess { self_type: own, is_super: name == "__init__", ..MemberAccess::read(own) };
    let lookup = Lookup { ctx, original: own, self_type: own, access, found: &found };
    Some(lookup.instance_member(instance, *instance.as_instance()?, name, Some(base)))
}
