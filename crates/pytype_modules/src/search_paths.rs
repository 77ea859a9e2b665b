//! Where modules are looked for, in order.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::GlobalOptions;
use pytype_source::TYPESHED_ROOT;
use rustc_hash::FxHashMap;

use pytype_typeshed::{VersionRange, parse_versions};

use crate::{Directories, Environment, Source, SourceError, paths};

/// The folders modules are looked for in. All paths are absolute.
pub struct SearchPaths {
    /// `MYPYPATH`, then the configuration's `mypy_path`.
    pub mypy_path: Vec<Utf8PathBuf>,
    /// The roots of the sources that are checked, the last named first; then the current folder.
    pub source_roots: Vec<Utf8PathBuf>,
    /// The standard library's stubs and those that come with them.
    pub typeshed: Vec<Utf8PathBuf>,
    environment: Option<Environment>,
    /// The folders of installed packages; finding them lists site-packages, so it waits until
    /// something is looked for there.
    packages: OnceLock<Vec<Utf8PathBuf>>,
}

impl SearchPaths {
    /// The paths for a run over `sources`.
    pub fn new(
        options: &GlobalOptions,
        current_directory: &Utf8Path,
        environment: Option<Environment>,
        sources: &[Source],
    ) -> Result<SearchPaths, SourceError> {
        let source_roots = source_roots(current_directory, sources);
        let mypy_path = absolute_all(&options.mypy_path, current_directory);
        if let Some(environment) = &environment
            && let Some(site) = environment
                .site_packages
                .iter()
                .find(|site| mypy_path.iter().any(|path| path.starts_with(site)))
        {
            return Err(SourceError::SitePackagesInMypyPath { site: site.clone() });
        }
        let environment = environment.filter(|_| !options.no_site_packages);
        let typeshed = typeshed_folders(options, current_directory);
        Ok(SearchPaths { mypy_path, source_roots, typeshed, environment, packages: OnceLock::new() })
    }

    /// The paths in which packages to check (`-p`) are looked for: no typeshed.
    pub fn for_packages(
        options: &GlobalOptions,
        current_directory: &Utf8Path,
        environment: Option<Environment>,
    ) -> SearchPaths {
        SearchPaths {
            mypy_path: absolute_all(&options.mypy_path, current_directory),
            source_roots: vec![current_directory.to_owned()],
            typeshed: Vec::new(),
            environment: environment.filter(|_| !options.no_site_packages),
            packages: OnceLock::new(),
        }
    }

    /// The paths for looking into one folder alone.
    pub fn only(folder: &Utf8Path) -> SearchPaths {
        SearchPaths {
            mypy_path: Vec::new(),
            source_roots: vec![folder.to_owned()],
            typeshed: Vec::new(),
            environment: None,
            packages: OnceLock::new(),
        }
    }

    /// The folders of installed packages.
    pub fn packages(&self, directories: &Directories) -> &[Utf8PathBuf] {
        self.packages.get_or_init(|| {
            self.environment
                .as_ref()
                .map(|environment| environment.package_path(directories))
                .unwrap_or_default()
        })
    }

    /// Whether `path` is a stub of typeshed.
    pub fn is_in_typeshed(&self, path: &Utf8Path) -> bool {
        self.typeshed.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether `path` belongs to an installed package.
    pub fn is_in_packages(&self, path: &Utf8Path, directories: &Directories) -> bool {
        self.packages(directories).iter().any(|folder| path.starts_with(folder))
    }
}

/// The roots of the sources, the last named first, with the current folder behind them unless it
/// is one of them.
fn source_roots(current_directory: &Utf8Path, sources: &[Source]) -> Vec<Utf8PathBuf> {
    let mut named: Vec<&Utf8Path> = Vec::new();
    for root in sources.iter().filter_map(|source| source.root.as_deref()) {
        // Neighbours mostly share their root: look at the latest first.
        if !named.iter().rev().any(|known| *known == root) {
            named.push(root);
        }
    }
    let mut roots: Vec<Utf8PathBuf> = named.iter().rev().map(|root| root.to_path_buf()).collect();
    if !named.contains(&current_directory) {
        roots.push(current_directory.to_owned());
    }
    roots
}

/// `mypy_path` from the current folder.
pub fn absolute_all(folders: &[Utf8PathBuf], current_directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    folders.iter().map(|folder| paths::absolute(folder, current_directory)).collect()
}

/// The typeshed tree of this run: the one that was asked for, or the embedded one.
pub fn typeshed_root(options: &GlobalOptions, current_directory: &Utf8Path) -> Utf8PathBuf {
    match &options.custom_typeshed_dir {
        Some(folder) => paths::absolute(folder, current_directory),
        None => Utf8PathBuf::from(TYPESHED_ROOT),
    }
}

fn typeshed_folders(options: &GlobalOptions, current_directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let root = typeshed_root(options, current_directory);
    ["stdlib", "stubs/mypy-extensions", "stubs/librt"].iter().map(|folder| root.join(folder)).collect()
}

/// Which modules of the standard library exist in which versions.
#[derive(Clone)]
pub struct StdlibVersions(Arc<FxHashMap<String, VersionRange>>);

impl StdlibVersions {
    /// Reads `stdlib/VERSIONS` of the run's typeshed.
    pub fn read(
        options: &GlobalOptions,
        current_directory: &Utf8Path,
        directories: &Directories,
    ) -> Result<StdlibVersions, SourceError> {
        let root = typeshed_root(options, current_directory);
        let invalid = |problem: String| SourceError::InvalidTypeshed { folder: root.clone(), problem };
        let path = root.join("stdlib/VERSIONS");
        let bytes = directories
            .file_system()
            .read(&path)
            .map_err(|error| invalid(format!("cannot read `stdlib/VERSIONS`: {error}")))?;
        let text = String::from_utf8_lossy(&bytes);
        let versions =
            parse_versions(&text).map_err(|problem| invalid(format!("`stdlib/VERSIONS`: {problem}")))?;
        Ok(StdlibVersions(Arc::new(
            versions.into_iter().map(|(name, range)| (name.to_owned(), range)).collect(),
        )))
    }

    /// The versions of exactly this module.
    pub fn get(&self, module: &str) -> Option<VersionRange> {
        self.0.get(module).copied()
    }

    /// Whether typeshed may be searched for `module`: it knows the module, or its top-level
    /// package, only for some versions, or does not know it at all.
    pub fn allow(&self, module: &str, version: (u8, u8)) -> bool {
        let top_level = module.split('.').next().unwrap_or(module);
        let range = self.get(module).or_else(|| self.get(top_level));
        // Before 3.10 typeshed's stubs are those of 3.10.
        range.is_none_or(|range| range.contains(version.max((3, 10))))
    }
}
