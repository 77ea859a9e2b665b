//! What a module shows to others: `__all__`, star imports, re-exports.

use indexmap::IndexSet;
use pytype_modules::{Resolution, resolve};
use pytype_source::{File, Name};
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::{DefinitionKind, FileIndex, IndexDb, ScopeId, Symbol, file_index};

/// A name of a module's scope, with the module that binds it when a star import brought it there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModuleSymbol<'db> {
    pub file: File,
    pub symbol: &'db Symbol,
}

/// What `name` is in the module `file`: what the module itself binds, or else what its star imports
/// bring, the first that has it.
pub fn module_symbol(db: &dyn IndexDb, file: File, name: Name) -> Option<ModuleSymbol<'_>> {
    let mut visited = FxHashSet::default();
    let mut pending = vec![file];
    // Depth first, in the order of the imports.
    while let Some(file) = pending.pop() {
        if !visited.insert(file) {
            continue;
        }
        let module = file_index(db, file).scope(ScopeId::MODULE)?;
        if let Some(symbol) = module.symbols.get(name) {
            return Some(ModuleSymbol { file, symbol });
        }
        let sources = module.star_imports.iter().rev().filter_map(|source| found(db, *source));
        pending.extend(sources.filter(|source| exported_names(db, *source).contains(&name)));
    }
    None
}

fn found(db: &dyn IndexDb, module: Name) -> Option<File> {
    match resolve(db, module) {
        Resolution::Found(file) => Some(file),
        Resolution::Namespace
        | Resolution::Skipped { .. }
        | Resolution::Untyped
        | Resolution::StubsNotInstalled { .. }
        | Resolution::NotFound => None,
    }
}

/// The names in `__all__`, those it takes from other modules included; `None` without `__all__`.
pub fn dunder_all(db: &dyn IndexDb, file: File) -> Option<&[Name]> {
    let index = file_index(db, file);
    if index.dunder_all_modules.is_empty() { index.dunder_all.as_deref() } else { Some(joined_all(db, file)) }
}

/// `__all__` of a module that adds other modules' to its own.
#[salsa::tracked(returns(deref))]
fn joined_all(db: &dyn IndexDb, file: File) -> Vec<Name> {
    let mut names: IndexSet<Name, FxBuildHasher> = IndexSet::default();
    let mut visited = FxHashSet::default();
    let mut pending = vec![file];
    while let Some(file) = pending.pop() {
        if visited.insert(file) {
            let index = file_index(db, file);
            names.extend(index.dunder_all.iter().flatten());
            pending.extend(index.dunder_all_modules.iter().rev().filter_map(|module| found(db, *module)));
        }
    }
    names.into_iter().collect()
}

/// The names that `from m import *` takes from the module, star imports of its own followed: those
/// in `__all__`, or else those that are exported and do not begin with an underscore.
#[salsa::tracked(returns(ref))]
pub fn exported_names(db: &dyn IndexDb, file: File) -> IndexSet<Name, FxBuildHasher> {
    let mut names = IndexSet::default();
    let mut visited = FxHashSet::default();
    // Each module with whether it is read by a star import of another, which takes its public names.
    let mut pending = vec![file];
    while let Some(next) = pending.pop() {
        if !visited.insert(next) {
            continue;
        }
        let index = file_index(db, next);
        let Some(module) = index.scope(ScopeId::MODULE) else { continue };
        if let Some(listed) = dunder_all(db, next) {
            names.extend(listed);
            continue;
        }
        let public = module
            .symbols
            .iter()
            .filter(|(name, symbol)| !name.starts_with('_') && is_reexported(db, next, index, symbol));
        names.extend(public.map(|(name, _)| name));
        pending.extend(module.star_imports.iter().rev().filter_map(|source| found(db, *source)));
    }
    names
}

/// Whether a symbol of a module is meant for others, `__all__` aside: imports are only where
/// implicit re-export is on, or where they are written `import x as x` or `from m import x as x`.
pub fn is_reexported(db: &dyn IndexDb, file: File, index: &FileIndex, symbol: &Symbol) -> bool {
    let first = symbol.definitions.first().and_then(|id| index.definition(*id));
    let explicit = match first.map(|definition| (&definition.kind, definition.name)) {
        Some((DefinitionKind::Import { module, alias }, name)) => *alias && *module == name,
        Some((DefinitionKind::ImportFrom { explicit, .. }, _)) => *explicit,
        Some(_) | None => true,
    };
    explicit || (!file.is_stub(db) && db.module_options(file).implicit_reexport)
}
