//! The state of one walk, and how findings are recorded.

use std::rc::Rc;

use pytype_config::ModuleOptions;
use pytype_declare::{Context, DeclareDb, LocalTypes};
use pytype_index::{DefRef, ScopeId};
use pytype_source::{Diagnostic, ErrorCode, File, Severity};
use pytype_types::{ClassId, Sig, Ty};
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use crate::flow::binder::Binder;
use crate::flow::partial_types::PartialScope;

/// The database as this layer sees it.
#[salsa::db]
pub trait InferDb: DeclareDb {
    fn as_infer_db(&self) -> &dyn InferDb;
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
    /// Depth of `self.classes` when the function was entered: the class it is a method of is
    /// `classes[class_depth - 1]` if `is_method`.
    pub is_method: bool,
    pub class: Option<ClassId>,
}

/// One walk over one unit of work.
pub struct Checker<'db> {
    pub db: &'db dyn InferDb,
    /// Shared, so that it can be lent out while the walk goes on (descriptors call back).
    pub ctx: Rc<Context<'db>>,
    pub file: File,
    pub options: &'db ModuleOptions,
    pub is_stub: bool,
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
}

impl<'db> Checker<'db> {
    /// A walk over `file` that infers `local.covered` itself.
    pub fn new(db: &'db dyn InferDb, file: File, local: LocalTypes) -> Checker<'db> {
        let mut ctx = Context::new(db.as_declare_db(), file);
        ctx.local = local;
        Checker {
            db,
            options: ctx.options(),
            ctx: Rc::new(ctx),
            file,
            is_stub: file.is_stub(db),
            scopes: vec![ScopeId::MODULE],
            functions: Vec::new(),
            classes: Vec::new(),
            binder: Binder::default(),
            partials: vec![PartialScope::default()],
            expression_types: FxHashMap::default(),
            diagnostics: Vec::new(),
            reached: Vec::new(),
        }
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

    /// Records a finding, unless the code under the cursor cannot be reached.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if !self.binder.is_unreachable() {
            self.diagnostics.push(diagnostic);
        }
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

    /// The findings of the walk, in the order they were made.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }
}
