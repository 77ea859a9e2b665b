//! The lowest layer of the database: which files there are and what stands in them.

use camino::{Utf8Path, Utf8PathBuf};
use salsa::plumbing::AsId;

use crate::{FileSystem, Name, Text};

/// The database as this layer sees it.
#[salsa::db]
pub trait SourceDb: salsa::Database {
    /// Where files are read from: the disk, an overlay for editors and tests, embedded stubs.
    fn file_system(&self) -> &dyn FileSystem;
}

/// Where a file came from; decides whether its findings are reported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FileOrigin {
    /// Named by the user, or found in a folder the user named: checked and reported.
    Checked,
    /// Reached by an import, outside of site-packages and typeshed: reported as well
    /// (`--follow-imports=normal`).
    Followed,
    /// Reached by an import with `--follow-imports=silent`, or inside site-packages: used, not reported.
    Silent,
    /// A stub of the standard library or of `typeshed/stubs`.
    Typeshed,
}

/// One Python source file that has a module name in this run.
///
/// A file has exactly one module name (mypy refuses a run in which it has two), so both are
/// fixed when it is first met; only `revision` changes, when the text does.
#[salsa::input(debug)]
pub struct File {
    #[returns(ref)]
    pub path: Utf8PathBuf,
    #[returns(copy)]
    pub module: Name,
    #[returns(copy)]
    pub origin: FileOrigin,
    /// Counts edits; reading it makes a query depend on the file's text.
    #[returns(copy)]
    pub revision: u64,
}

impl File {
    /// A number that no other file has; which one depends on what was asked for before.
    #[inline]
    pub fn number(self) -> u32 {
        self.as_id().index()
    }

    /// Whether this is a stub file (`.pyi`).
    pub fn is_stub(self, db: &dyn SourceDb) -> bool {
        self.path(db).as_str().ends_with(".pyi")
    }

    /// Whether this is a package's `__init__`.
    pub fn is_package(self, db: &dyn SourceDb) -> bool {
        let path = self.path(db).as_str();
        let folder = path.strip_suffix(".pyi").or_else(|| path.strip_suffix(".py")).unwrap_or(path);
        folder.strip_suffix("__init__").is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '\\']))
    }

    /// Whether the file is part of typeshed.
    pub fn is_typeshed(self, db: &dyn SourceDb) -> bool {
        self.origin(db) == FileOrigin::Typeshed
    }
}

/// A file's text, decoded; or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceText {
    pub text: Text,
    /// Set when the file could not be read or decoded: `text` is then empty and this is
    /// reported once, as an error of that file alone.
    pub problem: Option<String>,
}

/// Reads and decodes `file` (PEP 263, byte order marks); the parse rules see `\n`, `\r\n` and form feeds as they stand.
#[salsa::tracked(returns(ref))]
pub fn source_text(db: &dyn SourceDb, file: File) -> SourceText {
    let _ = file.revision(db);
    let path: &Utf8Path = file.path(db);
    match db.file_system().read(path) {
        Ok(bytes) => crate::encoding::decode(bytes),
        Err(error) => {
            SourceText { text: Text::from(""), problem: Some(format!("Cannot read file: {error}")) }
        }
    }
}
