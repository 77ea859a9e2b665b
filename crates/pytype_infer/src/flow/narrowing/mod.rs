//! Narrowing: what a condition says of the places in it, when it is true and when it is false.

mod class_checks;
mod comparisons;
mod equality_domains;
mod intersections;
mod lengths;
mod literals;
mod parents;
mod type_ranges;

pub(crate) use type_ranges::TypeRange;

use std::hash::Hash;

use pytype_source::name;
use pytype_types::{
    Ty, TyKind, TypeContext, false_only, is_proper_subtype, make_simplified_union, meet_types,
    narrow_declared_type, proper, true_only, try_expanding_sum_type,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};
use smallvec::SmallVec;

use super::binder::Place;
use crate::Checker;

/// What is known of one place under a condition.
#[derive(Clone, Copy, Debug)]
pub struct Narrowed<'e> {
    pub expr: &'e Expr,
    pub place: Place,
    pub ty: Ty,
    /// From a `TypeGuard`: the type replaces what was known rather than narrowing it.
    pub guarded: bool,
}

/// What is known under a condition; or that the condition cannot hold.
#[derive(Clone, Debug, Default)]
pub struct Narrowing<'e> {
    pub unreachable: bool,
    pub items: Vec<Narrowed<'e>>,
}

impl<'e> Narrowing<'e> {
    pub fn nothing() -> Narrowing<'e> {
        Narrowing::default()
    }
    pub fn unreachable() -> Narrowing<'e> {
        Narrowing { unreachable: true, items: Vec::new() }
    }
    pub fn is_trivial(&self) -> bool {
        !self.unreachable && self.items.is_empty()
    }
    /// What tells it from others within one expression.
    pub(crate) fn facts(&self) -> impl Hash + use<> {
        let items: SmallVec<[(TextRange, Ty, bool); 2]> =
            self.items.iter().map(|item| (item.expr.range(), item.ty, item.guarded)).collect();
        (self.unreachable, items)
    }
    fn get(&self, place: Place) -> Option<&Narrowed<'e>> {
        self.items.iter().find(|n| n.place == place)
    }
    fn set(&mut self, narrowed: Narrowed<'e>) {
        match self.items.iter_mut().find(|n| n.place == narrowed.place) {
            Some(found) => *found = narrowed,
            None => self.items.push(narrowed),
        }
    }
}

/// Both sides of a condition: when it is true, and when it is false.
pub type Conditions<'e> = (Narrowing<'e>, Narrowing<'e>);

/// Looks through `(x := value)`: the name stands for the value.
pub(crate) fn through_walrus(expr: &Expr) -> &Expr {
    match expr {
        Expr::Named(named) => &named.target,
        _ => expr,
    }
}

