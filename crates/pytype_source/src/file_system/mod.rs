//! The virtual file system: one trait over the disk, in-memory overlays and embedded stubs.

mod disk;
mod embedded;
mod overlay;

use std::borrow::Cow;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub use disk::DiskFileSystem;
pub use embedded::{EmbeddedTypeshed, TYPESHED_ROOT};
pub use overlay::OverlayFileSystem;

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    File,
    Directory,
}

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    pub name: String,
    /// What the entry is, following links.
    pub kind: FileKind,
    /// Whether it is a symbolic link: only these can make a folder contain itself.
    pub is_link: bool,
}

/// Where source files are read from. Implementations are shared between threads.
pub trait FileSystem: Send + Sync {
    /// The bytes of the file at `path`.
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>>;

    /// What stands at `path`, following links; `None` if nothing does (or it cannot be seen).
    fn kind(&self, path: &Utf8Path) -> Option<FileKind>;

    /// The entries of the folder at `path`, sorted by name. Names that are not UTF-8, links that
    /// lead nowhere and special files are left out.
    fn list(&self, path: &Utf8Path) -> io::Result<Vec<DirEntry>>;

    /// `path` with links resolved, to recognise one file under two names.
    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf>;

    /// Whether [`FileSystem::kind`] costs no system call below `path`, so that nobody needs to
    /// remember its answers.
    fn is_in_memory(&self, _path: &Utf8Path) -> bool {
        false
    }

    /// Whether there is a file at `path`.
    fn is_file(&self, path: &Utf8Path) -> bool {
        self.kind(path) == Some(FileKind::File)
    }

    /// Whether there is a folder at `path`.
    fn is_directory(&self, path: &Utf8Path) -> bool {
        self.kind(path) == Some(FileKind::Directory)
    }
}
