//! Paths as text: nothing here touches a file system.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// `path` without `.`, `..` and doubled separators, by its spelling alone.
pub fn normalized(path: &Utf8Path) -> Utf8PathBuf {
    let mut result = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => match result.components().next_back() {
                Some(Utf8Component::Normal(_)) => {
                    result.pop();
                }
                Some(Utf8Component::RootDir | Utf8Component::Prefix(_)) => {}
                Some(Utf8Component::CurDir | Utf8Component::ParentDir) | None => result.push(".."),
            },
            Utf8Component::Normal(_) | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                result.push(component.as_str());
            }
        }
    }
    if result.as_str().is_empty() { Utf8PathBuf::from(".") } else { result }
}

/// `path` seen from `folder`, which is absolute, in full.
pub fn absolute(path: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    normalized(&folder.join(path))
}

/// `path` as written from `folder`, with `..` where it leads out of it. Both are absolute.
pub fn relative(path: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    let mut own = path.components().peekable();
    let mut base = folder.components().peekable();
    while own.peek().is_some() && own.peek() == base.peek() {
        own.next();
        base.next();
    }
    let mut result = Utf8PathBuf::new();
    for _ in base {
        result.push("..");
    }
    for component in own {
        result.push(component.as_str());
    }
    if result.as_str().is_empty() { Utf8PathBuf::from(".") } else { result }
}

/// Whether `name` can name a module in an `import` statement.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|next| next == '_' || next.is_alphanumeric())
}

/// The name of a Python file without its ending.
pub fn python_stem(name: &str) -> Option<&str> {
    name.strip_suffix(".pyi").or_else(|| name.strip_suffix(".py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_normalized() {
        let check = |from: &str, to: &str| assert_eq!(normalized(from.into()), to, "{from}");
        check("a/./b//c/../d", "a/b/d");
        check("./a.py", "a.py");
        check("../a/..", "..");
        check("../../a", "../../a");
        check("/../a", "/a");
        check("a/..", ".");
        check("", ".");
    }

    #[test]
    fn paths_are_related() {
        assert_eq!(absolute("../x.py".into(), "/a/b".into()), "/a/x.py");
        assert_eq!(absolute("/x.py".into(), "/a/b".into()), "/x.py");
        assert_eq!(relative("/a/b/c.py".into(), "/a/b".into()), "c.py");
        assert_eq!(relative("/a/c.py".into(), "/a/b".into()), "../c.py");
        assert_eq!(relative("/a".into(), "/a".into()), ".");
    }

    #[test]
    fn names() {
        assert!(is_identifier("_a1") && is_identifier("ä"));
        assert!(!is_identifier("") && !is_identifier("1a") && !is_identifier("a-b"));
        assert_eq!(python_stem("a.pyi"), Some("a"));
        assert_eq!(python_stem("a.b.py"), Some("a.b"));
        assert_eq!(python_stem("a.txt"), None);
    }
}
