//! What inference of expressions keeps between expressions: the expected types on the way down,
//! results that must not be computed twice, and the log that lets an attempt be undone.

use std::ops::Range;

use pytype_source::{Diagnostic, ErrorCode, Severity};
use pytype_types::Ty;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use crate::Checker;

/// How an expression is inferred, beyond its expected type.
#[derive(Clone, Copy, Default, Debug)]
pub struct InferMode {
    /// A call that only ever gives `None` may stand here.
    pub allow_none_return: bool,
    /// It is what a call calls.
    pub is_callee: bool,
    /// `--disallow-any-expr` says nothing here.
    pub always_allow_any: bool,
}

/// A result with everything that computing it recorded.
#[derive(Clone, Debug)]
struct Cached {
    epoch: u64,
    ty: Ty,
    found: Vec<Diagnostic>,
    /// Where what it did to `expression_types` stands in [`ExpressionState::log`].
    types: Range<usize>,
    /// The findings were made for nobody to read, and have no words.
    wordless: bool,
}

/// See the module's documentation.
#[derive(Default, Debug)]
pub struct ExpressionState {
    /// The expected types of the expressions that are being inferred, the innermost last.
    expected: Vec<Option<Ty>>,
    pub(crate) is_callee: bool,
    /// The expression under way is part of a larger one, rather than assigned, returned or passed.
    pub(crate) is_part: bool,
    /// Inside a lambda nothing is cached: its parameters' types belong to the attempt.
    pub(crate) lambda_depth: u32,
    cache: FxHashMap<(TextRange, Option<Ty>), Cached>,
    /// What `and` and `or` can be where they are true, and where they are false.
    pub(crate) bool_outcomes: FxHashMap<TextRange, (Ty, Ty)>,
    /// Identifies the state of narrowing within the outermost expression.
    epoch: u64,
    last_epoch: u64,
    /// Nesting of `infer`.
    depth: u32,
    /// For each running attempt, what it overwrote in `expression_types`.
    overwritten: Vec<Vec<(TextRange, Option<Ty>)>>,
    /// All that was done to `expression_types` within the outermost expression, in order; what has
    /// no type was taken back. Cached results share it, however deeply they nest.
    log: Vec<(TextRange, Option<Ty>)>,
    /// Nesting of attempts whose findings nobody will read.
    silent: u32,
    /// Findings speak of "some item of a union" rather than of the type itself.
    pub(crate) in_union_item: bool,
    /// The solver joins into unions rather than common bases.
    pub(crate) prefer_unions: bool,
    /// `reveal_type` says nothing: an overload is being tried.
    pub(crate) reveal_silenced: u32,
    /// A typed dict is being changed: read-only keys must not be named.
    pub(crate) mutating_typed_dict: bool,
    /// The target under way is the variable of a `for`, which keeps the values it goes through.
    pub(crate) assigns_index: bool,
    /// The line of the function whose decorators are being applied.
    pub(crate) decorated: Option<TextRange>,
    /// The next call may pass abstract classes where `type[...]` is expected.
    pub(crate) allow_abstract: bool,
}

/// The largest cache of one outermost expression.
const CACHE_LIMIT: usize = 20_000;

/// The largest log of one outermost expression; nothing is cached beyond.
const LOG_LIMIT: usize = 4_000_000;

