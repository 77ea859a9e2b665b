//! Joins: the closest type that both types are.

use crate::{
    AnySource, ClassId, Instance, KnownClass, Param, ParamKind, Sig, SubtypeOptions, Ty, TyKind, TyList, TypeContext,
    Variance, find_unpack, is_equivalent, is_proper_subtype, is_proper_subtype_with, is_same_type, is_subtype,
    make_simplified_union, map_to_supertype, meet_types, proper, tuple_fallback,
};

/// The join of two types.
pub fn join_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    if left == right {
        return left;
    }
    // A recursive alias is joined by what it is once, and no further.
    let state = ctx.relations();
    if state.inferring.borrow().contains(&(left, right)) || state.inferring.borrow().len() > 40 {
        return ctx.object();
    }
    state.inferring.borrow_mut().push((left, right));
    let result = join_proper(ctx, proper(ctx, left), proper(ctx, right));
    state.inferring.borrow_mut().pop();
    result
}

/// The join of several types; `Never` for none.
pub fn join_type_list(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let Some((first, rest)) = items.split_first() else { return Ty::never() };
    let mut joined = *first;
    for item in rest {
        joined = join_types(ctx, joined, *item);
    }
    joined
}

/// One of the two if it covers the other, `object` otherwise.
pub fn trivial_join(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    if is_subtype(ctx, left, right) {
        right
    } else if is_subtype(ctx, right, left) {
        left
    } else {
        object_or_any(ctx, right)
    }
}

/// The join under a declared type: a union where the declaration is one.
pub fn join_simple(ctx: &dyn TypeContext, declaration: Option<Ty>, left: Ty, right: Ty) -> Ty {
    let (left, right) = (proper(ctx, left), proper(ctx, right));
    if left.is_any() {
        return left;
    }
    if left.is_never() || matches!(left.kind(), TyKind::Erased) {
        return right;
    }
    if is_proper_subtype(ctx, left, right) {
        return right;
    }
    if is_proper_subtype(ctx, right, left) {
        return left;
    }
    if let Some(declared) = declaration
        && matches!(proper(ctx, declared).kind(), TyKind::Union(_))
    {
        return make_simplified_union(ctx, [left, right]);
    }
    let value = join_types(ctx, left, right);
    match declaration {
        Some(declared) if !is_subtype(ctx, value, declared) => declared,
        Some(_) | None => value,
    }
}

fn object_or_any(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Any(_) => Ty::any(AnySource::Derived),
        _ => ctx.object(),
    }
}

