//! Simplified unions: what conditionals and the binder make of several types.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::distinct_types::DistinctTypes;
use crate::related::{TaggedDicts, is_nominal};
use crate::subtype::is_recursive_alias;
use crate::{
    ClassId, Instance, KnownClass, LiteralValue, SubtypeOptions, Ty, TyKind, TypeContext, is_proper_subtype,
    is_proper_subtype_with, proper,
};

/// The union of the items without those that others cover.
pub fn make_simplified_union(ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>) -> Ty {
    make_simplified_union_with(ctx, items, false, true)
}

/// The same, with erased types kept apart or not, and literals that make up a whole enum or `bool`
/// put together or not.
pub fn make_simplified_union_with(
    ctx: &dyn TypeContext,
    items: impl IntoIterator<Item = Ty>,
    keep_erased: bool,
    contract_literals: bool,
) -> Ty {
    simplify(ctx, flatten(ctx, items, true), keep_erased, contract_literals)
}

/// The same, with recursive aliases left as they are: for types that are made in passing while
/// recursive types are compared.
pub(crate) fn simplified_union_around_aliases(
    ctx: &dyn TypeContext,
    items: impl IntoIterator<Item = Ty>,
) -> Ty {
    simplify(ctx, flatten(ctx, items, false), false, true)
}

/// The items of nested unions, each once; aliases of anything but unions stay.
fn flatten(ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>, recursive: bool) -> DistinctTypes {
    let mut flat = DistinctTypes::default();
    for item in items {
        flatten_into(ctx, item, recursive, &mut flat);
    }
    flat
}

fn flatten_into(ctx: &dyn TypeContext, item: Ty, recursive: bool, flat: &mut DistinctTypes) {
    let keep = if let TyKind::Alias { .. } = item.kind() {
        !recursive && is_recursive_alias(ctx, item)
    } else {
        true
    };
    let expanded = if keep { item } else { proper(ctx, item) };
    if let TyKind::Union(items) = expanded.kind() {
        for inner in items.iter() {
            flatten_into(ctx, inner, recursive, flat);
        }
    } else {
        flat.insert(item);
    }
}

fn simplify(ctx: &dyn TypeContext, flat: DistinctTypes, keep_erased: bool, contract_literals: bool) -> Ty {
    let flat = flat.as_slice();
    if let [only] = flat {
        return proper(ctx, *only);
    }
    let extra: Vec<Instance> =
        flat.iter().filter_map(|item| instance_fallback(ctx, *item)).filter(|i| i.extra.is_some()).collect();
    let mut kept = without_covered(ctx, flat, keep_erased);
    let is_literal = |ty: &&Ty| matches!(proper(ctx, **ty).kind(), TyKind::Literal { .. });
    if contract_literals && kept.iter().filter(is_literal).count() > 1 {
        kept = try_contracting_literals(ctx, kept);
    }
    if extra.iter().any(|instance| instance.extra.is_some_and(|extra| extra.never_true)) {
        restore_truth(ctx, flat, &mut kept);
    }
    let result = proper(ctx, Ty::union(kept));
    if let TyKind::Module(_) = result.kind() {
        // Of several modules only that they are modules is known.
        let is_module = |item: Ty| matches!(item.kind(), TyKind::Module(_));
        let is_other =
            |item: &Ty| *item != result && (is_module(*item) || item.is_instance_of("types.ModuleType"));
        return if flat.iter().any(is_other) { ctx.known_instance(KnownClass::ModuleType) } else { result };
    }
    if extra.is_empty() { result } else { with_common_extra(ctx, result, flat, &extra) }
}

/// Drops what is `Never` and what another item covers; of equivalent items the first stays.
fn without_covered(ctx: &dyn TypeContext, items: &[Ty], keep_erased: bool) -> Vec<Ty> {
    // First what earlier items cover, then, the other way round, what later ones do.
    let mut items = without_covered_by_earlier(ctx, items, keep_erased);
    if items.len() <= 1 {
        return items;
    }
    items.reverse();
    let mut items = without_covered_by_earlier(ctx, &items, keep_erased);
    items.reverse();
    items
}

