//! What inference of expressions keeps between expressions: the expected types on the way down,
//! results that must not be computed twice, and the log that lets an attempt be undone.

use std::hash::{DefaultHasher, Hash, Hasher};

use pytype_source::{Diagnostic, ErrorCode, Severity};
use pytype_types::{ParamSpec, Ty, TyFlags, TyKind, TypeVar, TypeVarId, TypeVarTuple};
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::Checker;
use crate::checker::empty;

/// How an expression is inferred, beyond its expected type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
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
    /// What was expected, unknowns and all.
    expected: Option<Ty>,
    ty: Ty,
    found: Vec<Diagnostic>,
    /// What it did to `expression_types`.
    types: Segment,
    /// For `and` and `or`, see [`ExpressionState::bool_outcomes`].
    bool_outcome: Option<(Ty, Ty)>,
    /// The findings were made for nobody to read, and have no words.
    wordless: bool,
    /// How many assignments there are inside.
    walruses: u32,
}

/// What the result of an expression depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct CacheKey {
    range: TextRange,
    mode: InferMode,
    expected: Option<Ty>,
    /// What is known of places ([`ExpressionState::epoch`]).
    epoch: u64,
    /// Nothing is reported where control flow cannot come.
    unreachable: bool,
}

/// See the module's documentation.
#[derive(Default, Debug)]
pub struct ExpressionState {
    /// The expected types of the expressions that are being inferred, the innermost last.
    expected: Vec<Option<Ty>>,
    pub(crate) is_callee: bool,
    /// The expression under way is part of a larger one, rather than assigned, returned or passed.
    pub(crate) is_part: bool,
    cache: FxHashMap<CacheKey, Cached>,
    /// What `and` and `or` can be where they are true, and where they are false.
    pub(crate) bool_outcomes: FxHashMap<TextRange, (Ty, Ty)>,
    /// Identifies what is known of places, within the outermost expression and without
    /// `assigned`: made from the steps that led there, so that it is the same whenever the same is
    /// known.
    steps: u64,
    /// What was assigned since the last of these steps: a hash of each name, ascending, and one of
    /// what it was last given. Assigning the same again changes nothing.
    assigned: SmallVec<[(u64, u64); 2]>,
    /// How many assignments there were within the outermost expression.
    assignments: u64,
    /// Nesting of `infer`.
    depth: u32,
    /// What the running attempts overwrote in `expression_types`, and how many of them there are.
    overwritten: Vec<(TextRange, Option<Ty>)>,
    attempts: u32,
    /// What inferring cached expressions did to `expression_types` since the outermost one began. What one of
    /// them did is a segment of it, and has those of the expressions inside as parts.
    changes: Vec<Change>,
    /// Where the segments of the cached expressions that are being inferred begin, the innermost last.
    open: Vec<usize>,
    /// Nesting of attempts whose findings nobody will read.
    silent: u32,
    /// Findings speak of "some item of a union" rather than of the type itself.
    pub(crate) in_union_item: bool,
    /// The solver joins into unions rather than common bases.
    pub(crate) prefer_unions: bool,
    /// What the text binds before this place is bound for the expression at hand, wherever it stands.
    pub(crate) bound_up_to: ruff_text_size::TextSize,
    /// Nesting of overloads being tried: `reveal_type` says nothing, and only types count.
    pub(crate) choosing_overload: u32,
    /// A typed dict is being changed: read-only keys must not be named.
    pub(crate) mutating_typed_dict: bool,
    /// The argument of `assert_type` is being inferred.
    pub(crate) asserting_type: bool,
    /// The target under way is the variable of a `for` or of a comprehension, which keeps the values it goes through.
    pub(crate) assigns_index: bool,
    /// The line of the function whose decorators are being applied.
    pub(crate) decorated: Option<TextRange>,
    /// The next call may pass abstract classes where `type[...]` is expected.
    pub(crate) allow_abstract: bool,
}

/// One change of `expression_types`.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// The type of an expression; without one, it was taken back.
    Type(TextRange, Option<Ty>),
    /// All changes of an earlier segment once more.
    Segment(Segment),
}

/// A part of [`ExpressionState::changes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Segment {
    start: usize,
    end: usize,
}

/// The largest cache of one outermost expression.
const CACHE_LIMIT: usize = 20_000;

