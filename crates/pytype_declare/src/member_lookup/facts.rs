//! What a class's member is and what its type is, before anything is bound.

use pytype_index::{DefRef, DefinitionFlags, DefinitionKind};
use pytype_source::Name;
use pytype_types::{
    AnySource, AttributeFlags, ClassId, ClassOrigin, KnownClass, SigFlags, Ty, TyKind, TyList, TypeContext,
};

use crate::classes::class_header;
use crate::member_table::member_table;
use crate::names;
use crate::names::scope_access::definition;
use crate::names::shapes::Shape;
use crate::{
    Binding, Context, Covered, DecoratedType, FunctionInfo, FunctionItem, FunctionKind, ImplicitName,
    InferredVariable, Member, MemberKind, MemberTraits, Node, self_attributes, signatures, variables,
};

/// A member with what it is.
#[derive(Clone, Copy)]
pub struct Facts<'db> {
    /// The class that defines it.
    pub owner: ClassId,
    pub name: Name,
    pub sort: Sort<'db>,
    pub flags: AttributeFlags,
    pub traits: MemberTraits,
}

/// [`Facts`] as they are remembered, the name left out.
#[derive(Clone, Copy)]
pub(crate) struct KeptFacts {
    owner: ClassId,
    sort: KeptSort,
    flags: AttributeFlags,
    traits: MemberTraits,
}

/// [`Sort`] as it is remembered.
#[derive(Clone, Copy)]
enum KeptSort {
    Function(DefRef),
    GeneratedMethod(Ty),
    /// Its type is declared.
    Declared(Ty),
    /// Its type was inferred, and is final: it is nothing for who asks for declarations only.
    Inferred(InferredVariable),
}

impl KeptFacts {
    /// What of these facts stays true; `None` if they may be others later.
    fn of(ctx: &Context<'_>, facts: &Facts<'_>) -> Option<KeptFacts> {
        let sort = match facts.sort {
            Sort::Function(_, at) => KeptSort::Function(at),
            Sort::GeneratedMethod(ty) => KeptSort::GeneratedMethod(ty),
            Sort::Variable(InferredVariable::Type(ty)) if facts.flags.contains(AttributeFlags::DECLARED) => {
                KeptSort::Declared(ty)
            }
            Sort::Variable(ty) if ctx.is_settled(facts.owner) => KeptSort::Inferred(ty),
            Sort::Variable(_) | Sort::Static(_) => return None,
        };
        Some(KeptFacts { owner: facts.owner, sort, flags: facts.flags, traits: facts.traits })
    }

    /// The facts; `None` if they are not for those who ask now.
    fn facts<'db>(&self, ctx: &Context<'db>, name: Name) -> Option<Facts<'db>> {
        let sort = match self.sort {
            KeptSort::Function(at) => Sort::Function(signatures::function_info(ctx.db, at), at),
            KeptSort::GeneratedMethod(ty) => Sort::GeneratedMethod(ty),
            KeptSort::Declared(ty) => Sort::Variable(InferredVariable::Type(ty)),
            KeptSort::Inferred(_) if ctx.only_declarations() => return None,
            KeptSort::Inferred(ty) => Sort::Variable(ty),
        };
        Some(Facts { owner: self.owner, name, sort, flags: self.flags, traits: self.traits })
    }
}

/// What a member is.
#[derive(Clone, Copy)]
pub enum Sort<'db> {
    /// A `def`, an overload set or a property.
    Function(&'db FunctionInfo, DefRef),
    /// A method that a class transform made.
    GeneratedMethod(Ty),
    Variable(InferredVariable),
    /// A class, alias, module, type variable: the value does not depend on the object.
    Static(Binding),
}

