//! Folders as the search sees them: each is listed once, when it is first looked into.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use pytype_source::{DirEntry, FileKind, FileSystem};
use rustc_hash::{FxHashMap, FxHashSet};

/// The folders that were looked into so far.
///
/// Looking a name up in a folder costs one hash of the name; the file system is asked once for
/// each folder, never for a single file.
pub struct Directories {
    fs: Arc<dyn FileSystem>,
    /// By their paths as they are written: to compare two paths part by part takes longer than to list a
    /// folder under each of its names.
    opened: Mutex<FxHashMap<Box<str>, Option<Arc<Directory>>>>,
}

/// One folder's contents.
pub struct Directory {
    path: Utf8PathBuf,
    entries: FxHashMap<Box<str>, Entry>,
    /// What a module in it may be called: the names of folders, and of files without `.py` or `.pyi`.
    modules: FxHashSet<Box<str>>,
}

struct Entry {
    kind: FileKind,
    is_link: bool,
    /// The folder this entry is, once it was opened.
    folder: OnceLock<Option<Arc<Directory>>>,
}

impl Directories {
    pub fn new(fs: Arc<dyn FileSystem>) -> Directories {
        Directories { fs, opened: Mutex::default() }
    }

    pub fn file_system(&self) -> &Arc<dyn FileSystem> {
        &self.fs
    }

    /// The folder at `path`; `None` if there is none, or it cannot be read.
    pub fn open(&self, path: &Utf8Path) -> Option<Arc<Directory>> {
        let lock = || self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path.as_str()) {
            return known.clone();
        }
        let directory = self.fs.list(path).ok().map(|listed| Arc::new(Directory::new(path, listed)));
        lock().entry(path.as_str().into()).or_insert(directory).clone()
    }

    /// The folder at `path`, if it was opened before and could be read.
    pub fn opened(&self, path: &Utf8Path) -> Option<Arc<Directory>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(path.as_str())?.clone()
    }

    /// The folder `name` inside `parent`.
    pub fn child(&self, parent: &Directory, name: &str) -> Option<Arc<Directory>> {
        let entry = parent.entries.get(name).filter(|entry| entry.kind == FileKind::Directory)?;
        entry.folder.get_or_init(|| self.open(&parent.path.join(name))).clone()
    }

    /// Forgets everything: files may have come or gone.
    pub fn forget(&self) {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Directory {
    fn new(path: &Utf8Path, listed: Vec<DirEntry>) -> Directory {
        let entry = |e: DirEntry| {
            (e.name.into_boxed_str(), Entry { kind: e.kind, is_link: e.is_link, folder: OnceLock::new() })
        };
        let module = |e: &DirEntry| {
            let stem = e.name.strip_suffix(".pyi").or_else(|| e.name.strip_suffix(".py"));
            stem.unwrap_or(&e.name).into()
        };
        let modules = listed.iter().map(module).collect();
        Directory { path: path.to_owned(), entries: listed.into_iter().map(entry).collect(), modules }
    }

    /// Whether anything in it goes by the name of a top-level module.
    pub fn may_hold(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// What the entry `name` is.
    pub fn kind(&self, name: &str) -> Option<FileKind> {
        self.entries.get(name).map(|entry| entry.kind)
    }

    pub fn has_file(&self, name: &str) -> bool {
        self.kind(name) == Some(FileKind::File)
    }

    pub fn has_folder(&self, name: &str) -> bool {
        self.kind(name) == Some(FileKind::Directory)
    }

    /// Whether this is a regular package.
    pub fn has_init(&self) -> bool {
        self.has_file("__init__.pyi") || self.has_file("__init__.py")
    }

    /// The names in the folder, sorted, each with what it is and whether it is a link.
    pub fn entries(&self) -> Vec<(&str, FileKind, bool)> {
        let mut entries: Vec<_> =
            self.entries.iter().map(|(name, entry)| (&**name, entry.kind, entry.is_link)).collect();
        entries.sort_unstable_by_key(|(name, ..)| *name);
        entries
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Directory({})", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pytype_source::OverlayFileSystem;

    #[test]
    fn folders_are_opened_once() {
        let fs = OverlayFileSystem::empty();
        fs.write("/r/p/__init__.py", "");
        fs.write("/r/m.py", "");
        let fs = Arc::new(fs);
        let directories = Directories::new(fs.clone());
        let root = directories.open("/r".into()).unwrap();
        assert!(root.has_file("m.py") && root.has_folder("p") && !root.has_init());
        let package = directories.child(&root, "p").unwrap();
        assert!(package.has_init());
        assert!(Arc::ptr_eq(&package, &directories.open("/r/p".into()).unwrap()));
        assert!(directories.child(&root, "m.py").is_none());
        assert!(directories.open("/nowhere".into()).is_none());
        fs.write("/r/n.py", "");
        assert!(!directories.open("/r".into()).unwrap().has_file("n.py"));
        directories.forget();
        assert!(directories.open("/r".into()).unwrap().has_file("n.py"));
    }
}
