//! The standard library's stubs, embedded in the program.
//!
//! A path is relative to a typeshed tree and has `/` between its parts: `stdlib/os/path.pyi`,
//! `stdlib/VERSIONS`, `stubs/mypy-extensions/mypy_extensions.pyi`. Texts are slices of the program
//! image: nothing is decompressed, copied or indexed when the program starts.

mod versions;

pub use versions::{Version, VersionRange, parse as parse_versions};

include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

static BUNDLE: &str = include_str!(concat!(env!("OUT_DIR"), "/bundle.txt"));

/// The typeshed commit the stubs were taken from.
pub fn source_commit() -> &'static str {
    COMMIT
}

/// The text of the file at `path`.
pub fn get(path: &str) -> Option<&'static str> {
    let found = FILES.binary_search_by(|(candidate, _, _)| (*candidate).cmp(path)).ok()?;
    let (_, start, end) = FILES[found];
    BUNDLE.get(start as usize..end as usize)
}

/// Every file, sorted by path.
pub fn files() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _, _)| *path)
}

/// Whether `path` is a folder that holds stubs; the empty path is the tree's root.
pub fn is_folder(path: &str) -> bool {
    below(path).next().is_some()
}

/// The entries of the folder at `path`, sorted by name: each with whether it is a folder itself.
pub fn list(path: &str) -> Vec<(&'static str, bool)> {
    let mut entries: Vec<(&'static str, bool)> = Vec::new();
    for rest in below(path) {
        let (name, is_folder) = match rest.split_once('/') {
            Some((folder, _)) => (folder, true),
            None => (rest, false),
        };
        if entries.last().is_none_or(|(last, _)| *last != name) {
            entries.push((name, is_folder));
        }
    }
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// The files below a folder, by their path within it.
fn below(folder: &str) -> impl Iterator<Item = &'static str> {
    let start = FILES.partition_point(|(path, _, _)| {
        path.as_bytes().iter().copied().lt(folder.bytes().chain((!folder.is_empty()).then_some(b'/')))
    });
    FILES[start..].iter().map_while(move |(path, _, _)| {
        let rest = path.strip_prefix(folder)?;
        if folder.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_path() {
        assert!(get("stdlib/builtins.pyi").is_some_and(|text| text.contains("class int")));
        assert_eq!(get("stdlib/no_such_module.pyi"), None);
        assert_eq!(get("stdlib/os"), None);
        assert!(get("stubs/mypy-extensions/mypy_extensions.pyi").is_some());
        assert!(files().is_sorted());
    }

    #[test]
    fn folders_are_listed() {
        assert!(is_folder("stdlib/os"));
        assert!(is_folder(""));
        assert!(!is_folder("stdlib/o"));
        assert!(!is_folder("stdlib/builtins.pyi"));
        assert_eq!(list("stdlib/os"), [("__init__.pyi", false), ("path.pyi", false)]);
        assert_eq!(list(""), [("LICENSE", false), ("stdlib", true), ("stubs", true)]);
        let stdlib = list("stdlib");
        assert!(stdlib.is_sorted());
        assert!(stdlib.contains(&("asyncio", true)) && stdlib.contains(&("abc.pyi", false)));
        assert!(list("nowhere").is_empty());
    }

    #[test]
    fn docstrings_and_patches_are_gone() {
        assert_eq!(files().filter(|path| path.contains("ty_extensions")).count(), 0);
        assert!(!BUNDLE.contains("ty_extensions"));
        assert!(get("stdlib/abc.pyi").is_some_and(|text| !text.contains("\"\"\"")));
        assert!(
            get("stdlib/builtins.pyi")
                .is_some_and(|text| text.contains("def get(self, key: _KT, default: None = None, /)"))
        );
    }

    #[test]
    fn versions_bound_modules() {
        let versions = parse_versions(get("stdlib/VERSIONS").unwrap()).unwrap();
        let range = |name: &str| versions.iter().find(|(module, _)| *module == name).unwrap().1;
        assert!(range("builtins").contains((3, 14)));
        assert!(range("tomllib").contains((3, 11)) && !range("tomllib").contains((3, 10)));
        assert!(range("distutils").contains((3, 11)) && !range("distutils").contains((3, 12)));
        assert!(parse_versions("os 3.0").is_err());
        assert!(parse_versions("os: x.y").is_err());
        assert_eq!(
            parse_versions("# text\n\na.b: 3.2-3.4 # why\n").unwrap(),
            [("a.b", VersionRange { since: (3, 2), until: Some((3, 4)) })]
        );
    }
}
