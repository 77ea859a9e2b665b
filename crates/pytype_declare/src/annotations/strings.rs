//! Type expressions inside of strings (forward references).

use ruff_python_ast::Expr;

/// The expression that the text of a string annotation is; `None` when it is none. Line breaks
/// inside count for nothing, as if the text stood in parentheses.
pub fn parse_annotation(text: &str) -> Option<Expr> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let parsed = ruff_python_parser::parse_expression(&format!("({text}\n)")).ok()?;
    Some(*parsed.into_syntax().body)
}

/// [`parse_annotation`] for a string that stands inside of `depth` others; `None` beyond the depth
/// that anybody writes.
pub(crate) fn parse_nested_annotation(text: &str, depth: u32) -> Option<Expr> {
    if depth < MAX_DEPTH { parse_annotation(text) } else { None }
}

/// How deep strings in strings are read.
const MAX_DEPTH: u32 = 8;

/// Longer texts are no annotations; this bounds the nesting that the parser meets.
const MAX_LENGTH: usize = 100_000;
