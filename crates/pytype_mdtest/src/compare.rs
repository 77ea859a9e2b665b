//! What was found against what was expected.

use pytype_source::{ErrorCode, Severity};

use crate::expectations::{self, Expectation, ExpectationKind};
use crate::markdown::SourceFile;

/// Why a section fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The line in the document.
    pub line: u32,
    pub message: String,
}

/// Something the checker found in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The line in the file, from 1.
    pub line: u32,
    pub severity: Severity,
    pub code: Option<ErrorCode>,
    pub message: String,
    /// It is a note that explains an error, and need not be expected.
    pub explains: bool,
}

/// How the note of `reveal_type` begins and ends.
const REVEALED: (&str, &str) = ("Revealed type is \"", "\"");

/// Compares; `module` is the name that revealed types leave out.
pub fn compare(file: &SourceFile, found: &[Found], module: &str) -> Vec<Failure> {
    let (mut expected, problems) = expectations::read(&file.text);
    let fail = |line: u32, message: String| Failure { line: file.document_line(line), message };
    let mut failures: Vec<Failure> =
        problems.into_iter().map(|(line, message)| fail(line, message)).collect();
    // Expectations that say more choose first.
    expected.sort_by_key(|expectation| {
        (expectation.line, matches!(expectation.kind, ExpectationKind::Error { message: None, .. }))
    });
    let prefix = format!("{module}.");
    let mut taken = vec![false; found.len()];
    for expectation in &expected {
        let fits = |index: usize| !taken[index] && is_met(expectation, &found[index], &prefix);
        match (0..found.len()).find(|index| fits(*index)) {
            Some(index) => taken[index] = true,
            None => failures
                .push(fail(expectation.line, format!("expected, but not found: {}", expectation.kind))),
        }
    }
    for (index, finding) in found.iter().enumerate() {
        if !taken[index] && !needs_no_mention(finding, found) {
            failures
                .push(fail(finding.line, format!("found, but not expected: {}", shown(finding, &prefix))));
        }
    }
    failures
}

/// Explanations may be left out of the expectations; so may notes on the line of an error.
fn needs_no_mention(finding: &Found, found: &[Found]) -> bool {
    let with_error =
        || found.iter().any(|other| other.severity == Severity::Error && other.line == finding.line);
    finding.explains || (finding.severity == Severity::Note && revealed(finding).is_none() && with_error())
}

/// The type in the note of `reveal_type`.
fn revealed(finding: &Found) -> Option<&str> {
    finding.message.strip_prefix(REVEALED.0)?.strip_suffix(REVEALED.1)
}

fn without_module(text: &str, prefix: &str) -> String {
    text.replace(prefix, "")
}

fn is_met(expectation: &Expectation, finding: &Found, prefix: &str) -> bool {
    if expectation.line != finding.line {
        return false;
    }
    match &expectation.kind {
        ExpectationKind::Error { code, message } => {
            finding.severity == Severity::Error
                && finding.code.is_some_and(|found| found.as_str() == code)
                && message
                    .as_ref()
                    .is_none_or(|part| without_module(&finding.message, prefix).contains(part.as_str()))
        }
        ExpectationKind::Revealed(text) => {
            finding.severity == Severity::Note
                && revealed(finding).is_some_and(|found| without_module(found, prefix) == *text)
        }
        ExpectationKind::Note(part) => {
            finding.severity == Severity::Note
                && without_module(&finding.message, prefix).contains(part.as_str())
        }
    }
}

fn shown(finding: &Found, prefix: &str) -> String {
    if let Some(text) = revealed(finding) {
        return format!("revealed: {}", without_module(text, prefix));
    }
    let message = without_module(&finding.message, prefix);
    match (finding.severity, finding.code) {
        (Severity::Error, Some(code)) => format!("error: [{code}] \"{message}\""),
        (Severity::Error, None) => format!("error: \"{message}\""),
        (Severity::Note, _) => format!("note: {message}"),
    }
}
