//! From a module's name to its file: mypy's search, step by step.
//!
//! Each place that could hold the module's last component is a [`Candidate`]: a folder for all
//! components but the last. Candidates come in the order of the search, and one group is only
//! computed when those before it had no answer, so that an import of the standard library never
//! looks at site-packages.

use std::sync::Arc;

use camino::Utf8PathBuf;
use pytype_config::Configuration;
use pytype_source::Name;
use smallvec::SmallVec;

use crate::search_paths::{SearchPaths, StdlibVersions};
use crate::{Directories, Directory, stub_distribution};

/// Where a module is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    File(Utf8PathBuf),
    /// A folder without `__init__`.
    Namespace(Utf8PathBuf),
}

impl Found {
    pub fn path(&self) -> &Utf8PathBuf {
        match self {
            Found::File(path) | Found::Namespace(path) => path,
        }
    }
}

/// Why there is no module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    NotFound,
    /// It is installed, but has neither `py.typed` nor stubs.
    Untyped,
    /// The distribution with its stubs is known, and not installed.
    StubsNotInstalled(Name),
}

/// The search.
pub struct Finder {
    pub directories: Arc<Directories>,
    pub paths: SearchPaths,
    pub versions: StdlibVersions,
    pub configuration: Arc<Configuration>,
}

type Chain = SmallVec<[Arc<Directory>; 4]>;

/// A folder that may hold the last component.
struct Candidate {
    /// The search path entry, then one folder for each component but the last.
    chain: Chain,
    /// Whether each folder must be a regular package; if not all are, this is a near miss.
    verify: bool,
}

/// A module below folders that are not all packages: the best of these counts when there is
/// nothing better.
struct NearMiss {
    found: Found,
    /// How far up the outermost `__init__` is.
    level: usize,
}

const EXTENSIONS: [&str; 2] = ["pyi", "py"];

impl Candidate {
    fn folder(&self) -> Option<&Arc<Directory>> {
        self.chain.last()
    }

    /// Whether every folder but the search path entry has an `__init__`.
    fn all_packages(&self) -> bool {
        self.chain.iter().skip(1).all(|folder| folder.has_init())
    }

    /// The file at `path` if the folders above it are as they must be; else it is a near miss.
    fn accept(&self, path: Utf8PathBuf, near_misses: &mut Vec<NearMiss>) -> Option<Found> {
        let found = Found::File(path);
        if !self.verify || self.all_packages() {
            return Some(found);
        }
        near_misses.push(NearMiss { found, level: self.outermost_package() });
        None
    }

    /// The distance of the outermost folder with an `__init__`, 0 if none has one.
    fn outermost_package(&self) -> usize {
        let depth = self.chain.len();
        (1..depth).find(|&index| self.chain[index].has_init()).map_or(0, |index| depth - index)
    }
}

impl Finder {
    /// Finds the module `name`.
    pub fn find(&self, name: &str) -> Result<Found, Missing> {
        let components: SmallVec<[&str; 8]> = name.split('.').collect();
        if components.iter().any(|component| component.is_empty() || component.contains(['/', '\\'])) {
            return Err(Missing::NotFound);
        }
        let mut near_misses: Vec<NearMiss> = Vec::new();
        let own = self.paths.mypy_path.iter().chain(&self.paths.source_roots);
        for root in own {
            if let Some(found) = self.in_root(root, &components, &mut near_misses) {
                return Ok(found);
            }
        }
        if self.versions.allow(name, self.configuration.base().python_version) {
            for root in &self.paths.typeshed {
                if let Some(found) = self.in_root(root, &components, &mut near_misses) {
                    return Ok(found);
                }
            }
        }
        let installed = self.installed(name, &components);
        for candidate in installed.stubs.iter().chain(&installed.inline) {
            if let Some(found) = self.look_into(candidate, &components, &mut near_misses) {
                return Ok(found);
            }
        }
        if self.namespace_packages()
            && let Some(best) = best_near_miss(near_misses)
        {
            return Ok(best);
        }
        if let Some(folder) = installed.typed_namespace {
            return Ok(Found::Namespace(folder));
        }
        Err(self.why_missing(name, &components, installed.untyped))
    }

