//! The line that sums up a run.

use crate::finding::Findings;
use crate::style::Paint;

/// The summary of a run over `sources` files, in mypy's words: scripts look for them.
pub fn summary(findings: &Findings, sources: usize, color: bool) -> String {
    let errors = findings.errors();
    if errors == 0 {
        let text = format!("Success: no issues found in {sources} source file{}", plural(sources));
        return Paint::Success.apply(&text, color).into_owned();
    }
    let files = findings.files_with_errors();
    let mut text = format!("Found {errors} error{} in {files} file{}", plural(errors), plural(files));
    if findings.is_blocked() {
        text.push_str(" (errors prevented further checking)");
    } else {
        text.push_str(&format!(" (checked {sources} source file{})", plural(sources)));
    }
    Paint::Failure.apply(&text, color).into_owned()
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
