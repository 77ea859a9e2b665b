//! A file's findings, put together: suppressed, switched, without duplicates, in order.

use std::sync::Arc;

use pytype_declare::{LocalTypes, signatures};
use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_infer::flow::placement::{placed, placed_outcomes};
use pytype_infer::flow::units::{BodyFindings, Outcomes, check_body, file_findings};
use pytype_infer::{Checker, InferDb};
use pytype_source::{Diagnostic, ErrorCode, File, Severity, source_text};
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use crate::definedness::check_definedness;
use crate::internal_errors::{InternalError, guarded};
use crate::lines::Lines;
use crate::new_syntax::check_new_syntax;
use crate::rules;
use crate::semantics::check_semantics;
use crate::skipped_lines::skipped_lines;
use crate::suppressions::Suppressions;

/// What was found in one function's body, unless the checker failed in it.
pub(crate) type Body = Result<BodyFindings, InternalError>;

/// Everything found in one file, in order, as it is to be shown.
pub fn check_file(db: &dyn InferDb, file: File) -> Arc<Vec<Diagnostic>> {
    let body = |function| guarded(|| check_body(db, file, function).clone());
    assemble(db, file, &body).diagnostics
}

/// A file's findings.
pub(crate) struct Assembled {
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// Something went wrong in the checker itself.
    pub failed: bool,
}

impl Assembled {
    fn of(diagnostics: Vec<Diagnostic>) -> Assembled {
        Assembled { diagnostics: Arc::new(diagnostics), failed: false }
    }
}

/// Whether nothing keeps a file from being checked: it can be read, and its syntax is right.
pub(crate) fn is_checkable(db: &dyn InferDb, file: File) -> bool {
    source_text(db, file).problem.is_none() && !pytype_index::has_syntax_errors(db, file)
}

/// Puts a file's findings together; `body` has those in functions.
pub(crate) fn assemble(db: &dyn InferDb, file: File, body: &dyn Fn(DefId) -> Body) -> Assembled {
    let source = source_text(db, file);
    if let Some(problem) = &source.problem {
        let place = TextRange::default();
        return Assembled::of(vec![Diagnostic::error(ErrorCode::Syntax, place, problem.clone()).blocking()]);
    }
    let parsed = pytype_index::whole_file(db, file);
    let lines = Lines::new(&source.text);
    let mut suppressions = Suppressions::read(parsed, &source.text, &lines);
    let mut found: Vec<Diagnostic> = Vec::new();
    for error in parsed.errors() {
        found.push(Diagnostic::error(ErrorCode::Syntax, error.location, error.error.to_string()).blocking());
    }
    if !file.is_stub(db) {
        found.extend(check_new_syntax(parsed, &source.text, db.module_options(file).python_version));
    }
    for (line, message) in pytype_config::inline_options(&source.text).problems {
        let message = format!("Wrong option in a comment: {message}");
        found.push(Diagnostic::error(ErrorCode::Misc, lines.start(line), message));
    }
    found.extend(suppressions.problems.iter().cloned());
    let mut failed = false;
    if found.iter().all(|d| !d.blocking) {
        found.extend(check_semantics(db.as_declare_db(), file));
    }
    if found.iter().all(|d| !d.blocking) {
        failed = collect(db, file, body, &mut found);
    }
    let options = db.module_options(file);
    if options.ignore_errors || suppressions.whole_file {
        found.retain(|d| d.blocking);
        return Assembled { diagnostics: Arc::new(found), failed };
    }
    let mut shown: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for finding in found {
        if finding.code.is_some_and(|code| !options.is_code_enabled(code)) && !finding.blocking {
            continue;
        }
        let own = lines.covered(finding.range);
        let origin = finding.origin.map(|range| lines.covered(range));
        let covered = own.chain(origin.into_iter().flatten());
        let silenced = !finding.blocking
            && !finding.from_parser
            && finding.code.is_some()
            && suppressions.silences(covered, finding.code);
        if !silenced {
            shown.push(finding);
        }
    }
    let unused = options.warn_unused_ignores || options.enabled_error_codes.contains(ErrorCode::UnusedIgnore);
    let bare = options.is_code_enabled(ErrorCode::IgnoreWithoutCode);
    if unused || bare {
        let skipped = skipped_lines(pytype_index::whole_syntax(db, file), options, &lines);
        if unused {
            shown.extend(suppressions.unused(&|line| skipped.contains(&line)));
        }
        if bare {
            shown.extend(suppressions.without_code(unused, &|line| skipped.contains(&line)));
        }
    }
    Assembled { diagnostics: Arc::new(in_order(shown, &lines)), failed }
}

/// By line, as they were found within a line, each once.
fn in_order(mut shown: Vec<Diagnostic>, lines: &Lines) -> Vec<Diagnostic> {
    shown.sort_by_key(|d| lines.line(d.range.start()));
    let mut seen: FxHashSet<(u32, Severity, Option<ErrorCode>, String)> = FxHashSet::default();
    let mut only_once: FxHashSet<String> = FxHashSet::default();
    shown.retain(|d| {
        let first = !d.only_once || only_once.insert(d.message.clone());
        first && seen.insert((lines.line(d.range.start()), d.severity, d.code, d.message.clone()))
    });
    shown
}

