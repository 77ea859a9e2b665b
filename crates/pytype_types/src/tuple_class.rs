//! The class that a tuple with known items is an instance of.

use crate::normalize::plain_tuple;
use crate::unions::simplified_union_around_aliases;
use crate::{Instance, KnownClass, Ty, TyKind, TypeContext, expand_by_instance, unpacked_tuple_item};

/// `tuple[int, str]` as an instance of `tuple`: `tuple[int | str, ...]`. Named tuples and other
/// subclasses are instances of their own class.
pub fn tuple_fallback(ctx: &dyn TypeContext, tuple: Ty) -> Ty {
    let TyKind::Tuple { items, fallback } = tuple.kind() else { return tuple };
    let Some(instance) = fallback.as_instance() else { return *fallback };
    if !instance.class.is("builtins.tuple") {
        return *fallback;
    }
    let plain = tuple_of_items(ctx, items);
    match (instance.extra, plain.as_instance()) {
        (Some(_), Some(parts)) => Ty::new(TyKind::Instance(Instance { extra: instance.extra, ..*parts })),
        _ => plain,
    }
}

/// The tuple that an instance of a generic tuple class is. It is a plain one: one of unknown length would else be
/// written as an instance of its class.
pub fn tuple_with_arguments(ctx: &dyn TypeContext, tuple: Ty, instance: &Instance) -> Ty {
    let plain = if let TyKind::Tuple { items, .. } = tuple.kind() { plain_tuple(ctx, *items) } else { tuple };
    expand_by_instance(ctx, plain, instance)
}

/// `tuple[X, ...]` for the union of these items.
pub(crate) fn tuple_of_items(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let parts: Vec<Ty> = items
        .iter()
        .map(|item| {
            if let TyKind::Unpack(_) = item.kind() {
                unpacked_tuple_item(ctx, *item).unwrap_or_else(|| ctx.object())
            } else {
                *item
            }
        })
        .collect();
    Ty::instance(ctx.known(KnownClass::Tuple), [simplified_union_around_aliases(ctx, parts)])
}
