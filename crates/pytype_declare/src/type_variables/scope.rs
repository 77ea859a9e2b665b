//! Which type variables are bound at a place.

use pytype_index::{DefId, DefRef, DefinitionKind, ScopeId, ScopeKind};
use pytype_source::File;
use pytype_types::{Ty, TypeVarDecl};
use smallvec::SmallVec;

use super::declaration_of;
use crate::DeclareDb;
use crate::classes::{class_id, class_type_params};
use crate::names::scope_access;
use crate::{aliases, signatures};

/// The type variables that enclosing classes and functions bind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TypeVarScope {
    /// Innermost last.
    bound: Vec<(TypeVarDecl, Ty)>,
    /// Variables of an outer class: not in scope, but not to be bound again either.
    prohibited: Vec<TypeVarDecl>,
    /// From here on, variables are those of the innermost class (and of classes around it that no
    /// function separates from it), which a nested class does not see.
    class_from: usize,
}

/// What binds type variables around a place.
enum Binder {
    Class(DefId),
    Function(DefId),
    /// A list of type parameters, seen from inside of the list.
    List(DefId),
}

impl TypeVarScope {
    /// What is bound inside `scope`.
    pub fn around(db: &dyn DeclareDb, file: File, scope: ScopeId) -> TypeVarScope {
        let mut found = TypeVarScope::default();
        for binder in binders(db, file, scope).into_iter().rev() {
            match binder {
                Binder::Class(id) => {
                    let class = class_id(db, DefRef { file, id });
                    found.enter_class();
                    found.add_all(class_type_params(db, class).iter());
                }
                Binder::Function(id) => {
                    let variables = signatures::function_type_variables(db, DefRef { file, id });
                    found.add_all(variables.bound.iter());
                    found.class_from = found.bound.len();
                }
                Binder::List(id) => found.enter_list(db, DefRef { file, id }),
            }
        }
        found
    }

    fn enter_list(&mut self, db: &dyn DeclareDb, owner: DefRef) {
        let kind = scope_access::definition(db, owner).map(|definition| &definition.kind);
        match kind {
            Some(DefinitionKind::Class { .. }) => {
                self.enter_class();
                self.add_all(class_type_params(db, class_id(db, owner)).iter());
            }
            Some(DefinitionKind::Function { .. }) => {
                let variables = signatures::function_type_variables(db, owner);
                self.add_all(variables.bound.iter());
            }
            Some(DefinitionKind::TypeAliasStatement) => {
                self.enter_class();
                self.add_all(aliases::alias_type_params(db, aliases::alias_id(db, owner)).iter());
            }
            Some(
                DefinitionKind::Variable
                | DefinitionKind::Parameter
                | DefinitionKind::Import { .. }
                | DefinitionKind::ImportFrom { .. }
                | DefinitionKind::TypeParameter,
            )
            | None => {}
        }
    }

    /// Begins the scope of a class or alias: variables of the class around it are hidden, and not
    /// to be used again.
    pub fn enter_class(&mut self) {
        let hidden = self.bound.split_off(self.class_from.min(self.bound.len()));
        self.prohibited.extend(hidden.into_iter().map(|(decl, _)| decl));
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

    pub fn add_all(&mut self, variables: impl IntoIterator<Item = Ty>) {
        variables.into_iter().for_each(|ty| self.add(ty));
    }

    /// Forgets all but the first `count` variables.
    pub fn truncate(&mut self, count: usize) {
        self.bound.truncate(count);
    }

    /// How many variables are bound.
    pub fn len(&self) -> usize {
        self.bound.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bound.is_empty()
    }
}

/// What binds type variables around `scope`, the innermost first.
fn binders(db: &dyn DeclareDb, file: File, scope: ScopeId) -> SmallVec<[Binder; 4]> {
    let mut found = SmallVec::new();
    let mut current = Some(scope);
    let mut entered = None;
    while let Some(id) = current {
        let Some(here) = scope_access::scope(db, file, id) else { break };
        match here.kind {
            ScopeKind::Class(class) => {
                found.push(Binder::Class(class));
                entered = Some(class);
            }
            ScopeKind::Function(function) => {
                found.push(Binder::Function(function));
                entered = Some(function);
            }
            ScopeKind::TypeParameters(owner) if entered != Some(owner) => found.push(Binder::List(owner)),
            ScopeKind::TypeParameters(_)
            | ScopeKind::Module
            | ScopeKind::Lambda
            | ScopeKind::Comprehension => {}
        }
        current = here.parent;
    }
    found
}