    /// Whether the module is found from a folder above the current one, because the current one
    /// is itself inside a package.
    pub fn is_in_parent_directory(&self, name: &str, current_directory: &camino::Utf8Path) -> bool {
        let mut folder = current_directory;
        while self.directories.open(folder).is_some_and(|folder| folder.has_init()) {
            let Some(parent) = folder.parent() else { return false };
            folder = parent;
            let above = Finder {
                directories: Arc::clone(&self.directories),
                paths: SearchPaths::only(folder),
                versions: self.versions.clone(),
                configuration: Arc::clone(&self.configuration),
            };
            if above.find(name).is_ok() {
                return true;
            }
        }
        false
    }

    fn namespace_packages(&self) -> bool {
        self.configuration.global.namespace_packages
    }

    fn why_missing(&self, name: &str, components: &[&str], untyped: bool) -> Missing {
        let Some(distribution) = stub_distribution(name) else {
            return if untyped { Missing::Untyped } else { Missing::NotFound };
        };
        // The outermost parent that the same distribution has: if its stubs are installed, only
        // this submodule is missing.
        let parent = (1..components.len())
            .map(|length| components[..length].join("."))
            .find(|parent| stub_distribution(parent) == Some(distribution));
        match parent {
            None => Missing::StubsNotInstalled(distribution),
            Some(parent) => match self.find(&parent) {
                Err(missing @ Missing::StubsNotInstalled(_)) => missing,
                Ok(_) | Err(Missing::NotFound | Missing::Untyped) => Missing::NotFound,
            },
        }
    }

    /// Looks below one entry of the search path.
    fn in_root(
        &self,
        root: &camino::Utf8Path,
        components: &[&str],
        near_misses: &mut Vec<NearMiss>,
    ) -> Option<Found> {
        let root = self.directories.open(root)?;
        let first = components.first()?;
        if !root.may_hold(first) {
            return None;
        }
        let chain = self.walk(root, &components[..components.len() - 1])?;
        self.look_into(&Candidate { chain, verify: true }, components, near_misses)
    }

    /// Opens a folder for each component, starting at `root`.
    fn walk(&self, root: Arc<Directory>, components: &[&str]) -> Option<Chain> {
        let mut chain: Chain = SmallVec::new();
        chain.push(root);
        for component in components {
            let next = self.directories.child(chain.last()?, component)?;
            chain.push(next);
        }
        Some(chain)
    }

    /// Looks for the last component in a candidate: a stub package, a package, a namespace, a
    /// module; stubs before sources.
    fn look_into(
        &self,
        candidate: &Candidate,
        components: &[&str],
        near_misses: &mut Vec<NearMiss>,
    ) -> Option<Found> {
        let folder = candidate.folder()?;
        let last = components.last()?;
        let stubs = format!("{last}-stubs");
        if let Some(stubs) = self.directories.child(folder, &stubs)
            && stubs.has_file("__init__.pyi")
            && let Some(found) = candidate.accept(stubs.path().join("__init__.pyi"), near_misses)
        {
            return Some(found);
        }
        if let Some(package) = self.directories.child(folder, last) {
            for extension in EXTENSIONS {
                let init = format!("__init__.{extension}");
                if package.has_file(&init)
                    && let Some(found) = candidate.accept(package.path().join(init), near_misses)
                {
                    return Some(found);
                }
            }
            if self.namespace_packages() && !package.has_init() {
                let found = Found::Namespace(package.path().to_owned());
                near_misses.push(NearMiss { found, level: candidate.outermost_package() });
            }
        }
        for extension in EXTENSIONS {
            let module = format!("{last}.{extension}");
            if folder.has_file(&module)
                && let Some(found) = candidate.accept(folder.path().join(module), near_misses)
            {
                return Some(found);
            }
        }
        None
    }

    /// What the folders of installed packages offer.
    fn installed(&self, name: &str, components: &[&str]) -> Installed {
        let mut installed = Installed::default();
        let Some((first, _)) = components.split_first() else { return installed };
        let parents = &components[..components.len() - 1];
        let stubs_name = format!("{first}-stubs");
        for root in self.paths.packages(&self.directories) {
            let Some(root) = self.directories.open(root) else { continue };
            if let Some(stubs) = self.directories.child(&root, &stubs_name) {
                self.add_stub_package(&stubs, &root, parents, &stubs_name, &mut installed);
            }
            self.add_inline_package(name, components, &root, &mut installed);
        }
        installed
    }

