//! What to check: from the files, folders, modules and packages the user names to modules.

use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{ModuleDb, Resolution};
use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::GlobalOptions;
use pytype_source::{FileKind, Name, name};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::excludes::Excludes;
use crate::search_paths::absolute_all;
use crate::{Directories, paths};

/// A module to check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Where it stands, absolute; [`Source::COMMAND_PATH`] for `-c`.
    pub path: Utf8PathBuf,
    pub module: Name,
    /// The folder its top-level package stands in: modules are looked for there as well.
    pub root: Option<Utf8PathBuf>,
    /// A folder without `__init__` that was reached by `-p`: it counts, but there is nothing to read.
    pub is_namespace: bool,
}

impl Source {
    /// The path of the program given with `-c`.
    pub const COMMAND_PATH: &'static str = "<string>";
}

/// Why there is nothing to check, or no way to say what is what. All of these end the run with
/// exit status 2.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SourceError {
    #[error("there are no Python files (.py or .pyi) in the folder `{folder}`")]
    NoPythonFiles { folder: Utf8PathBuf },
    #[error("`{folder}` contains `{init}`, but `{name}` cannot be the name of a package")]
    InvalidPackageName { folder: Utf8PathBuf, name: String, init: &'static str },
    #[error("the exclude pattern `{pattern}` is not a valid regular expression: {problem}")]
    BadExclude { pattern: String, problem: String },
    /// Two sources with one name. The path is the second one's.
    #[error("{second}: error: Duplicate module named \"{module}\" (also at \"{first}\")")]
    DuplicateModule { module: Name, first: Utf8PathBuf, second: Utf8PathBuf },
    /// One source with two names.
    #[error(
        "{path}: error: Source file found twice under different module names: \"{first}\" and \"{second}\""
    )]
    TwoNames { path: Utf8PathBuf, first: Name, second: Name },
    /// A source takes the place of a module that everything else builds on.
    #[error("{path}: error: This file shadows library module \"{module}\"")]
    ShadowsLibrary { path: Utf8PathBuf, module: Name },
    #[error("cannot find the module `{module}`")]
    ModuleNotFound { module: String },
    #[error("cannot find the package `{package}`")]
    PackageNotFound { package: String },
    #[error("the package `{package}` cannot be checked: it is installed without a `py.typed` file")]
    PackageUntyped { package: String },
    #[error("the package name `{package}` cannot contain a slash")]
    PackageNameWithSlash { package: String },
    #[error("`{folder}` is not a typeshed tree: {problem}")]
    InvalidTypeshed { folder: Utf8PathBuf, problem: String },
    #[error("`{site}` holds installed packages and cannot be part of `mypy_path` or MYPYPATH")]
    SitePackagesInMypyPath { site: Utf8PathBuf },
}

impl SourceError {
    /// What may help, in a sentence for each line.
    pub fn hints(&self) -> &'static [&'static str] {
        match self {
            SourceError::DuplicateModule { .. } => &[
                "leave one of the two out with `--exclude`",
                "or add an `__init__.py` above one of them, so that their full names differ",
                "or set the folders where packages begin: `--explicit-package-bases` and `mypy_path`",
            ],
            SourceError::TwoNames { .. } => &[
                "add an `__init__.py` where the package begins",
                "or set the folders where packages begin: `--explicit-package-bases` and `mypy_path`",
            ],
            SourceError::ShadowsLibrary { .. } => &[
                "a module of its own under this name at the top level is not supported",
                "rename it, put it into a package, or leave it out with `--exclude`",
            ],
            SourceError::BadExclude { .. } => &["paths are matched with `/` between their parts"],
            SourceError::NoPythonFiles { .. }
            | SourceError::InvalidPackageName { .. }
            | SourceError::ModuleNotFound { .. }
            | SourceError::PackageNotFound { .. }
            | SourceError::PackageUntyped { .. }
            | SourceError::PackageNameWithSlash { .. }
            | SourceError::InvalidTypeshed { .. }
            | SourceError::SitePackagesInMypyPath { .. } => &[],
        }
    }
}

