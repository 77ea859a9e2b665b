//! The queries of this layer.

use pytype_source::{File, parse};
use ruff_text_size::TextRange;

use crate::builder::{self, FileFacts};
use crate::{DefId, Definition, FileIndex, IndexDb, Scope, ScopeId, Syntax};

fn facts(db: &dyn IndexDb, file: File) -> FileFacts<'_> {
    FileFacts {
        options: db.module_options(file),
        module: file.module(db),
        is_package: file.is_package(db),
    }
}

/// The syntax of a file's interface index. Never compared: it changes with every edit.
#[salsa::tracked(returns(ref), no_eq)]
pub fn interface_syntax(db: &dyn IndexDb, file: File) -> Syntax {
    let parsed = parse(db, file);
    let built = builder::build_interface(parsed.module(), facts(db, file));
    Syntax::new(parsed.clone(), built)
}

/// The interface index of a file: equal to the one before where an edit changed nothing visible.
#[salsa::tracked(returns(ref))]
pub fn file_index(db: &dyn IndexDb, file: File) -> FileIndex {
    interface_syntax(db, file).built().index.clone()
}

/// The syntax of the body index of an outermost function; `unit` is 1 + its ordinal.
#[salsa::tracked(returns(ref), no_eq)]
pub fn body_syntax_of(db: &dyn IndexDb, file: File, unit: u32) -> Syntax {
    let interface = interface_syntax(db, file);
    let definition = DefId { unit: 0, ordinal: unit.saturating_sub(1) };
    let parent = interface.built().index.definition(definition).map_or(ScopeId::MODULE, |d| d.scope);
    let built = match interface.function(definition) {
        Some(function) => builder::build_body(function, unit, definition, parent, facts(db, file)),
        None => builder::build_interface(
            &ruff_python_ast::ModModule {
                range: TextRange::default(),
                node_index: Default::default(),
                body: Default::default(),
            },
            facts(db, file),
        ),
    };
    Syntax::new(parse(db, file).clone(), built)
}

/// The index of an outermost function's body.
#[salsa::tracked(returns(ref))]
pub fn body_index(db: &dyn IndexDb, file: File, unit: u32) -> FileIndex {
    body_syntax_of(db, file, unit).built().index.clone()
}

/// The index that holds what is numbered with `unit`.
pub fn index_of(db: &dyn IndexDb, file: File, unit: u32) -> &FileIndex {
    if unit == 0 { file_index(db, file) } else { body_index(db, file, unit) }
}

/// The syntax for what is numbered with `unit`.
pub fn syntax_of_unit(db: &dyn IndexDb, file: File, unit: u32) -> &Syntax {
    if unit == 0 { interface_syntax(db, file) } else { body_syntax_of(db, file, unit) }
}

/// A definition. The id must be one of this file's.
pub fn definition(db: &dyn IndexDb, file: File, id: DefId) -> &Definition {
    &index_of(db, file, id.unit).definitions[id.ordinal as usize]
}

/// A scope. The id must be one of this file's.
pub fn scope(db: &dyn IndexDb, file: File, id: ScopeId) -> &Scope {
    &index_of(db, file, id.unit).scopes[id.ordinal as usize]
}

/// The definition that the node at `range` makes in the index with this unit.
pub fn definition_at(db: &dyn IndexDb, file: File, unit: u32, range: TextRange) -> Option<DefId> {
    syntax_of_unit(db, file, unit).definition_at(range)
}

/// The scope that the node at `range` opens.
pub fn scope_at(db: &dyn IndexDb, file: File, unit: u32, range: TextRange) -> Option<ScopeId> {
    syntax_of_unit(db, file, unit).scope_at(range)
}
