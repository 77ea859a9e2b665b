//! `-p`: a package and everything below it.

use camino::Utf8Path;
use pytype_source::{FileKind, Name};
use rustc_hash::FxHashSet;

use crate::excludes::Excludes;
use crate::finder::{Finder, Found, Missing};
use crate::sources::is_skipped;
use crate::{Source, SourceError, paths};

/// The modules of `package`.
pub fn package_sources(
    package: &str,
    finder: &Finder,
    excludes: &Excludes<'_>,
) -> Result<Vec<Source>, SourceError> {
    let package = package.to_owned();
    if package.contains(['/', '\\']) {
        return Err(SourceError::PackageNameWithSlash { package });
    }
    let mut sources = Vec::new();
    add(&package, finder, excludes, 0, &mut sources);
    if !sources.is_empty() {
        return Ok(sources);
    }
    match finder.find(&package) {
        Err(Missing::Untyped) => Err(SourceError::PackageUntyped { package }),
        Ok(_) | Err(Missing::NotFound | Missing::StubsNotInstalled(_)) => {
            Err(SourceError::PackageNotFound { package })
        }
    }
}

/// Links can make a package contain itself; no real one is this deep.
const DEEPEST: usize = 64;

fn add(module: &str, finder: &Finder, excludes: &Excludes<'_>, depth: usize, sources: &mut Vec<Source>) {
    let Ok(found) = finder.find(module) else { return };
    let is_namespace = matches!(found, Found::Namespace(_));
    let path = found.path().clone();
    let folder = if is_namespace { Some(path.as_path()) } else { package_folder(&path) };
    sources.push(Source { path: path.clone(), module: Name::new(module), root: None, is_namespace });
    let Some(directory) = folder.and_then(|folder| finder.directories.open(folder)) else { return };
    if depth >= DEEPEST {
        return;
    }
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (name, kind, _) in directory.entries() {
        let path = directory.path().join(name);
        if is_skipped(name) || excludes.leave_out(&path, kind == FileKind::Directory) {
            continue;
        }
        match kind {
            FileKind::Directory => {
                let is_package = finder.configuration.global.namespace_packages
                    || finder.directories.child(&directory, name).is_some_and(|child| child.has_init());
                if is_package {
                    seen.insert(name);
                    add(&format!("{module}.{name}"), finder, excludes, depth + 1, sources);
                }
            }
            FileKind::File => {
                let stem = paths::python_stem(name).filter(|stem| *stem != "__init__" && !stem.contains('.'));
                if let Some(stem) = stem
                    && seen.insert(stem)
                {
                    add(&format!("{module}.{stem}"), finder, excludes, depth + 1, sources);
                }
            }
        }
    }
}

/// The folder of a package's `__init__`.
fn package_folder(path: &Utf8Path) -> Option<&Utf8Path> {
    matches!(path.file_name(), Some("__init__.py" | "__init__.pyi")).then(|| path.parent()).flatten()
}
