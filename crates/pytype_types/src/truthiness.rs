//! What can be true and what can be false.

use pytype_source::Name;

use crate::{
    Instance, LiteralValue, Ty, TyKind, TypeContext, make_simplified_union, proper,
};

/// Whether a value of the type may be true, and whether it may be false.
fn possible_truth(ctx: &dyn TypeContext, ty: Ty) -> (bool, bool) {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::None => (false, true),
        TyKind::Never { .. } => (false, false),
        TyKind::Callable(_) | TyKind::Overloaded(_) | TyKind::Module(_) => (true, false),
        TyKind::Type(_) => (true, true),
        TyKind::Literal { value, fallback } => match value {
            LiteralValue::Int(value) => (*value != 0, *value == 0),
            LiteralValue::BigInt(_) => (true, false),
            LiteralValue::Str(text) | LiteralValue::Bytes(text) => (!text.is_empty(), text.is_empty()),
            LiteralValue::Bool(value) => (*value, !*value),
            LiteralValue::Enum(_) => enum_truth(ctx, *fallback),
        },
        TyKind::Tuple { items, fallback } => tuple_truth(ctx, items.as_slice(), *fallback),
        TyKind::TypedDict(dict) => {
            let required = dict.items.values().any(|item| item.required);
            let closed_empty = dict.items.is_empty() && dict.extra_items.is_some_and(|e| e.ty.is_never());
            (!closed_empty, !required)
        }
        TyKind::Union(items) => items.iter().fold((false, false), |(t, f), item| {
            let (it, i_f) = possible_truth(ctx, item);
            (t || it, f || i_f)
        }),
        TyKind::Instance(instance) => instance_truth(ctx, ty, instance),
        TyKind::TypeVar(variable) => {
            let info = ctx.type_var(variable.decl);
            match info.values.is_empty() {
                true => possible_truth(ctx, info.bound),
                false => possible_truth(ctx, Ty::union(info.values.iter())),
            }
        }
        TyKind::Any(_)
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
    // A named tuple may define `__bool__`; a plain tuple is as true as it is long.
    if let Some(instance) = fallback.as_instance()
        && !instance.class.is("builtins.tuple")
        && ctx.member(fallback, Name::new("__bool__"), fallback).is_some()
    {
        return instance_truth(ctx, fallback, instance);
    }
    match items {
        [] => (false, true),
        [only] => match only.kind() {
            TyKind::Unpack(inner) => match inner.kind() {
                TyKind::TypeVarTuple(variable) => (true, variable.min_len == 0),
                _ => (true, true),
            },
            _ => (true, false),
        },
        _ => (true, false),
    }
}

fn enum_truth(ctx: &dyn TypeContext, fallback: Ty) -> (bool, bool) {
    let Some(instance) = fallback.as_instance() else { return (true, true) };
    match bool_result(ctx, fallback) {
        Some(result) => possible_truth(ctx, result),
        None => {
            // An enum is true unless it mixes in something that may not be.
            let mixes = ctx.class(instance.class).mro.iter().any(|c| {
                matches!(c.fullname().as_str(), "builtins.int" | "builtins.str" | "builtins.bytes" | "builtins.float")
            });
            (true, mixes)
        }
    }
}

/// The declared result of `__bool__`, when the class defines one.
fn bool_result(ctx: &dyn TypeContext, ty: Ty) -> Option<Ty> {
    let found = ctx.member(ty, Name::new("__bool__"), ty)?;
    found.ty.as_callable().map(|sig| sig.ret)
}

fn instance_truth(ctx: &dyn TypeContext, ty: Ty, instance: &Instance) -> (bool, bool) {
    if let Some(known) = instance.last_known {
        return possible_truth(ctx, known);
    }
    if instance.class.is("builtins.bool") {
        return (true, true);
    }
    if let Some(result) = bool_result(ctx, ty)
        && matches!(proper(ctx, result).kind(), TyKind::Literal { .. })
    {
        return possible_truth(ctx, result);
    }
    let info = ctx.class(instance.class);
    // A final class without `__bool__` and `__len__` is always true.
    if info.is_final()
        && ctx.member(ty, Name::new("__bool__"), ty).is_none()
        && ctx.member(ty, Name::new("__len__"), ty).is_none()
        && !info.flags.contains(crate::ClassFlags::FALLBACK_TO_ANY)
    {
        return (true, false);
    }
    (true, true)
}

pub fn can_be_true(ctx: &dyn TypeContext, ty: Ty) -> bool {
    possible_truth(ctx, ty).0
}

pub fn can_be_false(ctx: &dyn TypeContext, ty: Ty) -> bool {
    possible_truth(ctx, ty).1
}

