//! A stand-in for the checker that knows syntax errors only, with the interface the checker will have.
//!
//! To connect the checker, remove this file and take the same three names from `pytype_check`.

use std::sync::Arc;

use pytype_config::ModuleOptions;
use pytype_modules::{ModuleDb, ModuleTable, Resolution};
use pytype_source::{Diagnostic, ErrorCode, File, FileSystem, Name, SourceDb, parse, source_text};
use rayon::prelude::*;

/// What was found in one file.
pub struct FileResult {
    pub file: File,
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// Something went wrong in the checker itself.
    pub failed: bool,
}

/// The files whose findings are reported.
pub fn reported_files(db: &Database) -> Vec<File> {
    db.modules().source_files(db)
}

/// Checks every file; the results come in the order of the files. `done` is called after each.
pub fn check_project(db: &Database, files: &[File], done: &(dyn Fn() + Sync)) -> Vec<FileResult> {
    files
        .par_iter()
        .map_with(db.clone(), |db, file| {
            let diagnostics = Arc::new(check_file(db, *file));
            done();
            FileResult { file: *file, diagnostics, failed: false }
        })
        .collect()
}

fn check_file(db: &Database, file: File) -> Vec<Diagnostic> {
    if let Some(problem) = &source_text(db, file).problem {
        return vec![Diagnostic::error(ErrorCode::Syntax, Default::default(), problem.clone()).blocking()];
    }
    if db.module_options(file).ignore_errors {
        return Vec::new();
    }
    let errors = parse(db, file).parsed().errors().iter();
    errors
        .map(|error| Diagnostic::error(ErrorCode::Syntax, error.location, error.error.to_string()).blocking())
        .collect()
}

struct Shared {
    file_system: Arc<dyn FileSystem>,
    modules: ModuleTable,
}

#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    shared: Arc<Shared>,
}

impl Database {
    pub fn new(file_system: Arc<dyn FileSystem>, modules: ModuleTable) -> Database {
        Database { storage: salsa::Storage::default(), shared: Arc::new(Shared { file_system, modules }) }
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl SourceDb for Database {
    fn file_system(&self) -> &dyn FileSystem {
        &*self.shared.file_system
    }
}

#[salsa::tracked(returns(ref))]
fn options_of_file(db: &dyn ModuleDb, file: File) -> Arc<ModuleOptions> {
    db.modules().configuration().for_module(&file.module(db))
}

#[salsa::db]
impl ModuleDb for Database {
    fn module_options(&self, file: File) -> &ModuleOptions {
        options_of_file(self, file)
    }
    fn modules(&self) -> &ModuleTable {
        &self.shared.modules
    }
    fn resolve_module(&self, name: Name) -> Resolution {
        self.shared.modules.resolve(self, name)
    }
}
