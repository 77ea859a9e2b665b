//! `match` statements: patterns in order, each for what those before it left.

use pytype_declare::Node;
use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{Ty, TyKind, proper};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::binder::{FrameOptions, Place, PlaceKind};
use super::narrowing::{Narrowed, Narrowing, through_walrus};
use super::partial_types::Slot;
use super::patterns::Capture;
use crate::Checker;

impl Checker<'_> {
    pub(super) fn check_match(&mut self, statement: &ast::StmtMatch) {
        let subject = through_walrus(&statement.subject);
        self.in_frame_with(FrameOptions { fall_through: 0, ..FrameOptions::default() }, |c| {
            let ty = c.infer(&statement.subject, None);
            let ty = proper(&*c.ctx, ty);
            if matches!(ty.kind(), TyKind::Deleted) {
                c.error(
                    ErrorCode::Misc,
                    statement.range(),
                    "The variable was deleted at the end of its \"except\" block",
                );
            }
            let place = c.place_of(subject);
            let place = place.unwrap_or_else(|| {
                c.binder.place(PlaceKind::Value(statement.subject.range().start().to_u32()))
            });
            // Once for the types of the captured names, which may come from several patterns...
            let all: Vec<Vec<Capture>> = statement
                .cases
                .iter()
                .map(|case| {
                    let (result, _) = c.capturing(|c| c.match_pattern(&case.pattern, ty));
                    if proper(&*c.ctx, result.matched).is_never() { Vec::new() } else { result.captures }
                })
                .collect();
            let variables = c.capture_types(all);
            // ... and once for what each pattern leaves to the next.
            let mut unmatched = ty;
            let reachable = pytype_index::reachable_cases(statement, c.options);
            for (case, (reachable, _)) in statement.cases.iter().zip(reachable) {
                unmatched = c.check_case(case, reachable, subject, place, ty, &variables);
            }
            if !proper(&*c.ctx, unmatched).is_never() && !c.binder.is_unreachable() && !c.deferred {
                let shown = pytype_types::describe(&*c.ctx, unmatched);
                c.report(Diagnostic::error(
                    ErrorCode::ExhaustiveMatch,
                    statement.range(),
                    format!("No case is left for a value of type \"{shown}\""),
                ));
            }
            c.in_frame_with(FrameOptions { fall_through: 2, ..FrameOptions::default() }, |_| {});
        });
    }

    /// Walks one case; returns what is left of the subject's type when it does not match.
    fn check_case(
        &mut self,
        case: &ast::MatchCase,
        reachable: bool,
        subject: &Expr,
        place: Place,
        ty: Ty,
        variables: &[(DefRef, Ty)],
    ) -> Ty {
        let current = self.narrow_place(place, ty);
        let result = self.match_pattern(&case.pattern, current);
        let known = |ty: Ty, c: &Self| match proper(&*c.ctx, ty).is_never() {
            true => Narrowing::unreachable(),
            false => Narrowing {
                unreachable: false,
                items: vec![Narrowed { expr: subject, place, ty, guarded: false }],
            },
        };
        let matched = known(result.matched, self);
        let matched = self.with_parents(matched);
        let rest = known(result.rest, self);
        let mut rest = self.with_parents(rest);
        let mut left = result.rest;
        self.in_frame_with(FrameOptions::branch(), |c| {
            c.push_conditions(&matched, false);
            if !matched.unreachable {
                c.narrow_tuple_items(subject, result.matched);
                c.bind_captures(&result.captures, variables);
            }
            let Some(guard) = &case.guard else {
                c.check_case_body(case, reachable);
                return;
            };
            c.in_frame_with(FrameOptions { fall_through: 3, ..FrameOptions::default() }, |c| {
                c.infer(guard, None);
                let (yes, no) = c.conditions(guard);
                left = match no.unreachable {
                    true => left,
                    false => ty_when_either(c, left, current, place, &no),
                };
                let taken = std::mem::take(&mut rest);
                rest = c.either(taken, no, false);
                c.push_conditions(&yes, false);
                c.check_case_body(case, reachable);
            });
        });
        self.push_conditions(&rest, false);
        if rest.unreachable { Ty::never() } else { left }
    }

    /// A body that a guard without types excludes is no code of this run.
    fn check_case_body(&mut self, case: &ast::MatchCase, reachable: bool) {
        if !reachable {
            self.binder.unreachable();
            self.binder.suppress_unreachable_warnings();
        }
        self.check_block(&case.body);
    }

    /// The type of a place with what the binder knows.
    fn narrow_place(&self, place: Place, declared: Ty) -> Ty {
        match self.binder.get(place) {
            Some(known) if self.binder.is_guarded(place) => known,
            Some(known) => pytype_types::narrow_declared_type(&*self.ctx, declared, known),
            None => declared,
        }
    }

    /// `match a, b:` narrows `a` and `b` themselves.
    fn narrow_tuple_items(&mut self, subject: &Expr, ty: Ty) {
        let (Expr::Tuple(tuple), TyKind::Tuple { items, .. }) = (subject, proper(&*self.ctx, ty).kind())
        else {
            return;
        };
        if tuple.elts.len() != items.len() || tuple.elts.iter().any(Expr::is_starred_expr) {
            return;
        }
        for (expr, item) in tuple.elts.iter().zip(items.iter()) {
            if let Some(place) = self.place_of(expr) {
                let known = self.known_as(expr, Some(place), item);
                self.push_conditions(&known, false);
            }
            self.narrow_tuple_items(expr, item);
        }
    }

    /// The variables that the patterns capture, with their types: a new one is the union of all
    /// that it captures.
    fn capture_types(&mut self, all: Vec<Vec<Capture>>) -> Vec<(DefRef, Ty)> {
        let mut by_variable: Vec<(DefRef, Vec<Capture>)> = Vec::new();
        for capture in all.into_iter().flatten() {
            match by_variable.iter_mut().find(|(variable, _)| *variable == capture.variable) {
                Some((_, captures)) => captures.push(capture),
                None => by_variable.push((capture.variable, vec![capture])),
            }
        }
        let mut types = Vec::new();
        for (variable, captures) in by_variable {
            let slot = Slot::Variable(variable);
            let defines = captures
                .iter()
                .all(|c| self.is_defining(slot, c.range) || self.defined_by_capture(slot, &captures));
            if !defines && let Some(known) = self.known_variable_type(variable) {
                if pytype_declare::variables::variable_info(self.ctx.db, variable).is_final {
                    self.error(ErrorCode::Misc, captures[0].range, "a final name cannot be assigned again");
                }
                types.push((variable, known));
                continue;
            }
            let union = Ty::union(captures.iter().map(|c| c.ty));
            types.push((variable, union));
            if self.slot_is_own(slot) {
                self.infer_captured(slot, union, captures[0].range);
            }
        }
        types
    }

    fn defined_by_capture(&self, slot: Slot, captures: &[Capture]) -> bool {
        self.definers.get(&slot).is_some_and(|range| captures.iter().any(|c| c.range == *range))
    }

    fn infer_captured(&mut self, slot: Slot, ty: Ty, range: TextRange) {
        let ty = pytype_types::remove_last_known_values(&*self.ctx, ty);
        if proper(&*self.ctx, ty).is_none() && self.start_partial(slot, ty, range, true) {
            return;
        }
        self.set_slot(slot, ty);
    }

    fn bind_captures(&mut self, captures: &[Capture], variables: &[(DefRef, Ty)]) {
        for capture in captures {
            let Some((_, declared)) = variables.iter().find(|(variable, _)| *variable == capture.variable)
            else {
                continue;
            };
            if self.check_assignable(capture.ty, *declared, capture.range, ErrorCode::Misc) {
                let place = self.binder.place(PlaceKind::Name(Node::Variable(capture.variable)));
                self.binder.invalidate_dependents(place);
                self.binder.put(place, capture.ty, Some(*declared), false);
            }
        }
    }
}

/// What is left of the subject when the pattern does not match or the guard is false.
fn ty_when_either(
    checker: &Checker<'_>,
    rest: Ty,
    current: Ty,
    place: Place,
    guard_false: &Narrowing<'_>,
) -> Ty {
    let unguarded = guard_false.items.iter().find(|n| n.place == place).map_or(current, |n| n.ty);
    pytype_types::make_simplified_union(&*checker.ctx, [rest, unguarded])
}
