//! Meets: what is both.

use crate::{
    Instance, SigFlags, Ty, TyKind, TypeContext, TypedDictItem, is_overlapping_types,
    is_proper_subtype, is_subtype, join_types, make_simplified_union, proper,
};

/// The meet of two types; `Never` where nothing is both.
pub fn meet_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    if left == right {
        return left;
    }
    let (l, r) = (proper(ctx, left), proper(ctx, right));
    if !l.is_any() && !r.is_any() {
        if is_proper_subtype(ctx, left, right) {
            return left;
        }
        if is_proper_subtype(ctx, right, left) {
            return right;
        }
    }
    if l.is_any() {
        return right;
    }
    if r.is_any() {
        return left;
    }
    if let TyKind::Union(items) = l.kind() {
        return meet_union(ctx, items.as_slice(), right);
    }
    if let TyKind::Union(items) = r.kind() {
        return meet_union(ctx, items.as_slice(), left);
    }
    meet_proper(ctx, l, r)
}

pub fn meet_type_list(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let Some((first, rest)) = items.split_first() else { return ctx.object() };
    rest.iter().fold(*first, |met, item| meet_types(ctx, met, *item))
}

fn meet_union(ctx: &dyn TypeContext, items: &[Ty], other: Ty) -> Ty {
    let others = proper(ctx, other).union_items();
    let mut meets = Vec::new();
    for item in items {
        for other in others.iter() {
            let met = meet_types(ctx, *item, other);
            if !proper(ctx, met).is_never() {
                meets.push(met);
            }
        }
    }
    make_simplified_union(ctx, meets)
}

fn meet_proper(ctx: &dyn TypeContext, l: Ty, r: Ty) -> Ty {
    let never = Ty::never();
    match (l.kind(), r.kind()) {
        (TyKind::Never { .. }, _) => l,
        (_, TyKind::Never { .. }) => r,
        (TyKind::Erased, _) => r,
        (_, TyKind::Erased) => l,
        (TyKind::None, TyKind::Instance(i)) | (TyKind::Instance(i), TyKind::None) => {
            if i.class.is("builtins.object") { Ty::none() } else { never }
        }
        (TyKind::Instance(a), TyKind::Instance(b)) => meet_instances(ctx, l, a, r, b),
        (TyKind::Tuple { items: a, fallback: fa }, TyKind::Tuple { items: b, fallback: fb }) => {
            if a.len() != b.len() || crate::find_unpack(a).is_some() || crate::find_unpack(b).is_some() {
                return never;
            }
            let items: Vec<Ty> = a.iter().zip(b.iter()).map(|(x, y)| meet_types(ctx, x, y)).collect();
            let fallback = if is_subtype(ctx, *fa, *fb) { *fa } else { *fb };
            Ty::tuple(items, fallback)
        }
        (TyKind::Tuple { items, fallback }, TyKind::Instance(instance)) | (TyKind::Instance(instance), TyKind::Tuple { items, fallback }) => {
            if instance.class.is("builtins.tuple")
                && let Some(of) = instance.args.first()
            {
                let met: Vec<Ty> = items.iter().map(|item| meet_types(ctx, item, *of)).collect();
                return Ty::tuple(met, *fallback);
            }
            never
        }
        (TyKind::Type(a), TyKind::Type(b)) => {
            let met = meet_types(ctx, *a, *b);
            if proper(ctx, met).is_never() { never } else { crate::type_of(ctx, met) }
        }
        (TyKind::Type(_), TyKind::Instance(i)) if i.class.is("builtins.type") => l,
        (TyKind::Instance(i), TyKind::Type(_)) if i.class.is("builtins.type") => r,
        (TyKind::Callable(a), TyKind::Callable(b)) => {
            if a.params.len() == b.params.len() && a.min_args() == b.min_args() && a.variables.is_empty() && b.variables.is_empty() {
                let params: Vec<crate::Param> = a
                    .params
                    .iter()
                    .zip(b.params.iter())
                    .map(|(x, y)| crate::Param { ty: join_types(ctx, x.ty, y.ty), ..*x })
                    .collect();
                let mut signature = a.get().clone();
                signature.params = params.into_boxed_slice();
                signature.ret = meet_types(ctx, a.ret, b.ret);
                signature.flags.remove(SigFlags::TYPE_OBJECT);
                if proper(ctx, signature.ret).is_never() {
                    return never;
                }
                return signature.into_ty();
            }
            never
        }
        (TyKind::Literal { .. }, TyKind::Literal { .. }) => never,
        (TyKind::TypedDict(a), TyKind::TypedDict(b)) => {
            for (name, item) in &a.items {
                if let Some(other) = b.items.get(name)
                    && (!crate::is_equivalent(ctx, item.ty, other.ty) || item.required != other.required)
                {
                    return never;
                }
            }
            let mut items = a.items.clone();
            for (name, item) in &b.items {
                let merged = items.entry(*name).or_insert(*item);
                *merged = TypedDictItem { read_only: merged.read_only && item.read_only, ..*merged };
            }
            let fallback = ctx.known_instance(crate::KnownClass::TypedDictFallback);
            Ty::typed_dict(crate::TypedDict { items, fallback, extra_items: None })
        }
        (TyKind::TypeVar(variable), _) => {
            let bound = ctx.type_var(variable.decl).bound;
            if is_overlapping_types(ctx, bound, r) && is_subtype(ctx, r, bound) { r } else { meet_types(ctx, bound, r) }
        }
        (_, TyKind::TypeVar(variable)) => {
            let bound = ctx.type_var(variable.decl).bound;
            if is_subtype(ctx, l, bound) { l } else { meet_types(ctx, l, bound) }
        }
        _ => never,
    }
}

fn meet_instances(ctx: &dyn TypeContext, l: Ty, a: &Instance, r: Ty, b: &Instance) -> Ty {
    if a.class == b.class {
        if is_subtype(ctx, l, r) || is_subtype(ctx, r, l) {
            let args: Vec<Ty> = a.args.iter().zip(b.args.iter()).map(|(x, y)| meet_types(ctx, x, y)).collect();
            return Ty::instance(a.class, args);
        }
        return Ty::never();
    }
    if is_subtype(ctx, l, r) {
        return l;
    }
    if is_subtype(ctx, r, l) {
        return r;
    }
    Ty::never()
}
