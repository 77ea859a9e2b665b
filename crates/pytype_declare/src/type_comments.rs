//! `# type: ...` comments, which may stand for annotations.

use pytype_index::{DefRef, Syntax, TypeComment, syntax_of_unit};
use ruff_python_ast::{Expr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use crate::DeclareDb;
use crate::annotations::parse_annotation;

fn syntax(db: &dyn DeclareDb, at: DefRef) -> &Syntax {
    syntax_of_unit(db, at.file, at.id.unit)
}

/// The comment on the assignment of `at`, which ends at `end`.
pub(crate) fn of_assignment(db: &dyn DeclareDb, at: DefRef, end: TextSize) -> Option<TypeComment<'_>> {
    syntax(db, at).assignment_comment(end)
}

/// The comment on a parameter of the function `at` that ends at `end`.
pub(crate) fn of_parameter(db: &dyn DeclareDb, at: DefRef, end: TextSize) -> Option<TypeComment<'_>> {
    syntax(db, at).parameter_comment(end)
}

/// The comment with the signature of the function `at`, before the first statement of its body.
pub(crate) fn of_function<'db>(
    db: &'db dyn DeclareDb,
    at: DefRef,
    function: &StmtFunctionDef,
) -> Option<TypeComment<'db>> {
    syntax(db, at).signature_comment(function)
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
