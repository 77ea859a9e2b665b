//! Names that are read before they are defined, or that some path leaves undefined.
//!
//! A walk over a file's syntax that knows of types only which calls never return: it says
//! `used-before-def` and `possibly-undefined`. Each scope is looked at on its own, so what a
//! function reads of the module around it counts as defined.

mod names;
mod tracker;
mod walk;

use pytype_infer::InferDb;
use pytype_infer::flow::units::Outcomes;
use pytype_source::{Diagnostic, ErrorCode, File};

/// The findings of one file.
pub fn check_definedness(db: &dyn InferDb, file: File, outcomes: &Outcomes) -> Vec<Diagnostic> {
    let options = db.module_options(file);
    let wanted = options.is_code_enabled(ErrorCode::UsedBeforeDef)
        || options.is_code_enabled(ErrorCode::PossiblyUndefined);
    // Stubs never run.
    if !wanted || file.is_stub(db) {
        return Vec::new();
    }
    walk::walk_module(db, file, outcomes)
}