/// The modules that stand for themselves in every program, as in mypy.
const CORE_MODULES: &[&str] = &[
    "builtins",
    "typing",
    "types",
    "typing_extensions",
    "mypy_extensions",
    "_typeshed",
    "_collections_abc",
    "collections",
    "collections.abc",
    "sys",
    "abc",
];

/// Refuses programs in which one of the modules that everything builds on is not typeshed's.
pub fn refuse_shadows(db: &dyn ModuleDb) -> Result<(), SourceError> {
    for module in CORE_MODULES {
        let module = Name::new(module);
        if let Resolution::Found(file) = db.resolve_module(module)
            && !file.is_typeshed(db)
        {
            let path = db.modules().shown_path(file.path(db)).to_owned();
            return Err(SourceError::ShadowsLibrary { path, module });
        }
    }
    Ok(())
}

/// Refuses sources of which two have one name.
pub fn refuse_duplicates(sources: &[Source], current_directory: &Utf8Path) -> Result<(), SourceError> {
    let mut seen: FxHashMap<Name, &Utf8Path> = FxHashMap::default();
    for source in sources {
        match seen.entry(source.module) {
            Entry::Vacant(vacant) => {
                vacant.insert(&source.path);
            }
            Entry::Occupied(first) => {
                return Err(SourceError::DuplicateModule {
                    module: source.module,
                    first: shown(first.get(), current_directory),
                    second: shown(&source.path, current_directory),
                });
            }
        }
    }
    Ok(())
}

/// A path as messages show it: from the current folder if it lies below it.
pub fn shown(path: &Utf8Path, current_directory: &Utf8Path) -> Utf8PathBuf {
    path.strip_prefix(current_directory).unwrap_or(path).to_owned()
}

/// Turns files and folders into modules.
pub struct SourceFinder<'a> {
    options: &'a GlobalOptions,
    current_directory: &'a Utf8Path,
    directories: &'a Directories,
    excludes: Excludes<'a>,
    /// Folders that are never part of a module's name, with `--explicit-package-bases`.
    explicit_bases: Option<Vec<Utf8PathBuf>>,
    /// What each folder's package is: its name and the folder it is rooted in. `None` if nothing
    /// says that the folder is a package.
    packages: FxHashMap<Utf8PathBuf, Option<Package>>,
}

/// A package's dotted name (empty at a root) and the folder where it begins.
#[derive(Clone)]
struct Package {
    name: String,
    root: Utf8PathBuf,
}

impl Package {
    fn joined(&self, name: &str) -> String {
        if self.name.is_empty() { name.to_owned() } else { format!("{}.{name}", self.name) }
    }
}

/// Names that discovery never enters.
pub fn is_skipped(name: &str) -> bool {
    matches!(name, "__pycache__" | "site-packages" | "node_modules") || name.starts_with('.')
}

/// Where a name stands in the order of discovery: `__init__` first, folders and other names next,
/// then stubs, then sources.
fn discovery_rank(name: &str) -> (bool, u8, &str) {
    match name.rsplit_once('.') {
        Some((stem, "pyi")) if !stem.is_empty() => (stem != "__init__", 1, stem),
        Some((stem, "py")) if !stem.is_empty() => (stem != "__init__", 2, stem),
        _ => (name != "__init__", 0, name),
    }
}

/// A folder being crawled, and the real folders it is inside of.
struct Crawl<'a> {
    found: &'a mut Vec<Source>,
    /// Where the crawl and each link on the way to here really lead; entering one again would
    /// never end.
    real_folders: Vec<Utf8PathBuf>,
}

/// Opens the folders below `folder`, the last one first, until what they are listed for is `done`.
fn list_backwards(directories: &Directories, folder: &Utf8Path, done: &AtomicBool) {
    let Some(directory) = directories.open(folder) else { return };
    for (name, kind, is_link) in directory.entries().into_iter().rev() {
        if done.load(Ordering::Relaxed) {
            return;
        }
        if kind == FileKind::Directory && !is_link && !is_skipped(name) {
            list_backwards(directories, &folder.join(name), done);
        }
    }
}

