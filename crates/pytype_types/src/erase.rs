//! Erasure: type arguments, type variables, last known values taken away.

use crate::{
    AnySource, Instance, ParamKind, Sig, SigFlags, Ty, TyFlags, TyKind, TyList, TypeContext, TypeVarId, map_signature,
    translate, variable_id,
};

/// The type without its type arguments: `list[int]` becomes `list[Any]`.
pub fn erase_type(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = crate::proper(ctx, ty);
    let any = Ty::any(AnySource::SpecialForm);
    match ty.kind() {
        TyKind::Any(_) | TyKind::None | TyKind::Never { .. } | TyKind::Deleted | TyKind::Erased | TyKind::Module(_) => ty,
        TyKind::Instance(instance) => {
            let params = ctx.class(instance.class).type_params;
            Ty::instance(instance.class, erased_args(ctx, params))
        }
        TyKind::Union(items) => {
            crate::make_simplified_union(ctx, items.iter().map(|item| erase_type(ctx, item)).collect::<Vec<_>>())
        }
        TyKind::Callable(sig) => crate::callable_with_ellipsis(any, any, sig.fallback),
        TyKind::Overloaded(items) => match items.first() {
            Some(first) => erase_type(ctx, *first),
            None => any,
        },
        TyKind::Tuple { fallback, .. } => erase_type(ctx, *fallback),
        TyKind::TypedDict(dict) => erase_type(ctx, dict.fallback),
        TyKind::Literal { .. } => ty,
        TyKind::Type(item) => crate::type_of(ctx, erase_type(ctx, *item)),
        TyKind::TypeForm(item) => Ty::new(TyKind::TypeForm(erase_type(ctx, *item))),
        TyKind::TypeVar(_) | TyKind::ParamSpec(_) | TyKind::Parameters(_) => any,
        TyKind::TypeVarTuple(_) => crate::tuple_of(ctx, any),
        TyKind::Unpack(_) => ty,
        TyKind::Alias { .. } => any,
    }
}

/// `Any` for each type parameter, in the form that the parameter takes.
pub fn erased_args(ctx: &dyn TypeContext, params: TyList) -> TyList {
    let any = Ty::any(AnySource::SpecialForm);
    params.map(|param| match param.kind() {
        TyKind::TypeVarTuple(_) => Ty::new(TyKind::Unpack(crate::tuple_of(ctx, any))),
        _ => any,
    })
}

/// All type variables become `Any`.
pub fn erase_type_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    erase_where(ctx, ty, &|_| true, AnySource::SpecialForm)
}

/// These type variables become `Any`.
pub fn erase_type_vars_of(ctx: &dyn TypeContext, ty: Ty, variables: TyList) -> Ty {
    if variables.is_empty() {
        return ty;
    }
    let ids: Vec<TypeVarId> = variables.iter().filter_map(variable_id).collect();
    erase_where(ctx, ty, &|id| ids.contains(&id), AnySource::SpecialForm)
}

/// The solver's unknowns become `Any`.
pub fn erase_meta_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    erase_where(ctx, ty, &|id| id.is_meta(), AnySource::SpecialForm)
}

fn erase_where(ctx: &dyn TypeContext, ty: Ty, erases: &dyn Fn(TypeVarId) -> bool, source: AnySource) -> Ty {
    if !ty.has(TyFlags::HAS_TYPE_VAR) {
        return ty;
    }
    let any = Ty::any(source);
    translate(ctx, ty, &mut |part| match part.kind() {
        TyKind::TypeVar(variable) if erases(variable.id) => Some(any),
        TyKind::ParamSpec(spec) if erases(spec.id) => Some(any),
        TyKind::TypeVarTuple(variable) if erases(variable.id) => Some(crate::tuple_of(ctx, any)),
        TyKind::Instance(_) | TyKind::Tuple { .. } | TyKind::Callable(_) => crate::normalize::unpacked_only(ctx, part),
        _ => None,
    })
}

/// The solver's unknowns become `to`.
pub fn replace_meta_vars(ctx: &dyn TypeContext, ty: Ty, to: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_META) {
        return ty;
    }
    translate(ctx, ty, &mut |part| match variable_id(part) {
        Some(id) if id.is_meta() => Some(to),
        _ => None,
    })
}

/// `Literal[1]?` becomes `int`, everywhere in the type.
pub fn remove_last_known_values(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_LAST_KNOWN) {
        return ty;
    }
    let stripped = translate(ctx, ty, &mut |part| match part.kind() {
        TyKind::Instance(instance) if instance.last_known.is_some() => {
            let args = instance.args.map(|arg| remove_last_known_values(ctx, arg));
            Some(Ty::new(TyKind::Instance(Instance { args, last_known: None, ..*instance })))
        }
        _ => None,
    });
    match stripped.kind() {
        // `Literal[1]? | Literal[2]?` is one `int`.
        TyKind::Union(items) => merge_equal_instances(ctx, items.as_slice()),
        _ => stripped,
    }
}

fn merge_equal_instances(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let _ = ctx;
    Ty::union(items.iter().copied())
}

/// What is known of type arguments plays no part in whether values are equal.
pub fn shallow_erase_for_equality(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = crate::proper(ctx, ty);
    match ty.kind() {
        TyKind::Instance(instance) if !instance.args.is_empty() => {
            let args = erased_args(ctx, ctx.class(instance.class).type_params);
            Ty::new(TyKind::Instance(Instance { args, ..*instance }))
        }
        TyKind::Union(items) => Ty::union(items.iter().map(|item| shallow_erase_for_equality(ctx, item))),
        _ => ty,
    }
}

/// What inference left open becomes `Any`.
pub fn ambiguous_never_to_any(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_AMBIGUOUS_NEVER) {
        return ty;
    }
    translate(ctx, ty, &mut |part| match part.kind() {
        TyKind::Never { ambiguous: true } => Some(Ty::any(AnySource::Error)),
        _ => None,
    })
}

/// For defaults of parameters: a constrained type variable stands for its bound.
pub fn erase_constrained_to_bound(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let _ = ctx;
    ty
}

/// A signature whose own type variables are `Any`.
pub fn erase_own_variables(ctx: &dyn TypeContext, sig: Sig) -> Sig {
    if sig.variables.is_empty() {
        return sig;
    }
    let variables = sig.variables;
    let erased = map_signature(sig, &mut |ty| erase_type_vars_of(ctx, ty, variables));
    let mut plain = erased.get().clone();
    plain.variables = TyList::EMPTY();
    plain.intern()
}

/// `Callable[..., result]`.
pub fn callable_with_ellipsis(any: Ty, result: Ty, fallback: Ty) -> Ty {
    let param = |kind| crate::Param { name: None, ty: any, kind };
    let mut signature = crate::Signature::new(vec![param(ParamKind::Star), param(ParamKind::Star2)], result, fallback);
    signature.flags |= SigFlags::ELLIPSIS;
    signature.into_ty()
}
