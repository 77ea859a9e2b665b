//! Overlap: whether some value may be of both types.

use pytype_source::Name;

use crate::{
    CallableOptions, Instance, Ty, TyKind, TypeContext, TypedDict, is_callable_compatible_by, is_subtype,
    is_subtype_with, map_to_supertype, proper, tuple_fallback,
};

/// How types are compared for overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OverlapOptions {
    pub ignore_promotions: bool,
    /// A type variable does not overlap with `None` by its mere bound.
    pub prohibit_none_typevar_overlap: bool,
    /// Stricter, for overloads: `Any` and unrelated protocols do not count.
    pub overlap_for_overloads: bool,
}

pub fn is_overlapping_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_overlapping_types_with(ctx, left, right, OverlapOptions::default())
}

const MAX_DEPTH: usize = 60;

pub fn is_overlapping_types_with(ctx: &dyn TypeContext, left: Ty, right: Ty, options: OverlapOptions) -> bool {
    if left == right {
        return true;
    }
    let state = ctx.relations();
    if state.inferring.borrow().contains(&(left, right)) || state.inferring.borrow().len() > MAX_DEPTH {
        return true;
    }
    state.inferring.borrow_mut().push((left, right));
    let result = overlaps(ctx, left, right, options);
    state.inferring.borrow_mut().pop();
    result
}

