//! The stubs inside the program, shown as a folder that no disk has.

use std::borrow::Cow;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{DirEntry, FileKind, FileSystem};

/// The folder under which the embedded typeshed appears: `<typeshed>/stdlib/abc.pyi`.
pub const TYPESHED_ROOT: &str = "<typeshed>";

/// The embedded typeshed, and nothing else.
#[derive(Clone, Copy, Default, Debug)]
pub struct EmbeddedTypeshed;

/// The path inside the bundle.
fn inner(path: &Utf8Path) -> Option<&str> {
    let rest = path.as_str().strip_prefix(TYPESHED_ROOT)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn not_found(path: &Utf8Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("the embedded typeshed has no `{path}`"))
}

impl EmbeddedTypeshed {
    /// Whether `path` lies below [`TYPESHED_ROOT`].
    pub fn holds(path: &Utf8Path) -> bool {
        inner(path).is_some()
    }
}

impl FileSystem for EmbeddedTypeshed {
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>> {
        let text = inner(path).and_then(pytype_typeshed::get).ok_or_else(|| not_found(path))?;
        Ok(Cow::Borrowed(text.as_bytes()))
    }

    fn kind(&self, path: &Utf8Path) -> Option<FileKind> {
        let inner = inner(path)?;
        if pytype_typeshed::get(inner).is_some() {
            Some(FileKind::File)
        } else if pytype_typeshed::is_folder(inner) {
            Some(FileKind::Directory)
        } else {
            None
        }
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<DirEntry>> {
        let entries = inner(path).map(pytype_typeshed::list).unwrap_or_default();
        if entries.is_empty() {
            return Err(not_found(path));
        }
        let entry = |(name, is_folder): (&str, bool)| DirEntry {
            name: name.to_owned(),
            kind: if is_folder { FileKind::Directory } else { FileKind::File },
            is_link: false,
        };
        Ok(entries.into_iter().map(entry).collect())
    }

    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.kind(path).map(|_| path.to_owned()).ok_or_else(|| not_found(path))
    }

    fn is_in_memory(&self, _path: &Utf8Path) -> bool {
        true
    }
}
