//! Attributes of objects: the one mechanism for reading and writing them.

mod binding;
mod class_objects;
mod descriptors;
mod enums;
pub(crate) mod facts;
mod instances;
mod modules;
mod overriding;
mod problem;
mod relations;

pub(crate) use enums::enum_members;
pub use facts::{Facts, Sort};
pub use problem::{MemberError, MemberProblem};
pub use relations::type_from_base;

use std::cell::RefCell;

use pytype_source::Name;
use pytype_types::{
    AnySource, Attribute, AttributeFlags, ClassId, KnownClass, LiteralValue, ParamSpecFlavor, Signature, Ty,
    TyKind, TypeContext,
};

use crate::{Context, type_operations as ops};

/// What member lookup needs of the layer that checks calls: descriptors and the attribute hooks
/// are methods that may be overloaded or generic.
pub trait CallChecker {
    /// Calls `callee` with positional arguments of these types. The callee as it was resolved (one
    /// overload, type variables solved); `None` if the call is wrong, which the implementor has
    /// then reported.
    fn call(&self, ctx: &Context<'_>, callee: Ty, arguments: &[Ty]) -> Option<Ty>;

    /// Calls a descriptor's `__set__` with the object and the value that is assigned.
    fn call_setter(&self, ctx: &Context<'_>, callee: Ty, object: Ty) -> Option<Ty>;
}

/// How an attribute is used.
#[derive(Clone, Copy)]
pub struct MemberAccess<'a> {
    /// It is assigned or deleted.
    pub is_lvalue: bool,
    /// Looked up through `super()`: in the ancestors of `super_class` from that class on.
    pub is_super: bool,
    /// The class to look in instead of the object's own (with `is_super`).
    pub super_class: Option<ClassId>,
    /// The object's own type, as `self` is bound to it; for a union item or a bound, the whole.
    pub self_type: Ty,
    /// The value is expected to be a literal (enum members keep their literal type).
    pub in_literal_context: bool,
    /// For an operator or another implicit use: looked up on the class, not the instance.
    pub is_operator: bool,
    /// An assignment that defines a `Final` name: it may be assigned.
    pub in_final_definition: bool,
    /// The object is the first parameter of a method that is being walked: as in mypy, `Self` in the type of a
    /// variable is then that of the object's class, and not what the object is declared to be.
    pub through_self: bool,
    /// Where descriptors are called; signatures alone are used without it.
    pub calls: Option<&'a dyn CallChecker>,
}

impl MemberAccess<'_> {
    /// Reading an attribute of `object`.
    pub fn read(object: Ty) -> MemberAccess<'static> {
        MemberAccess {
            is_lvalue: false,
            is_super: false,
            super_class: None,
            self_type: object,
            in_literal_context: false,
            is_operator: false,
            in_final_definition: false,
            through_self: false,
            calls: None,
        }
    }

    /// Assigning an attribute of `object`.
    pub fn write(object: Ty) -> MemberAccess<'static> {
        MemberAccess { is_lvalue: true, ..MemberAccess::read(object) }
    }
}

/// The attribute `name` of `object`. What is wrong with the access comes as data, with the type
/// to go on with. For an assignment, the type is that which may be assigned.
pub fn analyze_member(
    ctx: &Context<'_>,
    object: Ty,
    name: Name,
    access: &MemberAccess<'_>,
) -> Result<Attribute, MemberError> {
    // Some of what is remembered was inferred, which is nothing for declarations.
    let cacheable =
        !access.is_lvalue && !access.is_super && access.super_class.is_none() && !ctx.only_declarations();
    let reading = Reading {
        literal: access.in_literal_context,
        operator: access.is_operator,
        calls: access.calls.is_some(),
        through_self: access.through_self,
    };
    let key = (object, access.self_type, name, reading);
    if cacheable && let Some(known) = ctx.memory().attributes.get(&key) {
        return Ok(known);
    }
    let found = Found::default();
    let lookup =
        Lookup { ctx, original: object, self_type: access.self_type, access: *access, found: &found };
    let mut ty = lookup.member(object, name, access.super_class);
    if access.in_literal_context
        && let Some(literal) = ty.as_instance().and_then(|instance| instance.last_known)
    {
        ty = literal;
    }
    let attribute = Attribute { ty, set_ty: None, flags: found.flags.get(), defined_in: found.owner.get() };
    let is_stable = found.is_stable();
    let problems = found.problems.into_inner();
    if problems.is_empty() {
        if cacheable && is_stable && ctx.may_remember() {
            ctx.memory().attributes.keep(key, attribute);
        }
        Ok(attribute)
    } else {
        Err(MemberError { recovered: attribute, problems })
    }
}

