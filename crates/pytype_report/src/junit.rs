//! JUnit reports.

use std::fmt::Write;
use std::time::Duration;

use camino::Utf8Path;
use indexmap::IndexMap;
use pytype_config::JunitFormat;

use crate::concise::concise;
use crate::finding::Findings;
use crate::style::Style;

/// The findings as a JUnit report: one test case for the run, or one for each file with findings.
pub fn junit(findings: &Findings, style: &Style, format: JunitFormat, time: Duration) -> String {
    let style = Style { color: false, ..*style };
    let mut cases: IndexMap<&str, String> = IndexMap::new();
    match format {
        JunitFormat::Global => {
            if !findings.all.is_empty() {
                cases.insert("pytype-rs", concise(findings, &style));
            }
        }
        JunitFormat::PerFile => {
            for (path, of_file) in by_file(findings) {
                cases.insert(path.as_str(), concise(&of_file, &style));
            }
        }
    }
    let seconds = time.as_secs_f64();
    let (errors, failures) = if findings.is_blocked() { (cases.len(), 0) } else { (0, cases.len()) };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuite errors=\"{errors}\" failures=\"{failures}\" name=\"pytype-rs\" skips=\"0\" tests=\"{}\" time=\"{seconds:.3}\">",
        cases.len().max(1)
    );
    if cases.is_empty() {
        test_case(&mut text, "pytype-rs", None, seconds);
    }
    for (name, lines) in &cases {
        test_case(&mut text, name, Some(lines.trim_end()), seconds);
    }
    text.push_str("</testsuite>\n");
    text
}

fn test_case(text: &mut String, name: &str, failure: Option<&str>, seconds: f64) {
    let name = escape(name);
    let _ = writeln!(
        text,
        "  <testcase classname=\"pytype-rs\" file=\"{name}\" line=\"1\" name=\"{name}\" time=\"{seconds:.3}\">"
    );
    if let Some(lines) = failure {
        let _ = writeln!(text, "    <failure message=\"types do not match\">{}</failure>", escape(lines));
    }
    text.push_str("  </testcase>\n");
}

fn by_file(findings: &Findings) -> IndexMap<&Utf8Path, Findings> {
    let mut files: IndexMap<&Utf8Path, Findings> = IndexMap::new();
    for finding in &findings.all {
        files.entry(finding.span.path.as_path()).or_default().all.push(finding.clone());
    }
    files
}

/// Text for XML; characters that XML cannot hold are dropped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            _ if letter.is_control() => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}
