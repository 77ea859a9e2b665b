//! Meets: what is both.

mod structural;

use rustc_hash::FxHashSet;

use crate::join::{are_similar, combine_similar, match_variables, unpack_kwargs, with_bound};
use crate::subtype::is_proper_subtype_unpromoted;
use crate::subtype::{callback_signature, instance_type, is_metaclass, is_recursive_pair, packed_arguments};
use crate::{
    AnySource, ClassFlags, Instance, KnownClass, Param, Sig, SigFlags, Signature, Ty, TyKind, TyList,
    TypeContext, TypeVar, callable_fallback, is_equivalent, is_same_type, is_subtype, join_types,
    make_simplified_union, proper, tuple_of, type_of,
};

/// Nesting beyond which nothing is both.
const MAX_DEPTH: u32 = 100;

/// The meet of two types; `Never` where nothing is both.
pub fn meet_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    let state = ctx.relations();
    let depth = state.depth.get();
    if depth > MAX_DEPTH {
        return nothing(ctx);
    }
    state.depth.set(depth + 1);
    let met = if is_recursive_pair(ctx, left, right) {
        trivial_meet(ctx, left, right)
    } else {
        meet_proper(ctx, proper(ctx, left), proper(ctx, right))
    };
    state.depth.set(depth);
    met
}

/// The meet of several types; `Any` for none.
pub fn meet_type_list(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let Some((first, rest)) = items.split_first() else { return Ty::any(AnySource::Implementation) };
    rest.iter().fold(*first, |met, item| meet_types(ctx, met, *item))
}

/// What no value is both of.
pub(crate) fn nothing(ctx: &dyn TypeContext) -> Ty {
    if ctx.options().strict_optional { Ty::never() } else { Ty::none() }
}

fn trivial_meet(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    if is_subtype(ctx, left, right) {
        proper(ctx, left)
    } else if is_subtype(ctx, right, left) {
        proper(ctx, right)
    } else {
        nothing(ctx)
    }
}

fn meet_proper(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    let (mut s, mut t) = (left, right);
    if let (Some(l), Some(r)) = (instance_or_fallback(&s), instance_or_fallback(&t))
        && l.class == r.class
        && (l.extra.is_some() || r.extra.is_some())
        && is_same_type(ctx, s, t)
    {
        return more_attributes(s, l, t, r);
    }
    if is_proper_subtype_unpromoted(ctx, s, t) {
        return s;
    }
    if is_proper_subtype_unpromoted(ctx, t, s) {
        return t;
    }
    if matches!(s.kind(), TyKind::Erased) {
        return s;
    }
    if s.is_any() {
        return t;
    }
    if matches!(s.kind(), TyKind::Union(_)) && !matches!(t.kind(), TyKind::Union(_)) {
        std::mem::swap(&mut s, &mut t);
    }
    Meet { ctx, s: unpack_kwargs(ctx, s) }.with(unpack_kwargs(ctx, t))
}

/// The instance that knows of further attributes: a tuple's are in its fallback.
fn instance_or_fallback(ty: &Ty) -> Option<&Instance> {
    if let TyKind::Tuple { fallback, .. } = ty.kind() { fallback.as_instance() } else { ty.as_instance() }
}

/// Of two equal types the one of which more attributes are known.
fn more_attributes(s: Ty, l: &Instance, t: Ty, r: &Instance) -> Ty {
    match (l.extra, r.extra) {
        (Some(own), Some(other)) if own.attributes.len() > other.attributes.len() => s,
        (Some(_), None) => s,
        _ => t,
    }
}

/// The meet with `s`.
struct Meet<'a> {
    ctx: &'a dyn TypeContext,
    s: Ty,
}

