//! Full names of definitions.

use pytype_index::{DefId, DefRef, DefinitionKind, ScopeId, ScopeKind};
use pytype_source::{File, Name, name, source_text};
use ruff_text_size::TextSize;

use super::resolver::Resolver;
use super::scope_access::{definition, index_of, scope};
use crate::DeclareDb;

/// The full name of a definition: the module and enclosing classes, then the name. What is local to
/// a function has only its name; a class there has the module, its name and its line.
pub fn fullname_of(db: &dyn DeclareDb, at: DefRef) -> Name {
    fullname_by(&Resolver::new(db), at)
}

/// [`fullname_of`], asked in the middle of another question: names that lead in circles must end.
pub(crate) fn fullname_by(resolver: &Resolver<'_>, at: DefRef) -> Name {
    interface_name(resolver.db, at).unwrap_or_else(|| local_name(resolver, at, defines_class(resolver, at)))
}

/// The full name of what is not local to a function.
pub(crate) fn interface_name(db: &dyn DeclareDb, at: DefRef) -> Option<Name> {
    if at.id.unit != 0 {
        return None;
    }
    *names_of(db, at.file).get(at.id.ordinal as usize)?
}

/// [`fullname_by`] for what has no [`interface_name`]; `is_class` tells whether it is a class.
pub(crate) fn local_name(resolver: &Resolver<'_>, at: DefRef, is_class: bool) -> Name {
    let db = resolver.db;
    let Some(found) = definition(db, at) else { return name!("") };
    let place = place_of(db, at.file, found.scope);
    match place.class {
        _ if place.in_function && is_class => {
            let line = line_of(db, at.file, at.id);
            at.file.module(db).dot(&format!("{}@{line}", found.name))
        }
        Some(class) => fullname_by(resolver, DefRef { file: at.file, id: class }).member(found.name),
        None if place.in_function => found.name,
        None => at.file.module(db).member(found.name),
    }
}

fn names_of(db: &dyn DeclareDb, file: File) -> &Vec<Option<Name>> {
    match db.kept_declarations() {
        Some(kept) => kept.file(file).fullnames.get_or_init(|| Box::new(find_interface_names(db, file))),
        None => interface_names(db, file),
    }
}

/// The full names of a file's definitions outside of functions, by their numbers.
#[salsa::tracked(returns(ref))]
fn interface_names(db: &dyn DeclareDb, file: File) -> Vec<Option<Name>> {
    find_interface_names(db, file)
}

fn find_interface_names(db: &dyn DeclareDb, file: File) -> Vec<Option<Name>> {
    let module = file.module(db);
    let index = index_of(db, file, 0);
    let mut names: Vec<Option<Name>> = Vec::with_capacity(index.definitions.len());
    for found in &index.definitions {
        // What is imported keeps the name it has where it is defined.
        if matches!(found.kind, DefinitionKind::Import { .. } | DefinitionKind::ImportFrom { .. }) {
            names.push(None);
            continue;
        }
        let place = place_of(db, file, found.scope);
        let outer = match place.class {
            _ if place.in_function => None,
            None => Some(module),
            // Classes come before what stands in them.
            Some(class) if class.unit == 0 => names.get(class.ordinal as usize).copied().flatten(),
            Some(_) => None,
        };
        names.push(outer.map(|outer| outer.member(found.name)));
    }
    names
}

/// Where a scope lies.
struct Place {
    /// The innermost class around it, if no function is nearer.
    class: Option<pytype_index::DefId>,
    in_function: bool,
}

fn place_of(db: &dyn DeclareDb, file: File, start: ScopeId) -> Place {
    let mut place = Place { class: None, in_function: false };
    let mut current = Some(start);
    while let Some(id) = current {
        let Some(here) = scope(db, file, id) else { break };
        match here.kind {
            ScopeKind::Class(class) => place.class = place.class.or(Some(class)),
            ScopeKind::Function(_) | ScopeKind::Lambda | ScopeKind::Comprehension => {
                place.in_function = true;
                break;
            }
            ScopeKind::Module | ScopeKind::TypeParameters(_) => {}
        }
        current = here.parent;
    }
    place
}

fn defines_class(resolver: &Resolver<'_>, at: DefRef) -> bool {
    let Some(found) = definition(resolver.db, at) else { return false };
    match found.kind {
        DefinitionKind::Class { .. } => true,
        DefinitionKind::Variable => resolver.assignment_meaning(at).defines_class(),
        DefinitionKind::Function { .. }
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => false,
    }
}

/// The line of a definition's name, counted from 1. A query of its own, so that edits that do not
/// move the line are no news to whoever asks for the name.
#[salsa::tracked(returns(copy))]
fn line_of(db: &dyn DeclareDb, file: File, id: DefId) -> usize {
    let offset = crate::syntax::name_offset(db, DefRef { file, id }).unwrap_or(TextSize::new(0));
    let text = &source_text(db, file).text;
    let before = text.get(..usize::from(offset)).unwrap_or("");
    before.bytes().filter(|&byte| byte == b'\n').count() + 1
}
