//! Binding `self` and `cls`.

use pytype_source::Name;
use pytype_types::{ParamKind, Sig, Ty, TyFlags, TyKind};

use super::{Lookup, MemberProblem};
use crate::{Context, type_operations as ops};

impl Lookup<'_, '_> {
    /// A method bound to the object under lookup, with a check that the object fits.
    pub(super) fn bind(&self, function: Ty, name: Name, is_class_method: bool) -> Ty {
        let receiver = if is_class_method { self.class_of_self() } else { self.self_type };
        let function =
            if function.has(TyFlags::HAS_SELF) { self.without_self_variable(function) } else { function };
        if let Some(bound) = bound_trivially(self.ctx, function, receiver) {
            return bound;
        }
        let checked = self.check_self_argument(function, receiver, name);
        pytype_types::bind_self(self.ctx, checked, Some(self.self_type), is_class_method)
    }

    /// `type[self]`; a class object is its own class.
    pub(super) fn class_of_self(&self) -> Ty {
        match self.self_type.kind() {
            TyKind::Type(_) => self.self_type,
            TyKind::Callable(sig) if sig.is_type_object() => self.self_type,
            TyKind::Overloaded(_) => self.self_type,
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
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => ops::type_of(self.ctx, self.self_type),
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
    pub(super) fn check_self_argument(&self, function: Ty, receiver: Ty, name: Name) -> Ty {
        let items = signatures(function);
        let mut considered: Vec<(Sig, pytype_types::Param)> = Vec::with_capacity(items.len());
        for item in &items {
            let Some(first) = item
                .params
                .first()
                .filter(|p| matches!(p.kind, ParamKind::Pos | ParamKind::Opt | ParamKind::Star))
            else {
                self.problem(MemberProblem::NoSelfParameter { name, callable: Ty::callable(*item) });
                return function;
            };
            considered.push((*item, *first));
        }
        let excluded = |first: &pytype_types::Param| ops::excludes_self(self.ctx, receiver, first.ty);
        if considered.iter().any(|(_, first)| !excluded(first)) {
            considered.retain(|(_, first)| !excluded(first));
        }
        let mut fitting: Vec<Ty> = Vec::new();
        for (item, first) in &considered {
            let self_callable = name == "__call__" && matches!(first.ty.kind(), TyKind::Callable(_));
            let takes_anything = matches!(first.ty.kind(), TyKind::ParamSpec(_));
            // A class method of a metaclass takes the class of the class object.
            let of_metaclass = || {
                if let TyKind::Type(metaclass) = first.ty.kind()
                    && is_class_object(receiver)
                {
                    ops::fits_self(self.ctx, receiver, *metaclass)
                } else {
                    false
                }
            };
            if self_callable
                || takes_anything
                || ops::fits_self(self.ctx, receiver, first.ty)
                || of_metaclass()
            {
                fitting.push(Ty::callable(*item));
            }
        }
        match (fitting.is_empty(), considered.first().map(|(item, _)| item)) {
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

fn is_class_object(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Type(_)) || signatures(ty).first().is_some_and(|sig| sig.is_type_object())
}

fn is_self_variable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::TypeVar(v) if matches!(v.decl.origin, pytype_types::TypeVarOrigin::SelfType(_)))
}

/// The items of a callable or overload set.
pub(crate) fn signatures(function: Ty) -> Vec<Sig> {
    if let TyKind::Overloaded(items) = function.kind() {
        items.iter().filter_map(|item| item.as_callable()).collect()
    } else {
        function.as_callable().into_iter().collect()
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
        TyKind::Callable(sig) => trivial(sig).then(|| Ty::callable(sig.without_first())),
        TyKind::Overloaded(items) => {
            let sigs: Option<Vec<Sig>> =
                items.iter().map(|item| item.as_callable().filter(|sig| trivial(sig))).collect();
            Some(Ty::overloaded(
                sigs?.into_iter().map(|sig| Ty::callable(sig.without_first())).collect::<Vec<_>>(),
            ))
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
        | TyKind::Module(_) => None,
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
    let instance_of = |ty: Ty| match ops::proper(ctx, ty).kind() {
        TyKind::Instance(instance) => Some(*instance),
        TyKind::Tuple { fallback, .. } => fallback.as_instance().copied(),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
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
    };
    let Some(wanted) = instance_of(parameter) else { return false };
    let fits = match instance_of(receiver) {
        Some(given) => wanted.class == given.class || ctx.class(given.class).has_base(wanted.class),
        // What is no instance is seen as one, of a protocol mostly: whether it fits is being asked.
        None => true,
    };
    let own = pytype_types::own_arguments(ctx.class(wanted.class).type_params);
    fits && wanted.args == own && wanted.last_known.is_none()
}