fn join_proper(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    if left == right {
        return left;
    }
    if left.is_any() {
        return left;
    }
    if right.is_any() {
        return right;
    }
    if left.is_never() || matches!(left.kind(), TyKind::Erased) {
        return right;
    }
    if right.is_never() || matches!(right.kind(), TyKind::Erased) {
        return left;
    }
    if matches!(left.kind(), TyKind::Union(_)) || matches!(right.kind(), TyKind::Union(_)) {
        return join_with_union(ctx, left, right);
    }
    if left.is_none() || right.is_none() {
        return join_with_none(ctx, left, right);
    }
    // Kinds with more to say of themselves come first.
    match (left.kind(), right.kind()) {
        (TyKind::TypeVar(l), TyKind::TypeVar(r)) if l.id == r.id => left,
        (TyKind::TypeVar(l), _) => join_types(ctx, bound_of(ctx, l), right),
        (_, TyKind::TypeVar(r)) => join_types(ctx, left, bound_of(ctx, r)),
        (TyKind::Tuple { .. }, TyKind::Tuple { .. }) => join_tuples(ctx, left, right),
        (TyKind::Tuple { .. }, _) => join_types(ctx, tuple_fallback(ctx, left), right),
        (_, TyKind::Tuple { .. }) => join_types(ctx, left, tuple_fallback(ctx, right)),
        (TyKind::Literal { fallback: l, .. }, TyKind::Literal { fallback: r, .. }) => {
            let is_enum = |ty: &Ty| ty.as_instance().is_some_and(|i| ctx.class(i.class).is_enum());
            if is_enum(l) && is_enum(r) && l == r {
                return make_simplified_union(ctx, [left, right]);
            }
            join_types(ctx, *l, *r)
        }
        (TyKind::Literal { fallback, .. }, TyKind::Instance(instance)) | (TyKind::Instance(instance), TyKind::Literal { fallback, .. }) => {
            let literal = if matches!(left.kind(), TyKind::Literal { .. }) { left } else { right };
            let other = if literal == left { right } else { left };
            if instance.last_known == Some(literal) {
                return literal;
            }
            join_types(ctx, *fallback, other)
        }
        (TyKind::Literal { fallback, .. }, _) => join_types(ctx, *fallback, right),
        (_, TyKind::Literal { fallback, .. }) => join_types(ctx, left, *fallback),
        (TyKind::TypedDict(l), TyKind::TypedDict(r)) => join_typed_dicts(ctx, left, l, right, r),
        (TyKind::TypedDict(l), _) => join_types(ctx, l.fallback, right),
        (_, TyKind::TypedDict(r)) => join_types(ctx, left, r.fallback),
        (TyKind::Callable(l), TyKind::Callable(r)) => join_callables(ctx, left, *l, right, *r),
        (TyKind::Overloaded(l), TyKind::Overloaded(r)) => join_overloads(ctx, l.as_slice(), r.as_slice(), left, right),
        (TyKind::Overloaded(l), TyKind::Callable(_)) => join_overloads(ctx, l.as_slice(), &[right], left, right),
        (TyKind::Callable(_), TyKind::Overloaded(r)) => join_overloads(ctx, &[left], r.as_slice(), left, right),
        (TyKind::Callable(_) | TyKind::Overloaded(_), TyKind::Instance(r)) => join_callable_instance(ctx, left, right, r),
        (TyKind::Instance(l), TyKind::Callable(_) | TyKind::Overloaded(_)) => join_callable_instance(ctx, right, left, l),
        (TyKind::Type(l), TyKind::Type(r)) => crate::type_of(ctx, join_types(ctx, *l, *r)),
        (TyKind::Type(item), TyKind::Callable(sig)) | (TyKind::Callable(sig), TyKind::Type(item)) if sig.is_type_object() => {
            let own = crate::erase_type_vars(ctx, sig.instance_type.unwrap_or(sig.ret));
            crate::type_of(ctx, join_types(ctx, own, *item))
        }
        (TyKind::Type(_), TyKind::Instance(instance)) | (TyKind::Instance(instance), TyKind::Type(_))
            if instance.class.is("builtins.type") =>
        {
            if matches!(left.kind(), TyKind::Type(_)) { right } else { left }
        }
        (TyKind::Instance(l), TyKind::Instance(r)) => join_instances(ctx, left, l, right, r),
        _ => trivial_join(ctx, left, right),
    }
}

fn bound_of(ctx: &dyn TypeContext, variable: &crate::TypeVar) -> Ty {
    ctx.type_var(variable.decl).bound
}

fn join_with_union(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    // What is no union comes first.
    let turned = matches!(left.kind(), TyKind::Union(_)) && !matches!(right.kind(), TyKind::Union(_));
    let (left, right) = if turned { (right, left) } else { (left, right) };
    if is_proper_subtype(ctx, left, right) {
        return right;
    }
    if is_proper_subtype(ctx, right, left) {
        return left;
    }
    make_simplified_union(ctx, [left, right])
}

fn join_with_none(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    let other = if left.is_none() { right } else { left };
    if other.is_none() {
        return Ty::none();
    }
    if ctx.options().strict_optional {
        if other.is_instance_of("builtins.object") { other } else { make_simplified_union(ctx, [other, Ty::none()]) }
    } else {
        other
    }
}

fn join_tuples(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    let (TyKind::Tuple { items: l, .. }, TyKind::Tuple { items: r, .. }) = (left.kind(), right.kind()) else {
        return ctx.object();
    };
    if is_proper_subtype(ctx, left, right) {
        return right;
    }
    if is_proper_subtype(ctx, right, left) {
        return left;
    }
    let fallback = join_types(ctx, tuple_fallback(ctx, left), tuple_fallback(ctx, right));
    if fallback.as_instance().is_none() {
        return fallback;
    }
    let variadic = find_unpack(l.as_slice()).is_some() || find_unpack(r.as_slice()).is_some();
    if l.len() == r.len() && (!variadic || l.iter().zip(r.iter()).all(|(a, b)| matches!(a.kind(), TyKind::Unpack(_)) == matches!(b.kind(), TyKind::Unpack(_)))) {
        let items: Vec<Ty> = l
            .iter()
            .zip(r.iter())
            .map(|(a, b)| match (a.kind(), b.kind()) {
                (TyKind::Unpack(a), TyKind::Unpack(b)) => Ty::new(TyKind::Unpack(join_types(ctx, *a, *b))),
                _ => join_types(ctx, a, b),
            })
            .collect();
        let same_class = |ty: Ty| ty.as_instance().is_some_and(|i| ctx.class(i.class).has_base_named("builtins.tuple"));
        if same_class(fallback) {
            return Ty::tuple(items, fallback);
        }
        return fallback;
    }
    fallback
}