fn without_covered_by_earlier(ctx: &dyn TypeContext, items: &[Ty], keep_erased: bool) -> Vec<Ty> {
    let options = SubtypeOptions {
        keep_erased_types: keep_erased,
        ignore_promotions: true,
        ..SubtypeOptions::default()
    };
    let mut kept =
        Kept { items: Vec::with_capacity(items.len()), few: items.len() <= FEW, ..Kept::default() };
    let mut seen = DistinctTypes::default();
    // A literal whose class was not covered is covered by no more than itself.
    let mut literal_classes = DistinctTypes::default();
    for &item in items {
        let expanded = proper(ctx, item);
        if expanded.is_never() || seen.contains(expanded) {
            continue;
        }
        let literal =
            if let TyKind::Literal { fallback, .. } = expanded.kind() { Some(*fallback) } else { None };
        if !literal.is_some_and(|class| literal_classes.contains(class)) {
            let known = expanded.as_instance().and_then(|instance| instance.last_known);
            let covered = kept.any_candidate(ctx, expanded, |other| {
                // What is known of one value says nothing of another.
                let other_known = proper(ctx, other).as_instance().and_then(|instance| instance.last_known);
                (other_known.is_none() || other_known == known)
                    && is_proper_subtype_with(ctx, item, other, options)
            });
            if covered {
                continue;
            }
        }
        literal_classes.extend(literal);
        seen.insert(expanded);
        kept.push(ctx, item, expanded);
    }
    kept.items
}

/// Up to so many items, comparing each with each costs less than tables.
const FEW: usize = 6;

/// Items of a union under construction, found by their class, so that many unrelated classes do
/// not have to be compared each with each.
#[derive(Default)]
struct Kept {
    items: Vec<Ty>,
    /// There are not enough items for the tables below: nothing is in them.
    few: bool,
    /// Instances of classes that only what derives from them can be a subtype of.
    by_class: FxHashMap<ClassId, SmallVec<[Ty; 1]>>,
    /// Typed dicts, by their places in `items`.
    tagged: TaggedDicts<usize>,
    /// All others.
    others: Vec<Ty>,
}

impl Kept {
    fn push(&mut self, ctx: &dyn TypeContext, item: Ty, expanded: Ty) {
        self.items.push(item);
        if self.few {
            return;
        }
        if let TyKind::TypedDict(dict) = expanded.kind()
            && self.tagged.insert(dict, self.items.len() - 1)
        {
            return;
        }
        match expanded.as_instance().filter(|instance| is_nominal(ctx, instance.class)) {
            Some(instance) => self.by_class.entry(instance.class).or_default().push(item),
            None => self.others.push(item),
        }
    }

    /// Whether `covers` holds for one of the items that may cover `ty`.
    fn any_candidate(&self, ctx: &dyn TypeContext, ty: Ty, mut covers: impl FnMut(Ty) -> bool) -> bool {
        if self.few {
            return self.items.iter().copied().any(covers);
        }
        match ty.as_instance() {
            Some(instance) if self.by_class.len() > 4 => {
                let related = ctx.class(instance.class).mro.iter().filter_map(|base| self.by_class.get(base));
                related.flatten().copied().any(&mut covers) || self.others.iter().copied().any(covers)
            }
            Some(_) => self.items.iter().copied().any(covers),
            None => {
                if let TyKind::TypedDict(dict) = ty.kind()
                    && let Some(tagged) = self.tagged.like(dict)
                {
                    return tagged.iter().any(|at| covers(self.items[*at]))
                        || self.by_class.values().flatten().copied().any(&mut covers)
                        || self.others.iter().copied().any(covers);
                }
                self.items.iter().copied().any(covers)
            }
        }
    }
}

