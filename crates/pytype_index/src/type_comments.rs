//! `# type: ...` comments, which may stand for annotations.

use memchr::memmem;
use pytype_source::{ParsedFile, Text};
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The type comments of a file, in order. `# type: ignore` is none.
pub(crate) struct TypeComments {
    text: Text,
    comments: Vec<TextRange>,
    /// A `# type: ignore` stands before the first statement.
    ignores_module: bool,
}

/// A type comment: where it stands, and what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeComment<'a> {
    /// The whole comment.
    pub range: TextRange,
    /// What stands behind `type:`, without a further comment.
    pub text: &'a str,
    /// Where that begins.
    pub start: TextSize,
}

impl TypeComments {
    /// Finds them. Most files have none, which a search in the text tells.
    pub(crate) fn find(text: &Text, parsed: &ParsedFile) -> TypeComments {
        let mut comments = Vec::new();
        if may_have_one(text) {
            let ranges = parsed.comments().iter().copied();
            comments.extend(ranges.filter(|range| content(slice(text, *range)).is_some()));
        }
        let first = parsed.module().body.first();
        let before = first.and_then(|first| text.get(..usize::from(first.start()))).unwrap_or("");
        let ignores_module = before.lines().any(|line| is_ignore(line.trim_start()));
        TypeComments { text: text.clone(), comments, ignores_module }
    }

    /// Whether a `# type: ignore` before the first statement makes all of the module disappear.
    pub(crate) fn ignores_module(&self) -> bool {
        self.ignores_module
    }

    pub(crate) fn of_assignment(&self, end: TextSize) -> Option<TypeComment<'_>> {
        self.first_after(end, |c| matches!(c, ' ' | '\t'))
    }

    pub(crate) fn of_parameter(&self, end: TextSize) -> Option<TypeComment<'_>> {
        self.first_after(end, |c| matches!(c, ' ' | '\t' | ',' | ')'))
    }

    /// The comment behind the colon of a statement whose header ends at `end`.
    pub(crate) fn of_header(&self, end: TextSize) -> Option<TypeComment<'_>> {
        self.first_after(end, |c| matches!(c, ' ' | '\t' | ':' | ')'))
    }

    pub(crate) fn of_function(&self, function: &ast::StmtFunctionDef) -> Option<TypeComment<'_>> {
        if self.comments.is_empty() {
            return None;
        }
        let returns = function.returns.as_ref();
        let header = returns.map_or(function.parameters.range.end(), |returns| returns.end());
        let body = function.body.first()?.start();
        let comment = self.first_from(header).filter(|comment| comment.range.start() < body)?;
        // A comment of the last parameter stands before the colon.
        slice(&self.text, TextRange::new(header, comment.range.start())).contains(':').then_some(comment)
    }

    fn first_from(&self, offset: TextSize) -> Option<TypeComment<'_>> {
        let at = self.comments.partition_point(|comment| comment.start() < offset);
        let range = *self.comments.get(at)?;
        let comment = slice(&self.text, range);
        let text = content(comment)?;
        let before = text.as_ptr() as usize - comment.as_ptr() as usize;
        Some(TypeComment { range, text, start: range.start() + TextSize::of(&comment[..before]) })
    }

    /// The first behind `end`, when only characters that `between` takes come before it.
    fn first_after(&self, end: TextSize, between: impl Fn(char) -> bool) -> Option<TypeComment<'_>> {
        if self.comments.is_empty() {
            return None;
        }
        let comment = self.first_from(end)?;
        let gap = slice(&self.text, TextRange::new(end, comment.range.start()));
        gap.chars().all(between).then_some(comment)
    }
}

/// Where the header of a `for` or `with` statement ends, before its colon.
pub(crate) fn header_end(statement: &Stmt) -> Option<TextSize> {
    match statement {
        Stmt::For(statement) => Some(statement.iter.end()),
        Stmt::With(statement) => statement.items.last().map(Ranged::end),
        _ => None,
    }
}

fn slice(text: &str, range: TextRange) -> &str {
    text.get(std::ops::Range::<usize>::from(range)).unwrap_or("")
}

/// Whether some `#` could begin a type comment.
fn may_have_one(text: &str) -> bool {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| memmem::find(rest.as_bytes(), b"type:")) {
        let start = at + found;
        let before = text.get(..start).unwrap_or("").trim_end_matches([' ', '\t']);
        let comment = text.get(before.len().saturating_sub(1)..).unwrap_or("");
        let line = comment.lines().next().unwrap_or("");
        if content(line).is_some() {
            return true;
        }
        at = start + "type:".len();
    }
    false
}

/// What a type comment says, without what follows a further `#`.
fn content(comment: &str) -> Option<&str> {
    let said = behind_type(comment)?.split('#').next().unwrap_or("").trim();
    (!begins_with_ignore(said) && !said.is_empty()).then_some(said)
}

/// Whether a comment begins with `type: ignore`.
fn is_ignore(comment: &str) -> bool {
    behind_type(comment).is_some_and(begins_with_ignore)
}

fn behind_type(comment: &str) -> Option<&str> {
    comment.strip_prefix('#')?.trim_start().strip_prefix("type:").map(str::trim_start)
}

fn begins_with_ignore(said: &str) -> bool {
    said.strip_prefix("ignore").is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
}
