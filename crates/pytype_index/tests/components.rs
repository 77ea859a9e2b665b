//! Components of the module graph, and the order within them.

mod support;

use pytype_index::{component_of, components_in_order};
use pytype_source::{File, FileOrigin};
use support::TestDb;

struct Program {
    db: TestDb,
    files: Vec<File>,
}

impl Program {
    /// Files in the order of the command line.
    fn new(files: &[(&str, &str)]) -> Program {
        let mut db = TestDb::new();
        let files: Vec<File> = files.iter().map(|(path, text)| db.add(path, text)).collect();
        db.checked = files.clone();
        Program { db, files }
    }

    fn component(&self, file: usize) -> Vec<&'static str> {
        let found = component_of(&self.db, self.files[file]);
        found.files.iter().map(|file| file.module(&self.db).as_str()).collect()
    }

    fn order(&self) -> String {
        let names = components_in_order(&self.db)
            .map(|files| files.iter().map(|f| f.module(&self.db).as_str()).collect::<Vec<_>>().join("+"));
        names.collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn modules_without_cycles_stand_alone() {
    let program = Program::new(&[("a.py", "import b\n"), ("b.py", "import c\n"), ("c.py", "")]);
    assert_eq!(program.order(), "c b a");
    assert_eq!(program.component(1), ["b"]);
}

#[test]
fn a_cycle_is_cut_at_the_weakest_import() {
    let program = Program::new(&[("a.py", "from b import x\n"), ("b.py", "def f():\n    import a\nx = 1\n")]);
    assert_eq!(program.order(), "b+a");
    let program = Program::new(&[
        ("a.py", "if TYPE_CHECKING:\n    from b import x\ny = 1\n"),
        ("b.py", "from a import y\nx = 1\n"),
    ]);
    assert_eq!(program.order(), "a+b");
    // `import` weighs less than `from ... import`.
    let program = Program::new(&[("a.py", "import b\n"), ("b.py", "from a import y\n")]);
    assert_eq!(program.order(), "a+b");
}

#[test]
fn equal_imports_put_the_newest_first() {
    let program = Program::new(&[("a.py", "from b import x\n"), ("b.py", "from a import y\n")]);
    assert_eq!(program.order(), "b+a");
    let program = Program::new(&[("b.py", "from a import y\n"), ("a.py", "from b import x\n")]);
    assert_eq!(program.order(), "a+b");
}

#[test]
fn the_answer_does_not_depend_on_who_asks() {
    let files = [
        ("a.py", "import b, c\n"),
        ("b.py", "import c\nfrom a import x\n"),
        ("c.py", "import d\ndef f():\n    import a\n"),
        ("d.py", ""),
    ];
    let first = Program::new(&files);
    let second = Program::new(&files);
    let forward: Vec<_> = (0..4).map(|at| first.component(at)).collect();
    let mut backward: Vec<_> = (0..4).rev().map(|at| second.component(at)).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    assert_eq!(forward[0].len(), 3);
    // The same without knowing where the program starts.
    let mut third = Program::new(&files);
    third.db.checked.clear();
    assert_eq!(third.component(0), third.component(2));
    assert_eq!(third.component(3), ["d"]);
}

#[test]
fn packages_depend_on_their_submodules_when_they_import_them() {
    let program = Program::new(&[
        ("p/__init__.py", "from p.m import x\nfrom . import n\n"),
        ("p/m.py", "x = 1\n"),
        ("p/n.py", "from p import x\n"),
    ]);
    assert_eq!(program.component(1), ["p.m"]);
    assert_eq!(program.component(0), program.component(2));
    assert_eq!(program.component(0).len(), 2);
}

#[test]
fn stubs_of_libraries_stand_alone() {
    let mut db = TestDb::new();
    let a = db.add("a.py", "import s\n");
    let s = db.add_from("s.pyi", "import a\n", FileOrigin::Silent);
    db.checked = vec![a];
    assert_eq!(component_of(&db, s).files, [s]);
    assert_eq!(component_of(&db, a).files, [a]);
    // Those that are checked are modules like others.
    let program = Program::new(&[("a.py", "import s\n"), ("s.pyi", "import a\n")]);
    assert_eq!(program.component(0).len(), 2);
}

#[test]
fn functions_of_modules_whose_errors_are_ignored_import_nothing() {
    let mut db = TestDb::new();
    let a = db.add("a.py", "import b\n");
    let b = db.add_from("b.py", "def f():\n    import a\n", FileOrigin::Silent);
    db.checked = vec![a];
    assert_eq!(component_of(&db, b).files, [b]);
    let c = db.add("c.py", "import d\n");
    let d = db.add_from(
        "d.py",
        "class C:\n    def f(self):\n        import c\n        self.x = c\n",
        FileOrigin::Silent,
    );
    db.checked = vec![a, c];
    assert_eq!(component_of(&db, c), component_of(&db, d));
}