impl Meet<'_> {
    fn meet(&self, left: Ty, right: Ty) -> Ty {
        meet_types(self.ctx, left, right)
    }

    fn nothing(&self) -> Ty {
        nothing(self.ctx)
    }

    fn with(&self, t: Ty) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        match t.kind() {
            TyKind::Any(_) | TyKind::Erased => s,
            TyKind::Union(items) => self.with_union(*items),
            TyKind::None => {
                let has_none = s.is_none() || s.is_instance_of("builtins.object");
                if has_none || !ctx.options().strict_optional { t } else { Ty::never() }
            }
            TyKind::Never { .. } => t,
            TyKind::Deleted => match s.kind() {
                TyKind::None if !ctx.options().strict_optional => s,
                TyKind::Never { .. } => s,
                TyKind::Any(_)
                | TyKind::None
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
                | TyKind::Module(_) => t,
            },
            TyKind::TypeVar(variable) => self.with_type_var(variable),
            TyKind::ParamSpec(_) => {
                if s == t {
                    s
                } else {
                    self.nothing()
                }
            }
            TyKind::TypeVarTuple(variable) => {
                if let TyKind::TypeVarTuple(own) = s.kind()
                    && own.id == variable.id
                {
                    if own.min_len > variable.min_len { s } else { t }
                } else {
                    self.nothing()
                }
            }
            TyKind::Parameters(sig) => self.with_parameters(*sig),
            TyKind::Instance(instance) => self.with_instance(t, instance),
            TyKind::Callable(sig) => self.with_callable(t, *sig),
            TyKind::Overloaded(_) => self.with_overloaded(t),
            TyKind::Tuple { items, fallback } => self.with_tuple(t, *items, *fallback),
            TyKind::TypedDict(dict) => self.with_typed_dict(t, dict),
            TyKind::Literal { fallback, .. } => {
                let covers = s.as_instance().is_some() && is_subtype(ctx, *fallback, s);
                if s == t || covers || is_subtype(ctx, t, s) {
                    t
                } else if is_subtype(ctx, s, t) {
                    s
                } else {
                    self.nothing()
                }
            }
            TyKind::Type(item) | TyKind::TypeForm(item) => self.with_type_object(t, *item),
            TyKind::Module(_) => {
                if is_subtype(ctx, ctx.known_instance(KnownClass::ModuleType), s) {
                    t
                } else {
                    self.nothing()
                }
            }
            TyKind::Unpack(_) | TyKind::Alias { .. } => self.nothing(),
        }
    }

    fn with_union(&self, items: TyList) -> Ty {
        if let TyKind::Union(others) = self.s.kind()
            && items.iter().chain(*others).all(|item| matches!(item.kind(), TyKind::Literal { .. }))
        {
            // Two literals are the same or have nothing in common.
            let others: FxHashSet<Ty> = others.iter().collect();
            return make_simplified_union(self.ctx, items.iter().filter(|item| others.contains(item)));
        }
        let mut meets = Vec::new();
        for item in items {
            if let TyKind::Union(others) = self.s.kind() {
                meets.extend(others.iter().map(|other| self.meet(item, other)))
            } else {
                meets.push(self.meet(item, self.s))
            }
        }
        make_simplified_union(self.ctx, meets)
    }

    fn with_type_var(&self, t: &TypeVar) -> Ty {
        let TyKind::TypeVar(s) = self.s.kind() else { return self.nothing() };
        if s.id != t.id {
            return self.nothing();
        }
        let bound = |variable: &TypeVar| crate::constraints::upper_bound(self.ctx, variable.decl);
        let (own, other) = (bound(s), bound(t));
        if own == other { self.s } else { with_bound(self.ctx, s, self.meet(own, other)) }
    }

    fn with_parameters(&self, t: Sig) -> Ty {
        let TyKind::Parameters(s) = self.s.kind() else { return self.nothing() };
        if s.params.len() != t.params.len() {
            return self.nothing();
        }
        let params: Vec<Param> = t
            .params
            .iter()
            .zip(&s.params)
            .map(|(own, other)| Param { ty: join_types(self.ctx, other.ty, own.ty), ..*own })
            .collect();
        let signature = Signature { params: params.into_boxed_slice(), ..t.get().clone() };
        Ty::new(TyKind::Parameters(signature.intern()))
    }

    fn with_instance(&self, t: Ty, instance: &Instance) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        match s.kind() {
            TyKind::Instance(own) => {
                let (below, above) = (is_subtype(ctx, t, s), is_subtype(ctx, s, t));
                if own.class == instance.class && (below || above) {
                    self.same_class(instance, own)
                } else if below && above && ctx.class(own.class).flags.contains(ClassFlags::NATIVE_INT) {
                    s
                } else if below {
                    t
                } else if above {
                    s
                } else {
                    self.nothing()
                }
            }
            TyKind::Callable(_) | TyKind::Overloaded(_) if ctx.class(instance.class).is_protocol() => {
                match callback_signature(ctx, t) {
                    Some(call) => self.meet(call, s),
                    None => self.nothing(),
                }
            }
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                let fallback = callable_fallback(ctx, s);
                let fits = is_type_object(s)
                    && is_metaclass(ctx.class(instance.class), false)
                    && is_subtype(ctx, fallback, t);
                if fits { s } else { self.nothing() }
            }
            TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::TypedDict(_)
            | TyKind::Module(_) => self.meet(t, s),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. } => self.nothing(),
        }
    }

    fn same_class(&self, t: &Instance, s: &Instance) -> Ty {
        let ctx = self.ctx;
        let params = ctx.class(t.class).type_params.as_slice();
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let pack = |instance: &Instance| match variadic {
            Some(at) => packed_arguments(ctx, &instance.args, at, params.len() - at - 1),
            None => instance.args.to_vec(),
        };
        let mut args: Vec<Ty> = Vec::with_capacity(params.len());
        for ((own, other), param) in pack(t).into_iter().zip(pack(s)).zip(params) {
            let met = self.meet(own, other);
            match (param.kind(), met.kind()) {
                (TyKind::TypeVarTuple(_), TyKind::Tuple { items, .. }) => args.extend(items.iter()),
                (TyKind::TypeVarTuple(_), _) => args.push(Ty::new(TyKind::Unpack(tuple_of(ctx, met)))),
                _ => args.push(met),
            }
        }
        Ty::instance(t.class, args)
    }

    fn callback_of(&self, ty: Ty) -> Option<Ty> {
        let instance = ty.as_instance()?;
        if !self.ctx.class(instance.class).is_protocol() {
            return None;
        }
        callback_signature(self.ctx, ty)
    }

    fn with_callable(&self, t: Ty, sig: Sig) -> Ty {
        let ctx = self.ctx;
        match self.s.kind() {
            TyKind::Callable(own) if are_similar(&sig, own) => {
                if is_equivalent(ctx, t, self.s) {
                    return combine_similar(ctx, sig, *own);
                }
                let mut met = meet_similar(ctx, sig, *own);
                crate::join::mark_common_class(ctx, sig, *own, &mut met);
                if proper(ctx, met.ret).is_never() { self.nothing() } else { met.into_ty() }
            }
            TyKind::Type(item) if sig.is_type_object() && !sig.is_generic() => {
                let met = self.meet(*item, instance_type(ctx, sig, false));
                if met.is_none() || met.is_never() { self.nothing() } else { type_of(ctx, met) }
            }
            TyKind::Instance(_) => match self.callback_of(self.s) {
                Some(call) => self.meet(t, call),
                None => self.nothing(),
            },
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => self.nothing(),
        }
    }

    fn with_overloaded(&self, t: Ty) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        if let TyKind::Callable(_) | TyKind::Overloaded(_) = s.kind() {
            if is_subtype(ctx, s, t) {
                s
            } else if is_subtype(ctx, t, s) {
                t
            } else {
                self.meet(callable_fallback(ctx, t), callable_fallback(ctx, s))
            }
        } else {
            match self.callback_of(s) {
                Some(call) => self.meet(t, call),
                None => self.meet(callable_fallback(ctx, t), s),
            }
        }
    }

    fn with_type_object(&self, t: Ty, item: Ty) -> Ty {
        let is_form = |ty: Ty| matches!(ty.kind(), TyKind::TypeForm(_));
        match self.s.kind() {
            TyKind::Type(own) | TyKind::TypeForm(own) => {
                let met = self.meet(item, *own);
                if met.is_none() {
                    met
                } else if is_form(self.s) && is_form(t) {
                    Ty::new(TyKind::TypeForm(met))
                } else {
                    type_of(self.ctx, met)
                }
            }
            TyKind::Instance(instance) if instance.class.is("builtins.type") => t,
            TyKind::Callable(_) => self.meet(t, self.s),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.nothing(),
        }
    }
}

