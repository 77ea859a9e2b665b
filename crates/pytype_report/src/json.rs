//! One JSON object a line, as `mypy --output json` prints them.

use std::fmt::Write;

use pytype_source::Severity;

use crate::finding::{Finding, Findings};

/// The findings as JSON lines. A finding's notes are its hint; notes of their own stand alone.
pub fn json(findings: &Findings) -> String {
    let mut text = String::new();
    for finding in &findings.all {
        object(&mut text, finding);
    }
    text
}

fn object(text: &mut String, finding: &Finding) {
    let hint: Vec<&str> = finding.notes.iter().map(|note| note.message.as_str()).collect();
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Note => "note",
    };
    let start = finding.span.start;
    let end = finding.span.end;
    text.push_str("{\"file\": ");
    quote(text, finding.span.path.as_str());
    let _ = write!(
        text,
        ", \"line\": {}, \"column\": {}, \"end_line\": {}, \"end_column\": {}, \"message\": ",
        start.line,
        start.column - 1,
        end.line,
        end.column - 1
    );
    quote(text, &finding.message);
    text.push_str(", \"hint\": ");
    if hint.is_empty() {
        text.push_str("null");
    } else {
        quote(text, &hint.join("\n"));
    }
    // What has no code of its own is `misc`, as in mypy.
    let code = finding.code.map_or("misc", |code| code.as_str());
    let _ = writeln!(text, ", \"code\": \"{code}\", \"severity\": \"{severity}\"}}");
}

/// A JSON string in ASCII.
pub(crate) fn quote(text: &mut String, value: &str) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            ' '..='~' => text.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}
