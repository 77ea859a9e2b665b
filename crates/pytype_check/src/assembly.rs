//! A file's findings, put together: suppressed, switched, without duplicates, in order.

use std::sync::Arc;

use pytype_declare::LocalTypes;
use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_infer::flow::units::{check_body, file_findings};
use pytype_infer::{Checker, InferDb};
use pytype_source::{Diagnostic, ErrorCode, File, Severity, parse, source_text};
use rustc_hash::FxHashSet;

use crate::definedness::check_definedness;
use crate::lines::Lines;
use crate::rules;
use crate::skipped_lines::skipped_lines;
use crate::semantics::check_semantics;
use crate::suppressions::Suppressions;

/// Everything found in one file, in order, as it is to be shown.
pub fn check_file(db: &dyn InferDb, file: File) -> Arc<Vec<Diagnostic>> {
    let source = source_text(db, file);
    if let Some(problem) = &source.problem {
        let place = ruff_text_size::TextRange::default();
        return Arc::new(vec![Diagnostic::error(ErrorCode::Syntax, place, problem.clone()).blocking()]);
    }
    let parsed = parse(db, file);
    let lines = Lines::new(&source.text);
    let mut suppressions = Suppressions::read(parsed, &source.text, &lines);
    let mut found: Vec<Diagnostic> = Vec::new();
    for error in parsed.parsed().errors() {
        found.push(Diagnostic::error(ErrorCode::Syntax, error.location, error.error.to_string()).blocking());
    }
    for (line, message) in pytype_config::inline_options(&source.text).problems {
        found.push(Diagnostic::error(ErrorCode::Misc, lines.start(line), message));
    }
    found.extend(suppressions.problems.iter().cloned());
    if found.iter().all(|d| !d.blocking) {
        found.extend(check_semantics(db.as_declare_db(), file));
    }
    if found.iter().all(|d| !d.blocking) {
        collect(db, file, &mut found);
    }
    let options = db.module_options(file);
    if options.ignore_errors || suppressions.whole_file {
        found.retain(|d| d.blocking);
        return Arc::new(found);
    }
    let mut shown: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for finding in found {
        if finding.code.is_some_and(|code| !options.is_code_enabled(code)) && !finding.blocking {
            continue;
        }
        let own = lines.covered(finding.range);
        let origin = finding.origin.map(|range| lines.covered(range));
        let covered = own.chain(origin.into_iter().flatten());
        let silenced =
            !finding.blocking && finding.code.is_some() && suppressions.silences(covered, finding.code);
        if !silenced {
            shown.push(finding);
        }
    }
    if options.warn_unused_ignores || options.enabled_error_codes.contains(ErrorCode::UnusedIgnore) {
        let unreachable = skipped_lines(&parsed.module().body, options, &lines);
        shown.extend(suppressions.unused(&|line| unreachable.contains(&line)));
    }
    if options.is_code_enabled(ErrorCode::IgnoreWithoutCode) {
        shown.extend(suppressions.without_code());
    }
    Arc::new(in_order(shown, &lines))
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

/// Runs every part of the check over a file.
fn collect(db: &dyn InferDb, file: File, found: &mut Vec<Diagnostic>) {
    let levels = file_findings(db, file);
    found.extend(levels.diagnostics.iter().cloned());
    let mut outcomes = levels.outcomes.clone();
    let mut checker = Checker::new(db, file, LocalTypes::default());
    for definition in &levels.reached {
        checker.enter_enclosing_scopes(*definition);
        rules::check_definition(&mut checker, *definition);
        match levels.methods.get(definition) {
            Some(in_method) => {
                found.extend(in_method.iter().cloned());
                checker.check_local_variables(definition.id.body_unit());
            }
            None if is_function(db, *definition) => {
                let body = check_body(db, file, definition.id);
                found.extend(body.diagnostics.iter().cloned());
                outcomes.extend(&body.outcomes);
            }
            None => {}
        }
    }
    collect_declarations(db, &checker, file, &levels.reached, found);
    found.extend(checker.into_diagnostics());
    found.extend(crate::imports::check_imports(db, file));
    found.extend(check_definedness(db, file, &outcomes));
}

fn is_function(db: &dyn InferDb, definition: DefRef) -> bool {
    matches!(
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
        if matches!(definition.kind, DefinitionKind::Variable | DefinitionKind::TypeAliasStatement) {
            let reference = DefRef { file, id: DefId { unit: 0, ordinal } };
            found.extend(pytype_declare::declaration_diagnostics(&checker.ctx, reference));
        }
    }
}
