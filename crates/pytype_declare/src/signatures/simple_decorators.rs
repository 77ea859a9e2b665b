//! Decorated functions whose type the signatures of their decorators tell without a call.
//!
//! The level of a module or class cannot wait for what is inferred later, so mypy looks at such
//! decorators first: those that give back what they get, and those whose result does not depend on
//! it (`infer_decorator_signature_if_simple`).

use pytype_index::DefRef;
use pytype_types::{AnySource, Sig, SigFlags, Ty, TyKind, has_type_vars, proper};
use ruff_python_ast::Expr;

use super::decorators::{DecoratorKind, Decorators};
use super::function_info;
use crate::names::scope_access;
use crate::{Context, DeclareDb, Node, names, syntax};

/// The type of the function `at` after its decorators, if that needs no inference.
pub fn type_without_calls(ctx: &Context<'_>, at: DefRef, undecorated: Ty) -> Option<Ty> {
    let function = syntax::function(ctx.db, at)?;
    let kinds = Decorators::of(ctx.db, at, function);
    if kinds.is_property() {
        return Some(undecorated);
    }
    let remaining: Vec<&Expr> = function
        .decorator_list
        .iter()
        .zip(kinds.iter())
        .filter(|(_, (kind, _))| matches!(kind, DecoratorKind::Called | DecoratorKind::Deprecated))
        .map(|(decorator, _)| &decorator.expression)
        .collect();
    let outermost = *remaining.first()?;
    if let Some(fixed) = fixed_result(ctx, at, outermost) {
        return Some(fixed);
    }
    match result_of_call(ctx, at, outermost) {
        Some(result) if proper(ctx, result).is_any() => return Some(Ty::any(AnySource::Derived)),
        _ => {}
    }
    remaining.iter().all(|decorator| gives_back(ctx, at, decorator)).then_some(undecorated)
}

/// What a decorator's name stands for.
enum Decorator {
    Function { sig: Sig },
    Variable { ty: Ty },
}

fn decorator(ctx: &Context<'_>, at: DefRef, expr: &Expr) -> Option<Decorator> {
    if !matches!(expr, Expr::Name(_) | Expr::Attribute(_)) {
        return None;
    }
    let db: &dyn DeclareDb = ctx.db;
    let scope = scope_access::definition(db, at)?.scope;
    match names::lookup_expr_before(db, at.file, scope, expr, Some(at.id))?.node {
        Node::Function(found) => {
            let info = function_info(db, found);
            let [only] = info.items.as_slice() else { return None };
            let is_plain = only.decorated == crate::DecoratedType::Known(only.signature);
            let sig = only.signature.as_callable().filter(|_| is_plain)?;
            Some(Decorator::Function { sig })
        }
        Node::Variable(found) => {
            let ty = crate::variables::variable_info(db, found).declared?;
            Some(Decorator::Variable { ty })
        }
        Node::Module(_)
        | Node::NamespaceModule(_)
        | Node::Class(_)
        | Node::TypeVariable(_)
        | Node::Alias(_)
        | Node::Implicit(_)
        | Node::Unknown(_) => None,
    }
}

/// `(T) -> T`, annotated.
fn gives_back(ctx: &Context<'_>, at: DefRef, expr: &Expr) -> bool {
    let Some(Decorator::Function { sig }) = decorator(ctx, at, expr) else { return false };
    match &sig.params[..] {
        [only] if only.kind.is_positional() && only.kind.is_required() => {
            match (only.ty.kind(), sig.ret.kind()) {
                (TyKind::TypeVar(taken), TyKind::TypeVar(given)) => taken.id == given.id,
                _ => false,
            }
        }
        _ => false,
    }
}

/// What a call of `expr` gives, whatever its arguments: from annotations alone.
fn result_of_call(ctx: &Context<'_>, at: DefRef, expr: &Expr) -> Option<Ty> {
    if let Expr::Call(call) = expr {
        return result_of_call(ctx, at, &call.func);
    }
    match decorator(ctx, at, expr)? {
        Decorator::Function { sig } if sig.flags.contains(SigFlags::IMPLICIT) => {
            Some(Ty::any(AnySource::Unannotated))
        }
        Decorator::Function { sig } => Some(sig.ret),
        Decorator::Variable { ty } => Some(ty),
    }
}

/// The callable that a call of `expr` gives, when it mentions no type variables.
fn fixed_result(ctx: &Context<'_>, at: DefRef, expr: &Expr) -> Option<Ty> {
    let found = match expr {
        Expr::Call(call) => fixed_result(ctx, at, &call.func)?.as_callable()?.ret,
        _ => match decorator(ctx, at, expr)? {
            Decorator::Function { sig } if !sig.flags.contains(SigFlags::IMPLICIT) => {
                Some(sig.ret).filter(|ret| !has_type_vars(*ret))?
            }
            Decorator::Function { .. } | Decorator::Variable { .. } => return None,
        },
    };
    let found = proper(ctx, found);
    found.as_callable().map(|_| found)
}
