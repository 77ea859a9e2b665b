//! Findings with their places resolved: paths, lines and columns instead of handles and offsets.

use std::sync::Arc;

use camino::Utf8PathBuf;
use pytype_source::{Diagnostic, ErrorCode, File, Severity, Text};
use rayon::prelude::*;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::context::{LocalContext, local_contexts};
use crate::lines::Lines;

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

/// The places in other files that notes point to, found before all files are resolved at once.
type OtherPlaces = FxHashMap<(File, TextRange), Span>;

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
        let others = other_places(files, other);
        let found = files.par_iter().map(|file| findings_of_file(file, &others, with_context));
        let found: Vec<Vec<Finding>> = found.collect();
        let mut all = Vec::with_capacity(found.iter().map(Vec::len).sum());
        found.into_iter().for_each(|found| all.extend(found));
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

fn other_places(files: &[CheckedFile], other: OtherFile<'_>) -> OtherPlaces {
    let mut texts: FxHashMap<File, Option<(Utf8PathBuf, Text, Lines)>> = FxHashMap::default();
    let mut places = OtherPlaces::default();
    let notes = files.iter().flat_map(|file| file.diagnostics.iter()).flat_map(|found| &found.notes);
    for (file, range) in notes.filter_map(|note| note.place) {
        let known = texts.entry(file).or_insert_with(|| {
            let (path, text) = other(file)?;
            let lines = Lines::new(&text);
            Some((path, text, lines))
        });
        if let Some((path, text, lines)) = known {
            places.entry((file, range)).or_insert_with(|| span(path, text, lines, range));
        }
    }
    places
}

fn findings_of_file(file: &CheckedFile, others: &OtherPlaces, with_context: bool) -> Vec<Finding> {
    if file.diagnostics.is_empty() {
        return Vec::new();
    }
    let lines = Lines::new(&file.text);
    let contexts = if with_context {
        local_contexts(&file.text, file.diagnostics.iter().map(|d| d.range.start()))
    } else {
        Vec::new()
    };
    let mut contexts = contexts.into_iter();
    let resolved = file.diagnostics.iter().map(|diagnostic| {
        let context = contexts.next();
        Finding { context, ..finding(file, &lines, diagnostic, others) }
    });
    resolved.collect()
}

fn finding(file: &CheckedFile, lines: &Lines, diagnostic: &Diagnostic, others: &OtherPlaces) -> Finding {
    let notes = diagnostic
        .notes
        .iter()
        .map(|note| {
            let span = note.place.and_then(|place| others.get(&place).cloned());
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

fn span(path: &Utf8PathBuf, text: &Text, lines: &Lines, range: TextRange) -> Span {
    let range = inside(range, text);
    Span {
        path: path.clone(),
        text: text.clone(),
        range,
        start: lines.place(text, range.start()),
        end: lines.place(text, range.end()),
    }
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