impl Facts<'_> {
    pub fn is_method(&self) -> bool {
        matches!(self.sort, Sort::Function(..) | Sort::GeneratedMethod(_))
    }
    pub fn is_property(&self) -> bool {
        self.flags.contains(AttributeFlags::PROPERTY)
    }
    /// Whether the attribute can be assigned: variables, also final ones, and properties with a setter.
    /// A `functools.cached_property` takes values, but mypy lets a property stand in for it.
    pub fn is_writable(&self) -> bool {
        match self.sort {
            Sort::Variable(_) => !self.is_property() || self.flags.contains(AttributeFlags::SETTABLE),
            Sort::Function(info, _) => self.is_property() && info.items.iter().any(|item| item.is_setter),
            Sort::GeneratedMethod(_) | Sort::Static(_) => false,
        }
    }
    pub fn is_static(&self) -> bool {
        self.flags.contains(AttributeFlags::STATIC_METHOD)
    }
    pub fn is_class_method(&self) -> bool {
        self.flags.contains(AttributeFlags::CLASS_METHOD)
    }
    pub fn is_class_var(&self) -> bool {
        self.flags.contains(AttributeFlags::CLASS_VAR)
    }
    pub fn is_final(&self) -> bool {
        self.flags.contains(AttributeFlags::FINAL)
    }
    pub fn is_implicit(&self) -> bool {
        self.traits.contains(MemberTraits::IMPLICIT)
    }
    /// The kind of method that an inferred variable is: that of the function it was assigned.
    pub(super) fn assigned_kind(&self, ctx: &Context<'_>, ty: Ty) -> FunctionKind {
        if !matches!(self.sort, Sort::Variable(_)) || self.flags.contains(AttributeFlags::DECLARED) {
            return FunctionKind::Plain;
        }
        let function = crate::type_operations::proper(ctx, ty);
        let Some(sig) = super::binding::signatures(function).first().copied() else {
            return FunctionKind::Plain;
        };
        if sig.flags.contains(SigFlags::STATIC_METHOD) {
            FunctionKind::StaticMethod
        } else if sig.flags.contains(SigFlags::CLASS_METHOD) {
            FunctionKind::ClassMethod
        } else {
            FunctionKind::Plain
        }
    }
    /// Whether reading a value of this type through the class binds the class.
    pub(super) fn binds_class(&self, ctx: &Context<'_>, ty: Ty) -> bool {
        self.is_class_method() || self.assigned_kind(ctx, ty) == FunctionKind::ClassMethod
    }
    /// An annotated variable that instances have (PEP 526), rather than a value on the class.
    pub fn is_instance_variable(&self) -> bool {
        matches!(self.sort, Sort::Variable(_))
            && !self.is_class_var()
            && self.flags.contains(AttributeFlags::DECLARED)
    }
}

impl<'db> Context<'db> {
    /// The definition that `name` means in `class`: the first in the order of its ancestors.
    pub fn find_definition(&self, class: ClassId, name: Name) -> Option<(ClassId, Member)> {
        if let Some(known) = self.memory().definitions.get(&(class, name)) {
            return known;
        }
        let order = &self.class_info(class).mro;
        let found = order
            .iter()
            .find_map(|owner| member_table(self.db, *owner).get(name).map(|member| (*owner, *member)));
        if self.may_remember() {
            self.memory().definitions.keep((class, name), found);
        }
        found
    }

    /// Whether a class or an ancestor defines `name`.
    pub fn has_member(&self, class: ClassId, name: &str) -> bool {
        self.find_definition(class, Name::new(name)).is_some()
    }

