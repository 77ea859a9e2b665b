//! `__all__`, star imports, re-exports.

mod support;

use pytype_index::{dunder_all, exported_names, module_symbol};
use pytype_source::{File, Name};
use support::TestDb;

fn all(text: &str) -> Option<Vec<&'static str>> {
    let mut db = TestDb::new();
    db.add("other.py", "__all__ = ['o1', 'o2']\n");
    let file = db.add("m.py", text);
    dunder_all(&db, file).map(|names| names.iter().map(|name| name.as_str()).collect())
}

fn exported(db: &TestDb, file: File) -> Vec<&'static str> {
    exported_names(db, file).iter().map(|name| name.as_str()).collect()
}

#[test]
fn ways_to_write_all() {
    assert_eq!(all("x = 1\n"), None);
    assert_eq!(all("__all__ = ['a', 'b']\n"), Some(vec!["a", "b"]));
    assert_eq!(all("__all__: list[str] = ['a']\n__all__ += ['b']\n"), Some(vec!["a", "b"]));
    assert_eq!(all("__all__ = ('a',)\n__all__.append('b')\n"), Some(vec!["a", "b"]));
    assert_eq!(all("__all__ = ['a', 'b']\n__all__.remove('a')\n"), Some(vec!["b"]));
    assert_eq!(all("__all__ = ['a']\n__all__.extend(['c', 'd'])\n"), Some(vec!["a", "c", "d"]));
    assert_eq!(all("__all__ = ['a'] + ['b']\n"), Some(vec!["a", "b"]));
    assert_eq!(all("__all__ = compute()\n"), Some(vec![]));
    let joined = Some(vec!["a", "o1", "o2"]);
    assert_eq!(all("import other\n__all__ = ['a']\n__all__ += other.__all__\n"), joined);
    assert_eq!(all("import other as o\n__all__ = ['a'] + o.__all__\n"), joined);
    assert_eq!(all("from other import __all__ as __all__\n__all__ += ['a']\n").map(|n| n.len()), Some(3));
    assert_eq!(all("def f():\n    __all__ = ['a']\n"), None);
}

#[test]
fn star_imports_take_public_names() {
    let mut db = TestDb::new();
    let file = db.add("m.py", "import sys\nfrom a import b\nx = 1\n_y = 2\ndef f(): ...\n");
    assert_eq!(exported(&db, file), ["sys", "b", "x", "f"]);
    let listed = db.add("n.py", "__all__ = ['_y']\nx = 1\n_y = 2\n");
    assert_eq!(exported(&db, listed), ["_y"]);
    let stub = db.add("s.pyi", "import sys\nimport os as os\nfrom a import b, c as c\nx: int\n");
    assert_eq!(exported(&db, stub), ["os", "c", "x"]);
    db.options.implicit_reexport = false;
    let strict = db.add("t.py", "import sys\nfrom a import b as b\nx = 1\n");
    assert_eq!(exported(&db, strict), ["b", "x"]);
}

#[test]
fn star_imports_chain_and_may_be_circular() {
    let mut db = TestDb::new();
    let a = db.add("a.py", "from b import *\nx = 1\n");
    let b = db.add("b.py", "from c import *\nfrom a import *\ny = 1\n_hidden = 1\n");
    let c = db.add("c.py", "__all__ = ['z']\nz = 1\nw = 1\n");
    assert_eq!(exported(&db, a), ["x", "y", "z"]);
    assert_eq!(exported(&db, b), ["y", "z", "x"]);
    let owner = |name: &str| module_symbol(&db, a, Name::new(name)).map(|found| found.file);
    assert_eq!(owner("x"), Some(a));
    assert_eq!(owner("y"), Some(b));
    assert_eq!(owner("z"), Some(c));
    assert_eq!(owner("w"), None);
    assert_eq!(owner("_hidden"), None);
}
