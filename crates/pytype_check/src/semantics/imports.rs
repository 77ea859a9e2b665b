//! Imports among the other definitions of a scope.

use pytype_declare::{ImplicitName, Node, names, signatures};
use pytype_modules::Resolution;
use pytype_source::{ErrorCode, Name};
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::table::{Entry, Meaning, Place};
use super::walk::{Walk, first_line};

impl<'a> Walk<'a> {
    pub(super) fn import(&mut self, import: &'a ast::StmtImport) {
        for alias in &import.names {
            let bound = match &alias.asname {
                Some(name) => name.as_str(),
                None => alias.name.split('.').next().unwrap_or(&alias.name),
            };
            let Some(entry) = self.imported_entry(alias.range) else { continue };
            self.define_import(bound, entry, first_line(import.range));
        }
    }

    pub(super) fn import_from(&mut self, import: &'a ast::StmtImportFrom) {
        for alias in &import.names {
            if &alias.name == "*" {
                self.star_import(import);
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let Some(mut entry) = self.imported_entry(alias.range) else { continue };
            let in_class = matches!(self.frame().map(|frame| frame.place), Some(Place::Class));
            if in_class && matches!(entry.meaning, Meaning::Function | Meaning::FunctionSet) {
                let known = self.frame().and_then(|frame| frame.names.get(bound)).is_some();
                if !known {
                    let message = "a function cannot be imported into a class";
                    self.fail(ErrorCode::Misc, first_line(import.range), message);
                }
                entry.meaning = Meaning::Variable { inferred: false };
            }
            self.define_import(bound, entry, first_line(import.range));
        }
    }

    fn star_import(&mut self, import: &'a ast::StmtImportFrom) {
        let module = self.file.module(self.db);
        let is_package = self.file.is_package(self.db);
        let written = import.module.as_deref();
        let Some(target) = pytype_index::absolute_module(module, is_package, import.level, written) else {
            return;
        };
        let Resolution::Found(target) = pytype_modules::resolve(self.db, target) else { return };
        let file = self.file;
        if let Some(frame) = self.frames.last_mut().filter(|_| target != file) {
            frame.stars.push(target);
        }
    }

    /// What the import of the alias at `range` brings.
    fn imported_entry(&self, range: TextRange) -> Option<Entry> {
        let definition = self.definition_at(range)?;
        let binding = names::binding_of(self.db, definition)?;
        Some(self.entry_of(binding.node))
    }

    /// What a name that stands for `node` counts as.
    pub(super) fn entry_of(&self, node: Node) -> Entry {
        let meaning = match node {
            Node::Module(_) | Node::NamespaceModule(_) => Meaning::Module,
            Node::Class(_) => Meaning::Class,
            Node::Function(first) if signatures::definitions_of(self.db, first).len() > 1 => {
                Meaning::FunctionSet
            }
            Node::Function(_) => Meaning::Function,
            Node::Variable(_) | Node::Implicit(_) => Meaning::Variable { inferred: false },
            Node::TypeVariable(_) => Meaning::TypeVariable,
            Node::Alias(_) => Meaning::Alias,
            Node::Unknown(_) => Meaning::Missing,
        };
        Entry { meaning, imported: Some(node) }
    }

    /// A name that a star import brought to the scope under the cursor.
    pub(super) fn star_imported(&self, name: &str) -> Option<Entry> {
        let frame = self.frame().filter(|frame| !frame.stars.is_empty())?;
        let name = Name::new(name);
        frame.stars.iter().find_map(|module| {
            if !pytype_index::exported_names(self.db, *module).contains(&name) {
                return None;
            }
            let member = names::module_member(self.db, self.file, *module, name)?;
            // In an import cycle, what is defined here may come back.
            let module = member.binding.fullname.parent();
            (module != Some(self.file.module(self.db))).then(|| self.entry_of(member.binding.node))
        })
    }

    fn define_import(&mut self, name: &'a str, entry: Entry, place: TextRange) {
        let existing = self.existing(name);
        let Some(existing) = existing else {
            self.insert(name, entry);
            return;
        };
        let same = existing.imported.is_some() && existing.imported == entry.imported;
        let both_missing = existing.meaning == Meaning::Missing && entry.meaning == Meaning::Missing;
        // What a module's `__getattr__` gives replaces nothing.
        let is_given = matches!(entry.imported, Some(Node::Implicit(ImplicitName::Given(..))));
        let may_replace = entry.meaning != Meaning::Missing
            && !is_given
            && match existing.meaning {
                Meaning::Variable { .. }
                | Meaning::InitOnly { .. }
                | Meaning::Missing
                | Meaning::Function
                | Meaning::Class
                | Meaning::Alias => true,
                Meaning::FunctionSet | Meaning::TypeVariable | Meaning::Module => false,
            };
        if !same && !both_missing && !may_replace {
            self.already_defined(name, place);
        }
    }
}