/// What a lookup found beside the type.
#[derive(Default)]
pub(crate) struct Found {
    pub problems: RefCell<Vec<MemberProblem>>,
    pub flags: std::cell::Cell<AttributeFlags>,
    pub owner: std::cell::Cell<Option<ClassId>>,
    /// A member was found.
    pub any: std::cell::Cell<bool>,
    /// An inferred type was read that is not final: the answer may be another one later.
    pub may_change: std::cell::Cell<bool>,
}

impl Found {
    /// Only declared and final types were read: the answer is always the same.
    fn is_stable(&self) -> bool {
        self.any.get() && !self.may_change.get()
    }
}

/// The ways of reading an attribute that make a difference.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reading {
    literal: bool,
    operator: bool,
    calls: bool,
    through_self: bool,
}

/// One lookup: the object it began with, and what `self` is bound to at this point.
#[derive(Clone, Copy)]
pub(crate) struct Lookup<'a, 'db> {
    pub ctx: &'a Context<'db>,
    /// The object that the access was written on.
    pub original: Ty,
    pub self_type: Ty,
    pub access: MemberAccess<'a>,
    pub found: &'a Found,
}

impl<'a, 'db> Lookup<'a, 'db> {
    pub fn problem(&self, problem: MemberProblem) {
        self.found.problems.borrow_mut().push(problem);
    }

    /// The same lookup with another `self`.
    pub fn bound_to(&self, self_type: Ty) -> Lookup<'a, 'db> {
        Lookup { self_type, ..*self }
    }

    /// The same lookup as a read.
    pub fn reading(&self) -> Lookup<'a, 'db> {
        Lookup { access: MemberAccess { is_lvalue: false, ..self.access }, ..*self }
    }

    pub fn missing(&self, object: Ty, name: Name) -> Ty {
        let in_union = match self.original.kind() {
            TyKind::Union(_) => Some(self.original),
            TyKind::TypeVar(_) => Some(ops::upper_bound(self.ctx, self.original))
                .filter(|bound| matches!(bound.kind(), TyKind::Union(_))),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        };
        let object = if in_union.is_some() { object } else { self.original };
        self.problem(MemberProblem::Missing { object, name, in_union });
        Ty::any(AnySource::Error)
    }

    /// The member of any type.
    pub fn member(&self, ty: Ty, name: Name, class: Option<ClassId>) -> Ty {
        let ctx = self.ctx;
        let ty = ops::proper(ctx, ty);
        match ty.kind() {
            TyKind::Instance(instance) => self.instance_member(ty, *instance, name, class),
            TyKind::Any(AnySource::Invalid(_)) => self.missing(ty, name),
            TyKind::Any(_) => Ty::any(AnySource::Derived),
            TyKind::Union(_) => {
                let results: Vec<Ty> = pytype_types::checked_items(ctx, ty)
                    .iter()
                    .map(|item| self.bound_to(item).member(item, name, None))
                    .collect();
                ops::simplified_union(ctx, &results)
            }
            TyKind::Callable(sig) if sig.is_type_object() => self.type_object_member(ty, sig.get(), name),
            TyKind::Overloaded(items) => match items.first().and_then(|first| first.as_callable()) {
                Some(first) if first.is_type_object() => self.type_object_member(ty, first.get(), name),
                Some(first) => self.member(first.fallback, name, class),
                None => self.missing(ty, name),
            },
            TyKind::Callable(sig) => self.member(sig.fallback, name, class),
            TyKind::Type(item) => self.type_member(*item, name, class),
            TyKind::Tuple { .. } => self.member(ops::tuple_fallback(ctx, ty), name, class),
            TyKind::Literal { fallback, .. } => self.member(*fallback, name, class),
            TyKind::TypedDict(dict) => self
                .emptying_method(dict, name)
                .or_else(|| self.view_method(dict, name, class))
                .unwrap_or_else(|| self.typed_dict_member(dict.fallback, name, class)),
            TyKind::None => self.none_member(name),
            TyKind::TypeVar(_) => {
                let values = ops::values(ctx, ty);
                if values.is_empty() {
                    self.member(ops::upper_bound(ctx, ty), name, class)
                } else {
                    self.member(ops::simplified_union(ctx, &values), name, class)
                }
            }
            TyKind::ParamSpec(spec) => {
                let object = ctx.object();
                let bound = match spec.flavor {
                    ParamSpecFlavor::Bare => object,
                    ParamSpecFlavor::Args => Ty::instance(ctx.known(KnownClass::Tuple), [object]),
                    ParamSpecFlavor::Kwargs => {
                        let text = ctx.known_instance(KnownClass::Str);
                        Ty::instance(ctx.known(KnownClass::Dict), [text, object])
                    }
                };
                self.member(bound, name, class)
            }
            TyKind::TypeVarTuple(_) => {
                self.member(Ty::instance(ctx.known(KnownClass::Tuple), [ctx.object()]), name, class)
            }
            TyKind::Deleted => {
                self.problem(MemberProblem::Deleted);
                Ty::any(AnySource::Error)
            }
            TyKind::Never { .. } => ty,
            TyKind::Module(module) => self.module_attribute(*module, name),
            // As in mypy, what stands for a type has the attributes of a class object.
            TyKind::TypeForm(item) => self.type_member(*item, name, class),
            TyKind::Erased | TyKind::Unpack(_) | TyKind::Parameters(_) | TyKind::Alias { .. } => {
                self.missing(ty, name)
            }
        }
    }

