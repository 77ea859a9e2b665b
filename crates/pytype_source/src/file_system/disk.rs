//! The disk, with the embedded stubs below [`TYPESHED_ROOT`](super::TYPESHED_ROOT).

use std::borrow::Cow;
use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{DirEntry, EmbeddedTypeshed, FileKind, FileSystem};

/// The disk as the operating system shows it, plus the embedded stubs.
#[derive(Clone, Copy, Default, Debug)]
pub struct DiskFileSystem;

fn kind_of(file_type: fs::FileType) -> Option<FileKind> {
    if file_type.is_dir() {
        Some(FileKind::Directory)
    } else if file_type.is_file() {
        Some(FileKind::File)
    } else {
        None
    }
}

impl FileSystem for DiskFileSystem {
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>> {
        if EmbeddedTypeshed::holds(path) {
            return EmbeddedTypeshed.read(path);
        }
        // Reading a pipe or a device may never end.
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        fs::read(path).map(Cow::Owned)
    }

    fn kind(&self, path: &Utf8Path) -> Option<FileKind> {
        if EmbeddedTypeshed::holds(path) {
            return EmbeddedTypeshed.kind(path);
        }
        kind_of(fs::metadata(path).ok()?.file_type())
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<DirEntry>> {
        if EmbeddedTypeshed::holds(path) {
            return EmbeddedTypeshed.list(path);
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let file_type = entry.file_type()?;
            let is_link = file_type.is_symlink();
            let kind = if is_link { self.kind(&path.join(&name)) } else { kind_of(file_type) };
            if let Some(kind) = kind {
                entries.push(DirEntry { name, kind, is_link });
            }
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        if EmbeddedTypeshed::holds(path) {
            return EmbeddedTypeshed.canonicalize(path);
        }
        path.canonicalize_utf8()
    }

    fn is_in_memory(&self, path: &Utf8Path) -> bool {
        EmbeddedTypeshed::holds(path)
    }
}
