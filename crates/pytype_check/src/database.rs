//! The concrete database: files, modules, options, and the layers' connections to each other.

use std::sync::Arc;

use pytype_config::ModuleOptions;
use pytype_declare::{DeclareDb, Inference, InferredVariable, InterfaceWalk, KeptDeclarations};
use pytype_index::{DefRef, FileIndex, IndexDb, KeptIndexes, Syntax, find_index, find_syntax};
use pytype_infer::flow::units::KeptInterfaces;
use pytype_infer::{DefinitionRules, InferDb};
use pytype_modules::{ModuleDb, ModuleTable, Resolution};
use pytype_source::{File, FileSystem, KeptCopies, Name, SourceDb, source_text};
use pytype_types::{ClassId, Ty};

use crate::rules::Rules;

/// What all clones of a database share.
struct Shared {
    file_system: Arc<dyn FileSystem>,
    modules: ModuleTable,
}

/// See the module's documentation. Clones share everything; each thread has its own.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    shared: Arc<Shared>,
    /// Whether no file ever changes.
    is_frozen: bool,
    kept: Kept,
}

/// What is kept of a frozen database's answers, beside salsa.
#[derive(Default)]
struct Kept {
    /// What the names of modules mean.
    modules: KeptCopies<Name, Resolution>,
    indexes: KeptIndexes,
    declarations: KeptDeclarations,
    interfaces: KeptInterfaces,
}

/// What a clone shares with the original is up to each part.
impl Clone for Kept {
    fn clone(&self) -> Kept {
        Kept {
            modules: KeptCopies::default(),
            indexes: self.indexes.clone(),
            declarations: self.declarations.clone(),
            interfaces: self.interfaces.clone(),
        }
    }
}

impl Database {
    pub fn new(file_system: Arc<dyn FileSystem>, modules: ModuleTable) -> Database {
        Database::with_storage(salsa::Storage::default(), file_system, modules)
    }

    /// A database that hands each of salsa's events to `observer` (tests of what is recomputed).
    pub fn observed(
        file_system: Arc<dyn FileSystem>,
        modules: ModuleTable,
        observer: impl Fn(salsa::Event) + Send + Sync + 'static,
    ) -> Database {
        let storage = salsa::Storage::new(Some(Box::new(observer)));
        Database::with_storage(storage, file_system, modules)
    }

    fn with_storage(
        storage: salsa::Storage<Database>,
        file_system: Arc<dyn FileSystem>,
        modules: ModuleTable,
    ) -> Database {
        let is_frozen = modules.is_frozen();
        Database {
            storage,
            shared: Arc::new(Shared { file_system, modules }),
            is_frozen,
            kept: Kept::default(),
        }
    }
}

impl Database {
    /// Apart, so that finding what was asked for last needs few registers.
    #[inline(never)]
    fn unit_index_anew(&self, file: File, unit: u32) -> &FileIndex {
        let known = if self.is_frozen { self.kept.indexes.known_index(file, unit) } else { None };
        known.unwrap_or_else(|| find_index(self, file, unit))
    }

    /// Lets go of what this handle holds of files that it has checked, but for one that is unfinished.
    pub(crate) fn close_files(&mut self, unfinished: Option<File>) {
        self.kept.indexes.close_files(unfinished);
    }

    /// Says that all of a file has been checked.
    pub(crate) fn mark_checked(&self, file: File) {
        self.kept.indexes.mark_checked(file);
    }
}

/// The options of a file: its module's, changed by the comments in it.
#[salsa::tracked(returns(ref))]
fn options_of_file(db: &dyn ModuleDb, file: File) -> Arc<ModuleOptions> {
    let options = db.modules().configuration().for_module(&file.module(db));
    if file.is_typeshed(db) {
        return options;
    }
    let inline = pytype_config::inline_options(&source_text(db, file).text);
    if inline.changes.is_empty() { options } else { Arc::new(options.with_changes(&inline.changes)) }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl SourceDb for Database {
    fn file_system(&self) -> &dyn FileSystem {
        &*self.shared.file_system
    }
}

#[salsa::db]
impl ModuleDb for Database {
    fn module_options(&self, file: File) -> &ModuleOptions {
        options_of_file(self, file)
    }
    fn modules(&self) -> &ModuleTable {
        &self.shared.modules
    }
    fn resolve_module(&self, name: Name) -> Resolution {
        if !self.is_frozen {
            return self.shared.modules.resolve(self, name);
        }
        let known = self.kept.modules.get(&name);
        known.unwrap_or_else(|| self.kept.modules.keep(name, self.shared.modules.resolve(self, name)))
    }
}

#[salsa::db]
impl IndexDb for Database {
    fn checked_files(&self) -> Vec<File> {
        self.modules().source_files(self)
    }
    fn kept_indexes(&self) -> Option<&KeptIndexes> {
        self.is_frozen.then_some(&self.kept.indexes)
    }
    fn unit_index(&self, file: File, unit: u32) -> &FileIndex {
        // Only a frozen database ever keeps one.
        match self.kept.indexes.last_index(file, unit) {
            Some(last) => last,
            None => self.unit_index_anew(file, unit),
        }
    }
    fn unit_syntax(&self, file: File, unit: u32) -> &Syntax {
        let known = if self.is_frozen { self.kept.indexes.known_syntax(file, unit) } else { None };
        known.unwrap_or_else(|| find_syntax(self, file, unit))
    }
}

#[salsa::db]
impl DeclareDb for Database {
    fn inference(&self) -> &dyn Inference {
        self
    }
    fn as_declare_db(&self) -> &dyn DeclareDb {
        self
    }
    fn kept_declarations(&self) -> Option<&KeptDeclarations> {
        self.is_frozen.then_some(&self.kept.declarations)
    }
}

#[salsa::db]
impl InferDb for Database {
    fn as_infer_db(&self) -> &dyn InferDb {
        self
    }
    fn rules(&self) -> &dyn DefinitionRules {
        &Rules
    }
    fn kept_interfaces(&self) -> Option<&KeptInterfaces> {
        self.is_frozen.then_some(&self.kept.interfaces)
    }
}

impl Inference for Database {
    fn variable(
        &self,
        _db: &dyn DeclareDb,
        variable: DefRef,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        pytype_infer::flow::units::inferred_variable(self, variable, reader)
    }
    fn self_attribute(
        &self,
        _db: &dyn DeclareDb,
        class: ClassId,
        name: Name,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        pytype_infer::flow::units::inferred_self_attribute(self, class, name, reader)
    }
    fn decorated(
        &self,
        _db: &dyn DeclareDb,
        function: DefRef,
        undecorated: Ty,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        pytype_infer::flow::units::decorated_function(self, function, undecorated, reader)
    }
}
