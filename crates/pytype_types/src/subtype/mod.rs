//! Subtyping: whether a value of one type may stand where another is wanted.
//!
//! Two relations share the code: *subtype*, for which `Any` is compatible both ways and numbers
//! are promoted, and *proper subtype*, for which `Any` is a type like others.

mod callables;
mod instances;
mod members;
mod overloads;
mod parameters;
mod protocols;
mod tuples;
mod type_objects;
mod typed_dicts;
mod variables;

use bitflags::bitflags;

pub(crate) use callables::instance_type;
pub use callables::{
    CallableOptions, callable_fallback, is_callable_compatible, is_callable_compatible_by,
    is_callable_compatible_by_both,
};
pub(crate) use instances::{packed_arguments, variance_of};
pub(crate) use members::{callback_signature, operator_member};
pub use overloads::union_signatures;
pub use parameters::are_parameters_compatible;
pub use protocols::is_protocol_implementation;
pub use protocols::non_callable_members;
pub(crate) use protocols::{implements_protocol_but_call, is_metaclass};
pub(crate) use tuples::is_tuple_like;
pub(crate) use typed_dicts::{ItemView, all_names, extra_view, item_view};

use crate::context::{Assumption, AssumptionReason};
use crate::{AliasId, KnownClass, LiteralValue, Ty, TyFlags, TyKind, TypeContext, proper};

/// How two types are compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SubtypeOptions {
    /// Type arguments of instances are not looked at.
    pub ignore_type_params: bool,
    /// Positional parameters may have other names.
    pub ignore_pos_arg_names: bool,
    /// Classes are compared by their members, even where one derives from the other.
    pub ignore_declared_variance: bool,
    /// Invariant type parameters count as covariant.
    pub always_covariant: bool,
    /// `int` is no `float`.
    pub ignore_promotions: bool,
    /// Type arguments of the left side are erased, after it is seen as the right side's class
    /// (proper subtypes only).
    pub erase_instances: bool,
    /// Erased types are compared as they stand (proper subtypes only).
    pub keep_erased_types: bool,
}

bitflags! {
    #[derive(Clone, Copy)]
    struct CacheBits: u32 {
        const PROPER = 1;
        const TYPE_PARAMS = 2;
        const ARG_NAMES = 4;
        const VARIANCE = 8;
        const COVARIANT = 16;
        const PROMOTIONS = 32;
        const ERASE = 64;
        const KEEP_ERASED = 128;
    }
}

impl SubtypeOptions {
    fn bits(self, proper: bool) -> u32 {
        let mut bits = CacheBits::empty();
        bits.set(CacheBits::PROPER, proper);
        bits.set(CacheBits::TYPE_PARAMS, self.ignore_type_params);
        bits.set(CacheBits::ARG_NAMES, self.ignore_pos_arg_names);
        bits.set(CacheBits::VARIANCE, self.ignore_declared_variance);
        bits.set(CacheBits::COVARIANT, self.always_covariant);
        bits.set(CacheBits::PROMOTIONS, self.ignore_promotions);
        bits.set(CacheBits::ERASE, self.erase_instances);
        bits.set(CacheBits::KEEP_ERASED, self.keep_erased_types);
        bits.bits()
    }
}

/// Whether a `left` may stand where a `right` is wanted.
pub fn is_subtype(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_subtype_with(ctx, left, right, SubtypeOptions::default())
}

pub fn is_subtype_with(ctx: &dyn TypeContext, left: Ty, right: Ty, options: SubtypeOptions) -> bool {
    Relation { ctx, options, proper: false }.holds(left, right)
}

/// Whether every `left` is a `right`, taking `Any` for a type of its own.
pub fn is_proper_subtype(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_proper_subtype_with(ctx, left, right, SubtypeOptions::default())
}

pub fn is_proper_subtype_with(ctx: &dyn TypeContext, left: Ty, right: Ty, options: SubtypeOptions) -> bool {
    Relation { ctx, options, proper: true }.holds(left, right)
}

