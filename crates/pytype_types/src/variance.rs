//! Inferring the variance of a class's type parameters from how its members use them.

use pytype_source::Name;

use crate::normalize::{any_parameters, object_tuple};
use crate::subtype::variance_of;
use crate::{
    AnySource, AttributeFlags, ClassId, Signature, Substitution, Ty, TyKind, TypeContext, TypeVarId,
    Variance, class_instance_type, expand_type, is_subtype, proper, tuple_fallback, variable_id,
};

/// For each type parameter the variance that its use allows (PEP 695): covariant if it can be,
/// else contravariant if it can be, else invariant. Parameters for which `infers` says no keep
/// what was declared.
pub fn infer_variance(ctx: &dyn TypeContext, class: ClassId, infers: &dyn Fn(Ty) -> bool) -> Vec<Variance> {
    let own = proper(ctx, class_instance_type(ctx, class));
    let own = if matches!(own.kind(), TyKind::Tuple { .. }) { tuple_fallback(ctx, own) } else { own };
    let params = ctx.class(class).type_params;
    let trials = || ctx.relations().trial_variances.borrow_mut();
    let before = trials().len();
    // Those that are not known yet pass for covariant while others are tried.
    let inferred: Vec<(Ty, TypeVarId)> = params
        .iter()
        .filter(|param| infers(*param))
        .filter_map(|param| Some((param, variable_id(param)?)))
        .collect();
    trials().extend(inferred.iter().map(|(_, id)| (*id, Variance::Covariant)));
    for (param, id) in &inferred {
        infer_one(ctx, class, own, *param, *id);
    }
    let found = params.iter().map(|param| variance_of(ctx, class, param)).collect();
    trials().truncate(before);
    found
}

fn infer_one(ctx: &dyn TypeContext, class: ClassId, own: Ty, param: Ty, id: TypeVarId) {
    for variance in [Variance::Covariant, Variance::Contravariant, Variance::Invariant] {
        if let Some(trial) =
            ctx.relations().trial_variances.borrow_mut().iter_mut().rev().find(|(known, _)| *known == id)
        {
            trial.1 = variance;
        }
        if allowed(ctx, class, own, param, id) == variance {
            return;
        }
    }
}

/// The widest value that a type variable can stand for.
fn widest(ctx: &dyn TypeContext, param: Ty) -> Ty {
    match param.kind() {
        TyKind::ParamSpec(_) => Ty::new(TyKind::Parameters(any_parameters(ctx.object()))),
        TyKind::TypeVarTuple(_) => object_tuple(ctx),
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
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => ctx.object(),
    }
}

/// The variance that the members allow, given the one that is being tried.
fn allowed(ctx: &dyn TypeContext, class: ClassId, own: Ty, param: Ty, id: TypeVarId) -> Variance {
    let widened = Substitution::from_iter([(id, widest(ctx, param))]);
    let (mut covariant, mut contravariant) = (true, true);
    let mut compare = |ty: Ty, settable: bool| {
        let wider = expand_type(ctx, ty, &widened);
        if !is_subtype(ctx, ty, wider) {
            covariant = false;
            contravariant &= !settable;
        }
        if !is_subtype(ctx, wider, ty) {
            contravariant = false;
            covariant &= !settable;
        }
    };
    for name in ctx.member_names(class) {
        if matches!(name.as_str(), "__init__" | "__new__" | "__replace__" | "__mypy-replace") {
            continue;
        }
        let Some(member) = ctx.member(own, name, own) else { continue };
        let is_variable = !member.flags.intersects(AttributeFlags::METHOD | AttributeFlags::PROPERTY);
        let settable = member.flags.contains(AttributeFlags::SETTABLE) && !(is_variable && is_private(name));
        compare(without_own_results(member.ty, own), settable);
    }
    for base in ctx.class(class).bases {
        compare(base, false);
    }
    match (covariant, contravariant) {
        (true, _) => Variance::Covariant,
        (false, true) => Variance::Contravariant,
        (false, false) => Variance::Invariant,
    }
}

fn is_private(name: Name) -> bool {
    let name = name.as_str();
    name.starts_with('_') && !(name.starts_with("__") && name.ends_with("__"))
}

/// A method that returns the object's own type passes its type arguments on unchanged, which any
/// variance allows.
fn without_own_results(ty: Ty, own: Ty) -> Ty {
    match ty.kind() {
        TyKind::Callable(sig) if sig.ret == own => {
            let ret = Ty::any(AnySource::Implementation);
            Signature { ret, ..sig.get().clone() }.into_ty()
        }
        TyKind::Overloaded(items) => Ty::overloaded(items.map(|item| without_own_results(item, own))),
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
        | TyKind::Module(_) => ty,
    }
}
