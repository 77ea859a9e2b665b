//! Joins: the closest type that both types are.

mod callables;
mod instances;
mod structural;

use crate::context::RelationState;
use crate::subtype::{callback_signature, is_recursive_pair};
use crate::truthiness::{possible_truth, true_or_false};
use crate::{
    AnySource, KnownClass, Ty, TyKind, TypeContext, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarOrigin,
    callable_fallback, is_proper_subtype, is_protocol_implementation, is_subtype, make_simplified_union,
    proper, tuple_fallback, type_of, with_unpacked_kwargs,
};

pub(crate) use callables::{are_similar, combine_similar, mark_common_class, match_variables, safe_join};
use instances::Joiner;

/// The join of two types.
pub fn join_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> Ty {
    join_with(ctx, left, right, &Joiner::default())
}

/// The join of several types; `Never` for none.
pub fn join_type_list(ctx: &dyn TypeContext, items: &[Ty]) -> Ty {
    let Some((first, rest)) = items.split_first() else { return Ty::never() };
    rest.iter().fold(*first, |joined, item| join_types(ctx, joined, *item))
}

/// One of the two if it covers the other, else `object`.
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
    if matches!(left.kind(), TyKind::Erased) {
        return right;
    }
    if is_proper_subtype(ctx, left, right) {
        return right;
    }
    if is_proper_subtype(ctx, right, left) {
        return left;
    }
    if declaration.is_some_and(|declared| matches!(proper(ctx, declared).kind(), TyKind::Union(_))) {
        return make_simplified_union(ctx, [left, right]);
    }
    let joined = join_types(ctx, left, right);
    match declaration {
        Some(declared) if !is_subtype(ctx, joined, declared) => declared,
        Some(_) | None => joined,
    }
}

/// `object` for what has a class, `Any` where none can be told.
pub fn object_or_any(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match proper(ctx, ty).kind() {
        TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Tuple { .. }
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Module(_) => ctx.object(),
        TyKind::Type(item) | TyKind::TypeForm(item) => object_or_any(ctx, *item),
        TyKind::TypeVar(variable) => object_or_any(ctx, bound_of(ctx, variable)),
        TyKind::Union(items) => {
            let found = items.iter().map(|item| object_or_any(ctx, item)).find(|ty| !ty.is_any());
            found.unwrap_or_else(|| Ty::any(AnySource::Implementation))
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Overloaded(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. } => Ty::any(AnySource::Implementation),
    }
}

fn bound_of(ctx: &dyn TypeContext, variable: &TypeVar) -> Ty {
    crate::constraints::upper_bound(ctx, variable.decl)
}

/// The variable where more is known of its bound.
pub fn with_bound(ctx: &dyn TypeContext, variable: &TypeVar, bound: Ty) -> Ty {
    if bound == bound_of(ctx, variable) {
        return Ty::new(TyKind::TypeVar(*variable));
    }
    let origin = TypeVarOrigin::Synthetic { bound };
    let decl = TypeVarDecl::new(TypeVarDeclData { origin, ..*variable.decl });
    Ty::new(TyKind::TypeVar(TypeVar { id: variable.id, decl }))
}

/// Nesting beyond which only `object` is found.
const MAX_DEPTH: u32 = 100;

/// A level of nesting, given back when dropped.
struct Level<'a>(&'a RelationState, u32);

impl Level<'_> {
    fn enter(state: &RelationState) -> Option<Level<'_>> {
        let depth = state.depth.get();
        state.depth.set(depth + 1);
        let level = Level(state, depth);
        (depth < MAX_DEPTH).then_some(level)
    }
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.1);
    }
}

fn join_with(ctx: &dyn TypeContext, left: Ty, right: Ty, joiner: &Joiner) -> Ty {
    let state = ctx.relations();
    let depth = state.join_depth.get();
    if depth == 0 {
        state.joins.clear();
    }
    state.join_depth.set(depth + 1);
    let joined = state.joins.answer((left, right), || join_once(ctx, left, right, joiner));
    state.join_depth.set(depth);
    joined
}

