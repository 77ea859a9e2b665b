//! Members as the relations look them up.

use pytype_source::{Name, name};

use crate::{AttributeFlags, Ty, TyKind, TypeContext, proper};

/// A special method, which `__getattr__` does not provide.
pub(crate) fn operator_member(ctx: &dyn TypeContext, object: Ty, name: Name) -> Option<Ty> {
    let found = ctx.member(object, name, object)?;
    (!found.flags.contains(AttributeFlags::FROM_GETATTR)).then_some(found.ty)
}

/// What a protocol instance that asks for `__call__` alone is called with.
pub(crate) fn callback_signature(ctx: &dyn TypeContext, protocol: Ty) -> Option<Ty> {
    let TyKind::Instance(instance) = protocol.kind() else { return None };
    if *ctx.protocol_members(instance.class) != [name!("__call__")] {
        return None;
    }
    operator_member(ctx, protocol, name!("__call__")).map(|ty| proper(ctx, ty))
}
