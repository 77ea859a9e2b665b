//! The variance of PEP 695 type parameters, inferred from how their class uses them.

use pytype_index::{DefRef, DefinitionKind, ScopeKind};
use pytype_types::{ClassId, TypeVarDecl, TypeVarKind, TypeVarOrigin, Variance, infer_variance};

use crate::classes::{class_id, class_type_params};
use crate::names::scope_access;
use crate::type_variables::declaration_of;
use crate::{Context, DeclareDb};

/// The inferred variance; `None` where it is declared or does not matter.
pub(super) fn inferred(db: &dyn DeclareDb, decl: TypeVarDecl) -> Option<Variance> {
    let TypeVarOrigin::Parameter(at) = decl.origin else { return None };
    if decl.kind != TypeVarKind::TypeVar {
        return None;
    }
    let class = class_of_parameter(db, at)?;
    let position =
        class_type_params(db, class).iter().position(|param| declaration_of(param) == Some(decl))?;
    class_variances(db, class, ()).get(position).copied()
}

/// The class whose list of type parameters the definition stands in.
fn class_of_parameter(db: &dyn DeclareDb, at: DefRef) -> Option<ClassId> {
    let scope = scope_access::definition(db, at)?.scope;
    let ScopeKind::TypeParameters(owner) = scope_access::scope(db, at.file, scope)?.kind else { return None };
    let owner = DefRef { file: at.file, id: owner };
    match scope_access::definition(db, owner)?.kind {
        DefinitionKind::Class { .. } => Some(class_id(db, owner)),
        _ => None,
    }
}

/// The variances of a class's parameters, one for each.
#[salsa::tracked(returns(ref), cycle_result = variances_in_circle)]
fn class_variances(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Vec<Variance> {
    let pytype_types::ClassOrigin::Definition(at) = class.origin() else { return Vec::new() };
    infer_variance(&Context::new(db, at.file), class)
}

/// Classes that use each other's parameters in a circle restrict each other in nothing.
fn variances_in_circle(db: &dyn DeclareDb, _id: salsa::Id, class: ClassId, _key: ()) -> Vec<Variance> {
    class_type_params(db, class).iter().map(|_| Variance::Covariant).collect()
}
