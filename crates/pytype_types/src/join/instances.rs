//! Joins of instances: by their classes' ancestors.

use std::cell::RefCell;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::{Ty, join_with};
use crate::subtype::{packed_arguments, variance_of};
use crate::{
    AnySource, ClassFlags, ClassId, Instance, SubtypeOptions, TyKind, TypeContext, Variance, is_equivalent,
    is_proper_subtype_with, is_subtype, map_to_supertype, proper,
};

/// Joins instances; remembers which are under way, since type arguments may lead back to them.
#[derive(Default)]
pub(super) struct Joiner {
    seen: RefCell<Vec<(Ty, Ty)>>,
}

impl Joiner {
    pub(super) fn instances(&self, ctx: &dyn TypeContext, t: Ty, s: Ty) -> Ty {
        let (TyKind::Instance(l), TyKind::Instance(r)) = (t.kind(), s.kind()) else { return ctx.object() };
        let known = |pair: (Ty, Ty)| self.seen.borrow().contains(&pair);
        if known((t, s)) || known((s, t)) || self.seen.borrow().len() > 60 {
            return ctx.object();
        }
        self.seen.borrow_mut().push((t, s));
        let result = if l.class == r.class {
            self.same_class(ctx, l, r)
        } else {
            let options = SubtypeOptions { ignore_type_params: true, ..SubtypeOptions::default() };
            if !ctx.class(l.class).bases.is_empty() && is_proper_subtype_with(ctx, t, s, options) {
                self.via_supertype(ctx, t, l, s, r)
            } else {
                self.via_supertype(ctx, s, r, t, l)
            }
        };
        self.seen.borrow_mut().pop();
        result
    }

    fn same_class(&self, ctx: &dyn TypeContext, l: &Instance, r: &Instance) -> Ty {
        let params = ctx.class(l.class).type_params.as_slice();
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let pack = |instance: &Instance| match variadic {
            Some(at) => packed_arguments(ctx, &instance.args, at, params.len() - at - 1),
            None => instance.args.to_vec(),
        };
        let mut args: Vec<Ty> = Vec::with_capacity(params.len());
        for ((own, other), param) in pack(l).into_iter().zip(pack(r)).zip(params) {
            let Some(joined) = self.argument(ctx, l.class, own, other, *param) else { return ctx.object() };
            match (param.kind(), joined.kind()) {
                (TyKind::TypeVarTuple(_), TyKind::Tuple { items, .. }) => args.extend(items.iter()),
                (TyKind::TypeVarTuple(_), TyKind::Instance(_)) => args.push(Ty::new(TyKind::Unpack(joined))),
                _ => args.push(joined),
            }
        }
        Ty::instance(l.class, args)
    }

    /// The join of two type arguments, or `None` if the class allows none.
    fn argument(&self, ctx: &dyn TypeContext, class: ClassId, own: Ty, other: Ty, param: Ty) -> Option<Ty> {
        let (a, b) = (proper(ctx, own), proper(ctx, other));
        if a.is_any() || b.is_any() {
            return Some(Ty::any(AnySource::Derived));
        }
        match param.kind() {
            TyKind::TypeVar(variable) => match variance_of(ctx, class, param) {
                Variance::Covariant => {
                    let joined = join_with(ctx, own, other, self);
                    let values = crate::constraints::values(ctx, variable.decl);
                    let bound = crate::constraints::upper_bound(ctx, variable.decl);
                    let in_values = values.is_empty() || values.contains(&joined);
                    (in_values && is_subtype(ctx, joined, bound)).then_some(joined)
                }
                Variance::Invariant | Variance::Contravariant => {
                    // What inference left open takes the other's type.
                    if matches!(a.kind(), TyKind::Never { ambiguous: true }) {
                        return Some(other);
                    }
                    if matches!(b.kind(), TyKind::Never { ambiguous: true }) {
                        return Some(own);
                    }
                    is_equivalent(ctx, own, other).then(|| join_with(ctx, own, other, self))
                }
            },
            TyKind::TypeVarTuple(_) => Some(proper(ctx, join_with(ctx, own, other, self))),
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
            | TyKind::ParamSpec(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => is_equivalent(ctx, own, other).then(|| join_with(ctx, own, other, self)),
        }
    }

    /// The join through the ancestors of `t`'s class: the best one counts.
    fn via_supertype(&self, ctx: &dyn TypeContext, t: Ty, l: &Instance, s: Ty, r: &Instance) -> Ty {
        let (own, other) = (ctx.class(l.class), ctx.class(r.class));
        if own.flags.contains(ClassFlags::NATIVE_INT) && r.class.is("builtins.int") {
            return t;
        }
        if other.flags.contains(ClassFlags::NATIVE_INT) && l.class.is("builtins.int") {
            return s;
        }
        // A promotion counts for more: `int` and `float` are `float`.
        if let Some(promoted) = own.promotions.iter().find(|promoted| is_subtype(ctx, *promoted, s)) {
            return join_with(ctx, promoted, s, self);
        }
        if let Some(promoted) = other.promotions.iter().find(|promoted| is_subtype(ctx, *promoted, t)) {
            return join_with(ctx, t, promoted, self);
        }
        let mut bases: IndexSet<ClassId, FxBuildHasher> =
            own.bases.iter().filter_map(|base| base.as_instance()).map(|base| base.class).collect();
        // Protocols count from either side, so that the order of the two matters less.
        bases.extend(other.bases.iter().filter_map(|base| {
            let class = base.as_instance()?.class;
            (ctx.class(class).is_protocol() && is_subtype(ctx, t, base)).then_some(class)
        }));
        let mut best: Option<Ty> = None;
        let mut consider = |candidate: Ty| {
            if best.is_none_or(|best| is_better(ctx, candidate, best)) {
                best = Some(candidate);
            }
        };
        for base in bases {
            consider(self.instances(ctx, map_to_supertype(ctx, l, base), s));
        }
        for promoted in own.promotions {
            consider(self.instances(ctx, promoted, s));
        }
        best.unwrap_or_else(|| ctx.object())
    }
}

/// Whether `t` is the better of two joins: an instance rather than anything else, a class rather
/// than a protocol, a class with more ancestors.
pub(super) fn is_better(ctx: &dyn TypeContext, t: Ty, s: Ty) -> bool {
    let Some(t) = proper(ctx, t).as_instance() else { return false };
    let Some(s) = proper(ctx, s).as_instance() else { return true };
    let (t, s) = (ctx.class(t.class), ctx.class(s.class));
    let is_object = |class: &crate::ClassInfo| class.id.is("builtins.object");
    if t.is_protocol() != s.is_protocol() && !is_object(t) && !is_object(s) {
        return !t.is_protocol();
    }
    t.mro.len() > s.mro.len()
}
