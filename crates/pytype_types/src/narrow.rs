//! Narrowing a declared type by what is known, and taking types away.

use crate::{
    SubtypeOptions, Ty, TyKind, TypeContext, erase_type, is_overlapping_types_with, is_proper_subtype,
    is_proper_subtype_with, is_subtype, make_simplified_union, meet_types, proper, try_expanding_sum_type,
};
use crate::overlap::OverlapOptions;

/// What a value declared `declared` is, given that it is also a `narrowed`.
pub fn narrow_declared_type(ctx: &dyn TypeContext, declared: Ty, narrowed: Ty) -> Ty {
    if declared == narrowed {
        return declared;
    }
    let (d, n) = (proper(ctx, declared), proper(ctx, narrowed));
    if d == n {
        return declared;
    }
    if let TyKind::Union(items) = d.kind() {
        let declared_items: Vec<Ty> = items.iter().collect();
        let narrowed_items = n.union_items();
        let mut kept = Vec::new();
        for item in declared_items {
            for part in narrowed_items.iter() {
                if is_overlapping_types_with(ctx, item, part, narrowing_overlap()) || is_subtype_no_promote(ctx, part, item) {
                    kept.push(narrow_declared_type(ctx, item, part));
                }
            }
        }
        return make_simplified_union(ctx, kept);
    }
    if is_enum_overlapping_union(ctx, d, n) {
        // The members of the enum that the union names.
        let expanded = try_expanding_sum_type(ctx, d, None);
        if let TyKind::Union(members) = expanded.kind() {
            let kept: Vec<Ty> = members.iter().filter(|m| is_proper_subtype(ctx, *m, n)).collect();
            if !kept.is_empty() {
                return make_simplified_union(ctx, kept);
            }
        }
    }
    if !is_overlapping_types_with(ctx, declared, narrowed, narrowing_overlap()) {
        return if ctx.options().strict_optional { Ty::never() } else { Ty::none() };
    }
    if let TyKind::Union(items) = n.kind() {
        let parts: Vec<Ty> = items.iter().map(|item| narrow_declared_type(ctx, declared, item)).collect();
        return make_simplified_union(ctx, parts);
    }
    match (d.kind(), n.kind()) {
        (_, TyKind::Any(_)) => return narrowed,
        (TyKind::Any(_), _) => return narrowed,
        (TyKind::TypeVar(variable), _) if is_subtype(ctx, narrowed, ctx.type_var(variable.decl).bound) => {
            // Both a `T` and a subclass of its bound: the subclass is what is known.
            return if is_proper_subtype(ctx, declared, narrowed) { declared } else { narrowed };
        }
        (TyKind::Type(a), TyKind::Type(b)) => return crate::type_of(ctx, narrow_declared_type(ctx, *a, *b)),
        (TyKind::Type(_), TyKind::Instance(instance))
            if ctx.class(instance.class).has_base_named("builtins.type") =>
        {
            return if instance.class.is("builtins.type") { declared } else { narrowed };
        }
        (TyKind::Tuple { .. }, TyKind::Tuple { .. }) | (TyKind::TypedDict(_), TyKind::TypedDict(_)) => {
            return if is_proper_subtype(ctx, declared, narrowed) { declared } else { meet_or(ctx, declared, narrowed) };
        }
        (TyKind::TypedDict(dict), TyKind::Instance(instance))
            if instance.class.is("builtins.dict") && instance.args.iter().all(|t| proper(ctx, t).is_any()) =>
        {
            let _ = dict;
            return declared;
        }
        (TyKind::Instance(a), TyKind::Instance(b)) if a.class == b.class => {
            // The declared arguments are better than erased ones.
            if b.args.iter().any(|t| proper(ctx, t).is_any()) && !a.args.is_empty() && b.last_known.is_none() {
                return meet_types(ctx, declared, narrowed);
            }
        }
        _ => {}
    }
    let options = SubtypeOptions { ignore_promotions: true, ..Default::default() };
    if is_proper_subtype_with(ctx, narrowed, declared, options) {
        return narrowed;
    }
    if is_proper_subtype_with(ctx, declared, narrowed, options) {
        return declared;
    }
    meet_or(ctx, declared, narrowed)
}

