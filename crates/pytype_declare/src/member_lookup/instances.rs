//! Attributes of instances.

use pytype_index::DefRef;
use pytype_source::{Name, name};
use pytype_types::{AnySource, AttributeFlags, ClassFlags, ClassId, Instance, Ty, TyFlags, TyKind};

use super::facts::{Facts, Sort};
use super::{Lookup, MemberProblem};
use crate::classes::class_header;
use crate::{FunctionInfo, FunctionKind, InferredVariable, syntax, type_operations as ops};

impl<'db> Lookup<'_, 'db> {
    /// The member of an instance; `class` is where to look instead of the instance's own class.
    pub(super) fn instance_member(
        &self,
        ty: Ty,
        instance: Instance,
        name: Name,
        class: Option<ClassId>,
    ) -> Ty {
        let class = class.unwrap_or(instance.class);
        let facts = self.ctx.member_facts(class, name);
        if name == "__init__" && !self.access.is_super && !self.ctx.class_info(class).is_final() {
            let is_final = facts.as_ref().is_some_and(|facts| facts.is_method() && facts.is_final());
            // A generated constructor is part of what a dataclass promises.
            let is_generated =
                facts.as_ref().is_some_and(|facts| matches!(facts.sort, Sort::GeneratedMethod(_)));
            if !is_final && !is_generated {
                self.problem(MemberProblem::InitAccess);
                return Ty::any(AnySource::Error);
            }
        }
        match facts {
            Some(facts) => {
                self.note(&facts);
                self.found_on_instance(ty, class, &facts)
            }
            None => self.not_found_on_instance(ty, instance, class, name),
        }
    }

    /// Remembers what was found for the caller of the lookup.
    pub(super) fn note(&self, facts: &Facts<'db>) {
        self.found.flags.set(facts.flags);
        self.found.owner.set(Some(facts.owner));
        let inferred = match facts.sort {
            Sort::Function(info, _) => {
                info.items.iter().any(|item| matches!(item.decorated, crate::DecoratedType::Inferred))
            }
            Sort::Variable(_) => !facts.flags.contains(AttributeFlags::DECLARED),
            Sort::GeneratedMethod(_) | Sort::Static(_) => false,
        };
        self.found.any.set(true);
        if inferred && !self.ctx.is_settled(facts.owner) {
            self.found.may_change.set(true);
        }
    }

    fn found_on_instance(&self, ty: Ty, class: ClassId, facts: &Facts<'db>) -> Ty {
        match facts.sort {
            Sort::Function(info, _) => {
                if self.access.is_super {
                    self.check_super_call(facts, info);
                }
                self.report_deprecated(facts, info);
                if facts.is_property() {
                    return self.property(ty, facts, info);
                }
                let function = self.ctx.function_type(info);
                if self.access.is_lvalue {
                    // What a decorator made of it may be a descriptor, which takes values.
                    let is_method = match function {
                        InferredVariable::Type(ty) => {
                            info.is_redefinition() || is_function(ops::proper(self.ctx, ty))
                        }
                        InferredVariable::NotReady | InferredVariable::Unknown => false,
                    };
                    if facts.is_final() {
                        self.check_final(class, facts);
                    } else if is_method {
                        self.problem(MemberProblem::MethodAssigned { name: facts.name });
                    }
                }
                match function {
                    InferredVariable::Type(function) => self.bound_method(ty, facts, function),
                    InferredVariable::NotReady => self.not_ready(facts.name),
                    InferredVariable::Unknown => Ty::any(AnySource::SpecialForm),
                }
            }
            Sort::GeneratedMethod(function) => {
                if self.access.is_lvalue {
                    self.problem(MemberProblem::MethodAssigned { name: facts.name });
                }
                self.bound_method(ty, facts, function)
            }
            Sort::Variable(_) => {
                if self.access.is_lvalue && !self.access.in_final_definition {
                    self.check_final(class, facts);
                }
                self.variable(ty, facts)
            }
            Sort::Static(binding) => self.ctx.static_reference(binding),
        }
    }

    pub(super) fn not_ready(&self, name: Name) -> Ty {
        self.found.may_change.set(true);
        self.problem(MemberProblem::NotReady { name });
        Ty::any(AnySource::SpecialForm)
    }

    /// An assignment to a name that some ancestor declares `Final`.
    pub(super) fn check_final(&self, class: ClassId, facts: &Facts<'db>) {
        let order = &self.ctx.class_info(class).mro;
        for ancestor in order {
            if self.ctx.member_flags(*ancestor, facts.name).contains(AttributeFlags::FINAL) {
                self.problem(MemberProblem::FinalAssigned { class: Some(*ancestor), name: facts.name });
            }
        }
    }

    /// A function (or a value of any type that decorators made of it), bound to the object. Of a union, each
    /// function is.
    fn bound_method(&self, object: Ty, facts: &Facts<'db>, function: Ty) -> Ty {
        let bound = match ops::proper(self.ctx, function).kind() {
            TyKind::Callable(_) | TyKind::Overloaded(_) if facts.is_static() => function,
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                self.bind(function, facts.name, facts.is_class_method())
            }
            TyKind::Union(items) => {
                return Ty::union(items.iter().map(|item| self.bound_method(object, facts, item)));
            }
            // What a decorator made of a method may be a descriptor.
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => {
                let expanded = self.expanded(function, object, facts.owner);
                return self.descriptor(expanded);
            }
        };
        let bound = if facts.is_static() { self.with_self(bound) } else { bound };
        ops::expand_by_supertype(self.ctx, bound, object, facts.owner)
    }

    /// A type of a member with `Self` put in, in terms of the object's type arguments. (Not the other way
    /// round: the arguments may mention the `Self` of another class.)
    pub(super) fn expanded(&self, ty: Ty, object: Ty, owner: ClassId) -> Ty {
        ops::expand_by_supertype(self.ctx, self.with_self(ty), object, owner)
    }

    /// `ty` with `Self` replaced by what the object is.
    pub(super) fn with_self(&self, ty: Ty) -> Ty {
        if !ty.has(TyFlags::HAS_SELF) {
            return ty;
        }
        let own = self.own_self();
        let own = if self.access.through_self { self.self_of_class(own) } else { own };
        ops::replace_self(self.ctx, ty, own)
    }

    /// `Self` in the class of an object that is no type variable.
    fn self_of_class(&self, own: Ty) -> Ty {
        let proper = ops::proper(self.ctx, own);
        let instance = if let TyKind::Tuple { fallback, .. } = proper.kind() { *fallback } else { proper };
        instance.as_instance().map_or(own, |instance| crate::annotations::self_type(instance.class))
    }

    /// What `Self` stands for: the object, or for a class object its instances.
    fn own_self(&self) -> Ty {
        match self.self_type.kind() {
            TyKind::Type(item) => *item,
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                match super::binding::signatures(self.self_type).first() {
                    Some(sig) if sig.is_type_object() => sig.instance_type.unwrap_or(sig.ret),
                    Some(_) | None => self.self_type,
                }
            }
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
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.self_type,
        }
    }

    /// A property: its getter's result, or what its setter takes.
    fn property(&self, object: Ty, facts: &Facts<'db>, info: &FunctionInfo) -> Ty {
        let settable = facts.flags.contains(AttributeFlags::SETTABLE);
        if self.access.is_lvalue && !settable {
            self.problem(MemberProblem::ReadOnlyProperty { class: facts.owner, name: facts.name });
        }
        let setting = self.access.is_lvalue && settable;
        let setter = if setting { self.ctx.setter_type(info) } else { None };
        let function = match setter.unwrap_or_else(|| self.ctx.function_type(info)) {
            InferredVariable::Type(ty) => ty,
            InferredVariable::NotReady => return self.not_ready(facts.name),
            InferredVariable::Unknown => return Ty::any(AnySource::SpecialForm),
        };
        let callable = match ops::proper(self.ctx, function).kind() {
            TyKind::Callable(_) | TyKind::Overloaded(_) => function,
            TyKind::Any(_) => return Ty::any(AnySource::SpecialForm),
            TyKind::None
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
            | TyKind::Module(_) => {
                self.reading().bound_to(function).member(function, name!("__call__"), None)
            }
        };
        let bound = self.with_self(self.bind(callable, facts.name, false));
        let expanded = ops::expand_by_supertype(self.ctx, bound, object, facts.owner);
        let first = if let TyKind::Overloaded(items) = expanded.kind() {
            items.first().and_then(|item| item.as_callable())
        } else {
            expanded.as_callable()
        };
        let Some(sig) = first else { return Ty::any(AnySource::Error) };
        if setter.is_some() {
            // A setter with other parameters is reported where it is defined, and takes anything.
            return match &*sig.params {
                [value] => value.ty,
                _ => Ty::any(AnySource::Error),
            };
        }
        let result = self.enum_property(object, facts, sig.ret);
        if self.access.is_lvalue { result } else { self.descriptor(result) }
    }

    /// A variable read from or written to an instance.
    fn variable(&self, object: Ty, facts: &Facts<'db>) -> Ty {
        let Sort::Variable(inferred) = facts.sort else { return Ty::any(AnySource::Implementation) };
        let ty = match inferred {
            InferredVariable::Type(ty) => ty,
            InferredVariable::NotReady => return self.not_ready(facts.name),
            InferredVariable::Unknown => return Ty::any(AnySource::SpecialForm),
        };
        self.note_self(ty);
        if self.access.is_lvalue {
            if facts.is_property() && !facts.flags.contains(AttributeFlags::SETTABLE) {
                self.problem(MemberProblem::ReadOnlyProperty { class: facts.owner, name: facts.name });
            }
            if facts.is_class_var() {
                self.problem(MemberProblem::ClassVarAssigned { name: facts.name });
            }
        }
        if self.access.is_lvalue
            && let Some(taken) =
                crate::class_transforms::dataclasses::converted_field(self.ctx.db, facts.owner, facts.name)
        {
            return self.expanded(taken, object, facts.owner);
        }
        let mut result = self.variable_value(object, facts, ty);
        let owner = class_header(self.ctx.db, facts.owner, ());
        if owner.info.is_enum() && !self.access.is_lvalue {
            result = self.enum_attribute(object, facts, result);
        }
        let descriptor_possible =
            !(facts.is_implicit() || owner.info.is_protocol() && facts.is_instance_variable());
        if descriptor_possible { self.descriptor(result) } else { result }
    }

    /// Notes that a variable of this type was read.
    pub(super) fn note_self(&self, ty: Ty) {
        if ty.has(TyFlags::HAS_SELF) {
            self.found.flags.set(self.found.flags.get() | AttributeFlags::SELF_TYPED);
        }
    }

    /// The value of a variable: callables on the class are bound like methods.
    fn variable_value(&self, object: Ty, facts: &Facts<'db>, ty: Ty) -> Ty {
        let on_class = facts.flags.contains(AttributeFlags::CLASS_LEVEL) && !facts.is_property();
        let binds = on_class && (!facts.is_instance_variable() || self.access.is_operator);
        // `c = a` in a class makes `c` the kind of method that `a` is.
        let kind = facts.assigned_kind(self.ctx, ty);
        if !binds || facts.is_static() || kind == FunctionKind::StaticMethod {
            return self.expanded(ty, object, facts.owner);
        }
        let proper = ops::proper(self.ctx, ty);
        if self.access.is_lvalue && is_function(proper) {
            self.problem(MemberProblem::MethodAssigned { name: facts.name });
        }
        let items = proper.union_items();
        if !items.iter().any(is_unbound_function) {
            return self.expanded(ty, object, facts.owner);
        }
        Ty::union(items.iter().map(|item| {
            if is_unbound_function(item) {
                let is_class = facts.is_class_method() || kind == FunctionKind::ClassMethod;
                let bound = self.bind(item, facts.name, is_class);
                ops::expand_by_supertype(self.ctx, bound, object, facts.owner)
            } else {
                self.expanded(item, object, facts.owner)
            }
        }))
    }

    /// Nothing by that name: the attribute hooks, unknown bases, narrowed attributes.
    fn not_found_on_instance(&self, ty: Ty, instance: Instance, class: ClassId, name: Name) -> Ty {
        let hooks_apply = !matches!(name.as_str(), "__getattr__" | "__setattr__" | "__getattribute__")
            && !self.access.is_operator;
        if hooks_apply {
            let found = if self.access.is_lvalue {
                self.by_setattr(ty, class)
            } else {
                self.by_getattr(ty, class, name)
            };
            if let Some(found) = found {
                return found;
            }
        }
        let flags = self.ctx.class_info(instance.class).flags;
        if flags.contains(ClassFlags::FALLBACK_TO_ANY) {
            return Ty::any(AnySource::SpecialForm);
        }
        if let Some(extra) = instance.extra
            && let Some((_, ty)) = extra.attributes.iter().find(|(known, _)| *known == name)
        {
            return *ty;
        }
        if self.access.is_super {
            self.problem(MemberProblem::MissingInSuper { name });
            return Ty::any(AnySource::Error);
        }
        self.missing(ty, name)
    }

    fn by_getattr(&self, object: Ty, class: ClassId, _name: Name) -> Option<Ty> {
        for hook in ["__getattribute__", "__getattr__"] {
            let hook = Name::new(hook);
            let Some(facts) = self.ctx.member_facts(class, hook) else { continue };
            // Every class has `object.__getattribute__`, which says nothing.
            if facts.owner.is("builtins.object") || !facts.is_method() {
                continue;
            }
            let bound = self.bound_hook(object, &facts)?;
            self.found.flags.set(AttributeFlags::FROM_GETATTR | AttributeFlags::DECLARED);
            self.found.owner.set(Some(facts.owner));
            return Some(match bound.as_callable() {
                Some(sig) => sig.ret,
                None => bound,
            });
        }
        None
    }

    fn by_setattr(&self, object: Ty, class: ClassId) -> Option<Ty> {
        let facts = self.ctx.member_facts(class, name!("__setattr__"))?;
        if facts.owner.is("builtins.object") || !facts.is_method() {
            return None;
        }
        let bound = self.reading().bound_hook(object, &facts)?;
        let sig = bound.as_callable()?;
        self.found.flags.set(AttributeFlags::FROM_GETATTR | AttributeFlags::SETTABLE);
        sig.params.last().map(|value| value.ty)
    }

    /// A special method, bound to the object.
    pub(super) fn bound_hook(&self, object: Ty, facts: &Facts<'db>) -> Option<Ty> {
        match self.ctx.raw_type(facts) {
            InferredVariable::Type(function) => Some(self.bound_method(object, facts, function)),
            InferredVariable::NotReady | InferredVariable::Unknown => None,
        }
    }

    /// `super().method()` where the method is abstract and has nothing in its body.
    fn check_super_call(&self, facts: &Facts<'db>, info: &FunctionInfo) {
        let item = match info.implementation {
            Some(index) => info.items.get(index),
            // mypy looks at no part of a property that has several.
            None if info.is_property() && info.items.len() > 1 => None,
            // Of overloads without an implementation, the first speaks for all. Those of a protocol need
            // none, and mypy does not count them.
            None if info.is_overloaded() => {
                info.items.first().filter(|_| !self.ctx.class_info(facts.owner).is_protocol())
            }
            None => info.items.first(),
        };
        let Some(item) = item else { return };
        if self.is_unsafe_to_call(facts.owner, item) {
            self.problem(MemberProblem::UnsafeSuper { class: facts.owner, name: facts.name });
        }
    }

    fn is_unsafe_to_call(&self, owner: ClassId, item: &crate::FunctionItem) -> bool {
        let at: DefRef = item.definition;
        if at.file.is_stub(self.ctx.db) {
            return false;
        }
        let protocol = self.ctx.class_info(owner).is_protocol();
        (item.is_abstract || protocol) && syntax::has_trivial_body(self.ctx.db, at)
    }

    fn report_deprecated(&self, facts: &Facts<'db>, info: &FunctionInfo) {
        if info.is_overloaded() {
            return;
        }
        let item = if facts.is_property() && self.access.is_lvalue {
            // Where nothing can be assigned, it is still the property that is used.
            info.items.iter().find(|item| item.is_setter).or_else(|| info.items.first())
        } else {
            info.items.first()
        };
        if let Some(message) = item.and_then(|item| item.deprecated) {
            self.problem(MemberProblem::Deprecated { definition: info.fullname, message });
        }
    }
}

/// Whether a type is a function or set of functions, not a class object.
pub(super) fn is_function(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Callable(sig) => !sig.is_type_object(),
        TyKind::Overloaded(items) => {
            items.first().and_then(|first| first.as_callable()).is_some_and(|sig| !sig.is_type_object())
        }
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
        | TyKind::Module(_) => false,
    }
}

/// Whether a function still takes the object as its first argument.
fn is_unbound_function(ty: Ty) -> bool {
    let first = if let TyKind::Overloaded(items) = ty.kind() {
        items.first().and_then(|first| first.as_callable())
    } else {
        ty.as_callable()
    };
    first.is_some_and(|sig| !sig.is_type_object() && !sig.flags.contains(pytype_types::SigFlags::BOUND))
}
