//! Imports of names that have a definition already, where that is allowed: they must fit the first
//! one.

use pytype_declare::{Node, names, signatures};
use pytype_index::{DefRef, DefinitionKind, ScopeId};
use pytype_modules::Resolution;
use pytype_source::{ErrorCode, Name};
use pytype_types::{Ty, is_subtype};
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::TextRange;

use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    /// Imports of names that are defined before.
    pub(super) fn check_repeated_imports(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.check_repeated_import(alias.range, TextRange::empty(import.range.start()));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if &alias.name == "*" {
                        self.check_star_import(import);
                    } else {
                        self.check_repeated_import(alias.range, TextRange::empty(import.range.start()));
                    }
                }
            }
            _ => {}
        }
    }

    fn check_repeated_import(&mut self, alias: TextRange, place: TextRange) {
        let Some(definition) = self.definition_at(alias) else { return };
        let first = self.first_definition(definition);
        // What a class imports gets a node of its own.
        let in_class = self.class_body().is_some();
        if first == definition || in_class && self.is_import(first) {
            return;
        }
        let Some(imported) = names::binding_of(self.ctx.db, definition) else { return };
        self.check_import_over(first, imported, place);
    }

    /// The names of a star import that this module defines before it.
    fn check_star_import(&mut self, import: &ast::StmtImportFrom) {
        let db = self.ctx.db;
        if self.scope() != ScopeId::MODULE {
            return;
        }
        let written = import.module.as_deref();
        let own = self.file.module(db);
        let Some(module) =
            pytype_index::absolute_module(own, self.file.is_package(db), import.level, written)
        else {
            return;
        };
        let Resolution::Found(target) = pytype_modules::resolve(db, module) else { return };
        let scope = pytype_index::scope(db, self.file, ScopeId::MODULE);
        let Some(at) = scope.star_imports.iter().position(|star| *star == module) else { return };
        let Some(position) = scope.star_positions.get(at).copied() else { return };
        if target == self.file {
            return;
        }
        for name in pytype_index::exported_names(db, target) {
            let first = scope.symbols.get(*name).and_then(|symbol| symbol.definitions.first());
            let Some(first) = first.filter(|first| first.ordinal < position) else { continue };
            let Some(member) = names::module_member(db, self.file, target, *name) else { continue };
            self.check_import_over(
                DefRef { file: self.file, id: *first },
                member.binding,
                TextRange::empty(import.range.start()),
            );
        }
    }

    fn check_import_over(&mut self, first: DefRef, imported: pytype_declare::Binding, place: TextRange) {
        let db = self.ctx.db;
        let Some(existing) = names::binding_of(db, first) else { return };
        if existing.node == imported.node || matches!(imported.node, Node::Unknown(_)) {
            return;
        }
        let old = match existing.node {
            Node::Variable(variable) => {
                // Nothing fits what is still open, and an import does not complete it.
                if self.partial_slot(Slot::Variable(variable)).is_some() {
                    Some(Ty::never())
                } else {
                    self.known_variable_type(variable)
                }
            }
            Node::Function(function) if signatures::definitions_of(db, function).len() == 1 => {
                self.declared_function(function)
            }
            Node::Class(_) => Some(self.binding_type(existing, place)),
            Node::Function(_)
            | Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        };
        let Some(old) = old else { return };
        let (new, _) = self.capturing(|c| c.binding_type(imported, place));
        if !is_subtype(&*self.ctx, new, old) {
            let name = Name::new(imported.fullname.last_component());
            let message = format!("The import of \"{name}\" does not fit what the name is before");
            self.error(ErrorCode::Assignment, place, message);
        }
    }

    fn is_import(&self, definition: DefRef) -> bool {
        matches!(
            pytype_index::definition(self.ctx.db, definition.file, definition.id).kind,
            DefinitionKind::Import { .. } | DefinitionKind::ImportFrom { .. }
        )
    }
}
