//! One file's scopes, symbols and definitions, from its syntax alone.
//!
//! Invariant: nothing in a [`FileIndex`] holds a position or a piece of syntax, so that an edit
//! which changes no visible name leaves it equal to the one before. Syntax is reached through
//! [`Syntax`], by definition.

mod definitions;

pub use definitions::{
    DefId, DefRef, Definition, DefinitionFlags, DefinitionKind, FileIndex, ImportEdge, Scope, ScopeId,
    ScopeKind, Symbol,
};

use pytype_modules::ModuleDb;

/// The database as this layer sees it.
#[salsa::db]
pub trait IndexDb: ModuleDb {}
