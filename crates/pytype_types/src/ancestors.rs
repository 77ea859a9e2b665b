//! An instance seen as one of its ancestors.

use crate::tuple_class::{tuple_of_items, tuple_with_arguments};
use crate::{
    AnySource, ClassId, Instance, KnownClass, Ty, TyFlags, TyKind, TypeContext, any_args, expand_by_instance,
};

/// `instance` as an instance of `ancestor`, with the type arguments that inheritance gives. An
/// ancestor that it does not have gets `Any` for all arguments.
pub fn map_to_supertype(ctx: &dyn TypeContext, instance: &Instance, ancestor: ClassId) -> Ty {
    if instance.class == ancestor {
        return Ty::new(TyKind::Instance(*instance));
    }
    let info = ctx.class(ancestor);
    if info.type_params.is_empty() {
        return Ty::plain_instance(ancestor);
    }
    let own = ctx.class(instance.class);
    // What items a generic tuple class has is known only with its arguments.
    if let Some(tuple) = own.tuple_type
        && tuple.has(TyFlags::HAS_TYPE_VAR)
        && ctx.class(ctx.known(KnownClass::Tuple)).has_base(ancestor)
    {
        let expanded = tuple_with_arguments(ctx, tuple, instance);
        let plain = if let TyKind::Tuple { items, .. } = expanded.kind() {
            tuple_of_items(ctx, items)
        } else {
            expanded
        };
        if let Some(plain) = plain.as_instance().filter(|plain| plain.class.is("builtins.tuple")) {
            return map_to_supertype(ctx, plain, ancestor);
        }
    }
    match own.ancestors.get(&ancestor) {
        Some(base) => expand_by_instance(ctx, *base, instance),
        None => Ty::instance(ancestor, any_args(ctx, info.type_params, AnySource::Error)),
    }
}
