//! From findings to what users read: text for people, and formats for other programs.
//!
//! Everything here is a pure function from findings to text; nobody prints.

mod concise;
mod context;
mod finding;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod limit;
mod lines;
mod sarif;
mod style;
mod summary;
#[cfg(test)]
mod tests;

use std::time::Duration;

use pytype_config::{JunitFormat, OutputFormat};

pub use concise::concise;
pub use context::LocalContext;
pub use finding::{CheckedFile, Finding, FindingNote, Findings, OtherFile, Place, Span};
pub use junit::junit;
pub use style::{Paint, Style};
pub use summary::summary;

/// The findings in the given format.
pub fn render(findings: &Findings, format: OutputFormat, style: &Style, time: Duration) -> String {
    match format {
        OutputFormat::Full => full::full(findings, style),
        OutputFormat::Concise => concise(findings, style),
        OutputFormat::Json => json::json(findings),
        OutputFormat::Github => github::github(findings),
        OutputFormat::Gitlab => gitlab::gitlab(findings),
        OutputFormat::Junit => junit(findings, style, JunitFormat::PerFile, time),
        OutputFormat::Sarif => sarif::sarif(findings, env!("CARGO_PKG_VERSION")),
    }
}
