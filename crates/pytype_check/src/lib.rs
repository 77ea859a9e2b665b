//! Checks files and reports: rules on whole definitions, imports, suppressions, order.

#[cfg(test)]
extern crate self as pytype_check;

mod assembly;
mod database;
mod definedness;
mod imports;
mod internal_errors;
mod lines;
mod new_syntax;
mod project;
pub mod rules;
mod schedule;
mod semantics;
mod skipped_lines;
mod suppressions;
#[cfg(test)]
mod tests;
mod workers;

pub use assembly::check_file;
pub use database::Database;
pub use lines::Lines;
pub use project::{FileResult, Observer, check_project, reported_files};