impl Checker<'_> {
    /// The expected type of the expression that is being inferred.
    pub(crate) fn expected(&self) -> Option<Ty> {
        self.expressions.expected.last().copied().flatten()
    }

    /// Runs `work` as if the expression under way were expected to have type `expected`.
    pub(crate) fn expecting<R>(&mut self, expected: Option<Ty>, work: impl FnOnce(&mut Self) -> R) -> R {
        self.expressions.expected.push(expected);
        let result = work(self);
        self.expressions.expected.pop();
        result
    }

    /// Whether a literal is wanted where the expression under way stands.
    pub(crate) fn in_literal_context(&self) -> bool {
        self.expected().is_some_and(|t| self.is_literal_like(t))
    }

    /// Notes that what is known of places has changed: results inferred before do not hold.
    pub(crate) fn new_epoch(&mut self) {
        self.expressions.last_epoch += 1;
        self.expressions.epoch = self.expressions.last_epoch;
    }

    pub(crate) fn enter_expression(&mut self, expected: Option<Ty>, is_callee: bool) -> bool {
        let state = &mut self.expressions;
        state.depth += 1;
        state.expected.push(expected);
        std::mem::replace(&mut state.is_callee, is_callee)
    }

    pub(crate) fn leave_expression(&mut self, was_callee: bool) {
        let state = &mut self.expressions;
        state.is_callee = was_callee;
        state.expected.pop();
        state.depth -= 1;
        if state.depth == 0 {
            state.cache.clear();
            state.log.clear();
        }
    }

    /// The result of an expression that was inferred before with the same expected type while the
    /// same was known of every place; its findings and types are recorded again.
    pub(crate) fn cached(&mut self, range: TextRange, expected: Option<Ty>) -> Option<Ty> {
        let cached = self.expressions.cache.get(&(range, expected))?;
        if cached.epoch != self.expressions.epoch || (cached.wordless && !self.is_silent()) {
            return None;
        }
        let Cached { ty, found, types, .. } = cached.clone();
        for at in types {
            match self.expressions.log.get(at).copied() {
                Some((range, Some(ty))) => self.store_type(range, ty),
                Some((range, None)) => self.forget_type(range),
                None => break,
            }
        }
        self.report_all(found);
        Some(ty)
    }

    /// Infers with `work` and keeps the result for [`Checker::cached`].
    pub(crate) fn caching(
        &mut self,
        range: TextRange,
        expected: Option<Ty>,
        work: impl FnOnce(&mut Self) -> Ty,
    ) -> Ty {
        let full = self.expressions.cache.len() >= CACHE_LIMIT || self.expressions.log.len() >= LOG_LIMIT;
        if self.expressions.lambda_depth > 0 || full {
            return work(self);
        }
        let epoch = self.expressions.epoch;
        let start = self.expressions.log.len();
        let (ty, found) = self.capturing(work);
        if epoch == self.expressions.epoch && self.expressions.log.len() < LOG_LIMIT {
            let wordless = self.is_silent() && !found.is_empty();
            let types = start..self.expressions.log.len();
            let cached = Cached { epoch, ty, found: found.clone(), types, wordless };
            self.expressions.cache.insert((range, expected), cached);
        }
        self.report_all(found);
        ty
    }

    /// Records the type of an expression.
    pub fn store_type(&mut self, range: TextRange, ty: Ty) {
        let before = self.expression_types.insert(range, ty);
        self.log_type(range, Some(ty), before);
    }

    /// Takes the type of an expression back.
    fn forget_type(&mut self, range: TextRange) {
        let before = self.expression_types.remove(&range);
        self.log_type(range, None, before);
    }

    fn log_type(&mut self, range: TextRange, now: Option<Ty>, before: Option<Ty>) {
        let state = &mut self.expressions;
        if let Some(log) = state.overwritten.last_mut() {
            log.push((range, before));
        }
        if state.depth > 0 && state.log.len() < LOG_LIMIT {
            state.log.push((range, now));
        }
    }

    /// Takes back what was recorded for expressions since the log began.
    fn undo_types(&mut self, log: Vec<(TextRange, Option<Ty>)>) {
        let logs = self.expressions.depth > 0;
        for (range, before) in log.into_iter().rev() {
            match before {
                Some(ty) => self.expression_types.insert(range, ty),
                None => self.expression_types.remove(&range),
            };
            if logs && self.expressions.log.len() < LOG_LIMIT {
                self.expressions.log.push((range, before));
            }
        }
    }

    /// Runs `work` without recording the types it infers.
    pub(crate) fn forgetting_types<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let (result, log) = self.logging_types(work);
        self.undo_types(log.0);
        result
    }

    /// Runs `work`; the types it recorded can be taken back ([`TypeLog`]).
    pub(crate) fn logging_types<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> (R, TypeLog) {
        self.expressions.overwritten.push(Vec::new());
        let result = work(self);
        let log = self.expressions.overwritten.pop().unwrap_or_default();
        (result, TypeLog(log))
    }

    /// Keeps the types that an attempt recorded.
    pub(crate) fn keep_types(&mut self, log: TypeLog) {
        if let Some(outer) = self.expressions.overwritten.last_mut() {
            outer.extend(log.0);
        }
    }

    /// Takes the types of an attempt back and returns them, to be recorded later.
    pub(crate) fn take_types(&mut self, log: TypeLog) -> Vec<(TextRange, Ty)> {
        let mut seen = rustc_hash::FxHashSet::default();
        let types = log
            .0
            .iter()
            .filter(|(range, _)| seen.insert(*range))
            .filter_map(|(range, _)| Some((*range, *self.expression_types.get(range)?)))
            .collect();
        self.undo_types(log.0);
        types
    }

    pub(crate) fn store_types(&mut self, types: Vec<(TextRange, Ty)>) {
        for (range, ty) in types {
            self.store_type(range, ty);
        }
    }

    /// Runs `work` and throws its findings away; tells whether there were any. Uses of deprecated
    /// things are no mistakes: they stay.
    pub(crate) fn attempt<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> (R, bool) {
        self.expressions.silent += 1;
        let (result, found) = self.capturing(work);
        self.expressions.silent -= 1;
        let mut wrong = false;
        for finding in found {
            if finding.code == Some(ErrorCode::Deprecated) {
                self.report(finding);
            } else {
                wrong = true;
            }
        }
        (result, wrong)
    }

    /// Runs `work` and hands its findings over; `None` when there were none.
    pub(crate) fn trial<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> (R, Option<Vec<Diagnostic>>) {
        let (result, found) = self.capturing(work);
        let mut wrong = Vec::new();
        for finding in found {
            if finding.code == Some(ErrorCode::Deprecated) {
                self.report(finding);
            } else {
                wrong.push(finding);
            }
        }
        (result, (!wrong.is_empty()).then_some(wrong))
    }

    /// Whether findings made now will be thrown away, so that their words do not matter.
    pub(crate) fn is_silent(&self) -> bool {
        self.expressions.silent > 0
    }

    /// Records an error whose message is only made when someone may read it.
    pub(crate) fn fail(&mut self, code: ErrorCode, range: TextRange, message: impl FnOnce(&Self) -> String) {
        let message = if self.is_silent() { String::new() } else { message(self) };
        self.error(code, range, message);
    }

    /// Records a note that belongs to the finding before it.
    pub(crate) fn explain(
        &mut self,
        code: ErrorCode,
        range: TextRange,
        message: impl FnOnce(&Self) -> String,
    ) {
        let message = if self.is_silent() { String::new() } else { message(self) };
        let mut note = Diagnostic::note(range, message).with_code(code);
        note.severity = Severity::Note;
        self.report(note);
    }

    /// Runs `work` with the wording for items of a union.
    pub(crate) fn for_union_item<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.expressions.in_union_item, true);
        let result = work(self);
        self.expressions.in_union_item = before;
        result
    }
}

/// What an attempt overwrote in the table of expression types.
pub(crate) struct TypeLog(Vec<(TextRange, Option<Ty>)>);
