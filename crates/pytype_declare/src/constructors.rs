//! What calling a class means: its constructors as one callable.

use pytype_source::name;
use pytype_types::{
    AnySource, ClassFlags, ClassId, KnownClass, Param, ParamKind, Signature, Ty, TyKind, TyList, TypeContext,
};

use crate::classes::class_header;
use crate::member_lookup::{Facts, Sort};
use crate::{Context, InferredVariable, type_operations as ops};

/// Calling `class`: `__init__` or `__new__`, whichever comes first among the ancestors, in terms of
/// the class's own type parameters. `Any` when neither can be called.
pub fn constructor(ctx: &Context<'_>, class: ClassId) -> Ty {
    if let Some(known) = ctx.memory().constructors.get(&class) {
        return known;
    }
    let (ty, is_stable) = make(ctx, class);
    if is_stable && ctx.may_remember() {
        ctx.memory().constructors.keep(class, ty);
    }
    ty
}

fn make(ctx: &Context<'_>, class: ClassId) -> (Ty, bool) {
    let header = class_header(ctx.db, class, ());
    let invalid = (Ty::any(AnySource::Error), true);
    let Some(init) = ctx.member_facts(class, name!("__init__")) else { return invalid };
    let new = ctx.member_facts(class, name!("__new__")).unwrap_or(init);
    let place = |facts: &Facts<'_>| header.info.mro.iter().position(|c| *c == facts.owner);
    let (init_type, new_type) = (callable_of(ctx, &init), callable_of(ctx, &new));
    let (InferredVariable::Type(init_type), InferredVariable::Type(new_type)) = (init_type, new_type) else {
        return (Ty::any(AnySource::Error), false);
    };
    if !is_callable(init_type) || !is_callable(new_type) {
        return invalid;
    }
    let (init_at, new_at) = (place(&init), place(&new));
    let is_new = init_at > new_at || makes_something_else(ctx, &new, new_type, init_at < new_at);
    let from_object = init_at == new_at && init.owner.is("builtins.object");
    if from_object && header.info.flags.contains(ClassFlags::FALLBACK_TO_ANY) {
        return (anything(ctx, class), true);
    }
    let (owner, function) = if is_new { (new.owner, new_type) } else { (init.owner, init_type) };
    let function = without_self(ctx, class, function);
    (pytype_types::constructor_from_method(ctx, function, &header.info, owner, is_new), true)
}

fn callable_of(ctx: &Context<'_>, facts: &Facts<'_>) -> InferredVariable {
    match facts.sort {
        Sort::Function(info, _) => ctx.function_type(info),
        Sort::GeneratedMethod(ty) => InferredVariable::Type(ty),
        Sort::Variable(_) | Sort::Static(_) => InferredVariable::Type(Ty::any(AnySource::Error)),
    }
}

fn is_callable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
}

/// The constructor of a class with unknown bases: any arguments.
fn anything(ctx: &Context<'_>, class: ClassId) -> Ty {
    let info = ctx.class(class);
    let fallback = info.metaclass.unwrap_or_else(|| ctx.known_instance(KnownClass::Type));
    let any = Ty::any(AnySource::SpecialForm);
    let params = vec![
        Param { name: Some(name!("_args")), ty: any, kind: ParamKind::Star },
        Param { name: Some(name!("_kwds")), ty: any, kind: ParamKind::Star2 },
    ];
    let signature = Signature::new(params, any, fallback).intern();
    pytype_types::class_callable(ctx, signature, info, None, fallback, false, None)
}

/// Whether `__new__` is declared to give something else than an instance of its class: `__init__`
/// is never called then (the typing specification, "Constructors"). What `Any` says of a base class leaves open
/// what a nearer `__init__` says, which is the one that mypy takes.
fn makes_something_else(ctx: &Context<'_>, new: &Facts<'_>, ty: Ty, init_is_nearer: bool) -> bool {
    let Some(sig) = ty.as_callable() else { return false };
    if new.owner.is("builtins.object") {
        return false;
    }
    let is_other = |ty: Ty| match ops::proper(ctx, ty).kind() {
        TyKind::Instance(instance) => !ctx.class(instance.class).has_base(new.owner),
        TyKind::None | TyKind::Never { .. } => true,
        TyKind::Any(AnySource::Explicit) => !init_is_nearer,
        TyKind::Any(_)
        | TyKind::Deleted
        | TyKind::Erased
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
        | TyKind::Module(_) => false,
    };
    if let TyKind::Union(items) = ops::proper(ctx, sig.ret).kind() {
        items.iter().any(|item| is_other(item) || ops::proper(ctx, item).is_any())
    } else {
        is_other(sig.ret)
    }
}

/// A constructor with `Self` replaced by the class, whether or not it counts as a variable.
fn without_self(ctx: &Context<'_>, class: ClassId, function: Ty) -> Ty {
    if !function.has(pytype_types::TyFlags::HAS_SELF) {
        return function;
    }
    let own = pytype_types::class_instance_type(ctx, class);
    ops::map_signatures(function, &mut |sig| {
        let variables: TyList = sig.variables.iter().filter(|v| !is_self_variable(*v)).collect();
        let kept = Signature { variables, ..sig.get().clone() }.into_ty();
        ops::replace_self(ctx, kept, own).as_callable().map(|sig| sig.get().clone())
    })
}

fn is_self_variable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::TypeVar(v) if matches!(v.decl.origin, pytype_types::TypeVarOrigin::SelfType(_)))
}
