//! Operations on types that member lookup is made of, on top of the algorithms below.

use pytype_types::{ClassId, Sig, Signature, Ty, TyFlags, TyKind, TyList, TypeContext};

use crate::Context;

/// A type with recursive aliases expanded at the top.
pub(crate) fn proper(ctx: &Context<'_>, ty: Ty) -> Ty {
    pytype_types::proper(ctx, ty)
}

/// Type parameters replaced by arguments.
pub(crate) fn substitute(ctx: &Context<'_>, ty: Ty, params: TyList, args: TyList) -> Ty {
    pytype_types::expand_type(ctx, ty, &pytype_types::bind_type_params(ctx, &params, &args))
}

/// `Self` replaced.
pub(crate) fn replace_self(ctx: &Context<'_>, ty: Ty, replacement: Ty) -> Ty {
    pytype_types::substitute_self(ctx, ty, replacement)
}

/// The object's type as an instance of one of its ancestors.
pub(crate) fn supertype(ctx: &Context<'_>, object: Ty, ancestor: ClassId) -> Option<Ty> {
    let instance = instance_fallback(ctx, object);
    let instance = instance.as_instance()?;
    let known = instance.class == ancestor || ctx.class_info(instance.class).has_base(ancestor);
    known.then(|| pytype_types::map_to_supertype(ctx, instance, ancestor))
}

/// A type in terms of `owner`'s parameters, with the arguments that `object` gives them.
pub(crate) fn expand_by_supertype(ctx: &Context<'_>, ty: Ty, object: Ty, owner: ClassId) -> Ty {
    if !ty.has(TyFlags::HAS_TYPE_VAR) {
        return ty;
    }
    let params = ctx.class_info(owner).type_params;
    if params.is_empty() {
        return ty;
    }
    match supertype(ctx, object, owner).and_then(|ty| ty.as_instance()) {
        Some(instance) => substitute(ctx, ty, params, instance.args),
        None => ty,
    }
}

/// The union of types as mypy simplifies it.
pub(crate) fn simplified_union(ctx: &Context<'_>, items: &[Ty]) -> Ty {
    match items {
        [one] => *one,
        _ => pytype_types::make_simplified_union(ctx, items.iter().copied()),
    }
}

/// `type[ty]`.
pub(crate) fn type_of(ctx: &Context<'_>, ty: Ty) -> Ty {
    pytype_types::normalize::type_of(ctx, ty)
}

/// The upper bound of a type variable.
pub(crate) fn upper_bound(ctx: &Context<'_>, ty: Ty) -> Ty {
    if let TyKind::TypeVar(variable) = ty.kind() {
        match variable.decl.origin {
            pytype_types::TypeVarOrigin::SelfType(class) => pytype_types::class_instance_type(ctx, class),
            pytype_types::TypeVarOrigin::Synthetic { bound } => bound,
            pytype_types::TypeVarOrigin::Assignment(_) | pytype_types::TypeVarOrigin::Parameter(_) => {
                ctx.type_var(variable.decl).bound
            }
        }
    } else {
        ctx.object()
    }
}

/// The constraints of a type variable.
pub(crate) fn values(ctx: &Context<'_>, ty: Ty) -> TyList {
    if let TyKind::TypeVar(variable) = ty.kind() {
        match variable.decl.origin {
            pytype_types::TypeVarOrigin::Assignment(_) | pytype_types::TypeVarOrigin::Parameter(_) => {
                ctx.type_var(variable.decl).values
            }
            pytype_types::TypeVarOrigin::SelfType(_) | pytype_types::TypeVarOrigin::Synthetic { .. } => {
                TyList::EMPTY()
            }
        }
    } else {
        TyList::EMPTY()
    }
}

/// The instance that stands for a tuple: of its class, or `tuple[join]`.
pub(crate) fn tuple_fallback(ctx: &Context<'_>, ty: Ty) -> Ty {
    pytype_types::tuple_fallback(ctx, ty)
}

/// The instance whose class defines the members of a value of this type.
pub(crate) fn instance_fallback(ctx: &Context<'_>, ty: Ty) -> Ty {
    match proper(ctx, ty).kind() {
        TyKind::Instance(_) => proper(ctx, ty),
        TyKind::Tuple { .. } => tuple_fallback(ctx, proper(ctx, ty)),
        TyKind::Literal { fallback, .. } => *fallback,
        TyKind::TypedDict(dict) => dict.fallback,
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => ctx.object(),
    }
}

/// Whether an object and a `self` parameter of the same class have type arguments that exclude each
/// other: such an overload is not considered, if there are others.
pub(crate) fn excludes_self(ctx: &Context<'_>, object: Ty, parameter: Ty) -> bool {
    match (proper(ctx, parameter).as_instance(), proper(ctx, object).as_instance()) {
        (Some(wanted), Some(given)) => {
            wanted.class == given.class
                && !wanted.args.is_empty()
                && !pytype_types::is_overlapping_types(ctx, object, parameter)
        }
        _ => false,
    }
}

