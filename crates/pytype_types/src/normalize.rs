//! Normal forms of types: `type[X | Y]`, unpacked tuples, `*args` and `**kwargs` with an unpacked type.

use pytype_source::Name;
use smallvec::SmallVec;

use crate::{
    AnySource, KnownClass, Param, ParamKind, ParamSpec, ParamSpecFlavor, Sig, SigFlags, Signature, Ty,
    TyKind, TyList, TypeContext, TypeVarTuple,
};

/// `type[item]`, as a union when `item` is one.
pub fn type_of(ctx: &dyn TypeContext, item: Ty) -> Ty {
    let item = crate::proper(ctx, item);
    match item.kind() {
        TyKind::Union(items) => Ty::union(items.iter().map(|one| type_of(ctx, one))),
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
        | TyKind::Module(_) => Ty::new(TyKind::Type(item)),
    }
}

/// The homogeneous `tuple[item, ...]`.
pub fn tuple_of(ctx: &dyn TypeContext, item: Ty) -> Ty {
    Ty::instance(ctx.known(KnownClass::Tuple), [item])
}

/// `tuple[object, ...]`: the fallback of every plain tuple type, so that equal tuples are one type.
pub fn object_tuple(ctx: &dyn TypeContext) -> Ty {
    tuple_of(ctx, ctx.object())
}

/// `tuple[items]` without a class of its own.
pub fn plain_tuple(ctx: &dyn TypeContext, items: impl Into<TyList>) -> Ty {
    Ty::tuple(items, object_tuple(ctx))
}

/// `dict[str, object]`, the bound of `P.kwargs`.
pub fn object_dict(ctx: &dyn TypeContext) -> Ty {
    Ty::instance(ctx.known(KnownClass::Dict), [ctx.known_instance(KnownClass::Str), ctx.object()])
}

/// A list of parameters as a signature: what a `ParamSpec` stands for.
pub fn parameters(params: Vec<Param>) -> Signature {
    let mut signature = Signature::new(params, Ty::none(), Ty::none());
    signature.flags = SigFlags::PARAMETERS_ONLY;
    signature
}

/// The parameters `*args: any, **kwargs: any`, without names.
pub fn any_parameters(any: Ty) -> Sig {
    let star = Param { name: None, ty: any, kind: ParamKind::Star };
    parameters(vec![star, Param { kind: ParamKind::Star2, ..star }]).intern()
}

/// The same, written `...`.
pub fn ellipsis_parameters(any: Ty) -> Sig {
    let mut signature = any_parameters(any).get().clone();
    signature.flags |= SigFlags::ELLIPSIS;
    signature.intern()
}

/// `spec` with these parameters in front of it (none removes the prefix).
pub fn with_prefix(spec: ParamSpec, params: Vec<Param>) -> ParamSpec {
    let prefix = if params.is_empty() { None } else { Some(parameters(params).intern()) };
    ParamSpec { prefix, ..spec }
}

/// The parameters in front of a `ParamSpec`.
pub fn prefix_params(spec: &ParamSpec) -> &'static [Param] {
    spec.prefix.map_or(&[], |sig| &sig.get().params)
}

/// The `P` of a signature that ends in `*args: P.args, **kwargs: P.kwargs`, bare and without what
/// stands in front of it.
pub fn param_spec(signature: &Signature) -> Option<ParamSpec> {
    let [.., star, star2] = &*signature.params else { return None };
    if star.kind != ParamKind::Star || star2.kind != ParamKind::Star2 {
        return None;
    }
    if let TyKind::ParamSpec(spec) = star.ty.kind() {
        Some(ParamSpec { flavor: ParamSpecFlavor::Bare, prefix: None, ..*spec })
    } else {
        None
    }
}

/// The same with the parameters in front as its prefix.
pub fn param_spec_with_prefix(signature: &Signature) -> Option<ParamSpec> {
    let spec = param_spec(signature)?;
    Some(with_prefix(spec, signature.params[..signature.params.len() - 2].to_vec()))
}

/// The two parameters that stand for `spec` in a callable type.
pub fn param_spec_params(spec: ParamSpec) -> [Param; 2] {
    let flavored = |flavor| Ty::new(TyKind::ParamSpec(ParamSpec { flavor, prefix: None, ..spec }));
    [
        Param { name: None, ty: flavored(ParamSpecFlavor::Args), kind: ParamKind::Star },
        Param { name: None, ty: flavored(ParamSpecFlavor::Kwargs), kind: ParamKind::Star2 },
    ]
}

/// Where the `Unpack` is in a list of types.
pub fn find_unpack(items: &[Ty]) -> Option<usize> {
    items.iter().position(|item| matches!(item.kind(), TyKind::Unpack(_)))
}

