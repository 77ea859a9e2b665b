//! Runs the tests that are written as Markdown; `tests/README.md` explains the notation.
//!
//! A file is split into sections by its headings ([`markdown`]). A section's Python blocks make up
//! one or several modules, with expectations in comments ([`expectations`]) and options in `toml`
//! blocks ([`options`]). Sections are checked in memory ([`run`]) and what was found is compared
//! with what was expected ([`compare`]).

mod compare;
mod expectations;
mod markdown;
mod options;
mod run;

pub use compare::Failure;
pub use markdown::{Document, Section};
pub use run::Suite;
