//! The bodies that an interface's tree lacks, parsed without what is around them.
//!
//! When a file is checked, everything but its closed bodies has a tree already. So only these are parsed:
//! from a text of the same length that has nothing else in it, so that every position is the one in the file.

use pytype_source::{ParsedFile, parse_text};
use ruff_python_ast::{self as ast, AtomicNodeIndex, Stmt, Suite};
use ruff_text_size::{Ranged, TextRange};

use crate::builder::function_facts::body_range;
use crate::builder::outline::{lacks_body, outermost_functions};

/// A module of nothing but those functions of `interface` that lack their bodies, bodies included, in order.
/// `None` if the text is not plain enough, or has anything in it that is to be reported: then the whole file has
/// to be parsed.
pub(crate) fn parse_closed_bodies(interface: &ParsedFile, text: &str) -> Option<ParsedFile> {
    let mut functions = Vec::new();
    outermost_functions(&interface.module().body, &mut |function| {
        if lacks_body(function) {
            functions.push(function);
        }
    });
    let bodies: Vec<TextRange> = functions.iter().map(|function| body_range(&function.body)).collect();
    let mut parsed = parse_text(&text_of_bodies(text, &bodies)?, false);
    if !parsed.errors().is_empty() || !parsed.unsupported_syntax_errors().is_empty() {
        return None;
    }
    let module = parsed.module_mut()?;
    let conditions = std::mem::take(&mut module.body);
    if conditions.len() != functions.len() {
        return None;
    }
    module.body = Suite::with_capacity(functions.len());
    for (condition, function) in conditions.into_iter().zip(functions) {
        let Stmt::If(condition) = condition else { return None };
        if body_range(&condition.body) != body_range(&function.body) {
            return None;
        }
        module.body.push(Stmt::FunctionDef(with_body(function, condition.body)));
    }
    Some(parsed)
}

/// The text with nothing in it but `bodies`, each under an `if 1:` that stands right before it.
fn text_of_bodies(text: &str, bodies: &[TextRange]) -> Option<String> {
    let text = text.as_bytes();
    let mut left = vec![b' '; text.len()];
    let mut done = 0;
    for body in bodies {
        let body = std::ops::Range::<usize>::from(*body);
        let line = memchr::memrchr(b'\n', text.get(..body.start)?).map_or(0, |end| end + 1);
        let is_indented = text[line..body.start].iter().all(|byte| matches!(byte, b' ' | b'\t'));
        let (start, header) = if is_indented { (line, b"\nif 1:\n") } else { (body.start, b"\nif 1: ") };
        let before = start.checked_sub(header.len()).filter(|before| *before >= done)?;
        // Nothing that is left out is read but as a comment.
        if before > done {
            left[done] = b'#';
        }
        left[before..start].copy_from_slice(header);
        left.get_mut(start..body.end)?.copy_from_slice(&text[start..body.end]);
        done = body.end;
    }
    if let Some(rest) = left.get_mut(done) {
        *rest = b'#';
    }
    String::from_utf8(left).ok()
}

fn with_body(function: &ast::StmtFunctionDef, body: Suite) -> ast::StmtFunctionDef {
    ast::StmtFunctionDef {
        node_index: AtomicNodeIndex::NONE,
        range: function.range(),
        is_async: function.is_async,
        decorator_list: function.decorator_list.clone(),
        name: function.name.clone(),
        type_params: function.type_params.clone(),
        parameters: function.parameters.clone(),
        returns: function.returns.clone(),
        body,
    }
}