/// The instance whose class gives a value of the type its attributes.
pub(crate) fn instance_fallback(ctx: &dyn TypeContext, ty: Ty) -> Option<Instance> {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::Instance(instance) => Some(*instance),
        TyKind::Literal { fallback, .. } | TyKind::Tuple { fallback, .. } => fallback.as_instance().copied(),
        TyKind::Callable(sig) => sig.fallback.as_instance().copied(),
        TyKind::Overloaded(items) => items.first().and_then(|first| instance_fallback(ctx, *first)),
        TyKind::TypeVar(variable) => {
            instance_fallback(ctx, crate::constraints::upper_bound(ctx, variable.decl))
        }
        TyKind::TypedDict(dict) => dict.fallback.as_instance().copied(),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// An item that is known to be false is so no longer if it stands for others that may be true.
fn restore_truth(ctx: &dyn TypeContext, items: &[Ty], kept: &mut [Ty]) {
    for item in kept {
        let known = item.as_instance().copied().filter(|i| i.extra.is_some_and(|extra| extra.never_true));
        let Some(instance) = known else { continue };
        let open = items.iter().any(|other| {
            crate::can_be_true(ctx, *other)
                && instance_fallback(ctx, *other).is_some()
                && is_proper_subtype(ctx, *other, *item)
        });
        if open {
            *item = Ty::new(TyKind::Instance(Instance { extra: None, ..instance }));
        }
    }
}

/// Attributes beyond the class's own stay known only if all items agree on them.
fn with_common_extra(ctx: &dyn TypeContext, result: Ty, items: &[Ty], extra: &[Instance]) -> Ty {
    let TyKind::Instance(instance) = result.kind() else { return result };
    let agree = extra.iter().all(|other| other.extra == extra[0].extra)
        && items
            .iter()
            .filter_map(|item| instance_fallback(ctx, *item))
            .all(|other| other.class != instance.class || other.extra.is_some());
    if agree { result } else { Ty::new(TyKind::Instance(Instance { extra: None, ..*instance })) }
}

/// `Literal[True] | Literal[False]` is `bool`; all members of an enum are the enum. The whole takes
/// the place of its first part.
pub fn try_contracting_literals(ctx: &dyn TypeContext, items: Vec<Ty>) -> Vec<Ty> {
    let mut items: Vec<Option<Ty>> = items.into_iter().map(|item| Some(proper(ctx, item))).collect();
    let mut sums: FxHashMap<Ty, Vec<usize>> = FxHashMap::default();
    for at in 0..items.len() {
        let Some(TyKind::Literal { value, fallback }) = items[at].map(Ty::kind) else { continue };
        let Some(instance) = fallback.as_instance() else { continue };
        let class = ctx.class(instance.class);
        if !is_closed_enum(class) && !matches!(value, LiteralValue::Bool(_)) {
            continue;
        }
        let parts = sums.entry(Ty::plain_instance(instance.class)).or_default();
        parts.push(at);
        // No item occurs twice, so that counting is enough.
        let whole = if class.is_enum() { ctx.enum_members(instance.class).len() } else { 2 };
        if parts.len() == whole {
            for (nth, part) in parts.iter().enumerate() {
                items[*part] = (nth == 0).then_some(*fallback);
            }
        }
    }
    items.into_iter().flatten().collect()
}

/// `bool` as its two literals, an enum as its members; unions item by item. With `class`, only
/// that class.
pub fn try_expanding_sum_type(ctx: &dyn TypeContext, ty: Ty, class: Option<&str>) -> Ty {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::Union(_) => {
            let items = flatten(ctx, [ty], true);
            let skip_none = !ctx.options().strict_optional;
            let items = items.as_slice().iter().copied();
            Ty::union(
                items.filter(|item| !(skip_none && proper(ctx, *item).is_none())).map(|item| {
                    if is_sum(ctx, item) { try_expanding_sum_type(ctx, item, class) } else { item }
                }),
            )
        }
        TyKind::Instance(instance) => {
            if class.is_some_and(|wanted| !instance.class.is(wanted)) {
                return ty;
            }
            let plain = Ty::instance(instance.class, instance.args);
            if instance.class.is("builtins.bool") {
                return Ty::union([true, false].map(|value| Ty::literal(LiteralValue::Bool(value), plain)));
            }
            let members = ctx.enum_members(instance.class);
            if members.is_empty() || !is_closed_enum(ctx.class(instance.class)) {
                return ty;
            }
            Ty::union(members.iter().map(|member| Ty::literal(LiteralValue::Enum(*member), plain)))
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
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

/// Whether the members are all the values there are. Those of a `Flag` can be combined.
fn is_closed_enum(class: &crate::ClassInfo) -> bool {
    class.is_enum() && !class.has_base_named("enum.Flag")
}

fn is_sum(ctx: &dyn TypeContext, item: Ty) -> bool {
    proper(ctx, item).as_instance().is_some()
}

/// The items of a union that count: without strict optional types, all but `None`.
pub(crate) fn relevant_items(ctx: &dyn TypeContext, items: crate::TyList) -> Vec<Ty> {
    let skip_none = !ctx.options().strict_optional;
    items.iter().filter(|item| !(skip_none && proper(ctx, *item).is_none())).collect()
}

/// The items of a union that uses of its values are checked for (of any other type: itself): without
/// `strict_optional`, `None` is none of them.
pub fn checked_items(ctx: &dyn TypeContext, ty: Ty) -> crate::TyList {
    let items = ty.union_items();
    if ctx.options().strict_optional || items.len() < 2 {
        return items;
    }
    let rest: Vec<Ty> = items.iter().filter(|item| !proper(ctx, *item).is_none()).collect();
    if rest.is_empty() || rest.len() == items.len() { items } else { crate::TyList::new(rest) }
}
