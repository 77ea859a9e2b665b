//! The variance of PEP 695 type parameters, inferred from how their class uses them.
//!
//! How a class uses a parameter includes attributes without annotations, whose types the running
//! unit of work may be inferring itself. So the answer is made in the context that asks, except for
//! classes that other units of work have dealt with, which a query remembers.

use pytype_index::{DefRef, DefinitionKind, ScopeKind};
use pytype_types::{
    ClassId, ClassOrigin, Ty, TypeVarDecl, TypeVarInfo, TypeVarOrigin, Variance, infer_variance,
};

use super::{declaration_of, declared_type_var_info, with_variance};
use crate::classes::{class_id, class_type_params};
use crate::kept::OpenCircle;
use crate::names::scope_access;
use crate::{Context, DeclareDb};

/// What a context knows of the variances of a class's parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum KnownVariances {
    /// They are being inferred: each counts as covariant meanwhile.
    InProgress,
    Inferred(Vec<Variance>),
}

impl<'db> Context<'db> {
    /// What was declared of a type variable, the variance of a PEP 695 parameter inferred.
    pub(crate) fn type_var_info(&self, decl: TypeVarDecl) -> &'db TypeVarInfo {
        let declared = declared_type_var_info(self.db, decl);
        match self.inferred_variance(decl) {
            Some(variance) if variance != declared.variance => with_variance(self.db, decl, variance),
            Some(_) | None => declared,
        }
    }

    /// `None` where the variance is declared or does not matter.
    fn inferred_variance(&self, decl: TypeVarDecl) -> Option<Variance> {
        let TypeVarOrigin::Parameter(at) = decl.origin else { return None };
        self.variance_within(class_of_parameter(self.db, at)?, decl)
    }

    /// The variance of one of a class's type parameters.
    pub(crate) fn variance_in_class(&self, class: ClassId, param: Ty) -> Variance {
        let Some(decl) = declaration_of(param) else { return Variance::Invariant };
        let declared = declared_type_var_info(self.db, decl);
        if is_inferred(decl, declared) {
            self.variance_within(class, decl).unwrap_or(declared.variance)
        } else {
            declared.variance
        }
    }

    /// The inferred variance of the type parameter of `class` that `decl` declares.
    fn variance_within(&self, class: ClassId, decl: TypeVarDecl) -> Option<Variance> {
        let params = class_type_params(self.db, class);
        let position = params.iter().position(|param| declaration_of(param) == Some(decl))?;
        let known = self.variances.borrow().get(&class).map(|known| match known {
            KnownVariances::InProgress => Some(Variance::Covariant),
            KnownVariances::Inferred(variances) => variances.get(position).copied(),
        });
        known.unwrap_or_else(|| self.variances_of(class).get(position).copied())
    }

    fn variances_of(&self, class: ClassId) -> Vec<Variance> {
        let ClassOrigin::Definition(at) = class.origin() else { return Vec::new() };
        let inside = self.variances.borrow().values().any(|known| *known == KnownVariances::InProgress);
        let is_own = self.local.covers(at) || self.is_in_own_component(at.file);
        if inside || self.only_declarations() || is_own {
            return self.infer_variances(class);
        }
        let found = class_variances(self.db, class, ()).clone();
        self.variances.borrow_mut().insert(class, KnownVariances::Inferred(found.clone()));
        found
    }

    fn infer_variances(&self, class: ClassId) -> Vec<Variance> {
        self.variances.borrow_mut().insert(class, KnownVariances::InProgress);
        let unready_before = self.local.read_not_ready.replace(false);
        let found = infer_variance(self, class, &|param| {
            declaration_of(param).is_some_and(|decl| is_inferred(decl, declared_type_var_info(self.db, decl)))
        });
        let unready = self.local.read_not_ready.replace(unready_before);
        if unready {
            // Asked again when more is known.
            self.variances.borrow_mut().remove(&class);
        } else {
            self.variances.borrow_mut().insert(class, KnownVariances::Inferred(found.clone()));
        }
        found
    }
}

/// Whether the use of a type variable tells its variance.
fn is_inferred(decl: TypeVarDecl, declared: &TypeVarInfo) -> bool {
    declared.infers_variance || matches!(decl.origin, TypeVarOrigin::Parameter(_))
}

/// The class whose list of type parameters the definition stands in.
fn class_of_parameter(db: &dyn DeclareDb, at: DefRef) -> Option<ClassId> {
    let scope = scope_access::definition(db, at)?.scope;
    let ScopeKind::TypeParameters(owner) = scope_access::scope(db, at.file, scope)?.kind else { return None };
    let owner = DefRef { file: at.file, id: owner };
    match scope_access::definition(db, owner)?.kind {
        DefinitionKind::Class { .. } => Some(class_id(db, owner)),
        DefinitionKind::Function { .. }
        | DefinitionKind::Variable
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => None,
    }
}

/// The variances of a class's parameters, one for each.
#[salsa::tracked(returns(ref), cycle_result = variances_in_circle)]
fn class_variances(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Vec<Variance> {
    let _open = OpenCircle::enter(db);
    let ClassOrigin::Definition(at) = class.origin() else { return Vec::new() };
    Context::new(db, at.file).infer_variances(class)
}

/// Classes that use each other's parameters in a circle restrict each other in nothing.
fn variances_in_circle(db: &dyn DeclareDb, _id: salsa::Id, class: ClassId, _key: ()) -> Vec<Variance> {
    class_type_params(db, class).iter().map(|_| Variance::Covariant).collect()
}
