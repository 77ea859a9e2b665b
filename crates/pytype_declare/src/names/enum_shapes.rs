//! What the syntax of an enum's body says of membership.

use pytype_index::DefRef;
use ruff_python_ast::Expr;

use super::resolver::Resolver;
use super::shapes;
use crate::{DeclareDb, Node, syntax};

/// Whether `@enum.member` stands on a function.
pub(crate) fn is_marked_member(db: &dyn DeclareDb, at: DefRef) -> bool {
    let Some(function) = syntax::function(db, at) else { return false };
    function.decorator_list.iter().any(|decorator| {
        let binding = shapes::dotted(&decorator.expression)
            .and_then(|path| Resolver::new(db).lookup_path_at(at, &path));
        binding.is_some_and(|binding| binding.fullname == "enum.member")
    })
}

/// Whether an assigned value keeps the name from being a member: a function, or `nonmember(...)`.
pub(crate) fn is_nonmember_value(db: &dyn DeclareDb, at: DefRef) -> bool {
    let Some(value) = syntax::assignment(db, at).and_then(|assignment| assignment.value) else {
        return false;
    };
    let resolve =
        |expr: &Expr| shapes::dotted(expr).and_then(|path| Resolver::new(db).lookup_path_at(at, &path));
    match value {
        Expr::Lambda(_) => true,
        Expr::Name(_) | Expr::Attribute(_) => {
            resolve(value).is_some_and(|binding| matches!(binding.node, Node::Function(_)))
        }
        Expr::Call(call) => resolve(&call.func).is_some_and(|binding| {
            matches!(
                binding.fullname.as_str(),
                "enum.nonmember" | "builtins.staticmethod" | "builtins.classmethod"
            )
        }),
        _ => false,
    }
}
