//! `# type: ignore` comments: which lines they silence, which codes, and which were of use.

use pytype_source::{Diagnostic, ErrorCode, IgnoreTag, ParsedFile, ignore_tag_in};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use crate::lines::Lines;

/// One `# type: ignore` comment.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Ignore {
    line: u32,
    range: TextRange,
    /// Empty for a bare comment, which silences everything.
    codes: Vec<String>,
    /// The codes that were silenced here.
    used: Vec<ErrorCode>,
}

/// The suppression comments of a file.
#[derive(Clone, Default, Debug)]
pub(crate) struct Suppressions {
    by_line: FxHashMap<u32, usize>,
    ignores: Vec<Ignore>,
    /// A bare comment before the first statement silences the whole file.
    pub whole_file: bool,
    /// Comments that are not understood.
    pub problems: Vec<Diagnostic>,
}

impl Suppressions {
    /// Reads the comments of a file.
    pub(crate) fn read(parsed: &ParsedFile, text: &str, lines: &Lines) -> Suppressions {
        let mut found = Suppressions::default();
        let first_statement = parsed.module().body.first().map(|s| lines.line(s.range().start()));
        for &range in parsed.comments() {
            let line = lines.line(range.start());
            match ignore_tag_in(&text[range]) {
                None => {}
                Some(IgnoreTag::Invalid) => found.problems.push(Diagnostic::error(
                    ErrorCode::Syntax,
                    range,
                    "This \"type: ignore\" comment is not understood; it should be \"# type: ignore[code, ...]\"",
                )),
                Some(IgnoreTag::Codes(codes)) => found.add(Ignore { line, range, codes, used: Vec::new() }, first_statement),
            }
        }
        found
    }

    fn add(&mut self, ignore: Ignore, first_statement: Option<u32>) {
        if first_statement.is_some_and(|first| ignore.line < first) {
            if ignore.codes.is_empty() {
                self.whole_file = true;
            } else {
                self.problems.push(Diagnostic::error(
                    ErrorCode::Syntax,
                    ignore.range,
                    "a \"type: ignore\" for a whole file takes no error codes; use \"# mypy: disable-error-code\"",
                ));
            }
            return;
        }
        self.by_line.insert(ignore.line, self.ignores.len());
        self.ignores.push(ignore);
    }

    /// Whether a finding with this code on one of these lines is silenced; remembers the use.
    pub(crate) fn silences(&mut self, lines: impl Iterator<Item = u32>, code: Option<ErrorCode>) -> bool {
        for line in lines {
            let Some(&index) = self.by_line.get(&line) else { continue };
            let ignore = &mut self.ignores[index];
            let Some(code) = code else {
                if ignore.codes.is_empty() {
                    return true;
                }
                continue;
            };
            let names = |c: ErrorCode| ignore.codes.iter().any(|known| known == c.as_str());
            if ignore.codes.is_empty() || names(code) {
                ignore.used.push(code);
                return true;
            }
            if code.parent().is_some_and(names) {
                // The narrower code is the one that should stand there.
                ignore.used.push(code);
                return true;
            }
        }
        false
    }

    /// Comments, or codes in them, that silenced nothing.
    pub(crate) fn unused(&self, skipped: &dyn Fn(u32) -> bool) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for ignore in &self.ignores {
            if skipped(ignore.line) || ignore.codes.iter().any(|c| c == "unused-ignore") {
                continue;
            }
            let message = if ignore.codes.is_empty() {
                if !ignore.used.is_empty() {
                    continue;
                }
                "This \"type: ignore\" comment silences nothing".to_owned()
            } else {
                let used = |code: &String| ignore.used.iter().any(|u| u.as_str() == code);
                let unused: Vec<&str> =
                    ignore.codes.iter().filter(|c| !used(c)).map(String::as_str).collect();
                if unused.is_empty() {
                    continue;
                }
                format!(
                    "This \"type: ignore\" comment names codes that it does not silence: {}",
                    unused.join(", ")
                )
            };
            found.push(Diagnostic::error(ErrorCode::UnusedIgnore, ignore.range, message));
        }
        found
    }

    /// Bare comments, for `ignore-without-code`.
    /// Those that silence nothing are left to `unused-ignore`, if that is reported.
    pub(crate) fn without_code(
        &self,
        unused_reported: bool,
        skipped: &dyn Fn(u32) -> bool,
    ) -> Vec<Diagnostic> {
        let counts = |i: &&Ignore| !((unused_reported && i.used.is_empty()) || skipped(i.line));
        let bare = self.ignores.iter().filter(|i| i.codes.is_empty()).filter(counts);
        bare.map(|ignore| {
            let mut codes: Vec<&str> = ignore.used.iter().map(|c| c.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            Diagnostic::error(
                ErrorCode::IgnoreWithoutCode,
                ignore.range,
                format!("Name what is ignored: \"# type: ignore[{}]\"", codes.join(", ")),
            )
        })
        .collect()
    }
}