impl<'db> Checker<'db> {
    /// What `test`, already inferred, says when it is true and when it is false.
    pub fn conditions<'e>(&mut self, test: &'e Expr) -> Conditions<'e> {
        self.conditions_in(test, true)
    }

    fn conditions_in<'e>(&mut self, test: &'e Expr, boolean: bool) -> Conditions<'e> {
        let (yes, no) = self.direct_conditions(test, boolean);
        (self.with_parents(yes), self.with_parents(no))
    }

    fn direct_conditions<'e>(&mut self, test: &'e Expr, boolean: bool) -> Conditions<'e> {
        match test {
            Expr::BooleanLiteral(literal) if literal.value => {
                (Narrowing::nothing(), Narrowing::unreachable())
            }
            Expr::BooleanLiteral(_) => (Narrowing::unreachable(), Narrowing::nothing()),
            Expr::NumberLiteral(number) => match &number.value {
                ast::Number::Int(int) if *int == 0 => (Narrowing::unreachable(), Narrowing::nothing()),
                ast::Number::Int(int) if *int == 1 => (Narrowing::nothing(), Narrowing::unreachable()),
                _ => self.truth_conditions(test, boolean),
            },
            Expr::Call(call) if !call.arguments.is_empty() => match self.call_conditions(call) {
                Some(found) => found,
                None => self.truth_conditions(test, boolean),
            },
            Expr::Compare(compare) => self.comparison_conditions(compare),
            Expr::Named(named) => self.walrus_conditions(named),
            Expr::BoolOp(operation) => self.boolean_conditions(operation),
            Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, operand, .. }) => {
                let (yes, no) = self.conditions(operand);
                (no, yes)
            }
            _ => self.truth_conditions(test, boolean),
        }
    }

    fn walrus_conditions<'e>(&mut self, named: &'e ast::ExprNamed) -> Conditions<'e> {
        let (mut yes, mut no) = self.conditions(&named.target);
        let (value_yes, value_no) = self.conditions_in(&named.value, false);
        for (all, more) in [(&mut yes, value_yes), (&mut no, value_no)] {
            all.unreachable |= more.unreachable;
            more.items.into_iter().for_each(|n| all.set(n));
        }
        (yes, no)
    }

    fn boolean_conditions<'e>(&mut self, operation: &'e ast::ExprBoolOp) -> Conditions<'e> {
        let mut values = operation.values.iter();
        let Some(first) = values.next() else { return (Narrowing::nothing(), Narrowing::nothing()) };
        let mut all = self.conditions(first);
        for value in values {
            let next = self.conditions(value);
            all = match operation.op {
                ast::BoolOp::And => (self.both(all.0, next.0, false), self.either(all.1, next.1, true)),
                ast::BoolOp::Or => (self.either(all.0, next.0, false), self.both(all.1, next.1, false)),
            };
        }
        all
    }

    /// A plain truth test: the type loses what cannot be true, or what cannot be false.
    fn truth_conditions<'e>(&mut self, test: &'e Expr, boolean: bool) -> Conditions<'e> {
        let Some(ty) = self.lookup_type(test) else { return (Narrowing::nothing(), Narrowing::nothing()) };
        let place = self.place_of(test);
        if place.is_some()
            && self.options.strict_optional
            && self.has_length_to_narrow(ty)
            && !self.has_own_method(ty, name!("__bool__"))
        {
            let (yes, no) = self.narrow_by_length(ty, ast::CmpOp::Gt, 0);
            return (
                self.known_as(test, place, true_only(&*self.ctx, yes)),
                self.known_as(test, place, false_only(&*self.ctx, no)),
            );
        }
        if boolean {
            self.check_truthiness(ty, test);
        }
        let expanded = try_expanding_sum_type(&*self.ctx, ty, Some("builtins.bool"));
        (
            self.known_as(test, place, true_only(&*self.ctx, expanded)),
            self.known_as(test, place, false_only(&*self.ctx, expanded)),
        )
    }

    /// That `expr` is a `ty`.
    pub(crate) fn known_as<'e>(&self, expr: &'e Expr, place: Option<Place>, ty: Ty) -> Narrowing<'e> {
        if proper(&*self.ctx, ty).is_never() {
            return Narrowing::unreachable();
        }
        let items = place.map(|place| Narrowed { expr, place, ty, guarded: false }).into_iter().collect();
        Narrowing { unreachable: false, items }
    }

    /// Both sides from the types that `expr` has in each; `None` where nothing was learned.
    pub(super) fn sides<'e>(&mut self, expr: &'e Expr, yes: Option<Ty>, no: Option<Ty>) -> Conditions<'e> {
        let expr = through_walrus(expr);
        let place = self.place_of(expr);
        let side = |ty: Option<Ty>| match ty {
            Some(ty) => self.known_as(expr, place, ty),
            None => Narrowing::nothing(),
        };
        (side(yes), side(no))
    }

    /// What holds when both conditions do. With `meet`, a place in both gets the meet of its types;
    /// otherwise the later condition is trusted.
    pub(super) fn both<'e>(&self, first: Narrowing<'e>, second: Narrowing<'e>, meet: bool) -> Narrowing<'e> {
        let mut result = second;
        result.unreachable |= first.unreachable;
        for earlier in first.items {
            let Some(later) = result.get(earlier.place).copied() else {
                result.items.push(earlier);
                continue;
            };
            if meet {
                let ty = meet_types(&*self.ctx, earlier.ty, later.ty);
                result.unreachable |= proper(&*self.ctx, ty).is_never();
                result.set(Narrowed { ty, ..later });
                continue;
            }
            let earlier_has_any = if let TyKind::Union(items) = proper(&*self.ctx, earlier.ty).kind() {
                items.iter().any(|t| proper(&*self.ctx, t).is_any())
            } else {
                false
            };
            if proper(&*self.ctx, later.ty).is_any() && !earlier_has_any {
                result.set(earlier);
            }
        }
        result
    }

    /// What holds when one of the conditions does: only what both speak of.
    pub(crate) fn either<'e>(
        &self,
        first: Narrowing<'e>,
        second: Narrowing<'e>,
        coalesce_any: bool,
    ) -> Narrowing<'e> {
        if first.unreachable {
            return second;
        }
        if second.unreachable {
            return first;
        }
        let mut result = Narrowing::nothing();
        for one in first.items {
            let Some(other) = second.get(one.place) else { continue };
            let ty = if coalesce_any && proper(&*self.ctx, one.ty).is_any() {
                one.ty
            } else {
                make_simplified_union(&*self.ctx, [one.ty, other.ty])
            };
            result.items.push(Narrowed { ty, guarded: one.guarded && other.guarded, ..one });
        }
        result
    }

    /// Takes what a condition says into the binder.
    pub fn push_conditions(&mut self, narrowing: &Narrowing<'_>, from_assignment: bool) {
        if narrowing.unreachable {
            self.binder.unreachable();
            return;
        }
        for narrowed in &narrowing.items {
            // What is known of a value or an attribute of it is not what its place was declared as.
            let is_whole = self.place_of(through_walrus(narrowed.expr)) == Some(narrowed.place);
            let declared = if is_whole { self.declared_type_of(narrowed.expr) } else { None };
            self.binder.put(narrowed.place, narrowed.ty, declared, from_assignment);
            self.binder.set_guarded(narrowed.place, narrowed.guarded);
        }
    }

    /// Takes what a condition says into the binder, as something that was assigned.
    pub fn push_narrowing(&mut self, narrowing: &Narrowing<'_>) {
        self.push_conditions(narrowing, true);
    }

    /// The declaration of a place, for merging: plain variables have one.
    fn declared_type_of(&mut self, expr: &Expr) -> Option<Ty> {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => {
                let slot = self.slot_of(expr)?;
                self.slot_type(slot)
            }
            _ => None,
        }
    }

    /// The type of a reference whose declared (or inferred) type is `declared`, with what the
    /// binder knows.
    pub fn narrow_reference(&mut self, expr: &Expr, declared: Ty) -> Ty {
        match self.existing_place_of(expr) {
            Some(place) => self.narrow_at(place, declared),
            None => declared,
        }
    }

    /// The same for the place that a reference names.
    pub(crate) fn narrow_at(&mut self, place: Place, declared: Ty) -> Ty {
        let Some(restriction) = self.binder.get(place) else { return declared };
        // A module stays itself; what `hasattr` found is asked for with the attribute.
        if matches!(declared.kind(), TyKind::Module(_)) {
            return declared;
        }
        // A deleted variable is what it was given since.
        if matches!(declared.kind(), TyKind::Deleted) {
            return restriction;
        }
        if self.binder.is_guarded(place) {
            // What the guard says counts, unless the declaration says more.
            return if is_proper_subtype(&*self.ctx, declared, restriction) { declared } else { restriction };
        }
        if self.deferred && proper(&*self.ctx, declared).is_any() {
            return declared;
        }
        let narrowed = narrow_declared_type(&*self.ctx, declared, restriction);
        // No type can say what is left: the restriction is the better answer.
        if proper(&*self.ctx, narrowed).is_never() { restriction } else { narrowed }
    }

    /// Conditions that are calls: `isinstance`, `issubclass`, `callable`, `hasattr`, type guards.
    /// `None` when the call is an ordinary one.
    fn call_conditions<'e>(&mut self, call: &'e ast::ExprCall) -> Option<Conditions<'e>> {
        let first = through_walrus(
            call.arguments.args.first().or_else(|| call.arguments.keywords.first().map(|k| &k.value))?,
        );
        let nothing = || Some((Narrowing::nothing(), Narrowing::nothing()));
        let positional = call.arguments.args.len();
        match self.fullname_of(&call.func).as_deref() {
            Some("builtins.isinstance") => {
                if positional != 2 {
                    return nothing();
                }
                self.place_of(first)?;
                let ty = self.lookup_type(first)?;
                let ranges = self.type_ranges(&call.arguments.args[1], true);
                let (yes, no) = self.conditional_types_with_intersection(
                    ty,
                    ranges.as_deref(),
                    None,
                    true,
                    first.range(),
                );
                Some(self.sides(first, yes, no))
            }
            Some("builtins.issubclass") => {
                if positional != 2 {
                    return nothing();
                }
                self.place_of(first)?;
                Some(self.subclass_conditions(call, first))
            }
            Some("builtins.callable") => {
                if positional != 1 {
                    return nothing();
                }
                self.place_of(first)?;
                Some(self.callable_conditions(first))
            }
            Some("builtins.hasattr") => {
                if positional != 2 {
                    return nothing();
                }
                self.place_of(first)?;
                self.hasattr_conditions(first, &call.arguments.args[1])
            }
            _ => self.guard_conditions(call),
        }
    }

    /// A call of a function whose result is `TypeGuard[...]` or `TypeIs[...]`.
    fn guard_conditions<'e>(&mut self, call: &'e ast::ExprCall) -> Option<Conditions<'e>> {
        let callee = self.lookup_type(&call.func)?;
        let mut callee = proper(&*self.ctx, callee);
        if callee.as_instance().is_some() {
            callee =
                proper(&*self.ctx, self.ctx.member(callee, pytype_source::name!("__call__"), callee)?.ty);
        }
        let (guard, is) = match self.called_guards.get(&call.range()) {
            Some(&found) => found,
            None => {
                if let TyKind::Callable(sig) = callee.kind() {
                    (sig.type_guard, sig.type_is)
                } else {
                    return None;
                }
            }
        };
        if guard.is_none() && is.is_none() {
            return None;
        }
        let expr = match call.arguments.args.first() {
            Some(first) if !first.is_starred_expr() => through_walrus(first),
            _ => {
                let name = match callee.kind() {
                    TyKind::Callable(sig) => sig.params.first()?.name?,
                    TyKind::Overloaded(items) => items.first()?.as_callable()?.params.first()?.name?,
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
                    | TyKind::Module(_) => return None,
                };
                let found = call
                    .arguments
                    .keywords
                    .iter()
                    .find(|k| k.arg.as_ref().is_some_and(|a| a.as_str() == name.as_str()));
                let Some(keyword) = found else {
                    self.error(
                        pytype_source::ErrorCode::Misc,
                        call.range(),
                        "A type guard must be called with the value as its first positional argument",
                    );
                    return Some((Narrowing::nothing(), Narrowing::nothing()));
                };
                through_walrus(&keyword.value)
            }
        };
        let place = self.place_of(expr)?;
        if let Some(guard) = guard {
            if proper(&*self.ctx, guard).is_never() {
                return Some((Narrowing::unreachable(), Narrowing::nothing()));
            }
            let narrowed = Narrowed { expr, place, ty: guard, guarded: true };
            return Some((Narrowing { unreachable: false, items: vec![narrowed] }, Narrowing::nothing()));
        }
        let ty = self.lookup_type(expr)?;
        let range = type_ranges::TypeRange { ty: is?, upper_bound: false };
        let (yes, no) =
            self.conditional_types_with_intersection(ty, Some(&[range]), None, false, expr.range());
        Some(self.sides(expr, yes, no))
    }
}
