//! What the syntax of an enum's body says of membership.

use pytype_index::DefRef;
use pytype_source::Name;
use ruff_python_ast::Expr;

use super::resolver::Resolver;
use super::{scope_access, shapes};
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

/// The member that an enum's `B = A` is another name of.
pub(crate) fn alias_target(db: &dyn DeclareDb, at: DefRef) -> Option<Name> {
    let value = syntax::assignment(db, at)?.value?;
    let Expr::Name(name) = value else { return None };
    let here = scope_access::definition(db, at)?;
    let scope = scope_access::scope(db, at.file, here.scope)?;
    if !matches!(scope.kind, pytype_index::ScopeKind::Class(_)) {
        return None;
    }
    let target = Name::of(name);
    let first = *scope.symbols.get(target)?.definitions.first()?;
    let first = DefRef { id: first, ..at };
    let found = scope_access::definition(db, first)?;
    let is_earlier = first.id.ordinal < at.id.ordinal;
    let is_member = found.kind == pytype_index::DefinitionKind::Variable
        && found.flags.contains(pytype_index::DefinitionFlags::HAS_VALUE)
        && !found.flags.contains(pytype_index::DefinitionFlags::ANNOTATED)
        && !name.id.starts_with('_')
        && !is_nonmember_value(db, first);
    (is_earlier && is_member).then(|| alias_target(db, first).unwrap_or(target))
}
