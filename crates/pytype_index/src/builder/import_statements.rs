//! Imports: the names they bind, and the edges they add to the module graph.

use pytype_source::Name;
use ruff_python_ast as ast;
use smallvec::SmallVec;

use super::{Builder, FileFacts, NewDefinition};
use crate::syntax::RawNode;
use crate::{DefinitionFlags, DefinitionKind, ImportEdge, ImportForm, ImportPlace, import_names};

impl FileFacts<'_> {
    /// The absolute name of the module that a `from` import reads.
    pub(super) fn imported_module(&self, import: &ast::StmtImportFrom) -> Name {
        let module = import.module.as_deref();
        import_names::absolute_module(self.module, self.is_package, import.level, module)
            .unwrap_or_else(|| import_names::as_written(import.level, module))
    }

    /// The edges of `import a, b`.
    pub(super) fn import_edges<'s>(
        &self,
        import: &'s ast::StmtImport,
        place: ImportPlace,
    ) -> impl Iterator<Item = ImportEdge> + 's {
        import.names.iter().map(move |alias| ImportEdge {
            module: Name::of(&alias.name),
            names: SmallVec::new(),
            form: ImportForm::Module,
            place,
        })
    }

    /// The edge of a `from` import.
    pub(super) fn import_from_edge(&self, import: &ast::StmtImportFrom, place: ImportPlace) -> ImportEdge {
        let module = self.imported_module(import);
        if import.names.iter().any(|alias| &alias.name == "*") {
            return ImportEdge { module, names: SmallVec::new(), form: ImportForm::Star, place };
        }
        let names = import.names.iter().map(|alias| Name::of(&alias.name)).collect();
        ImportEdge { module, names, form: ImportForm::From, place }
    }
}

impl Builder<'_> {
    fn import_place(&self) -> ImportPlace {
        if self.in_body {
            ImportPlace::InFunction
        } else if self.type_checking {
            ImportPlace::TypeCheckingOnly
        } else {
            ImportPlace::TopLevel
        }
    }

    pub(super) fn import(&mut self, import: &ast::StmtImport) {
        let edges = self.facts.import_edges(import, self.import_place());
        self.built.imports.extend(edges);
        for alias in &import.names {
            let module = Name::of(&alias.name);
            let (bound, is_alias) = match &alias.asname {
                Some(name) => (name.as_str(), true),
                None => (alias.name.split('.').next().unwrap_or(&alias.name), false),
            };
            self.bind(NewDefinition {
                name: Name::new(bound),
                kind: DefinitionKind::Import { module, alias: is_alias },
                flags: DefinitionFlags::empty(),
                node: RawNode::Alias(alias),
                range: alias.range,
            });
        }
    }

    pub(super) fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let edge = self.facts.import_from_edge(import, self.import_place());
        let module = edge.module;
        self.built.imports.push(edge);
        for alias in &import.names {
            if &alias.name == "*" {
                let here = self.here();
                let position = u32::try_from(self.built.index.definitions.len()).unwrap_or(u32::MAX);
                let scope = self.scope_mut(here);
                scope.star_imports.push(module);
                scope.star_positions.push(position);
                continue;
            }
            let name = Name::of(&alias.name);
            let (bound, explicit) = match &alias.asname {
                Some(asname) => (Name::of(asname), asname.as_str() == alias.name.as_str()),
                None => (name, false),
            };
            self.bind(NewDefinition {
                name: bound,
                kind: DefinitionKind::ImportFrom { module, name, explicit },
                flags: DefinitionFlags::empty(),
                node: RawNode::FromAlias(import, alias),
                range: alias.range,
            });
            if explicit && name == "__all__" && self.at_module_level() {
                self.built.index.dunder_all_modules.push(module);
            }
        }
    }
}
