//! SARIF 2.1.0, the exchange format of static analysis.

use pytype_source::{ErrorCode, Severity};
use serde_json::{Value, json};

use crate::finding::{Finding, Findings, Span};

/// The findings as a SARIF log.
pub fn sarif(findings: &Findings, version: &str) -> String {
    let mut codes: Vec<ErrorCode> = findings.all.iter().filter_map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.as_str());
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code.as_str() })).collect();
    let results: Vec<Value> = findings.all.iter().map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pytype-rs", "version": version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Finding) -> Value {
    let mut message = finding.message.clone();
    for note in finding.notes.iter().filter(|note| note.span.is_none()) {
        message.push('\n');
        message.push_str(&note.message);
    }
    let related: Vec<Value> = finding
        .notes
        .iter()
        .filter_map(|note| Some((note, note.span.as_ref()?)))
        .map(|(note, span)| {
            json!({ "message": { "text": note.message }, "physicalLocation": physical_location(span) })
        })
        .collect();
    let mut result = json!({
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Note => "note",
        },
        "message": { "text": message },
        "locations": [{ "physicalLocation": physical_location(&finding.span) }],
    });
    if let Some(code) = finding.code {
        result["ruleId"] = Value::from(code.as_str());
    }
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn physical_location(span: &Span) -> Value {
    json!({
        "artifactLocation": { "uri": span.path.as_str().replace('\\', "/") },
        "region": {
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        },
    })
}