/// The item type of `*tuple[X, ...]`.
pub fn unpacked_tuple_item(ctx: &dyn TypeContext, unpack: Ty) -> Option<Ty> {
    let TyKind::Unpack(inner) = unpack.kind() else { return None };
    homogeneous_item(crate::proper(ctx, *inner))
}

/// The item type of `tuple[X, ...]`.
pub fn homogeneous_item(ty: Ty) -> Option<Ty> {
    let instance = ty.as_instance()?;
    if !instance.class.is("builtins.tuple") {
        return None;
    }
    instance.args.first().copied()
}

/// The variable of `*Ts`.
pub fn unpacked_variable(unpack: Ty) -> Option<TypeVarTuple> {
    if let TyKind::Unpack(inner) = unpack.kind() {
        if let TyKind::TypeVarTuple(variable) = inner.kind() { Some(*variable) } else { None }
    } else {
        None
    }
}

/// `tuple[A, *tuple[B, *tuple[C, D]]]`'s items as `A, B, C, D`.
pub fn flatten_nested_tuples(ctx: &dyn TypeContext, items: &[Ty]) -> Vec<Ty> {
    let mut flat = Vec::with_capacity(items.len());
    flatten_tuples_into(ctx, items, &mut flat);
    flat
}

fn flatten_tuples_into(ctx: &dyn TypeContext, items: &[Ty], flat: &mut Vec<Ty>) {
    for item in items {
        if let TyKind::Unpack(inner) = item.kind()
            && let TyKind::Tuple { items: nested, .. } = crate::proper(ctx, *inner).kind()
        {
            flatten_tuples_into(ctx, nested, flat);
        } else {
            flat.push(*item);
        }
    }
}

/// A list of types in three parts.
pub struct Split {
    pub prefix: SmallVec<[Ty; 4]>,
    pub middle: SmallVec<[Ty; 4]>,
    pub suffix: SmallVec<[Ty; 4]>,
}

/// The first `prefix` types, the last `suffix`, and those between. A `*tuple[X, ...]` that stands
/// in the way gives up as many `X` as are missing.
pub fn split_around(ctx: &dyn TypeContext, types: &[Ty], prefix: usize, suffix: usize) -> Split {
    let mut all: SmallVec<[Ty; 8]> = SmallVec::from_slice(types);
    let variadic = find_unpack(types).filter(|at| *at < prefix || types.len() - at - 1 < suffix);
    if let Some(at) = variadic
        && let Some(item) = unpacked_tuple_item(ctx, types[at])
    {
        let missing_end = suffix.saturating_sub(types.len() - at - 1);
        all.insert_many(at + 1, std::iter::repeat_n(item, missing_end));
        all.insert_many(at, std::iter::repeat_n(item, prefix.saturating_sub(at)));
    }
    let start = prefix.min(all.len());
    let end = all.len().saturating_sub(suffix).max(start);
    Split {
        prefix: SmallVec::from_slice(&all[..start]),
        middle: SmallVec::from_slice(&all[start..end]),
        suffix: SmallVec::from_slice(&all[end..]),
    }
}

/// The items of a union, through recursive aliases that stand for unions, as a flat list.
pub fn flatten_unions(ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>) -> Vec<Ty> {
    let mut flat = Vec::new();
    for item in items {
        let expanded =
            if matches!(item.kind(), TyKind::Alias { .. }) { crate::proper(ctx, item) } else { item };
        if let TyKind::Union(nested) = expanded.kind() {
            flat.extend(flatten_unions(ctx, nested.iter()))
        } else {
            flat.push(item)
        }
    }
    flat
}

/// The items of a type seen as a union, aliases expanded.
pub fn union_items(ctx: &dyn TypeContext, ty: Ty) -> Vec<Ty> {
    flatten_unions(ctx, [ty]).into_iter().map(|item| crate::proper(ctx, item)).collect()
}

/// `*args: *tuple[A, *Ts, B]` as a positional `A` and `*args: *tuple[*Ts, B]`; `*args: *tuple[A, B]` as
/// two positional parameters.
pub fn normalize_var_args(ctx: &dyn TypeContext, mut signature: Signature) -> Signature {
    if let Some(params) = normalized_params(ctx, &signature.params) {
        signature.params = params.into_boxed_slice();
    }
    signature
}

/// The same on an interned signature; the same handle when nothing changes.
pub fn normalized(ctx: &dyn TypeContext, sig: Sig) -> Sig {
    if !sig.params.iter().any(|param| matches!(param.ty.kind(), TyKind::Unpack(_))) {
        return sig;
    }
    let mut signature = with_unpacked_kwargs(ctx, sig.get().clone());
    if let Some(params) = normalized_params(ctx, &signature.params) {
        signature.params = params.into_boxed_slice();
    }
    signature.intern()
}

