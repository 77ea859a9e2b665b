//! Substitution: putting types in the place of type variables.

use std::cell::RefCell;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::normalize::{
    find_unpack, homogeneous_item, normalize_trivial_unpack, normalize_var_args, object_dict, object_tuple,
    param_spec, param_spec_params, parameters, prefix_params, split_around, tuple_of, type_of,
    unpacked_variable, with_prefix,
};
use crate::shared_parts::Answers;
use crate::{
    AliasId, AnySource, Instance, Param, ParamKind, ParamSpec, ParamSpecFlavor, Sig, SigFlags, Signature, Ty,
    TyFlags, TyKind, TyList, TypeContext, TypeVarDecl, TypeVarId, TypeVarOrigin, TypeVarTuple, TypedDict,
    TypedDictItem,
};

/// What to put in the place of which variables.
///
/// A `TypeVar` maps to any type, a `ParamSpec` to `Parameters`, another `ParamSpec` or `Any`, and a
/// `TypeVarTuple` to a tuple type (its items), an `Unpack`, another `TypeVarTuple`, `Any` or `Never`.
#[derive(Clone, Default, Debug)]
pub struct Substitution {
    by_id: SmallVec<[(TypeVarId, Ty); 4]>,
    /// For defaults, which name the other variables of their list by declaration.
    by_decl: SmallVec<[(TypeVarDecl, Ty); 2]>,
    self_type: Option<Ty>,
    /// Leave unions as they come out: no `Never` dropped, no `object` taking over.
    keep_unions: bool,
}

impl Substitution {
    pub fn new() -> Substitution {
        Substitution::default()
    }
    /// Maps `id`; what it was mapped to before no longer counts.
    pub fn insert(&mut self, id: TypeVarId, to: Ty) {
        match self.by_id.iter_mut().find(|(known, _)| *known == id) {
            Some(entry) => entry.1 = to,
            None => self.by_id.push((id, to)),
        }
    }
    /// Maps a variable by its declaration, whoever binds it.
    pub fn insert_decl(&mut self, decl: TypeVarDecl, to: Ty) {
        self.by_decl.push((decl, to));
    }
    /// Maps a variable given as a type, by identity and by declaration.
    pub fn insert_variable(&mut self, variable: Ty, to: Ty) {
        if let (Some(id), Some(decl)) = (variable_id(variable), variable_decl(variable)) {
            self.insert(id, to);
            self.insert_decl(decl, to);
        }
    }
    pub fn get(&self, id: TypeVarId) -> Option<Ty> {
        self.by_id.iter().find(|(known, _)| *known == id).map(|(_, to)| *to)
    }
    pub fn contains(&self, id: TypeVarId) -> bool {
        self.get(id).is_some()
    }
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_decl.is_empty() && self.self_type.is_none()
    }
    /// The pairs by identity, in the order they were put in.
    pub fn iter(&self) -> impl Iterator<Item = (TypeVarId, Ty)> + '_ {
        self.by_id.iter().copied()
    }
    /// Whether a variable is mapped, by identity or by declaration.
    pub fn covers(&self, id: TypeVarId, decl: TypeVarDecl) -> bool {
        self.find(id, decl).is_some()
    }
    fn find(&self, id: TypeVarId, decl: TypeVarDecl) -> Option<Ty> {
        self.get(id).or_else(|| self.by_decl.iter().find(|(known, _)| *known == decl).map(|(_, to)| *to))
    }
}

impl FromIterator<(TypeVarId, Ty)> for Substitution {
    fn from_iter<I: IntoIterator<Item = (TypeVarId, Ty)>>(pairs: I) -> Substitution {
        let mut substitution = Substitution::new();
        for (id, to) in pairs {
            substitution.insert(id, to);
        }
        substitution
    }
}

