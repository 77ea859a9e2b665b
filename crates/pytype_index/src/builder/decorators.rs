//! What a function's header says without any name being looked up.

use ruff_python_ast::{self as ast, Expr, Stmt};

use ruff_text_size::Ranged;

use crate::DefinitionFlags;
use crate::type_comments::TypeComments;

/// The flags that the header and a glance at the body give.
pub(super) fn header_flags(function: &ast::StmtFunctionDef, comments: &TypeComments) -> DefinitionFlags {
    let mut flags = decorator_flags(function);
    if function.is_async {
        flags |= DefinitionFlags::ASYNC;
    }
    let declared = |p: ast::AnyParameterRef<'_>| {
        p.annotation().is_some() || comments.of_parameter(p.as_parameter().end()).is_some()
    };
    let has_types = function.returns.is_some() || function.parameters.iter().any(declared);
    if !has_types && comments.of_function(function).is_none() {
        flags |= DefinitionFlags::UNANNOTATED;
    }
    if is_trivial(&function.body) {
        flags |= DefinitionFlags::TRIVIAL_BODY;
    }
    flags
}

/// Whether a decorator is written `staticmethod`.
pub(super) fn is_static(function: &ast::StmtFunctionDef) -> bool {
    let is_static = |d: &ast::Decorator| matches!(&d.expression, Expr::Name(n) if n.id == "staticmethod");
    function.decorator_list.iter().any(is_static)
}

fn decorator_flags(function: &ast::StmtFunctionDef) -> DefinitionFlags {
    let mut flags = DefinitionFlags::empty();
    for decorator in &function.decorator_list {
        flags |= DefinitionFlags::DECORATED;
        if last_name(&decorator.expression).is_some_and(|name| name.starts_with("abstract")) {
            flags |= DefinitionFlags::MAYBE_ABSTRACT;
        }
        match &decorator.expression {
            Expr::Name(name) if name.id == "overload" => flags |= DefinitionFlags::OVERLOAD,
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "overload" => flags |= DefinitionFlags::OVERLOAD,
                "setter" | "deleter" | "getter" => {
                    if matches!(&*attribute.value, Expr::Name(n) if n.id == function.name.id) {
                        flags |= DefinitionFlags::PROPERTY_PART;
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    flags
}

/// `c` of `a.b.c`.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// Whether a body does nothing.
pub(super) fn is_trivial(body: &[Stmt]) -> bool {
    let rest = match body {
        [Stmt::Expr(first), rest @ ..] if first.value.is_string_literal_expr() => rest,
        body => body,
    };
    match rest {
        [] => true,
        [Stmt::Pass(_)] => true,
        [Stmt::Expr(statement)] => statement.value.is_ellipsis_literal_expr(),
        [Stmt::Raise(raise)] => {
            let raised = match raise.exc.as_deref() {
                Some(Expr::Call(call)) => Some(&*call.func),
                raised => raised,
            };
            matches!(raised, Some(Expr::Name(name)) if name.id == "NotImplementedError")
        }
        _ => false,
    }
}