/// Below this nesting, which only programs write, a result keeps few of its findings: each level
/// would have those of all levels inside of it.
const DEEP: u32 = 150;
const DEEP_FINDINGS: usize = 50;

/// The most changes recorded within one outermost expression; nothing is cached beyond.
const CHANGES_LIMIT: usize = 4_000_000;

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

    /// Notes that what is known of places has changed, by a step that `step` tells from all others:
    /// results inferred before do not hold.
    pub(crate) fn enter_epoch(&mut self, step: impl Hash) {
        let state = &mut self.expressions;
        state.steps = hash_of((state.epoch(), step));
        state.assigned.clear();
    }

    /// Notes an assignment to a name within an expression.
    pub(crate) fn enter_epoch_of_assignment(&mut self, name: &str, target: TextRange, ty: Ty) {
        let state = &mut self.expressions;
        state.assignments += 1;
        let (name, value) = (hash_of(name), hash_of((target, ty)));
        match state.assigned.binary_search_by_key(&name, |(known, _)| *known) {
            Ok(position) => state.assigned[position].1 = value,
            Err(position) => state.assigned.insert(position, (name, value)),
        }
    }

    /// Runs a part of an expression whose assignments nothing else can see.
    pub(crate) fn in_epoch_of_its_own<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let (steps, assigned) = (self.expressions.steps, self.expressions.assigned.clone());
        let result = work(self);
        self.expressions.steps = steps;
        self.expressions.assigned = assigned;
        result
    }

    /// Runs a part of an expression that knows more than the rest of it; what it knows, it tells by
    /// [`Checker::enter_epoch`].
    pub(crate) fn in_epoch<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let state = &self.expressions;
        let (steps, assigned, assignments) = (state.steps, state.assigned.clone(), state.assignments);
        let result = work(self);
        let inner = self.expressions.epoch();
        self.expressions.steps = steps;
        self.expressions.assigned = assigned;
        if self.expressions.assignments != assignments {
            self.enter_epoch(inner);
        }
        result
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
            empty(&mut state.cache);
            state.changes.clear();
            state.open.clear();
            state.steps = 0;
            state.assigned.clear();
            state.assignments = 0;
        }
    }

    /// Whether the expression under way is part of another: the cache goes with the outermost one.
    pub(crate) fn is_inner_expression(&self) -> bool {
        self.expressions.depth > 1
    }

    /// The result of an expression that was inferred before with the same expected type while the
    /// same was known of every place; its findings and types are recorded again.
    pub(crate) fn cached(&mut self, range: TextRange, expected: Option<Ty>, mode: InferMode) -> Option<Ty> {
        let cached = self.expressions.cache.get(&self.cache_key(range, expected, mode))?;
        if cached.wordless && !self.is_silent() {
            return None;
        }
        // A result may speak of the unknowns that it was made for.
        if cached.expected != expected && cached.ty.has(TyFlags::HAS_META) {
            return None;
        }
        let Cached { ty, found, types, bool_outcome, walruses, .. } = cached.clone();
        self.walrus_count = self.walrus_count.wrapping_add(walruses);
        if let Some(outcome) = bool_outcome {
            self.expressions.bool_outcomes.insert(range, outcome);
        } else if !self.expressions.bool_outcomes.is_empty() {
            self.expressions.bool_outcomes.remove(&range);
        }
        for (range, ty) in self.expressions.outcome(types) {
            self.set_type(range, ty);
        }
        self.expressions.record(Change::Segment(types));
        self.report_all(found);
        Some(ty)
    }

    fn cache_key(&self, range: TextRange, expected: Option<Ty>, mode: InferMode) -> CacheKey {
        let expected = expected.map(|expected| self.with_numbered_unknowns(expected));
        let (epoch, unreachable) = (self.expressions.epoch(), self.binder.is_unreachable());
        CacheKey { range, mode, expected, epoch, unreachable }
    }

    /// Infers with `work` and keeps the result for [`Checker::cached`].
    pub(crate) fn caching(
        &mut self,
        range: TextRange,
        expected: Option<Ty>,
        mode: InferMode,
        work: impl FnOnce(&mut Self) -> Ty,
    ) -> Ty {
        let full =
            self.expressions.cache.len() >= CACHE_LIMIT || self.expressions.changes.len() >= CHANGES_LIMIT;
        if full {
            return work(self);
        }
        let key = self.cache_key(range, expected, mode);
        let walruses = self.walrus_count;
        self.expressions.open_segment();
        let (ty, mut found) = self.capturing(work);
        drop_repetitions(&mut found);
        let types = self.expressions.close_segment();
        // What never returns leaves a mark beside its result.
        let same = key.epoch == self.expressions.epoch() && key.unreachable == self.binder.is_unreachable();
        if same && self.expressions.changes.len() < CHANGES_LIMIT {
            let wordless = self.is_silent() && !found.is_empty();
            let kept = if self.expressions.depth > DEEP { DEEP_FINDINGS } else { usize::MAX };
            let kept: Vec<Diagnostic> = found.iter().take(kept).cloned().collect();
            let bool_outcome = self.expressions.bool_outcomes.get(&range).copied();
            let walruses = self.walrus_count.wrapping_sub(walruses);
            let cached = Cached { expected, ty, found: kept, types, bool_outcome, wordless, walruses };
            self.expressions.cache.insert(key, cached);
        }
        self.report_all(found);
        ty
    }

    /// The type with the unknowns of calls under way numbered from 1: each attempt at a call has
    /// unknowns of its own, and what is inferred for one of them holds for all.
    pub(crate) fn with_numbered_unknowns(&self, expected: Ty) -> Ty {
        if !expected.has(TyFlags::HAS_META) {
            return expected;
        }
        let mut known: SmallVec<[u32; 4]> = SmallVec::new();
        let mut numbered = |id: TypeVarId| {
            let place = known.iter().position(|meta| *meta == id.meta).unwrap_or_else(|| {
                known.push(id.meta);
                known.len() - 1
            });
            TypeVarId { meta: place as u32 + 1, ..id }
        };
        pytype_types::translate(&*self.ctx, expected, &mut |part| match part.kind() {
            TyKind::TypeVar(variable) if variable.id.is_meta() => {
                Some(Ty::new(TyKind::TypeVar(TypeVar { id: numbered(variable.id), ..*variable })))
            }
            TyKind::ParamSpec(spec) if spec.id.is_meta() => {
                Some(Ty::new(TyKind::ParamSpec(ParamSpec { id: numbered(spec.id), ..*spec })))
            }
            TyKind::TypeVarTuple(tuple) if tuple.id.is_meta() => {
                Some(Ty::new(TyKind::TypeVarTuple(TypeVarTuple { id: numbered(tuple.id), ..*tuple })))
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
            | TyKind::Module(_) => None,
        })
    }

    /// Records the type of an expression.
    pub fn store_type(&mut self, range: TextRange, ty: Ty) {
        self.set_type(range, Some(ty));
        self.expressions.record(Change::Type(range, Some(ty)));
    }

    /// Sets or removes the type of an expression, which running attempts can take back.
    fn set_type(&mut self, range: TextRange, ty: Option<Ty>) {
        let before = match ty {
            Some(ty) => self.expression_types.insert(range, ty),
            None => self.expression_types.remove(&range),
        };
        if self.expressions.attempts > 0 {
            self.expressions.overwritten.push((range, before));
        }
    }

    /// Runs `work` without recording the types it infers.
    pub(crate) fn forgetting_types<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let (result, log) = self.logging_types(work);
        self.forget_types(log);
        result
    }

    /// Runs `work`; the types it recorded can be taken back ([`TypeLog`]).
    pub(crate) fn logging_types<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> (R, TypeLog) {
        let log = TypeLog { start: self.expressions.overwritten.len() };
        self.expressions.attempts += 1;
        (work(self), log)
    }

    /// Keeps the types that an attempt recorded.
    pub(crate) fn keep_types(&mut self, _log: TypeLog) {
        // An attempt around this one may still take them back.
        self.expressions.attempts -= 1;
        if self.expressions.attempts == 0 {
            self.expressions.overwritten.clear();
        }
    }

    /// Takes the types of an attempt back.
    pub(crate) fn forget_types(&mut self, log: TypeLog) {
        self.expressions.attempts -= 1;
        while self.expressions.overwritten.len() > log.start
            && let Some((range, before)) = self.expressions.overwritten.pop()
        {
            match before {
                Some(ty) => self.expression_types.insert(range, ty),
                None => self.expression_types.remove(&range),
            };
            self.expressions.record(Change::Type(range, before));
        }
    }

    /// Takes the types of an attempt back and returns them, to be recorded later.
    pub(crate) fn take_types(&mut self, log: TypeLog) -> Vec<(TextRange, Ty)> {
        let mut seen = FxHashSet::default();
        let types = self.expressions.overwritten[log.start..]
            .iter()
            .filter(|(range, _)| seen.insert(*range))
            .filter_map(|(range, _)| Some((*range, *self.expression_types.get(range)?)))
            .collect();
        self.forget_types(log);
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

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl ExpressionState {
    /// Identifies what is known of places, within the outermost expression.
    fn epoch(&self) -> u64 {
        if self.assigned.is_empty() { self.steps } else { hash_of((self.steps, &self.assigned)) }
    }

    /// Forgets everything; the room of tables and lists stays.
    pub(crate) fn clear(&mut self) {
        let ExpressionState {
            mut expected,
            mut cache,
            mut bool_outcomes,
            mut overwritten,
            mut changes,
            mut open,
            ..
        } = std::mem::take(self);
        expected.clear();
        empty(&mut cache);
        empty(&mut bool_outcomes);
        overwritten.clear();
        changes.clear();
        open.clear();
        *self = ExpressionState {
            expected,
            cache,
            bool_outcomes,
            overwritten,
            changes,
            open,
            ..ExpressionState::default()
        };
    }

    /// Notes a change, if a cached expression is being inferred.
    fn record(&mut self, change: Change) {
        if !self.open.is_empty() && self.changes.len() < CHANGES_LIMIT {
            self.changes.push(change);
        }
    }

    /// A cached expression begins.
    fn open_segment(&mut self) {
        self.open.push(self.changes.len());
    }

    /// The innermost cached expression is done.
    fn close_segment(&mut self) -> Segment {
        let end = self.changes.len();
        Segment { start: self.open.pop().unwrap_or(end), end }
    }

    /// What a segment leaves each expression with, once for each.
    fn outcome(&self, segment: Segment) -> Vec<(TextRange, Option<Ty>)> {
        let mut outcome = Outcome::default();
        // Segments that were gone through, by their ends: nothing before them in time counts that
        // speaks of the same expressions, so that where they stand they are skipped.
        let mut done: FxHashMap<usize, usize> = FxHashMap::default();
        // The last change of an expression counts: each is gone through from its end.
        let mut open: SmallVec<[(Segment, usize); 4]> = SmallVec::new();
        open.push((segment, segment.end));
        while let Some((segment, at)) = open.last_mut() {
            if *at <= segment.start {
                let start = done.entry(segment.end).or_insert(segment.start);
                *start = segment.start.min(*start);
                open.pop();
            } else if let Some(start) = done.get(at).filter(|start| *start < at) {
                *at = *start;
            } else {
                *at -= 1;
                match self.changes[*at] {
                    Change::Type(range, ty) => outcome.add(range, ty),
                    Change::Segment(segment) => open.push((segment, segment.end)),
                }
            }
        }
        outcome.changes
    }
}

/// The last change of each expression.
#[derive(Default)]
struct Outcome {
    changes: Vec<(TextRange, Option<Ty>)>,
    /// The expressions among them, once they are many.
    known: FxHashSet<TextRange>,
}

impl Outcome {
    /// Adds a change, unless a later one of the same expression is there.
    fn add(&mut self, range: TextRange, ty: Option<Ty>) {
        let is_new = if self.changes.len() < MANY_CHANGES {
            self.changes.iter().all(|(other, _)| *other != range)
        } else {
            if self.known.is_empty() {
                self.known.extend(self.changes.iter().map(|(range, _)| *range));
            }
            self.known.insert(range)
        };
        if is_new {
            self.changes.push((range, ty));
        }
    }
}

/// From how many expressions on it is worth having a table of them.
const MANY_CHANGES: usize = 16;

/// Many findings are made again and again: each level of a nested expression may infer what is
/// inside of it several times.
fn drop_repetitions(found: &mut Vec<Diagnostic>) {
    if found.len() > MANY_FINDINGS {
        let mut seen = FxHashSet::default();
        found.retain(|finding| seen.insert((finding.code, finding.range, finding.message.clone())));
    }
}

/// From how many findings on it is worth looking for repetitions.
const MANY_FINDINGS: usize = 16;

/// Where that begins which an attempt overwrote in the table of expression types. Of two attempts that are both
/// running, the later one is decided on first.
#[must_use]
pub(crate) struct TypeLog {
    start: usize,
}
