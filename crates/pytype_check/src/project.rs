//! A whole run: which files there are, and checking them on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pytype_index::{ImportEdge, imports};
use pytype_modules::{ModuleDb, Resolution};
use pytype_source::{Diagnostic, ErrorCode, File, FileOrigin};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::Database;
use crate::assembly::check_file;

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct FileResult {
    pub file: File,
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// Something went wrong in the checker itself; the run ends with exit status 2.
    pub failed: bool,
}

/// The files whose findings are reported: those the user names, and those they import outside of
/// installed packages, unless that is switched off.
pub fn reported_files(db: &Database) -> Vec<File> {
    let mut files = db.modules().source_files(db);
    let mut seen: FxHashSet<File> = files.iter().copied().collect();
    let mut next = 0;
    while let Some(&file) = files.get(next) {
        next += 1;
        for candidate in imports(db, file).iter().flat_map(ImportEdge::candidates) {
            let mut module = Some(candidate);
            while let Some(name) = module {
                if let Resolution::Found(found) = db.resolve_module(name)
                    && found.origin(db) == FileOrigin::Followed
                    && seen.insert(found)
                {
                    files.push(found);
                }
                module = name.parent();
            }
        }
    }
    files
}

/// Checks every file; the results come in the order of the files, whatever the number of threads.
/// `done` is called after each.
pub fn check_project(db: &Database, files: &[File], done: &(dyn Fn() + Sync)) -> Vec<FileResult> {
    files
        .par_iter()
        .map_with(db.clone(), |db, file| {
            let result = check_guarded(db, *file);
            done();
            result
        })
        .collect()
}

/// A failure of the checker in one file is one finding; the other files go on.
fn check_guarded(db: &Database, file: File) -> FileResult {
    match catch_unwind(AssertUnwindSafe(|| check_file(db, file))) {
        Ok(diagnostics) => FileResult { file, diagnostics, failed: false },
        Err(panic) => {
            let what = panic
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "unknown cause".to_owned());
            let found = Diagnostic::error(
                ErrorCode::Misc,
                ruff_text_size::TextRange::default(),
                format!("internal error: {what}"),
            )
            .with_note("this is a mistake in pytype-rs; please report it with the file that causes it");
            FileResult { file, diagnostics: Arc::new(vec![found]), failed: true }
        }
    }
}