impl<'a> SourceFinder<'a> {
    pub fn new(
        options: &'a GlobalOptions,
        current_directory: &'a Utf8Path,
        directories: &'a Directories,
    ) -> Result<SourceFinder<'a>, SourceError> {
        let explicit_bases = options.explicit_package_bases.then(|| {
            let mut bases = absolute_all(&options.mypy_path, current_directory);
            bases.push(current_directory.to_owned());
            bases
        });
        Ok(SourceFinder {
            options,
            current_directory,
            directories,
            excludes: Excludes::new(options, current_directory, &**directories.file_system())?,
            explicit_bases,
            packages: FxHashMap::default(),
        })
    }

    pub fn excludes(&self) -> &Excludes<'a> {
        &self.excludes
    }

    /// The modules of files and folders, in the order of discovery.
    pub fn find(&mut self, files: &[Utf8PathBuf]) -> Result<Vec<Source>, SourceError> {
        let mut found = Vec::new();
        for file in files {
            self.add(file, &mut found)?;
        }
        Ok(found)
    }

    fn add(&mut self, file: &Utf8Path, found: &mut Vec<Source>) -> Result<(), SourceError> {
        let path = paths::absolute(file, self.current_directory);
        let is_python = paths::python_stem(path.as_str()).is_some();
        if !is_python && self.directories.file_system().is_directory(&path) {
            let before = found.len();
            if !(self.options.force_exclude && self.excludes.leave_out(&path, true)) {
                self.crawl_all(&path, found)?;
                if found.len() == before {
                    return Err(SourceError::NoPythonFiles { folder: file.to_owned() });
                }
            }
            return Ok(());
        }
        if self.options.force_exclude && self.excludes.leave_out(&path, false) {
            return Ok(());
        }
        if is_python {
            let source = self.source_at(path)?;
            found.push(source);
        } else {
            let name = path.file_name().filter(|_| self.options.scripts_are_modules).unwrap_or("__main__");
            let module = Name::new(name);
            found.push(Source { path, module, root: None, is_namespace: false });
        }
        Ok(())
    }

    /// Adds the modules below a folder that the user named. Another thread lists the folders in the opposite
    /// order meanwhile, so that each of the two has about half to wait for.
    fn crawl_all(&mut self, folder: &Utf8Path, found: &mut Vec<Source>) -> Result<(), SourceError> {
        let mut crawl = Crawl { found, real_folders: vec![self.real(folder)] };
        if !self.excludes.is_empty() {
            // What is left out may be large, and is not listed.
            return self.crawl(folder, &mut crawl);
        }
        let directories = self.directories;
        let done = AtomicBool::new(false);
        let crawl = || {
            let result = self.crawl(folder, &mut crawl);
            done.store(true, Ordering::Relaxed);
            result
        };
        rayon::join(crawl, || list_backwards(directories, folder, &done)).0
    }

    fn real(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.directories.file_system().canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    /// Adds the modules below a folder.
    fn crawl(&mut self, folder: &Utf8Path, crawl: &mut Crawl<'_>) -> Result<(), SourceError> {
        let Some(directory) = self.directories.open(folder) else { return Ok(()) };
        let mut entries = directory.entries();
        entries.retain(|(name, ..)| !is_skipped(name));
        entries.sort_by_key(|(name, ..)| discovery_rank(name));
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for (name, kind, is_link) in entries {
            let path = folder.join(name);
            if !self.excludes.is_empty() && self.excludes.leave_out(&path, kind == FileKind::Directory) {
                continue;
            }
            match kind {
                FileKind::Directory => {
                    let before = crawl.found.len();
                    self.crawl_below(&path, is_link, crawl)?;
                    if crawl.found.len() > before {
                        seen.insert(name);
                    }
                }
                FileKind::File => {
                    if let Some(stem) = paths::python_stem(name)
                        && seen.insert(stem)
                    {
                        let source = self.source_at(path)?;
                        crawl.found.push(source);
                    }
                }
            }
        }
        Ok(())
    }

    /// Crawls a folder inside another one, unless it is a link back to where the crawl came from.
    fn crawl_below(
        &mut self,
        path: &Utf8Path,
        is_link: bool,
        crawl: &mut Crawl<'_>,
    ) -> Result<(), SourceError> {
        if !is_link {
            return self.crawl(path, crawl);
        }
        let real = self.real(path);
        let here = path.parent().map(|parent| self.real(parent));
        let leads_back = |inside: &Utf8PathBuf| inside.starts_with(&real);
        if crawl.real_folders.iter().chain(&here).any(leads_back) {
            tracing::debug!("not entering {path}: it links back to {real}");
            return Ok(());
        }
        crawl.real_folders.push(real);
        let result = self.crawl(path, crawl);
        crawl.real_folders.pop();
        result
    }

    /// The module of the Python file at `path`.
    fn source_at(&mut self, path: Utf8PathBuf) -> Result<Source, SourceError> {
        let folder = path.parent().unwrap_or(Utf8Path::new("/")).to_owned();
        let package = self.package_at(&folder)?.unwrap_or(Package { name: String::new(), root: folder });
        let file_name = path.file_name().unwrap_or_default();
        let stem = paths::python_stem(file_name).filter(|stem| !stem.is_empty()).unwrap_or(file_name);
        let module = if stem == "__init__" { package.name.clone() } else { package.joined(stem) };
        // A folder that cannot be a package has an `__init__` without a name.
        let module = if module.is_empty() { name!("__main__") } else { Name::new(&module) };
        Ok(Source { path, module, root: Some(package.root), is_namespace: false })
    }

    /// The package that a folder is, if something says that it is one: an `__init__` in it or
    /// above it, or an explicit base above it.
    fn package_at(&mut self, folder: &Utf8Path) -> Result<Option<Package>, SourceError> {
        if let Some(known) = self.packages.get(folder) {
            return Ok(known.clone());
        }
        let package = self.find_package(folder)?;
        self.packages.insert(folder.to_owned(), package.clone());
        Ok(package)
    }

    fn find_package(&mut self, folder: &Utf8Path) -> Result<Option<Package>, SourceError> {
        if self.explicit_bases.as_ref().is_some_and(|bases| bases.iter().any(|base| base == folder)) {
            return Ok(Some(Package { name: String::new(), root: folder.to_owned() }));
        }
        let file_name = folder.file_name().unwrap_or_default();
        let name = file_name.strip_suffix("-stubs").unwrap_or(file_name);
        let parent = folder.parent();
        if let Some(init) = self.init_of(folder) {
            if !paths::is_identifier(name) {
                let folder = shown(folder, self.current_directory);
                return Err(SourceError::InvalidPackageName { folder, name: name.to_owned(), init });
            }
            let parent = parent.unwrap_or(Utf8Path::new("/"));
            let above =
                self.package_at(parent)?.unwrap_or(Package { name: String::new(), root: parent.to_owned() });
            return Ok(Some(Package { name: above.joined(name), root: above.root }));
        }
        let Some(parent) = parent else { return Ok(None) };
        if !paths::is_identifier(name) || !self.options.namespace_packages {
            return Ok(None);
        }
        let above = self.package_at(parent)?;
        Ok(above.map(|above| Package { name: above.joined(name), root: above.root }))
    }

    /// The `__init__` of a folder. Folders above those that are crawled are not listed for it.
    fn init_of(&self, folder: &Utf8Path) -> Option<&'static str> {
        if let Some(directory) = self.directories.opened(folder) {
            return ["__init__.pyi", "__init__.py"].into_iter().find(|init| directory.has_file(init));
        }
        let fs = self.directories.file_system();
        ["__init__.pyi", "__init__.py"].into_iter().find(|init| fs.is_file(&folder.join(init)))
    }
}
