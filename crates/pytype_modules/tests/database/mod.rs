//! A database with files in memory, the embedded typeshed, and one set of options.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::{Configuration, GlobalOptions, ModuleOptions};
use pytype_modules::{Environment, EnvironmentOrigin, ModuleDb, ModuleTable, Resolution, SourceError};
use pytype_source::{DiskFileSystem, File, FileSystem, Name, OverlayFileSystem, SourceDb};

#[salsa::db]
#[derive(Clone)]
pub struct TestDatabase {
    storage: salsa::Storage<TestDatabase>,
    fs: Arc<dyn FileSystem>,
    modules: Arc<ModuleTable>,
}

#[salsa::db]
impl salsa::Database for TestDatabase {}

#[salsa::db]
impl SourceDb for TestDatabase {
    fn file_system(&self) -> &dyn FileSystem {
        &*self.fs
    }
}

#[salsa::db]
impl ModuleDb for TestDatabase {
    fn module_options(&self, _file: File) -> &ModuleOptions {
        self.modules.configuration().base()
    }
    fn modules(&self) -> &ModuleTable {
        &self.modules
    }
    fn resolve_module(&self, name: Name) -> Resolution {
        self.modules.resolve(self, name)
    }
}

/// A run to be: files, options, and what is installed.
pub struct Run {
    pub fs: Arc<OverlayFileSystem>,
    pub current_directory: Utf8PathBuf,
    pub global: GlobalOptions,
    pub module: ModuleOptions,
    pub site_packages: Vec<Utf8PathBuf>,
}

#[allow(dead_code)]
impl Run {
    /// A run in `/project` over files in memory; `/site` is the folder of installed packages.
    pub fn with(files: &[(&str, &str)]) -> Run {
        let fs = OverlayFileSystem::over(Arc::new(DiskFileSystem));
        for (path, text) in files {
            fs.write(*path, *text);
        }
        Run {
            fs: Arc::new(fs),
            current_directory: "/project".into(),
            global: GlobalOptions::default(),
            module: ModuleOptions::default(),
            site_packages: vec!["/site".into()],
        }
    }

    pub fn checking(mut self, files: &[&str]) -> Run {
        self.global.files = files.iter().map(|file| (*file).into()).collect();
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut GlobalOptions, &mut ModuleOptions)) -> Run {
        change(&mut self.global, &mut self.module);
        self
    }

    pub fn build(self) -> Result<TestDatabase, SourceError> {
        let environment = Environment {
            origin: EnvironmentOrigin::Executable,
            prefix: "/".into(),
            version: None,
            site_packages: self.site_packages,
            python_path: Vec::new(),
        };
        let configuration = Arc::new(Configuration::new(self.global, self.module));
        let fs: Arc<dyn FileSystem> = self.fs;
        let modules =
            ModuleTable::build(configuration, Some(environment), &self.current_directory, Arc::clone(&fs))?;
        Ok(TestDatabase { storage: salsa::Storage::default(), fs, modules: Arc::new(modules) })
    }

    pub fn start(self) -> TestDatabase {
        self.build().unwrap_or_else(|error| panic!("{error}"))
    }
}

#[allow(dead_code)]
impl TestDatabase {
    /// The sources as `module=path`.
    pub fn sources(&self) -> Vec<String> {
        let shown = |path: &Utf8Path| self.modules.shown_path(path).to_string();
        self.modules.sources().iter().map(|s| format!("{}={}", s.module, shown(&s.path))).collect()
    }

    /// What a name means: a path, or a word.
    pub fn meaning(&self, name: &str) -> String {
        match self.resolve_module(Name::new(name)) {
            Resolution::Found(file) => file.path(self).to_string(),
            Resolution::Namespace => "namespace".to_owned(),
            Resolution::Skipped { error } => (if error { "error" } else { "skipped" }).to_owned(),
            Resolution::Untyped => "untyped".to_owned(),
            Resolution::StubsNotInstalled { distribution } => format!("install {distribution}"),
            Resolution::NotFound => "nothing".to_owned(),
        }
    }
}