fn join_typed_dicts(
    ctx: &dyn TypeContext,
    left: Ty,
    l: &crate::TypedDict,
    right: Ty,
    r: &crate::TypedDict,
) -> Ty {
    if is_proper_subtype(ctx, left, right) {
        return right;
    }
    if is_proper_subtype(ctx, right, left) {
        return left;
    }
    let mut items = indexmap::IndexMap::default();
    for (name, own) in &l.items {
        let Some(other) = r.items.get(name) else { continue };
        if own.required != other.required || !is_equivalent(ctx, own.ty, other.ty) {
            continue;
        }
        items.insert(*name, crate::TypedDictItem { read_only: own.read_only || other.read_only, ..*own });
    }
    let fallback = ctx.known_instance(KnownClass::TypedDictFallback);
    Ty::typed_dict(crate::TypedDict { items, fallback, extra_items: None })
}

// Instances.

fn join_instances(ctx: &dyn TypeContext, left: Ty, l: &Instance, right: Ty, r: &Instance) -> Ty {
    if l.class == r.class {
        return join_same_class(ctx, left, l, r).unwrap_or_else(|| via_bases(ctx, left, l, right, r));
    }
    let structural = structural_join(ctx, left, l, right, r);
    if let Some(found) = structural {
        return found;
    }
    let options = SubtypeOptions { ignore_promotions: true, ..SubtypeOptions::default() };
    let has_promotions = |class: ClassId| !ctx.class(class).promotions.is_empty();
    if !ctx.class(r.class).bases.is_empty() && is_proper_subtype_with(ctx, left, right, options) && !has_promotions(r.class) {
        return via_bases(ctx, left, l, right, r);
    }
    via_bases(ctx, left, l, right, r)
}

/// Protocols join to the one that both implement.
fn structural_join(ctx: &dyn TypeContext, left: Ty, l: &Instance, right: Ty, r: &Instance) -> Option<Ty> {
    let is_protocol = |class: ClassId| ctx.class(class).is_protocol();
    if is_protocol(r.class) && is_subtype(ctx, left, right) && !ctx.class(l.class).has_base(r.class) {
        return Some(right);
    }
    if is_protocol(l.class) && is_subtype(ctx, right, left) && !ctx.class(r.class).has_base(l.class) {
        return Some(left);
    }
    None
}

fn join_same_class(ctx: &dyn TypeContext, left: Ty, l: &Instance, r: &Instance) -> Option<Ty> {
    if l.args.is_empty() {
        return Some(if l.last_known == r.last_known { left } else { Ty::instance(l.class, l.args) });
    }
    let params = ctx.class(l.class).type_params;
    let mut args = Vec::with_capacity(l.args.len());
    if l.args.len() != r.args.len() || params.len() != l.args.len() {
        return (l.args == r.args).then_some(left);
    }
    for ((own, other), param) in l.args.iter().zip(r.args.iter()).zip(params.iter()) {
        args.push(join_args(ctx, own, other, param)?);
    }
    Some(Ty::instance(l.class, args))
}

fn join_args(ctx: &dyn TypeContext, own: Ty, other: Ty, param: Ty) -> Option<Ty> {
    if own == other {
        return Some(own);
    }
    let (a, b) = (proper(ctx, own), proper(ctx, other));
    if a.is_any() {
        return Some(Ty::any(AnySource::Derived));
    }
    if b.is_any() {
        return Some(Ty::any(AnySource::Derived));
    }
    match param.kind() {
        TyKind::TypeVar(variable) => {
            let info = ctx.type_var(variable.decl);
            match info.variance {
                Variance::Covariant => {
                    let joined = join_types(ctx, own, other);
                    let in_values = info.values.is_empty() || info.values.iter().any(|v| is_same_type(ctx, v, joined));
                    (in_values && is_subtype(ctx, joined, info.bound)).then_some(joined)
                }
                Variance::Contravariant | Variance::Invariant => {
                    // An item that inference left open takes the other's type.
                    if a.is_never() {
                        return Some(other);
                    }
                    if b.is_never() {
                        return Some(own);
                    }
                    is_equivalent(ctx, own, other).then(|| join_types(ctx, own, other))
                }
            }
        }
        TyKind::TypeVarTuple(_) => is_equivalent(ctx, own, other).then_some(own),
        _ => is_equivalent(ctx, own, other).then_some(own),
    }
}