    /// A stub package `X-stubs` in site-packages.
    fn add_stub_package(
        &self,
        stubs: &Arc<Directory>,
        root: &Arc<Directory>,
        parents: &[&str],
        stubs_name: &str,
        installed: &mut Installed,
    ) {
        let mut renamed: SmallVec<[&str; 8]> = SmallVec::from_slice(parents);
        if let Some(first) = renamed.first_mut() {
            *first = stubs_name;
        }
        let Some(chain) = self.walk(Arc::clone(root), &renamed) else { return };
        let is_partial = self.is_partial(stubs);
        if is_partial && let Some(chain) = self.walk(Arc::clone(root), parents) {
            installed.inline.push(Candidate { chain, verify: true });
        }
        // A partial stub package need not have an `__init__` everywhere.
        installed.stubs.push(Candidate { chain, verify: !is_partial });
    }

    /// Whether a stub package says that it is incomplete: the installed package fills the gaps.
    fn is_partial(&self, stubs: &Directory) -> bool {
        stubs.has_file("py.typed")
            && self
                .directories
                .file_system()
                .read(&stubs.path().join("py.typed"))
                .is_ok_and(|bytes| bytes.trim_ascii() == b"partial")
    }

    /// A package in site-packages itself; it counts if it or a parent has `py.typed`.
    fn add_inline_package(
        &self,
        name: &str,
        components: &[&str],
        root: &Arc<Directory>,
        installed: &mut Installed,
    ) {
        let parents = &components[..components.len() - 1];
        let mut folder = Arc::clone(root);
        let mut is_plausible = false;
        for (index, component) in components.iter().enumerate() {
            is_plausible |= folder.has_folder(component) || folder.has_file(&format!("{component}.py"));
            let Some(next) = self.directories.child(&folder, component) else { break };
            folder = next;
            if folder.has_file("py.typed") {
                if let Some(chain) = self.walk(Arc::clone(root), parents) {
                    installed.inline.push(Candidate { chain, verify: index == 0 });
                }
                return;
            }
        }
        if !is_plausible {
            return;
        }
        if self.configuration.for_module(name).follow_untyped_imports {
            if let Some(chain) = self.walk(Arc::clone(root), parents) {
                installed.inline.push(Candidate { chain, verify: false });
            }
            return;
        }
        installed.untyped = true;
        if installed.typed_namespace.is_none()
            && let Some(folder) = self.walk(Arc::clone(root), components).and_then(|mut chain| chain.pop())
            && self.has_typed_package(&folder, 0)
        {
            installed.typed_namespace = Some(folder.path().to_owned());
        }
    }

    /// Whether a folder without `__init__` leads to a package with `py.typed`: the folder is then
    /// a namespace shared by typed packages. (mypy says so only once it has met one of them; this
    /// does not depend on what was met before.)
    fn has_typed_package(&self, folder: &Directory, depth: usize) -> bool {
        if folder.has_init() || depth > 3 {
            return false;
        }
        folder.entries().into_iter().any(|(name, _, _)| {
            self.directories
                .child(folder, name)
                .is_some_and(|child| child.has_file("py.typed") || self.has_typed_package(&child, depth + 1))
        })
    }
}

/// What the folders of installed packages offer for one module.
#[derive(Default)]
struct Installed {
    stubs: Vec<Candidate>,
    inline: Vec<Candidate>,
    /// It seems to be installed, without types.
    untyped: bool,
    /// It is a folder that holds typed packages.
    typed_namespace: Option<Utf8PathBuf>,
}

/// The near miss with the outermost package; of equals, the first.
fn best_near_miss(near_misses: Vec<NearMiss>) -> Option<Found> {
    let mut best: Option<NearMiss> = None;
    for miss in near_misses {
        if best.as_ref().is_none_or(|best| miss.level > best.level) {
            best = Some(miss);
        }
    }
    best.map(|best| best.found)
}
