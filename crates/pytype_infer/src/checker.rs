//! The state of one walk, and how findings are recorded.

use std::cell::RefCell;
use std::rc::Rc;

use pytype_config::ModuleOptions;
use pytype_declare::{Binding, Context, Covered, DeclareDb, LocalTypes};
use pytype_index::{DefRef, ScopeId};
use pytype_source::{Diagnostic, ErrorCode, File, Name, Severity};
use pytype_types::{ClassId, Sig, Substitution, Ty};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::expressions::ExpressionState;
use crate::flow::KnownName;
use crate::flow::binder::Binder;
use crate::flow::functions::Deferred;
use crate::flow::partial_types::{PartialScope, Slot};
use crate::flow::units::KeptInterfaces;

/// The database as this layer sees it.
#[salsa::db]
pub trait InferDb: DeclareDb {
    fn as_infer_db(&self) -> &dyn InferDb;

    /// The rules on whole definitions, which the layer above knows.
    fn rules(&self) -> &dyn DefinitionRules;

    /// Answers kept by this handle of the database; `None` where files may change.
    fn kept_interfaces(&self) -> Option<&KeptInterfaces> {
        None
    }
}

/// Rules that look at a whole class or function once its unit has been walked.
pub trait DefinitionRules: Send + Sync {
    /// Checks a definition that stands in the function being walked.
    fn check_local(&self, checker: &mut Checker<'_>, definition: DefRef);
}

/// The function whose body is being walked; lambdas count.
#[derive(Clone, Debug)]
pub struct FunctionFrame {
    /// `None` for a lambda.
    pub definition: Option<DefRef>,
    pub signature: Option<Sig>,
    /// What `return` must give: for a coroutine its result, for a generator its return value.
    pub return_type: Ty,
    /// What `yield` must give and what it evaluates to, in a generator.
    pub yield_type: Option<Ty>,
    pub send_type: Option<Ty>,
    pub is_async: bool,
    pub is_generator: bool,
    pub is_lambda: bool,
    /// No annotation at all: expressions are `Any` unless `--check-untyped-defs`.
    pub is_dynamic: bool,
    /// The class it is a method of.
    pub class: Option<ClassId>,
    /// The first parameter of a method, through which attributes are defined.
    pub self_parameter: Option<DefRef>,
    /// The result as declared, with `Coroutine` or `Generator` around it.
    pub declared_return: Ty,
}

impl FunctionFrame {
    /// The frame of a lambda with this result.
    pub fn for_lambda(return_type: Ty) -> FunctionFrame {
        FunctionFrame {
            definition: None,
            signature: None,
            return_type,
            yield_type: None,
            send_type: None,
            is_async: false,
            is_generator: false,
            is_lambda: true,
            is_dynamic: false,
            class: None,
            self_parameter: None,
            declared_return: return_type,
        }
    }
}

/// One walk over one unit of work.
pub struct Checker<'db> {
    pub db: &'db dyn InferDb,
    /// Shared, so that it can be lent out while the walk goes on (descriptors call back).
    pub ctx: Rc<Context<'db>>,
    pub file: File,
    pub options: &'db ModuleOptions,
    pub is_stub: bool,
    /// The assignment being checked declares something `Final`, which is how it may be assigned.
    pub in_final_definition: bool,
    /// Where the statement being walked begins: names of a class body are seen only by later ones.
    pub statement_start: TextSize,
    /// Variables of the module that only an assignment which reads them would define.
    pub(crate) never_defined: Vec<DefRef>,
    /// Enclosing lexical scopes, the innermost last.
    pub scopes: Vec<ScopeId>,
    pub functions: Vec<FunctionFrame>,
    /// Enclosing classes, the innermost last.
    pub classes: Vec<ClassId>,
    pub binder: Binder,
    /// Variables that wait for a later use to complete their type, by scope.
    pub partials: Vec<PartialScope>,
    /// The type last inferred for an expression, by its place in the file.
    pub expression_types: FxHashMap<TextRange, Ty>,
    diagnostics: Vec<Diagnostic>,
    /// Classes and functions that the walk reached, for the rules that look at whole definitions.
    pub reached: Vec<DefRef>,
    pub(crate) expressions: ExpressionState,
    /// What names mean in the scopes that were walked.
    pub(crate) known_names: RefCell<FxHashMap<(ScopeId, Name), KnownName>>,
    /// Of those that the function or module around binds only later: what they mean until then.
    pub(crate) outside_meanings: RefCell<FxHashMap<(ScopeId, Name), Binding>>,
    /// Binders that are not in use, empty.
    pub(crate) spare_binders: Vec<Binder>,
    /// The function being walked read something that is not inferred yet: what is inferred from
    /// here to its end may be wrong and is not kept.
    pub deferred: bool,
    /// The same happened somewhere in the outermost function, which will be walked again.
    pub must_walk_again: bool,
    /// Whether a function may be deferred: there are passes left.
    pub may_defer: bool,
    pub deferred_functions: Vec<Deferred>,
    /// Findings in methods that were walked with the interface.
    pub method_findings: FxHashMap<DefRef, Vec<Diagnostic>>,
    /// Open variables that were reported already.
    pub(crate) partials_reported: FxHashSet<Slot>,
    /// Where each variable and attribute got its type.
    pub(crate) definers: FxHashMap<Slot, TextRange>,
    /// What `definers` has, in the order in which it was met.
    pub(crate) defined: Vec<Slot>,
    /// What has a type only until the function that defines it is walked again.
    pub(crate) half_known: FxHashSet<Slot>,
    /// The frames of the binder that were open when a variable got its type.
    pub(crate) definition_frames: FxHashMap<Slot, Vec<u32>>,
    /// In a function that is walked once for each value of a constrained type variable: what
    /// attributes were inferred to be before.
    pub(crate) inferred_attributes: Option<FxHashMap<Slot, Ty>>,
    pub(crate) value_substitution: Option<Substitution>,
    pub(crate) no_partial_types: bool,
    /// Parameters that assignments widened (`--allow-redefinition`).
    pub(crate) widened: FxHashMap<DefRef, Ty>,
    /// Counts assignments that widened a variable, to see whether a loop must go round again.
    pub(crate) widen_count: u32,
    /// Counts assignment expressions, to see whether walking one had effects.
    pub(crate) walrus_count: u32,
    /// The type guards of calls, where the callee's type alone does not tell.
    pub(crate) called_guards: FxHashMap<TextRange, (Option<Ty>, Option<Ty>)>,
    /// The assignments in `__init__` that give final attributes their values.
    pub(crate) final_values: FxHashMap<(ClassId, Name), TextRange>,
    /// Of expression statements that were walked, by where they begin: whether they come to an
    /// end. Of conditions of `if` statements: whether they may be false.
    pub(crate) outcomes: FxHashMap<TextSize, bool>,
}

