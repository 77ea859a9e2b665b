//! Which `def`s of one name belong together: an overload set, a property with its setters.

use pytype_index::{DefId, DefRef, Definition, DefinitionFlags, DefinitionKind};
use smallvec::{SmallVec, smallvec};

use crate::DeclareDb;
use crate::names::scope_access::{definition, index_of, scope};

/// The `def`s that belong together with `at`, in order; only itself for a plain function.
pub fn definitions_of(db: &dyn DeclareDb, at: DefRef) -> SmallVec<[DefRef; 2]> {
    let alone: SmallVec<[DefRef; 2]> = smallvec![at];
    let Some(found) = definition(db, at) else { return alone };
    let Some(symbol) = scope(db, at.file, found.scope).and_then(|here| here.symbols.get(&found.name)) else {
        return alone;
    };
    if symbol.definitions.len() < 2 {
        return alone;
    }
    let mut set: SmallVec<[DefRef; 2]> = SmallVec::new();
    let mut previous: Option<(DefId, &Definition)> = None;
    let mut open = false;
    for id in &symbol.definitions {
        let here = DefRef { file: at.file, id: *id };
        let Some(next) = definition(db, here) else { continue };
        let joins =
            open && previous.is_some_and(|(before, earlier)| follows(db, at, before, earlier, *id, next));
        if !joins {
            if set.contains(&at) {
                break;
            }
            set.clear();
            open = is_function(next) && next.flags.contains(DefinitionFlags::DECORATED);
        }
        set.push(here);
        previous = Some((*id, next));
    }
    if set.contains(&at) { set } else { alone }
}

/// The first of those that belong together.
pub(super) fn first_of(db: &dyn DeclareDb, at: DefRef) -> DefRef {
    definitions_of(db, at).first().copied().unwrap_or(at)
}

fn is_function(found: &Definition) -> bool {
    matches!(found.kind, DefinitionKind::Function { .. })
}

/// Whether a definition goes on with what the one before it began.
fn follows(
    db: &dyn DeclareDb,
    at: DefRef,
    before: DefId,
    earlier: &Definition,
    id: DefId,
    next: &Definition,
) -> bool {
    if !is_function(next) || !is_function(earlier) || before.unit != id.unit {
        return false;
    }
    let flags = earlier.flags | next.flags;
    let part = next.flags.contains(DefinitionFlags::PROPERTY_PART)
        || earlier.flags.contains(DefinitionFlags::OVERLOAD);
    if !part && flags.contains(DefinitionFlags::CONDITIONAL) {
        // In different branches, as far as can be told.
        return false;
    }
    // Nothing else of the same scope stands in between.
    let index = index_of(db, at.file, id.unit);
    let between = index.definitions.get(before.ordinal as usize + 1..id.ordinal as usize);
    between.is_some_and(|between| between.iter().all(|other| other.scope != next.scope))
}