    /// `None` has the attributes of `object`, and a `__bool__` that says False.
    fn none_member(&self, name: Name) -> Ty {
        if name == "__bool__" {
            let fallback = self.ctx.known_instance(KnownClass::Bool);
            let result = Ty::literal(LiteralValue::Bool(false), fallback);
            return Signature::new(Vec::new(), result, self.ctx.known_instance(KnownClass::Function))
                .into_ty();
        }
        self.member(self.ctx.object(), name, None)
    }

    /// `clear` and `popitem`, which a typed dict has when all that may be in it may also go (PEP 728).
    fn emptying_method(&self, dict: &pytype_types::TypedDict, name: Name) -> Option<Ty> {
        if !matches!(name.as_str(), "clear" | "popitem") {
            return None;
        }
        let extra = dict.extra_item()?;
        let stays = |item: &pytype_types::TypedDictItem| item.required || item.read_only;
        if stays(&extra) || dict.items.values().any(stays) {
            return None;
        }
        let function = self.ctx.known_instance(KnownClass::Function);
        let ret = if name == "clear" {
            Ty::none()
        } else {
            let text = self.ctx.known_instance(KnownClass::Str);
            let values: Vec<Ty> = dict.items.values().map(|item| item.ty).chain([extra.ty]).collect();
            let value = ops::simplified_union(self.ctx, &values);
            Ty::tuple([text, value], Ty::instance(self.ctx.known(KnownClass::Tuple), [self.ctx.object()]))
        };
        let mut signature = Signature::new(Vec::new(), ret, function);
        signature.name = Some(name);
        Some(signature.into_ty())
    }

    /// `items` and `values`, which give precise types when all that may be in the typed dict is known
    /// (PEP 728).
    fn view_method(&self, dict: &pytype_types::TypedDict, name: Name, class: Option<ClassId>) -> Option<Ty> {
        let extra = dict.extra_items.filter(|_| matches!(name.as_str(), "items" | "values"))?;
        let values: Vec<Ty> = dict.items.values().map(|item| item.ty).chain([extra.ty]).collect();
        let value = ops::simplified_union(self.ctx, &values);
        let method = self.member(dict.fallback, name, class);
        let sig = method.as_callable()?;
        let view = sig.ret.as_instance()?;
        let object = self.ctx.object();
        let args: Vec<Ty> = view.args.iter().map(|arg| if arg == object { value } else { arg }).collect();
        let ret = Ty::instance(view.class, args);
        Some(Signature { ret, ..sig.get().clone() }.into_ty())
    }

    /// Methods of a typed dict that take keys are typed by the call's checker; others come from the
    /// fallback class.
    fn typed_dict_member(&self, fallback: Ty, name: Name, class: Option<ClassId>) -> Ty {
        let function = || self.ctx.known_instance(KnownClass::Function);
        let parameter = |ty| pytype_types::Param { name: None, ty, kind: pytype_types::ParamKind::Pos };
        let text = self.ctx.known_instance(KnownClass::Str);
        let mut signature = match name.as_str() {
            "__setitem__" => {
                let value = Ty::any(AnySource::Implementation);
                Signature::new(vec![parameter(text), parameter(value)], Ty::none(), function())
            }
            "__delitem__" => Signature::new(vec![parameter(text)], Ty::none(), function()),
            _ => return self.member(fallback, name, class),
        };
        signature.name = Some(name);
        signature.into_ty()
    }
}
