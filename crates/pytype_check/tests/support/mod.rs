//! Projects in memory, checked in one go or again and again.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pytype_check::{Database, Observer, check_file, check_project, reported_files};
use pytype_config::Environment;
use pytype_modules::{ModuleDb, ModuleTable};
use pytype_source::{Diagnostic, EmbeddedTypeshed, File, OverlayFileSystem};
use salsa::Setter;

const ROOT: &str = "/project";

/// The project that most tests check: three modules that import each other in turn.
pub fn shop() -> BTreeMap<String, String> {
    let files = [
        ("shop/__init__.py", ""),
        ("shop/money.py", include_str!("../samples/money.py")),
        ("shop/models.py", include_str!("../samples/models.py")),
        ("shop/service.py", include_str!("../samples/service.py")),
    ];
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

/// A project whose files can be edited.
pub struct Project {
    pub db: Database,
    memory: Arc<OverlayFileSystem>,
    events: Arc<Mutex<Vec<String>>>,
}

/// What was found, by path.
pub type Findings = BTreeMap<String, Vec<Diagnostic>>;

impl Project {
    pub fn new(files: &BTreeMap<String, String>) -> Project {
        let memory = Arc::new(OverlayFileSystem::over(Arc::new(EmbeddedTypeshed)));
        for (path, text) in files {
            memory.write(format!("{ROOT}/{path}"), text.as_str());
        }
        let environment = Environment { current_dir: ROOT.into(), variables: Default::default() };
        let text = "[tool.mypy]\nstrict = true\npython_version = \"3.12\"\n";
        let (mut configuration, problems) = pytype_config::load_toml(text, &environment);
        assert!(problems.is_empty(), "{:?}", problems.first().map(|problem| &problem.message));
        configuration.global.files = files.keys().map(|path| path.as_str().into()).collect();
        let modules =
            ModuleTable::build(Arc::new(configuration), None, ROOT.into(), Arc::clone(&memory) as _)
                .unwrap_or_else(|error| panic!("{error}"));
        let events: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&events);
        let db = Database::observed(Arc::clone(&memory) as _, modules, move |event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                log.lock().unwrap().push(format!("{database_key:?}"));
            }
        });
        Project { db, memory, events }
    }

    pub fn file(&self, path: &str) -> File {
        let wanted = format!("{ROOT}/{path}");
        let mut files = reported_files(&self.db).into_iter();
        files.find(|file| file.path(&self.db) == wanted.as_str()).unwrap_or_else(|| panic!("no {path}"))
    }

    pub fn edit(&mut self, path: &str, text: &str) {
        let file = self.file(path);
        self.memory.write(format!("{ROOT}/{path}"), text);
        let revision = file.revision(&self.db) + 1;
        file.set_revision(&mut self.db).to(revision);
    }

    /// Deletes a file that nothing has read yet, behind the back of the project.
    pub fn remove(&self, path: &str) {
        self.memory.remove(format!("{ROOT}/{path}"));
    }

    /// Asks for every file's findings, as an editor does.
    pub fn check(&self) -> Findings {
        let files = reported_files(&self.db);
        files.into_iter().map(|file| (self.path(file), check_file(&self.db, file).to_vec())).collect()
    }

    /// The queries that have run since this was asked last.
    pub fn executed(&self) -> Vec<String> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }

    /// Checks everything at once, on so many threads; the order of the files is changed by `mix`.
    pub fn check_at_once(&self, threads: usize, mix: impl FnOnce(&mut Vec<File>) + Send) -> Findings {
        let (found, failed) = self.run(threads, mix);
        assert!(failed.is_empty(), "{:?}", failed.iter().map(|path| &found[path]).collect::<Vec<_>>());
        found
    }

    /// The same, and in which files the checker itself failed.
    pub fn check_with_failures(&self, threads: usize) -> (Findings, Vec<String>) {
        self.run(threads, |_| {})
    }

    fn run(&self, threads: usize, mix: impl FnOnce(&mut Vec<File>) + Send) -> (Findings, Vec<String>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build().unwrap();
        let db = self.db.clone();
        let results = pool.install(move || {
            let mut files = reported_files(&db);
            mix(&mut files);
            check_project(&db, &files, &Quiet)
        });
        let failed = results.iter().filter(|result| result.failed).map(|result| self.path(result.file));
        let failed = failed.collect();
        let found =
            results.iter().map(|result| (self.path(result.file), result.diagnostics.to_vec())).collect();
        (found, failed)
    }

    fn path(&self, file: File) -> String {
        let path = file.path(&self.db).as_str();
        path.strip_prefix(ROOT).unwrap_or(path).trim_start_matches('/').to_owned()
    }
}

struct Quiet;
impl Observer for Quiet {}

/// Numbers that look random and are the same in every run.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}

pub fn modules(db: &Database) -> usize {
    db.modules().sources().len()
}