/// The tables that every walk fills. The next walk of the same thread takes them over, empty, so that they need
/// not grow again.
#[derive(Default)]
pub(crate) struct Tables {
    binder: Binder,
    expression_types: FxHashMap<TextRange, Ty>,
    expressions: ExpressionState,
    known_names: RefCell<FxHashMap<(ScopeId, Name), KnownName>>,
    outside_meanings: RefCell<FxHashMap<(ScopeId, Name), Binding>>,
    spare_binders: Vec<Binder>,
}

/// A table with more room than this is not taken over: to empty it would cost more than to make a new one.
const LARGEST_TABLE: usize = 1024;

impl Tables {
    /// Those that an earlier walk has left.
    pub(crate) fn of_earlier_walk(db: &dyn InferDb) -> Tables {
        db.kept_interfaces().and_then(KeptInterfaces::take_tables).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.binder.clear();
        self.expressions.clear();
        empty(&mut self.expression_types);
        empty(self.known_names.get_mut());
        empty(self.outside_meanings.get_mut());
    }
}

/// Empties a table; its room stays, unless it is very large.
pub(crate) fn empty<K, V>(table: &mut FxHashMap<K, V>) {
    if table.capacity() > LARGEST_TABLE {
        *table = FxHashMap::default();
    } else {
        table.clear();
    }
}

