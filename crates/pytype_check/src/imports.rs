//! Findings about import statements: modules that are not there, names they do not have.

use pytype_declare::names;
use pytype_index::{Syntax, Truth, truth_of};
use pytype_infer::InferDb;
use pytype_modules::{Resolution, options_of_import};
use pytype_source::{Diagnostic, ErrorCode, File, Name, name};
use ruff_python_ast::{self as ast, Expr, Stmt, visitor::Visitor};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

/// Checks every import statement of `file` that belongs to this run.
pub(crate) fn check_imports(db: &dyn InferDb, file: File) -> Vec<Diagnostic> {
    let syntax = pytype_index::whole_syntax(db, file);
    let mut walker = ImportWalker {
        db,
        file,
        syntax,
        found: Vec::new(),
        reported: FxHashSet::default(),
        in_function: false,
    };
    walker.block(syntax.statements());
    walker.found
}

struct ImportWalker<'db> {
    db: &'db dyn InferDb,
    file: File,
    syntax: &'db Syntax,
    found: Vec<Diagnostic>,
    /// Modules that were found wanting: each is reported where it is first imported.
    reported: FxHashSet<Name>,
    /// Whether the cursor is inside of a function: functions come after all module levels.
    in_function: bool,
}

impl ImportWalker<'_> {
    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.visit_stmt(statement);
            if let Stmt::Assert(assert) = statement
                && truth_of(&assert.test, self.db.module_options(self.file)).is_false()
            {
                return;
            }
        }
    }

    fn if_statement(&mut self, statement: &ast::StmtIf) {
        let options = self.db.module_options(self.file);
        let first = std::iter::once((Some(&*statement.test), &statement.body));
        let rest = statement.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
        for (test, body) in first.chain(rest) {
            let truth = test.map_or(Truth::Unknown, |test| truth_of(test, options));
            if !truth.is_false() {
                self.block(body);
            }
            if truth.is_true() {
                return;
            }
        }
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let module = Name::of(&alias.name);
            let range = TextRange::new(import.start(), alias.end());
            self.check_module(module, range);
            // The packages around a module are imported with it.
            let mut around = module.parent();
            while let Some(package) = around {
                self.check_module(package, range);
                around = package.parent();
            }
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        // Findings belong to the first line: comments further down do not silence them.
        let end = import.module.as_ref().map_or(import.start(), Ranged::end);
        let place = TextRange::new(import.start(), end);
        let module = pytype_index::absolute_module(
            self.file.module(self.db),
            self.file.is_package(self.db),
            import.level,
            import.module.as_deref(),
        );
        let Some(module) = module.filter(|module| !module.is_empty()) else {
            let message = "this relative import leads out of the outermost package";
            self.found.push(Diagnostic::error(ErrorCode::Misc, place, message).blocking());
            return;
        };
        if !self.check_module(module, place) {
            return;
        }
        let Resolution::Found(target) = self.db.resolve_module(module) else { return };
        for alias in &import.names {
            if &alias.name != "*" {
                self.check_name(module, target, Name::of(&alias.name), place);
            }
        }
    }

    /// `from module import name`: the module must have the name, and export it.
    fn check_name(&mut self, module: Name, target: File, name: Name, range: TextRange) {
        match names::module_member(self.db.as_declare_db(), self.file, target, name) {
            Some(member) if member.exported || member.from_getattr => {}
            Some(_) if self.db.module_options(self.file).ignore_errors => {}
            Some(_) => {
                let takes_submodule = pytype_modules::module_exists(self.db, module.member(name))
                    && (target == self.file || self.comes_before(target));
                if !(takes_submodule || (target.is_stub(self.db) && self.file.is_stub(self.db))) {
                    self.found.push(Diagnostic::error(
                        ErrorCode::AttrDefined,
                        range,
                        format!("\"{name}\" is imported in \"{module}\" but not exported from it"),
                    ));
                }
            }
            None => {
                let full = module.member(name);
                if pytype_modules::module_exists(self.db, full) {
                    return;
                }
                match self.db.resolve_module(full) {
                    Resolution::Untyped | Resolution::StubsNotInstalled { .. }
                        if target.is_package(self.db) =>
                    {
                        self.check_module(full, range);
                    }
                    _ => self.found.push(Diagnostic::error(
                        ErrorCode::AttrDefined,
                        range,
                        format!("Module \"{module}\" has no attribute \"{name}\""),
                    )),
                }
            }
        }
    }

    /// Whether the statement under the cursor is run through before the names of `target`, a module of
    /// the same import cycle, are known: then it finds the submodule, not the name in the package.
    fn comes_before(&self, target: File) -> bool {
        let order = &pytype_index::component_of(self.db, self.file).files;
        let place = |file: File| order.iter().position(|member| *member == file);
        !self.in_function && place(target).is_some_and(|target| place(self.file) < Some(target))
    }

    /// Whether the module would be part of a package whose stub says, by a `__getattr__`, that it
    /// is not complete.
    fn in_partial_package(&self, module: Name) -> bool {
        let mut parent = module.parent();
        while let Some(package) = parent {
            if let Resolution::Found(file) = self.db.resolve_module(package) {
                let index = pytype_index::file_index(self.db, file);
                return file.is_stub(self.db)
                    && file.is_package(self.db)
                    && index
                        .scope(pytype_index::ScopeId::MODULE)
                        .is_some_and(|scope| scope.symbols.contains(name!("__getattr__")));
            }
            parent = package.parent();
        }
        false
    }

    /// Reports a module that cannot be used. Returns whether it can.
    fn check_module(&mut self, module: Name, range: TextRange) -> bool {
        let resolution = self.db.resolve_module(module);
        let (code, message) = match resolution {
            Resolution::Found(_) | Resolution::Namespace => return true,
            Resolution::Skipped { error: false } => return false,
            Resolution::Skipped { error: true } => {
                (ErrorCode::Misc, format!("Importing \"{module}\" is not allowed by --follow-imports=error"))
            }
            Resolution::Untyped => (
                ErrorCode::ImportUntyped,
                format!("\"{module}\" is installed, but has no type stubs and no py.typed marker"),
            ),
            Resolution::StubsNotInstalled { distribution } => (
                ErrorCode::ImportUntyped,
                format!("The stubs for \"{module}\" are not installed; they come with \"{distribution}\""),
            ),
            Resolution::NotFound if self.db.modules().is_in_parent_directory(module) => (
                ErrorCode::Import,
                format!(
                    "The module \"{module}\" is only found from a folder above this one; run from the package's root"
                ),
            ),
            Resolution::NotFound => {
                (ErrorCode::ImportNotFound, format!("No module or stub named \"{module}\" can be found"))
            }
        };
        if matches!(resolution, Resolution::NotFound) && self.in_partial_package(module) {
            return false;
        }
        let options = options_of_import(self.db, module);
        if !(options.ignore_missing_imports && code != ErrorCode::Misc) && self.reported.insert(module) {
            self.found.push(Diagnostic::error(code, range, message));
        }
        false
    }
}

impl<'a> Visitor<'a> for ImportWalker<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::If(statement) => self.if_statement(statement),
            Stmt::FunctionDef(function) => {
                let around = std::mem::replace(&mut self.in_function, true);
                self.visit_body(&self.syntax.with_body(function).body);
                self.in_function = around;
            }
            _ => {
                ast::visitor::walk_stmt(self, statement);
            }
        }
    }
    fn visit_expr(&mut self, _expr: &'a Expr) {}
}