/// The identity of a type variable of any kind.
pub fn variable_id(variable: Ty) -> Option<TypeVarId> {
    match variable.kind() {
        TyKind::TypeVar(variable) => Some(variable.id),
        TyKind::ParamSpec(spec) => Some(spec.id),
        TyKind::TypeVarTuple(tuple) => Some(tuple.id),
        TyKind::Unpack(inner) => {
            if let TyKind::TypeVarTuple(tuple) = inner.kind() {
                Some(tuple.id)
            } else {
                None
            }
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
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// The declaration of a type variable of any kind.
pub fn variable_decl(variable: Ty) -> Option<TypeVarDecl> {
    match variable.kind() {
        TyKind::TypeVar(variable) => Some(variable.decl),
        TyKind::ParamSpec(spec) => Some(spec.decl),
        TyKind::TypeVarTuple(tuple) => Some(tuple.decl),
        TyKind::Unpack(inner) => {
            if let TyKind::TypeVarTuple(tuple) = inner.kind() {
                Some(tuple.decl)
            } else {
                None
            }
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
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// Puts types in the place of type variables.
pub fn expand_type(ctx: &dyn TypeContext, ty: Ty, substitution: &Substitution) -> Ty {
    if !ty.has(TyFlags::HAS_TYPE_VAR) || substitution.is_empty() {
        return ty;
    }
    Expander::new(ctx, substitution).ty(ty)
}

/// The same on a signature; the same handle when nothing changes.
pub fn expand_signature(ctx: &dyn TypeContext, sig: Sig, substitution: &Substitution) -> Sig {
    if substitution.is_empty() || !signature_has_variables(&sig) {
        return sig;
    }
    Expander::new(ctx, substitution).signature(&sig).map_or(sig, Signature::intern)
}

/// The same, not interned yet, for callers that go on changing it.
pub(crate) fn expanded_signature(ctx: &dyn TypeContext, sig: Sig, substitution: &Substitution) -> Signature {
    if substitution.is_empty() || !signature_has_variables(&sig) {
        return sig.get().clone();
    }
    Expander::new(ctx, substitution).signature(&sig).unwrap_or_else(|| sig.get().clone())
}

fn signature_has_variables(signature: &Signature) -> bool {
    let extra = [signature.type_guard, signature.type_is, signature.instance_type];
    signature.ret.has(TyFlags::HAS_TYPE_VAR)
        || signature.params.iter().any(|param| param.ty.has(TyFlags::HAS_TYPE_VAR))
        || extra.iter().flatten().any(|ty| ty.has(TyFlags::HAS_TYPE_VAR))
}

/// Maps the parameters of a class or alias to arguments. The arguments that a `TypeVarTuple` takes
/// are packed into a tuple.
pub fn bind_type_params(ctx: &dyn TypeContext, params: &[Ty], args: &[Ty]) -> Substitution {
    let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
    let Some(at) = variadic else {
        return params
            .iter()
            .zip(args)
            .filter_map(|(param, arg)| Some((variable_id(*param)?, *arg)))
            .collect();
    };
    let suffix = params.len() - at - 1;
    let split = split_around(ctx, args, at, suffix);
    let mut substitution = Substitution::new();
    let outer = params[..at].iter().zip(&split.prefix).chain(params[at + 1..].iter().zip(&split.suffix));
    if let Some(id) = variable_id(params[at]) {
        substitution.insert(id, Ty::tuple(split.middle.to_vec(), object_tuple(ctx)));
    }
    for (param, arg) in outer {
        if let Some(id) = variable_id(*param) {
            substitution.insert(id, *arg);
        }
    }
    substitution
}

/// Puts the type arguments of an instance in the place of its class's parameters.
pub fn expand_by_instance(ctx: &dyn TypeContext, ty: Ty, instance: &Instance) -> Ty {
    if !ty.has(TyFlags::HAS_TYPE_VAR) {
        return ty;
    }
    let params = ctx.class(instance.class).type_params;
    if params.is_empty() {
        return ty;
    }
    expand_type(ctx, ty, &bind_type_params(ctx, &params, &instance.args))
}

/// Puts `replacement` in the place of every `Self`.
pub fn substitute_self(ctx: &dyn TypeContext, ty: Ty, replacement: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_SELF) {
        return ty;
    }
    let substitution = Substitution { self_type: Some(replacement), ..Substitution::default() };
    expand_type(ctx, ty, &substitution)
}

/// The type of a variable declared with `Self`, as seen through an object of type `self_ty`.
pub fn expand_self_type(ctx: &dyn TypeContext, ty: Ty, self_ty: Ty) -> Ty {
    substitute_self(ctx, ty, self_ty)
}

/// The type itself rather than a use of an alias.
pub fn proper(ctx: &dyn TypeContext, mut ty: Ty) -> Ty {
    // An alias that stands for nothing but itself ends as `Any`.
    for _ in 0..MAX_ALIAS_STEPS {
        let TyKind::Alias { alias, args } = ty.kind() else { return ty };
        ty = instantiate_alias(ctx, *alias, *args);
    }
    Ty::any(AnySource::Error)
}

const MAX_ALIAS_STEPS: usize = 100;

/// One step of a recursive alias: its target with the arguments put in.
pub fn instantiate_alias(ctx: &dyn TypeContext, alias: AliasId, args: TyList) -> Ty {
    let info = ctx.alias(alias);
    if info.type_params.is_empty() {
        return info.target;
    }
    let mut substitution = bind_type_params(ctx, &info.type_params, &args);
    substitution.keep_unions = true;
    expand_type(ctx, info.target, &substitution)
}

struct Expander<'a> {
    ctx: &'a dyn TypeContext,
    substitution: &'a Substitution,
    /// Results for big types, which may occur many times in one type.
    memo: RefCell<FxHashMap<Ty, Ty>>,
    done: Answers<Ty, Ty>,
}

impl<'a> Expander<'a> {
    fn new(ctx: &'a dyn TypeContext, substitution: &'a Substitution) -> Expander<'a> {
        Expander { ctx, substitution, memo: RefCell::default(), done: Answers::default() }
    }

    fn ty(&self, ty: Ty) -> Ty {
        if !ty.has(TyFlags::HAS_TYPE_VAR) {
            return ty;
        }
        match ty.kind() {
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Literal { .. }
            | TyKind::Module(_) => ty,
            TyKind::Instance(instance) => self.done.answer(ty, || self.instance(ty, instance)),
            TyKind::Union(items) if items.len() > 3 => self.memoized(ty, |this| this.union(*items)),
            TyKind::Union(items) => self.done.answer(ty, || self.union(*items)),
            TyKind::Callable(sig) => self.done.answer(ty, || self.callable(ty, *sig)),
            TyKind::Overloaded(items) => Ty::new(TyKind::Overloaded(items.map(|item| self.ty(item)))),
            TyKind::Tuple { items, fallback } => self.done.answer(ty, || self.tuple(*items, *fallback)),
            TyKind::TypedDict(dict) => self.memoized(ty, |this| this.typed_dict(dict)),
            TyKind::Type(item) => type_of(self.ctx, self.ty(*item)),
            TyKind::TypeForm(item) => Ty::new(TyKind::TypeForm(self.ty(*item))),
            TyKind::TypeVar(variable) => self.type_var(ty, variable.id, variable.decl),
            TyKind::ParamSpec(spec) => self.param_spec(spec),
            TyKind::TypeVarTuple(tuple) => self.type_var_tuple(ty, tuple),
            TyKind::Unpack(inner) => Ty::new(TyKind::Unpack(self.ty(*inner))),
            TyKind::Parameters(sig) => self.parameters(ty, *sig),
            TyKind::Alias { alias, args } => Ty::new(TyKind::Alias { alias: *alias, args: self.list(args) }),
        }
    }

    fn memoized(&self, ty: Ty, expand: impl FnOnce(&Self) -> Ty) -> Ty {
        if let Some(known) = self.memo.borrow().get(&ty) {
            return *known;
        }
        let result = expand(self);
        self.memo.borrow_mut().insert(ty, result);
        result
    }

    /// Types among which a `*Ts` may become several.
    fn list(&self, types: &[Ty]) -> TyList {
        let mut out: SmallVec<[Ty; 8]> = SmallVec::with_capacity(types.len());
        for ty in types {
            match unpacked_variable(*ty) {
                Some(variable) => out.extend(self.unpack(*ty, &variable)),
                None => out.push(self.ty(*ty)),
            }
        }
        TyList::from(out.as_slice())
    }

    fn unpack(&self, ty: Ty, variable: &TypeVarTuple) -> SmallVec<[Ty; 4]> {
        let Some(found) = self.substitution.find(variable.id, variable.decl) else {
            return SmallVec::from_slice(&[ty]);
        };
        let mut replacement = crate::proper(self.ctx, found);
        if let TyKind::Unpack(inner) = replacement.kind() {
            replacement = crate::proper(self.ctx, *inner);
        }
        match replacement.kind() {
            TyKind::Tuple { items, .. } => SmallVec::from_slice(items),
            TyKind::Any(_) | TyKind::Never { .. } => {
                SmallVec::from_slice(&[Ty::new(TyKind::Unpack(tuple_of(self.ctx, replacement)))])
            }
            TyKind::None
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
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
            | TyKind::Module(_) => SmallVec::from_slice(&[Ty::new(TyKind::Unpack(replacement))]),
        }
    }

    fn instance(&self, ty: Ty, instance: &Instance) -> Ty {
        let mut args = self.list(&instance.args);
        if args == instance.args {
            return ty;
        }
        if instance.class.is("builtins.tuple")
            && let [only] = args.as_slice()
            && let TyKind::Unpack(inner) = only.kind()
            && homogeneous_item(*inner).is_some()
            && let Some(unpacked) = inner.as_instance()
        {
            args = unpacked.args;
        }
        Ty::new(TyKind::Instance(Instance { args, ..*instance }))
    }

    fn type_var(&self, ty: Ty, id: TypeVarId, decl: TypeVarDecl) -> Ty {
        let own = match (self.substitution.self_type, decl.origin) {
            (Some(replacement), TypeVarOrigin::SelfType(_)) if !id.is_meta() => Some(replacement),
            _ => self.substitution.find(id, decl),
        };
        let Some(replacement) = own else { return ty };
        if let TyKind::Instance(instance) = replacement.kind()
            && instance.last_known.is_some()
        {
            Ty::new(TyKind::Instance(Instance { last_known: None, ..*instance }))
        } else {
            replacement
        }
    }

    fn params(&self, params: &[Param]) -> Vec<Param> {
        params.iter().map(|param| Param { ty: self.ty(param.ty), ..*param }).collect()
    }

    fn param_spec(&self, spec: &ParamSpec) -> Ty {
        let bare = Ty::new(TyKind::ParamSpec(ParamSpec { prefix: None, ..*spec }));
        let replacement = self.substitution.find(spec.id, spec.decl).unwrap_or(bare);
        match replacement.kind() {
            TyKind::ParamSpec(other) => {
                let mut prefix = self.params(prefix_params(spec));
                prefix.extend_from_slice(prefix_params(other));
                Ty::new(TyKind::ParamSpec(ParamSpec { flavor: spec.flavor, ..with_prefix(*other, prefix) }))
            }
            TyKind::Parameters(sig) => match spec.flavor {
                ParamSpecFlavor::Bare => {
                    let prefix = prefix_params(spec);
                    if prefix.is_empty() && !sig.flags.contains(SigFlags::ELLIPSIS) {
                        return replacement;
                    }
                    let mut all = self.params(prefix);
                    all.extend_from_slice(&sig.params);
                    let mut signature = parameters(all);
                    signature.variables = sig.variables;
                    signature.flags |= sig.flags & SigFlags::IMPRECISE_KINDS;
                    Ty::new(TyKind::Parameters(signature.intern()))
                }
                ParamSpecFlavor::Args => {
                    positional_arguments(self.ctx, sig, prefix_params(spec).iter().map(|p| p.ty).collect())
                }
                ParamSpecFlavor::Kwargs => keyword_arguments(self.ctx, sig),
            },
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => replacement,
        }
    }

    fn type_var_tuple(&self, ty: Ty, tuple: &TypeVarTuple) -> Ty {
        let Some(replacement) = self.substitution.find(tuple.id, tuple.decl) else { return ty };
        match replacement.kind() {
            TyKind::Any(_) | TyKind::Never { .. } => tuple_of(self.ctx, replacement),
            TyKind::Unpack(inner) => *inner,
            TyKind::None
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
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => replacement,
        }
    }

    fn tuple(&self, items: TyList, fallback: Ty) -> Ty {
        let items = self.list(&items);
        if let [only] = items.as_slice()
            && let TyKind::Unpack(inner) = only.kind()
            && let TyKind::Instance(_) = inner.kind()
        {
            let plain = fallback.is_instance_of("builtins.tuple") && homogeneous_item(*inner).is_some();
            return if plain { *inner } else { self.ty(fallback) };
        }
        Ty::tuple(items, self.ty(fallback))
    }

    fn typed_dict(&self, dict: &TypedDict) -> Ty {
        let item = |item: &TypedDictItem| TypedDictItem { ty: self.ty(item.ty), ..*item };
        let items: IndexMap<_, _, _> = dict.items.iter().map(|(name, old)| (*name, item(old))).collect();
        Ty::typed_dict(TypedDict {
            items,
            fallback: self.ty(dict.fallback),
            extra_items: dict.extra_items.as_ref().map(item),
        })
    }

    fn union(&self, items: TyList) -> Ty {
        let expanded = items.iter().map(|item| self.ty(item));
        if self.substitution.keep_unions {
            return Ty::union(expanded);
        }
        remove_trivial(self.ctx, expanded)
    }

    fn parameters(&self, ty: Ty, sig: Sig) -> Ty {
        let params = self.params(&sig.params);
        if *params == *sig.params {
            return ty;
        }
        Ty::new(TyKind::Parameters(sig.with_params(params.into_boxed_slice()).intern()))
    }

    fn callable(&self, ty: Ty, sig: Sig) -> Ty {
        self.signature(&sig).map_or(ty, |signature| Ty::callable(signature.intern()))
    }

    /// `None` when nothing changes.
    fn signature(&self, sig: &Signature) -> Option<Signature> {
        let mut flags = sig.flags;
        let mut variables = sig.variables;
        let mut trivial = false;
        let mut variadic = false;
        let replacement = param_spec(sig).and_then(|spec| self.substitution.find(spec.id, spec.decl));
        let params = match replacement.map(Ty::kind) {
            Some(TyKind::Parameters(new)) => {
                let mut params = self.params(&sig.params[..sig.params.len() - 2]);
                params.extend_from_slice(&new.params);
                flags |= new.flags & SigFlags::IMPRECISE_KINDS;
                if !new.variables.is_empty() {
                    variables = new.variables.iter().chain(sig.variables).collect();
                }
                trivial = true;
                params
            }
            Some(TyKind::ParamSpec(new)) => {
                let mut params = self.params(&sig.params[..sig.params.len() - 2]);
                let prefix = prefix_params(new);
                params.extend_from_slice(prefix);
                let own = &sig.params[sig.params.len() - 2..];
                let names = own.iter().map(|param| param.name);
                params.extend(
                    param_spec_params(*new).into_iter().zip(names).map(|(p, name)| Param { name, ..p }),
                );
                if !prefix.is_empty() {
                    flags |= SigFlags::FROM_CONCATENATE;
                }
                params
            }
            _ => {
                variadic = matches!(sig.star().map(|star| star.ty.kind()), Some(TyKind::Unpack(_)));
                sig.params.iter().map(|param| self.param(param)).collect()
            }
        };
        if became_any(sig.star(), &params, ParamKind::Star)
            && became_any(sig.star2(), &params, ParamKind::Star2)
        {
            flags |= SigFlags::SPECIALISED_ANY;
        }
        let ret = self.ty(sig.ret);
        let optional = |ty: Option<Ty>| ty.map(|ty| self.ty(ty));
        let (type_guard, type_is) = (optional(sig.type_guard), optional(sig.type_is));
        let instance_type = optional(sig.instance_type);
        let same = ret == sig.ret
            && *params == *sig.params
            && type_guard == sig.type_guard
            && type_is == sig.type_is
            && instance_type == sig.instance_type
            && flags == sig.flags
            && variables == sig.variables;
        if same {
            return None;
        }
        let mut signature = Signature {
            params: params.into_boxed_slice(),
            ret,
            variables,
            fallback: sig.fallback,
            name: sig.name,
            definition: sig.definition,
            deprecated: sig.deprecated,
            flags,
            type_guard,
            type_is,
            instance_type,
            bound_self: sig.bound_self,
        };
        if variadic {
            signature = normalize_var_args(self.ctx, signature);
        } else if trivial {
            normalize_trivial_unpack(self.ctx, &mut signature);
        }
        Some(signature)
    }

    fn param(&self, param: &Param) -> Param {
        let ty = match (param.kind, param.ty.kind()) {
            (ParamKind::Star, TyKind::Unpack(inner)) => self.star(*inner),
            _ => self.ty(param.ty),
        };
        Param { ty, ..*param }
    }

    /// The type of a `*args: *inner`: an unpacked tuple, to be normalized.
    fn star(&self, inner: Ty) -> Ty {
        let packed = match crate::proper(self.ctx, inner).kind() {
            TyKind::Tuple { items, fallback } => Ty::tuple(self.list(items), *fallback),
            TyKind::TypeVarTuple(variable) => {
                let items = self.unpack(Ty::new(TyKind::Unpack(inner)), variable);
                Ty::tuple(items.to_vec(), object_tuple(self.ctx))
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
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.ty(inner),
        };
        Ty::new(TyKind::Unpack(packed))
    }
}

/// Whether the parameter of this kind had a type variable for its type, and now has `Any`.
fn became_any(before: Option<&Param>, params: &[Param], kind: ParamKind) -> bool {
    before.is_some_and(|param| matches!(param.ty.kind(), TyKind::TypeVar(_)))
        && params.iter().any(|param| param.kind == kind && param.ty.is_any())
}

/// A union without `Never` and exact repetitions; `object` swallows the rest.
pub(crate) fn remove_trivial(ctx: &dyn TypeContext, items: impl IntoIterator<Item = Ty>) -> Ty {
    let mut kept: SmallVec<[Ty; 8]> = SmallVec::new();
    let mut has_any = false;
    for item in crate::normalize::flatten_unions(ctx, items) {
        let expanded = crate::proper(ctx, item);
        // One `Any` is as good as another, wherever it comes from.
        if expanded.is_never() || (expanded.is_any() && std::mem::replace(&mut has_any, true)) {
            continue;
        }
        if expanded.is_instance_of("builtins.object") {
            return expanded;
        }
        kept.push(item);
    }
    crate::proper(ctx, Ty::union(kept))
}

/// The sequences of arguments that can be passed as `*args` to a list of parameters.
fn positional_arguments(ctx: &dyn TypeContext, sig: &Signature, mut required: Vec<Ty>) -> Ty {
    let fallback = object_tuple(ctx);
    if sig.is_generic() {
        return fallback;
    }
    let mut optional: Vec<Ty> = Vec::new();
    for param in &sig.params {
        match param.kind {
            ParamKind::Pos if param.name.is_none() => {
                required.append(&mut optional);
                required.push(param.ty);
            }
            ParamKind::Pos | ParamKind::Opt => optional.push(param.ty),
            ParamKind::Star => {
                optional.push(if let TyKind::Unpack(_) = param.ty.kind() {
                    param.ty
                } else {
                    Ty::new(TyKind::Unpack(tuple_of(ctx, param.ty)))
                });
                break;
            }
            ParamKind::Named | ParamKind::NamedOpt | ParamKind::Star2 => {}
        }
    }
    Ty::union((0..=optional.len()).map(|taken| {
        let mut items = required.clone();
        items.extend_from_slice(&optional[..taken]);
        debug_assert!(find_unpack(&optional[..optional.len().saturating_sub(1)]).is_none());
        Ty::tuple(items, fallback)
    }))
}

/// The arguments that can be passed as `**kwargs`: a typed dict, or a `dict` when only `**kwargs` is there.
fn keyword_arguments(ctx: &dyn TypeContext, sig: &Signature) -> Ty {
    let fallback = object_dict(ctx);
    if sig.is_generic() {
        return fallback;
    }
    let mut items = IndexMap::default();
    let mut extra = None;
    for param in &sig.params {
        match (param.kind, param.name) {
            (ParamKind::Star2, _) => extra = Some(param.ty),
            (ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt, Some(name)) => {
                let required = param.kind == ParamKind::Named;
                items.insert(name, TypedDictItem { ty: param.ty, required, read_only: false });
            }
            (ParamKind::Star, _)
            | (ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt, None) => {}
        }
    }
    if items.is_empty()
        && let Some(extra) = extra
        && let Some(dict) = fallback.as_instance()
        && let Some(key) = dict.args.first()
    {
        return Ty::instance(dict.class, [*key, extra]);
    }
    let closed = TypedDictItem { ty: Ty::never(), required: false, read_only: false };
    let extra_items = if extra.is_none() { Some(closed) } else { None };
    Ty::typed_dict(TypedDict { items, fallback, extra_items })
}
