//! Attributes that methods declare on `self` with an annotation.

use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_source::{File, Name};
use ruff_python_ast::{self as ast, Expr, Stmt};

use crate::names::scope_access::definition;
use crate::{DeclareDb, VariableInfo, syntax, written_types};

/// What the first annotated assignment to `self.name` in `method` declares.
pub fn declaration(db: &dyn DeclareDb, method: DefRef, name: Name) -> Option<&VariableInfo> {
    declared(db, method.file, method.id, name).as_ref()
}

#[salsa::tracked(returns(ref))]
fn declared(db: &dyn DeclareDb, file: File, id: DefId, name: Name) -> Option<VariableInfo> {
    let at = DefRef { file, id };
    let function = syntax::function(db, at)?;
    let first = function.parameters.iter().next()?;
    let receiver = first.name().as_str();
    let statement = find(&function.body, receiver, &name)?;
    let DefinitionKind::Function { body, .. } = definition(db, at)?.kind else { return None };
    Some(written_types::variable_declaration(
        db,
        &written_types::Place { at, scope: body, class: written_types::class_around(db, at), owner: None },
        &statement.annotation,
        statement.value.as_deref(),
    ))
}

/// The first annotated assignment to the attribute among the statements of a body, in order.
fn find<'a>(body: &'a [Stmt], receiver: &str, name: &str) -> Option<&'a ast::StmtAnnAssign> {
    body.iter().find_map(|statement| match statement {
        Stmt::AnnAssign(s) => is_attribute(&s.target, receiver, name).then_some(s),
        Stmt::If(s) => find(&s.body, receiver, name)
            .or_else(|| s.elif_else_clauses.iter().find_map(|clause| find(&clause.body, receiver, name))),
        Stmt::For(s) => find(&s.body, receiver, name).or_else(|| find(&s.orelse, receiver, name)),
        Stmt::While(s) => find(&s.body, receiver, name).or_else(|| find(&s.orelse, receiver, name)),
        Stmt::With(s) => find(&s.body, receiver, name),
        Stmt::Try(s) => find(&s.body, receiver, name)
            .or_else(|| {
                s.handlers.iter().find_map(|handler| {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    find(&handler.body, receiver, name)
                })
            })
            .or_else(|| find(&s.orelse, receiver, name))
            .or_else(|| find(&s.finalbody, receiver, name)),
        Stmt::Match(s) => s.cases.iter().find_map(|case| find(&case.body, receiver, name)),
        Stmt::FunctionDef(s) => find(&s.body, receiver, name),
        _ => None,
    })
}

fn is_attribute(target: &Expr, receiver: &str, name: &str) -> bool {
    match target {
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == name
                && matches!(attribute.value.as_ref(), Expr::Name(n) if n.id == receiver)
        }
        _ => false,
    }
}
