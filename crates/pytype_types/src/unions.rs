//! Simplified unions: what conditionals and the binder make of several types.

use rustc_hash::FxHashSet;

use crate::{
    Instance, LiteralValue, SubtypeOptions, Ty, TyFlags, TyKind, TypeContext, is_proper_subtype_with, proper,
};
use pytype_source::Name;

/// The union of the items without those that others cover.
pub fn make_simplified_union(ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>) -> Ty {
    make_simplified_union_with(ctx, items, false, true)
}

/// The same, with erased types kept apart, and literals that make up a whole enum or `bool` put
/// together or not.
pub fn make_simplified_union_with(
    ctx: &dyn TypeContext,
    items: impl IntoIterator<Item = Ty>,
    keep_erased: bool,
    contract_literals: bool,
) -> Ty {
    let mut flat: Vec<Ty> = Vec::new();
    let mut seen: FxHashSet<Ty> = FxHashSet::default();
    for item in items {
        flatten(ctx, item, &mut flat, &mut seen);
    }
    if flat.len() <= 1 {
        return flat.first().copied().unwrap_or_else(Ty::never);
    }
    let mut kept = without_covered(ctx, flat, keep_erased);
    if contract_literals && kept.iter().filter(|t| matches!(proper(ctx, **t).kind(), TyKind::Literal { .. })).count() > 1 {
        kept = try_contracting_literals(ctx, kept);
    }
    merge_extra(kept)
}

fn flatten(ctx: &dyn TypeContext, item: Ty, flat: &mut Vec<Ty>, seen: &mut FxHashSet<Ty>) {
    let expanded = if item.has(TyFlags::HAS_ALIAS) { proper(ctx, item) } else { item };
    match expanded.kind() {
        TyKind::Union(items) => items.iter().for_each(|inner| flatten(ctx, inner, flat, seen)),
        _ => {
            if seen.insert(item) {
                flat.push(item);
            }
        }
    }
}

/// Drops what is `Never` and what another item covers; of equivalent items the first stays.
fn without_covered(ctx: &dyn TypeContext, items: Vec<Ty>, keep_erased: bool) -> Vec<Ty> {
    let options =
        SubtypeOptions { keep_erased_types: keep_erased, ignore_promotions: true, ..SubtypeOptions::default() };
    // Plain literals cover nothing but their own kind: with many of them only the rest is compared.
    let mut removed = vec![false; items.len()];
    let is_literal = |ty: Ty| matches!(ty.kind(), TyKind::Literal { .. });
    for left in 0..items.len() {
        if removed[left] {
            continue;
        }
        if proper(ctx, items[left]).is_never() {
            let others = (0..items.len()).any(|o| o != left && !removed[o]);
            removed[left] = others;
            continue;
        }
        for right in 0..items.len() {
            if left == right || removed[right] {
                continue;
            }
            if is_literal(items[left]) && is_literal(items[right]) {
                continue;
            }
            if is_proper_subtype_with(ctx, items[left], items[right], options) {
                // Of two that cover each other the one that stands first stays; one that is known
                // to have more attributes is not given up for it.
                let mutual = right > left && is_proper_subtype_with(ctx, items[right], items[left], options);
                if !mutual {
                    removed[left] = true;
                    break;
                }
                removed[right] = true;
            }
        }
    }
    items.into_iter().zip(removed).filter(|(_, removed)| !removed).map(|(item, _)| item).collect()
}

/// Items of one class of which only some are known to have extra attributes.
fn merge_extra(items: Vec<Ty>) -> Ty {
    let plain_of = |ty: Ty| match ty.kind() {
        TyKind::Instance(instance) if instance.extra.is_some() => {
            Ty::new(TyKind::Instance(Instance { extra: None, ..*instance }))
        }
        _ => ty,
    };
    let with_extra = items.iter().any(|t| t.as_instance().is_some_and(|i| i.extra.is_some()));
    if with_extra && items.len() > 1 {
        return Ty::union(items.into_iter().map(plain_of));
    }
    Ty::union(items)
}

/// `Literal[True] | Literal[False]` is `bool`; all members of an enum are the enum.
pub fn try_contracting_literals(ctx: &dyn TypeContext, items: Vec<Ty>) -> Vec<Ty> {
    let mut sums: Vec<(Ty, Vec<LiteralValue>)> = Vec::new();
    for item in &items {
        let TyKind::Literal { value, fallback } = proper(ctx, *item).kind() else { continue };
        if !matches!(value, LiteralValue::Enum(_) | LiteralValue::Bool(_)) {
            continue;
        }
        match sums.iter_mut().find(|(known, _)| known == fallback) {
            Some((_, values)) => values.push(*value),
            None => sums.push((*fallback, vec![*value])),
        }
    }
    let whole: Vec<Ty> = sums
        .into_iter()
        .filter(|(fallback, values)| {
            let Some(instance) = fallback.as_instance() else { return false };
            if instance.class.is("builtins.bool") {
                return values.len() == 2;
            }
            let members: &[Name] = ctx.enum_members(instance.class);
            !members.is_empty()
                && members.iter().all(|member| values.contains(&LiteralValue::Enum(*member)))
        })
        .map(|(fallback, _)| fallback)
        .collect();
    if whole.is_empty() {
        return items;
    }
    let mut contracted: Vec<Ty> = Vec::with_capacity(items.len());
    for item in items {
        let replaced = match proper(ctx, item).kind() {
            TyKind::Literal { fallback, .. } if whole.contains(fallback) => *fallback,
            _ => item,
        };
        if !contracted.contains(&replaced) {
            contracted.push(replaced);
        }
    }
    contracted
}

/// `bool` as its two literals, an enum as its members; unions item by item. With `class`, only
/// that class.
pub fn try_expanding_sum_type(ctx: &dyn TypeContext, ty: Ty, class: Option<&str>) -> Ty {
    let proper_ty = proper(ctx, ty);
    match proper_ty.kind() {
        TyKind::Union(items) => {
            let expanded: Vec<Ty> = items.iter().map(|item| try_expanding_sum_type(ctx, item, class)).collect();
            if expanded.iter().zip(items.iter()).all(|(e, i)| *e == i) {
                return ty;
            }
            Ty::union(expanded)
        }
        TyKind::Instance(instance) => {
            let name = instance.class.fullname();
            if class.is_some_and(|wanted| name != wanted) {
                return ty;
            }
            let plain = Ty::instance(instance.class, instance.args);
            if name == "builtins.bool" {
                if let Some(known) = instance.last_known {
                    let _ = known;
                }
                return Ty::union([true, false].map(|b| Ty::literal(LiteralValue::Bool(b), plain)));
            }
            if !ctx.class(instance.class).is_enum() {
                return ty;
            }
            let members = ctx.enum_members(instance.class);
            if members.is_empty() || ctx.class(instance.class).has_base_named("enum.Flag") {
                return ty;
            }
            Ty::union(members.iter().map(|member| Ty::literal(LiteralValue::Enum(*member), plain)))
        }
        _ => ty,
    }
}
