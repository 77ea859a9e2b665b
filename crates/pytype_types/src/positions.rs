//! Which way values go at the places of a type where type variables stand.

use crate::{Signature, Ty, TyFlags, TyKind, TypeContext, Variance};

/// Which way a value goes at some place of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Position {
    /// The object takes it.
    Input,
    /// The object gives it.
    Output,
    /// Both.
    Both,
}

impl Position {
    /// The position of what stands, with this variance, inside of what is in the position.
    pub fn within(self, variance: Variance) -> Position {
        match (self, variance) {
            (Position::Both, _) | (_, Variance::Invariant) => Position::Both,
            (position, Variance::Covariant) => position,
            (Position::Input, Variance::Contravariant) => Position::Output,
            (Position::Output, Variance::Contravariant) => Position::Input,
        }
    }

    /// Whether a type variable with this variance may stand there.
    pub fn allows(self, variance: Variance) -> bool {
        match variance {
            Variance::Invariant => true,
            Variance::Covariant => self == Position::Output,
            Variance::Contravariant => self == Position::Input,
        }
    }
}

/// Calls `visit` for each occurrence of a type variable in `ty`, which is in `position`.
pub fn for_each_position(
    ctx: &dyn TypeContext,
    ty: Ty,
    position: Position,
    visit: &mut dyn FnMut(Ty, Position),
) {
    if !ty.has(TyFlags::HAS_TYPE_VAR) {
        return;
    }
    match ty.kind() {
        TyKind::TypeVar(_) | TyKind::TypeVarTuple(_) => visit(ty, position),
        TyKind::ParamSpec(spec) => {
            visit(ty, position);
            for param in spec.prefix.iter().flat_map(|prefix| &prefix.get().params) {
                for_each_position(ctx, param.ty, position, visit);
            }
        }
        TyKind::Unpack(inner) | TyKind::Type(inner) | TyKind::TypeForm(inner) => {
            for_each_position(ctx, *inner, position, visit);
        }
        TyKind::Union(items) | TyKind::Overloaded(items) | TyKind::Tuple { items, .. } => {
            for item in items.iter() {
                for_each_position(ctx, item, position, visit);
            }
        }
        TyKind::Callable(sig) => in_signature(ctx, sig, position, visit),
        TyKind::Parameters(sig) => {
            for param in &sig.params {
                for_each_position(ctx, param.ty, position, visit);
            }
        }
        TyKind::Instance(instance) => {
            let params = ctx.class(instance.class).type_params;
            // Where a variable takes any number of arguments, they are not told apart.
            let several = params.len() != instance.args.len();
            for (at, arg) in instance.args.iter().enumerate() {
                let variance = match params.get(at) {
                    Some(param) if !several => crate::subtype::variance_of(ctx, instance.class, *param),
                    Some(_) | None => Variance::Invariant,
                };
                for_each_position(ctx, arg, position.within(variance), visit);
            }
        }
        TyKind::TypedDict(dict) => {
            for item in dict.items.values() {
                let variance = if item.read_only { Variance::Covariant } else { Variance::Invariant };
                for_each_position(ctx, item.ty, position.within(variance), visit);
            }
        }
        TyKind::Alias { args, .. } => {
            for arg in args.iter() {
                for_each_position(ctx, arg, Position::Both, visit);
            }
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Literal { .. }
        | TyKind::Module(_) => {}
    }
}

fn in_signature(
    ctx: &dyn TypeContext,
    signature: &Signature,
    position: Position,
    visit: &mut dyn FnMut(Ty, Position),
) {
    for param in &signature.params {
        for_each_position(ctx, param.ty, position.within(Variance::Contravariant), visit);
    }
    for_each_position(ctx, signature.ret, position, visit);
}
