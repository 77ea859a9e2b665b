//! Subtyping: whether a value of one type may stand where another is wanted.
//!
//! Two relations share the code: *subtype*, for which `Any` is compatible both ways and numbers
//! are promoted, and *proper subtype*, for which it is not and they are when asked.

mod callables;
mod instances;
mod protocols;
mod tuples;
mod type_objects;
mod typed_dicts;

use bitflags::bitflags;

pub use callables::{
    CallableOptions, are_parameters_compatible, is_callable_compatible, is_callable_compatible_by,
};
pub use protocols::is_protocol_implementation;

use crate::{KnownClass, LiteralValue, Ty, TyFlags, TyKind, TypeContext, TypeVarOrigin, proper};

/// How two types are compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SubtypeOptions {
    /// Type arguments of instances are not looked at.
    pub ignore_type_params: bool,
    /// Positional parameters may have other names.
    pub ignore_pos_arg_names: bool,
    /// Type arguments are compared by the members' use, not by the declared variance.
    pub ignore_declared_variance: bool,
    /// Every type parameter counts as covariant.
    pub always_covariant: bool,
    /// `int` is no `float`.
    pub ignore_promotions: bool,
    /// Type arguments of the left side are erased first (proper subtypes only).
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

/// Whether each may stand for the other.
pub fn is_equivalent(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    left == right || (is_subtype(ctx, left, right) && is_subtype(ctx, right, left))
}

/// Whether `left` is the more precise description of the same values.
pub fn is_more_precise(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    proper(ctx, right).is_any() || is_proper_subtype(ctx, left, right)
}

/// One comparison.
#[derive(Clone, Copy)]
pub(crate) struct Relation<'c> {
    pub ctx: &'c dyn TypeContext,
    pub options: SubtypeOptions,
    pub proper: bool,
}

/// Nesting beyond which types are taken to be recursive in a way that proves nothing wrong.
const MAX_DEPTH: usize = 120;