fn narrowing_overlap() -> OverlapOptions {
    OverlapOptions { prohibit_none_typevar_overlap: true, ..OverlapOptions::default() }
}

fn meet_or(ctx: &dyn TypeContext, declared: Ty, narrowed: Ty) -> Ty {
    let met = meet_types(ctx, declared, narrowed);
    if proper(ctx, met).is_never() { narrowed } else { met }
}

fn is_subtype_no_promote(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_proper_subtype_with(ctx, left, right, SubtypeOptions { ignore_promotions: true, ..Default::default() })
}

fn is_enum_overlapping_union(ctx: &dyn TypeContext, declared: Ty, narrowed: Ty) -> bool {
    let (Some(instance), TyKind::Union(items)) = (declared.as_instance(), narrowed.kind()) else { return false };
    ctx.class(instance.class).is_enum()
        && items.iter().any(|item| match proper(ctx, item).kind() {
            TyKind::Literal { fallback, .. } => fallback.as_instance().is_some_and(|i| i.class == instance.class),
            _ => false,
        })
}

/// `t` without what is certainly an `s`.
pub fn restrict_subtype_away(ctx: &dyn TypeContext, t: Ty, s: Ty, consider_runtime_isinstance: bool) -> Ty {
    match proper(ctx, t).kind() {
        TyKind::Union(items) => {
            let kept: Vec<Ty> = items
                .iter()
                .map(|item| restrict_subtype_away(ctx, item, s, consider_runtime_isinstance))
                .filter(|item| !proper(ctx, *item).is_never())
                .collect();
            Ty::union(kept)
        }
        TyKind::TypeVar(variable) => {
            let bound = ctx.type_var(variable.decl).bound;
            let rest = restrict_subtype_away(ctx, bound, s, consider_runtime_isinstance);
            if proper(ctx, rest).is_never() { rest } else { t }
        }
        _ => {
            let covered = if consider_runtime_isinstance {
                covers_at_runtime(ctx, t, s)
            } else {
                is_proper_subtype_with(ctx, t, s, SubtypeOptions { ignore_promotions: true, ..Default::default() })
            };
            if covered { Ty::never() } else { t }
        }
    }
}

/// Whether `isinstance(item, supertype)` is certainly true.
pub fn covers_at_runtime(ctx: &dyn TypeContext, item: Ty, supertype: Ty) -> bool {
    let item = proper(ctx, item);
    let supertype = proper(ctx, supertype);
    if let TyKind::Union(items) = supertype.kind() {
        return items.iter().any(|s| covers_at_runtime(ctx, item, s));
    }
    let options = SubtypeOptions { ignore_promotions: true, erase_instances: true, ..Default::default() };
    // Type arguments do not exist at run time.
    let erased = erase_type(ctx, supertype);
    let erased = if matches!(supertype.kind(), TyKind::Literal { .. } | TyKind::None) { supertype } else { erased };
    if is_proper_subtype_with(ctx, erase_instance(ctx, item), erased, options) {
        return true;
    }
    if let Some(instance) = supertype.as_instance() {
        if ctx.class(instance.class).is_protocol() && is_proper_subtype_with(ctx, item, supertype, options) {
            return true;
        }
        if instance.class.is("builtins.dict") && matches!(item.kind(), TyKind::TypedDict(_)) {
            return true;
        }
        if matches!(item.kind(), TyKind::Tuple { .. }) && instance.class.is("builtins.tuple") {
            return true;
        }
    }
    false
}

fn erase_instance(ctx: &dyn TypeContext, item: Ty) -> Ty {
    match item.kind() {
        TyKind::Instance(instance) if !instance.args.is_empty() && instance.last_known.is_none() => erase_type(ctx, item),
        _ => item,
    }
}
