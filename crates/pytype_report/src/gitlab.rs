//! GitLab's code quality report.

use std::hash::{Hash, Hasher};

use pytype_source::Severity;
use rustc_hash::{FxHashMap, FxHasher};
use serde_json::{Value, json};

use crate::finding::{Finding, Findings};

/// The findings as one JSON array.
pub fn gitlab(findings: &Findings) -> String {
    // Equal findings in one file are told apart by their order, so that a fingerprint does not change
    // when lines move.
    let mut seen: FxHashMap<u64, u64> = FxHashMap::default();
    let issues: Vec<Value> = findings
        .all
        .iter()
        .map(|finding| {
            let hash = hash(finding, 0);
            let count = seen.entry(hash).or_default();
            *count += 1;
            issue(finding, if *count == 1 { hash } else { self::hash(finding, *count) })
        })
        .collect();
    format!("{:#}\n", Value::Array(issues))
}

fn hash(finding: &Finding, count: u64) -> u64 {
    let mut hasher = FxHasher::default();
    (finding.span.path.as_str(), finding.code.map(|code| code.as_str()), &finding.message, count)
        .hash(&mut hasher);
    hasher.finish()
}

fn issue(finding: &Finding, fingerprint: u64) -> Value {
    let span = &finding.span;
    json!({
        "check_name": finding.code.map_or("misc", |code| code.as_str()),
        "description": finding.message,
        "fingerprint": format!("{fingerprint:016x}"),
        "severity": match finding.severity {
            Severity::Error => "major",
            Severity::Note => "info",
        },
        "location": {
            "path": span.path.as_str(),
            "positions": {
                "begin": { "line": span.start.line, "column": span.start.column },
                "end": { "line": span.end.line, "column": span.end.column },
            },
        },
    })
}
