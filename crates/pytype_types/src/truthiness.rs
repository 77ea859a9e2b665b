//! What can be true and what can be false.

use pytype_source::{Name, name};

use crate::meet::nothing;
use crate::{
    ExtraAttributes, Instance, LiteralValue, Ty, TyKind, TypeContext, make_simplified_union, proper,
    tuple_fallback,
};

/// Whether a value of the type may be true, and whether it may be false.
pub(crate) fn possible_truth(ctx: &dyn TypeContext, ty: Ty) -> (bool, bool) {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::None => (false, true),
        TyKind::Never { .. } => (false, false),
        TyKind::Callable(_) | TyKind::Overloaded(_) => (true, false),
        TyKind::Literal { value, .. } => match value {
            LiteralValue::Int(value) => (*value != 0, *value == 0),
            LiteralValue::BigInt(_) | LiteralValue::Sentinel { .. } => (true, false),
            LiteralValue::Str(text) | LiteralValue::Bytes(text) => (!text.is_empty(), text.is_empty()),
            LiteralValue::Bool(value) => (*value, !*value),
            LiteralValue::Enum(_) | LiteralValue::AnyStr => (true, true),
        },
        TyKind::Tuple { items, fallback } => tuple_truth(ctx, items, *fallback),
        TyKind::TypedDict(dict) => {
            (!dict.items.is_empty() || has_extra(dict), !dict.items.values().any(|i| i.required))
        }
        TyKind::Union(items) => items.iter().fold((false, false), |(so_far_true, so_far_false), item| {
            let (can_be_true, can_be_false) = possible_truth(ctx, item);
            (so_far_true || can_be_true, so_far_false || can_be_false)
        }),
        TyKind::Instance(instance) => (!instance.extra.is_some_and(|extra| extra.never_true), true),
        TyKind::Any(_)
        | TyKind::Type(_)
        | TyKind::TypeVar(_)
        | TyKind::Module(_)
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. } => (true, true),
    }
}

fn tuple_truth(ctx: &dyn TypeContext, items: &[Ty], fallback: Ty) -> (bool, bool) {
    // A named tuple may define `__bool__`; other tuples are as true as they are long.
    if !fallback.is_instance_of("builtins.tuple")
        && ctx
            .member(fallback, name!("__bool__"), fallback)
            .is_some_and(|found| found.defined_in == fallback.as_instance().map(|instance| instance.class))
    {
        return (true, true);
    }
    match items {
        [] => (false, true),
        [only] => {
            if let TyKind::Unpack(inner) = only.kind() {
                if let TyKind::TypeVarTuple(variable) = inner.kind() {
                    (true, variable.min_len == 0)
                } else {
                    (true, true)
                }
            } else {
                (true, false)
            }
        }
        _ => (true, false),
    }
}

/// Whether there may be items that the typed dict does not name, of a known type.
fn has_extra(dict: &crate::TypedDict) -> bool {
    dict.extra_items.is_some_and(|item| !item.ty.is_never())
}

/// The declared result of `__bool__`, or else of `__len__`.
fn tested_result(ctx: &dyn TypeContext, ty: Ty) -> Option<Ty> {
    let object = match ty.kind() {
        TyKind::Literal { value: LiteralValue::Enum(_), fallback } => *fallback,
        TyKind::Instance(_) => ty,
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
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => return None,
    };
    let result = |name: Name| {
        let found = ctx.member(object, name, object)?;
        let defined = found.defined_in.is_some();
        proper(ctx, found.ty).as_callable().filter(|_| defined).map(|sig| sig.ret)
    };
    result(name!("__bool__")).or_else(|| result(name!("__len__")))
}

pub fn can_be_true(ctx: &dyn TypeContext, ty: Ty) -> bool {
    possible_truth(ctx, ty).0
}

pub fn can_be_false(ctx: &dyn TypeContext, ty: Ty) -> bool {
    possible_truth(ctx, ty).1
}

/// The type as it is where the value is true.
pub fn true_only(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    let (can_be_true, can_be_false) = possible_truth(ctx, ty);
    if !can_be_true {
        return Ty::never();
    }
    if !can_be_false {
        return ty;
    }
    if let TyKind::Union(items) = ty.kind() {
        let items = items.iter().map(|item| true_only(ctx, item));
        let items: Vec<Ty> = items.filter(|item| possible_truth(ctx, *item).0).collect();
        return make_simplified_union(ctx, items);
    }
    match tested_result(ctx, ty) {
        Some(result) if !possible_truth(ctx, result).0 => Ty::never(),
        Some(_) | None => ty,
    }
}

/// The type as it is where the value is false.
pub fn false_only(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    let (can_be_true, can_be_false) = possible_truth(ctx, ty);
    if !can_be_false {
        return nothing(ctx);
    }
    if !can_be_true {
        return ty;
    }
    if let TyKind::Union(items) = ty.kind() {
        let items = items.iter().map(|item| false_only(ctx, item));
        let items: Vec<Ty> = items.filter(|item| possible_truth(ctx, *item).1).collect();
        return make_simplified_union(ctx, items);
    }
    if let Some(literal) = only_false_value(ty) {
        return literal;
    }
    let always_true = match tested_result(ctx, ty) {
        Some(result) => !possible_truth(ctx, result).1,
        // Without a method of its own, and without subclasses that could have one.
        None if !ctx.options().strict_optional => false,
        None => match ty.kind() {
            TyKind::Instance(instance) => {
                let class = ctx.class(instance.class);
                class.is_final() || class.is_enum()
            }
            TyKind::Literal { value, .. } => matches!(value, LiteralValue::Enum(_)),
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
        },
    };
    if always_true { Ty::never() } else { ty }
}

