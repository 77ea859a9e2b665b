//! Findings with the lines of source they are about.

use camino::Utf8PathBuf;
use codespan_reporting::diagnostic::{Diagnostic, Label, Severity as Weight};
use codespan_reporting::files::{Error, Files, SimpleFile};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{Config, Styles, StylesWriter, emit_to_write_style};
use indexmap::IndexMap;
use pytype_source::{Severity, Text};

use crate::finding::{Finding, Findings, Span};
use crate::style::Style;

/// The findings with their source lines.
pub fn full(findings: &Findings, style: &Style) -> String {
    let sources = Sources::new(findings);
    let bytes = if style.color {
        let mut writer = Ansi::new(Vec::new());
        write_all(findings, &sources, style, &mut writer, &Styles::default());
        writer.into_inner()
    } else {
        let mut writer = NoColor::new(Vec::new());
        write_all(findings, &sources, style, &mut writer, &Styles::no_color());
        writer.into_inner()
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write_all<W: WriteColor>(
    findings: &Findings,
    sources: &Sources,
    style: &Style,
    writer: &mut W,
    styles: &Styles,
) {
    let config = Config::default();
    for finding in &findings.all {
        let diagnostic = diagnostic(finding, sources, style);
        // Writing into memory does not fail, and every place lies within its file.
        let _ =
            emit_to_write_style(&mut StylesWriter::new(&mut *writer, styles), &config, sources, &diagnostic);
    }
}

fn diagnostic(finding: &Finding, sources: &Sources, style: &Style) -> Diagnostic<usize> {
    let weight = match finding.severity {
        Severity::Error => Weight::Error,
        Severity::Note => Weight::Note,
    };
    let mut diagnostic = Diagnostic::new(weight).with_message(&finding.message);
    if let Some(code) = finding.code.filter(|_| !style.hide_codes && finding.severity == Severity::Error) {
        diagnostic = diagnostic.with_code(code);
    }
    let mut labels = vec![Label::primary(sources.id(&finding.span), shown(&finding.span))];
    for note in &finding.notes {
        match &note.span {
            Some(span) => {
                labels.push(Label::secondary(sources.id(span), shown(span)).with_message(&note.message));
            }
            None => diagnostic = diagnostic.with_note(&note.message),
        }
    }
    diagnostic.with_labels(labels)
}

/// What is marked of a place: of many lines only the first.
fn shown(span: &Span) -> std::ops::Range<usize> {
    let (start, end) = (span.range.start().to_usize(), span.range.end().to_usize());
    let first_line = span.text[start..end].find(['\n', '\r']).map_or(end, |length| start + length);
    start..first_line
}

/// The texts of the files that findings are in.
struct Sources(IndexMap<Utf8PathBuf, SimpleFile<Utf8PathBuf, Text>>);

impl Sources {
    fn new(findings: &Findings) -> Sources {
        let mut sources = Sources(IndexMap::new());
        for finding in &findings.all {
            sources.add(&finding.span);
            finding.notes.iter().filter_map(|note| note.span.as_ref()).for_each(|span| sources.add(span));
        }
        sources
    }

    fn add(&mut self, span: &Span) {
        if !self.0.contains_key(&span.path) {
            let file = SimpleFile::new(span.path.clone(), span.text.clone());
            self.0.insert(span.path.clone(), file);
        }
    }

    fn id(&self, span: &Span) -> usize {
        self.0.get_index_of(&span.path).unwrap_or_default()
    }

    fn get(&self, id: usize) -> Result<&SimpleFile<Utf8PathBuf, Text>, Error> {
        self.0.get_index(id).map(|(_, file)| file).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for Sources {
    type FileId = usize;
    type Name = &'a Utf8PathBuf;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a Utf8PathBuf, Error> {
        Ok(self.get(id)?.name())
    }
    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(self.get(id)?.source())
    }
    fn line_index(&'a self, id: usize, offset: usize) -> Result<usize, Error> {
        self.get(id)?.line_index((), offset)
    }
    fn line_range(&'a self, id: usize, line: usize) -> Result<std::ops::Range<usize>, Error> {
        self.get(id)?.line_range((), line)
    }
}
