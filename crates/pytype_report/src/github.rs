//! Workflow commands that GitHub shows beside the changed lines.

use std::fmt::Write;

use pytype_source::Severity;

use crate::finding::Findings;

/// The findings as workflow commands.
pub fn github(findings: &Findings) -> String {
    let mut text = String::new();
    for finding in &findings.all {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Note => "notice",
        };
        let title = match finding.code {
            Some(code) => format!("pytype-rs ({code})"),
            None => "pytype-rs".to_owned(),
        };
        let mut message = finding.message.clone();
        for note in &finding.notes {
            message.push('\n');
            message.push_str(&note.message);
        }
        let span = &finding.span;
        let _ = write!(
            text,
            "::{command} title={},file={},line={},col={}",
            property(&title),
            property(span.path.as_str()),
            span.start.line,
            span.start.column,
        );
        let _ = write!(text, ",endLine={}", span.end.line);
        // Columns of an end on another line confuse the display.
        if span.end.line == span.start.line {
            let _ = write!(text, ",endColumn={}", span.end.column);
        }
        let _ = writeln!(text, "::{}", data(&message));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
