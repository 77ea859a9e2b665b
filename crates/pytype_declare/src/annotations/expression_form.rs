//! Whether an expression has the form of a type at all.

use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};

use super::analyze::{args_of, flatten_bit_or, is_dotted};

/// Whether an expression has the form of a type, as far as that can be told without looking names
/// up.
pub fn is_type_expression(expr: &Expr) -> bool {
    has_type_form(expr, &|head| match head {
        Expr::Name(name) => name.id == "Annotated",
        Expr::Attribute(attribute) => &attribute.attr == "Annotated",
        _ => false,
    })
}

/// The same, where `is_annotated` tells whether a name means `Annotated`: what stands behind its
/// first argument may be any expression.
pub(crate) fn has_type_form(expr: &Expr, is_annotated: &dyn Fn(&Expr) -> bool) -> bool {
    let inner = |expr: &Expr| has_type_form(expr, is_annotated);
    let unpacked = |item: &Expr| match item {
        Expr::Starred(starred) => inner(&starred.value),
        other => inner(other),
    };
    match expr {
        Expr::Name(_)
        | Expr::NoneLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::Attribute(_) => is_dotted(expr),
        Expr::Subscript(subscript) => {
            let items = args_of(&subscript.slice).items;
            is_dotted(&subscript.value)
                && match items.first() {
                    Some(first) if is_annotated(&subscript.value) => inner(first),
                    _ => items.iter().all(unpacked),
                }
        }
        Expr::BinOp(operation) if operation.op == Operator::BitOr => {
            let mut operands = Vec::new();
            flatten_bit_or(operation, &mut operands);
            operands.into_iter().all(inner)
        }
        Expr::List(list) => list.elts.iter().all(|item| match item {
            Expr::Call(call) => is_parameter_constructor(call),
            other => unpacked(other),
        }),
        Expr::UnaryOp(operation) => {
            matches!(operation.op, UnaryOp::USub | UnaryOp::UAdd)
                && matches!(operation.operand.as_ref(), Expr::NumberLiteral(n) if matches!(n.value, Number::Int(_)))
        }
        Expr::Dict(dict) => {
            !dict.items.is_empty()
                && dict.items.iter().all(|item| matches!(item.key, None | Some(Expr::StringLiteral(_))))
        }
        _ => false,
    }
}

/// `Arg(int, "x")` and the like: a type and a name, each at most once.
fn is_parameter_constructor(call: &ast::ExprCall) -> bool {
    let positional = call.arguments.args.len();
    is_dotted(&call.func)
        && positional <= 2
        && call.arguments.keywords.iter().all(|keyword| match keyword.arg.as_ref().map(|arg| arg.as_str()) {
            Some("type") => positional < 1,
            Some("name") => positional < 2,
            _ => false,
        })
}