/// Runs every part of the check over a file. Returns whether the checker failed somewhere.
fn collect(db: &dyn InferDb, file: File, body: &dyn Fn(DefId) -> Body, found: &mut Vec<Diagnostic>) -> bool {
    let levels = file_findings(db, file);
    found.extend(placed(db, file, 0, &levels.diagnostics));
    let mut failed = false;
    let mut outcomes = placed_outcomes(db, file, 0, &levels.outcomes);
    let mut checker = Checker::new(db, file, LocalTypes::default());
    for definition in &levels.reached {
        let checked = guarded(|| {
            checker.enter_enclosing_scopes(*definition);
            rules::check_definition(&mut checker, *definition);
        });
        if let Err(error) = checked {
            failed = true;
            found.push(error.diagnostic(place_of(db, *definition)));
            found.extend(checker.take_diagnostics());
            checker = Checker::new(db, file, LocalTypes::default());
        }
        match levels.methods.get(definition) {
            Some(in_method) => {
                found.extend(placed(db, file, 0, in_method));
                checker.check_local_variables(definition.id.body_unit());
            }
            // What stands inside of a method was walked with it.
            None if is_outermost_function(db, *definition) => match body(definition.id) {
                Ok(body) => add_body(db, *definition, &body, found, &mut outcomes),
                Err(error) => {
                    failed = true;
                    found.push(error.diagnostic(place_of(db, *definition)));
                }
            },
            None => {}
        }
    }
    collect_declarations(db, &checker, file, &levels.reached, found);
    found.extend(checker.into_diagnostics());
    found.extend(crate::imports::check_imports(db, file));
    found.extend(check_definedness(db, file, &outcomes));
    failed
}

fn add_body(
    db: &dyn InferDb,
    function: DefRef,
    body: &BodyFindings,
    found: &mut Vec<Diagnostic>,
    outcomes: &mut Outcomes,
) {
    let unit = function.id.body_unit();
    found.extend(placed(db, function.file, unit, &body.diagnostics));
    outcomes.extend(placed_outcomes(db, function.file, unit, &body.outcomes));
}

/// The functions of a file whose bodies are checked on their own, in order, each with the length of
/// its text.
pub(crate) fn bodies_of(db: &dyn InferDb, file: File) -> Vec<(DefId, u32)> {
    let levels = file_findings(db, file);
    let mut seen: FxHashSet<DefId> = FxHashSet::default();
    let own = |definition: &&DefRef| {
        !levels.methods.contains_key(*definition)
            && is_outermost_function(db, **definition)
            && seen.insert(definition.id)
    };
    let functions: Vec<DefId> = levels.reached.iter().filter(own).map(|definition| definition.id).collect();
    let syntax = pytype_index::interface_syntax(db, file);
    let length = |id| syntax.function(id).map_or(0, |function| function.range.len().to_u32());
    functions.into_iter().map(|id| (id, length(id))).collect()
}

/// Where a definition begins.
fn place_of(db: &dyn InferDb, definition: DefRef) -> TextRange {
    TextRange::empty(pytype_index::definition_start(db, definition.file, definition.id))
}

/// Whether a definition is a function that stands in no other.
fn is_outermost_function(db: &dyn InferDb, definition: DefRef) -> bool {
    definition.id.unit == 0
        && matches!(
            pytype_index::definition(db, definition.file, definition.id).kind,
            DefinitionKind::Function { .. }
        )
}

/// What the declarations of the module and class levels found.
fn collect_declarations(
    db: &dyn InferDb,
    checker: &Checker<'_>,
    file: File,
    reached: &[DefRef],
    found: &mut Vec<Diagnostic>,
) {
    let index = pytype_index::file_index(db, file);
    let mut done: FxHashSet<DefId> = FxHashSet::default();
    for definition in reached {
        if !done.insert(definition.id) {
            continue;
        }
        found.extend(pytype_declare::declaration_diagnostics(&checker.ctx, *definition));
    }
    for (ordinal, definition) in (0..).zip(&index.definitions) {
        let reference = DefRef { file, id: DefId { unit: 0, ordinal } };
        let is_wanted = match definition.kind {
            DefinitionKind::Variable | DefinitionKind::TypeAliasStatement => true,
            // Where no control flow leads, mypy checks nothing, but has made sense of declarations by then.
            DefinitionKind::Class { .. } | DefinitionKind::Function { .. }
                if done.contains(&reference.id) =>
            {
                false
            }
            DefinitionKind::Class { .. } => true,
            DefinitionKind::Function { .. } => {
                let first = checker.first_definition(reference);
                !checker.is_left_out(signatures::function_info(db.as_declare_db(), first), reference)
            }
            DefinitionKind::Parameter
            | DefinitionKind::Import { .. }
            | DefinitionKind::ImportFrom { .. }
            | DefinitionKind::TypeParameter => false,
        };
        if is_wanted {
            found.extend(pytype_declare::declaration_diagnostics(&checker.ctx, reference));
        }
    }
}