/// The same without promotions: what tests at run time go by.
pub(crate) fn is_proper_subtype_unpromoted(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_proper_subtype_with(
        ctx,
        left,
        right,
        SubtypeOptions { ignore_promotions: true, ..SubtypeOptions::default() },
    )
}

/// Whether each may stand for the other.
pub fn is_equivalent(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    left == right || (is_subtype(ctx, left, right) && is_subtype(ctx, right, left))
}

/// Whether `left` is the more precise description of the same values.
pub fn is_more_precise(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    proper(ctx, right).is_any() || is_proper_subtype(ctx, left, right)
}

/// Whether a use of an alias that leads to one that leads back to itself. (The aliases that stand
/// for tuple classes and typed dicts need not.)
pub(crate) fn is_recursive_alias(ctx: &dyn TypeContext, ty: Ty) -> bool {
    if let TyKind::Alias { alias, .. } = ty.kind() {
        ctx.alias(*alias).recursive && leads_to_circle(ctx, *alias, &mut Vec::new())
    } else {
        false
    }
}

fn leads_to_circle(ctx: &dyn TypeContext, alias: AliasId, path: &mut Vec<AliasId>) -> bool {
    let known = ctx.relations().recursive_aliases.borrow().get(&alias).copied();
    if let Some(known) = known {
        return known;
    }
    if path.contains(&alias) {
        return true;
    }
    path.push(alias);
    let found = mentions_circle(ctx, ctx.alias(alias).target, path);
    path.pop();
    ctx.relations().recursive_aliases.borrow_mut().insert(alias, found);
    found
}

fn mentions_circle(ctx: &dyn TypeContext, ty: Ty, path: &mut Vec<AliasId>) -> bool {
    if !ty.has(TyFlags::HAS_ALIAS) {
        return false;
    }
    let own =
        if let TyKind::Alias { alias, .. } = ty.kind() { leads_to_circle(ctx, *alias, path) } else { false };
    own || crate::collect::any_part(ty, &mut |part| mentions_circle(ctx, part, path))
}

/// Whether the comparison of two types may come back to itself through an alias.
#[inline]
pub(crate) fn is_recursive_pair(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    (left.has(TyFlags::HAS_ALIAS) || right.has(TyFlags::HAS_ALIAS)) && is_recursive_here(ctx, left, right)
}

fn is_recursive_here(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let is_nest = |ty: Ty| matches!(proper(ctx, ty).kind(), TyKind::Instance(_) | TyKind::Union(_));
    let is_tuple = |ty: Ty| matches!(proper(ctx, ty).kind(), TyKind::Tuple { .. });
    match (is_recursive_alias(ctx, left), is_recursive_alias(ctx, right)) {
        (true, true) => true,
        // A tuple's class is found by looking at its items.
        (true, false) => is_nest(right) || is_tuple(left),
        (false, true) => is_nest(left) || is_tuple(right),
        (false, false) => false,
    }
}

/// One comparison.
#[derive(Clone, Copy)]
pub(crate) struct Relation<'c> {
    pub ctx: &'c dyn TypeContext,
    pub options: SubtypeOptions,
    pub proper: bool,
}

/// Nesting from which on every result is kept: types that share their parts have many paths.
const DEEP: u32 = 8;

/// Nesting beyond which nothing is taken to be wrong.
const MAX_DEPTH: u32 = 150;