fn overlaps(ctx: &dyn TypeContext, left: Ty, right: Ty, options: OverlapOptions) -> bool {
    let (left, right) = (proper(ctx, left), proper(ctx, right));
    let again = |l: Ty, r: Ty| is_overlapping_types_with(ctx, l, r, options);
    if left.is_any() || right.is_any() || matches!(left.kind(), TyKind::Erased) || matches!(right.kind(), TyKind::Erased) {
        return !options.overlap_for_overloads || left.is_any() == right.is_any();
    }
    if matches!(left.kind(), TyKind::Deleted) || matches!(right.kind(), TyKind::Deleted) {
        return false;
    }
    if left.is_never() || right.is_never() {
        return false;
    }
    // One is the other: the common case, settled by subtyping.
    let subtype = crate::SubtypeOptions { ignore_promotions: options.ignore_promotions, ..Default::default() };
    let proper_only = options.overlap_for_overloads;
    let fits = |l: Ty, r: Ty| {
        if proper_only {
            crate::is_proper_subtype_with(ctx, l, r, subtype)
        } else {
            is_subtype_with(ctx, l, r, subtype)
        }
    };
    if fits(left, right) || fits(right, left) {
        return true;
    }
    match (left.kind(), right.kind()) {
        (TyKind::Union(l), TyKind::Union(r)) => {
            // `None` alone is no overlap of two optional types.
            let significant = |items: &crate::TyList| items.iter().filter(|t| !t.is_none()).collect::<Vec<_>>();
            let (l, r) = (significant(l), significant(r));
            l.iter().any(|a| r.iter().any(|b| again(*a, *b)))
        }
        (TyKind::Union(items), _) => items.iter().any(|item| again(item, right)),
        (_, TyKind::Union(items)) => items.iter().any(|item| again(left, item)),
        (TyKind::TypeVar(variable), _) => {
            let info = ctx.type_var(variable.decl);
            if right.is_none() && options.prohibit_none_typevar_overlap {
                return false;
            }
            match info.values.is_empty() {
                true => again(info.bound, right),
                false => info.values.iter().any(|value| again(value, right)),
            }
        }
        (_, TyKind::TypeVar(_)) => again(right, left),
        (TyKind::None, _) | (_, TyKind::None) => {
            let other = if left.is_none() { right } else { left };
            let Some(instance) = other.as_instance() else { return false };
            instance.class.is("builtins.object")
                || (ctx.class(instance.class).is_protocol() && is_subtype(ctx, Ty::none(), other))
        }
        (TyKind::TypedDict(l), TyKind::TypedDict(r)) => typed_dicts_overlap(ctx, l, r, options),
        (TyKind::TypedDict(l), TyKind::Instance(r)) => typed_dict_mapping_overlap(ctx, l, right, r, options),
        (TyKind::Instance(l), TyKind::TypedDict(r)) => typed_dict_mapping_overlap(ctx, r, left, l, options),
        (TyKind::Tuple { items, .. }, TyKind::Tuple { items: others, .. }) => {
            tuples_overlap(ctx, items.as_slice(), others.as_slice(), options)
        }
        (TyKind::Tuple { items, .. }, TyKind::Instance(instance)) | (TyKind::Instance(instance), TyKind::Tuple { items, .. })
            if instance.class.is("builtins.tuple") =>
        {
            instance.args.first().is_none_or(|of| {
                items.iter().all(|item| match item.kind() {
                    TyKind::Unpack(_) => true,
                    _ => again(item, *of),
                })
            })
        }
        (TyKind::Tuple { .. }, _) => again(tuple_fallback(ctx, left), right),
        (_, TyKind::Tuple { .. }) => again(left, tuple_fallback(ctx, right)),
        (TyKind::Type(l), TyKind::Type(r)) => again(*l, *r),
        (TyKind::Type(item), other) | (other, TyKind::Type(item)) => type_object_overlap(ctx, *item, other, if matches!(left.kind(), TyKind::Type(_)) { right } else { left }, options),
        (TyKind::Callable(l), TyKind::Callable(r)) => {
            let callable = CallableOptions { ignore_pos_arg_names: true, allow_partial_overlap: true, ..Default::default() };
            is_callable_compatible_by(ctx, *l, *r, callable, &mut |a, b| is_overlapping_types_with(ctx, a, b, options))
        }
        (TyKind::Overloaded(items), TyKind::Callable(_)) => items.iter().any(|item| again(item, right)),
        (TyKind::Callable(_), TyKind::Overloaded(items)) => items.iter().any(|item| again(left, item)),
        (TyKind::Overloaded(l), TyKind::Overloaded(r)) => l.iter().any(|a| r.iter().any(|b| again(a, b))),
        (TyKind::Callable(_) | TyKind::Overloaded(_), TyKind::Instance(_)) => callable_instance_overlap(ctx, left, right, options),
        (TyKind::Instance(_), TyKind::Callable(_) | TyKind::Overloaded(_)) => callable_instance_overlap(ctx, right, left, options),
        (TyKind::Literal { value: a, fallback: fa }, TyKind::Literal { value: b, fallback: fb }) => {
            a == b && again(*fa, *fb)
        }
        (TyKind::Literal { fallback, .. }, TyKind::Instance(_)) => again(*fallback, right),
        (TyKind::Instance(_), TyKind::Literal { fallback, .. }) => match left.as_instance().and_then(|i| i.last_known) {
            Some(known) => again(known, right),
            None => again(left, *fallback),
        },
        (TyKind::Instance(l), TyKind::Instance(r)) => instances_overlap(ctx, left, l, right, r, options),
        _ => false,
    }
}

fn instances_overlap(ctx: &dyn TypeContext, left: Ty, l: &Instance, right: Ty, r: &Instance, options: OverlapOptions) -> bool {
    // Inheritance either way, by the arguments.
    let (sub, ancestor) = if ctx.class(l.class).has_base(r.class) {
        (map_to_supertype(ctx, l, r.class), right)
    } else if ctx.class(r.class).has_base(l.class) {
        (map_to_supertype(ctx, r, l.class), left)
    } else {
        let promoted = |instance: &Instance, other: Ty| {
            !options.ignore_promotions && ctx.class(instance.class).promotions.iter().any(|p| is_subtype(ctx, p, other))
        };
        return promoted(l, right) || promoted(r, left);
    };
    let (Some(sub), Some(ancestor)) = (sub.as_instance(), ancestor.as_instance()) else { return true };
    if ctx.class(sub.class).flags.contains(crate::ClassFlags::VARIADIC) {
        return true;
    }
    sub.args.len() != ancestor.args.len()
        || sub.args.iter().zip(ancestor.args.iter()).all(|(a, b)| is_overlapping_types_with(ctx, a, b, options))
}

