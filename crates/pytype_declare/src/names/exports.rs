//! What a module shows to others: `__all__`, re-exports, what a stub hides.

use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_modules::Resolution;
use pytype_source::{File, Name};

use super::scope_access::definition;
use crate::DeclareDb;

/// How far a module's name can be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Visibility {
    /// A star import takes it.
    pub public: bool,
    /// Other modules are told that it is not exported.
    pub hidden: bool,
}

/// The names in `__all__`, if the module has one that can be read off.
pub(crate) fn dunder_all(db: &dyn DeclareDb, file: File) -> Option<&[Name]> {
    pytype_index::dunder_all(db, file)
}

/// Whether the imports of `file` re-export what they bind without saying so.
fn implicit_reexport(db: &dyn DeclareDb, file: File) -> bool {
    !file.is_stub(db) && db.module_options(file).implicit_reexport
}

/// The visibility of the symbol with these definitions, before `__all__` is looked at.
pub(crate) fn visibility(db: &dyn DeclareDb, file: File, ids: &[DefId]) -> Visibility {
    const SHOWN: Visibility = Visibility { public: true, hidden: false };
    let Some(first) = ids.first() else { return SHOWN };
    let Some(found) = definition(db, DefRef { file, id: *first }) else { return SHOWN };
    match &found.kind {
        DefinitionKind::Import { module, alias } => {
            let public = implicit_reexport(db, file) || (*alias && *module == found.name);
            Visibility { public, hidden: !public }
        }
        DefinitionKind::ImportFrom { module, name, explicit } => {
            let public = implicit_reexport(db, file) || *explicit;
            let hidden = !public && !is_own_submodule(db, file, module.member(*name));
            Visibility { public, hidden }
        }
        DefinitionKind::Class { .. }
        | DefinitionKind::Function { .. }
        | DefinitionKind::Variable
        | DefinitionKind::Parameter
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => SHOWN,
    }
}

/// Whether `module` is a module below the package that `file` is.
fn is_own_submodule(db: &dyn DeclareDb, file: File, module: Name) -> bool {
    let own = file.module(db);
    module.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('.'))
        && matches!(pytype_modules::resolve(db, module), Resolution::Found(_) | Resolution::Namespace)
}
