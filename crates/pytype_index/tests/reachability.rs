//! Which blocks are there, by version, platform and names.

mod support;

use pytype_config::ModuleOptions;
use pytype_index::{Truth, truth_of};
use pytype_source::Name;
use ruff_python_ast::Stmt;
use support::{Source, TestDb};

fn truth(condition: &str) -> Truth {
    let mut db = TestDb::new();
    db.options = ModuleOptions {
        python_version: (3, 12),
        platform: "linux".to_owned(),
        always_true: vec![Name::new("YES")],
        always_false: vec![Name::new("NO")],
        ..ModuleOptions::default()
    };
    let file = db.add("m.py", condition);
    let parsed = pytype_source::parse(&db, file);
    match parsed.module().body.first() {
        Some(Stmt::Expr(statement)) => truth_of(&statement.value, &db.options),
        other => panic!("{other:?}"),
    }
}

#[test]
fn versions() {
    for condition in [
        "sys.version_info >= (3,)",
        "sys.version_info >= (3, 12)",
        "(3, 8) <= sys.version_info",
        "sys.version_info[0] == 3",
        "sys.version_info[1] > 5",
        "sys.version_info[:2] == (3, 12)",
        "sys.version_info[:1] == (3,)",
        "sys.version_info[0:2:1] < (4, 0)",
        "3 <= sys.version_info[0]",
    ] {
        assert_eq!(truth(condition), Truth::AlwaysTrue, "{condition}");
        assert_eq!(truth(&format!("not ({condition})")), Truth::AlwaysFalse, "{condition}");
    }
    for condition in [
        "sys.version_info == (3,)",
        "sys.version_info >= (3, 8, 1)",
        "sys.version_info[2] == 0",
        "sys.version_info[:1] >= (3, 1)",
        "sys.version_info >= (3, 8) >= (1,)",
        "sys.version_info[0:2:2] == (3,)",
        "sys.version_info >= x",
        "sys.hexversion > 3",
        "os.name == 'nt'",
    ] {
        assert_eq!(truth(condition), Truth::Unknown, "{condition}");
    }
}

#[test]
fn platforms() {
    assert_eq!(truth("sys.platform == 'linux'"), Truth::AlwaysTrue);
    assert_eq!(truth("sys.platform != 'linux'"), Truth::AlwaysFalse);
    assert_eq!(truth("sys.platform.startswith('lin')"), Truth::AlwaysTrue);
    assert_eq!(truth("sys.platform in ('win32', 'cygwin')"), Truth::AlwaysFalse);
    assert_eq!(truth("sys.platform not in {'win32'}"), Truth::AlwaysTrue);
    assert_eq!(truth("'linux' == sys.platform"), Truth::Unknown);
    assert_eq!(truth("sys.platform < 'z'"), Truth::Unknown);
}

#[test]
fn names() {
    assert_eq!(truth("TYPE_CHECKING"), Truth::MypyTrue);
    assert_eq!(truth("typing.TYPE_CHECKING"), Truth::MypyTrue);
    assert_eq!(truth("not MYPY"), Truth::MypyFalse);
    assert_eq!(truth("PY2"), Truth::AlwaysFalse);
    assert_eq!(truth("six.PY3"), Truth::AlwaysTrue);
    assert_eq!(truth("YES"), Truth::AlwaysTrue);
    assert_eq!(truth("m.NO"), Truth::AlwaysFalse);
    assert_eq!(truth("True"), Truth::Unknown);
    assert_eq!(truth("0"), Truth::Unknown);
}

#[test]
fn combinations() {
    assert_eq!(truth("x or YES"), Truth::AlwaysTrue);
    assert_eq!(truth("x and NO"), Truth::AlwaysFalse);
    assert_eq!(truth("x or TYPE_CHECKING"), Truth::MypyTrue);
    assert_eq!(truth("x and not TYPE_CHECKING"), Truth::MypyFalse);
    assert_eq!(truth("TYPE_CHECKING and YES"), Truth::MypyTrue);
    assert_eq!(truth("not TYPE_CHECKING or NO"), Truth::AlwaysFalse);
    assert_eq!(truth("not TYPE_CHECKING or not MYPY"), Truth::MypyFalse);
    assert_eq!(truth("x and YES"), Truth::Unknown);
    assert_eq!(truth("x or y or z"), Truth::Unknown);
    assert_eq!(truth(&format!("{}TYPE_CHECKING", "not ".repeat(150))), Truth::MypyTrue);
}

#[test]
fn blocks_that_are_not_there_bind_nothing() {
    let source = Source::new(
        "if TYPE_CHECKING:\n    a = 1\nelse:\n    b = 1\n\
         if sys.version_info < (3, 8):\n    c = 1\nelif x:\n    d = 1\nelse:\n    e = 1\n\
         if x:\n    f = 1\nelif sys.version_info >= (3, 8):\n    g = 1\nelse:\n    h = 1\n\
         while not TYPE_CHECKING:\n    i = 1\n\
         match x:\n    case 1 if PY2: j = 1\n    case _: k = 1\n    case 2: l = 1\n\
         PY2 and (m := 1)\nPY2 or (n := 1)\n",
    );
    assert_eq!(source.names().join(" "), "a d e f g i k n");
}

#[test]
fn a_failing_assertion_ends_the_module() {
    let source = Source::new("a = 1\nassert sys.platform == 'win32'\nb = 1\n");
    assert_eq!(source.names(), ["a"]);
    // Only at the module's own level.
    let source = Source::new("if x:\n    assert PY2\n    a = 1\nb = 1\n");
    assert_eq!(source.names(), ["a", "b"]);
}

#[test]
fn a_module_can_be_ignored_as_a_whole() {
    let source = Source::new("# licence\n# type: ignore\nimport sys\nx = 1\n");
    assert_eq!(source.names(), Vec::<&str>::new());
    assert!(source.syntax().module_body().is_empty());
    let source = Source::new("'doc'\n# type: ignore\nx = 1\n");
    assert_eq!(source.names(), ["x"]);
    let source = Source::new("x = 1  # type: ignore\n");
    assert_eq!(source.names(), ["x"]);
}
