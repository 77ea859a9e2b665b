//! Findings of a loop's body, which is walked in rounds until what is known at its beginning stays the same.

use pytype_source::{Diagnostic, ErrorCode, Severity};

/// Merges the findings of a loop's rounds: those that claim something for every run of the code
/// must come up in all rounds in which that code runs; the types revealed are those of the last.
pub(super) fn merge_rounds(rounds: Vec<Vec<Diagnostic>>) -> Vec<Diagnostic> {
    let Some((last, earlier)) = rounds.split_last() else { return Vec::new() };
    if earlier.is_empty() {
        return last.clone();
    }
    let mut merged: Vec<Diagnostic> = Vec::new();
    for round in &rounds {
        for found in round {
            let is_plain_note = found.severity == Severity::Note && found.code.is_none();
            let keep = if claims_every_run(found) {
                rounds.iter().all(|round| persists(found, round))
            } else if is_plain_note {
                last.contains(found)
            } else {
                true
            };
            if keep && !merged.iter().any(|known| is_same_claim(known, found)) {
                merged.push(found.clone());
            }
        }
    }
    merged
}

/// Whether a finding says that some code is useless, whatever the run.
fn claims_every_run(found: &Diagnostic) -> bool {
    matches!(
        found.code,
        Some(
            ErrorCode::Unreachable
                | ErrorCode::RedundantExpr
                | ErrorCode::RedundantCast
                | ErrorCode::ComparisonOverlap
        )
    )
}

/// Whether a round says the same as `found`, or that nothing comes there.
fn persists(found: &Diagnostic, round: &[Diagnostic]) -> bool {
    round.iter().any(|other| {
        let comes_nowhere =
            other.code == Some(ErrorCode::Unreachable) && other.range.contains_range(found.range);
        comes_nowhere || is_same_claim(other, found)
    })
}

/// Whether two findings are the same, or the same comparison with what was known in another round.
fn is_same_claim(one: &Diagnostic, other: &Diagnostic) -> bool {
    one == other
        || one.code == Some(ErrorCode::ComparisonOverlap)
            && one.code == other.code
            && one.range == other.range
}
