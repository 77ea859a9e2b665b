//! One file's scopes, symbols and definitions, from its syntax alone.
//!
//! Invariant: nothing in a [`FileIndex`] holds a position or a piece of syntax, so that an edit
//! which changes no visible name leaves it equal to the one before. Syntax is reached through
//! [`Syntax`], by definition.

mod builder;
mod components;
mod definitions;
mod imports;
mod queries;
mod reachability;
mod syntax;

pub use components::{Component, component_of};
pub use definitions::{
    DefId, DefRef, Definition, DefinitionFlags, DefinitionKind, FileIndex, ImportEdge, Scope, ScopeId,
    ScopeKind, SelfAttribute, Symbol,
};
pub use imports::absolute_module;
pub use queries::{
    body_index, body_syntax_of, definition, definition_at, file_index, index_of, interface_syntax, scope,
    scope_at, syntax_of_unit,
};
pub use reachability::{Truth, truth_of};
pub use syntax::{DefNode, Syntax};

use pytype_modules::ModuleDb;

/// The database as this layer sees it.
#[salsa::db]
pub trait IndexDb: ModuleDb {}