/// The type as it is where the value is true.
pub fn true_only(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let proper_ty = proper(ctx, ty);
    let (can_true, can_false) = possible_truth(ctx, ty);
    if !can_true {
        return Ty::never();
    }
    if !can_false {
        return ty;
    }
    match proper_ty.kind() {
        TyKind::Union(items) => {
            let kept: Vec<Ty> =
                items.iter().map(|item| true_only(ctx, item)).filter(|t| !proper(ctx, *t).is_never()).collect();
            make_simplified_union(ctx, kept)
        }
        TyKind::Instance(instance) if instance.class.is("builtins.bool") => {
            Ty::literal(LiteralValue::Bool(true), Ty::plain_instance(instance.class))
        }
        _ => ty,
    }
}

/// The type as it is where the value is false.
pub fn false_only(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let proper_ty = proper(ctx, ty);
    let (can_true, can_false) = possible_truth(ctx, ty);
    if !can_false {
        return if ctx.options().strict_optional { Ty::never() } else { Ty::none() };
    }
    if !can_true {
        return ty;
    }
    match proper_ty.kind() {
        TyKind::Union(items) => {
            let kept: Vec<Ty> =
                items.iter().map(|item| false_only(ctx, item)).filter(|t| !proper(ctx, *t).is_never()).collect();
            make_simplified_union(ctx, kept)
        }
        TyKind::Instance(instance) => false_instance(ctx, ty, instance),
        _ => ty,
    }
}

/// The only false `str` is empty, and so on.
fn false_instance(_ctx: &dyn TypeContext, ty: Ty, instance: &Instance) -> Ty {
    let plain = Ty::plain_instance(instance.class);
    match instance.class.fullname().as_str() {
        "builtins.bool" => Ty::literal(LiteralValue::Bool(false), plain),
        "builtins.str" => Ty::literal(LiteralValue::Str(Name::new("")), plain),
        "builtins.bytes" => Ty::literal(LiteralValue::Bytes(Name::new("")), plain),
        "builtins.int" => Ty::literal(LiteralValue::Int(0), plain),
        _ => ty,
    }
}

/// Undoes what truth tests took away: used where both outcomes meet.
pub fn true_or_false(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match proper(ctx, ty).kind() {
        TyKind::Union(items) => {
            make_simplified_union(ctx, items.iter().map(|item| true_or_false(ctx, item)).collect::<Vec<_>>())
        }
        _ => ty,
    }
}

/// Whether the type is one value for `is`: `None`, an enum member, a bool literal.
pub fn is_singleton_identity_type(ctx: &dyn TypeContext, ty: Ty) -> bool {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::None => true,
        TyKind::Instance(instance) => {
            (ctx.class(instance.class).is_enum() && ctx.enum_members(instance.class).len() == 1)
                || matches!(
                    instance.class.fullname().as_str(),
                    "types.EllipsisType" | "builtins.ellipsis" | "types.NotImplementedType" | "builtins._NotImplementedType"
                )
        }
        TyKind::Literal { value, .. } => matches!(value, LiteralValue::Enum(_) | LiteralValue::Bool(_)),
        TyKind::Type(item) => item.as_instance().is_some_and(|i| ctx.class(i.class).is_final()),
        TyKind::Callable(sig) => {
            sig.is_type_object()
                && proper(ctx, sig.instance_type.unwrap_or(sig.ret))
                    .as_instance()
                    .is_some_and(|i| ctx.class(i.class).is_final())
        }
        _ => false,
    }
}

/// Whether the type is one value for `==`: a literal, or one of those for `is`.
pub fn is_singleton_equality_type(ctx: &dyn TypeContext, ty: Ty) -> bool {
    matches!(proper(ctx, ty).kind(), TyKind::Literal { .. }) || is_singleton_identity_type(ctx, ty)
}

/// Whether the type (or, in a union, some or all of it) has a special method that is the user's own.
pub fn custom_special_method(ctx: &dyn TypeContext, ty: Ty, name: &str, check_all: bool) -> bool {
    let ty = proper(ctx, ty);
    let again = |ty: Ty| custom_special_method(ctx, ty, name, check_all);
    match ty.kind() {
        TyKind::Instance(_) => ctx.member(ty, Name::new(name), ty).is_some_and(|found| {
            found.defined_in.is_some_and(|class| {
                let module = class.fullname();
                !(module.starts_with("builtins.") || module.starts_with("typing.") || module.starts_with("enum."))
            })
        }),
        TyKind::Union(items) => {
            if check_all { items.iter().all(again) } else { items.iter().any(again) }
        }
        TyKind::Tuple { fallback, .. } => again(*fallback),
        TyKind::Literal { fallback, .. } => again(*fallback),
        TyKind::Callable(sig) => sig.is_type_object() && again(sig.fallback),
        TyKind::Overloaded(items) => items.first().is_some_and(|first| again(*first)),
        TyKind::Type(item) => item
            .as_instance()
            .and_then(|i| ctx.class(i.class).metaclass)
            .is_some_and(again),
        TyKind::TypeVar(variable) => again(ctx.type_var(variable.decl).bound),
        TyKind::Any(_) => true,
        _ => false,
    }
}