    /// What the member `name` of `class` is, found among its ancestors.
    pub fn member_facts(&self, class: ClassId, name: Name) -> Option<Facts<'db>> {
        let known = self.memory().facts.get(&(class, name));
        if let Some(facts) = known.and_then(|known| known.facts(self, name)) {
            return Some(facts);
        }
        let (owner, member) = self.find_definition(class, name)?;
        let facts = self.facts_of(owner, name, member);
        if self.may_remember()
            && let Some(kept) = KeptFacts::of(self, &facts)
        {
            self.memory().facts.keep((class, name), kept);
        }
        Some(facts)
    }

    /// Whether all that is inferred about `class` has been, so that it stays as it is: what bodies read that
    /// define nothing outside of themselves, but for their own classes.
    pub(crate) fn is_settled(&self, class: ClassId) -> bool {
        match (&self.local.covered, class.origin()) {
            (Covered::Body(..), ClassOrigin::Definition(at)) => !self.local.covers(at),
            (Covered::Body(..), ClassOrigin::InlineBase(..) | ClassOrigin::Intersection(_))
            | (Covered::Nothing | Covered::Declarations | Covered::Interface(_), _) => false,
        }
    }

    /// What a member that `owner` itself defines is.
    pub fn facts_of(&self, owner: ClassId, name: Name, member: Member) -> Facts<'db> {
        let facts = |sort, flags| Facts { owner, name, sort, flags, traits: member.traits };
        match member.kind {
            MemberKind::Synthesized(ty) => {
                let sort = if member.flags.contains(AttributeFlags::METHOD) {
                    Sort::GeneratedMethod(ty)
                } else {
                    Sort::Variable(InferredVariable::Type(ty))
                };
                facts(sort, member.flags)
            }
            MemberKind::SelfAttribute { method } => self.self_attribute_facts(owner, name, member, method),
            MemberKind::Body(at) => self.body_facts(owner, name, member, at),
        }
    }

    fn body_facts(&self, owner: ClassId, name: Name, member: Member, at: DefRef) -> Facts<'db> {
        let facts = |sort, flags| Facts { owner, name, sort, flags, traits: member.traits };
        let binding = self.binding_of(at);
        match binding.map(|binding| binding.node) {
            Some(Node::Function(function)) if function == at || self.is_own(at) => {
                let info = signatures::function_info(self.db, function);
                facts(Sort::Function(info, function), member.flags | function_flags(info))
            }
            Some(Node::Variable(variable)) if variable == at || self.is_own(at) => {
                match self.aliased_property(owner, variable) {
                    Some((info, function)) => {
                        facts(Sort::Function(info, function), member.flags | function_flags(info))
                    }
                    None => self.variable_facts(owner, name, member, variable),
                }
            }
            // A function or variable imported in a class body: mypy makes a variable of it.
            Some(Node::Function(_)) => {
                let any = Ty::any(AnySource::Error);
                facts(Sort::Variable(InferredVariable::Type(any)), member.flags)
            }
            Some(Node::Variable(variable)) => {
                let info = variables::variable_info(self.db, variable);
                let ty = match info.declared {
                    Some(ty) => InferredVariable::Type(ty),
                    None => self.inferred_variable(variable),
                };
                facts(Sort::Variable(ty), member.flags | AttributeFlags::SETTABLE)
            }
            Some(Node::Unknown(source)) => {
                facts(Sort::Variable(InferredVariable::Type(Ty::any(source))), member.flags)
            }
            Some(
                Node::Class(_)
                | Node::Alias(_)
                | Node::Module(_)
                | Node::NamespaceModule(_)
                | Node::TypeVariable(_)
                | Node::Implicit(_),
            ) => {
                let fallback =
                    Binding { node: Node::Unknown(AnySource::Error), found_in: None, fullname: name };
                facts(Sort::Static(binding.unwrap_or(fallback)), member.flags)
            }
            None => facts(Sort::Variable(InferredVariable::Unknown), member.flags),
        }
    }

    /// `y = x` in a class body where `x` is a property: another name of the property.
    fn aliased_property(&self, owner: ClassId, at: DefRef) -> Option<(&'db FunctionInfo, DefRef)> {
        let flags = definition(self.db, at)?.flags;
        if !flags.contains(DefinitionFlags::MAYBE_SPECIAL) || flags.contains(DefinitionFlags::ANNOTATED) {
            return None;
        }
        let assignment = names::shapes_of(self.db, at.file, at.id.unit).assignments.get(&at.id)?;
        let Shape::Reference(path) = &assignment.value else { return None };
        let [value] = path[..] else { return None };
        let member = member_table(self.db, owner).get(value)?;
        let MemberKind::Body(other) = member.kind else { return None };
        let Node::Function(function) = self.binding_of(other).filter(|_| self.is_own(other))?.node else {
            return None;
        };
        let info = signatures::function_info(self.db, function);
        (info.is_property() && function.id.ordinal < at.id.ordinal).then_some((info, function))
    }

    /// Whether a definition binds something of its own rather than an import.
    fn is_own(&self, at: DefRef) -> bool {
        definition(self.db, at).is_some_and(|found| {
            !matches!(found.kind, DefinitionKind::Import { .. } | DefinitionKind::ImportFrom { .. })
        })
    }

    fn variable_facts(&self, owner: ClassId, name: Name, member: Member, at: DefRef) -> Facts<'db> {
        let info = variables::variable_info(self.db, at);
        let mut flags = member.flags;
        if info.is_final {
            flags |= AttributeFlags::FINAL;
        }
        let is_property = flags.contains(AttributeFlags::PROPERTY);
        if !is_property && !info.is_final {
            flags |= AttributeFlags::SETTABLE;
        }
        if info.is_class_var || (info.declared.is_none() && self.overrides_class_var(owner, name)) {
            flags |= AttributeFlags::CLASS_VAR;
        }
        if info.declared.is_none() {
            flags -= AttributeFlags::DECLARED;
        } else if self.is_abstract_variable(owner, member) {
            flags |= AttributeFlags::ABSTRACT;
        }
        let ty = match info.declared {
            Some(ty) => InferredVariable::Type(ty),
            None => match info.simple_literal {
                Some(ty) if !self.is_inherited(owner, name) => InferredVariable::Type(ty),
                Some(_) | None => self.inferred_variable(at),
            },
        };
        Facts { owner, name, sort: Sort::Variable(ty), flags, traits: member.traits }
    }

    fn is_inherited(&self, owner: ClassId, name: Name) -> bool {
        let above = self.class_info(owner).mro.get(1);
        above
            .is_some_and(|above| !above.is("builtins.object") && self.find_definition(*above, name).is_some())
    }

    /// An unannotated assignment in a class body is a class variable when a base says so.
    fn overrides_class_var(&self, owner: ClassId, name: Name) -> bool {
        self.class_info(owner).mro.iter().skip(1).any(|base| {
            let member = member_table(self.db, *base).get(name);
            let Some(MemberKind::Body(at)) = member.map(|m| m.kind) else { return false };
            definition(self.db, at).is_some_and(|d| d.kind == DefinitionKind::Variable)
                && matches!(self.binding_of(at).map(|b| b.node), Some(Node::Variable(_)))
                && variables::variable_info(self.db, at).is_class_var
        })
    }

    /// A protocol's variable that has no value: whoever derives from it explicitly must give one.
    fn is_abstract_variable(&self, owner: ClassId, member: Member) -> bool {
        let header = class_header(self.db, owner, ());
        header.info.is_protocol()
            && !member.traits.contains(MemberTraits::HAS_VALUE)
            && !header.info.flags.contains(pytype_types::ClassFlags::STUB)
    }

    fn self_attribute_facts(&self, owner: ClassId, name: Name, member: Member, method: DefRef) -> Facts<'db> {
        let mut flags = member.flags;
        let declared = if member.traits.contains(MemberTraits::ANNOTATED_ON_SELF) {
            self_attributes::declaration(self.db, method, name)
        } else {
            None
        };
        if declared.is_some_and(|info| info.is_final) {
            flags |= AttributeFlags::FINAL;
            flags -= AttributeFlags::SETTABLE;
        }
        if declared.is_some_and(|info| info.is_class_var) {
            flags |= AttributeFlags::CLASS_VAR;
        }
        let known = declared.and_then(|info| info.declared.or(info.simple_literal));
        let ty = match known {
            Some(ty) => InferredVariable::Type(ty),
            None => {
                flags -= AttributeFlags::DECLARED;
                match owner.origin() {
                    ClassOrigin::Definition(at) => self.inferred_self_attribute(owner, at, name),
                    ClassOrigin::InlineBase(..) | ClassOrigin::Intersection(_) => InferredVariable::Unknown,
                }
            }
        };
        Facts { owner, name, sort: Sort::Variable(ty), flags, traits: member.traits }
    }

    /// Whether the declaration of an attribute in a method says its type; `self.x: Final = f()`
    /// does not.
    pub fn is_typed_on_self(&self, name: Name, member: &Member) -> bool {
        match member.kind {
            MemberKind::SelfAttribute { method }
                if member.traits.contains(MemberTraits::ANNOTATED_ON_SELF) =>
            {
                self_attributes::declaration(self.db, method, name)
                    .is_some_and(|info| info.declared.or(info.simple_literal).is_some())
            }
            MemberKind::SelfAttribute { .. } | MemberKind::Body(_) | MemberKind::Synthesized(_) => false,
        }
    }

    /// Whether `method`, one of `class`'s own that assigns its attribute `name`, has a part in what the class is: it
    /// defines the attribute, or the class level does without saying a type.
    pub fn is_defined_with_class(&self, class: ClassId, name: Name, method: DefRef) -> bool {
        let Some(member) = member_table(self.db, class).get(name) else { return false };
        match member.kind {
            MemberKind::Body(at) => match definition(self.db, at).map(|found| &found.kind) {
                Some(DefinitionKind::Variable) => variables::variable_info(self.db, at).declared.is_none(),
                Some(DefinitionKind::Function { .. }) | None => false,
                Some(
                    DefinitionKind::Class { .. }
                    | DefinitionKind::Parameter
                    | DefinitionKind::Import { .. }
                    | DefinitionKind::ImportFrom { .. }
                    | DefinitionKind::TypeParameter
                    | DefinitionKind::TypeAliasStatement,
                ) => true,
            },
            MemberKind::SelfAttribute { method: first } => first == method,
            MemberKind::Synthesized(_) => false,
        }
    }

    /// The flags of the member `name` that `owner` defines, complete.
    pub fn member_flags(&self, owner: ClassId, name: Name) -> AttributeFlags {
        if member_table(self.db, owner).get(name).is_none() {
            return AttributeFlags::empty();
        }
        self.member_facts(owner, name).map_or(AttributeFlags::empty(), |facts| facts.flags)
    }

    /// The type of the member `name` that `class` itself defines, as declared or inferred: in terms
    /// of the class's own type parameters, functions with `self`, nothing bound. A property is its
    /// getter's function.
    pub fn member_type(&self, class: ClassId, name: Name) -> Option<InferredVariable> {
        let member = member_table(self.db, class).get(name)?;
        Some(self.raw_type(&self.facts_of(class, name, *member)))
    }

    /// The type of a member before anything is bound.
    pub fn raw_type(&self, facts: &Facts<'db>) -> InferredVariable {
        match facts.sort {
            Sort::Function(info, _) => self.function_type(info),
            Sort::GeneratedMethod(ty) => InferredVariable::Type(ty),
            Sort::Variable(ty) => ty,
            Sort::Static(binding) => InferredVariable::Type(self.static_reference(binding)),
        }
    }

    /// The type of a function symbol: of its only `def`, its overload set, or its getter.
    pub fn function_type(&self, info: &FunctionInfo) -> InferredVariable {
        if info.is_property() {
            return info.items.first().map_or(InferredVariable::Unknown, |getter| self.item_type(getter));
        }
        if !info.is_overloaded() {
            return info.items.first().map_or(InferredVariable::Unknown, |only| self.item_type(only));
        }
        let mut items: Vec<Ty> = Vec::new();
        for item in info.items.iter().filter(|item| item.is_overload) {
            match self.item_type(item) {
                InferredVariable::Type(ty) => match ty.kind() {
                    TyKind::Callable(_) => items.push(ty),
                    TyKind::Overloaded(inner) => items.extend(inner.iter()),
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
                    | TyKind::Module(_) => {}
                },
                InferredVariable::NotReady => return InferredVariable::NotReady,
                InferredVariable::Unknown => {}
            }
        }
        if items.is_empty() {
            InferredVariable::Unknown
        } else if items.len() == 1 && info.items.len() > 1 {
            // One overload alone is a mistake, but still one that calls must fit.
            InferredVariable::Type(Ty::new(TyKind::Overloaded(TyList::new(items))))
        } else {
            InferredVariable::Type(Ty::overloaded(items))
        }
    }

    /// The type of one `def` after its decorators.
    pub fn item_type(&self, item: &FunctionItem) -> InferredVariable {
        match item.decorated {
            DecoratedType::Known(ty) => InferredVariable::Type(ty),
            DecoratedType::Inferred => self.inferred_decorated(item.definition, item.signature),
        }
    }

    /// The setter of a property, as a function of `self` and the value.
    pub fn setter_type(&self, info: &FunctionInfo) -> Option<InferredVariable> {
        info.items.iter().find(|item| item.is_setter).map(|item| self.item_type(item))
    }

    /// The value of a name that is not a variable: a class, alias, module or type variable.
    pub fn static_reference(&self, binding: Binding) -> Ty {
        match binding.node {
            Node::Class(class) => self.class_object(class),
            Node::Alias(alias) => self.alias_object(alias),
            Node::Module(file) => Ty::new(TyKind::Module(file.module(self.db))),
            Node::NamespaceModule(name) => Ty::new(TyKind::Module(name)),
            Node::TypeVariable(decl) => match decl.kind {
                pytype_types::TypeVarKind::TypeVar => self.known_instance(KnownClass::TypeVar),
                pytype_types::TypeVarKind::ParamSpec | pytype_types::TypeVarKind::TypeVarTuple => {
                    self.object()
                }
            },
            Node::Implicit(name) => self.implicit_type(name),
            Node::Function(at) => match self.function_type(signatures::function_info(self.db, at)) {
                InferredVariable::Type(ty) => ty,
                InferredVariable::NotReady | InferredVariable::Unknown => Ty::any(AnySource::SpecialForm),
            },
            Node::Variable(at) => {
                let info = variables::variable_info(self.db, at);
                let known = info.declared.or(info.simple_literal);
                match known.map_or_else(|| self.inferred_variable(at), InferredVariable::Type) {
                    InferredVariable::Type(ty) => ty,
                    InferredVariable::NotReady | InferredVariable::Unknown => Ty::any(AnySource::SpecialForm),
                }
            }
            Node::Unknown(source) => Ty::any(source),
        }
    }

    /// The type of a name that nobody binds.
    pub fn implicit_type(&self, name: ImplicitName) -> Ty {
        let text = || self.known_instance(KnownClass::Str);
        match name {
            ImplicitName::Text => text(),
            ImplicitName::SearchPath => Ty::instance(self.known(KnownClass::List), [text()]),
            ImplicitName::Annotations => {
                Ty::instance(self.known(KnownClass::Dict), [text(), Ty::any(AnySource::SpecialForm)])
            }
            ImplicitName::ModuleSpec => match self.class_by_path("importlib.machinery", "ModuleSpec") {
                Some(class) => Ty::plain_instance(class),
                None => self.object(),
            },
            ImplicitName::MainModuleSpec => {
                Ty::union([self.implicit_type(ImplicitName::ModuleSpec), Ty::none()])
            }
            ImplicitName::Builtins => self.known_instance(KnownClass::ModuleType),
            ImplicitName::RevealType | ImplicitName::RevealLocals => {
                self.known_instance(KnownClass::Function)
            }
            ImplicitName::Given(hook, _) => self.getattr_result(hook),
        }
    }

    /// What a definition stands for.
    pub(crate) fn binding_of(&self, at: DefRef) -> Option<Binding> {
        if at.id.unit == 0 && self.shared.is_some() {
            // The database keeps these itself.
            return names::binding_of(self.db, at);
        }
        if let Some(known) = self.bindings.borrow().get(&at) {
            return *known;
        }
        let found = names::binding_of(self.db, at);
        self.bindings.borrow_mut().insert(at, found);
        found
    }
}

/// The flags that a function's decorators give it.
pub(crate) fn function_flags(info: &FunctionInfo) -> AttributeFlags {
    let mut flags = AttributeFlags::DECLARED;
    let Some(first) = info.items.first() else { return flags | AttributeFlags::METHOD };
    match first.kind {
        FunctionKind::Plain => flags |= AttributeFlags::METHOD,
        FunctionKind::ClassMethod => flags |= AttributeFlags::METHOD | AttributeFlags::CLASS_METHOD,
        FunctionKind::StaticMethod => flags |= AttributeFlags::METHOD | AttributeFlags::STATIC_METHOD,
        FunctionKind::Property => {
            flags |= AttributeFlags::PROPERTY;
            if first.is_cached_property || info.items.iter().any(|item| item.is_setter) {
                flags |= AttributeFlags::SETTABLE;
            }
        }
    }
    if first.is_abstract {
        flags |= AttributeFlags::ABSTRACT;
    }
    if info.items.iter().any(|item| item.is_final) {
        flags |= AttributeFlags::FINAL;
    }
    flags
}
