//! Which `def`s of one name belong together: an overload set, a property with its setters.

use pytype_index::{DefRef, DefinitionFlags};
use smallvec::{SmallVec, smallvec};

use crate::DeclareDb;
use crate::names::scope_access::{definition, scope};

/// The `def`s that belong together with `at`, in order; only itself for a plain function.
pub fn definitions_of(db: &dyn DeclareDb, at: DefRef) -> SmallVec<[DefRef; 2]> {
    let alone: SmallVec<[DefRef; 2]> = smallvec![at];
    let Some(found) = definition(db, at) else { return alone };
    let Some(symbol) = scope(db, at.file, found.scope).and_then(|here| here.symbols.get(found.name)) else {
        return alone;
    };
    if symbol.definitions.len() < 2 {
        return alone;
    }
    let mut set: SmallVec<[DefRef; 2]> = SmallVec::new();
    for id in &symbol.definitions {
        let here = DefRef { file: at.file, id: *id };
        let Some(next) = definition(db, here) else { continue };
        if !next.flags.contains(DefinitionFlags::JOINS_PREVIOUS) {
            if set.contains(&at) {
                break;
            }
            set.clear();
        }
        set.push(here);
    }
    if set.contains(&at) { set } else { alone }
}

/// The first of those that belong together.
pub(super) fn first_of(db: &dyn DeclareDb, at: DefRef) -> DefRef {
    definitions_of(db, at).first().copied().unwrap_or(at)
}
