//! `and`, `or` and conditional expressions.

use pytype_source::ErrorCode;
use pytype_types::{Ty, TyKind};
use ruff_python_ast::{self as ast, BoolOp, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::InferMode;
use crate::Checker;
use crate::flow::narrowing::Narrowing;

/// The type of an operand, and what it can be where it is true and where it is false. In
/// `(a and b) or c`, the left operand is true only as `b`, whatever `a` is.
#[derive(Clone, Copy)]
struct Operand {
    ty: Ty,
    when_true: Ty,
    when_false: Ty,
}

impl From<Ty> for Operand {
    fn from(ty: Ty) -> Operand {
        Operand { ty, when_true: ty, when_false: ty }
    }
}

impl Checker<'_> {
    pub(crate) fn infer_bool_op(&mut self, operation: &ast::ExprBoolOp) -> Ty {
        let expected = self.expected();
        let found = self.infer_bool_values(operation.op, &operation.values, expected);
        // Most are the whole type both ways, and nothing is kept of them.
        if found.when_true != found.ty || found.when_false != found.ty {
            self.expressions.bool_outcomes.insert(operation.range, (found.when_true, found.when_false));
        } else if !self.expressions.bool_outcomes.is_empty() {
            self.expressions.bool_outcomes.remove(&operation.range);
        }
        found.ty
    }

    fn infer_operand(&mut self, expr: &Expr, expected: Option<Ty>) -> Operand {
        let ty = self.infer(expr, expected);
        match expr {
            Expr::BoolOp(operation) => match self.expressions.bool_outcomes.get(&operation.range) {
                Some((when_true, when_false)) => {
                    Operand { ty, when_true: *when_true, when_false: *when_false }
                }
                None => ty.into(),
            },
            _ => ty.into(),
        }
    }

    /// `values` joined by one operator, from right to left: `a and (b and c)`.
    fn infer_bool_values(&mut self, op: BoolOp, values: &[Expr], expected: Option<Ty>) -> Operand {
        let (left, rest) = match values {
            [] => return self.error_any().into(),
            [only] => return self.infer_operand(only, expected),
            [left, rest @ ..] => (left, rest),
        };
        stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, || self.infer_bool_pair(op, left, rest, expected))
    }

    fn infer_bool_pair(&mut self, op: BoolOp, left: &Expr, rest: &[Expr], expected: Option<Ty>) -> Operand {
        let left_operand = self.infer_operand(left, expected);
        let left_ty = left_operand.ty;
        let expanded = self.expand_bool(left_ty);
        let known = self.static_condition(left);
        let right_always = known == Some(op == BoolOp::And);
        let right_never = known == Some(op == BoolOp::Or);

        let (left_map, right_map) = if right_always {
            (Narrowing::unreachable(), Narrowing::default())
        } else if right_never {
            (Narrowing::default(), Narrowing::unreachable())
        } else {
            let (when_true, when_false) = self.conditions(left);
            match op {
                BoolOp::And => (when_false, when_true),
                BoolOp::Or => (when_true, when_false),
            }
        };
        let left_unreachable = left_map.unreachable;
        let right_unreachable = right_map.unreachable;
        if left_unreachable && !right_always && self.is_code_enabled(ErrorCode::RedundantExpr) {
            self.report_redundant(
                &format!("Left operand of \"{}\"", op.as_str()),
                op == BoolOp::And,
                left.range(),
            );
        }
        if right_unreachable && !right_never && self.reports_unreachable() {
            let start = rest.first().map_or(left.range(), Ranged::range);
            self.fail(ErrorCode::Unreachable, start, |_| {
                format!("Right operand of \"{}\" is never evaluated", op.as_str())
            });
        }
        let context = self.combined_context(expanded, expected);
        let right = self.in_branch(&right_map, |c| c.infer_bool_values(op, rest, context));
        if left_unreachable && right_unreachable {
            return Ty::never().into();
        }
        if right_unreachable {
            return left_operand;
        }
        if left_unreachable {
            return right;
        }
        let (when_true, when_false) =
            (self.expand_bool(left_operand.when_true), self.expand_bool(left_operand.when_false));
        let (restricted, only_left) = match op {
            BoolOp::And => (self.known_false(when_false), !self.can_be_true(when_true)),
            BoolOp::Or => (self.true_only(when_true), !self.can_be_false(when_false)),
        };
        if restricted.is_never() {
            right
        } else if only_left {
            left_operand
        } else {
            let ty = self.simplified_union([restricted, right.ty]);
            match op {
                BoolOp::And => Operand { when_true: right.when_true, ..ty.into() },
                BoolOp::Or => Operand { when_false: right.when_false, ..ty.into() },
            }
        }
    }

    /// Infers an operand that runs only when `narrowing` holds. What can never run is still
    /// looked at, silently, because later checks may ask for its type.
    pub(crate) fn in_branch<T: From<Ty>>(
        &mut self,
        narrowing: &Narrowing,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let unreachable = narrowing.unreachable;
        self.in_epoch(|c| {
            c.enter_epoch(narrowing.facts());
            c.in_frame(|c| {
                if unreachable {
                    c.attempt(work);
                    return Ty::never().into();
                }
                c.push_narrowing(narrowing);
                work(c)
            })
        })
    }

    /// What the right operand is expected to be: the left operand's type, or what is expected of
    /// the whole. `Any` is contagious.
    fn combined_context(&self, left: Ty, expected: Option<Ty>) -> Option<Ty> {
        if self.has_any(left) {
            return Some(left);
        }
        Some(match expected {
            Some(expected) => self.simplified_union([left, expected]),
            None => self.simplified_union([left]),
        })
    }

    pub(crate) fn report_redundant(&mut self, what: &str, truth: bool, range: TextRange) {
        self.fail(ErrorCode::RedundantExpr, range, |_| format!("{what} is always {truth}"));
    }

    pub(crate) fn infer_conditional(&mut self, conditional: &ast::ExprIf, allow_none: bool) -> Ty {
        self.infer(&conditional.test, None);
        let expected = self.expected();
        let (when_true, when_false) = self.conditions(&conditional.test);
        if self.is_code_enabled(ErrorCode::RedundantExpr) {
            if when_true.unreachable {
                self.report_redundant("If condition", false, conditional.test.range());
            } else if when_false.unreachable {
                self.report_redundant("If condition", true, conditional.test.range());
            }
        }
        let mode = InferMode { allow_none_return: allow_none, ..InferMode::default() };
        let branch = |c: &mut Self, map: &Narrowing, expr: &Expr, context: Option<Ty>| {
            c.in_branch(map, |c| c.infer_with(expr, context, mode))
        };
        let mut context = expected;
        if context.is_none() {
            // Each branch alone first; then each with what both can be.
            let body = branch(self, &when_true, &conditional.body, None);
            let orelse = branch(self, &when_false, &conditional.orelse, None);
            context = Some(if self.has_ambiguous_uninhabited(body) {
                orelse
            } else if self.has_ambiguous_uninhabited(orelse) {
                body
            } else {
                self.simplified_union([body, orelse])
            });
        }
        let body = branch(self, &when_true, &conditional.body, context);
        let orelse = branch(self, &when_false, &conditional.orelse, context);
        let result = self.simplified_union([body, orelse]);
        if self.has_uninhabited(result) && !expected.is_some_and(|e| matches!(e.kind(), TyKind::Union(_))) {
            // For empty collections the join can be better.
            let joined = self.join(body, orelse);
            if !joined.is_instance_of("builtins.object") {
                return joined;
            }
        }
        result
    }
}