fn join_once(ctx: &dyn TypeContext, left: Ty, right: Ty, joiner: &Joiner) -> Ty {
    let Some(_level) = Level::enter(ctx.relations()) else { return ctx.object() };
    if is_recursive_pair(ctx, left, right) {
        return trivial_join(ctx, left, right);
    }
    let (mut s, mut t) = (normal(ctx, left), normal(ctx, right));
    // Types that differ in truth are joined as what they are without regard to it.
    if possible_truth(ctx, s) != possible_truth(ctx, t) {
        (s, t) = (true_or_false(ctx, s), true_or_false(ctx, t));
    }
    if matches!(s.kind(), TyKind::Union(_)) && !matches!(t.kind(), TyKind::Union(_)) {
        std::mem::swap(&mut s, &mut t);
    }
    if s.is_any() {
        return s;
    }
    if matches!(s.kind(), TyKind::Erased) {
        return t;
    }
    if s.is_none() && !t.is_none() {
        std::mem::swap(&mut s, &mut t);
    }
    if s.is_never() && !t.is_never() {
        std::mem::swap(&mut s, &mut t);
    }
    Join { ctx, s, joiner }.with(t)
}

/// The type itself, a module as an instance, keyword arguments unpacked.
fn normal(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let ty = proper(ctx, ty);
    if let TyKind::Module(_) = ty.kind() {
        ctx.known_instance(KnownClass::ModuleType)
    } else {
        unpack_kwargs(ctx, ty)
    }
}

/// `**kwargs: **TD` as named parameters.
pub(crate) fn unpack_kwargs(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let needs = |sig: &crate::Sig| sig.star2().is_some_and(|p| matches!(p.ty.kind(), TyKind::Unpack(_)));
    match ty.kind() {
        TyKind::Callable(sig) if needs(sig) => with_unpacked_kwargs(ctx, sig.get().clone()).into_ty(),
        TyKind::Overloaded(items)
            if items.iter().any(|item| item.as_callable().is_some_and(|s| needs(&s))) =>
        {
            Ty::overloaded(items.map(|item| unpack_kwargs(ctx, item)))
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
        | TyKind::Module(_) => ty,
    }
}

/// The join with `s`.
struct Join<'a> {
    ctx: &'a dyn TypeContext,
    s: Ty,
    joiner: &'a Joiner,
}

