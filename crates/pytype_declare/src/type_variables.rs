//! Type variables: where they are declared, what was declared, which are in scope.

use pytype_index::{DefRef, ScopeId};
use pytype_source::{Diagnostic, File, Name};
use pytype_types::{
    ParamSpec, ParamSpecFlavor, Ty, TyKind, TyList, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId,
    TypeVarInfo, TypeVarKind, TypeVarOrigin, TypeVarTuple, Variance,
};

use crate::DeclareDb;
use crate::names::{self, AssignmentMeaning};

/// The type variable that `definition` declares: `T = TypeVar("T")` or a PEP 695 parameter.
pub fn type_var_declaration(db: &dyn DeclareDb, definition: DefRef) -> TypeVarDecl {
    let kind = match names::classify_assignment(db, definition) {
        AssignmentMeaning::TypeVariable(kind) => kind,
        _ => TypeVarKind::TypeVar,
    };
    let fullname = names::fullname_of(db, definition);
    TypeVarDecl::new(TypeVarDeclData {
        name: Name::new(fullname.last_component()),
        fullname,
        kind,
        origin: TypeVarOrigin::Assignment(definition),
    })
}

/// What was declared of a type variable.
pub fn type_var_info(db: &dyn DeclareDb, decl: TypeVarDecl) -> &TypeVarInfo {
    type_var_info_query(db, decl, ())
}

#[salsa::tracked(returns(ref))]
fn type_var_info_query(_db: &dyn DeclareDb, _decl: TypeVarDecl, _key: ()) -> TypeVarInfo {
    TypeVarInfo {
        bound: Ty::any(pytype_types::AnySource::Implementation),
        values: TyList::EMPTY(),
        default: None,
        variance: Variance::Invariant,
    }
}

/// What is wrong with the declaration of a type variable, relative to it.
pub fn type_var_diagnostics(_db: &dyn DeclareDb, _definition: DefRef) -> Vec<Diagnostic> {
    Vec::new()
}

/// An occurrence of the variable `decl`, as the `index`th that `owner` binds.
pub fn bound_type_var(decl: TypeVarDecl, owner: Name, index: u32) -> Ty {
    let id = TypeVarId { owner, index, meta: 0 };
    match decl.kind {
        TypeVarKind::TypeVar => Ty::new(TyKind::TypeVar(TypeVar { id, decl })),
        TypeVarKind::ParamSpec => {
            Ty::new(TyKind::ParamSpec(ParamSpec { id, decl, flavor: ParamSpecFlavor::Bare, prefix: None }))
        }
        TypeVarKind::TypeVarTuple => Ty::new(TyKind::TypeVarTuple(TypeVarTuple { id, decl, min_len: 0 })),
    }
}

/// The declaration of the type variable (of any kind) that `ty` is.
pub fn declaration_of(ty: Ty) -> Option<TypeVarDecl> {
    match ty.kind() {
        TyKind::TypeVar(variable) => Some(variable.decl),
        TyKind::ParamSpec(spec) => Some(spec.decl),
        TyKind::TypeVarTuple(tuple) => Some(tuple.decl),
        _ => None,
    }
}

/// The type variables that enclosing classes and functions bind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TypeVarScope {
    /// Innermost last.
    bound: Vec<(TypeVarDecl, Ty)>,
    /// Variables of an outer class: not in scope, but not to be bound again either.
    prohibited: Vec<TypeVarDecl>,
}

impl TypeVarScope {
    /// What is bound inside `scope`.
    pub fn around(_db: &dyn DeclareDb, _file: File, _scope: ScopeId) -> TypeVarScope {
        TypeVarScope::default()
    }

    /// The variable as it is bound here.
    pub fn get(&self, decl: TypeVarDecl) -> Option<Ty> {
        self.bound.iter().rev().find(|(bound, _)| *bound == decl).map(|(_, ty)| *ty)
    }

    /// Whether an inner function or class may bind the variable as its own.
    pub fn may_bind(&self, decl: TypeVarDecl) -> bool {
        self.get(decl).is_none() && !self.prohibited.contains(&decl)
    }

    /// Adds a bound variable.
    pub fn add(&mut self, ty: Ty) {
        if let Some(decl) = declaration_of(ty) {
            self.bound.push((decl, ty));
        }
    }
}