fn is_type_object(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Callable(sig) => sig.is_type_object(),
        TyKind::Overloaded(items) => items.first().is_some_and(|first| is_type_object(*first)),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
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
        | TyKind::Module(_) => false,
    }
}

fn meet_similar(ctx: &dyn TypeContext, t: Sig, s: Sig) -> Signature {
    let s = match_variables(ctx, t, s);
    let params: Vec<Param> = t
        .params
        .iter()
        .zip(&s.params)
        .map(|(own, other)| Param { ty: crate::join::safe_join(ctx, own.ty, other.ty), ..*own })
        .collect();
    // What is both a class and a function is a class.
    let is_function = |sig: Sig| sig.fallback.is_instance_of("builtins.function");
    let (fallback, other) = if is_function(t) { (s.fallback, s) } else { (t.fallback, t) };
    let instance_type = match (t.instance_type, s.instance_type) {
        (Some(own), Some(other)) => Some(meet_types(ctx, own, other)),
        (own, other) => own.or(other),
    };
    Signature {
        params: params.into_boxed_slice(),
        ret: meet_types(ctx, t.ret, s.ret),
        fallback,
        instance_type,
        name: None,
        flags: t.flags | (other.flags & SigFlags::TYPE_OBJECT),
        ..t.get().clone()
    }
}
