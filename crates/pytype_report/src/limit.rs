//! `--soft-error-limit`: where imports fail, most other findings follow from that.

use pytype_source::{ErrorCode, Severity};

use crate::{Finding, Findings};

/// Stands where the first finding is left out.
const LEFT_OUT: &str = "Most of what follows is left out: imports that fail may be the reason for it";

impl Findings {
    /// The findings without those that come after a failed import and after `most` findings or notes, or in as many
    /// files. Failed imports stay.
    #[must_use]
    pub fn limited(self, most: usize) -> Findings {
        let mut shown = Findings::default();
        let (mut lines, mut files, mut import_failed, mut noted) = (0, 0, false, false);
        for mut finding in self.all {
            let is_import = is_about_import(&finding);
            import_failed |= is_import;
            if import_failed && !is_import && (lines >= most || files >= most) {
                if !noted {
                    noted = true;
                    finding.severity = Severity::Note;
                    finding.message = LEFT_OUT.to_owned();
                    (finding.code, finding.notes) = (None, Vec::new());
                    shown.all.push(finding);
                }
                continue;
            }
            lines += 1 + finding.notes.len();
            let is_new_file = shown.all.last().is_none_or(|last| last.span.path != finding.span.path);
            files += usize::from(is_new_file);
            shown.all.push(finding);
        }
        shown
    }
}

fn is_about_import(finding: &Finding) -> bool {
    matches!(finding.code, Some(ErrorCode::Import | ErrorCode::ImportUntyped | ErrorCode::ImportNotFound))
}