fn normalized_params(ctx: &dyn TypeContext, params: &[Param]) -> Option<Vec<Param>> {
    let at = params.iter().position(|param| param.kind == ParamKind::Star)?;
    let star = params[at];
    let TyKind::Unpack(inner) = star.ty.kind() else { return None };
    let TyKind::Tuple { items, fallback } = crate::proper(ctx, *inner).kind() else { return None };
    let unpack = find_unpack(items);
    if unpack == Some(0) && items.len() > 1 {
        return None;
    }
    let positional = |ty: &Ty| Param { name: None, ty: *ty, kind: ParamKind::Pos };
    let mut out: Vec<Param> = params[..at].to_vec();
    match unpack {
        None => out.extend(items.iter().map(|ty| positional(&ty))),
        Some(unpack) => {
            let last = unpack + 1 == items.len();
            let ty = if last {
                match unpacked_tuple_item(ctx, items[unpack]) {
                    Some(item) => item,
                    None => items[unpack],
                }
            } else {
                Ty::new(TyKind::Unpack(Ty::tuple(&items[unpack..], *fallback)))
            };
            out.extend(items[..unpack].iter().map(positional));
            out.push(Param { ty, ..star });
        }
    }
    out.extend_from_slice(&params[at + 1..]);
    Some(out)
}

/// `*args: *tuple[X, ...]` as `*args: X`.
pub fn normalize_trivial_unpack(ctx: &dyn TypeContext, signature: &mut Signature) {
    if let Some(star) = signature.params.iter_mut().find(|param| param.kind == ParamKind::Star)
        && let Some(item) = unpacked_tuple_item(ctx, star.ty)
    {
        star.ty = item;
    }
}

/// `tuple[*tuple[X, ...]]` as `tuple[X, ...]`, and a callable's `*args: *tuple[X, ...]` as `*args: X`;
/// `None` for what is in normal form.
pub(crate) fn unpacked_only(ctx: &dyn TypeContext, ty: Ty) -> Option<Ty> {
    let inner_of = |items: &[Ty]| match items {
        [only] => {
            if let TyKind::Unpack(inner) = only.kind() {
                homogeneous_item(*inner).map(|_| *inner)
            } else {
                None
            }
        }
        _ => None,
    };
    match ty.kind() {
        TyKind::Instance(instance) if instance.class.is("builtins.tuple") => inner_of(&instance.args),
        TyKind::Tuple { items, fallback } => {
            let inner = inner_of(items)?;
            Some(if fallback.is_instance_of("builtins.tuple") { inner } else { *fallback })
        }
        TyKind::Callable(sig) => {
            unpacked_tuple_item(ctx, sig.star()?.ty)?;
            let mut signature = sig.get().clone();
            normalize_trivial_unpack(ctx, &mut signature);
            Some(signature.into_ty())
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Overloaded(_)
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
        | TyKind::Module(_) => None,
    }
}

/// `**kwargs: **TD` as keyword parameters for the items of the typed dict.
pub fn with_unpacked_kwargs(ctx: &dyn TypeContext, mut signature: Signature) -> Signature {
    let Some(last) = signature.params.last().copied() else { return signature };
    if last.kind != ParamKind::Star2 {
        return signature;
    }
    let TyKind::Unpack(inner) = last.ty.kind() else { return signature };
    let mut params = signature.params[..signature.params.len() - 1].to_vec();
    let is_parameter = |name: &Name| params.iter().any(|param| param.name == Some(*name));
    let TyKind::TypedDict(dict) = crate::proper(ctx, *inner).kind() else {
        return with_any_kwargs(signature, params, last);
    };
    if dict.items.keys().any(is_parameter) {
        return with_any_kwargs(signature, params, last);
    }
    params.extend(dict.items.iter().map(|(name, item)| Param {
        name: Some(*name),
        ty: item.ty,
        kind: if item.required { ParamKind::Named } else { ParamKind::NamedOpt },
    }));
    params.extend(dict.extra_item().map(|extra| Param { ty: extra.ty, ..last }));
    signature.params = params.into_boxed_slice();
    signature.flags |= SigFlags::UNPACK_KWARGS;
    signature
}

/// What is unpacked is no typed dict, or has a key that is a parameter already: that was reported, and counts as
/// `**kwargs: Any` (as in mypy).
fn with_any_kwargs(mut signature: Signature, mut params: Vec<Param>, kwargs: Param) -> Signature {
    params.push(Param { ty: Ty::any(AnySource::Error), ..kwargs });
    signature.params = params.into_boxed_slice();
    signature
}

/// `Any` made from another `Any`.
pub fn derived_any() -> Ty {
    Ty::any(AnySource::Derived)
}
