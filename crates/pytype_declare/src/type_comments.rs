//! `# type: ...` comments, which may stand for annotations.

use pytype_source::{File, parse, source_text};
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::DeclareDb;
use crate::annotations::parse_annotation;

/// The type comments of a file, in order. `# type: ignore` is none.
#[salsa::tracked(returns(ref), no_eq)]
fn type_comments(db: &dyn DeclareDb, file: File) -> Vec<TextRange> {
    let text = &source_text(db, file).text;
    if !text.contains("type:") {
        return Vec::new();
    }
    let tokens = parse(db, file).parsed().tokens();
    let is_type_comment =
        |range: &TextRange| text.get(range.to_std_range()).is_some_and(|t| content(t).is_some());
    tokens
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment)
        .map(Ranged::range)
        .filter(is_type_comment)
        .collect()
}

/// What a type comment says, without what follows a further `#`.
fn content(comment: &str) -> Option<&str> {
    let rest = comment.strip_prefix('#')?.trim_start().strip_prefix("type:")?;
    let said = rest.split('#').next().unwrap_or("").trim();
    let is_ignore =
        said.strip_prefix("ignore").is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()));
    (!is_ignore && !said.is_empty()).then_some(said)
}

/// A type comment with its text.
#[derive(Clone, Copy)]
pub(crate) struct TypeComment<'a> {
    pub range: TextRange,
    pub text: &'a str,
}

/// The first comment behind `end` when only characters that `between` takes stand in between.
fn comment_after(
    db: &dyn DeclareDb,
    file: File,
    end: TextSize,
    between: impl Fn(char) -> bool,
) -> Option<TypeComment<'_>> {
    let comments = type_comments(db, file);
    let at = comments.partition_point(|comment| comment.start() < end);
    let range = *comments.get(at)?;
    let text = &source_text(db, file).text;
    let gap = text.get(TextRange::new(end, range.start()).to_std_range())?;
    if !gap.chars().all(between) {
        return None;
    }
    Some(TypeComment { range, text: content(text.get(range.to_std_range())?)? })
}

/// The comment on an assignment that ends at `end`.
pub(crate) fn of_assignment(db: &dyn DeclareDb, file: File, end: TextSize) -> Option<TypeComment<'_>> {
    comment_after(db, file, end, |c| matches!(c, ' ' | '\t'))
}

/// The comment on a parameter that ends at `end`.
pub(crate) fn of_parameter(db: &dyn DeclareDb, file: File, end: TextSize) -> Option<TypeComment<'_>> {
    comment_after(db, file, end, |c| matches!(c, ' ' | '\t' | ',' | ')'))
}

/// The comment with the signature of a function, before the first statement of its body.
pub(crate) fn of_function<'db>(
    db: &'db dyn DeclareDb,
    file: File,
    function: &StmtFunctionDef,
) -> Option<TypeComment<'db>> {
    let comments = type_comments(db, file);
    if comments.is_empty() {
        return None;
    }
    let header_end =
        function.returns.as_ref().map_or(function.parameters.range.end(), |returns| returns.end());
    let body = function.body.first()?.start();
    let at = comments.partition_point(|comment| comment.start() < header_end);
    let range = *comments.get(at).filter(|comment| comment.start() < body)?;
    let text = &source_text(db, file).text;
    // A comment of the last parameter stands before the colon.
    let gap = text.get(TextRange::new(header_end, range.start()).to_std_range())?;
    if !gap.contains(':') {
        return None;
    }
    Some(TypeComment { range, text: content(text.get(range.to_std_range())?)? })
}

/// A signature comment in its parts.
pub(crate) struct SignatureComment {
    /// `None` for `(...)`: the parameters have annotations of their own.
    pub parameters: Option<Vec<Expr>>,
    pub result: Expr,
}

/// Takes `(int, *str) -> bool` apart; `None` when it is something else.
pub(crate) fn parse_signature(text: &str) -> Option<SignatureComment> {
    let inner = text.strip_prefix('(')?;
    let close = closing_parenthesis(inner)?;
    let (list, rest) = (inner.get(..close)?, inner.get(close + 1..)?);
    let result = parse_annotation(rest.trim_start().strip_prefix("->")?.trim())?;
    if list.trim() == "..." {
        return Some(SignatureComment { parameters: None, result });
    }
    let Expr::Call(call) = parse_annotation(&format!("f({list})"))? else { return None };
    let mut parameters: Vec<(TextSize, Expr)> = Vec::new();
    for argument in call.arguments.args.iter() {
        let start = argument.start();
        let ty = match argument {
            Expr::Starred(starred) => (*starred.value).clone(),
            other => other.clone(),
        };
        parameters.push((start, ty));
    }
    for keyword in call.arguments.keywords.iter() {
        if keyword.arg.is_some() {
            return None;
        }
        parameters.push((keyword.range.start(), keyword.value.clone()));
    }
    parameters.sort_by_key(|(start, _)| *start);
    Some(SignatureComment { parameters: Some(parameters.into_iter().map(|(_, ty)| ty).collect()), result })
}

/// Where the parenthesis closes that is open at the start.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0u32;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')') if depth == 0 => return Some(at),
            (None, ')' | ']' | '}') => depth = depth.checked_sub(1)?,
            (None, _) => {}
        }
    }
    None
}
