//! Erasure: type arguments, type variables, last known values taken away.

use crate::normalize::unpacked_only;
use crate::shared_parts::Answers;
use crate::translate::map_parts;
use crate::{
    AnySource, Instance, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyFlags, TyKind, TyList,
    TypeContext, TypeVarId, any_args, callable_fallback, map_signature, proper, tuple_of, type_of,
    variable_id,
};

/// The type without its type arguments: `list[int]` becomes `list[Any]`, a tuple its class.
pub fn erase_type(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    let any = Ty::any(AnySource::SpecialForm);
    match ty.kind() {
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Module(_)
        | TyKind::Literal { .. } => ty,
        TyKind::Instance(instance) => {
            Ty::instance(instance.class, erased_args(ctx, ctx.class(instance.class).type_params))
        }
        TyKind::Union(items) => {
            crate::make_simplified_union(ctx, items.iter().map(|item| erase_type(ctx, item)))
        }
        TyKind::Callable(sig) => erased_callable(any, sig.fallback),
        TyKind::Overloaded(_) => erase_type(ctx, callable_fallback(ctx, ty)),
        TyKind::Tuple { fallback, .. } => erase_type(ctx, *fallback),
        TyKind::TypedDict(dict) => erase_type(ctx, dict.fallback),
        TyKind::Type(item) => type_of(ctx, erase_type(ctx, *item)),
        TyKind::TypeForm(item) => Ty::new(TyKind::TypeForm(erase_type(ctx, *item))),
        TyKind::TypeVarTuple(_) => tuple_of(ctx, any),
        TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::Parameters(_)
        | TyKind::Unpack(_)
        | TyKind::Alias { .. } => any,
    }
}

/// `Any` for each type parameter, in the form that the parameter takes.
pub fn erased_args(ctx: &dyn TypeContext, params: TyList) -> TyList {
    any_args(ctx, params, AnySource::SpecialForm)
}

/// `def (*Any, **Any) -> Any`, with the class that the callable had.
fn erased_callable(any: Ty, fallback: Ty) -> Ty {
    let erased = callable_with_ellipsis(any, any, fallback);
    let Some(sig) = erased.as_callable() else { return erased };
    let mut signature = sig.get().clone();
    signature.flags |= SigFlags::IMPLICIT;
    if !fallback.is_instance_of("builtins.function") {
        signature.flags |= SigFlags::TYPE_OBJECT;
    }
    signature.into_ty()
}

/// All type variables become `Any`.
pub fn erase_type_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    Eraser { ctx, erases: &|_| true, replacement: Ty::any(AnySource::SpecialForm), done: Answers::default() }
        .ty(ty)
}

/// These type variables become `Any`.
pub fn erase_type_vars_of(ctx: &dyn TypeContext, ty: Ty, variables: TyList) -> Ty {
    if variables.is_empty() {
        return ty;
    }
    let ids: Vec<TypeVarId> = variables.iter().filter_map(variable_id).collect();
    Eraser {
        ctx,
        erases: &|id| ids.contains(&id),
        replacement: Ty::any(AnySource::SpecialForm),
        done: Answers::default(),
    }
    .ty(ty)
}

/// The solver's unknowns become `Any`.
pub fn erase_meta_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    replace_meta_vars(ctx, ty, Ty::any(AnySource::SpecialForm))
}

/// The solver's unknowns become `to`.
pub fn replace_meta_vars(ctx: &dyn TypeContext, ty: Ty, to: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_META) {
        return ty;
    }
    Eraser { ctx, erases: &|id| id.is_meta(), replacement: to, done: Answers::default() }.ty(ty)
}

/// Puts one type in the place of type variables.
struct Eraser<'a> {
    ctx: &'a dyn TypeContext,
    erases: &'a dyn Fn(TypeVarId) -> bool,
    replacement: Ty,
    done: Answers<Ty, Ty>,
}

impl Eraser<'_> {
    fn ty(&self, ty: Ty) -> Ty {
        if !ty.has(TyFlags::HAS_TYPE_VAR) {
            return ty;
        }
        match ty.kind() {
            TyKind::TypeVar(variable) if (self.erases)(variable.id) => self.replacement,
            TyKind::ParamSpec(spec) if (self.erases)(spec.id) => self.replacement,
            TyKind::TypeVarTuple(variable) if (self.erases)(variable.id) => {
                tuple_of(self.ctx, self.replacement)
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
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
            | TyKind::Module(_) => self.done.answer(ty, || {
                let rebuilt = map_parts(self.ctx, ty, &mut |part| self.ty(part));
                unpacked_only(self.ctx, rebuilt).unwrap_or(rebuilt)
            }),
        }
    }
}

/// `Literal[1]?` becomes `int`, everywhere in the type.
pub fn remove_last_known_values(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    plain_part(ctx, ty, &Answers::default())
}

fn plain_part(ctx: &dyn TypeContext, ty: Ty, done: &Answers<Ty, Ty>) -> Ty {
    if !ty.has(TyFlags::HAS_LAST_KNOWN) {
        return ty;
    }
    done.answer(ty, || {
        let plain = map_parts(ctx, ty, &mut |part| plain_part(ctx, part, done));
        if let TyKind::Instance(instance) = plain.kind()
            && instance.last_known.is_some()
        {
            Ty::new(TyKind::Instance(Instance { last_known: None, ..*instance }))
        } else {
            plain
        }
    })
}

/// Type arguments play no part in whether values are equal.
pub fn shallow_erase_for_equality(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::Instance(instance) if !instance.args.is_empty() => {
            Ty::instance(instance.class, erased_args(ctx, ctx.class(instance.class).type_params))
        }
        TyKind::Union(items) => Ty::union(items.iter().map(|item| shallow_erase_for_equality(ctx, item))),
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

/// What inference left open becomes `Any`.
pub fn ambiguous_never_to_any(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    part_without_open_never(ctx, ty, &Answers::default())
}

fn part_without_open_never(ctx: &dyn TypeContext, ty: Ty, done: &Answers<Ty, Ty>) -> Ty {
    if !ty.has(TyFlags::HAS_AMBIGUOUS_NEVER) {
        return ty;
    }
    if let TyKind::Never { ambiguous: true } = ty.kind() {
        Ty::any(AnySource::Error)
    } else {
        done.answer(ty, || map_parts(ctx, ty, &mut |part| part_without_open_never(ctx, part, done)))
    }
}

/// A signature whose own type variables are `Any`.
pub fn erase_own_variables(ctx: &dyn TypeContext, sig: Sig) -> Sig {
    if sig.variables.is_empty() {
        return sig;
    }
    let variables = sig.variables;
    let erased = map_signature(sig, &mut |ty| erase_type_vars_of(ctx, ty, variables));
    Signature { variables: TyList::EMPTY(), ..erased.get().clone() }.intern()
}

/// `Callable[..., result]`.
pub fn callable_with_ellipsis(any: Ty, result: Ty, fallback: Ty) -> Ty {
    let param = |kind| Param { name: None, ty: any, kind };
    let mut signature =
        Signature::new(vec![param(ParamKind::Star), param(ParamKind::Star2)], result, fallback);
    signature.flags |= SigFlags::ELLIPSIS;
    signature.into_ty()
}
