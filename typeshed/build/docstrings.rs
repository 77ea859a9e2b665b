//! Takes docstrings out of stubs: no checker reads them, and they are most of the bytes.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

/// `source` without any statement that is only a string. A body that has nothing else keeps `...`.
pub fn strip(path: &str, source: &str) -> String {
    let parsed = parse(path, source);
    let mut finder = Finder { found: Vec::new() };
    finder.visit_body(&parsed);

    let mut stripped = String::with_capacity(source.len() / 2);
    let mut kept_to = 0;
    for (range, sole) in finder.found {
        let (start, end) =
            if sole { (range.start().to_usize(), range.end().to_usize()) } else { lines(source, range) };
        stripped.push_str(&source[kept_to..start]);
        if sole {
            stripped.push_str("...");
        }
        kept_to = end;
    }
    stripped.push_str(&source[kept_to..]);
    parse(path, &stripped);
    stripped
}

fn parse(path: &str, source: &str) -> Vec<Stmt> {
    let parsed = parse_unchecked(source, ParseOptions::from(ruff_python_ast::PySourceType::Stub));
    assert!(parsed.errors().is_empty(), "{path}: {:?}", parsed.errors());
    parsed.try_into_module().expect("a module was parsed").into_syntax().body.into_iter().collect()
}

/// The whole lines of a statement; a comment behind it goes with it.
fn lines(source: &str, range: TextRange) -> (usize, usize) {
    let start = source[..range.start().to_usize()].rfind('\n').map_or(0, |newline| newline + 1);
    let rest = &source[range.end().to_usize()..];
    let end = rest.find('\n').map_or(source.len(), |newline| range.end().to_usize() + newline + 1);
    let before = &source[start..range.start().to_usize()];
    let after = source[range.end().to_usize()..end].trim();
    assert!(
        before.trim().is_empty() && (after.is_empty() || after.starts_with('#')),
        "a docstring shares its line"
    );
    (start, end)
}

/// Collects strings that stand as statements, and whether each is all its body has.
struct Finder {
    found: Vec<(TextRange, bool)>,
}

fn is_text(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(expression) if matches!(&*expression.value, Expr::StringLiteral(_)))
}

impl<'a> StatementVisitor<'a> for Finder {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let mut sole = !body.is_empty() && body.iter().all(is_text);
        for statement in body {
            if is_text(statement) {
                self.found.push((statement.range(), sole));
                // Of several strings the first keeps the body from being empty.
                sole = false;
            }
            walk_stmt(self, statement);
        }
    }
}