impl Join<'_> {
    fn join(&self, left: Ty, right: Ty) -> Ty {
        join_types(self.ctx, left, right)
    }

    fn with(&self, t: Ty) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        match t.kind() {
            TyKind::Any(_) => t,
            TyKind::Union(_) => {
                if is_proper_subtype(ctx, s, t) {
                    t
                } else {
                    make_simplified_union(ctx, [s, t])
                }
            }
            TyKind::None => self.with_none(t),
            TyKind::Never { .. } | TyKind::Deleted | TyKind::Erased => s,
            TyKind::TypeVar(variable) => self.with_type_var(variable),
            TyKind::ParamSpec(_) => {
                if s == t {
                    t
                } else {
                    self.default(s)
                }
            }
            TyKind::TypeVarTuple(_) => {
                let covers = || is_subtype(ctx, crate::object_tuple(ctx), s);
                if s == t || (s.as_instance().is_some() && covers()) { s } else { self.default(s) }
            }
            TyKind::Unpack(_) => self.with_unpack(t),
            TyKind::Parameters(sig) => self.with_parameters(*sig),
            TyKind::Instance(_) => self.with_instance(t),
            TyKind::Callable(sig) => self.with_callable(t, *sig),
            TyKind::Overloaded(items) => self.with_overloaded(t, *items),
            TyKind::Tuple { items, .. } => self.with_tuple(t, *items),
            TyKind::TypedDict(dict) => self.with_typed_dict(dict),
            TyKind::Literal { fallback, .. } => self.with_literal(t, *fallback),
            TyKind::Type(_) | TyKind::TypeForm(_) => self.with_type_object(t),
            TyKind::Module(_) => self.join(s, ctx.known_instance(KnownClass::ModuleType)),
            TyKind::Alias { .. } => self.join(s, proper(ctx, t)),
        }
    }

    /// What types without a closer join have in common.
    fn default(&self, ty: Ty) -> Ty {
        match proper(self.ctx, ty).kind() {
            TyKind::Instance(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::ParamSpec(_)
            | TyKind::Module(_) => self.ctx.object(),
            TyKind::Type(item) | TyKind::TypeForm(item) => self.default(*item),
            TyKind::TypeVar(variable) => self.default(bound_of(self.ctx, variable)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Literal { .. }
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. } => Ty::any(AnySource::SpecialForm),
        }
    }

    fn with_none(&self, t: Ty) -> Ty {
        if !self.ctx.options().strict_optional {
            return self.s;
        }
        match self.s.kind() {
            TyKind::None | TyKind::Never { .. } => t,
            TyKind::Any(_) => Ty::any(AnySource::SpecialForm),
            TyKind::Deleted
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
            | TyKind::Module(_) => make_simplified_union(self.ctx, [self.s, t]),
        }
    }

    fn with_type_var(&self, t: &TypeVar) -> Ty {
        let TyKind::TypeVar(s) = self.s.kind() else { return self.default(self.s) };
        let (own, other) = (bound_of(self.ctx, s), bound_of(self.ctx, t));
        if s.id != t.id {
            return proper(self.ctx, self.join(own, other));
        }
        if own == other { self.s } else { with_bound(self.ctx, s, self.join(own, other)) }
    }

    fn with_unpack(&self, t: Ty) -> Ty {
        match (self.s.kind(), t.kind()) {
            (TyKind::Unpack(s), TyKind::Unpack(t)) => Ty::new(TyKind::Unpack(self.join(*s, *t))),
            _ => object_or_any(self.ctx, t),
        }
    }

    fn with_instance(&self, t: Ty) -> Ty {
        let ctx = self.ctx;
        let s = self.s;
        match s.kind() {
            TyKind::Instance(own) => {
                let TyKind::Instance(other) = t.kind() else { return self.default(s) };
                let nominal = self.joiner.instances(ctx, t, s);
                let is_protocol = |class| ctx.class(class).is_protocol();
                let structural = if is_protocol(other.class) && is_protocol_implementation(ctx, s, t, false) {
                    t
                } else if is_protocol(own.class) && is_protocol_implementation(ctx, t, s, false) {
                    s
                } else {
                    return nominal;
                };
                if instances::is_better(ctx, nominal, structural) { nominal } else { structural }
            }
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                if let Some(call) = self.callback_of(t) {
                    return self.join(call, s);
                }
                self.join(t, callable_fallback(ctx, s))
            }
            TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypedDict(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. } => self.join(t, s),
            TyKind::TypeVarTuple(_) if is_subtype(ctx, crate::object_tuple(ctx), t) => t,
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
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.default(s),
        }
    }

    /// What a protocol that asks for `__call__` alone is called with.
    fn callback_of(&self, ty: Ty) -> Option<Ty> {
        let instance = ty.as_instance()?;
        if !self.ctx.class(instance.class).is_protocol() {
            return None;
        }
        callback_signature(self.ctx, ty)
    }

    fn with_literal(&self, t: Ty, fallback: Ty) -> Ty {
        let is_enum =
            |ty: Ty| ty.as_instance().is_some_and(|instance| self.ctx.class(instance.class).is_enum());
        match self.s.kind() {
            TyKind::Literal { fallback: own, .. } => {
                if self.s == t {
                    t
                } else if is_enum(*own) && is_enum(fallback) {
                    make_simplified_union(self.ctx, [self.s, t])
                } else {
                    self.join(*own, fallback)
                }
            }
            TyKind::Instance(own) if own.last_known == Some(t) => t,
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
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.join(self.s, fallback),
        }
    }

    fn with_type_object(&self, t: Ty) -> Ty {
        match (self.s.kind(), t.kind()) {
            (TyKind::Type(own), TyKind::Type(other)) => type_of(self.ctx, self.join(*other, *own)),
            (TyKind::Type(own) | TyKind::TypeForm(own), TyKind::Type(other) | TyKind::TypeForm(other)) => {
                Ty::new(TyKind::TypeForm(self.join(*other, *own)))
            }
            (TyKind::Instance(instance), _) if instance.class.is("builtins.type") => self.s,
            _ => self.default(self.s),
        }
    }

    fn with_tuple(&self, t: Ty, items: crate::TyList) -> Ty {
        let TyKind::Tuple { items: own, .. } = self.s.kind() else {
            return self.join(self.s, tuple_fallback(self.ctx, t));
        };
        self.tuples(t, *own, items)
    }
}
