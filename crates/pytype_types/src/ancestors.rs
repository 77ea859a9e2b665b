//! An instance seen as one of its ancestors.

use crate::{AnySource, ClassId, Instance, Ty, TypeContext, expand_by_instance};

/// `instance` as an instance of `ancestor`, with the type arguments that inheritance gives. An
/// ancestor that it does not have gets `Any` for all arguments.
pub fn map_to_supertype(ctx: &dyn TypeContext, instance: &Instance, ancestor: ClassId) -> Ty {
    if instance.class == ancestor {
        return Ty::instance(ancestor, instance.args);
    }
    let info = ctx.class(ancestor);
    if info.type_params.is_empty() {
        return Ty::plain_instance(ancestor);
    }
    match ctx.class(instance.class).ancestors.get(&ancestor) {
        Some(base) => expand_by_instance(ctx, *base, instance),
        None => {
            Ty::instance(ancestor, vec![Ty::any(AnySource::Derived); info.type_params.len()])
        }
    }
}
