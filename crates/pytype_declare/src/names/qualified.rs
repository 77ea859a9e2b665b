//! Full names of definitions.

use pytype_index::{DefRef, DefinitionKind, ScopeId, ScopeKind};
use pytype_source::{File, Name, source_text};
use ruff_text_size::TextSize;

use super::meaning::AssignmentMeaning;
use super::resolver::Resolver;
use super::scope_access::{definition, scope};
use crate::DeclareDb;

/// The full name of a definition: the module and enclosing classes, then the name. What is local to
/// a function has only its name; a class there has the module, its name and its line.
pub fn fullname_of(db: &dyn DeclareDb, at: DefRef) -> Name {
    fullname_by(&Resolver::new(db), at)
}

/// [`fullname_of`], asked in the middle of another question: names that lead in circles must end.
pub(crate) fn fullname_by(resolver: &Resolver<'_>, at: DefRef) -> Name {
    let db = resolver.db;
    let Some(found) = definition(db, at) else { return Name::new("") };
    let module = at.file.module(db);
    let place = place_of(db, at.file, found.scope);
    if place.in_function && defines_class(resolver, at) {
        let line = line_of(db, at);
        return module.dot(&format!("{}@{line}", found.name));
    }
    match place.class {
        Some(class) => fullname_by(resolver, DefRef { file: at.file, id: class }).dot(&found.name),
        None if place.in_function => found.name,
        None => module.dot(&found.name),
    }
}

/// Where a scope lies.
struct Place {
    /// The innermost class around it.
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
        DefinitionKind::Variable => matches!(
            resolver.assignment_meaning(at),
            AssignmentMeaning::NewType
                | AssignmentMeaning::NamedTuple { .. }
                | AssignmentMeaning::TypedDict
                | AssignmentMeaning::Enum
        ),
        DefinitionKind::Function { .. }
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => false,
    }
}

/// The line of a definition's name, counted from 1.
fn line_of(db: &dyn DeclareDb, at: DefRef) -> usize {
    let offset = crate::syntax::name_offset(db, at).unwrap_or(TextSize::new(0));
    let text = &source_text(db, at.file).text;
    let before = text.get(..usize::from(offset)).unwrap_or("");
    before.bytes().filter(|&byte| byte == b'\n').count() + 1
}
