//! The class that a tuple with known items is an instance of.

use crate::{Instance, KnownClass, Ty, TyKind, TypeContext, make_simplified_union, proper};

/// `tuple[int, str]` as an instance of `tuple`: `tuple[int | str, ...]`. Named tuples and other
/// subclasses are instances of their own class.
pub fn tuple_fallback(ctx: &dyn TypeContext, tuple: Ty) -> Ty {
    let TyKind::Tuple { items, fallback } = tuple.kind() else { return tuple };
    let Some(instance) = fallback.as_instance() else { return *fallback };
    if !instance.class.is("builtins.tuple") {
        return *fallback;
    }
    let parts: Vec<Ty> = items
        .iter()
        .map(|item| match item.kind() {
            TyKind::Unpack(inner) => match proper(ctx, *inner).kind() {
                TyKind::TypeVarTuple(_) => ctx.object(),
                TyKind::Instance(unpacked) => unpacked.args.first().copied().unwrap_or_else(|| ctx.object()),
                _ => ctx.object(),
            },
            _ => item,
        })
        .collect();
    let item = make_simplified_union(ctx, parts);
    Ty::new(TyKind::Instance(Instance {
        class: ctx.known(KnownClass::Tuple),
        args: [item].into(),
        last_known: None,
        extra: instance.extra,
    }))
}
