//! Parameters as callers see them: by name, by position, or through `*args` and `**kwargs`.

use pytype_source::Name;

use crate::{Param, ParamKind, Ty, TyKind, TypeContext};

/// A parameter as one can pass an argument to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormalArgument {
    pub name: Option<Name>,
    pub position: Option<usize>,
    pub ty: Ty,
    pub required: bool,
}

fn starred(params: &[Param], kind: ParamKind) -> Option<FormalArgument> {
    let position = params.iter().position(|param| param.kind == kind)?;
    Some(FormalArgument { name: None, position: Some(position), ty: params[position].ty, required: false })
}

/// `*args`.
pub fn var_arg(params: &[Param]) -> Option<FormalArgument> {
    starred(params, ParamKind::Star)
}

/// `**kwargs`.
pub fn kw_arg(params: &[Param]) -> Option<FormalArgument> {
    starred(params, ParamKind::Star2)
}

/// All parameters but those with stars.
pub fn formal_arguments(params: &[Param]) -> impl Iterator<Item = FormalArgument> + '_ {
    let positional = params.iter().take_while(|param| param.kind.is_positional()).count();
    params.iter().enumerate().filter(|(_, param)| !param.kind.is_star()).map(move |(at, param)| {
        FormalArgument {
            name: param.name,
            position: if at < positional { Some(at) } else { None },
            ty: param.ty,
            required: param.kind.is_required(),
        }
    })
}

/// What a keyword argument of this name goes to.
pub fn argument_by_name(params: &[Param], name: Option<Name>) -> Option<FormalArgument> {
    let name = Some(name?);
    let found = formal_arguments(params).find(|argument| argument.name == name);
    found.or_else(|| {
        let star2 = kw_arg(params)?;
        Some(FormalArgument { name, position: None, ty: star2.ty, required: false })
    })
}

/// What the positional argument at this place goes to.
pub fn argument_by_position(params: &[Param], position: Option<usize>) -> Option<FormalArgument> {
    let position = Some(position?);
    match position.and_then(|at| params.get(at)) {
        Some(param) if param.kind.is_positional() => Some(FormalArgument {
            name: param.name,
            position,
            ty: param.ty,
            required: param.kind == ParamKind::Pos,
        }),
        _ => {
            let star = var_arg(params)?;
            Some(FormalArgument { name: None, position, ty: star.ty, required: false })
        }
    }
}

/// The parameter that corresponds to `model` of another signature.
pub fn corresponding_argument(
    ctx: &dyn TypeContext,
    params: &[Param],
    model: &FormalArgument,
) -> Option<FormalArgument> {
    let by_name = argument_by_name(params, model.name);
    let by_position = argument_by_position(params, model.position);
    let (Some(named), Some(placed)) = (by_name, by_position) else { return by_name.or(by_position) };
    if named == placed {
        return by_name;
    }
    // An optional positional-only and an optional keyword-only parameter act as one.
    let is_unpack = |ty: Ty| matches!(ty.kind(), TyKind::Unpack(_));
    let mergeable = !named.required
        && !placed.required
        && placed.name.is_none()
        && named.position.is_none()
        && !is_unpack(named.ty)
        && !is_unpack(placed.ty);
    if !mergeable {
        return by_name;
    }
    let ty = crate::meet_types(ctx, named.ty, placed.ty);
    Some(FormalArgument { name: named.name, position: placed.position, ty, required: false })
}
