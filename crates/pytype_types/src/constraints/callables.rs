//! Constraints from callables.

use pytype_source::name;
use smallvec::SmallVec;

use super::{Constraint, Direction, InferMode, against_any, infer_into, infer_part, push, tuples};
use crate::formal::{self, FormalArgument};
use crate::normalize::{
    any_parameters, derived_any, find_unpack, normalized, param_spec_with_prefix, parameters, prefix_params,
    tuple_of, with_prefix,
};
use crate::{Param, ParamKind, Sig, SigFlags, Signature, Ty, TyKind, TyList, TypeContext, TypeVarOrigin};

pub(super) fn infer(
    ctx: &dyn TypeContext,
    template: Sig,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    let template = normalized(ctx, template);
    match actual.kind() {
        TyKind::Callable(sig) => infer_pair(ctx, template, normalized(ctx, *sig), direction, mode, out),
        TyKind::Any(_) => {
            match param_spec_with_prefix(&template) {
                None => {
                    let types: Vec<Ty> = template.params.iter().map(|param| param.ty).collect();
                    against_any::infer(ctx, &types, actual, direction, out);
                }
                Some(spec) => push(
                    out,
                    Ty::new(TyKind::ParamSpec(with_prefix(spec, Vec::new()))),
                    Direction::SubtypeOf,
                    Ty::new(TyKind::Parameters(any_parameters(derived_any()))),
                ),
            }
            infer_part(ctx, template.ret, derived_any(), direction, out);
        }
        TyKind::Overloaded(items) => {
            if let Some(item) = find_matching_overload_item(ctx, items, template) {
                infer_part(ctx, Ty::callable(template), item, direction, out);
            }
        }
        TyKind::Type(item) => infer_constructor(ctx, template, *item, direction, out),
        TyKind::Instance(_) => {
            if let Some(call) = ctx.member(actual, name!("__call__"), actual) {
                infer_part(ctx, Ty::callable(template), call.ty, direction, out);
            }
        }
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
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
        | TyKind::Module(_) => {}
    }
}

/// Only the result of a constructor is compared.
fn infer_constructor(
    ctx: &dyn TypeContext,
    template: Sig,
    item: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let instance =
        if let TyKind::Tuple { .. } = item.kind() { crate::tuple_fallback(ctx, item) } else { item };
    if let TyKind::Instance(instance) = instance.kind() {
        let constructor = crate::expand_by_instance(ctx, ctx.constructor(instance.class), instance);
        let ret = match constructor.kind() {
            TyKind::Callable(sig) => Some(sig.ret),
            TyKind::Overloaded(items) => find_matching_overload_item(ctx, items, template)
                .and_then(|item| item.as_callable())
                .map(|sig| sig.ret),
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
        };
        if let Some(ret) = ret {
            infer_part(ctx, template.ret, ret, direction, out);
            return;
        }
    }
    infer_part(ctx, template.ret, item, direction, out);
}

fn infer_pair(
    ctx: &dyn TypeContext,
    template: Sig,
    actual: Sig,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    let mut found = Vec::new();
    let (template_ret, actual_ret) =
        match (template.type_is, actual.type_is, template.type_guard, actual.type_guard) {
            (Some(left), Some(right), _, _) | (_, _, Some(left), Some(right)) => (left, right),
            _ => (template.ret, actual.ret),
        };
    infer_part(ctx, template_ret, actual_ret, direction, &mut found);
    let spec = param_spec_with_prefix(&template);
    let self_for_anything = spec.is_none()
        && template.flags.contains(SigFlags::ELLIPSIS)
        && actual.variables.iter().any(is_self_variable);
    let reverse = actual.is_generic() && !mode.skip_reverse && !self_for_anything;
    if reverse {
        // A generic argument: its own variables are solved with the callee's.
        let mode = InferMode { skip_reverse: true, ..InferMode::default() };
        let (left, right) = (Ty::callable(actual), Ty::callable(template));
        infer_into(ctx, left, right, direction.reversed(), mode, &mut found);
    }
    match spec {
        Some(spec) => infer_param_spec(ctx, spec, actual, direction, &mut found),
        None if template.flags.contains(SigFlags::ELLIPSIS) => {}
        None => infer_params(ctx, template, actual, direction, &mut found),
    }
    if reverse {
        for constraint in &mut found {
            constraint.extra.extend(actual.variables);
        }
    }
    out.append(&mut found);
}

fn is_self_variable(variable: Ty) -> bool {
    if let TyKind::TypeVar(variable) = variable.kind() {
        matches!(variable.decl.origin, TypeVarOrigin::SelfType(_)) && !variable.id.is_meta()
    } else {
        false
    }
}

fn infer_params(
    ctx: &dyn TypeContext,
    template: Sig,
    actual: Sig,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let unpack = template.params.iter().any(|param| matches!(param.ty.kind(), TyKind::Unpack(_)));
    if unpack && crate::normalize::param_spec(&actual).is_none() {
        let templates = repacked_params(ctx, &template);
        let actuals = repacked_params(ctx, &actual);
        if find_unpack(&templates).is_some() {
            tuples::build_for_unpack(ctx, &templates, &actuals, direction.reversed(), out);
            return;
        }
    }
    infer_arguments(ctx, &template.params, &actual.params, direction, out);
}

