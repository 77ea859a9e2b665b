//! Binding `self` and `cls`.

use pytype_source::Name;
use pytype_types::{ParamKind, Sig, SigFlags, Ty, TyFlags, TyKind, TyList};

use super::{Lookup, MemberProblem};
use crate::{Context, type_operations as ops};

impl Lookup<'_, '_> {
    /// A method bound to the object under lookup, with a check that the object fits.
    pub(super) fn bind(&self, function: Ty, name: Name, is_class_method: bool, is_property: bool) -> Ty {
        let receiver = if is_class_method { self.class_of_self() } else { self.self_type };
        let function =
            if function.has(TyFlags::HAS_SELF) { self.without_self_variable(function) } else { function };
        if let Some(bound) = bound_trivially(self.ctx, function, receiver) {
            return bound;
        }
        let checked = self.check_self_argument(function, receiver, name, is_property);
        bind_self(self.ctx, checked, Some(self.self_type), is_class_method)
    }

    /// `type[self]`; a class object is its own class.
    pub(super) fn class_of_self(&self) -> Ty {
        match self.self_type.kind() {
            TyKind::Type(_) => self.self_type,
            TyKind::Callable(sig) if sig.is_type_object() => self.self_type,
            TyKind::Overloaded(_) => self.self_type,
            _ => ops::type_of(self.ctx, self.self_type),
        }
    }

    /// A function with `Self` replaced, whether or not it counts as one of its variables.
    pub(super) fn without_self_variable(&self, function: Ty) -> Ty {
        let replaced = self.with_self(function);
        ops::map_signatures(replaced, &mut |sig| {
            if !sig.variables.iter().any(is_self_variable) {
                return None;
            }
            let mut changed = sig.get().clone();
            changed.variables = sig.variables.iter().filter(|v| !is_self_variable(*v)).collect();
            Some(changed)
        })
    }

    /// The overloads whose `self` the object fits; all of them, and a problem, when none does.
    pub(super) fn check_self_argument(
        &self,
        function: Ty,
        receiver: Ty,
        name: Name,
        _is_property: bool,
    ) -> Ty {
        let items = signatures(function);
        let mut fitting: Vec<Ty> = Vec::new();
        for item in &items {
            let Some(first) = item
                .params
                .first()
                .filter(|p| matches!(p.kind, ParamKind::Pos | ParamKind::Opt | ParamKind::Star))
            else {
                self.problem(MemberProblem::NoSelfParameter { name, callable: Ty::callable(*item) });
                return function;
            };
            let self_callable = name == "__call__" && matches!(first.ty.kind(), TyKind::Callable(_));
            let takes_anything = matches!(first.ty.kind(), TyKind::ParamSpec(_));
            if self_callable || takes_anything || ops::fits_self(self.ctx, receiver, first.ty) {
                fitting.push(Ty::callable(*item));
            }
        }
        match (fitting.is_empty(), items.first()) {
            (true, Some(first)) => {
                let callable = Ty::callable(*first);
                self.problem(MemberProblem::InvalidSelf { object: receiver, name, callable });
                function
            }
            (true, None) => function,
            (false, _) if fitting.len() == items.len() => function,
            (false, _) => Ty::overloaded(fitting),
        }
    }
}

fn is_self_variable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::TypeVar(v) if matches!(v.decl.origin, pytype_types::TypeVarOrigin::SelfType(_)))
}

/// The items of a callable or overload set.
pub(crate) fn signatures(function: Ty) -> Vec<Sig> {
    match function.kind() {
        TyKind::Overloaded(items) => items.iter().filter_map(|item| item.as_callable()).collect(),
        _ => function.as_callable().into_iter().collect(),
    }
}

/// Binding where nothing needs solving: the first parameter is `Any` or plainly the object's class.
fn bound_trivially(ctx: &Context<'_>, function: Ty, receiver: Ty) -> Option<Ty> {
    let trivial = |sig: &Sig| {
        sig.params.first().is_some_and(|first| {
            first.kind.is_positional() && (first.ty.is_any() || is_own_instance(ctx, first.ty, receiver))
        })
    };
    match function.kind() {
        TyKind::Callable(sig) => trivial(sig).then(|| Ty::callable(drop_first(*sig))),
        TyKind::Overloaded(items) => {
            let sigs: Option<Vec<Sig>> =
                items.iter().map(|item| item.as_callable().filter(|sig| trivial(sig))).collect();
            Some(Ty::overloaded(
                sigs?.into_iter().map(|sig| Ty::callable(drop_first(sig))).collect::<Vec<_>>(),
            ))
        }
        _ => None,
    }
}

