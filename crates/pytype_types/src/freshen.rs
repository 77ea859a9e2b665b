//! Fresh unknowns for the type variables of a callable, so that each call solves its own.

use crate::substitute::{expanded_signature, variable_id};
use crate::{
    ParamSpec, Sig, Signature, Substitution, Ty, TyFlags, TyKind, TyList, TypeContext, TypeVar, TypeVarTuple,
};

/// The variable with a fresh number.
pub fn fresh_variable(ctx: &dyn TypeContext, variable: Ty) -> Ty {
    let id = |id| crate::TypeVarId { meta: ctx.relations().fresh_meta(), ..id };
    match variable.kind() {
        TyKind::TypeVar(old) => Ty::new(TyKind::TypeVar(TypeVar { id: id(old.id), ..*old })),
        TyKind::ParamSpec(old) => Ty::new(TyKind::ParamSpec(ParamSpec { id: id(old.id), ..*old })),
        TyKind::TypeVarTuple(old) => Ty::new(TyKind::TypeVarTuple(TypeVarTuple { id: id(old.id), ..*old })),
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
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => variable,
    }
}

/// The signature with fresh unknowns in the place of its own type variables.
pub fn freshen_callable(ctx: &dyn TypeContext, sig: Sig) -> Sig {
    if sig.variables.is_empty() {
        return sig;
    }
    // The numbers begin anew with each statement, so that most calls want the same unknowns again.
    let state = ctx.relations();
    let key = (sig, state.last_meta.get());
    let known = state.freshened.borrow().get(&key).copied();
    let (fresh, last_meta) = known.unwrap_or_else(|| {
        let made = (new_freshened(ctx, sig), state.last_meta.get());
        state.freshened.borrow_mut().insert(key, made);
        made
    });
    state.last_meta.set(last_meta);
    fresh
}

fn new_freshened(ctx: &dyn TypeContext, sig: Sig) -> Sig {
    let mut substitution = Substitution::new();
    let variables: TyList = sig
        .variables
        .iter()
        .map(|variable| {
            let fresh = fresh_variable(ctx, variable);
            if let Some(id) = variable_id(variable) {
                substitution.insert(id, fresh);
            }
            fresh
        })
        .collect();
    Signature { variables, ..expanded_signature(ctx, sig, &substitution) }.intern()
}

/// The same for a callable or each item of an overload set; other types stay as they are.
pub fn freshen_type(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Callable(sig) => Ty::callable(freshen_callable(ctx, *sig)),
        TyKind::Overloaded(items) => Ty::new(TyKind::Overloaded(items.map(|item| freshen_type(ctx, item)))),
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
        | TyKind::Module(_) => ty,
    }
}

/// Freshens every callable inside a type, so that the same generic function in two places does not
/// share its variables.
pub fn freshen_all(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_GENERIC_CALLABLE) {
        return ty;
    }
    crate::translate::translate(ctx, ty, &mut |inner| {
        if let TyKind::Callable(sig) = inner.kind()
            && sig.is_generic()
        {
            Some(Ty::callable(freshen_callable(ctx, *sig)))
        } else {
            None
        }
    })
}
