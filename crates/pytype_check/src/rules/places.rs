//! Where findings about whole definitions stand.

use pytype_index::DefRef;
use pytype_infer::Checker;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

/// The statement of a function.
pub fn function_statement<'db>(
    checker: &Checker<'db>,
    definition: DefRef,
) -> Option<&'db ast::StmtFunctionDef> {
    let db = checker.ctx.db;
    pytype_index::syntax_of_unit(db, definition.file, definition.id.unit).function(definition.id)
}

/// The definition as a whole: its first decorator, or its name. Covers one line in general, since
/// comments on the lines behind do not concern the definition.
pub fn decorated_place(statement: &ast::StmtFunctionDef) -> TextRange {
    match statement.decorator_list.first() {
        Some(decorator) => match &decorator.expression {
            Expr::Call(call) => call.func.range(),
            other => other.range(),
        },
        None => statement.name.range(),
    }
}
