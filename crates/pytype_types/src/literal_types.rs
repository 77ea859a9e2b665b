//! Literal types: the values that a type is known to be.

use pytype_source::Name;

use crate::constraints::{upper_bound, values};
use crate::{LiteralValue, Ty, TyKind, TypeContext};

/// The values of a literal type, of a union of literal types, or of an instance whose value is
/// known; `None` if anything else occurs.
pub fn literal_values(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<(LiteralValue, Ty)>> {
    let ty = crate::proper(ctx, ty);
    let known = ty.as_instance().and_then(|instance| instance.last_known);
    crate::normalize::union_items(ctx, known.unwrap_or(ty))
        .into_iter()
        .map(|item| {
            if let TyKind::Literal { value, fallback } = item.kind() {
                Some((*value, *fallback))
            } else {
                None
            }
        })
        .collect()
}

/// The strings that the type is known to be one of.
pub fn str_literals(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<Name>> {
    let values = literal_values(ctx, ty)?;
    let strings = values.into_iter().map(|(value, _)| match value {
        LiteralValue::Str(text) => Some(text),
        LiteralValue::Int(_)
        | LiteralValue::BigInt(_)
        | LiteralValue::Bytes(_)
        | LiteralValue::Bool(_)
        | LiteralValue::Enum(_)
        | LiteralValue::AnyStr
        | LiteralValue::Sentinel { .. } => None,
    });
    strings.collect()
}

/// The integers that the type is known to be one of.
pub fn int_literals(ctx: &dyn TypeContext, ty: Ty) -> Option<Vec<i64>> {
    let values = literal_values(ctx, ty)?;
    let integers = values.into_iter().map(|(value, _)| match value {
        LiteralValue::Int(value) => Some(value),
        LiteralValue::BigInt(_)
        | LiteralValue::Str(_)
        | LiteralValue::Bytes(_)
        | LiteralValue::Bool(_)
        | LiteralValue::Enum(_)
        | LiteralValue::AnyStr
        | LiteralValue::Sentinel { .. } => None,
    });
    integers.collect()
}

/// Whether a literal type is expected here, or a union or type variable that allows one.
pub fn is_literal_type_like(ctx: &dyn TypeContext, ty: Ty) -> bool {
    match crate::proper(ctx, ty).kind() {
        TyKind::Literal { .. } => true,
        TyKind::Union(items) => items.iter().any(|item| is_literal_type_like(ctx, item)),
        TyKind::TypeVar(variable) => {
            is_literal_type_like(ctx, upper_bound(ctx, variable.decl))
                || values(ctx, variable.decl).iter().any(|value| is_literal_type_like(ctx, value))
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

/// `Literal[1]?` as `Literal[1]`, and an enum with one member as that member.
pub fn coerce_to_literal(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let expanded = crate::proper(ctx, ty);
    match expanded.kind() {
        TyKind::Union(items) => Ty::union(items.iter().map(|item| coerce_to_literal(ctx, item))),
        TyKind::Instance(instance) => match (instance.last_known, ctx.enum_members(instance.class)) {
            (Some(value), _) => value,
            (None, [only]) if ctx.class(instance.class).is_enum() => {
                Ty::literal(LiteralValue::Enum(*only), expanded)
            }
            (None, _) => ty,
        },
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