/// The best common base class.
fn via_bases(ctx: &dyn TypeContext, left: Ty, l: &Instance, right: Ty, r: &Instance) -> Ty {
    let left_info = ctx.class(l.class);
    let right_info = ctx.class(r.class);
    if l.class != r.class {
        if right_info.has_base(l.class) {
            let mapped = map_to_supertype(ctx, r, l.class);
            if let Some(mapped) = mapped.as_instance()
                && let Some(joined) = join_same_class(ctx, left, l, mapped)
            {
                return joined;
            }
        } else if left_info.has_base(r.class) {
            let mapped = map_to_supertype(ctx, l, r.class);
            if let Some(instance) = mapped.as_instance()
                && let Some(joined) = join_same_class(ctx, mapped, instance, r)
            {
                return joined;
            }
        }
        // Promotions count as bases.
        for promoted in left_info.promotions.iter() {
            if is_subtype(ctx, right, promoted) || is_same_type(ctx, right, promoted) {
                return join_types(ctx, promoted, right);
            }
        }
        for promoted in right_info.promotions.iter() {
            if is_subtype(ctx, left, promoted) || is_same_type(ctx, left, promoted) {
                return join_types(ctx, left, promoted);
            }
        }
    }
    let mut best: Option<Ty> = None;
    for base in left_info.bases.iter() {
        let Some(base_instance) = base.as_instance() else { continue };
        let mapped = map_to_supertype(ctx, l, base_instance.class);
        let joined = join_types(ctx, mapped, right);
        if best.is_none_or(|known| is_better(ctx, joined, known)) {
            best = Some(joined);
        }
    }
    for promoted in left_info.promotions.iter() {
        let joined = join_types(ctx, promoted, right);
        if best.is_none_or(|known| is_better(ctx, joined, known)) {
            best = Some(joined);
        }
    }
    best.unwrap_or_else(|| ctx.object())
}

/// Whether `left` says more than `right`: a class further down.
fn is_better(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let (Some(l), Some(r)) = (proper(ctx, left).as_instance(), proper(ctx, right).as_instance()) else {
        return proper(ctx, left).as_instance().is_some() == false
            && proper(ctx, right).as_instance().is_some_and(|i| i.class == ctx.known(KnownClass::Object));
    };
    if r.class == ctx.known(KnownClass::Object) && l.class != r.class {
        return true;
    }
    // A protocol counts for less than a class.
    let protocol = |class: ClassId| ctx.class(class).is_protocol();
    if protocol(r.class) != protocol(l.class) {
        return protocol(r.class);
    }
    ctx.class(l.class).mro.len() > ctx.class(r.class).mro.len()
}

// Callables.

fn join_callables(ctx: &dyn TypeContext, left: Ty, l: Sig, right: Ty, r: Sig) -> Ty {
    if is_similar(ctx, l, r) {
        if is_equivalent(ctx, left, right) {
            return combine_similar(ctx, l, r);
        }
        if l.is_type_object() && r.is_type_object() && l.params.len() == r.params.len() {
            let joined = join_similar(ctx, l, r);
            return joined;
        }
        let joined = join_similar(ctx, l, r);
        // Parameters that nothing can be passed to make no useful function.
        if let Some(sig) = joined.as_callable()
            && sig.params.iter().any(|p| proper(ctx, p.ty).is_never())
        {
            return join_types(ctx, l.fallback, r.fallback);
        }
        return joined;
    }
    if l.is_type_object() && r.is_type_object() {
        let own = |sig: Sig| crate::erase_type_vars(ctx, sig.instance_type.unwrap_or(sig.ret));
        return crate::type_of(ctx, join_types(ctx, own(l), own(r)));
    }
    join_types(ctx, l.fallback, r.fallback)
}