/// [`false_only`] for a value that is kept: a later test of it knows that it is false, though its
/// class does not tell.
pub fn known_false(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    if let TyKind::Union(items) = ty.kind() {
        let items: Vec<Ty> = items
            .iter()
            .filter(|item| possible_truth(ctx, *item).1)
            .map(|item| known_false(ctx, item))
            .filter(|item| possible_truth(ctx, *item).1)
            .collect();
        return make_simplified_union(ctx, items);
    }
    let ty = false_only(ctx, ty);
    if let TyKind::Instance(instance) = ty.kind()
        && instance.extra.is_none()
        && possible_truth(ctx, ty).0
    {
        let extra = ExtraAttributes { attributes: Vec::new(), never_true: true };
        let extra = Some(Ty::extra_attributes(extra));
        Ty::new(TyKind::Instance(Instance { extra, ..*instance }))
    } else {
        ty
    }
}

/// The only false `str` is empty, and so on.
fn only_false_value(ty: Ty) -> Option<Ty> {
    let instance = ty.as_instance()?;
    let value = match instance.class.fullname().as_str() {
        "builtins.str" => LiteralValue::Str(name!("")),
        "builtins.bytes" => LiteralValue::Bytes(name!("")),
        "builtins.int" => LiteralValue::Int(0),
        _ => return None,
    };
    Some(Ty::literal(value, Ty::plain_instance(instance.class)))
}

/// Undoes what truth tests took away: used where both outcomes meet.
pub fn true_or_false(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    if let TyKind::Union(items) = ty.kind() {
        make_simplified_union(ctx, items.iter().map(|item| true_or_false(ctx, item)))
    } else {
        ty
    }
}

/// Whether all values of the type are the same for `is`: `None`, an enum member, a final class.
pub fn is_singleton_identity_type(ctx: &dyn TypeContext, ty: Ty) -> bool {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::None => true,
        TyKind::Instance(instance) => {
            (ctx.class(instance.class).is_enum() && ctx.enum_members(instance.class).len() == 1)
                || matches!(
                    instance.class.fullname().as_str(),
                    "types.EllipsisType"
                        | "builtins.ellipsis"
                        | "types.NotImplementedType"
                        | "builtins._NotImplementedType"
                )
        }
        TyKind::Literal { value, .. } => {
            matches!(value, LiteralValue::Enum(_) | LiteralValue::Bool(_) | LiteralValue::Sentinel { .. })
        }
        TyKind::Type(item) => item.as_instance().is_some_and(|i| ctx.class(i.class).is_final()),
        TyKind::Callable(sig) => {
            sig.is_type_object()
                && crate::subtype::instance_type(ctx, *sig, true)
                    .as_instance()
                    .is_some_and(|instance| ctx.class(instance.class).is_final())
        }
        TyKind::Overloaded(items) => {
            items.first().is_some_and(|first| is_singleton_identity_type(ctx, *first))
        }
        TyKind::Any(_)
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
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

/// Whether all values of the type are equal: a literal, or one of those for `is`.
pub fn is_singleton_equality_type(ctx: &dyn TypeContext, ty: Ty) -> bool {
    let is_one_value = if let TyKind::Literal { value, .. } = proper(ctx, ty).kind() {
        *value != LiteralValue::AnyStr
    } else {
        false
    };
    is_one_value || is_singleton_identity_type(ctx, ty)
}

/// Whether the type (or, in a union, some item, or with `check_all` each) has a special method that
/// is neither built in nor `typing`'s.
pub fn custom_special_method(ctx: &dyn TypeContext, ty: Ty, name: Name, check_all: bool) -> bool {
    let ty = proper(ctx, ty);
    let again = |ty: Ty| custom_special_method(ctx, ty, name, check_all);
    match ty.kind() {
        TyKind::Instance(_) => {
            let found = ctx.member(ty, name, ty);
            found.and_then(|found| found.defined_in).is_some_and(|class| {
                let class = class.fullname();
                !class.starts_with("builtins.") && !class.starts_with("typing.")
            })
        }
        TyKind::Union(items) => {
            if check_all {
                items.iter().all(again)
            } else {
                items.iter().any(again)
            }
        }
        TyKind::Tuple { .. } => again(tuple_fallback(ctx, ty)),
        // Class objects have the methods of their metaclass.
        TyKind::Callable(sig) => sig.is_type_object() && again(sig.fallback),
        TyKind::Overloaded(items) => items.first().is_some_and(|first| again(*first)),
        TyKind::Type(item) => {
            item.as_instance().and_then(|i| ctx.class(i.class).metaclass).is_some_and(again)
        }
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
