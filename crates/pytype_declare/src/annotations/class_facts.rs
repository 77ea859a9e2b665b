//! What annotations need to know of classes, from their syntax and names alone.

use pytype_index::{DefRef, DefinitionFlags, DefinitionKind};
use pytype_types::{ClassId, ClassOrigin, Ty, TyKind};

use crate::names::special;
use crate::{DeclareDb, Node, names, syntax};

/// Whether nothing derives from the class: it is final, or an enum with members.
pub(crate) fn is_closed(db: &dyn DeclareDb, class: ClassId) -> bool {
    let ClassOrigin::Definition(at) = class.origin() else { return false };
    is_final(db, at) || (names::class_kind(db, class).is_enum && has_members(db, at))
}

fn is_final(db: &dyn DeclareDb, at: DefRef) -> bool {
    let Some(class) = syntax::class(db, at) else { return false };
    let Some(scope) = names::scope_access::definition(db, at).map(|found| found.scope) else { return false };
    class.decorator_list.iter().any(|decorator| {
        names::lookup_expr(db, at.file, scope, &decorator.expression)
            .is_some_and(|found| special::FINAL_DECORATOR.contains(&found.fullname.as_str()))
    })
}

/// Whether an enum's body gives some name a value.
fn has_members(db: &dyn DeclareDb, at: DefRef) -> bool {
    let Some(found) = names::scope_access::definition(db, at) else { return false };
    let DefinitionKind::Class { body } = found.kind else { return true };
    let Some(scope) = names::scope_access::scope(db, at.file, body) else { return false };
    scope.symbols.iter().any(|(name, symbol)| {
        !name.starts_with('_')
            && symbol.definitions.iter().any(|id| {
                names::scope_access::definition(db, DefRef { file: at.file, id: *id }).is_some_and(|d| {
                    d.kind == DefinitionKind::Variable && d.flags.contains(DefinitionFlags::HAS_VALUE)
                })
            })
    })
}

/// Whether a type names a `TypedDict`.
pub(crate) fn is_typed_dict(db: &dyn DeclareDb, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Alias { alias, .. } => match names::binding_of(db, alias.definition()).map(|b| b.node) {
            Some(Node::Class(class)) => names::class_kind(db, class).is_typed_dict,
            Some(_) | None => false,
        },
        TyKind::Instance(instance) => names::class_kind(db, instance.class).is_typed_dict,
        TyKind::TypedDict(_) => true,
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Module(_) => false,
    }
}
