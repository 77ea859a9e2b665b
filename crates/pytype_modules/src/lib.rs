//! Which file a module name means, and which module a file is: search paths, packages,
//! PEP 561 stubs, namespaces, and the options that apply to each module.
//!
//! A run builds one [`ModuleTable`]: it turns what the user names into [`Source`]s, and answers
//! what any other module name means. Nothing is run for this, and nothing is looked at before it
//! is needed.

mod directories;
mod environment;
mod excludes;
mod finder;
mod packages;
pub mod paths;
mod run_files;
mod search_paths;
mod sources;
mod stub_distributions;
mod table;

use pytype_config::ModuleOptions;
use pytype_source::{File, Name, SourceDb};

pub use directories::{Directories, Directory};
pub use environment::{Environment, EnvironmentError, EnvironmentOrigin, Variables};
pub use run_files::file_system_of_run;
pub use sources::{Source, SourceError, refuse_shadows};
pub use stub_distributions::stub_distribution;
pub use table::{ModuleLayout, ModuleTable};

/// The database as this layer sees it.
#[salsa::db]
pub trait ModuleDb: SourceDb {
    /// The options that apply to `file`: command line, configuration sections, inline comments.
    fn module_options(&self, file: File) -> &ModuleOptions;

    /// The modules of the run.
    fn modules(&self) -> &ModuleTable;

    /// What the module `name` is. The same answer from every thread and in every order. A database
    /// answers with `self.modules().resolve(self, name)`.
    fn resolve_module(&self, name: Name) -> Resolution;
}

/// What the module `name` is.
pub fn resolve(db: &dyn ModuleDb, name: Name) -> Resolution {
    db.resolve_module(name)
}

/// Whether there is a module `name`, be it followed or not: what `from package import name` asks
/// of `package.name`.
pub fn module_exists(db: &dyn ModuleDb, name: Name) -> bool {
    match db.resolve_module(name) {
        Resolution::Found(_) | Resolution::Namespace | Resolution::Skipped { .. } => true,
        Resolution::Untyped | Resolution::StubsNotInstalled { .. } | Resolution::NotFound => false,
    }
}

/// The options that decide about imports *of* the module `name`, such as `ignore_missing_imports`:
/// they are those of its own section, whether it exists or not.
pub fn options_of_import(db: &dyn ModuleDb, name: Name) -> std::sync::Arc<ModuleOptions> {
    db.modules().configuration().for_module(&name)
}

/// What became of looking a module up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resolution {
    /// The module's source or stub.
    Found(File),
    /// A folder without `__init__`: a name with submodules and nothing else.
    Namespace,
    /// Found, but `--follow-imports=skip|error` keeps it out: whatever comes from it is `Any`.
    Skipped { error: bool },
    /// Installed without stubs or `py.typed` (`import-untyped`).
    Untyped,
    /// typeshed has stubs for it in the named distribution, which is not installed (`import-untyped`).
    StubsNotInstalled { distribution: Name },
    /// Nothing by that name (`import-not-found`).
    NotFound,
}
