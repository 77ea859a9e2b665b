//! `--strict-equality`: comparisons that can never be true.

use pytype_source::{Name, name};
use pytype_types::{KnownClass, LiteralValue, Ty, TyKind};

use super::literals::literal_or_self;
use crate::Checker;

/// Set-like classes whose `==` compares items, whatever the classes are.
const SET_LIKE: &[&str] = &[
    "builtins.set",
    "builtins.frozenset",
    "typing.KeysView",
    "typing.ItemsView",
    "_collections_abc.dict_keys",
    "_collections_abc.dict_items",
];
const BYTES_LIKE: &[&str] = &["builtins.bytes", "builtins.bytearray", "builtins.memoryview"];

fn is_one_of(class: pytype_types::ClassId, names: &[&str]) -> bool {
    names.iter().any(|name| class.is(name))
}

/// How two types are compared for overlap.
#[derive(Clone, Copy)]
struct Overlap {
    /// The container's own type, for `in`.
    container: Option<Ty>,
    prefer_literals: bool,
    by_identity: bool,
}

impl Checker<'_> {
    /// Whether `left == right` (or `left is right`) can never be true.
    pub(crate) fn is_dangerous_comparison(&self, left: Ty, right: Ty, by_identity: bool) -> bool {
        let how = Overlap { container: None, prefer_literals: true, by_identity };
        self.options.strict_equality && self.never_equal(left, right, how, &mut Vec::new())
    }

    /// Whether `left in container` can never be true, where the container holds `item`.
    pub(crate) fn is_dangerous_membership(&self, left: Ty, item: Ty, container: Ty) -> bool {
        let how = Overlap { container: Some(container), prefer_literals: false, by_identity: false };
        self.options.strict_equality && self.never_equal(left, item, how, &mut Vec::new())
    }

    fn never_equal(&self, left: Ty, right: Ty, how: Overlap, seen: &mut Vec<(Ty, Ty)>) -> bool {
        if seen.contains(&(left, right)) {
            return false;
        }
        seen.push((left, right));
        let (mut left, mut right) = (self.proper(left), self.proper(right));
        let eq = name!("__eq__");
        if !how.by_identity
            && (self.has_custom_method(left, eq, false) || self.has_custom_method(right, eq, false))
        {
            return false;
        }
        if how.prefer_literals {
            (left, right) = (literal_or_self(left), literal_or_self(right));
        }
        if self.in_constrained_expansion() {
            return false;
        }
        let nones = (left.is_none(), right.is_none());
        if self.options.strict_equality_for_none {
            if nones == (true, true) {
                return false;
            }
        } else if nones != (false, false) {
            return false;
        }
        if self.is_union(left) && self.is_union(right) {
            (left, right) = (self.without_none(left), self.without_none(right));
        }
        if how.container.is_some_and(|c| self.has_bytes(c)) && self.has_bytes(left) {
            return false;
        }
        if let Some(answer) = self.compare_instances(left, right, seen) {
            return answer;
        }
        if self.are_booleans_or_bytes(left, right) {
            return false;
        }
        !self.is_overlapping(left, right, false)
    }

    /// Built-in collections that compare by their items.
    fn compare_instances(&self, left: Ty, right: Ty, seen: &mut Vec<(Ty, Ty)>) -> Option<bool> {
        let (l, r) = (left.as_instance()?, right.as_instance()?);
        let plain = Overlap { container: None, prefer_literals: true, by_identity: false };
        let arg = |ty: Ty, n: usize| {
            ty.as_instance().and_then(|i| i.args.get(n).copied()).unwrap_or_else(|| self.any())
        };
        if is_one_of(l.class, SET_LIKE) && is_one_of(r.class, SET_LIKE) {
            let set = self.class_named("typing.AbstractSet")?;
            let (left, right) = (self.map_to_supertype(left, set), self.map_to_supertype(right, set));
            return Some(self.never_equal(arg(left, 0), arg(right, 0), plain, seen));
        }
        let mapping = self.ctx_known_class(KnownClass::Mapping);
        if self.class_info(l.class).has_base(mapping) && self.class_info(r.class).has_base(mapping) {
            let (left, right) = (self.map_to_supertype(left, mapping), self.map_to_supertype(right, mapping));
            return Some(
                self.never_equal(arg(left, 0), arg(right, 0), plain, seen)
                    || self.never_equal(arg(left, 1), arg(right, 1), plain, seen),
            );
        }
        if l.class == r.class && is_one_of(l.class, &["builtins.list", "builtins.tuple"]) {
            return Some(self.never_equal(arg(left, 0), arg(right, 0), plain, seen));
        }
        (is_one_of(l.class, BYTES_LIKE) && is_one_of(r.class, BYTES_LIKE)).then_some(false)
    }

    /// Different booleans may be compared, and bytes with byte arrays.
    fn are_booleans_or_bytes(&self, left: Ty, right: Ty) -> bool {
        let is_bool = |ty: Ty| matches!(ty.kind(), TyKind::Literal { value: LiteralValue::Bool(_), .. });
        let is_bytes = |ty: Ty| matches!(ty.kind(), TyKind::Literal { fallback, .. } if fallback.is_instance_of("builtins.bytes"));
        let is_bytearray = |ty: Ty| {
            ty.as_instance().is_some_and(|i| self.class_info(i.class).has_base_named("builtins.bytearray"))
        };
        (is_bool(left) && is_bool(right))
            || (is_bytes(left) && is_bytearray(right))
            || (is_bytes(right) && is_bytearray(left))
    }

    fn has_bytes(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Union(items) => items.iter().any(|item| self.has_bytes(item)),
            TyKind::Instance(instance) => {
                is_one_of(instance.class, &["builtins.bytes", "builtins.bytearray"])
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
            | TyKind::Module(_) => false,
        }
    }

    /// The union without `None`.
    pub(crate) fn without_none(&self, ty: Ty) -> Ty {
        if let TyKind::Union(items) = ty.kind() {
            Ty::union(items.iter().filter(|item| !item.is_none()))
        } else {
            ty
        }
    }

    /// Whether a class outside of the builtins gives this special method (for a union: some item's
    /// class, or with `all` each item's). `Any` may have it.
    pub(crate) fn has_custom_method(&self, ty: Ty, name: Name, all: bool) -> bool {
        match ty.kind() {
            TyKind::Instance(instance) => {
                self.ctx.find_definition(instance.class, name).is_some_and(|(class, _)| {
                    let fullname = class.fullname();
                    !fullname.starts_with("builtins.") && !fullname.starts_with("typing.")
                })
            }
            TyKind::Union(items) if all => items.iter().all(|item| self.has_custom_method(item, name, true)),
            TyKind::Union(items) => items.iter().any(|item| self.has_custom_method(item, name, false)),
            TyKind::Tuple { fallback, .. } => self.has_custom_method(*fallback, name, all),
            TyKind::Callable(_) | TyKind::Overloaded(_) => self
                .class_object_signature(ty)
                .is_some_and(|sig| self.has_custom_method(sig.fallback, name, all)),
            TyKind::Type(item) => item
                .as_instance()
                .and_then(|i| self.class_info(i.class).metaclass)
                .is_some_and(|metaclass| self.has_custom_method(metaclass, name, all)),
            TyKind::Any(_) => true,
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
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
}