/// Whether an object of type `object` may be given for a `self` parameter of type `parameter`.
pub(crate) fn fits_self(ctx: &Context<'_>, object: Ty, parameter: Ty) -> bool {
    let parameter = proper(ctx, parameter);
    let variables = pytype_types::free_type_vars(parameter);
    let erased = pytype_types::erase_type_vars(ctx, pytype_types::erase_to_bound(ctx, parameter));
    let options = pytype_types::SubtypeOptions {
        always_covariant: variables.iter().any(|v| !matches!(v.kind(), TyKind::TypeVar(_))),
        ignore_pos_arg_names: true,
        ..pytype_types::SubtypeOptions::default()
    };
    pytype_types::is_subtype_with(ctx, object, erased, options)
}

/// Whether the type variable `variable` occurs in `ty`.
pub(crate) fn mentions(ty: Ty, variable: Ty) -> bool {
    pytype_types::variable_id(variable).is_some_and(|id| pytype_types::collect::mentions(ty, &[id]))
}

/// `ty` with the type variables `variables` replaced by `Any`.
pub(crate) fn erase_variables(ctx: &Context<'_>, ty: Ty, variables: TyList) -> Ty {
    if ty.has(TyFlags::HAS_TYPE_VAR) { pytype_types::erase_type_vars_of(ctx, ty, variables) } else { ty }
}

/// Each signature of a callable or overload set changed by `change`, where it changes one.
pub(crate) fn map_signatures(ty: Ty, change: &mut dyn FnMut(Sig) -> Option<Signature>) -> Ty {
    match ty.kind() {
        TyKind::Callable(sig) => change(*sig).map_or(ty, Signature::into_ty),
        TyKind::Overloaded(items) => {
            Ty::overloaded(items.iter().map(|item| map_signatures(item, change)).collect::<TyList>())
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
        | TyKind::Module(_) => ty,
    }
}

/// An instance with a literal as its last known value.
pub(crate) fn with_last_known(ty: Ty, literal: Ty) -> Ty {
    if let TyKind::Instance(instance) = ty.kind() {
        Ty::new(TyKind::Instance(pytype_types::Instance { last_known: Some(literal), ..*instance }))
    } else {
        ty
    }
}

/// An instance without a last known value.
pub(crate) fn without_last_known(ty: Ty) -> Ty {
    if let TyKind::Instance(instance) = ty.kind()
        && instance.last_known.is_some()
    {
        Ty::new(TyKind::Instance(pytype_types::Instance { last_known: None, ..*instance }))
    } else {
        ty
    }
}

pub(crate) fn is_equivalent(ctx: &Context<'_>, left: Ty, right: Ty) -> bool {
    pytype_types::is_equivalent(ctx, left, right)
}

/// What a callable comes down to for these positional arguments: the overload that fits by number,
/// with its type variables solved as far as the arguments tell.
pub(crate) fn resolve_call(ctx: &Context<'_>, callee: Ty, arguments: &[Ty]) -> Option<Ty> {
    let takes = |sig: &Sig| {
        let positional = sig.params.iter().filter(|p| p.kind.is_positional()).count();
        sig.min_args() <= arguments.len() && (positional >= arguments.len() || sig.star().is_some())
    };
    let fits = |sig: &Sig| {
        sig.params.iter().filter(|p| p.kind.is_positional()).zip(arguments).all(|(param, argument)| {
            let wanted = pytype_types::erase_type_vars_of(ctx, param.ty, sig.variables);
            pytype_types::is_subtype(ctx, *argument, wanted)
        })
    };
    match callee.kind() {
        TyKind::Overloaded(items) => {
            let by = |test: &dyn Fn(&Sig) -> bool| {
                items.iter().find(|item| item.as_callable().is_some_and(|sig| takes(&sig) && test(&sig)))
            };
            by(&fits).or_else(|| by(&|_| true))
        }
        TyKind::Callable(sig) => takes(sig).then_some(callee),
        TyKind::Any(_) => Some(callee),
        TyKind::None
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

/// A class object with type arguments given: its class's variables replaced.
pub(crate) fn apply_class_arguments(ctx: &Context<'_>, object: Ty, args: TyList) -> Ty {
    map_signatures(object, &mut |sig| {
        let class = instance_fallback(ctx, sig.instance_type.unwrap_or(sig.ret)).as_instance()?.class;
        let params = ctx.class_info(class).type_params;
        let mut changed = sig.get().clone();
        changed.variables = sig.variables.iter().filter(|v| !params.contains(v)).collect();
        let replaced = substitute(ctx, changed.into_ty(), params, args);
        replaced.as_callable().map(|sig| sig.get().clone())
    })
}
