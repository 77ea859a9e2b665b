//! A database over modules given as text, and typeshed.

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::ModuleOptions;
use pytype_declare::{DeclareDb, Inference, InferredVariable, InterfaceWalk};
use pytype_index::{DefRef, FileIndex, IndexDb, Syntax};
use pytype_modules::{ModuleDb, ModuleTable, Resolution};
use pytype_source::{DirEntry, File, FileKind, FileOrigin, FileSystem, Name, SourceDb};
use pytype_types::{ClassId, Ty};
use rustc_hash::FxHashMap;

#[derive(Default)]
struct Files {
    texts: FxHashMap<Utf8PathBuf, String>,
}

impl FileSystem for Files {
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>> {
        if let Some(text) = self.texts.get(path) {
            return Ok(Cow::Owned(text.clone().into_bytes()));
        }
        let found = path.strip_prefix("/typeshed").ok().and_then(|path| pytype_typeshed::get(path.as_str()));
        found.map(|text| Cow::Borrowed(text.as_bytes())).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn kind(&self, _path: &Utf8Path) -> Option<FileKind> {
        None
    }
    fn list(&self, _path: &Utf8Path) -> io::Result<Vec<DirEntry>> {
        Ok(Vec::new())
    }
    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        Ok(path.to_owned())
    }
}

#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    files: Arc<Files>,
    options: Arc<ModuleOptions>,
    modules: Arc<Mutex<FxHashMap<Name, Resolution>>>,
}

impl Database {
    /// A program of modules: their names and texts. A name that ends in `.pyi` is a stub.
    pub fn new(modules: &[(&str, &str)]) -> Database {
        let mut files = Files::default();
        for (name, text) in modules {
            let (name, suffix) = match name.strip_suffix(".pyi") {
                Some(name) => (name, "pyi"),
                None => (*name, "py"),
            };
            files.texts.insert(format!("/{}.{suffix}", name.replace('.', "/")).into(), (*text).to_owned());
        }
        Database {
            storage: salsa::Storage::default(),
            files: Arc::new(files),
            options: Arc::new(ModuleOptions { disallow_subclassing_any: true, ..ModuleOptions::default() }),
            modules: Arc::default(),
        }
    }

    /// The same, checked as `--strict` does.
    #[allow(dead_code, reason = "not every test needs it")]
    pub fn strict(modules: &[(&str, &str)]) -> Database {
        let mut db = Database::new(modules);
        let options = ModuleOptions { disallow_any_generics: true, ..(*db.options).clone() };
        db.options = Arc::new(options);
        db
    }

    #[allow(dead_code, reason = "not every test that shares this module needs it")]
    pub fn file(&self, module: &str) -> File {
        match self.resolve_module(Name::new(module)) {
            Resolution::Found(file) => file,
            other => panic!("{module}: {other:?}"),
        }
    }

    fn find(&self, name: Name) -> Resolution {
        let path = name.replace('.', "/");
        let own = [format!("/{path}.py"), format!("/{path}.pyi"), format!("/{path}/__init__.py")];
        for candidate in own {
            let candidate = Utf8PathBuf::from(candidate);
            if self.files.texts.contains_key(&candidate) {
                return Resolution::Found(File::new(self, candidate, name, FileOrigin::Checked, 0));
            }
        }
        for candidate in [format!("stdlib/{path}.pyi"), format!("stdlib/{path}/__init__.pyi")] {
            if pytype_typeshed::get(&candidate).is_some() {
                let path = Utf8PathBuf::from(format!("/typeshed/{candidate}"));
                return Resolution::Found(File::new(self, path, name, FileOrigin::Typeshed, 0));
            }
        }
        Resolution::NotFound
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl SourceDb for Database {
    fn file_system(&self) -> &dyn FileSystem {
        &*self.files
    }
}

#[salsa::db]
impl ModuleDb for Database {
    fn module_options(&self, _file: File) -> &ModuleOptions {
        &self.options
    }
    fn modules(&self) -> &ModuleTable {
        unimplemented!("a test finds its modules itself")
    }
    fn resolve_module(&self, name: Name) -> Resolution {
        if let Some(known) = self.modules.lock().unwrap().get(&name) {
            return *known;
        }
        let found = self.find(name);
        *self.modules.lock().unwrap().entry(name).or_insert(found)
    }
}

#[salsa::db]
impl IndexDb for Database {
    fn checked_files(&self) -> Vec<File> {
        Vec::new()
    }
    fn unit_index(&self, file: File, unit: u32) -> &FileIndex {
        pytype_index::find_index(self, file, unit)
    }
    fn unit_syntax(&self, file: File, unit: u32) -> &Syntax {
        pytype_index::find_syntax(self, file, unit)
    }
}

#[salsa::db]
impl DeclareDb for Database {
    fn inference(&self) -> &dyn Inference {
        &Nothing
    }
    fn as_declare_db(&self) -> &dyn DeclareDb {
        self
    }
}

/// Nothing is inferred here.
struct Nothing;

impl Inference for Nothing {
    fn variable(
        &self,
        _db: &dyn DeclareDb,
        _variable: DefRef,
        _reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        InferredVariable::Unknown
    }
    fn self_attribute(
        &self,
        _db: &dyn DeclareDb,
        _class: ClassId,
        _name: Name,
        _reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        InferredVariable::Unknown
    }
    fn decorated(
        &self,
        _db: &dyn DeclareDb,
        _function: DefRef,
        _undecorated: Ty,
        _reader: Option<InterfaceWalk>,
    ) -> InferredVariable {
        InferredVariable::Unknown
    }
}
