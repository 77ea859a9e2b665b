//! A database in memory.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pytype_config::ModuleOptions;
use pytype_index::{
    DefId, Definition, FileIndex, IndexDb, ScopeId, Syntax, body_index, file_index, interface_syntax,
};
use pytype_modules::{ModuleDb, ModuleTable, Resolution};
use pytype_source::{File, FileOrigin, FileSystem, Name, OverlayFileSystem, SourceDb};
use salsa::Setter;

#[salsa::db]
#[derive(Clone)]
pub struct TestDb {
    storage: salsa::Storage<TestDb>,
    memory: Arc<OverlayFileSystem>,
    modules: BTreeMap<Name, File>,
    pub checked: Vec<File>,
    pub options: ModuleOptions,
    /// Queries that were run, by name.
    events: Arc<Mutex<Vec<String>>>,
}

#[salsa::db]
impl salsa::Database for TestDb {}

#[salsa::db]
impl SourceDb for TestDb {
    fn file_system(&self) -> &dyn FileSystem {
        &*self.memory
    }
}

#[salsa::db]
impl ModuleDb for TestDb {
    fn module_options(&self, _file: File) -> &ModuleOptions {
        &self.options
    }
    fn modules(&self) -> &ModuleTable {
        unimplemented!("a test resolves its modules itself")
    }
    fn resolve_module(&self, name: Name) -> Resolution {
        match self.modules.get(&name) {
            Some(file) => Resolution::Found(*file),
            None => Resolution::NotFound,
        }
    }
}

#[salsa::db]
impl IndexDb for TestDb {
    fn checked_files(&self) -> Vec<File> {
        self.checked.clone()
    }
    fn unit_index(&self, file: File, unit: u32) -> &FileIndex {
        pytype_index::find_index(self, file, unit)
    }
    fn unit_syntax(&self, file: File, unit: u32) -> &Syntax {
        pytype_index::find_syntax(self, file, unit)
    }
}

impl TestDb {
    pub fn new() -> TestDb {
        let events: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = events.clone();
        let storage = salsa::Storage::new(Some(Box::new(move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                log.lock().unwrap().push(format!("{database_key:?}"));
            }
        })));
        TestDb {
            storage,
            memory: Arc::new(OverlayFileSystem::empty()),
            modules: BTreeMap::new(),
            checked: Vec::new(),
            options: ModuleOptions { python_version: (3, 12), ..ModuleOptions::default() },
            events,
        }
    }

    /// Adds a file; its module name follows from its path.
    pub fn add(&mut self, path: &str, text: &str) -> File {
        self.add_from(path, text, FileOrigin::Checked)
    }

    pub fn add_from(&mut self, path: &str, text: &str, origin: FileOrigin) -> File {
        self.memory.write(path, text);
        let stem = path.trim_end_matches(".pyi").trim_end_matches(".py");
        let module = Name::new(&stem.trim_end_matches("/__init__").replace('/', "."));
        let file = File::new(self, path.into(), module, origin, 0);
        self.modules.insert(module, file);
        file
    }

    pub fn edit(&mut self, file: File, text: &str) {
        let path = file.path(self).clone();
        self.memory.write(path, text);
        let revision = file.revision(self) + 1;
        file.set_revision(self).to(revision);
    }

    pub fn text(&self, file: File) -> String {
        pytype_source::source_text(self, file).text.to_string()
    }

    /// The queries run since the last call.
    pub fn executed(&self) -> Vec<String> {
        std::mem::take(&mut self.events.lock().unwrap())
    }
}

/// One file with the interface index.
pub struct Source {
    pub db: TestDb,
    pub file: File,
}

impl Source {
    pub fn new(text: &str) -> Source {
        let mut db = TestDb::new();
        let file = db.add("pkg/mod.py", text);
        Source { db, file }
    }

    pub fn index(&self) -> &FileIndex {
        file_index(&self.db, self.file)
    }

    /// The definitions of a dotted path of classes and functions of the interface.
    pub fn ids(&self, path: &str) -> Vec<DefId> {
        let mut scope = ScopeId::MODULE;
        let mut found = Vec::new();
        for part in path.split('.') {
            let index = self.unit(scope.unit);
            let symbol = &index.scope(scope).unwrap().symbols.get(Name::new(part));
            let Some(symbol) = symbol else { return Vec::new() };
            found = symbol.definitions.to_vec();
            match index.definition(found[0]).unwrap().kind {
                pytype_index::DefinitionKind::Class { body } => scope = body,
                pytype_index::DefinitionKind::Function { body, .. } => scope = body,
                _ => {}
            }
        }
        found
    }

    pub fn id(&self, path: &str) -> DefId {
        self.ids(path)[0]
    }

    pub fn definition(&self, path: &str) -> &Definition {
        let id = self.id(path);
        self.unit(id.unit).definition(id).unwrap()
    }

    pub fn unit(&self, unit: u32) -> &FileIndex {
        if unit == 0 { self.index() } else { body_index(&self.db, self.file, unit) }
    }

    /// The names of the module scope, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.scope_names(ScopeId::MODULE)
    }

    pub fn scope_names(&self, scope: ScopeId) -> Vec<&'static str> {
        let scope = self.unit(scope.unit).scope(scope).unwrap();
        scope.symbols.names().map(|name| name.as_str()).collect()
    }

    pub fn syntax(&self) -> &pytype_index::Syntax {
        interface_syntax(&self.db, self.file)
    }
}
