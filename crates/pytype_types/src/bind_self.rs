//! Binding the first parameter of a method, and what calling a class means.

use crate::class_instance_type;
use crate::constraints::upper_bound;
use crate::infer_call::infer_self_arguments;
use crate::normalize::type_of;
use crate::{
    AnySource, ClassFlags, ClassId, ClassInfo, Instance, KnownClass, Param, ParamKind, Sig, SigFlags,
    Signature, Substitution, SubtypeOptions, Ty, TyKind, TyList, TypeContext, TypedDict, expand_by_instance,
    is_subtype_with, variable_id,
};

/// The method with its first parameter bound to `original` (its declared bound when `None`) and
/// dropped; type variables of that parameter are solved.
pub fn bind_self(ctx: &dyn TypeContext, method: Ty, original: Option<Ty>, is_classmethod: bool) -> Ty {
    bind_self_with(ctx, method, original, is_classmethod, false)
}

/// The same; with `ignore_instances`, variables in an explicit instance type of `self` stay.
pub fn bind_self_with(
    ctx: &dyn TypeContext,
    method: Ty,
    original: Option<Ty>,
    is_classmethod: bool,
    ignore_instances: bool,
) -> Ty {
    match method.kind() {
        TyKind::Overloaded(items) => Ty::new(TyKind::Overloaded(
            items.map(|item| bind_self_with(ctx, item, original, is_classmethod, ignore_instances)),
        )),
        TyKind::Callable(sig) => {
            Ty::callable(bind_signature(ctx, *sig, original, is_classmethod, ignore_instances))
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
        | TyKind::Module(_) => method,
    }
}

fn bind_signature(
    ctx: &dyn TypeContext,
    sig: Sig,
    original: Option<Ty>,
    is_classmethod: bool,
    ignore_instances: bool,
) -> Sig {
    let Some(first) = sig.params.first() else { return sig };
    if first.kind.is_star() {
        // `*args` takes the object and the rest.
        return sig;
    }
    let receiver = crate::proper(ctx, first.ty);
    let bound_self = Some(first.ty);
    // A `__call__` with a callable `self` would refer to itself without end.
    let allow_callable = !sig.name.is_some_and(|name| name.as_str().starts_with("__call__"));
    let mut bound =
        if sig.is_generic() && supported_self_type(ctx, receiver, allow_callable, !ignore_instances) {
            let original = original.unwrap_or_else(|| erase_to_bound(ctx, receiver));
            let solved = solve_receiver(ctx, sig, receiver, crate::proper(ctx, original), is_classmethod);
            solved.with_params(solved.params[1..].into())
        } else {
            sig.with_params(sig.params[1..].into())
        };
    bound.flags |= SigFlags::BOUND;
    bound.bound_self = bound_self;
    bound.intern()
}

/// The signature with the type variables of its first parameter solved for this object.
fn solve_receiver(
    ctx: &dyn TypeContext,
    sig: Sig,
    receiver: Ty,
    original: Ty,
    is_classmethod: bool,
) -> Signature {
    let mentioned = crate::free_type_vars(receiver);
    let ids: Vec<_> = mentioned.into_iter().filter_map(variable_id).collect();
    let is_own = |variable: &Ty| variable_id(*variable).is_some_and(|id| ids.contains(&id));
    let (own, rest): (Vec<Ty>, Vec<Ty>) = sig.variables.iter().partition(is_own);
    if own.is_empty() {
        return sig.get().clone();
    }
    let mut solved = infer_self_arguments(ctx, &own, receiver, original);
    let is_object =
        matches!(original.kind(), TyKind::Instance(_) | TyKind::TypeVar(_) | TyKind::Tuple { .. });
    let has_never =
        |solved: &[Option<Ty>]| solved.iter().flatten().any(|ty| crate::proper(ctx, *ty).is_never());
    if is_classmethod && is_object && has_never(&solved) {
        // A class method called on an object works on the object's class.
        solved = infer_self_arguments(ctx, &own, receiver, type_of(ctx, original));
    }
    let found = own.iter().zip(solved);
    let substitution: Substitution = found
        .filter_map(|(variable, ty)| Some((variable_id(*variable)?, ty.unwrap_or_else(Ty::never))))
        .collect();
    Signature {
        variables: TyList::new(rest),
        ..crate::substitute::expanded_signature(ctx, sig, &substitution)
    }
}

/// Whether an annotation of `self` says something to solve: `X` or `type[X]` with a type variable.
fn supported_self_type(ctx: &dyn TypeContext, ty: Ty, allow_callable: bool, allow_instances: bool) -> bool {
    match ty.kind() {
        TyKind::Type(item) => supported_self_type(ctx, *item, true, true),
        TyKind::Callable(_) => allow_callable,
        TyKind::TypeVar(_) => true,
        TyKind::Instance(instance) => allow_instances && ty != class_instance_type(ctx, instance.class),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => false,
    }
}

/// A type variable's bound; `type[T]`'s is `type` of that.
pub fn erase_to_bound(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = crate::proper(ctx, ty);
    match ty.kind() {
        TyKind::TypeVar(variable) => upper_bound(ctx, variable.decl),
        TyKind::Type(item) => {
            if let TyKind::TypeVar(variable) = item.kind() {
                type_of(ctx, upper_bound(ctx, variable.decl))
            } else {
                ty
            }
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => ty,
    }
}

/// A type in terms of an ancestor's parameters, in terms of the class's own.
pub fn map_type_from_supertype(ctx: &dyn TypeContext, ty: Ty, class: ClassId, ancestor: ClassId) -> Ty {
    if class == ancestor || !ty.has(crate::TyFlags::HAS_TYPE_VAR) {
        return ty;
    }
    let own = Instance {
        class,
        args: crate::own_arguments(ctx.class(class).type_params),
        last_known: None,
        extra: None,
    };
    match crate::map_instance_to_supertype(ctx, &own, ancestor).as_instance() {
        Some(mapped) => expand_by_instance(ctx, ty, mapped),
        None => ty,
    }
}

/// Calling `class`, whose constructor is `method` (`__init__`, or `__new__` with `is_new`) of `owner`.
pub fn constructor_from_method(
    ctx: &dyn TypeContext,
    method: Ty,
    class: &ClassInfo,
    owner: ClassId,
    is_new: bool,
) -> Ty {
    let fallback = class.metaclass.unwrap_or_else(|| ctx.known_instance(KnownClass::Type));
    // What `self` is annotated with is kept: type arguments given to the class must fit it.
    let receivers: Vec<Option<Ty>> =
        signatures(method).map(|sig| explicit_receiver(ctx, sig, class.id, owner, is_new)).collect();
    // Explicit types of `self` are gone once it is bound.
    let explicit: Vec<Option<Ty>> = signatures(method)
        .map(|sig| {
            if is_new || class.flags.contains(ClassFlags::NEW_TYPE) {
                None
            } else {
                explicit_self(ctx, sig, owner)
            }
        })
        .collect();
    let own = class_instance_type(ctx, class.id);
    let bound = bind_self_with(ctx, method, Some(own), is_new, true);
    let mapped = map_type_from_supertype(ctx, bound, class.id, owner);
    let items: Vec<Ty> = signatures(mapped)
        .zip(explicit.into_iter().zip(receivers))
        .map(|(sig, (explicit, receiver))| {
            let ty = class_callable(ctx, sig, class, Some(owner), fallback, is_new, explicit);
            match ty.as_callable() {
                Some(sig) if sig.bound_self != receiver => {
                    Signature { bound_self: receiver, ..sig.get().clone() }.into_ty()
                }
                Some(_) | None => ty,
            }
        })
        .collect();
    Ty::overloaded(items)
}

fn signatures(ty: Ty) -> impl Iterator<Item = Sig> {
    let items = if let TyKind::Overloaded(items) = ty.kind() { *items } else { TyList::new([ty]) };
    items.into_iter().filter_map(Ty::as_callable)
}

/// The annotation of `self`, when it is not just the class.
fn explicit_self(ctx: &dyn TypeContext, sig: Sig, owner: ClassId) -> Option<Ty> {
    if crate::proper(ctx, sig.ret).is_never() {
        return Some(sig.ret);
    }
    let first = sig.params.first().filter(|first| first.kind == ParamKind::Pos)?;
    (first.ty != class_instance_type(ctx, owner)).then_some(first.ty)
}

/// The instance that the annotation of `self` (or `cls`) asks for, when it says more than the class.
fn explicit_receiver(
    ctx: &dyn TypeContext,
    sig: Sig,
    class: ClassId,
    owner: ClassId,
    is_new: bool,
) -> Option<Ty> {
    if class != owner {
        return None;
    }
    let first = crate::proper(ctx, sig.params.first().filter(|first| first.kind == ParamKind::Pos)?.ty);
    let instance = match first.kind() {
        TyKind::Type(item) if is_new => crate::proper(ctx, *item),
        _ if is_new => return None,
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
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
        | TyKind::Module(_) => first,
    };
    let is_own = instance.as_instance().is_some_and(|found| found.class == class);
    (is_own && instance != class_instance_type(ctx, class)).then_some(instance)
}

/// One signature of calling a class, made from its bound constructor.
pub fn class_callable(
    ctx: &dyn TypeContext,
    init: Sig,
    class: &ClassInfo,
    owner: Option<ClassId>,
    fallback: Ty,
    is_new: bool,
    explicit_self: Option<Ty>,
) -> Ty {
    let own = class_instance_type(ctx, class.id);
    let explicit = if is_new { Some(init.ret) } else { explicit_self };
    let explicit = explicit.map(|ty| crate::proper(ctx, ty));
    let ret = match explicit {
        Some(explicit) if is_new && returns_other(ctx, explicit, owner, own) => explicit,
        Some(explicit) if narrows(ctx, explicit, own, class) => explicit,
        Some(_) | None => own,
    };
    let mut signature = init.get().clone();
    signature.ret = ret;
    signature.fallback = fallback;
    signature.name = Some(class.id.name());
    signature.variables = class.type_params.iter().chain(init.variables).collect();
    signature.instance_type = Some(own);
    signature.flags |= SigFlags::BOUND;
    signature.flags -= SigFlags::CLASS_METHOD | SigFlags::STATIC_METHOD;
    if !ret.is_never() {
        signature.flags |= SigFlags::TYPE_OBJECT;
    }
    signature.into_ty()
}

/// Whether `__new__` is annotated with something else than the class that defines it.
fn returns_other(ctx: &dyn TypeContext, explicit: Ty, owner: Option<ClassId>, own: Ty) -> bool {
    if let TyKind::Any(source) = explicit.kind() {
        return *source != AnySource::Unannotated;
    }
    if let TyKind::Union(items) = explicit.kind()
        && items.iter().any(|item| crate::proper(ctx, item).is_any())
    {
        return true;
    }
    let default = owner.map_or(own, |owner| class_instance_type(ctx, owner));
    !(nominal_subtype(ctx, default, explicit) && nominal_subtype(ctx, explicit, default))
}

/// Whether an explicit type says more precisely what is made.
fn narrows(ctx: &dyn TypeContext, explicit: Ty, own: Ty, class: &ClassInfo) -> bool {
    if let TyKind::Never { .. } | TyKind::Instance(_) | TyKind::Tuple { .. } | TyKind::Literal { .. } =
        explicit.kind()
    {
        matches!(own.kind(), TyKind::Instance(_))
            && !class.is_protocol()
            && nominal_subtype(ctx, explicit, own)
    } else {
        false
    }
}

fn nominal_subtype(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let options = SubtypeOptions { ignore_type_params: true, ..SubtypeOptions::default() };
    is_subtype_with(ctx, left, right, options)
}

/// Calling a typed dict's class: a keyword for each item.
pub fn typed_dict_callable(ctx: &dyn TypeContext, ty: Ty, dict: &TypedDict, variables: TyList) -> Sig {
    let params = dict
        .items
        .iter()
        .map(|(name, item)| Param {
            name: Some(*name),
            ty: item.ty,
            kind: if item.required { ParamKind::Named } else { ParamKind::NamedOpt },
        })
        .collect();
    let mut signature = Signature::new(params, ty, ctx.known_instance(KnownClass::Type));
    signature.variables = variables;
    signature.flags |= SigFlags::TYPE_OBJECT;
    signature.intern()
}