fn tuples_overlap(ctx: &dyn TypeContext, left: &[Ty], right: &[Ty], options: OverlapOptions) -> bool {
    let variadic = |items: &[Ty]| crate::find_unpack(items).is_some();
    if variadic(left) || variadic(right) {
        let least = |items: &[Ty]| items.len() - usize::from(variadic(items));
        if !variadic(left) && left.len() < least(right) || !variadic(right) && right.len() < least(left) {
            return false;
        }
        return true;
    }
    left.len() == right.len() && left.iter().zip(right).all(|(l, r)| is_overlapping_types_with(ctx, *l, *r, options))
}

fn typed_dicts_overlap(ctx: &dyn TypeContext, l: &TypedDict, r: &TypedDict, options: OverlapOptions) -> bool {
    let fits = |a: &TypedDict, b: &TypedDict| {
        a.items.iter().filter(|(_, item)| item.required).all(|(name, item)| match b.items.get(name) {
            Some(other) => is_overlapping_types_with(ctx, item.ty, other.ty, options),
            None => true,
        })
    };
    fits(l, r) && fits(r, l)
}

/// A typed dict as a `Mapping` or `dict` with any values that fit its items.
fn typed_dict_mapping_overlap(ctx: &dyn TypeContext, dict: &TypedDict, other: Ty, instance: &Instance, options: OverlapOptions) -> bool {
    let mapping = matches!(instance.class.fullname().as_str(), "typing.Mapping" | "builtins.dict" | "typing.MutableMapping");
    if !mapping {
        return is_overlapping_types_with(ctx, dict.fallback, other, options);
    }
    let [key, value] = instance.args.as_slice() else { return true };
    let text = ctx.known_instance(crate::KnownClass::Str);
    if !is_overlapping_types_with(ctx, text, *key, options) {
        return dict.items.values().all(|item| !item.required) && proper(ctx, *key).is_never();
    }
    let mut required = dict.items.values().filter(|item| item.required).peekable();
    if required.peek().is_some() {
        return required.all(|item| is_overlapping_types_with(ctx, item.ty, *value, options));
    }
    dict.items.is_empty()
        || proper(ctx, *value).is_never()
        || dict.items.values().any(|item| is_overlapping_types_with(ctx, item.ty, *value, options))
}

fn type_object_overlap(ctx: &dyn TypeContext, item: Ty, _kind: &TyKind, other: Ty, options: OverlapOptions) -> bool {
    match other.kind() {
        TyKind::Callable(sig) if sig.is_type_object() => {
            let own = crate::erase_type_vars(ctx, sig.instance_type.unwrap_or(sig.ret));
            is_overlapping_types_with(ctx, item, own, options)
        }
        TyKind::Callable(sig) => is_overlapping_types_with(ctx, item, sig.ret, options),
        TyKind::Instance(instance) => {
            let metaclass = proper(ctx, item).as_instance().and_then(|i| ctx.class(i.class).metaclass);
            match metaclass {
                Some(metaclass) => is_overlapping_types_with(ctx, metaclass, other, options),
                None => instance.class.is("builtins.object") || ctx.class(instance.class).has_base_named("builtins.type"),
            }
        }
        _ => false,
    }
}

fn callable_instance_overlap(ctx: &dyn TypeContext, callable: Ty, instance: Ty, options: OverlapOptions) -> bool {
    if let Some(call) = ctx.member(instance, Name::new("__call__"), instance) {
        return is_overlapping_types_with(ctx, callable, call.ty, options);
    }
    let fallback = match callable.kind() {
        TyKind::Callable(sig) => sig.fallback,
        TyKind::Overloaded(items) => match items.first().and_then(|t| t.as_callable()) {
            Some(sig) => sig.fallback,
            None => return false,
        },
        _ => return false,
    };
    is_overlapping_types_with(ctx, fallback, instance, options)
}
