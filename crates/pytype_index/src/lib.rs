//! One file's scopes, symbols and definitions, from its syntax alone.
//!
//! Invariant: nothing in a [`FileIndex`] holds a position or a piece of syntax, so that an edit
//! which changes no visible name leaves it equal to the one before. Syntax is reached through
//! [`Syntax`], by definition.

mod builder;
mod components;
mod definitions;
mod exports;
mod fingerprints;
mod function_groups;
mod import_names;
mod kept;
mod module_graph;
mod positions;
mod queries;
mod reachability;
mod renaming;
mod skimming;
mod syntax;
mod type_comments;

pub use components::{Component, component_of, components_in_order, dependencies_of_components};
pub use definitions::{
    DefId, DefRef, Definition, DefinitionFlags, DefinitionKind, FileIndex, ImportEdge, ImportForm,
    ImportPlace, Scope, ScopeId, ScopeKind, SelfAttribute, Symbol,
};
pub use exports::{ModuleSymbol, dunder_all, exported_names, is_reexported, module_symbol};
pub use function_groups::{BlockPart, GroupedBlock, grouped_block};
pub use import_names::{absolute_module, imports_name};
pub use kept::KeptIndexes;
pub use module_graph::{is_missing_module, module_dependencies};
pub use queries::{
    SharedIndex, body_index, body_syntax, body_syntax_of, current_range, definition, definition_at,
    definition_start, file_index, find_index, find_syntax, has_syntax_errors, header_range, header_syntax,
    imports, index, index_of, interface_syntax, is_module_identity, lookup_in_scope, outline, scope,
    scope_at, syntax_of_unit, whole_file, whole_function, whole_syntax,
};
pub use reachability::{
    Branch, Truth, cuts_short, reachable_branches, reachable_cases, truth_of,
    truth_of as infer_condition_value,
};
pub use syntax::{AssignmentNode, DefNode, HeaderSyntax, Syntax};
pub use type_comments::TypeComment;

use pytype_modules::ModuleDb;
use pytype_source::File;

/// The database as this layer sees it.
#[salsa::db]
pub trait IndexDb: ModuleDb {
    /// The files to check, in mypy's order (`self.modules().source_files(self)`): modules are
    /// numbered from them on. A database in which they can change reads them from a salsa input.
    fn checked_files(&self) -> Vec<File>;

    /// Answers kept by this handle of the database; `None` where files may change.
    fn kept_indexes(&self) -> Option<&KeptIndexes> {
        None
    }

    /// What [`index_of`] answers, by [`find_index`]. It is asked so often that a database which keeps answers looks
    /// for itself first.
    fn unit_index(&self, file: File, unit: u32) -> &FileIndex;

    /// What [`syntax_of_unit`] answers, by [`find_syntax`], in the same way.
    fn unit_syntax(&self, file: File, unit: u32) -> &Syntax;
}
