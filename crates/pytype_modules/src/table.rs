//! The modules of a run: which there are to check, and what every other name means.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::{Configuration, FollowImports};
use pytype_source::{File, FileOrigin, FileSystem, Name, SourceDb, name};
use rustc_hash::{FxHashMap, FxHasher};
use salsa::Durability;
use std::hash::{Hash, Hasher};

use crate::finder::{Finder, Found, Missing};
use crate::packages::package_sources;
use crate::search_paths::{SearchPaths, StdlibVersions};
use crate::sources::{SourceFinder, refuse_duplicates, shown};
use crate::{Directories, Environment, Resolution, Source, SourceError};

/// Changes when files come or go, so that queries which resolved a module run again.
#[salsa::input(singleton, debug)]
pub struct ModuleLayout {
    #[returns(copy)]
    pub revision: u64,
}

/// The modules of a run.
///
/// It belongs to the database and is shared by its threads. Looking a module up twice gives the
/// same answer and costs one hash; nothing depends on which thread asks first.
pub struct ModuleTable {
    current_directory: Utf8PathBuf,
    finder: Finder,
    sources: Vec<Source>,
    /// The sources by name: these are what their names mean, wherever the search would lead.
    source_of: FxHashMap<Name, usize>,
    resolved: [RwLock<FxHashMap<Name, Resolution>>; SHARDS],
    files: Mutex<Files>,
    /// How likely files are to change.
    durability: Durability,
}

const SHARDS: usize = 32;

#[derive(Default)]
struct Files {
    by_path: FxHashMap<Utf8PathBuf, File>,
    /// Files that were met under a second name.
    conflicts: Vec<(Utf8PathBuf, Name, Name)>,
}

/// mypy's own support for these depends on their being there: imports of them are always followed.
const ALWAYS_FOLLOWED: [&str; 11] = [
    "_collections_abc",
    "_typeshed",
    "abc",
    "builtins",
    "collections",
    "collections.abc",
    "mypy_extensions",
    "sys",
    "types",
    "typing",
    "typing_extensions",
];

fn shard_of(name: Name) -> usize {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    (hasher.finish() >> 40) as usize % SHARDS
}

impl ModuleTable {
    /// Finds what to check, and prepares the search for everything else. The configuration's
    /// Python version must be final.
    pub fn build(
        configuration: Arc<Configuration>,
        environment: Option<Environment>,
        current_directory: &Utf8Path,
        fs: Arc<dyn FileSystem>,
    ) -> Result<ModuleTable, SourceError> {
        let directories = Arc::new(Directories::new(fs));
        let options = &configuration.global;
        let versions = StdlibVersions::read(options, current_directory, &directories)?;
        let finder_for = |paths| Finder {
            directories: Arc::clone(&directories),
            paths,
            versions: versions.clone(),
            configuration: Arc::clone(&configuration),
        };

        let mut source_finder = SourceFinder::new(options, current_directory, &directories)?;
        let mut sources = source_finder.find(&options.files)?;
        if !options.packages.is_empty() {
            let paths = SearchPaths::for_packages(options, current_directory, environment.clone());
            let finder = finder_for(paths);
            for package in &options.packages {
                sources.extend(package_sources(package, &finder, source_finder.excludes())?);
            }
        }
        if options.command.is_some() {
            let path = Utf8PathBuf::from(Source::COMMAND_PATH);
            sources.push(Source { path, module: name!("__main__"), root: None, is_namespace: false });
        }
        let finder = finder_for(SearchPaths::new(options, current_directory, environment, &sources)?);
        for module in &options.modules {
            let found =
                finder.find(module).map_err(|_| SourceError::ModuleNotFound { module: module.clone() })?;
            let is_namespace = matches!(found, Found::Namespace(_));
            let path = found.path().clone();
            sources.push(Source { path, module: Name::new(module), root: None, is_namespace });
        }
        refuse_duplicates(&sources, current_directory)?;
        let source_of = sources.iter().enumerate().map(|(index, source)| (source.module, index)).collect();
        Ok(ModuleTable {
            current_directory: current_directory.to_owned(),
            finder,
            sources,
            source_of,
            resolved: std::array::from_fn(|_| RwLock::default()),
            files: Mutex::default(),
            durability: Durability::HIGH,
        })
    }

    /// For a run that answers once: no file ever changes, so that nothing has to be kept about what
    /// an answer depends on.
    pub fn frozen(self) -> ModuleTable {
        ModuleTable { durability: Durability::NEVER_CHANGE, ..self }
    }

    /// Whether no file ever changes; see [`ModuleTable::frozen`].
    pub fn is_frozen(&self) -> bool {
        self.durability == Durability::NEVER_CHANGE
    }

    pub fn configuration(&self) -> &Arc<Configuration> {
        &self.finder.configuration
    }

