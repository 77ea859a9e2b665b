//! The virtual file system: one trait over the disk, in-memory overlays and embedded stubs.

use std::borrow::Cow;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    File,
    Directory,
}

/// Where source files are read from. Implementations are shared between threads.
pub trait FileSystem: Send + Sync {
    /// The bytes of the file at `path`.
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>>;

    /// What stands at `path`, following links; `None` if nothing does (or it cannot be seen).
    fn kind(&self, path: &Utf8Path) -> Option<FileKind>;

    /// The entries of the folder at `path`, sorted by name.
    fn list(&self, path: &Utf8Path) -> io::Result<Vec<(String, FileKind)>>;

    /// `path` with links resolved, to recognise one file under two names.
    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf>;
}
