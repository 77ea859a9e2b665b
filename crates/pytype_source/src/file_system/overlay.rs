//! Files in memory, laid over another file system: unsaved editor text, `-c`, tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};

use super::{DirEntry, FileKind, FileSystem};

/// Files in memory over `base`. A path in memory hides what `base` has there.
pub struct OverlayFileSystem {
    base: Option<Arc<dyn FileSystem>>,
    /// `None` marks a file that `base` has and that is to count as deleted.
    files: RwLock<BTreeMap<Utf8PathBuf, Option<Arc<[u8]>>>>,
}

type Files = BTreeMap<Utf8PathBuf, Option<Arc<[u8]>>>;

impl OverlayFileSystem {
    /// An empty overlay over `base`.
    pub fn over(base: Arc<dyn FileSystem>) -> OverlayFileSystem {
        OverlayFileSystem { base: Some(base), files: RwLock::default() }
    }

    /// A file system that has only what is written to it.
    pub fn empty() -> OverlayFileSystem {
        OverlayFileSystem { base: None, files: RwLock::default() }
    }

    /// Puts a file at `path`; the folders above it appear with it.
    pub fn write(&self, path: impl Into<Utf8PathBuf>, contents: impl Into<Vec<u8>>) {
        self.change(|files| files.insert(path.into(), Some(Arc::from(contents.into()))));
    }

    /// Makes the file at `path` disappear, in memory and in `base`.
    pub fn remove(&self, path: impl Into<Utf8PathBuf>) {
        self.change(|files| files.insert(path.into(), None));
    }

    /// Shows what `base` has at `path` again.
    pub fn forget(&self, path: &Utf8Path) {
        self.change(|files| files.remove(path));
    }

    fn change<T>(&self, apply: impl FnOnce(&mut Files) -> T) {
        apply(&mut self.files.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn with_files<T>(&self, look: impl FnOnce(&Files) -> T) -> T {
        look(&self.files.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn not_found(path: &Utf8Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no `{path}`"))
}

/// The files below `folder` that are there, by their path within it.
fn below<'a>(files: &'a Files, folder: &'a Utf8Path) -> impl Iterator<Item = (&'a Utf8Path, bool)> {
    files
        .range::<Utf8Path, _>((Bound::Included(folder), Bound::Unbounded))
        .take_while(move |(path, _)| path.starts_with(folder))
        .filter_map(move |(path, contents)| {
            let rest = path.strip_prefix(folder).ok().filter(|rest| !rest.as_str().is_empty())?;
            Some((rest, contents.is_some()))
        })
}

impl FileSystem for OverlayFileSystem {
    fn read(&self, path: &Utf8Path) -> io::Result<Cow<'static, [u8]>> {
        match self.with_files(|files| files.get(path).cloned()) {
            Some(Some(contents)) => Ok(Cow::Owned(contents.to_vec())),
            Some(None) => Err(not_found(path)),
            None => self.base.as_ref().map_or_else(|| Err(not_found(path)), |base| base.read(path)),
        }
    }

    fn kind(&self, path: &Utf8Path) -> Option<FileKind> {
        let own = self.with_files(|files| match files.get(path) {
            Some(contents) => Some(contents.as_ref().map(|_| FileKind::File)),
            None if below(files, path).any(|(_, exists)| exists) => Some(Some(FileKind::Directory)),
            None => None,
        });
        own.unwrap_or_else(|| self.base.as_ref()?.kind(path))
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<DirEntry>> {
        let mut entries: BTreeMap<String, DirEntry> = BTreeMap::new();
        let mut exists = false;
        if let Some(base) = &self.base
            && let Ok(listed) = base.list(path)
        {
            exists = true;
            entries.extend(listed.into_iter().map(|entry| (entry.name.clone(), entry)));
        }
        self.with_files(|files| {
            for (rest, is_there) in below(files, path) {
                let mut parts = rest.components();
                let Some(name) = parts.next().map(|part| part.as_str().to_owned()) else { continue };
                let is_folder = parts.next().is_some();
                if is_there {
                    exists = true;
                    let kind = if is_folder { FileKind::Directory } else { FileKind::File };
                    entries.insert(name.clone(), DirEntry { name, kind, is_link: false });
                } else if !is_folder {
                    entries.remove(&name);
                }
            }
        });
        if exists { Ok(entries.into_values().collect()) } else { Err(not_found(path)) }
    }

    fn canonicalize(&self, path: &Utf8Path) -> io::Result<Utf8PathBuf> {
        if self.with_files(|files| files.contains_key(path) || below(files, path).any(|(_, exists)| exists)) {
            return Ok(path.to_owned());
        }
        self.base.as_ref().map_or_else(|| Err(not_found(path)), |base| base.canonicalize(path))
    }

    fn is_in_memory(&self, path: &Utf8Path) -> bool {
        self.base.as_ref().is_none_or(|base| base.is_in_memory(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DiskFileSystem;

    fn names(entries: Vec<DirEntry>) -> Vec<String> {
        entries.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn files_in_memory_have_folders() {
        let fs = OverlayFileSystem::empty();
        fs.write("/p/a/b.py", "x = 1");
        fs.write("/p/a.py", "");
        assert_eq!(&*fs.read("/p/a/b.py".into()).unwrap(), b"x = 1");
        assert_eq!(fs.kind("/p/a".into()), Some(FileKind::Directory));
        assert_eq!(fs.kind("/p/a/b.py".into()), Some(FileKind::File));
        assert_eq!(fs.kind("/p/b".into()), None);
        assert_eq!(names(fs.list("/p".into()).unwrap()), ["a", "a.py"]);
        assert!(fs.list("/q".into()).is_err());
    }

    #[test]
    fn memory_hides_the_base() {
        let base = OverlayFileSystem::empty();
        base.write("/p/a.py", "old");
        base.write("/p/b.py", "old");
        let fs = OverlayFileSystem::over(Arc::new(base));
        fs.write("/p/a.py", "new");
        fs.remove("/p/b.py");
        assert_eq!(&*fs.read("/p/a.py".into()).unwrap(), b"new");
        assert!(fs.read("/p/b.py".into()).is_err());
        assert_eq!(names(fs.list("/p".into()).unwrap()), ["a.py"]);
        fs.forget("/p/b.py".into());
        assert_eq!(&*fs.read("/p/b.py".into()).unwrap(), b"old");
    }

    #[test]
    fn typeshed_is_a_folder() {
        let fs = OverlayFileSystem::over(Arc::new(DiskFileSystem));
        assert!(fs.is_file("<typeshed>/stdlib/builtins.pyi".into()));
        assert!(fs.is_directory("<typeshed>/stdlib/os".into()));
        assert!(fs.is_in_memory("<typeshed>/stdlib".into()));
        assert!(!fs.is_file("<typeshed>/stdlib/none.pyi".into()));
        assert_eq!(names(fs.list("<typeshed>/stdlib/os".into()).unwrap()), ["__init__.pyi", "path.pyi"]);
        assert!(matches!(fs.read("<typeshed>/stdlib/os/path.pyi".into()), Ok(Cow::Borrowed(_))));
    }
}
