//! How deeply expressions and blocks nest: beyond a bound a file counts as wrong, as it does in mypy.
//! So nothing that walks a syntax tree meets more than that.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// How many blocks and expressions may stand in each other.
const MAX_NESTING: usize = 202;

/// How long a chain such as `a + a + a` or `a.b.c` may be, which nests to the left.
const MAX_CHAIN: usize = 50_000;

/// The first place that is nested too deeply.
pub(crate) fn too_deep(module: &ModModule) -> Option<TextRange> {
    let mut walk = Walk { depth: 0, found: None };
    for statement in &module.body {
        walk.visit_stmt(statement);
    }
    walk.found
}

/// The first bracket that stands in too many others; most of them leave nothing in the tree.
pub(crate) fn too_many_brackets(tokens: &[Token]) -> Option<TextRange> {
    let mut open = 0_usize;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_NESTING {
            return Some(token.range());
        }
    }
    None
}

struct Walk {
    depth: usize,
    found: Option<TextRange>,
}

impl Walk {
    /// Goes on one level further down, unless that is too far.
    fn deeper(&mut self, place: TextRange, visit: impl FnOnce(&mut Self)) {
        if self.depth == MAX_NESTING {
            self.found.get_or_insert(place);
            return;
        }
        self.depth += 1;
        visit(self);
        self.depth -= 1;
    }

    /// An operator, call, attribute or subscript, and those that it is applied to.
    fn visit_chain(&mut self, mut expr: &Expr) {
        for _ in 0..MAX_CHAIN {
            expr = match expr {
                Expr::BinOp(operation) => {
                    self.visit_expr(&operation.right);
                    &operation.left
                }
                Expr::Call(call) => {
                    self.visit_arguments(&call.arguments);
                    &call.func
                }
                Expr::Attribute(attribute) => &attribute.value,
                Expr::Subscript(subscript) => {
                    self.visit_expr(&subscript.slice);
                    &subscript.value
                }
                _ => return self.visit_expr(expr),
            };
        }
        self.found.get_or_insert(expr.range());
    }
}

impl<'a> Visitor<'a> for Walk {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let Some(first) = body.first() else { return };
        self.deeper(first.range(), |walk| {
            for statement in body {
                walk.visit_stmt(statement);
            }
        });
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        // Every level takes at least one character.
        if self.found.is_none() && reaches(self.depth, statement.range()) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_some() || !reaches(self.depth, expr.range()) {
            return;
        }
        match expr {
            Expr::BinOp(_) | Expr::Call(_) | Expr::Attribute(_) | Expr::Subscript(_) => {
                self.deeper(expr.range(), |walk| walk.visit_chain(expr));
            }
            _ => self.deeper(expr.range(), |walk| walk_expr(walk, expr)),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if self.found.is_none() && reaches(self.depth, pattern.range()) {
            self.deeper(pattern.range(), |walk| walk_pattern(walk, pattern));
        }
    }
}

/// Whether a text of this length has room for enough levels below `depth`.
fn reaches(depth: usize, range: TextRange) -> bool {
    depth + range.len().to_usize() > MAX_NESTING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_deep(text: &str) -> bool {
        let options = ruff_python_parser::ParseOptions::from(ruff_python_ast::PySourceType::Python);
        let parsed = ruff_python_parser::parse_unchecked(text, options).try_into_module().unwrap();
        too_deep(parsed.syntax()).is_some()
    }

    #[test]
    fn two_hundred_levels_and_no_more() {
        for (open, close) in [("[", "]"), ("{1: ", "}"), ("- ", ""), ("lambda: ", ""), ("1 if a else ", "")] {
            let nested = |count: usize| format!("x = {}1{}\n", open.repeat(count), close.repeat(count));
            assert!(!is_too_deep(&nested(200)), "{open}");
            assert!(is_too_deep(&nested(203)), "{open}");
        }
        let blocks = |count: usize| {
            let lines = (0..count).map(|at| format!("{}if x:\n", " ".repeat(at)));
            lines.collect::<String>() + &" ".repeat(count) + "pass\n"
        };
        assert!(!is_too_deep(&blocks(200)));
        assert!(is_too_deep(&blocks(204)));
    }

    #[test]
    fn chains_may_be_long() {
        assert!(!is_too_deep(&format!("x = a{}\n", " + a".repeat(10_000))));
        assert!(!is_too_deep(&format!("x = a{}\n", ".b(1)[2]".repeat(3000))));
        assert!(!is_too_deep(&"if a:\n    b = f(a)\n".repeat(1000)));
    }
}