    /// What there is to check, in mypy's order.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The files to check, in mypy's order; namespaces have none.
    pub fn source_files(&self, db: &dyn SourceDb) -> Vec<File> {
        let files = self.sources.iter().map(|source| match self.resolve(db, source.module) {
            Resolution::Found(file) => Some(file),
            Resolution::Namespace
            | Resolution::Skipped { .. }
            | Resolution::Untyped
            | Resolution::StubsNotInstalled { .. }
            | Resolution::NotFound => None,
        });
        files.flatten().collect()
    }

    /// What the module `name` is.
    pub fn resolve(&self, db: &dyn SourceDb, name: Name) -> Resolution {
        if let Some(layout) = ModuleLayout::try_get(db) {
            layout.revision(db);
        }
        let shard = &self.resolved[shard_of(name)];
        if let Some(known) = shard.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return *known;
        }
        let resolution = self.search(db, name);
        shard.write().unwrap_or_else(PoisonError::into_inner).insert(name, resolution);
        resolution
    }

    /// Whether a module that is not found would be found from a folder above the current one:
    /// the code is `import` then, and the advice to run from the package's root.
    pub fn is_in_parent_directory(&self, name: Name) -> bool {
        self.finder.is_in_parent_directory(&name, &self.current_directory)
    }

    /// The file at `path`, if the run has met it.
    pub fn file_at(&self, path: &Utf8Path) -> Option<File> {
        self.lock_files().by_path.get(path).copied()
    }

    /// The first file, by path, that was met under two module names: the run must stop.
    pub fn conflict(&self) -> Option<SourceError> {
        let files = self.lock_files();
        let (path, one, other) = files.conflicts.iter().min()?;
        let is_source = |name: &Name| self.source_of.contains_key(name);
        // The name of a source comes first, as it is met first.
        let (first, second) = match (is_source(one), is_source(other)) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            (true, true) | (false, false) => (one.min(other), one.max(other)),
        };
        let path = shown(path, &self.current_directory);
        Some(SourceError::TwoNames { path, first: *first, second: *second })
    }

    /// The path of a file as messages show it.
    pub fn shown_path<'a>(&self, path: &'a Utf8Path) -> &'a Utf8Path {
        path.strip_prefix(&self.current_directory).unwrap_or(path)
    }

    pub fn current_directory(&self) -> &Utf8Path {
        &self.current_directory
    }

    /// Files may have come or gone: every module is looked for again.
    pub fn forget(&self) {
        self.finder.directories.forget();
        for shard in &self.resolved {
            shard.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    fn lock_files(&self) -> std::sync::MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn search(&self, db: &dyn SourceDb, name: Name) -> Resolution {
        if let Some(&index) = self.source_of.get(&name) {
            let source = &self.sources[index];
            return if source.is_namespace {
                Resolution::Namespace
            } else {
                Resolution::Found(self.file(db, &source.path, name, FileOrigin::Checked))
            };
        }
        let found = match self.finder.find(&name) {
            Ok(found) => found,
            Err(Missing::NotFound) => return Resolution::NotFound,
            Err(Missing::Untyped) => return Resolution::Untyped,
            Err(Missing::StubsNotInstalled(distribution)) => {
                return Resolution::StubsNotInstalled { distribution };
            }
        };
        let options = self.finder.configuration.for_module(&name);
        let is_stub = found.path().extension() == Some("pyi");
        let always_followed = (is_stub && !options.follow_imports_for_stubs)
            || ALWAYS_FOLLOWED.binary_search(&name.as_str()).is_ok();
        let follow = if always_followed { FollowImports::Normal } else { options.follow_imports };
        match (follow, found) {
            (FollowImports::Skip, _) => Resolution::Skipped { error: false },
            (FollowImports::Error, _) => Resolution::Skipped { error: true },
            (FollowImports::Normal | FollowImports::Silent, Found::Namespace(_)) => Resolution::Namespace,
            (FollowImports::Normal | FollowImports::Silent, Found::File(path)) => {
                let origin = self.origin(&path, follow);
                Resolution::Found(self.file(db, &path, name, origin))
            }
        }
    }

    fn origin(&self, path: &Utf8Path, follow: FollowImports) -> FileOrigin {
        let paths = &self.finder.paths;
        let silences = !self.finder.configuration.global.no_silence_site_packages;
        if paths.is_in_typeshed(path) {
            FileOrigin::Typeshed
        } else if follow == FollowImports::Silent
            || (silences && paths.is_in_packages(path, &self.finder.directories))
        {
            FileOrigin::Silent
        } else {
            FileOrigin::Followed
        }
    }

    fn file(&self, db: &dyn SourceDb, path: &Utf8Path, module: Name, origin: FileOrigin) -> File {
        let mut files = self.lock_files();
        if let Some(&known) = files.by_path.get(path) {
            let other = known.module(db);
            if other != module {
                files.conflicts.push((path.to_owned(), other.min(module), other.max(module)));
            }
            return known;
        }
        let file = File::builder(path.to_owned(), module, origin, 0).durability(self.durability).new(db);
        files.by_path.insert(path.to_owned(), file);
        file
    }
}
