//! mypy's own line for each finding: `path:line: error: message  [code]`.

use std::borrow::Cow;
use std::fmt::Write;

use pytype_source::{ErrorCode, Severity};
use rustc_hash::FxHashSet;

use crate::context::LocalContext;
use crate::finding::{Finding, Findings, Span};
use crate::style::{Paint, Style};

/// Errors whose documentation would say no more than the message does.
const WITHOUT_LINK: &[ErrorCode] = &[
    ErrorCode::Misc,
    ErrorCode::Assignment,
    ErrorCode::ArgType,
    ErrorCode::ReturnValue,
    ErrorCode::AttrDefined,
    ErrorCode::NameDefined,
    ErrorCode::Override,
];

/// The findings as lines.
pub fn concise(findings: &Findings, style: &Style) -> String {
    let mut printer = Printer {
        style,
        text: String::with_capacity(findings.all.iter().map(usual_length).sum()),
        linked: FxHashSet::default(),
        context: LocalContext::default(),
        path: "",
    };
    for finding in &findings.all {
        printer.finding(finding);
    }
    printer.text
}

/// About how long the line of a finding is.
fn usual_length(finding: &Finding) -> usize {
    finding.span.path.as_str().len() + finding.message.len() + 40
}

struct Printer<'a> {
    style: &'a Style,
    text: String,
    /// The codes whose link was printed: once is enough.
    linked: FxHashSet<ErrorCode>,
    /// The heading in effect, and the file it was printed for.
    context: LocalContext,
    path: &'a str,
}

impl<'a> Printer<'a> {
    fn finding(&mut self, finding: &'a Finding) {
        self.heading(finding);
        self.line(&finding.span, finding.severity, finding.code, &finding.message);
        if self.style.pretty && finding.severity == Severity::Error {
            self.snippet(&finding.span);
        }
        for note in &finding.notes {
            let span = note.span.as_ref().unwrap_or(&finding.span);
            self.line(span, Severity::Note, None, &note.message);
        }
        self.link(finding);
    }

    /// The class and function, where they are not those of the finding before.
    fn heading(&mut self, finding: &'a Finding) {
        let Some(context) = &finding.context else { return };
        let path = finding.span.path.as_str();
        if path != self.path {
            self.path = path;
            self.context = LocalContext::default();
        }
        if *context == self.context {
            return;
        }
        self.context = context.clone();
        let note = Paint::Note.apply("note:", self.style.color);
        let _ = writeln!(self.text, "{path}: {note} {}", self.message(&context.heading()));
    }

    fn line(&mut self, span: &Span, severity: Severity, code: Option<ErrorCode>, message: &str) {
        let _ = write!(self.text, "{}:{}", span.path, span.start.line);
        if self.style.columns {
            let _ = write!(self.text, ":{}", span.start.column);
            if self.style.ends {
                // The last character's column, as mypy prints it; an empty place ends where it begins.
                let column = span.end.column - usize::from(span.start != span.end);
                let _ = write!(self.text, ":{}:{column}", span.end.line);
            }
        }
        let label = match severity {
            Severity::Error => Paint::Error.apply("error:", self.style.color),
            Severity::Note => Paint::Note.apply("note:", self.style.color),
        };
        let message = self.message(message);
        let _ = write!(self.text, ": {label} {message}");
        if let Some(code) = code.filter(|code| !self.style.hide_codes && shows_code(severity, *code)) {
            let _ = write!(self.text, "  {}", Paint::Code.apply(&format!("[{code}]"), self.style.color));
        }
        self.text.push('\n');
    }

    /// A message with what stands in double quotes in bold, and addresses underlined.
    fn message<'m>(&self, message: &'m str) -> Cow<'m, str> {
        if !self.style.color {
            return Cow::Borrowed(message);
        }
        let mut painted = String::new();
        let quotes_match = message.matches('"').count().is_multiple_of(2);
        for (index, part) in message.split('"').enumerate() {
            if !quotes_match {
                if index > 0 {
                    painted.push('"');
                }
                painted.push_str(part);
            } else if index % 2 == 1 {
                painted.push_str(&Paint::Quoted.apply(&format!("\"{part}\""), true));
            } else {
                painted.push_str(&underlined(part));
            }
        }
        Cow::Owned(painted)
    }

    /// The line of source the finding is on, and a mark under the place.
    fn snippet(&mut self, span: &Span) {
        let Some(line) = span.text.lines().nth(span.start.line - 1) else { return };
        let expanded = expand_tabs(line);
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let column_of = |column: usize| {
            let before: String = line.chars().take(column).collect();
            expand_tabs(&before).chars().count()
        };
        let start = column_of((span.start.column - 1).max(indent));
        let end = if span.end.line == span.start.line {
            column_of(span.end.column - 1)
        } else {
            expanded.chars().count()
        };
        let color = self.style.color;
        let mark = format!("{}^{}", " ".repeat(start), "~".repeat(end.saturating_sub(start + 1)));
        let _ = writeln!(self.text, "    {}", Paint::Dim.apply(&expanded, color));
        let _ = writeln!(self.text, "    {}", Paint::Mark.apply(&mark, color));
    }

    fn link(&mut self, finding: &Finding) {
        let Some(code) = finding.code.filter(|_| self.style.code_links && !self.style.hide_codes) else {
            return;
        };
        if finding.severity == Severity::Error && !WITHOUT_LINK.contains(&code) && self.linked.insert(code) {
            let message = format!("see https://mypy.rtfd.io/en/stable/_refs.html#code-{code}");
            self.line(&finding.span, Severity::Note, None, &message);
        }
    }
}

/// A note's code only says which error it belongs to, except for notes that stand alone.
fn shows_code(severity: Severity, code: ErrorCode) -> bool {
    severity == Severity::Error || matches!(code, ErrorCode::AnnotationUnchecked | ErrorCode::Deprecated)
}

fn underlined(text: &str) -> String {
    let Some(start) = text.find("https://").or_else(|| text.find("http://")) else { return text.to_owned() };
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |length| start + length);
    format!("{}{}{}", &text[..start], Paint::Link.apply(&text[start..end], true), &text[end..])
}

/// Tabs reach to the next multiple of eight columns.
fn expand_tabs(line: &str) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut column = 0;
    for letter in line.chars() {
        if letter == '\t' {
            let width = 8 - column % 8;
            expanded.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            expanded.push(letter);
            column += 1;
        }
    }
    expanded
}