fn is_similar(ctx: &dyn TypeContext, l: Sig, r: Sig) -> bool {
    let _ = ctx;
    l.params.len() == r.params.len()
        && l.min_args() == r.min_args()
        && l.star().is_some() == r.star().is_some()
        && l.star2().is_some() == r.star2().is_some()
        && l.is_type_object() == r.is_type_object()
        && l.variables.len() == r.variables.len()
        && l.params.iter().zip(r.params.iter()).all(|(a, b)| a.kind.is_named() == b.kind.is_named())
}

fn join_similar(ctx: &dyn TypeContext, l: Sig, r: Sig) -> Ty {
    build_similar(ctx, l, r, &|a, b| meet_types(ctx, a, b))
}

fn combine_similar(ctx: &dyn TypeContext, l: Sig, r: Sig) -> Ty {
    build_similar(ctx, l, r, &|a, b| join_types(ctx, a, b))
}

fn build_similar(ctx: &dyn TypeContext, l: Sig, r: Sig, parameter: &dyn Fn(Ty, Ty) -> Ty) -> Ty {
    let r = with_variables_of(ctx, r, l.variables);
    let params: Vec<Param> = l
        .params
        .iter()
        .zip(r.params.iter())
        .map(|(a, b)| Param {
            name: if a.name == b.name { a.name } else if a.kind.is_named() { a.name } else { None },
            ty: parameter(a.ty, b.ty),
            kind: stricter(a.kind, b.kind),
        })
        .collect();
    let mut signature = l.get().clone();
    signature.params = params.into_boxed_slice();
    signature.ret = join_types(ctx, l.ret, r.ret);
    signature.fallback = if l.fallback.is_instance_of("builtins.function") { l.fallback } else { r.fallback };
    signature.name = None;
    signature.definition = None;
    signature.instance_type = None;
    signature.into_ty()
}

fn stricter(a: ParamKind, b: ParamKind) -> ParamKind {
    match (a, b) {
        (ParamKind::Opt, ParamKind::Pos) => ParamKind::Pos,
        (ParamKind::NamedOpt, ParamKind::Named) => ParamKind::Named,
        (kind, _) => kind,
    }
}

/// The signature with its type variables renamed to those of another.
fn with_variables_of(ctx: &dyn TypeContext, sig: Sig, variables: TyList) -> Sig {
    if sig.variables.is_empty() || sig.variables == variables {
        return sig;
    }
    let mut substitution = crate::Substitution::new();
    for (own, other) in sig.variables.iter().zip(variables.iter()) {
        substitution.insert_variable(own, other);
    }
    let mut renamed = crate::expand_signature(ctx, sig, &substitution).get().clone();
    renamed.variables = variables;
    renamed.intern()
}

fn join_overloads(ctx: &dyn TypeContext, left: &[Ty], right: &[Ty], l: Ty, r: Ty) -> Ty {
    let mut items: Vec<Ty> = Vec::new();
    for a in left {
        for b in right {
            let (Some(a), Some(b)) = (a.as_callable(), b.as_callable()) else { continue };
            if is_similar(ctx, a, b) {
                let joined = if is_equivalent(ctx, Ty::callable(a), Ty::callable(b)) {
                    combine_similar(ctx, a, b)
                } else if is_subtype(ctx, Ty::callable(a), Ty::callable(b)) {
                    join_similar(ctx, a, b)
                } else {
                    continue;
                };
                if !items.contains(&joined) {
                    items.push(joined);
                }
            }
        }
    }
    if !items.is_empty() {
        return Ty::overloaded(items);
    }
    let fallback = |ty: Ty| match ty.kind() {
        TyKind::Callable(sig) => sig.fallback,
        TyKind::Overloaded(items) => items.first().and_then(|t| t.as_callable()).map_or_else(|| ctx.object(), |s| s.fallback),
        _ => ctx.object(),
    };
    join_types(ctx, fallback(l), fallback(r))
}

fn join_callable_instance(ctx: &dyn TypeContext, callable: Ty, instance_ty: Ty, instance: &Instance) -> Ty {
    if ctx.class(instance.class).is_protocol()
        && let Some(call) = ctx.member(instance_ty, pytype_source::Name::new("__call__"), instance_ty)
    {
        return join_types(ctx, callable, call.ty);
    }
    let fallback = match callable.kind() {
        TyKind::Callable(sig) => sig.fallback,
        TyKind::Overloaded(items) => items.first().and_then(|t| t.as_callable()).map_or_else(|| ctx.object(), |s| s.fallback),
        _ => ctx.object(),
    };
    join_types(ctx, fallback, instance_ty)
}
