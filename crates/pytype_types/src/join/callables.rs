//! Joins of callables, and what joins and meets of callables have in common.

use super::{Join, join_types};
use crate::normalize::tuple_of;
use crate::{
    Param, Sig, SigFlags, Signature, Substitution, Ty, TyKind, TyList, TypeContext, callable_fallback,
    expand_signature, is_equivalent, is_subtype, meet_types, proper, variable_id,
};

/// Whether two signatures have as many parameters, as many of them required, and both or neither
/// `*args`.
pub(crate) fn are_similar(left: &Signature, right: &Signature) -> bool {
    left.params.len() == right.params.len()
        && left.min_args() == right.min_args()
        && left.star().is_some() == right.star().is_some()
}

/// `right` with the type variables of `left` in the place of its own, one by one, so that the two
/// can be put together. Nothing happens unless both are generic.
pub(crate) fn match_variables(ctx: &dyn TypeContext, left: Sig, right: Sig) -> Sig {
    if left.variables == right.variables || !left.is_generic() || !right.is_generic() {
        return right;
    }
    let mut renaming = Substitution::new();
    let mut variables: Vec<Ty> = right.variables.to_vec();
    for (variable, model) in variables.iter_mut().zip(left.variables) {
        let (Some(old), Some(new)) = (variable_id(*variable), variable_id(model)) else { continue };
        let renamed = match variable.kind() {
            TyKind::TypeVar(own) => TyKind::TypeVar(crate::TypeVar { id: new, ..*own }),
            TyKind::ParamSpec(own) => TyKind::ParamSpec(crate::ParamSpec { id: new, ..*own }),
            TyKind::TypeVarTuple(own) => TyKind::TypeVarTuple(crate::TypeVarTuple { id: new, ..*own }),
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
            | TyKind::Module(_) => continue,
        };
        let renamed = Ty::new(renamed);
        renaming.insert(old, renamed);
        *variable = renamed;
    }
    let expanded = expand_signature(ctx, right, &renaming);
    Signature { variables: variables.into(), ..expanded.get().clone() }.intern()
}

/// Parameter names that both signatures know.
pub(crate) fn common_names(left: &Signature, right: &Signature) -> Vec<Option<pytype_source::Name>> {
    left.params
        .iter()
        .zip(&right.params)
        .map(|(own, other)| {
            let keeps = own.name == other.name || own.kind.is_named() || other.kind.is_named();
            if keeps { own.name } else { None }
        })
        .collect()
}

/// The join of two parameter types of which one may be unpacked.
pub(crate) fn safe_join(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    match (left.kind(), right.kind()) {
        (TyKind::Unpack(l), TyKind::Unpack(r)) => Ty::new(TyKind::Unpack(join_types(ctx, *l, *r))),
        (TyKind::Unpack(_), _) | (_, TyKind::Unpack(_)) => super::object_or_any(ctx, left),
        _ => join_types(ctx, left, right),
    }
}

/// The same for the meet.
fn safe_meet(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    match (left.kind(), right.kind()) {
        (TyKind::Unpack(l), TyKind::Unpack(r)) => {
            let met = meet_types(ctx, *l, *r);
            let met = if proper(ctx, met).is_never() { tuple_of(ctx, met) } else { met };
            Ty::new(TyKind::Unpack(met))
        }
        (TyKind::Unpack(_), _) | (_, TyKind::Unpack(_)) => Ty::never(),
        _ => meet_types(ctx, left, right),
    }
}

/// What concrete classes have in common may be an abstract class, and can be called all the same.
pub(crate) fn mark_common_class(ctx: &dyn TypeContext, left: Sig, right: Sig, common: &mut Signature) {
    let is_abstract = |sig: Sig| {
        let instance = proper(ctx, sig.instance_type.unwrap_or(sig.ret)).as_instance();
        sig.is_type_object() && instance.is_some_and(|instance| ctx.is_abstract(instance.class))
    };
    if common.is_type_object() && !is_abstract(left) && !is_abstract(right) {
        common.flags |= SigFlags::FROM_TYPE;
    }
}

/// One signature for two that are equivalent.
pub(crate) fn combine_similar(ctx: &dyn TypeContext, left: Sig, right: Sig) -> Ty {
    let right = match_variables(ctx, left, right);
    put_together(ctx, left, right, &safe_join).into_ty()
}

