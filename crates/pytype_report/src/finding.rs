//! Findings with their places resolved: paths, lines and columns instead of handles and offsets.

use std::sync::Arc;

use camino::Utf8PathBuf;
use pytype_source::{Diagnostic, ErrorCode, File, Severity, Text};
use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashSet;

use crate::context::{LocalContext, local_contexts};

/// A file that was checked, as the engine hands it over.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// As it is to be printed.
    pub path: Utf8PathBuf,
    pub text: Text,
    /// In the order in which they are to be shown.
    pub diagnostics: Arc<Vec<Diagnostic>>,
}

/// Path and text of a file that a note points into; `None` if it is not known.
pub type OtherFile<'a> = &'a dyn Fn(File) -> Option<(Utf8PathBuf, Text)>;

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// Where something stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    pub path: Utf8PathBuf,
    pub text: Text,
    pub range: TextRange,
    pub start: Place,
    /// Behind the last character.
    pub end: Place,
}

/// One finding, ready to be printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub severity: Severity,
    pub code: Option<ErrorCode>,
    pub span: Span,
    pub message: String,
    pub notes: Vec<FindingNote>,
    pub blocking: bool,
    /// The function or class the finding is in, when that is asked for.
    pub context: Option<LocalContext>,
}

/// An explanation, with a place if that is not the finding's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindingNote {
    pub message: String,
    pub span: Option<Span>,
}

/// All findings of a run, file by file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    pub all: Vec<Finding>,
}

impl Findings {
    /// Resolves the findings of all files, in the order of the files.
    pub fn resolve(files: &[CheckedFile], other: OtherFile<'_>, with_context: bool) -> Findings {
        let mut all = Vec::with_capacity(files.iter().map(|file| file.diagnostics.len()).sum());
        for file in files.iter().filter(|file| !file.diagnostics.is_empty()) {
            let lines = LineIndex::from_source_text(&file.text);
            let contexts = if with_context {
                local_contexts(&file.text, file.diagnostics.iter().map(|d| d.range.start()))
            } else {
                Vec::new()
            };
            let mut contexts = contexts.into_iter();
            for diagnostic in file.diagnostics.iter() {
                let mut finding = finding(file, &lines, diagnostic, other);
                finding.context = contexts.next();
                all.push(finding);
            }
        }
        Findings { all }
    }

    /// How many errors there are; notes do not count.
    pub fn errors(&self) -> usize {
        self.all.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// How many files have errors.
    pub fn files_with_errors(&self) -> usize {
        let errors = self.all.iter().filter(|finding| finding.severity == Severity::Error);
        let paths: FxHashSet<&str> = errors.map(|finding| finding.span.path.as_str()).collect();
        paths.len()
    }

    /// Whether an error kept others from being found.
    pub fn is_blocked(&self) -> bool {
        self.all.iter().any(|finding| finding.blocking && finding.severity == Severity::Error)
    }
}

fn finding(file: &CheckedFile, lines: &LineIndex, diagnostic: &Diagnostic, other: OtherFile<'_>) -> Finding {
    let notes = diagnostic
        .notes
        .iter()
        .map(|note| {
            let span = note.place.and_then(|(at, range)| {
                let (path, text) = other(at)?;
                let lines = LineIndex::from_source_text(&text);
                Some(span(&path, &text, &lines, range))
            });
            FindingNote { message: note.message.clone(), span }
        })
        .collect();
    Finding {
        severity: diagnostic.severity,
        code: diagnostic.code,
        span: span(&file.path, &file.text, lines, diagnostic.range),
        message: diagnostic.message.clone(),
        notes,
        blocking: diagnostic.blocking,
        context: None,
    }
}

fn span(path: &Utf8PathBuf, text: &Text, lines: &LineIndex, range: TextRange) -> Span {
    let range = inside(range, text);
    Span {
        path: path.clone(),
        text: text.clone(),
        range,
        start: place(lines, text, range.start()),
        end: place(lines, text, range.end()),
    }
}

fn place(lines: &LineIndex, text: &str, offset: TextSize) -> Place {
    let place = lines.line_column(offset, text);
    Place { line: place.line.get(), column: place.column.get() }
}

/// A range that lies within the text and on character boundaries, whatever it was before.
fn inside(range: TextRange, text: &str) -> TextRange {
    let fit = |offset: TextSize| {
        let mut offset = offset.to_usize().min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        TextSize::try_from(offset).unwrap_or_default()
    };
    TextRange::new(fit(range.start()), fit(range.end()))
}
