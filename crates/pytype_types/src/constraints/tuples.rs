//! Constraints from tuples, and from any two lists of types of which one has a variadic item.

use super::{Constraint, Direction, against_any, infer_part, push};
use crate::normalize::{
    find_unpack, homogeneous_item, object_tuple, split_around, unpacked_tuple_item, unpacked_variable,
};
use crate::{ClassFlags, Ty, TyKind, TypeContext};

pub(super) fn infer(
    ctx: &dyn TypeContext,
    items: &[Ty],
    fallback: Ty,
    actual: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    match actual.kind() {
        TyKind::Tuple { items: actual_items, fallback: actual_fallback } => {
            infer_fixed(ctx, (items, fallback), (actual_items, *actual_fallback), direction, out);
        }
        TyKind::Instance(instance) => {
            let tuple = ctx.known(crate::KnownClass::Tuple);
            if ctx.class(instance.class).has_base(tuple) {
                let mapped = crate::map_instance_to_supertype(ctx, instance, tuple);
                infer_homogeneous(ctx, items, mapped, direction, out);
            }
        }
        TyKind::Any(_) => against_any::infer(ctx, items, actual, direction, out),
        TyKind::None
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
        | TyKind::Module(_) => {}
    }
}

/// `tuple[A, *Ts]` against `tuple[X, ...]`; without a variadic item nothing is known.
fn infer_homogeneous(
    ctx: &dyn TypeContext,
    items: &[Ty],
    mapped: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let Some(at) = find_unpack(items) else { return };
    let TyKind::Unpack(inner) = items[at].kind() else { return };
    if unpacked_variable(items[at]).is_some() {
        push(out, *inner, direction, mapped);
    } else {
        infer_part(ctx, *inner, mapped, direction, out);
    }
    let Some(item) = homogeneous_item(mapped) else { return };
    for (i, template) in items.iter().enumerate() {
        if i != at {
            infer_part(ctx, *template, item, direction, out);
        }
    }
}

fn infer_fixed(
    ctx: &dyn TypeContext,
    (items, fallback): (&[Ty], Ty),
    (actual_items, actual_fallback): (&[Ty], Ty),
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let mut matched: Option<(Vec<Ty>, Vec<Ty>)> = None;
    if find_unpack(items).is_some() {
        build_for_unpack(ctx, items, actual_items, direction, out);
        matched = Some((Vec::new(), Vec::new()));
    } else if let Some(at) = find_unpack(actual_items) {
        if actual_items.len() <= items.len() + 1 {
            let suffix = actual_items.len() - at - 1;
            let split = split_around(ctx, items, at, suffix);
            if let Some(variadic) = unpacked_tuple_item(ctx, actual_items[at]) {
                for template in &split.middle {
                    infer_part(ctx, *template, variadic, direction, out);
                }
            }
            let fixed = actual_items[..at].iter().chain(&actual_items[at + 1..]).copied();
            let templates = split.prefix.iter().chain(&split.suffix).copied();
            matched = Some((templates.collect(), fixed.collect()));
        } else {
            matched = Some((Vec::new(), Vec::new()));
        }
    }
    let (templates, actuals) =
        matched.as_ref().map_or((items, actual_items), |(templates, actuals)| (templates, actuals));
    if templates.len() == actuals.len() {
        if is_named_tuple(ctx, fallback) && is_named_tuple(ctx, actual_fallback) {
            infer_part(ctx, fallback, actual_fallback, direction, out);
            return;
        }
        for (template, actual) in templates.iter().zip(actuals) {
            infer_part(ctx, *template, *actual, direction, out);
        }
    }
    // The type argument of `tuple` itself follows from the items.
    if !fallback.is_instance_of("builtins.tuple") {
        infer_part(ctx, fallback, actual_fallback, direction, out);
    }
}

fn is_named_tuple(ctx: &dyn TypeContext, fallback: Ty) -> bool {
    fallback
        .as_instance()
        .is_some_and(|instance| ctx.class(instance.class).flags.contains(ClassFlags::NAMED_TUPLE))
}

/// Two lists of types, of which the template's has a variadic item. Only what certainly faces each
/// other is compared: a variadic item may not reach over the ends of the other's.
pub(super) fn build_for_unpack(
    ctx: &dyn TypeContext,
    templates: &[Ty],
    actuals: &[Ty],
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let Some(at) = find_unpack(templates) else { return };
    let suffix = templates.len() - at - 1;
    let (mut common_prefix, mut common_suffix) = (at, suffix);
    let mut variadic = Some(templates[at]);
    match find_unpack(actuals) {
        None => {
            if at + suffix > actuals.len() {
                // No match; an empty tuple gives the clearer message.
                if let TyKind::Unpack(inner) = templates[at].kind()
                    && unpacked_variable(templates[at]).is_some()
                {
                    push(out, *inner, direction, Ty::tuple(Vec::new(), object_tuple(ctx)));
                }
                return;
            }
        }
        Some(actual_at) => {
            let actual_suffix = actuals.len() - actual_at - 1;
            let covers = actual_at >= at && actual_suffix >= suffix;
            if !covers && unpacked_tuple_item(ctx, actuals[actual_at]).is_none() {
                variadic = None;
                common_prefix = at.min(actual_at);
                common_suffix = suffix.min(actual_suffix);
            }
        }
    }
    let split = split_around(ctx, actuals, common_prefix, common_suffix);
    for (template, actual) in templates[..common_prefix].iter().zip(&split.prefix) {
        infer_part(ctx, *template, *actual, direction, out);
    }
    for (template, actual) in templates[templates.len() - common_suffix..].iter().zip(&split.suffix) {
        infer_part(ctx, *template, *actual, direction, out);
    }
    let Some(variadic) = variadic else { return };
    let TyKind::Unpack(inner) = variadic.kind() else { return };
    if unpacked_variable(variadic).is_some() {
        push(out, *inner, direction, Ty::tuple(split.middle.to_vec(), object_tuple(ctx)));
        return;
    }
    let Some(template) = unpacked_tuple_item(ctx, variadic) else { return };
    for actual in &split.middle {
        if !matches!(actual.kind(), TyKind::Unpack(_)) {
            infer_part(ctx, template, *actual, direction, out);
        } else if let Some(item) = unpacked_tuple_item(ctx, *actual) {
            infer_part(ctx, template, item, direction, out);
        }
    }
}