impl<'db> Checker<'db> {
    /// A walk over `file` that infers `local.covered` itself.
    pub fn new(db: &'db dyn InferDb, file: File, local: LocalTypes) -> Checker<'db> {
        let mut context = Context::new(db.as_declare_db(), file);
        context.local = local;
        Checker::with_tables(db, file, context, Tables::of_earlier_walk(db))
    }

    /// A walk over a body of `file`.
    pub(crate) fn of_body(db: &'db dyn InferDb, file: File, covered: Covered) -> Checker<'db> {
        let mut context = Context::of_bodies(db.as_declare_db(), file);
        context.begin_body(covered);
        Checker::with_tables(db, file, context, Tables::of_earlier_walk(db))
    }

    /// A walk over `file`, whose options `ctx` has, that infers `ctx.local.covered` itself, with the tables of a
    /// walk that is over.
    fn with_tables(db: &'db dyn InferDb, file: File, ctx: Context<'db>, tables: Tables) -> Checker<'db> {
        let Tables { binder, expression_types, expressions, known_names, outside_meanings, spare_binders } =
            tables;
        Checker {
            db,
            options: ctx.options(),
            ctx: Rc::new(ctx),
            file,
            is_stub: file.is_stub(db),
            in_final_definition: false,
            statement_start: TextSize::default(),
            never_defined: Vec::new(),
            scopes: vec![ScopeId::MODULE],
            functions: Vec::new(),
            classes: Vec::new(),
            binder,
            partials: vec![PartialScope::default()],
            expression_types,
            diagnostics: Vec::new(),
            reached: Vec::new(),
            expressions,
            known_names,
            outside_meanings,
            spare_binders,
            deferred: false,
            must_walk_again: false,
            may_defer: false,
            deferred_functions: Vec::new(),
            method_findings: FxHashMap::default(),
            partials_reported: FxHashSet::default(),
            definers: FxHashMap::default(),
            defined: Vec::new(),
            half_known: FxHashSet::default(),
            definition_frames: FxHashMap::default(),
            inferred_attributes: None,
            value_substitution: None,
            no_partial_types: false,
            widened: FxHashMap::default(),
            widen_count: 0,
            walrus_count: 0,
            called_guards: FxHashMap::default(),
            outcomes: FxHashMap::default(),
            final_values: FxHashMap::default(),
        }
    }

    /// Begins another walk over the same file, as if made anew: of tables and lists only the room stays. `false`
    /// if the context is lent out.
    pub(crate) fn begin_body(&mut self, covered: Covered) -> bool {
        let Some(context) = Rc::get_mut(&mut self.ctx) else { return false };
        context.begin_body(covered);
        let Checker {
            db: _,
            ctx: _,
            file: _,
            options: _,
            is_stub: _,
            in_final_definition,
            statement_start,
            never_defined,
            scopes,
            functions,
            classes,
            binder,
            partials,
            expression_types,
            diagnostics,
            reached,
            expressions,
            known_names,
            outside_meanings,
            spare_binders: _,
            deferred,
            must_walk_again,
            may_defer,
            deferred_functions,
            method_findings,
            partials_reported,
            definers,
            defined,
            half_known,
            definition_frames,
            inferred_attributes,
            value_substitution,
            no_partial_types,
            widened,
            widen_count,
            walrus_count,
            called_guards,
            final_values,
            outcomes,
        } = self;
        *in_final_definition = false;
        *statement_start = TextSize::default();
        never_defined.clear();
        scopes.clear();
        scopes.push(ScopeId::MODULE);
        functions.clear();
        classes.clear();
        binder.clear();
        partials.clear();
        partials.push(PartialScope::default());
        empty(expression_types);
        diagnostics.clear();
        reached.clear();
        expressions.clear();
        empty(known_names.get_mut());
        empty(outside_meanings.get_mut());
        *deferred = false;
        *must_walk_again = false;
        *may_defer = false;
        deferred_functions.clear();
        method_findings.clear();
        partials_reported.clear();
        definers.clear();
        defined.clear();
        half_known.clear();
        definition_frames.clear();
        *inferred_attributes = None;
        *value_substitution = None;
        *no_partial_types = false;
        widened.clear();
        *widen_count = 0;
        *walrus_count = 0;
        called_guards.clear();
        final_values.clear();
        outcomes.clear();
        true
    }

    /// The innermost scope.
    pub fn scope(&self) -> ScopeId {
        self.scopes.last().copied().unwrap_or(ScopeId::MODULE)
    }

    pub fn function(&self) -> Option<&FunctionFrame> {
        self.functions.last()
    }

    /// Records an error.
    pub fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.report(Diagnostic::error(code, range, message));
    }

