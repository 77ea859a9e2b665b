//! What calling a class means: its constructors as one callable.

use pytype_source::Name;
use pytype_types::{
    AnySource, ClassFlags, ClassId, KnownClass, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyKind,
    TyList, TypeContext,
};

use crate::classes::{ClassHeader, class_header};
use crate::member_lookup::{Facts, Sort, bind_self_quietly};
use crate::{Context, InferredVariable, substitution, type_operations as ops};

/// Calling `class`: `__init__` or `__new__`, whichever comes first among the ancestors, in terms of
/// the class's own type parameters. `Any` when neither can be called.
pub fn constructor(ctx: &Context<'_>, class: ClassId) -> Ty {
    if let Some(known) = ctx.constructors.borrow().get(&class) {
        return *known;
    }
    let (ty, is_stable) = make(ctx, class);
    if is_stable {
        ctx.constructors.borrow_mut().insert(class, ty);
    }
    ty
}

fn make(ctx: &Context<'_>, class: ClassId) -> (Ty, bool) {
    let header = class_header(ctx.db, class, ());
    let invalid = (Ty::any(AnySource::Error), true);
    let Some(init) = ctx.member_facts(class, Name::new("__init__")) else { return invalid };
    let new = ctx.member_facts(class, Name::new("__new__")).unwrap_or(init);
    let place = |facts: &Facts<'_>| header.info.mro.iter().position(|c| *c == facts.owner);
    let fallback = header.info.metaclass.unwrap_or_else(|| ctx.known_instance(KnownClass::Type));
    let (init_type, new_type) = (callable_of(ctx, &init), callable_of(ctx, &new));
    let (InferredVariable::Type(init_type), InferredVariable::Type(new_type)) = (init_type, new_type) else {
        return (Ty::any(AnySource::Error), false);
    };
    if !is_callable(init_type) || !is_callable(new_type) {
        return invalid;
    }
    let (init_at, new_at) = (place(&init), place(&new));
    let is_new = init_at > new_at;
    let from_object = init_at == new_at && init.owner.is("builtins.object");
    if from_object && header.info.flags.contains(ClassFlags::FALLBACK_TO_ANY) {
        return (anything(ctx, header, fallback), true);
    }
    let (owner, function) = if is_new { (new.owner, new_type) } else { (init.owner, init_type) };
    (from_function(ctx, header, owner, function, fallback, is_new), true)
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
fn anything(ctx: &Context<'_>, header: &ClassHeader, fallback: Ty) -> Ty {
    let any = Ty::any(AnySource::SpecialForm);
    let params = vec![
        Param { name: Some(Name::new("_args")), ty: any, kind: ParamKind::Star },
        Param { name: Some(Name::new("_kwds")), ty: any, kind: ParamKind::Star2 },
    ];
    let signature = Signature::new(params, any, fallback);
    of_signature(ctx, header, None, signature.intern(), fallback, false, None)
}

fn from_function(
    ctx: &Context<'_>,
    header: &ClassHeader,
    owner: ClassId,
    function: Ty,
    fallback: Ty,
    is_new: bool,
) -> Ty {
    let own = substitution::own_instance(header);
    let function = substitution::replace_self(ctx, function, own);
    let function = ops::map_signatures(function, &mut |sig| {
        let kept: TyList = sig.variables.iter().filter(|v| !is_self_variable(*v)).collect();
        (kept.len() != sig.variables.len()).then(|| Signature { variables: kept, ..sig.get().clone() })
    });
    let explicit: Vec<Option<Ty>> = signatures(function)
        .iter()
        .map(|sig| {
            if is_new || header.info.flags.contains(ClassFlags::NEW_TYPE) {
                None
            } else {
                explicit_self(ctx, sig, owner)
            }
        })
        .collect();
    let bound = bind_self_quietly(ctx, function, Some(own), is_new);
    let bound = substitution::from_ancestor(ctx, header, bound, owner);
    let items: Vec<Ty> = signatures(bound)
        .into_iter()
        .zip(explicit)
        .map(|(sig, explicit)| of_signature(ctx, header, Some(owner), sig, fallback, is_new, explicit))
        .collect();
    Ty::overloaded(items)
}

fn is_self_variable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::TypeVar(v) if matches!(v.decl.origin, pytype_types::TypeVarOrigin::SelfType(_)))
}

fn signatures(ty: Ty) -> Vec<Sig> {
    match ty.kind() {
        TyKind::Overloaded(items) => items.iter().filter_map(|item| item.as_callable()).collect(),
        _ => ty.as_callable().into_iter().collect(),
    }
}

/// What `__init__` annotates `self` with, when that says more than the class itself.
fn explicit_self(ctx: &Context<'_>, sig: &Sig, owner: ClassId) -> Option<Ty> {
    if sig.ret.is_never() {
        return Some(sig.ret);
    }
    let first = sig.params.first().filter(|first| first.kind == ParamKind::Pos)?;
    let default = substitution::own_instance(class_header(ctx.db, owner, ()));
    (first.ty != default && !first.ty.is_any()).then_some(first.ty)
}

/// One signature of a constructor, with the class's variables in front of its own.
fn of_signature(
    ctx: &Context<'_>,
    header: &ClassHeader,
    owner: Option<ClassId>,
    sig: Sig,
    fallback: Ty,
    is_new: bool,
    explicit_self: Option<Ty>,
) -> Ty {
    let own = substitution::own_instance(header);
    let explicit = if is_new { Some(sig.ret) } else { explicit_self };
    let ret = match explicit {
        Some(explicit) if is_new && returns_other(ctx, explicit, owner, own) => explicit,
        Some(explicit) if narrows_self(ctx, explicit, own, header) => explicit,
        Some(_) | None => own,
    };
    let mut signature = sig.get().clone();
    signature.ret = ret;
    signature.fallback = fallback;
    signature.name = Some(header.info.id.name());
    signature.variables = header.info.type_params.iter().chain(sig.variables.iter()).collect();
    signature.instance_type = Some(own);
    signature.flags |= SigFlags::TYPE_OBJECT | SigFlags::BOUND;
    signature.flags -= SigFlags::CLASS_METHOD | SigFlags::STATIC_METHOD;
    signature.into_ty()
}

/// Whether `__new__` is annotated to return something else than the class that defines it.
fn returns_other(ctx: &Context<'_>, explicit: Ty, owner: Option<ClassId>, own: Ty) -> bool {
    let explicit = ops::proper(ctx, explicit);
    if let TyKind::Any(source) = explicit.kind() {
        return *source != AnySource::Unannotated;
    }
    let default = match owner {
        Some(owner) => substitution::own_instance(class_header(ctx.db, owner, ())),
        None => own,
    };
    !(ops::is_subtype_ignoring_args(ctx, explicit, default)
        && ops::is_subtype_ignoring_args(ctx, default, explicit))
}

/// Whether an explicit `self` says more precisely what is made.
fn narrows_self(ctx: &Context<'_>, explicit: Ty, own: Ty, header: &ClassHeader) -> bool {
    let explicit = ops::proper(ctx, explicit);
    let kind_fits = matches!(
        explicit.kind(),
        TyKind::Instance(_) | TyKind::Tuple { .. } | TyKind::Never { .. } | TyKind::Literal { .. }
    );
    kind_fits
        && own.as_instance().is_some()
        && !header.info.is_protocol()
        && ops::is_subtype_ignoring_args(ctx, explicit, own)
}