impl<'c> Relation<'c> {
    /// The relation with other options.
    fn with(&self, options: SubtypeOptions) -> Relation<'c> {
        Relation { options, ..*self }
    }

    pub(crate) fn holds(&self, left: Ty, right: Ty) -> bool {
        if left == right {
            return true;
        }
        if let Some(result) = self.at_a_glance(left, right) {
            return result;
        }
        if self.is_assumed(left, right) {
            return true;
        }
        let state = self.ctx.relations();
        let depth = state.depth.get();
        if depth > MAX_DEPTH {
            state.oldest_used.set(0);
            return true;
        }
        state.depth.set(depth + 1);
        let result = if is_recursive_pair(self.ctx, left, right) {
            let reason = AssumptionReason::Alias { proper: self.proper };
            let assumption =
                Assumption { left: proper(self.ctx, left), right: proper(self.ctx, right), reason };
            self.assuming(assumption, || self.compare(left, right))
        } else if depth >= DEEP {
            self.cached(left, right, || self.compare(left, right))
        } else {
            self.compare(left, right)
        };
        state.depth.set(depth);
        result
    }

    /// The cases that need no look inside.
    fn at_a_glance(&self, left: Ty, right: Ty) -> Option<bool> {
        match (left.kind(), right.kind()) {
            (TyKind::Unpack(_), _) => None,
            (_, TyKind::Any(_)) if !self.proper => Some(true),
            (TyKind::Never { .. }, _) => Some(true),
            (TyKind::Any(_), _) if !self.proper => Some(true),
            (TyKind::Instance(left), TyKind::Instance(right)) => {
                let same = left.class == right.class && left.args == right.args;
                (same && !self.options.ignore_declared_variance && !self.options.erase_instances)
                    .then_some(true)
            }
            _ => None,
        }
    }

    fn is_assumed(&self, left: Ty, right: Ty) -> bool {
        let state = self.ctx.relations();
        let assumptions = state.assumptions.borrow();
        if assumptions.is_empty() {
            return false;
        }
        let reason = AssumptionReason::Alias { proper: self.proper };
        let wanted = Assumption { left: proper(self.ctx, left), right: proper(self.ctx, right), reason };
        let found = assumptions.iter().rposition(|known| *known == wanted);
        if let Some(at) = found {
            state.oldest_used.set(state.oldest_used.get().min(at + 1));
        }
        found.is_some()
    }

    fn assuming(&self, assumption: Assumption, compare: impl FnOnce() -> bool) -> bool {
        let state = self.ctx.relations();
        let place = state.assumptions.borrow().len();
        let found_before = state.tentative_order.borrow().len();
        let around = state.oldest_used.replace(usize::MAX);
        state.assumptions.borrow_mut().push(assumption);
        let result = compare();
        state.assumptions.borrow_mut().pop();
        // What only this assumption was needed for rests on nothing any more.
        let used = state.oldest_used.get();
        let rests_on = if used > place { usize::MAX } else { used };
        self.settle(found_before, place, result, rests_on);
        state.oldest_used.set(around.min(rests_on));
        result
    }

    /// Decides what becomes of the results found while the assumption at `place` was open: if it
    /// holds, they hold too, or rest on what it rests on.
    fn settle(&self, found_before: usize, place: usize, holds: bool, rests_on: usize) {
        let state = self.ctx.relations();
        let mut order = state.tentative_order.borrow_mut();
        if order.len() <= found_before {
            return;
        }
        let mut tentative = state.tentative.borrow_mut();
        let mut kept = Vec::new();
        for key in order.drain(found_before..) {
            let Some(used) = tentative.get_mut(&key) else { continue };
            if *used > place {
                *used = rests_on;
            }
            if !holds || (place == 0 && *used != usize::MAX) {
                tentative.remove(&key);
            } else if *used == usize::MAX {
                tentative.remove(&key);
                state.subtype_cache.borrow_mut().insert(key, true);
            } else {
                kept.push(key);
            }
        }
        order.extend(kept);
    }

    /// Computes a result once. What rests on an assumption that is still open is kept as long as
    /// that is, unless it is negative: to assume more would not have helped.
    fn cached(&self, left: Ty, right: Ty, compute: impl FnOnce() -> bool) -> bool {
        let state = self.ctx.relations();
        let flags = left.flags() | right.flags();
        if flags.intersects(TyFlags::HAS_META | TyFlags::HAS_ERASED)
            || !state.trial_variances.borrow().is_empty()
        {
            return compute();
        }
        let key = (left, right, self.options.bits(self.proper));
        if let Some(known) = state.subtype_cache.borrow().get(&key) {
            return *known;
        }
        if let Some(&used) = state.tentative.borrow().get(&key) {
            state.oldest_used.set(state.oldest_used.get().min(used));
            return true;
        }
        let open = state.assumptions.borrow().len();
        let outer = state.oldest_used.replace(usize::MAX);
        let result = compute();
        let used = state.oldest_used.get();
        state.oldest_used.set(outer.min(used));
        if !result || used > open {
            state.subtype_cache.borrow_mut().insert(key, result);
        } else if open > 0 && state.tentative.borrow_mut().insert(key, used).is_none() {
            state.tentative_order.borrow_mut().push(key);
        }
        result
    }

    /// Two types of which neither is assumed to fit.
    #[inline]
    fn compare(&self, original_left: Ty, original_right: Ty) -> bool {
        let left = proper(self.ctx, original_left);
        let right = proper(self.ctx, original_right);
        if left == right {
            return true;
        }
        match right.kind() {
            TyKind::Any(_) | TyKind::Erased if !self.proper && !matches!(left.kind(), TyKind::Unpack(_)) => {
                return true;
            }
            TyKind::Union(items) if !matches!(left.kind(), TyKind::Union(_)) => {
                let found = self.fits_some(original_left, left, items);
                if found || !matches!(left.kind(), TyKind::TypeVar(_)) {
                    return found;
                }
            }
            TyKind::TypeVar(variable) if !matches!(left.kind(), TyKind::TypeVar(_)) => {
                let values = crate::constraints::values(self.ctx, variable.decl);
                if !values.is_empty() && values.iter().all(|value| self.holds(original_left, value)) {
                    return true;
                }
            }
            // A module is an instance of `ModuleType` that has more attributes.
            TyKind::Module(_) => return self.holds(left, self.module_type()),
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
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. } => {}
        }
        self.by_left(left, right, original_right)
    }

    /// A type that is no union against the items of one.
    fn fits_some(&self, original_left: Ty, left: Ty, items: &[Ty]) -> bool {
        if items.contains(&original_left) || items.iter().any(|item| self.holds(original_left, *item)) {
            return true;
        }
        // An enum or `bool` fits when all its values are named.
        let Some(instance) = left.as_instance() else { return false };
        if !instance.class.is("builtins.bool") && !self.ctx.class(instance.class).is_enum() {
            return false;
        }
        let items = crate::normalize::flatten_unions(self.ctx, items.iter().copied());
        if !items.iter().any(|item| matches!(proper(self.ctx, *item).kind(), TyKind::Literal { .. })) {
            return false;
        }
        let contracted = crate::try_contracting_literals(self.ctx, items);
        contracted.iter().any(|item| self.holds(original_left, *item))
    }

    fn is_object(&self, ty: Ty) -> bool {
        ty.as_instance().is_some_and(|instance| instance.class == self.ctx.known(KnownClass::Object))
    }

    pub(super) fn module_type(&self) -> Ty {
        self.ctx.known_instance(KnownClass::ModuleType)
    }

    fn by_left(&self, left: Ty, right: Ty, original_right: Ty) -> bool {
        match left.kind() {
            TyKind::Any(_) => !self.proper || right.is_unknown() || left.is_invalid(),
            TyKind::Never { .. } | TyKind::Deleted => true,
            TyKind::Erased => !self.options.keep_erased_types,
            TyKind::None => self.none_fits(right),
            TyKind::Union(items) => self.union_fits(items, right, original_right),
            TyKind::Instance(instance) => self.instance_fits(left, instance, right),
            TyKind::TypeVar(variable) => self.type_var_fits(variable, right),
            TyKind::ParamSpec(spec) => self.param_spec_fits(spec, right),
            TyKind::TypeVarTuple(variable) => self.type_var_tuple_fits(variable, right),
            TyKind::Unpack(inner) => {
                if let TyKind::Unpack(other) = right.kind() {
                    self.holds(*inner, *other)
                } else {
                    self.is_object(right)
                }
            }
            TyKind::Parameters(sig) => {
                if let TyKind::Parameters(other) = right.kind() {
                    self.parameters_fit(*sig, *other, &mut |l, r| self.holds(l, r))
                } else {
                    self.is_object(right)
                }
            }
            TyKind::Callable(sig) => self.callable_fits(left, *sig, right),
            TyKind::Overloaded(items) => self.overloaded_fits(left, *items, right),
            TyKind::Tuple { items, fallback } => self.tuple_fits(left, *items, *fallback, right),
            TyKind::TypedDict(dict) => self.typed_dict_fits(dict, right),
            TyKind::Literal { value, fallback } => {
                if let TyKind::Literal { value: other, fallback: other_fallback } = right.kind() {
                    let fits = value == other
                        || *other == LiteralValue::AnyStr && matches!(value, LiteralValue::Str(_));
                    fits && same_class(*fallback, *other_fallback)
                } else {
                    self.holds(*fallback, right)
                }
            }
            TyKind::Type(item) => self.type_object_fits(left, *item, right),
            TyKind::TypeForm(item) => {
                if let TyKind::TypeForm(other) = right.kind() {
                    self.holds(*item, *other)
                } else {
                    self.is_object(right)
                }
            }
            TyKind::Module(_) => self.module_fits(left, right),
            // `proper` leaves none.
            TyKind::Alias { .. } => false,
        }
    }

    /// Each item of a union must fit.
    fn union_fits(&self, items: &[Ty], right: Ty, original_right: Ty) -> bool {
        let skip_none = !self.ctx.options().strict_optional;
        let relevant = items.iter().filter(|item| !(skip_none && proper(self.ctx, **item).is_none()));
        match right.kind() {
            TyKind::Instance(_) => {
                // Literals of one class fit or do not fit together.
                let mut seen: smallvec::SmallVec<[Ty; 4]> = smallvec::SmallVec::new();
                for item in relevant {
                    let mut item = *item;
                    if let Some(class) = literal_class(proper(self.ctx, item)) {
                        if seen.contains(&class) {
                            continue;
                        }
                        seen.push(class);
                        item = class;
                    }
                    if !self.holds(item, original_right) {
                        return false;
                    }
                }
                true
            }
            TyKind::Union(others) => {
                let others = crate::normalize::union_items(self.ctx, Ty::new(TyKind::Union(*others)));
                let mut known: rustc_hash::FxHashSet<Ty> = others.iter().copied().collect();
                known.extend(others.iter().filter_map(|ty| ty.as_instance()?.last_known));
                relevant.copied().all(|item| {
                    let expanded = proper(self.ctx, item);
                    known.contains(&expanded)
                        || literal_class(expanded).is_some_and(|class| known.contains(&class))
                        || self.holds(item, original_right)
                })
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
            | TyKind::Module(_) => items.iter().all(|item| self.holds(*item, original_right)),
        }
    }

    fn none_fits(&self, right: Ty) -> bool {
        if !self.ctx.options().strict_optional {
            return true;
        }
        match right.kind() {
            TyKind::None => true,
            TyKind::Instance(instance) => {
                if self.is_object(right) {
                    return true;
                }
                // Protocols that ask for no more than `None` is known to have.
                self.ctx.class(instance.class).is_protocol()
                    && self
                        .ctx
                        .protocol_members(instance.class)
                        .iter()
                        .all(|name| matches!(name.as_str(), "__hash__" | "__str__"))
            }
            TyKind::Any(_)
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
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
            | TyKind::Module(_) => false,
        }
    }

    fn module_fits(&self, left: Ty, right: Ty) -> bool {
        if let TyKind::Instance(instance) = right.kind()
            && self.ctx.class(instance.class).is_protocol()
        {
            self.implements_protocol(left, right)
        } else {
            self.holds(self.module_type(), right)
        }
    }
}

/// Whether two instances are of one class.
fn same_class(left: Ty, right: Ty) -> bool {
    match (left.as_instance(), right.as_instance()) {
        (Some(left), Some(right)) => left.class == right.class,
        _ => left == right,
    }
}

/// The class of a literal, or of a value that is known, as an instance.
pub(crate) fn literal_class(ty: Ty) -> Option<Ty> {
    let literal = if let TyKind::Instance(instance) = ty.kind() { instance.last_known? } else { ty };
    if let TyKind::Literal { fallback, .. } = literal.kind() { Some(*fallback) } else { None }
}