impl Relation<'_> {
    pub(crate) fn holds(&self, left: Ty, right: Ty) -> bool {
        if left == right {
            return true;
        }
        let recursive = left.has(TyFlags::HAS_ALIAS) || right.has(TyFlags::HAS_ALIAS);
        if recursive {
            return self.holds_recursive(left, right);
        }
        self.holds_proper(left, right)
    }

    /// Aliases that mention themselves are compared under the assumption that they fit.
    fn holds_recursive(&self, left: Ty, right: Ty) -> bool {
        let state = self.ctx.relations();
        let stack = if self.proper { &state.assumed_proper } else { &state.assumed };
        if stack.borrow().contains(&(left, right)) {
            return true;
        }
        let is_alias = |ty: Ty| matches!(ty.kind(), TyKind::Alias { .. });
        if !is_alias(left) && !is_alias(right) {
            return self.holds_proper(left, right);
        }
        if stack.borrow().len() > MAX_DEPTH {
            return true;
        }
        stack.borrow_mut().push((left, right));
        let result = self.holds_proper(proper(self.ctx, left), proper(self.ctx, right));
        stack.borrow_mut().pop();
        result
    }

    fn holds_proper(&self, left: Ty, right: Ty) -> bool {
        if left == right {
            return true;
        }
        let (left, right) = (proper(self.ctx, left), proper(self.ctx, right));
        match right.kind() {
            TyKind::Any(_) | TyKind::Erased if !self.proper => return true,
            TyKind::Any(_) => {
                // Proper: only `Any` is an `Any`, and what has no value.
                return left.is_any() || left.is_never() || matches!(left.kind(), TyKind::Erased | TyKind::Deleted);
            }
            TyKind::Union(items) if !matches!(left.kind(), TyKind::Union(_)) => {
                return self.fits_union(left, items.as_slice());
            }
            _ => {}
        }
        if left.as_instance().is_none() && self.is_object(right) {
            return self.fits_object(left);
        }
        self.by_left(left, right)
    }

    fn is_object(&self, ty: Ty) -> bool {
        ty.as_instance().is_some_and(|i| i.class == self.ctx.known(KnownClass::Object))
    }

    /// Everything is an object, but proper subtyping keeps `Any` and unpacked parts out.
    fn fits_object(&self, left: Ty) -> bool {
        match left.kind() {
            TyKind::Any(_) => !self.proper,
            TyKind::Unpack(_) => false,
            TyKind::Union(items) => items.iter().all(|item| self.fits_object(proper(self.ctx, item))),
            _ => true,
        }
    }

    /// A type that is no union against the items of one.
    fn fits_union(&self, left: Ty, items: &[Ty]) -> bool {
        if left.is_any() && !self.proper {
            return true;
        }
        if left.is_never() {
            return true;
        }
        if items.contains(&left) {
            return true;
        }
        if let TyKind::Literal { fallback, .. } = left.kind()
            && items.contains(fallback)
        {
            return true;
        }
        if items.iter().any(|item| self.fits_item(left, *item)) {
            return true;
        }
        // A finite type fits if each of its values does.
        if let Some(instance) = left.as_instance()
            && (instance.class.is("builtins.bool") || self.ctx.class(instance.class).is_enum())
            && items.iter().any(|i| matches!(proper(self.ctx, *i).kind(), TyKind::Literal { .. }))
        {
            let expanded = crate::try_expanding_sum_type(self.ctx, left, Some(&instance.class.fullname()));
            if let TyKind::Union(values) = expanded.kind() {
                return values.iter().all(|value| items.iter().any(|item| self.fits_item(value, *item)));
            }
        }
        match left.kind() {
            // A constrained type variable fits if each of its values does; another by its bound.
            TyKind::TypeVar(variable) => {
                let info = self.ctx.type_var(variable.decl);
                if info.values.is_empty() {
                    match proper(self.ctx, info.bound).kind() {
                        TyKind::Union(_) => self.holds(info.bound, Ty::union(items.iter().copied())),
                        _ => false,
                    }
                } else {
                    let whole = Ty::union(items.iter().copied());
                    info.values.iter().all(|value| self.holds(value, whole))
                }
            }
            TyKind::Tuple { items: parts, fallback } if parts.iter().any(|p| matches!(proper(self.ctx, p).kind(), TyKind::Union(_))) => {
                self.tuple_fits_union(parts.as_slice(), *fallback, items)
            }
            _ => false,
        }
    }

    /// An item of a union; the union's own promotions do not hide a better match.
    fn fits_item(&self, left: Ty, item: Ty) -> bool {
        self.holds(left, item)
    }

    /// `tuple[int | str]` fits `tuple[int] | tuple[str]`: a tuple is as many tuples as its items
    /// have alternatives (a few only).
    fn tuple_fits_union(&self, parts: &[Ty], fallback: Ty, items: &[Ty]) -> bool {
        let Some(index) = parts.iter().position(|p| matches!(proper(self.ctx, *p).kind(), TyKind::Union(_))) else {
            return items.iter().any(|item| self.holds(Ty::tuple(parts.to_vec(), fallback), *item));
        };
        let alternatives = proper(self.ctx, parts[index]).union_items();
        if alternatives.len() > 4 || parts.len() > 4 {
            return false;
        }
        alternatives.iter().all(|alternative| {
            let mut parts = parts.to_vec();
            parts[index] = alternative;
            self.tuple_fits_union(&parts, fallback, items)
        })
    }

    fn by_left(&self, left: Ty, right: Ty) -> bool {
        match left.kind() {
            TyKind::Any(_) => !self.proper || self.is_object_or_any(right),
            TyKind::Never { .. } => true,
            TyKind::Erased => !self.options.keep_erased_types || matches!(right.kind(), TyKind::Erased),
            TyKind::Deleted => true,
            TyKind::None => self.none_fits(right),
            TyKind::Union(items) => self.union_fits(left, items.as_slice(), right),
            TyKind::Instance(instance) => self.instance_fits(left, instance, right),
            TyKind::TypeVar(variable) => self.type_var_fits(left, variable, right),
            TyKind::ParamSpec(spec) => self.param_spec_fits(spec, right),
            TyKind::TypeVarTuple(variable) => match right.kind() {
                TyKind::TypeVarTuple(other) => other.id == variable.id && other.min_len <= variable.min_len,
                _ => self.is_object(right) || self.holds(crate::object_tuple(self.ctx), right),
            },
            TyKind::Unpack(inner) => match right.kind() {
                TyKind::Unpack(other) => self.holds(*inner, *other),
                TyKind::Instance(instance) if self.is_object(right) => {
                    let _ = instance;
                    true
                }
                _ => false,
            },
            TyKind::Parameters(sig) => match right.kind() {
                TyKind::Parameters(other) => self.parameters_fit(*sig, *other),
                TyKind::ParamSpec(_) => false,
                _ => false,
            },
            TyKind::Callable(sig) => self.callable_fits(left, *sig, right),
            TyKind::Overloaded(items) => self.overloaded_fits(left, items.as_slice(), right),
            TyKind::Tuple { items, fallback } => self.tuple_fits(left, items.as_slice(), *fallback, right),
            TyKind::TypedDict(dict) => self.typed_dict_fits(left, dict, right),
            TyKind::Literal { value, fallback } => self.literal_fits(*value, *fallback, right),
            TyKind::Type(item) => self.type_object_fits(left, *item, right),
            TyKind::TypeForm(item) => match right.kind() {
                TyKind::TypeForm(other) => self.holds(*item, *other),
                _ => self.is_object(right),
            },
            TyKind::Module(name) => self.module_fits(left, *name, right),
            TyKind::Alias { .. } => self.holds(proper(self.ctx, left), right),
        }
    }

    fn is_object_or_any(&self, right: Ty) -> bool {
        match right.kind() {
            TyKind::Any(_) => true,
            TyKind::Union(items) => items.iter().any(|item| proper(self.ctx, item).is_any()),
            _ => false,
        }
    }

    /// Each item of a union must fit.
    fn union_fits(&self, left: Ty, items: &[Ty], right: Ty) -> bool {
        if let TyKind::Union(others) = right.kind() {
            let others = others.as_slice();
            // The items that stand in both are settled at a glance.
            let missing: Vec<Ty> = if others.len() > 12 {
                let known: rustc_hash::FxHashSet<Ty> = others.iter().copied().collect();
                items.iter().copied().filter(|item| !known.contains(item)).collect()
            } else {
                items.iter().copied().filter(|item| !others.contains(item)).collect()
            };
            return missing.into_iter().all(|item| self.holds(item, right));
        }
        let _ = left;
        items.iter().all(|item| self.holds(*item, right))
    }

    fn none_fits(&self, right: Ty) -> bool {
        if !self.ctx.options().strict_optional {
            return true;
        }
        match right.kind() {
            TyKind::None => true,
            TyKind::Instance(instance) => {
                if self.is_object(right) || instance.class.is("types.NoneType") {
                    return true;
                }
                // A protocol that `None` implements.
                self.ctx.class(instance.class).is_protocol()
                    && self.ctx.protocol_members(instance.class).iter().all(|name| {
                        matches!(name.as_str(), "__bool__" | "__hash__" | "__eq__" | "__ne__" | "__str__" | "__repr__")
                            || self.ctx.member(Ty::none(), *name, Ty::none()).is_some()
                    })
                    && self.none_implements(right)
            }
            _ => false,
        }
    }

    fn none_implements(&self, protocol: Ty) -> bool {
        let Some(instance) = protocol.as_instance() else { return false };
        self.ctx.protocol_members(instance.class).iter().all(|name| {
            let own = self.ctx.member(Ty::none(), *name, Ty::none());
            let wanted = self.ctx.member(protocol, *name, Ty::none());
            matches!((own, wanted), (Some(own), Some(wanted)) if self.holds(own.ty, wanted.ty))
        })
    }

    fn type_var_fits(&self, left: Ty, variable: &crate::TypeVar, right: Ty) -> bool {
        if let TyKind::TypeVar(other) = right.kind()
            && other.id == variable.id
        {
            return true;
        }
        let info = self.ctx.type_var(variable.decl);
        if !info.values.is_empty() && info.values.iter().all(|value| self.holds(value, right)) {
            return true;
        }
        if self.is_object(right) {
            return true;
        }
        let _ = left;
        // The bound of `Self` is a class in terms of its own parameters.
        let bound = match variable.decl.origin {
            TypeVarOrigin::SelfType(_)
            | TypeVarOrigin::Assignment(_)
            | TypeVarOrigin::Parameter(_)
            | TypeVarOrigin::Synthetic { .. } => info.bound,
        };
        if self.is_object(proper(self.ctx, bound)) {
            return false;
        }
        self.holds(bound, right)
    }

    fn param_spec_fits(&self, spec: &crate::ParamSpec, right: Ty) -> bool {
        match right.kind() {
            TyKind::ParamSpec(other) => {
                other.id == spec.id
                    && other.flavor == spec.flavor
                    && match (spec.prefix, other.prefix) {
                        (None, None) => true,
                        (Some(own), Some(wanted)) => self.parameters_fit(own, wanted),
                        (Some(own), None) => own.params.is_empty(),
                        (None, Some(wanted)) => wanted.params.is_empty(),
                    }
            }
            TyKind::Parameters(sig) => {
                // `...` takes any parameters.
                sig.flags.contains(crate::SigFlags::ELLIPSIS)
                    || (sig.params.len() == 2
                        && matches!(sig.params[0].ty.kind(), TyKind::ParamSpec(p) if p.id == spec.id))
            }
            _ => match spec.flavor {
                crate::ParamSpecFlavor::Args => self.holds(crate::object_tuple(self.ctx), right),
                crate::ParamSpecFlavor::Kwargs => self.holds(crate::object_dict(self.ctx), right),
                crate::ParamSpecFlavor::Bare => self.is_object(right),
            },
        }
    }

    fn literal_fits(&self, value: LiteralValue, fallback: Ty, right: Ty) -> bool {
        match right.kind() {
            TyKind::Literal { value: other, fallback: other_fallback } => {
                value == *other && fallback.as_instance().map(|i| i.class) == other_fallback.as_instance().map(|i| i.class)
            }
            // `Literal["a"]` is a `LiteralString`-less `str`: by its class.
            _ => self.holds(fallback, right),
        }
    }

    fn module_fits(&self, left: Ty, _name: pytype_source::Name, right: Ty) -> bool {
        match right.kind() {
            TyKind::Module(_) => left == right,
            TyKind::Instance(instance) => {
                if self.ctx.class(instance.class).is_protocol() {
                    return self.implements_protocol(left, right);
                }
                self.holds(self.ctx.known_instance(KnownClass::ModuleType), right)
            }
            _ => false,
        }
    }
}
