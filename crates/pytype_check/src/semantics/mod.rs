//! What is wrong with a file before any type is known: names that are defined twice, statements and
//! expressions in places where they may not stand.
//!
//! One walk over the syntax, in the order in which names come into being.

mod finals;
mod imports;
mod placement;
mod redefinitions;
mod table;
mod walk;

use pytype_declare::DeclareDb;
use pytype_source::{Diagnostic, File};

/// The findings of one file. When some of them are blocking, nothing else is worth looking for.
pub fn check_semantics(db: &dyn DeclareDb, file: File) -> Vec<Diagnostic> {
    walk::walk_module(db, file)
}
