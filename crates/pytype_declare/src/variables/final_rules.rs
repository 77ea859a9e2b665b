//! Where `Final` may not stand.

use pytype_index::{DefRef, syntax_of_unit};
use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::DeclareDb;

/// Whether the statement at `range` stands in a loop of its function, class or module.
pub(super) fn is_in_loop(db: &dyn DeclareDb, at: DefRef, range: TextRange) -> bool {
    let mut body: &[Stmt] = syntax_of_unit(db, at.file, at.id.unit).module_body();
    let mut in_loop = false;
    loop {
        let at = body.partition_point(|statement| statement.end() <= range.start());
        let Some(statement) = body.get(at).filter(|statement| statement.range().contains_range(range)) else {
            return in_loop;
        };
        if statement.range() == range {
            return in_loop;
        }
        let within = |block: &&[Stmt]| {
            block.first().is_some_and(|first| first.start() <= range.start())
                && block.last().is_some_and(|last| range.end() <= last.end())
        };
        let mut blocks: Vec<&[Stmt]> = Vec::new();
        match statement {
            Stmt::For(inner) => {
                blocks.push(&inner.orelse);
                if within(&inner.body.as_slice()) {
                    in_loop = true;
                }
                blocks.push(&inner.body);
            }
            Stmt::While(inner) => {
                blocks.push(&inner.orelse);
                if within(&inner.body.as_slice()) {
                    in_loop = true;
                }
                blocks.push(&inner.body);
            }
            Stmt::If(inner) => {
                blocks.push(&inner.body);
                blocks.extend(inner.elif_else_clauses.iter().map(|clause| clause.body.as_slice()));
            }
            Stmt::With(inner) => blocks.push(&inner.body),
            Stmt::Try(inner) => {
                blocks.extend([inner.body.as_slice(), &inner.orelse, &inner.finalbody]);
                for handler in &inner.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    blocks.push(&handler.body);
                }
            }
            Stmt::Match(inner) => blocks.extend(inner.cases.iter().map(|case| case.body.as_slice())),
            Stmt::FunctionDef(inner) => {
                in_loop = false;
                blocks.push(&inner.body);
            }
            Stmt::ClassDef(inner) => {
                in_loop = false;
                blocks.push(&inner.body);
            }
            _ => return in_loop,
        }
        match blocks.into_iter().find(within) {
            Some(found) => body = found,
            None => return in_loop,
        }
    }
}