/// The parameters' types as the items of a tuple: `*args` as a variadic item in the middle.
fn repacked_params(ctx: &dyn TypeContext, sig: &Signature) -> Vec<Ty> {
    let Some(at) = sig.params.iter().position(|param| param.kind == ParamKind::Star) else {
        return sig.params.iter().map(|param| param.ty).collect();
    };
    let mut types: Vec<Ty> = sig.params[..at].iter().map(|param| param.ty).collect();
    let star = sig.params[at].ty;
    if let TyKind::Unpack(inner) = star.kind() {
        if let TyKind::Tuple { items, .. } = crate::proper(ctx, *inner).kind() {
            types.extend_from_slice(items)
        } else {
            types.push(star)
        }
    } else {
        types.push(Ty::new(TyKind::Unpack(tuple_of(ctx, star))))
    }
    types
}

fn infer_param_spec(
    ctx: &dyn TypeContext,
    spec: crate::ParamSpec,
    actual: Sig,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let variable = Ty::new(TyKind::ParamSpec(with_prefix(spec, Vec::new())));
    let prefix = prefix_params(&spec);
    let actual_spec = param_spec_with_prefix(&actual);
    let common = prefix.len().min(actual.params.len());
    infer_arguments(ctx, prefix, &actual.params[..common], direction, out);
    let target = match actual_spec {
        None => {
            let positional = actual.params.iter().filter(|param| param.kind.is_positional()).count();
            let mut rest = parameters(actual.params[common.min(positional)..].to_vec());
            rest.flags |= actual.flags & SigFlags::IMPRECISE_KINDS;
            Ty::new(TyKind::Parameters(rest.intern()))
        }
        Some(actual_spec) => {
            let actual_prefix = prefix_params(&actual_spec);
            if prefix.len() > actual_prefix.len() {
                return;
            }
            Ty::new(TyKind::ParamSpec(with_prefix(actual_spec, actual_prefix[prefix.len()..].to_vec())))
        }
    };
    push(out, variable, direction, target);
}

/// The parameters of a `Parameters` type.
pub(super) fn infer_parameters(
    ctx: &dyn TypeContext,
    template: Sig,
    actual: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    match actual.kind() {
        TyKind::Any(_) => {
            let types: Vec<Ty> = template.params.iter().map(|param| param.ty).collect();
            against_any::infer(ctx, &types, actual, direction, out);
        }
        TyKind::Parameters(sig) => infer_arguments(ctx, &template.params, &sig.params, direction, out),
        TyKind::ParamSpec(spec) => {
            infer_arguments(ctx, &template.params, prefix_params(spec), direction, out);
        }
        TyKind::None
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
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => {}
    }
}

/// Types of parameters that face each other, found as the subtype check finds them.
fn infer_arguments(
    ctx: &dyn TypeContext,
    template: &[Param],
    actual: &[Param],
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let (left, right) = match direction {
        Direction::SubtypeOf => (template, actual),
        Direction::SupertypeOf => (actual, template),
    };
    let mut infer = |left: Ty, right: Ty| infer_directed(ctx, left, right, direction, out);
    let (left_star, right_star) = (formal::var_arg(left), formal::var_arg(right));
    if let (Some(left), Some(right)) = (left_star, right_star) {
        infer(left.ty, right.ty);
    }
    let (left_star2, right_star2) = (formal::kw_arg(left), formal::kw_arg(right));
    if let (Some(left), Some(right)) = (left_star2, right_star2) {
        infer(left.ty, right.ty);
    }
    for right_argument in formal::formal_arguments(right) {
        if let Some(left_argument) = formal::corresponding_argument(ctx, left, &right_argument) {
            infer(left_argument.ty, right_argument.ty);
        }
    }
    if let Some(FormalArgument { ty, position: Some(start), .. }) = right_star {
        for param in left.iter().skip(start).take_while(|param| param.kind.is_positional()) {
            infer(param.ty, ty);
        }
    }
    if let Some(star2) = right_star2 {
        for param in left {
            let only_left = param.name.is_some()
                && !param.kind.is_star()
                && !right.iter().any(|other| other.name == param.name);
            if only_left {
                infer(param.ty, star2.ty);
            }
        }
    }
}

/// Parameters are contravariant: the direction between the callables turns round.
fn infer_directed(
    ctx: &dyn TypeContext,
    left: Ty,
    right: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let special = |ty: Ty| matches!(ty.kind(), TyKind::ParamSpec(_) | TyKind::Unpack(_));
    if special(left) || special(right) {
        return;
    }
    match direction {
        Direction::SubtypeOf => infer_part(ctx, left, right, direction.reversed(), out),
        Direction::SupertypeOf => infer_part(ctx, right, left, direction.reversed(), out),
    }
}

pub(super) fn infer_overloaded(
    ctx: &dyn TypeContext,
    items: &TyList,
    actual: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let matching: SmallVec<[Ty; 4]> = match actual.as_callable() {
        Some(sig) => items.iter().filter(|item| matches_ignoring_result(ctx, *item, sig)).collect(),
        None => SmallVec::new(),
    };
    let chosen = if matching.is_empty() { items.as_slice() } else { matching.as_slice() };
    for item in chosen {
        infer_part(ctx, *item, actual, direction, out);
    }
}

/// The first item of an overload set whose parameters fit a template; the first item if none does.
pub fn find_matching_overload_item(ctx: &dyn TypeContext, items: &[Ty], template: Sig) -> Option<Ty> {
    items
        .iter()
        .copied()
        .find(|item| matches_ignoring_result(ctx, *item, template))
        .or(items.first().copied())
}

fn matches_ignoring_result(ctx: &dyn TypeContext, item: Ty, template: Sig) -> bool {
    let without_result = |sig: Sig| {
        let any = derived_any();
        Signature { ret: any, type_guard: None, type_is: None, ..sig.get().clone() }.into_ty()
    };
    item.as_callable()
        .is_some_and(|sig| crate::is_subtype(ctx, without_result(sig), without_result(template)))
}
