//! Reaching scopes, symbols and definitions of a file by their numbers.

use pytype_index::{DefId, DefRef, Definition, FileIndex, Scope, ScopeId};
use pytype_source::{File, Name};

use crate::DeclareDb;

/// The index that holds what is numbered with `unit`: the file's interface or a function's body.
pub(crate) fn index_of(db: &dyn DeclareDb, file: File, unit: u32) -> &FileIndex {
    pytype_index::index_of(db, file, unit)
}

pub(crate) fn scope(db: &dyn DeclareDb, file: File, id: ScopeId) -> Option<&Scope> {
    index_of(db, file, id.unit).scope(id)
}

pub(crate) fn definition(db: &dyn DeclareDb, at: DefRef) -> Option<&Definition> {
    index_of(db, at.file, at.id.unit).definition(at.id)
}

/// The first definition of the symbol that `at` belongs to.
pub(crate) fn first_definition(db: &dyn DeclareDb, at: DefRef) -> Option<DefId> {
    let definition = definition(db, at)?;
    let scope = scope(db, at.file, definition.scope)?;
    scope.symbols.get(definition.name)?.definitions.first().copied()
}

/// All definitions of a symbol of the module's own scope.
pub(crate) fn module_symbol(db: &dyn DeclareDb, file: File, name: Name) -> Option<&[DefId]> {
    let scope = scope(db, file, ScopeId::MODULE)?;
    scope.symbols.get(name).map(|symbol| symbol.definitions.as_slice())
}
