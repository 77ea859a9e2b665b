//! Positions of findings: stable where queries keep them, of the current text where they are shown.
//!
//! What a query returns may not say where in the file it stands, or else every edit above would be
//! news to whoever reads it. So findings in a body count from the function's start, and those in a
//! file's interface as if closed bodies were empty.

use pytype_index::{IndexDb, Syntax};
use pytype_source::{Diagnostic, File};
use ruff_text_size::TextRange;

use super::units::Outcomes;

/// Findings as a query keeps them; `syntax` is the one that was walked, of `file`.
pub(crate) fn stable(syntax: &Syntax, file: File, found: &mut [Diagnostic]) {
    found.iter_mut().for_each(|finding| move_finding(finding, file, &|range| syntax.to_stable(range)));
}

/// The same for what the walk found out about statements.
pub(crate) fn stable_outcomes(syntax: &Syntax, outcomes: Outcomes) -> Outcomes {
    outcomes.into_iter().map(|(at, ends)| (syntax.to_stable(TextRange::empty(at)).start(), ends)).collect()
}

/// Findings of a unit where they stand in the current text. Only for assembling a file's findings.
pub fn placed(db: &dyn IndexDb, file: File, unit: u32, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = found.to_vec();
    let current = |range| pytype_index::current_range(db, file, unit, range);
    found.iter_mut().for_each(|finding| move_finding(finding, file, &current));
    found
}

/// The same for what a walk found out about statements.
pub fn placed_outcomes(db: &dyn IndexDb, file: File, unit: u32, outcomes: &Outcomes) -> Outcomes {
    let current = |at| pytype_index::current_range(db, file, unit, TextRange::empty(at)).start();
    outcomes.iter().map(|(at, ends)| (current(*at), *ends)).collect()
}

fn move_finding(finding: &mut Diagnostic, file: File, to: &dyn Fn(TextRange) -> TextRange) {
    finding.range = to(finding.range);
    finding.origin = finding.origin.map(to);
    for note in &mut finding.notes {
        if let Some((of, range)) = &mut note.place
            && *of == file
        {
            *range = to(*range);
        }
    }
}
