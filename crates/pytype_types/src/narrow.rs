//! Narrowing a declared type by what is known, and taking types away.

use crate::join::with_bound;
use crate::meet::nothing;
use crate::overlap::{OverlapOptions, is_enum_and_members};
use crate::related::RelatedTypes;
use crate::subtype::{is_metaclass, is_proper_subtype_unpromoted};
use crate::unions::relevant_items;
use crate::{
    ClassFlags, Instance, LiteralValue, Signature, SubtypeOptions, Ty, TyFlags, TyKind, TyList, TypeContext,
    TypeVar, erase_type, is_overlapping_types, is_overlapping_types_with, is_proper_subtype_with, is_subtype,
    make_simplified_union, meet_types, proper, type_of,
};

/// What a value declared `declared` is, given that it is also a `narrowed`.
pub fn narrow_declared_type(ctx: &dyn TypeContext, declared: Ty, narrowed: Ty) -> Ty {
    let (d, n) = (proper(ctx, declared), proper(ctx, narrowed));
    if d == n {
        return declared;
    }
    if let TyKind::Union(items) = d.kind() {
        return narrow_union(ctx, *items, n);
    }
    let bound = |variable: &TypeVar| crate::constraints::upper_bound(ctx, variable.decl);
    let each = |items: TyList| {
        let items = relevant_items(ctx, items);
        make_simplified_union(ctx, items.into_iter().map(|item| narrow_declared_type(ctx, d, item)))
    };
    match (d.kind(), n.kind()) {
        (TyKind::Instance(_), TyKind::Union(items)) if is_enum_and_members(ctx, d, n) => return each(*items),
        // Better a `T` of which more is known than a union of several.
        (TyKind::TypeVar(variable), _)
            if !narrowed.has(TyFlags::HAS_TYPE_VAR) && is_subtype(ctx, narrowed, bound(variable)) =>
        {
            return with_bound(ctx, variable, narrow_declared_type(ctx, bound(variable), narrowed));
        }
        (_, TyKind::TypeVar(variable))
            if !declared.has(TyFlags::HAS_TYPE_VAR) && is_subtype(ctx, declared, bound(variable)) =>
        {
            return with_bound(ctx, variable, narrow_declared_type(ctx, declared, bound(variable)));
        }
        _ => {}
    }
    if !is_overlapping_types(ctx, d, n) {
        return nothing(ctx);
    }
    match (d.kind(), n.kind()) {
        (_, TyKind::Union(items)) => each(*items),
        (_, TyKind::Any(_)) => narrowed,
        // Integers of fixed size are no part of `int` at run time, and `int` is none of them.
        (TyKind::Instance(own), _) if is_native_int(ctx, own) => declared,
        (TyKind::Instance(own), TyKind::Instance(other))
            if is_native_int(ctx, other) && own.class.is("builtins.int") =>
        {
            declared
        }
        (_, TyKind::TypeVar(variable)) if is_subtype(ctx, bound(variable), d) => n,
        (TyKind::TypeForm(own), TyKind::TypeForm(other)) => {
            Ty::new(TyKind::TypeForm(narrow_declared_type(ctx, *own, *other)))
        }
        (TyKind::Type(own) | TyKind::TypeForm(own), TyKind::Type(other) | TyKind::TypeForm(other)) => {
            type_of(ctx, narrow_declared_type(ctx, *own, *other))
        }
        (TyKind::Type(_), TyKind::Instance(instance)) if is_metaclass(ctx.class(instance.class), false) => {
            // There is no type for both.
            declared
        }
        (TyKind::TypeForm(item), TyKind::Instance(instance))
            if is_metaclass(ctx.class(instance.class), false) =>
        {
            narrow_declared_type(ctx, type_of(ctx, *item), narrowed)
        }
        (
            TyKind::Instance(_)
            | TyKind::Tuple { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::Literal { .. }
            | TyKind::Module(_),
            _,
        ) => meet_types(ctx, declared, narrowed),
        (TyKind::TypedDict(_), TyKind::Instance(instance)) => {
            // `isinstance(x, dict)` tells typed dicts from other things.
            let any_dict = instance.class.is("builtins.dict")
                && instance.args.iter().all(|arg| proper(ctx, arg).is_any());
            if any_dict { declared } else { meet_types(ctx, declared, narrowed) }
        }
        (TyKind::Callable(own), TyKind::Callable(other)) if own.ret.has(TyFlags::HAS_TYPE_VAR) => {
            let ret = narrow_declared_type(ctx, own.ret, other.ret);
            Signature { ret, ..other.get().clone() }.into_ty()
        }
        _ => narrowed,
    }
}

fn is_native_int(ctx: &dyn TypeContext, instance: &Instance) -> bool {
    ctx.class(instance.class).flags.contains(ClassFlags::NATIVE_INT)
}

/// From how many items on it pays to look for those that matter.
const MANY: usize = 12;

fn narrow_union(ctx: &dyn TypeContext, items: TyList, narrowed: Ty) -> Ty {
    let narrowed_items =
        if let TyKind::Union(items) = narrowed.kind() { relevant_items(ctx, *items) } else { vec![narrowed] };
    let options = OverlapOptions { ignore_promotions: true, ..OverlapOptions::default() };
    let mut kept = Vec::new();
    let mut keep = |item: Ty, part: Ty| {
        // `int` may be what is meant by a declared `float`.
        if is_overlapping_types_with(ctx, item, part, options) || is_subtype(ctx, part, item) {
            kept.push(narrow_declared_type(ctx, item, part));
        }
    };
    if narrowed_items.len() < MANY {
        for item in relevant_items(ctx, items) {
            narrowed_items.iter().for_each(|part| keep(item, *part));
        }
    } else {
        let related = RelatedTypes::new(ctx, &narrowed_items);
        for item in relevant_items(ctx, items) {
            for at in related.candidates(ctx, item) {
                keep(item, narrowed_items[at as usize]);
            }
        }
    }
    make_simplified_union(ctx, kept)
}

/// `t` without what is certainly an `s`; `t` itself where nothing better is known. With
/// `consider_runtime_isinstance`, an `s` by the test that `isinstance` makes.
pub fn restrict_subtype_away(ctx: &dyn TypeContext, t: Ty, s: Ty, consider_runtime_isinstance: bool) -> Ty {
    let expanded = proper(ctx, t);
    match expanded.kind() {
        TyKind::Union(items) => {
            let items = relevant_items(ctx, *items);
            let rest = without_literal(ctx, &items, s).unwrap_or_else(|| {
                items
                    .into_iter()
                    .map(|item| restrict_subtype_away(ctx, item, s, consider_runtime_isinstance))
                    .collect()
            });
            Ty::union(rest.into_iter().filter(|item| !proper(ctx, *item).is_never()))
        }
        TyKind::TypeVar(variable) => {
            let bound = crate::constraints::upper_bound(ctx, variable.decl);
            let rest = restrict_subtype_away(ctx, bound, s, true);
            with_bound(ctx, variable, rest)
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => {
            let covered = if consider_runtime_isinstance {
                covers_at_runtime(ctx, t, s)
            } else {
                let options =
                    SubtypeOptions { ignore_promotions: true, erase_instances: true, ..Default::default() };
                is_proper_subtype_unpromoted(ctx, t, s) || is_proper_subtype_with(ctx, t, s, options)
            };
            if covered { Ty::never() } else { t }
        }
    }
}

/// Unions of nothing but simple literals lose one by comparing handles.
fn without_literal(ctx: &dyn TypeContext, items: &[Ty], literal: Ty) -> Option<Vec<Ty>> {
    let literal = proper(ctx, literal);
    if !is_simple_literal(literal) || !items.iter().all(|item| is_simple_literal(proper(ctx, *item))) {
        return None;
    }
    Some(items.iter().copied().filter(|item| proper(ctx, *item) != literal).collect())
}

/// A literal of an enum or `str`, or a string whose value is known.
fn is_simple_literal(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Literal { value, .. } => {
            matches!(value, LiteralValue::Enum(_) | LiteralValue::Str(_) | LiteralValue::Sentinel { .. })
        }
        TyKind::Instance(instance) => instance.last_known.is_some_and(|known| {
            if let TyKind::Literal { value, .. } = known.kind() {
                matches!(value, LiteralValue::Str(_) | LiteralValue::Bytes(_) | LiteralValue::Enum(_))
            } else {
                false
            }
        }),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
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

/// Whether `isinstance(item, supertype)` is certainly true.
pub fn covers_at_runtime(ctx: &dyn TypeContext, item: Ty, supertype: Ty) -> bool {
    let item = proper(ctx, item);
    let mut supertype = proper(ctx, supertype);
    // Type arguments do not exist at run time.
    let is_class = match supertype.kind() {
        TyKind::Callable(sig) => sig.is_type_object(),
        TyKind::Overloaded(items) => {
            items.first().and_then(|first| first.as_callable()).is_some_and(|sig| sig.is_type_object())
        }
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
        | TyKind::Module(_) => false,
    };
    if !is_class {
        supertype = erase_type(ctx, supertype);
    }
    let options = SubtypeOptions { ignore_promotions: true, erase_instances: true, ..Default::default() };
    if is_proper_subtype_with(ctx, erase_type(ctx, item), supertype, options) {
        return true;
    }
    let Some(instance) = supertype.as_instance() else { return false };
    if ctx.class(instance.class).is_protocol() && is_proper_subtype_unpromoted(ctx, item, supertype) {
        return true;
    }
    match item.kind() {
        TyKind::TypedDict(_) => instance.class.is("builtins.dict"),
        TyKind::Instance(own) if is_native_int(ctx, own) => instance.class.is("builtins.int"),
        TyKind::TypeVar(variable) => {
            let bound = crate::constraints::upper_bound(ctx, variable.decl);
            is_proper_subtype_unpromoted(ctx, bound, supertype)
        }
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
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => false,
    }
}
