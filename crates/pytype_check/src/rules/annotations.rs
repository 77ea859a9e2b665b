//! `no-untyped-def`: functions must say their types.

use pytype_declare::FunctionItem;
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::ErrorCode;
use pytype_types::{AnySource, Ty, TyKind, proper};
use ruff_python_ast::{self as ast, Expr, Stmt, visitor::Visitor};
use ruff_text_size::Ranged;

fn is_unannotated(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Any(AnySource::Unannotated))
}

/// Reports a function without annotations, or with some missing.
pub fn check_missing(checker: &mut Checker<'_>, definition: DefRef, item: &FunctionItem) {
    let options = checker.options;
    if !options.disallow_untyped_defs && !options.disallow_incomplete_defs {
        return;
    }
    let Some(signature) = item.signature.as_callable() else { return };
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, definition.file, definition.id.unit);
    let Some(statement) = syntax.function(definition.id) else { return };
    let place = statement.name.range();
    if signature.flags.contains(pytype_types::SigFlags::IMPLICIT) {
        if !options.disallow_untyped_defs {
            return;
        }
        let parameters: Vec<&str> = statement.parameters.iter().map(|p| p.name().as_str()).collect();
        let message = match parameters.as_slice() {
            [] | ["self" | "cls"] => {
                if returns_value(checker, definition) {
                    "The function has no return type annotation"
                } else {
                    "The function has no return type annotation; it returns nothing, so \"-> None\" is right"
                }
            }
            _ => "The function has no type annotations",
        };
        checker.error(ErrorCode::NoUntypedDef, place, message);
        return;
    }
    let annotated = signature.params.iter().any(|p| !is_unannotated(p.ty)) || !is_unannotated(signature.ret);
    if !options.disallow_untyped_defs && !annotated {
        return;
    }
    if lacks_result(checker, statement, signature.ret) {
        checker.error(ErrorCode::NoUntypedDef, place, "The function has no return type annotation");
    }
    if signature.params.iter().any(|p| is_unannotated(p.ty)) {
        checker.error(
            ErrorCode::NoUntypedDef,
            place,
            "Some parameters of the function have no type annotation",
        );
    }
}

fn lacks_result(checker: &Checker<'_>, statement: &ast::StmtFunctionDef, ret: Ty) -> bool {
    if is_unannotated(ret) {
        return true;
    }
    statement.is_async
        && proper(&*checker.ctx, ret).as_instance().is_some_and(|i| {
            i.class.is("typing.Coroutine") && i.args.last().is_some_and(|t| is_unannotated(*t))
        })
}

/// Whether a `return` with a value, or a `yield`, stands in the function itself.
fn returns_value(checker: &Checker<'_>, definition: DefRef) -> bool {
    let whole = pytype_index::whole_function(checker.ctx.db, definition.file, definition.id);
    let Some(statement) = whole else { return false };
    let mut finder = ReturnFinder { found: false };
    finder.visit_body(&statement.body);
    finder.found
}

struct ReturnFinder {
    found: bool,
}

impl<'a> Visitor<'a> for ReturnFinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(returned) => {
                self.found |= returned.value.as_deref().is_some_and(|v| !v.is_none_literal_expr());
            }
            _ => ruff_python_ast::visitor::walk_stmt(self, statement),
        }
    }
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_));
        if !expr.is_lambda_expr() {
            ruff_python_ast::visitor::walk_expr(self, expr);
        }
    }
}

/// `--disallow-any-unimported` and `--disallow-any-explicit` on a signature.
pub fn check_any(checker: &mut Checker<'_>, item: &FunctionItem, place: ruff_text_size::TextRange) {
    let Some(signature) = item.signature.as_callable() else { return };
    if checker.options.disallow_any_unimported {
        if pytype_types::has_unimported_any(&*checker.ctx, signature.ret) {
            checker.error(
                ErrorCode::NoAnyUnimported,
                place,
                "The return type is \"Any\": its import could not be followed",
            );
        }
        for param in &signature.params {
            if pytype_types::has_unimported_any(&*checker.ctx, param.ty) {
                checker.error(
                    ErrorCode::NoAnyUnimported,
                    place,
                    match param.name {
                        Some(name) => {
                            format!("The type of \"{name}\" is \"Any\": an import could not be followed")
                        }
                        None => "A parameter's type is \"Any\": an import could not be followed".to_owned(),
                    },
                );
            }
        }
    }
    if checker.options.disallow_any_explicit && pytype_types::has_explicit_any(&*checker.ctx, item.signature)
    {
        checker.error(ErrorCode::ExplicitAny, place, "\"Any\" is not allowed in annotations here");
    }
}
