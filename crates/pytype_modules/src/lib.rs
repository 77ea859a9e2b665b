//! Which file a module name means, and which module a file is: search paths, packages,
//! PEP 561 stubs, namespaces, and the options that apply to each module.

use pytype_config::ModuleOptions;
use pytype_source::{File, Name, SourceDb};

/// The database as this layer sees it.
#[salsa::db]
pub trait ModuleDb: SourceDb {
    /// The options that apply to `file`: command line, configuration sections, inline comments.
    fn module_options(&self, file: File) -> &ModuleOptions;

    /// What the module `name` is. The same answer from every thread and in every order.
    fn resolve_module(&self, name: Name) -> Resolution;
}

/// What the module `name` is.
pub fn resolve(db: &dyn ModuleDb, name: Name) -> Resolution {
    db.resolve_module(name)
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