/// Whether a parameter's type is the class with its own parameters as arguments, and the object an
/// instance of it.
fn is_own_instance(ctx: &Context<'_>, parameter: Ty, receiver: Ty) -> bool {
    use pytype_types::TypeContext;
    let (parameter, receiver) = match (parameter.kind(), receiver.kind()) {
        (TyKind::Type(parameter), TyKind::Type(receiver)) => (*parameter, *receiver),
        _ => (parameter, receiver),
    };
    let (Some(wanted), Some(given)) = (parameter.as_instance(), receiver.as_instance()) else { return false };
    let header = ctx.class(wanted.class);
    wanted.args == header.type_params
        && wanted.last_known.is_none()
        && (wanted.class == given.class || ctx.class(given.class).has_base(wanted.class))
}

/// A signature without its first parameter.
pub(crate) fn drop_first(sig: Sig) -> Sig {
    let mut changed = sig.get().clone();
    if let Some((first, rest)) = sig.params.split_first() {
        if matches!(first.kind, ParamKind::Star | ParamKind::Star2) {
            // `*args` takes the object too, and goes on taking the rest.
            return sig;
        }
        changed.bound_self = Some(first.ty);
        changed.params = rest.into();
    }
    changed.flags |= SigFlags::BOUND;
    changed.intern()
}

/// `function` with its first parameter bound to `object` (`None`: to the bound of what is declared),
/// type variables of that parameter solved.
pub fn bind_self(ctx: &Context<'_>, function: Ty, object: Option<Ty>, is_class_method: bool) -> Ty {
    bind(ctx, function, object, is_class_method, false)
}

/// The same, where explicit instance types of `self` are left to the caller.
pub fn bind_self_quietly(ctx: &Context<'_>, function: Ty, object: Option<Ty>, is_class_method: bool) -> Ty {
    bind(ctx, function, object, is_class_method, true)
}

fn bind(
    ctx: &Context<'_>,
    function: Ty,
    object: Option<Ty>,
    is_class_method: bool,
    ignore_instances: bool,
) -> Ty {
    match function.kind() {
        TyKind::Overloaded(items) => Ty::overloaded(
            items
                .iter()
                .map(|item| bind(ctx, item, object, is_class_method, ignore_instances))
                .collect::<Vec<_>>(),
        ),
        TyKind::Callable(sig) => Ty::callable(bind_one(ctx, *sig, object, is_class_method, ignore_instances)),
        _ => function,
    }
}

fn bind_one(
    ctx: &Context<'_>,
    sig: Sig,
    object: Option<Ty>,
    is_class_method: bool,
    ignore_instances: bool,
) -> Sig {
    let Some(first) = sig.params.first() else { return sig };
    if matches!(first.kind, ParamKind::Star | ParamKind::Star2) {
        return sig;
    }
    let receiver = ops::proper(ctx, first.ty);
    let allow_callable = !sig.name.is_some_and(|name| name == "__call__");
    if sig.variables.is_empty() || !can_bind(ctx, receiver, allow_callable, !ignore_instances) {
        return drop_first(sig);
    }
    let object = object.unwrap_or_else(|| ops::erase_to_bound(ctx, receiver));
    let own: TyList = sig.variables.iter().filter(|v| ops::mentions(receiver, *v)).collect();
    if own.is_empty() {
        return drop_first(sig);
    }
    let mut solved = ops::infer_from_receiver(ctx, own, receiver, object);
    let unsolved = |solved: &[Option<Ty>]| solved.iter().any(|ty| ty.is_none_or(Ty::is_never));
    let is_object = matches!(object.kind(), TyKind::Instance(_) | TyKind::TypeVar(_) | TyKind::Tuple { .. });
    if is_class_method && is_object && unsolved(&solved) {
        solved = ops::infer_from_receiver(ctx, own, receiver, ops::type_of(ctx, object));
    }
    let args: TyList = solved.into_iter().map(|ty| ty.unwrap_or_else(Ty::never)).collect();
    let rest: TyList = sig.variables.iter().filter(|v| !own.contains(v)).collect();
    let mut changed = sig.get().clone();
    changed.variables = rest;
    let expanded = crate::substitution::apply(ctx, Ty::callable(changed.intern()), own, args);
    match expanded.as_callable() {
        Some(sig) => drop_first(sig),
        None => drop_first(sig),
    }
}

/// Whether type variables in this `self` annotation can be solved from the object.
fn can_bind(ctx: &Context<'_>, receiver: Ty, allow_callable: bool, allow_instances: bool) -> bool {
    use pytype_types::TypeContext;
    match receiver.kind() {
        TyKind::Type(item) => can_bind(ctx, *item, true, true),
        TyKind::Callable(_) => allow_callable,
        TyKind::TypeVar(_) => true,
        TyKind::Instance(instance) => {
            allow_instances && instance.args != ctx.class(instance.class).type_params
        }
        _ => false,
    }
}
