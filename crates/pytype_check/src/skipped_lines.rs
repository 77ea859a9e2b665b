//! The lines that the version, the platform and `TYPE_CHECKING` leave out of the program. Nothing
//! is found there, so a suppression there is not called unused.

use pytype_config::ModuleOptions;
use pytype_index::{Syntax, Truth, reachable_branches, reachable_cases, truth_of};
use ruff_python_ast::{Stmt, visitor};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use crate::lines::Lines;

/// The numbers of those lines.
pub(crate) fn skipped_lines(syntax: &Syntax, options: &ModuleOptions, lines: &Lines) -> FxHashSet<u32> {
    let body = syntax.statements();
    let mut walker = Walker { syntax, options, lines, skipped: FxHashSet::default() };
    for (index, statement) in body.iter().enumerate() {
        visitor::Visitor::visit_stmt(&mut walker, statement);
        // mypy cuts a module off behind `assert sys.platform == ...` where that is false.
        if let Stmt::Assert(assert) = statement
            && truth_of(&assert.test, options).is_false()
        {
            walker.skip(&body[index + 1..]);
            break;
        }
    }
    walker.skipped
}

struct Walker<'a> {
    syntax: &'a Syntax,
    options: &'a ModuleOptions,
    lines: &'a Lines,
    skipped: FxHashSet<u32>,
}

impl<'a> Walker<'a> {
    fn skip(&mut self, body: &[Stmt]) {
        if let (Some(first), Some(last)) = (body.first(), body.last()) {
            self.skipped.extend(self.lines.covered(first.range().cover(last.range())));
        }
    }

    fn blocks(
        &mut self,
        all: impl Iterator<Item = &'a [Stmt]>,
        reachable: impl Fn(usize, &'a [Stmt]) -> bool,
    ) {
        for (index, body) in all.enumerate() {
            if reachable(index, body) {
                visitor::walk_body(self, body);
            } else {
                self.skip(body);
            }
        }
    }
}

impl<'a> visitor::Visitor<'a> for Walker<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::If(branches) => {
                let all = std::iter::once(&*branches.body)
                    .chain(branches.elif_else_clauses.iter().map(|clause| &*clause.body));
                if truth_of(&branches.test, self.options) == Truth::Unknown
                    && branches.elif_else_clauses.is_empty()
                {
                    visitor::walk_body(self, &branches.body);
                    return;
                }
                let reachable = reachable_branches(branches, self.options);
                self.blocks(all, |_, body| reachable.iter().any(|branch| std::ptr::eq(branch.body, body)));
            }
            Stmt::Match(cases) => {
                let reachable = reachable_cases(cases, self.options);
                let all = cases.cases.iter().map(|case| &*case.body);
                self.blocks(all, |index, _| reachable.get(index).is_none_or(|(reachable, _)| *reachable));
            }
            Stmt::FunctionDef(function) => visitor::walk_body(self, &self.syntax.with_body(function).body),
            other => visitor::walk_stmt(self, other),
        }
    }

    // Statements do not stand inside of expressions.
    fn visit_expr(&mut self, _expr: &'a ruff_python_ast::Expr) {}
}
