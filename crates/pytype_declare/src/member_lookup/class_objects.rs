//! Attributes of class objects: those of the class, then those of the metaclass.

use pytype_source::Name;
use pytype_types::{
    AnySource, AttributeFlags, ClassFlags, ClassId, Instance, KnownClass, SigFlags, Signature,
};
use pytype_types::{Ty, TyFlags, TyKind, TyList, TypeContext};

use super::facts::{Facts, Sort};
use super::{Lookup, MemberProblem};
use crate::class_transforms::enums;
use crate::{FunctionInfo, InferredVariable, type_operations as ops};

/// A lookup on the class object whose instances are `instance`.
#[derive(Clone, Copy)]
struct ClassObject<'b> {
    instance: Ty,
    parts: Instance,
    /// Type variables of the constructor, when the class is not applied to arguments.
    variables: &'b [Ty],
    metaclass: Ty,
    /// Where to look instead of the class itself.
    class: Option<ClassId>,
}

impl<'db> Lookup<'_, 'db> {
    /// The member of a class object that is known by its constructor.
    pub(super) fn type_object_member(&self, _ty: Ty, sig: &Signature, name: Name) -> Ty {
        let instance = ops::proper(self.ctx, sig.instance_type.unwrap_or(sig.ret));
        let instance = ops::instance_fallback(self.ctx, instance);
        if !self.access.is_operator
            && let Some(parts) = instance.as_instance()
        {
            let class_params = self.ctx.class_info(parts.class).type_params;
            // Only those of the class itself: variables of the constructor mean nothing here.
            let variables: Vec<Ty> = sig.variables.iter().filter(|v| class_params.contains(v)).collect();
            let object = ClassObject {
                instance,
                parts: *parts,
                variables: &variables,
                metaclass: sig.fallback,
                class: None,
            };
            if let Some(found) = self.class_attribute(object, name) {
                return found;
            }
        }
        self.member(sig.fallback, name, None)
    }

    /// The member of `type[item]`.
    pub(super) fn type_member(&self, item: Ty, name: Name, class: Option<ClassId>) -> Ty {
        let ctx = self.ctx;
        let plain = ctx.known_instance(KnownClass::Type);
        let item = ops::proper(ctx, item);
        let instance = match item.kind() {
            TyKind::Instance(_) => Some(item),
            TyKind::Any(_) => return self.quietly(plain, name),
            TyKind::TypeVar(_) => {
                let bound = ops::proper(ctx, ops::upper_bound(ctx, item));
                match bound.kind() {
                    TyKind::Instance(_) => Some(bound),
                    TyKind::Union(_) => return self.member(ops::type_of(self.ctx, bound), name, class),
                    TyKind::Tuple { .. } => Some(ops::tuple_fallback(ctx, bound)),
                    TyKind::Any(_) => return self.quietly(plain, name),
                    TyKind::None
                    | TyKind::Never { .. }
                    | TyKind::Deleted
                    | TyKind::Erased
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
                    | TyKind::Module(_) => None,
                }
            }
            TyKind::Tuple { .. } => Some(ops::tuple_fallback(ctx, item)),
            TyKind::TypedDict(dict) => Some(dict.fallback),
            TyKind::Callable(sig) if sig.is_type_object() => Some(sig.fallback),
            TyKind::Type(inner) => match inner.as_instance() {
                Some(inner) => ctx.class_info(inner.class).metaclass,
                None => None,
            },
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        };
        let Some(instance) = instance else { return self.member(plain, name, class) };
        let Some(parts) = instance.as_instance() else { return self.member(plain, name, class) };
        let info = ctx.class_info(parts.class);
        let metaclass = info.metaclass.unwrap_or(plain);
        if !self.access.is_operator {
            let object = ClassObject { instance, parts: *parts, variables: &[], metaclass, class };
            if let Some(found) = self.class_attribute(object, name) {
                let unknown = found.is_any() && info.flags.contains(ClassFlags::FALLBACK_TO_ANY);
                return if unknown { self.quietly(metaclass, name) } else { found };
            }
        }
        self.member(metaclass, name, None)
    }

    /// A lookup whose problems are nobody's business: the object is partly unknown.
    fn quietly(&self, ty: Ty, name: Name) -> Ty {
        let before = self.found.problems.borrow().len();
        let found = self.member(ty, name, None);
        self.found.problems.borrow_mut().truncate(before);
        found
    }

    /// The attribute as the class defines it; `None` when the metaclass is to be asked.
    fn class_attribute(&self, object: ClassObject<'_>, name: Name) -> Option<Ty> {
        let class = object.class.unwrap_or(object.parts.class);
        let Some(facts) = self.ctx.member_facts(class, name) else {
            if let Some(extra) = object.parts.extra
                && let Some((_, ty)) = extra.attributes.iter().find(|(known, _)| *known == name)
            {
                return Some(*ty);
            }
            let flags = self.ctx.class_info(class).flags;
            let unknown = ClassFlags::FALLBACK_TO_ANY | ClassFlags::META_FALLBACK_TO_ANY;
            return flags.intersects(unknown).then(|| Ty::any(AnySource::SpecialForm));
        };
        if matches!(facts.sort, Sort::Variable(_))
            && !facts.is_class_var()
            && self.metaclass_has(object, name)
        {
            return None;
        }
        self.note(&facts);
        self.check_class_access(class, &facts);
        if let Some(found) = self.enum_class_attribute(class, object.instance, &facts) {
            return Some(found);
        }
        let ty = match facts.sort {
            Sort::Static(binding) => return Some(self.ctx.static_reference(binding)),
            Sort::Function(..) | Sort::GeneratedMethod(_) | Sort::Variable(_) => self.ctx.raw_type(&facts),
        };
        let ty = match ty {
            InferredVariable::Type(ty) => ty,
            InferredVariable::NotReady => return Some(self.not_ready(name)),
            InferredVariable::Unknown => return Some(Ty::any(AnySource::SpecialForm)),
        };
        Some(self.class_value(object, &facts, ty))
    }

    fn metaclass_has(&self, object: ClassObject<'_>, name: Name) -> bool {
        object.metaclass.as_instance().is_some_and(|m| self.ctx.find_definition(m.class, name).is_some())
    }

    /// What is wrong with reading or writing this member through the class.
    fn check_class_access(&self, class: ClassId, facts: &Facts<'db>) {
        let name = facts.name;
        if let Sort::Function(info, _) = facts.sort
            && let Some(message) = info.deprecation()
        {
            self.problem(MemberProblem::Deprecated { definition: info.fullname, message });
        }
        if self.access.is_lvalue {
            if facts.is_method() || matches!(facts.sort, Sort::Function(..)) {
                self.problem(MemberProblem::MethodAssigned { name });
            }
            if let Sort::Static(binding) = facts.sort
                && matches!(binding.node, crate::Node::Class(_))
            {
                self.problem(MemberProblem::ClassAssigned { name });
            }
        }
        if crate::slots::declared_slots(self.ctx.db, class).is_some_and(|slots| slots.contains(&name)) {
            self.problem(MemberProblem::SlotReadOnClass { name });
        }
        let is_variable = matches!(facts.sort, Sort::Variable(_));
        if facts.is_implicit() && is_variable {
            if facts.is_final() {
                self.problem(MemberProblem::FinalOnInstanceOnly { name });
            } else if !self.access.is_lvalue && !self.valued_above(class, name) {
                self.problem(MemberProblem::InstanceOnly { name });
            }
        }
        if self.access.is_lvalue && !self.access.in_final_definition {
            self.check_final(class, facts);
        }
    }

    /// Whether a base gives the name a value in its body.
    fn valued_above(&self, class: ClassId, name: Name) -> bool {
        let order = &self.ctx.class_info(class).mro;
        order.iter().skip(1).any(|base| {
            crate::member_table::member_table(self.ctx.db, *base).get(name).is_some_and(|member| {
                !member.is_implicit()
                    && !member.flags.contains(AttributeFlags::METHOD)
                    && member.traits.contains(crate::MemberTraits::HAS_VALUE)
            })
        })
    }

    /// An enum's member, with itself as its last known value.
    fn enum_class_attribute(&self, class: ClassId, instance: Ty, facts: &Facts<'db>) -> Option<Ty> {
        if !self.ctx.class_info(class).is_enum()
            || self.access.is_lvalue
            || matches!(facts.sort, Sort::GeneratedMethod(_))
        {
            return None;
        }
        if enums::EXCLUDED.contains(&facts.name.as_str()) {
            return Some(self.missing(instance, facts.name));
        }
        if let Sort::Variable(InferredVariable::Type(ty)) = facts.sort
            && let Some(value) = ty.as_instance()
            && value.class.is("enum.nonmember")
            && let Some(inner) = value.args.first()
        {
            return Some(*inner);
        }
        let member = self.ctx.enum_member_named(class, facts.name)?;
        Some(ops::with_last_known(instance, super::enums::literal(instance, member)))
    }

    /// Whether the member is a plain method without annotations. mypy reads such a method through the class as
    /// it stands there: nothing is put in for the type parameters of the class that defines it.
    fn is_untyped_method(&self, facts: &Facts<'db>, ty: Ty) -> bool {
        ty.as_callable().is_some_and(|sig| sig.flags.contains(SigFlags::IMPLICIT))
            && matches!(facts.sort, Sort::Function(info, _) if !self.is_decorated(info))
    }

    fn is_decorated(&self, info: &FunctionInfo) -> bool {
        info.items.iter().any(|item| {
            crate::names::scope_access::definition(self.ctx.db, item.definition)
                .is_some_and(|found| found.flags.contains(pytype_index::DefinitionFlags::DECORATED))
        })
    }

    /// The value of a class attribute: class methods bound, type variables put in.
    fn class_value(&self, object: ClassObject<'_>, facts: &Facts<'db>, ty: Ty) -> Ty {
        if self.is_untyped_method(facts, ty) {
            return match facts.is_class_method() {
                true => pytype_types::bind_self(self.ctx, ty, None, true),
                false => ty,
            };
        }
        let mut ty = ty;
        if matches!(facts.sort, Sort::Variable(_)) {
            ty = self.class_variable(object, facts, ty);
        }
        let is_function = super::instances::is_function(ops::proper(self.ctx, ty));
        if is_function && facts.binds_class(self.ctx, ty) {
            if ty.has(TyFlags::HAS_SELF) {
                ty = self.without_self_variable(ty);
            }
            if !is_bound(ty) {
                ty = self.check_self_argument(ty, self.self_type, facts.name);
            }
        }
        let ty = self.with_class_variables(object, facts, ty);
        let ty = if self.binds_self_type(facts) { self.with_self(ty) } else { ty };
        if self.access.is_lvalue { ty } else { self.descriptor(ty) }
    }

    /// Whether `Self` in a method read through the class means the class's instances: for plain
    /// methods it stays open, to be solved by the first argument.
    fn binds_self_type(&self, facts: &Facts<'db>) -> bool {
        match facts.sort {
            Sort::Function(info, _) => self.is_decorated(info) && !facts.is_static(),
            Sort::GeneratedMethod(_) => true,
            Sort::Variable(_) | Sort::Static(_) => false,
        }
    }

    /// A variable read through the class: what depends on the class's type parameters is `Any`
    /// (and wrong) unless the class is applied to arguments.
    fn class_variable(&self, object: ClassObject<'_>, facts: &Facts<'db>, ty: Ty) -> Ty {
        let owner = self.ctx.class_info(facts.owner);
        let through_type = matches!(ops::proper(self.ctx, self.self_type).kind(), TyKind::Type(_));
        let ambiguous = !through_type || facts.is_implicit();
        let self_counts = !facts.is_class_var();
        let mentions_own = owner.type_params.iter().any(|param| ops::mentions(ty, param))
            || self_counts && ty.has(TyFlags::HAS_SELF);
        if ambiguous && mentions_own {
            let name = facts.name;
            self.problem(MemberProblem::AmbiguousThroughClass { name, is_class_var: facts.is_class_var() });
        }
        self.note_self(ty);
        let mut ty = self.with_self(ty);
        ty = ops::expand_by_supertype(self.ctx, ty, object.instance, facts.owner);
        if ambiguous {
            let params = self.ctx.class_info(object.parts.class).type_params;
            ty = ops::erase_variables(self.ctx, ty, params);
        }
        ty
    }

    /// Adds the class's free type variables to a function, as its constructor has them, and binds
    /// class methods.
    fn with_class_variables(&self, object: ClassObject<'_>, facts: &Facts<'db>, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Callable(sig) if !sig.is_type_object() => {
                let mut ty = ty;
                if facts.binds_class(self.ctx, ty) && !sig.flags.contains(SigFlags::BOUND) {
                    ty = pytype_types::bind_self(self.ctx, ty, Some(self.self_type), true);
                }
                ty = ops::expand_by_supertype(self.ctx, ty, object.instance, facts.owner);
                let Some(sig) = ty.as_callable() else { return ty };
                if object.variables.is_empty() {
                    return ty;
                }
                let mut changed = sig.get().clone();
                changed.variables = object
                    .variables
                    .iter()
                    .copied()
                    .chain(sig.variables.iter().filter(|v| !object.variables.contains(v)))
                    .collect();
                changed.into_ty()
            }
            TyKind::Overloaded(items) => Ty::overloaded(
                items.iter().map(|item| self.with_class_variables(object, facts, item)).collect::<TyList>(),
            ),
            _ if matches!(facts.sort, Sort::Variable(_)) => ty,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
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
            | TyKind::Module(_) => ops::expand_by_supertype(self.ctx, ty, object.instance, facts.owner),
        }
    }
}

fn is_bound(ty: Ty) -> bool {
    super::binding::signatures(ty).first().is_some_and(|sig| sig.flags.contains(SigFlags::BOUND))
}
