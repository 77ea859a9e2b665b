//! Rebuilding a type with some of its parts replaced, and walking its parts.

use indexmap::IndexMap;

use crate::normalize::type_of;
use crate::shared_parts::Answers;
use crate::{Instance, Param, Sig, Signature, Ty, TyKind, TypeContext, TypedDict, TypedDictItem};

/// Rebuilds `ty` from the inside out. `replace` is asked for each part after its own parts were
/// rebuilt, and gives what to put in its place, if anything.
pub fn translate(ctx: &dyn TypeContext, ty: Ty, replace: &mut dyn FnMut(Ty) -> Option<Ty>) -> Ty {
    translate_part(ctx, ty, replace, &Answers::default())
}

fn translate_part(
    ctx: &dyn TypeContext,
    ty: Ty,
    replace: &mut dyn FnMut(Ty) -> Option<Ty>,
    done: &Answers<Ty, Ty>,
) -> Ty {
    done.answer(ty, || {
        let rebuilt = map_parts(ctx, ty, &mut |part| translate_part(ctx, part, replace, done));
        replace(rebuilt).unwrap_or(rebuilt)
    })
}

/// The type with each direct part replaced; the same handle when nothing changes.
pub fn map_parts(ctx: &dyn TypeContext, ty: Ty, f: &mut dyn FnMut(Ty) -> Ty) -> Ty {
    match ty.kind() {
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Literal { .. }
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Module(_) => ty,
        TyKind::Instance(instance) if instance.args.is_empty() => ty,
        TyKind::Instance(instance) => {
            Ty::new(TyKind::Instance(Instance { args: instance.args.map(f), ..*instance }))
        }
        TyKind::Union(items) => {
            let mapped = items.map(f);
            if mapped == *items { ty } else { Ty::union(mapped) }
        }
        TyKind::Callable(sig) => Ty::callable(map_signature(*sig, f)),
        TyKind::Parameters(sig) => Ty::new(TyKind::Parameters(map_signature(*sig, f))),
        TyKind::Overloaded(items) => Ty::new(TyKind::Overloaded(items.map(f))),
        TyKind::Tuple { items, fallback } => {
            let items = items.map(&mut *f);
            Ty::tuple(items, f(*fallback))
        }
        TyKind::TypedDict(dict) => Ty::typed_dict(map_typed_dict(dict, f)),
        TyKind::Type(item) => type_of(ctx, f(*item)),
        TyKind::TypeForm(item) => Ty::new(TyKind::TypeForm(f(*item))),
        TyKind::Unpack(item) => Ty::new(TyKind::Unpack(f(*item))),
        TyKind::Alias { alias, args } => Ty::new(TyKind::Alias { alias: *alias, args: args.map(f) }),
    }
}

fn map_typed_dict(dict: &TypedDict, f: &mut dyn FnMut(Ty) -> Ty) -> TypedDict {
    let mut item = |item: &TypedDictItem| TypedDictItem { ty: f(item.ty), ..*item };
    let items: IndexMap<_, _, _> = dict.items.iter().map(|(name, old)| (*name, item(old))).collect();
    let extra_items = dict.extra_items.as_ref().map(item);
    TypedDict { items, extra_items, fallback: f(dict.fallback) }
}

/// The signature with the types of its parameters and results replaced.
pub fn map_signature(sig: Sig, f: &mut dyn FnMut(Ty) -> Ty) -> Sig {
    let params: Box<[Param]> = sig.params.iter().map(|param| Param { ty: f(param.ty), ..*param }).collect();
    let mut optional = |ty: Option<Ty>| ty.map(&mut *f);
    let (type_guard, type_is) = (optional(sig.type_guard), optional(sig.type_is));
    let instance_type = optional(sig.instance_type);
    let ret = f(sig.ret);
    Signature { params, ret, type_guard, type_is, instance_type, ..sig.get().clone() }.intern()
}

/// Calls `f` on each direct part of a type, in the order in which it is written.
pub fn for_each_part(ty: Ty, f: &mut dyn FnMut(Ty)) {
    match ty.kind() {
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Literal { .. }
        | TyKind::TypeVar(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Module(_) => {}
        TyKind::ParamSpec(spec) => {
            for param in crate::normalize::prefix_params(spec) {
                f(param.ty);
            }
        }
        TyKind::Instance(instance) => instance.args.iter().for_each(f),
        TyKind::Union(items) | TyKind::Overloaded(items) => items.iter().for_each(f),
        TyKind::Callable(sig) => {
            sig.params.iter().for_each(|param| f(param.ty));
            f(sig.ret);
            sig.type_guard.into_iter().chain(sig.type_is).for_each(f);
        }
        TyKind::Parameters(sig) => sig.params.iter().for_each(|param| f(param.ty)),
        TyKind::Tuple { items, fallback } => {
            items.iter().for_each(&mut *f);
            f(*fallback);
        }
        TyKind::TypedDict(dict) => {
            dict.items.values().chain(&dict.extra_items).for_each(|item| f(item.ty));
        }
        TyKind::Type(item) | TyKind::TypeForm(item) | TyKind::Unpack(item) => f(*item),
        TyKind::Alias { args, .. } => args.iter().for_each(f),
    }
}