fn join_similar(ctx: &dyn TypeContext, left: Sig, right: Sig) -> Signature {
    let right = match_variables(ctx, left, right);
    put_together(ctx, left, right, &safe_meet)
}

fn put_together(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    parameter: &dyn Fn(&dyn TypeContext, Ty, Ty) -> Ty,
) -> Signature {
    let params: Vec<Param> = left
        .params
        .iter()
        .zip(&right.params)
        .zip(common_names(&left, &right))
        .map(|((own, other), name)| Param { name, ty: parameter(ctx, own.ty, other.ty), kind: own.kind })
        .collect();
    // A class and a function have the function in common.
    let fallback =
        if left.fallback.is_instance_of("builtins.function") { left.fallback } else { right.fallback };
    let instance_type = match (left.instance_type, right.instance_type) {
        (Some(own), Some(other)) => Some(join_types(ctx, own, other)),
        _ => None,
    };
    let mut signature = Signature {
        params: params.into_boxed_slice(),
        ret: join_types(ctx, left.ret, right.ret),
        fallback,
        instance_type,
        name: None,
        ..left.get().clone()
    };
    if fallback.is_instance_of("builtins.function") {
        signature.flags -= SigFlags::TYPE_OBJECT;
    }
    signature
}

impl Join<'_> {
    pub(super) fn with_parameters(&self, t: Sig) -> Ty {
        let TyKind::Parameters(s) = self.s.kind() else { return self.default(self.s) };
        if !are_similar(&t, s) {
            return self.default(self.s);
        }
        let params: Vec<Param> = t
            .params
            .iter()
            .zip(&s.params)
            .zip(common_names(s, &t))
            .map(|((own, other), name)| Param {
                name,
                ty: meet_types(self.ctx, other.ty, own.ty),
                kind: own.kind,
            })
            .collect();
        let signature = Signature { params: params.into_boxed_slice(), ..t.get().clone() };
        Ty::new(TyKind::Parameters(signature.intern()))
    }

    pub(super) fn with_callable(&self, t: Ty, sig: Sig) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        match s.kind() {
            TyKind::Callable(own) if are_similar(&sig, own) => {
                if is_equivalent(ctx, t, s) {
                    return combine_similar(ctx, sig, *own);
                }
                let mut joined = join_similar(ctx, sig, *own);
                mark_common_class(ctx, sig, *own, &mut joined);
                // A function that cannot be called is of no use.
                let useless = |param: &Param| {
                    let ty = proper(ctx, param.ty);
                    ty.is_none() || ty.is_never()
                };
                if joined.params.iter().any(useless) {
                    return self.join(sig.fallback, s);
                }
                joined.into_ty()
            }
            TyKind::Callable(_) => {
                let (mut first, mut second) = (s, t);
                if sig.star().is_some() {
                    std::mem::swap(&mut first, &mut second);
                }
                if is_subtype(ctx, first, second) {
                    second
                } else if is_subtype(ctx, second, first) {
                    first
                } else {
                    self.join(sig.fallback, s)
                }
            }
            TyKind::Overloaded(_) => self.join(t, s),
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
            | TyKind::Module(_) => match self.callback_of(s) {
                Some(call) => self.join(t, call),
                None => self.join(sig.fallback, s),
            },
        }
    }

    pub(super) fn with_overloaded(&self, t: Ty, items: TyList) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        let others = match s.kind() {
            TyKind::Callable(_) => TyList::new([s]),
            TyKind::Overloaded(others) => *others,
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
            | TyKind::Module(_) => {
                let fallback = callable_fallback(ctx, t);
                return match self.callback_of(s) {
                    Some(call) => self.join(t, call),
                    None => self.join(fallback, s),
                };
            }
        };
        let mut result: Vec<Ty> = Vec::new();
        for own in items {
            for other in others {
                let (Some(l), Some(r)) = (own.as_callable(), other.as_callable()) else { continue };
                if !are_similar(&l, &r) {
                    continue;
                }
                if is_equivalent(ctx, own, other) {
                    result.push(combine_similar(ctx, l, r));
                } else if is_subtype(ctx, own, other) {
                    result.push(other);
                }
            }
        }
        if result.is_empty() {
            return self.join(callable_fallback(ctx, t), callable_fallback(ctx, s));
        }
        Ty::overloaded(result)
    }
}