    /// Records a note.
    pub fn note(&mut self, range: TextRange, message: impl Into<String>) {
        self.report(Diagnostic::note(range, message));
    }

    /// Records a finding. Statements that cannot be reached are not walked; the rest of one in which a call never
    /// returns is.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether a `# type: ignore` comment expects a finding with this code at `range`. Where the typing
    /// specification accepts what mypy does not, code that mypy checks has such comments: they count, so that
    /// nobody has to take them away.
    pub fn is_ignored(&self, range: TextRange, code: ErrorCode) -> bool {
        let text = &pytype_source::source_text(self.db, self.file).text;
        pytype_index::outline(self.db, self.file).is_ignored(text, range, code)
    }

    /// Runs `attempt` and hands its findings over instead of recording them.
    pub fn capturing<R>(&mut self, attempt: impl FnOnce(&mut Self) -> R) -> (R, Vec<Diagnostic>) {
        let before = std::mem::take(&mut self.diagnostics);
        let result = attempt(self);
        let found = std::mem::replace(&mut self.diagnostics, before);
        (result, found)
    }

    /// Records findings that were captured before.
    pub fn report_all(&mut self, found: Vec<Diagnostic>) {
        self.diagnostics.extend(found);
    }

    /// Whether captured findings contain an error.
    pub fn has_errors(found: &[Diagnostic]) -> bool {
        found.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether captured findings contain anything that speaks against what was tried; notes do.
    pub(crate) fn has_findings(found: &[Diagnostic]) -> bool {
        found.iter().any(|d| d.code != Some(ErrorCode::Deprecated))
    }

    /// What the walk has inferred, to go on with in another file of the same component.
    pub fn into_local_types(self) -> LocalTypes {
        match self.end() {
            Some(context) => context.local,
            None => LocalTypes::default(),
        }
    }

    /// Ends the walk, and leaves its tables to the next.
    pub(crate) fn end(self) -> Option<Context<'db>> {
        let kept = self.db.kept_interfaces();
        let (context, tables) = self.into_parts();
        if let Some(kept) = kept {
            kept.leave_tables(tables);
        }
        context
    }

    /// What the walk has looked up, for another one over the same file, and its tables.
    fn into_parts(self) -> (Option<Context<'db>>, Tables) {
        let Checker {
            ctx,
            binder,
            expression_types,
            expressions,
            known_names,
            outside_meanings,
            spare_binders,
            ..
        } = self;
        let mut tables =
            Tables { binder, expression_types, expressions, known_names, outside_meanings, spare_binders };
        tables.clear();
        (Rc::try_unwrap(ctx).ok(), tables)
    }

    /// The findings of the walk, in the order they were made.
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        let found = self.take_diagnostics();
        self.end();
        found
    }

    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }
}
