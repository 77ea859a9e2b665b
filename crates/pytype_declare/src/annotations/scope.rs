//! Where names and type variables of a type expression are looked up.

use pytype_index::{DefId, DefRef, ScopeId, ScopeKind};
use pytype_source::File;
use pytype_types::ClassId;

use crate::DeclareDb;
use crate::names::scope_access;
use crate::type_variables::TypeVarScope;

/// Everything about the place of a type expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnnotationScope {
    pub file: File,
    /// Where names are looked up.
    pub scope: ScopeId,
    /// The definition that the annotation belongs to, for the order of names in class bodies.
    pub before: Option<DefId>,
    /// The class that `Self` means.
    pub class: Option<ClassId>,
    /// The type variables that enclosing classes and functions bind.
    pub variables: TypeVarScope,
}

impl AnnotationScope {
    /// The place inside `scope`, with the type variables and the class around it.
    pub fn within(db: &dyn DeclareDb, file: File, scope: ScopeId) -> AnnotationScope {
        AnnotationScope {
            file,
            scope,
            before: None,
            class: class_around(db, file, scope),
            variables: TypeVarScope::around(db, file, scope),
        }
    }

    /// The same place, as seen by the definition `before`.
    #[must_use]
    pub fn seen_by(mut self, before: DefId) -> AnnotationScope {
        self.before = Some(before);
        self
    }
}

/// The innermost class around a scope, functions in between or not.
fn class_around(db: &dyn DeclareDb, file: File, scope: ScopeId) -> Option<ClassId> {
    let mut current = Some(scope);
    while let Some(id) = current {
        let here = scope_access::scope(db, file, id)?;
        if let ScopeKind::Class(class) = here.kind {
            return Some(crate::classes::class_id(db, DefRef { file, id: class }));
        }
        current = here.parent;
    }
    None
}
