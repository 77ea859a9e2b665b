//! Literal types and the values behind them.

use pytype_source::Name;

use crate::{Instance, LiteralValue, Ty, TyKind, TypeContext, proper};

/// Whether the type is a literal, or has a last known value; for unions, any part of it.
pub fn is_literal_type_like(ctx: &dyn TypeContext, ty: Ty) -> bool {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::Literal { .. } => true,
        TyKind::Instance(instance) => instance.last_known.is_some(),
        TyKind::Union(items) => items.iter().any(|item| is_literal_type_like(ctx, item)),
        TyKind::TypeVar(variable) => {
            let info = ctx.type_var(variable.decl);
            is_literal_type_like(ctx, info.bound) || info.values.iter().any(|v| is_literal_type_like(ctx, v))
        }
        _ => false,
    }
}

/// Last known values become literals; an enum with one member becomes that member.
pub fn coerce_to_literal(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let proper_ty = proper(ctx, ty);
    match proper_ty.kind() {
        TyKind::Union(items) => Ty::union(items.iter().map(|item| coerce_to_literal(ctx, item))),
        TyKind::Instance(Instance { last_known: Some(known), .. }) => *known,
        TyKind::Instance(instance) if ctx.class(instance.class).is_enum() => match ctx.enum_members(instance.class) {
            [only] => Ty::literal(LiteralValue::Enum(*only), proper_ty),
            _ => ty,
        },
        _ => ty,
    }
}

/// The literal types that a type consists of, or has as last known values.
fn literals(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<LiteralValue>> {
    let ty = proper(ctx, ty);
    if let TyKind::Instance(Instance { last_known: Some(known), .. }) = ty.kind() {
        return literals(ctx, *known);
    }
    ty.union_items()
        .iter()
        .map(|item| match proper(ctx, item).kind() {
            TyKind::Literal { value, .. } => Some(*value),
            TyKind::Instance(Instance { last_known: Some(known), .. }) => match known.kind() {
                TyKind::Literal { value, .. } => Some(*value),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// The strings that a value can be, if that is known.
pub fn str_literals(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<Name>> {
    let text = |value: LiteralValue| match value {
        LiteralValue::Str(text) => Some(text),
        _ => None,
    };
    literals(ctx, ty)?.into_iter().map(text).collect()
}

/// The integers that a value can be, if that is known.
pub fn int_literals(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<i64>> {
    let int = |value: LiteralValue| match value {
        LiteralValue::Int(int) => Some(int),
        _ => None,
    };
    literals(ctx, ty)?.into_iter().map(int).collect()
}
