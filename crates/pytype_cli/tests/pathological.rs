//! Programs that nobody writes by hand and machines do: the command answers each of them soon, and
//! never runs out of stack.
//!
//! The sizes that must be done within two seconds by a release build are checked there
//! (`cargo test --release -p pytype_cli --test pathological`); a debug build gets more time.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long one program may take.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 10 });

fn folder(files: &[(String, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Runs the command; fails when it takes too long.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pytype-rs"))
        .current_dir(folder)
        .args(["check", "--strict", "--no-site-packages", "--python-version", "3.12"])
        .args(arguments)
        .env_clear()
        .env("HOME", folder.join("home"))
        .stdout(Stdio::from(std::fs::File::create(folder.join("out")).unwrap()))
        .stderr(Stdio::from(std::fs::File::create(folder.join("err")).unwrap()))
        .spawn()
        .unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("not done after {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let read = |name| std::fs::read(folder.join(name)).unwrap();
    Output { status, stdout: read("out"), stderr: read("err") }
}

/// Checks one program: it ends with status 0 or 1, and without a mistake of the checker.
fn check(program: &str) -> String {
    check_files(&[("m.py".to_owned(), program.to_owned())])
}

fn check_files(files: &[(String, String)]) -> String {
    ends_with(files, &[0, 1])
}

/// A program that nests more deeply than anything may (as in mypy) ends with one syntax error.
fn refuse(program: &str) {
    let text = ends_with(&[("m.py".to_owned(), program.to_owned())], &[2]);
    assert_eq!(text.matches("error:").count(), 1, "{text}");
    assert!(text.contains("nested too deeply  [syntax]"), "{text}");
}

fn ends_with(files: &[(String, String)], status: &[i32]) -> String {
    let folder = folder(files);
    let output = run(folder.path(), &["."]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let end: String = text.chars().rev().take(300).collect::<String>().chars().rev().collect();
    let code = output.status.code();
    assert!(code.is_some_and(|code| status.contains(&code)), "{:?} {end} {errors}", output.status);
    assert!(!text.contains("internal error"), "{end}");
    text
}

/// `make` for each number, put together.
fn each(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).map(make).collect()
}

fn listed(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).map(make).collect::<Vec<_>>().join(", ")
}

#[test]
fn ten_thousand_nested_brackets() {
    for (open, inner, close) in [
        ("[", "", "]"),
        ("(", "1", ")"),
        ("f(", "1", ")"),
        ("x[", "1", "]"),
        ("{1: ", "1", "}"),
        ("-", "1", ""),
        ("not ", "1", ""),
        ("lambda: ", "1", ""),
        ("1 if x else ", "2", ""),
    ] {
        refuse(&format!("x = {}{inner}{}\n", open.repeat(10_000), close.repeat(10_000)));
    }
    refuse(&format!("x = {}\n", "[".repeat(1_000_000)));
}

/// As deep as anything may nest: what is expected from outside reaches all levels, and none is
/// inferred again and again.
#[test]
fn nested_calls_and_displays() {
    let definitions = "from typing import Any\ndef f[T](x: T) -> T: return x\na = int()\nl = [a]\n";
    for (open, inner, close) in [
        ("f(", "1", ")"),
        ("max(1, ", "1", ")"),
        ("dict(a=", "1", ")"),
        ("sum([", "1", "])"),
        ("sorted(", "[1]", ")"),
        ("list(map(str, ", "[1]", "))"),
        ("f(1 if a else ", "2", ")"),
        ("[1 if a else ", "2", "]"),
        ("f([b for b in ", "l", "])"),
        ("f(a or ", "2", ")"),
        ("list([", "1", "])"),
        ("{'a': [1, ", "1", "]}"),
        ("a + (", "a", ")"),
        ("{\"a\": [f((", "1", ",))]}"),
        ("[", "1", "]"),
    ] {
        let count = if open.len() > 4 { 45 } else { 190 };
        let nested = format!("{}{inner}{}", open.repeat(count), close.repeat(count));
        check(&format!("{definitions}x = {nested}\ny: object = {nested}\nz: Any = {nested}\n"));
    }
    check(&format!("a = 1\nx = {}2\n", "1 if a else ".repeat(190)));
    check(&format!("x = {}1\n", "lambda: ".repeat(190)));
}

/// Lambdas and assignments inside of calls: what is known inside of them decides what their inner
/// calls give, and only that.
#[test]
fn nested_lambdas_and_assignments_in_calls() {
    let definitions = "from typing import Callable, overload\n\
        def call[T](x: Callable[[], T]) -> T: return x()\n\
        def apply[T](x: Callable[[int], T]) -> T: return x(1)\n\
        def same[T](x: T) -> T: return x\n\
        @overload\ndef choose(x: Callable[[], int]) -> int: ...\n\
        @overload\ndef choose(x: Callable[[], str]) -> str: ...\n\
        def choose(x: object) -> object: ...\n";
    for (open, inner) in [
        ("call(lambda: ", "1"),
        ("choose(lambda: ", "1"),
        ("apply(lambda x: ", "x"),
        ("apply(lambda x: x + ", "1"),
    ] {
        let nested = format!("{}{inner}{}", open.repeat(45), ")".repeat(45));
        check(&format!("{definitions}x = {nested}\ny: object = {nested}\n"));
    }
    let assigned = each(45, |at| format!("same((a{at} := "));
    let nested = format!("{assigned}1{}", "))".repeat(45));
    check(&format!("{definitions}x = {nested}\ny: object = {nested}\n"));
    let mixed = each(6, |at| format!("call(lambda: same((a{at} := "));
    check(&format!("{definitions}x = {mixed}1{}\n", ")))".repeat(6)));
}

#[test]
fn nested_blocks() {
    let nested = |count: usize, make: &dyn Fn(usize) -> String, last: &str| {
        each(count, |at| format!("{}{}\n", " ".repeat(at), make(at))) + &" ".repeat(count) + last + "\n"
    };
    check(&nested(150, &|at| format!("def f{at}(x: int) -> int:"), "return 1"));
    check(&nested(190, &|at| format!("class C{at}:"), "x = 1"));
    check(&("x = int()\n".to_owned() + &nested(190, &|at| format!("if x == {at}:"), "x = 1")));
    refuse(&("x = int()\n".to_owned() + &nested(500, &|at| format!("if x == {at}:"), "x = 1")));
    let loops = nested(20, &|_| "while x:".to_owned(), "y = x; x = y");
    check(&format!("x: int | None = int()\ny = None\n{loops}"));
}

#[test]
fn long_chains() {
    let joined = |count: usize, operator: &str, item: &str| vec![item; count].join(operator);
    check(&format!(
        "a = 1\nx = {}\ns = {}\nl = {}\n",
        joined(10_000, " + ", "a"),
        joined(10_000, " + ", "'a'"),
        joined(2000, " + ", "[1]")
    ));
    check(&format!(
        "def f(a: int | None, b: str) -> None:\n    x = {}\n    y = {}\n    z = {}\n",
        joined(3000, " and ", "a"),
        joined(3000, " or ", "a"),
        (0..3000).map(|at| format!("b == '{at}'")).collect::<Vec<_>>().join(" or ")
    ));
    check(&format!("x = {}\n", (0..3000).map(|at| at.to_string()).collect::<Vec<_>>().join(" < ")));
    let methods = "class A:\n    def m(self, x: int = 1) -> 'A': return self\n";
    check(&format!("{methods}x = A(){}\n", ".m(1)".repeat(2000)));
    check(&format!(
        "def f() -> None:\n    x0 = 1\n{}",
        each(1000, |at| format!("    x{} = x{at}\n", at + 1))
    ));
}

#[test]
fn literals_with_twenty_thousand_items() {
    let numbers = listed(20_000, |at| at.to_string());
    let found =
        check(&format!("x = [{numbers}]\nt = ({numbers})\nfor a in t:\n    reveal_type(a)\nz: str = x[0]\n"));
    assert!(found.contains("m.py:5: error") && found.contains("Revealed type is \"int\""), "{found}");
    let entries = listed(20_000, |at| format!("'k{at}': ({at}, None)"));
    check(&format!("d = {{{entries}}}\n"));
    let nested = listed(1000, |at| format!("'k{at}': {{'a': {at}, 'b': [{{'c': 'd', 'e': {at}}}]}}"));
    check(&format!("from typing import Any\nd = {{{nested}}}\ne: dict[str, Any] = {{{nested}}}\n"));
}

/// Types that share their parts: forty nodes, and as many paths as there are numbers of forty digits.
#[test]
fn types_that_double() {
    let aliases = |name: &str, leaf: &str, form: &str| {
        format!("{name}0 = {leaf}\n")
            + &each(40, |at| format!("{name}{} = {}\n", at + 1, form.replace('_', &format!("{name}{at}"))))
    };
    let body = "a == b; a in [b]; [a, b]; {1: a, 2: b}; (a, b); a + b; a < b; str(a); a.x; a[0]\n    \
                ident(a); pair(a, b); over(a); over(b); x: A40 = b; y: B40 = a; z: Any = a; w = a if c else b\n    \
                for v in a: pass\n    if a is None or callable(a): pass\n    if isinstance(a, tuple): pass\n    \
                match a:\n        case (p, q): pass\n        case str(): pass\n    reveal_type(a)\n";
    for form in ["tuple[_, _]", "Callable[[_], _]", "dict[str, tuple[_, _]]", "tuple[_, _] | list[_]"] {
        let (left, right) = (aliases("A", "int", form), aliases("B", "bool", form));
        check(&format!(
            "from typing import *\nT = TypeVar('T')\n{left}{right}def ident(x: T) -> T: ...\n\
             def pair(x: T, y: T) -> T: ...\n@overload\ndef over(x: A40) -> int: ...\n\
             @overload\ndef over(x: B40) -> str: ...\ndef over(x: Any) -> Any: ...\n\
             def f(a: A40, b: B40, c: bool) -> None:\n    {body}"
        ));
        check(&format!(
            "# mypy: disallow-any-explicit, disallow-any-expr, disallow-any-decorated\n\
             from typing import *\nT = TypeVar('T')\n{}{}def gen(x: A40[T]) -> T: ...\n\
             def make(x: T) -> A40[T]: ...\ndef f(a: A40[int], b: A40[str], c: B40) -> B40:\n    \
             gen(a); make(make(1)); gen(make('')); a = b\n    return c\n",
            aliases("A", "T", form),
            aliases("B", "Any", form)
        ));
    }
    let steps = |make: &dyn Fn(usize) -> String| each(40, make);
    let values = steps(&|at| format!("a{} = (a{at}, a{at})\n", at + 1));
    let calls = steps(&|at| format!("c{} = twice(c{at})\n", at + 1));
    let classes = steps(&|at| format!("class C{}[T](C{at}[tuple[T, T]]): ...\n", at + 1));
    let dicts = steps(&|at| format!("class T{}(TypedDict):\n    a: T{at}\n    b: T{at}\n", at + 1));
    check(&format!(
        "from typing import TypedDict\na0 = 1\n{values}b = [a40, a39]\n\
         def twice[T](x: T) -> tuple[T, T]: return (x, x)\nc0 = 1\n{calls}c40.x\n\
         class C0[T]:\n    x: T\n{classes}def f(x: C40[int]) -> None:\n    y: C0[int] = x\n    x.x\n\
         class T0(TypedDict):\n    x: int\n{dicts}def g(x: T40) -> T39: return x\n"
    ));
}

#[test]
fn five_hundred_members_of_a_union() {
    let classes = each(500, |at| format!("class C{at}:\n    a: int\n"));
    let union = (0..500).map(|at| format!("C{at}")).collect::<Vec<_>>().join(" | ");
    let branches = each(500, |at| format!("    if isinstance(u, C{at}): u.a\n"));
    check(&format!(
        "{classes}U = {union}\ndef f(u: U, v: U) -> None:\n    u == v\n    x = [u, v]\n    w: U = v\n{branches}"
    ));
}

#[test]
fn five_hundred_members_of_an_enum() {
    let members = each(500, |at| format!("    M{at} = {at}\n"));
    let cases = each(500, |at| format!("        case E.M{at}: return {at}\n"));
    let branches = each(500, |at| format!("    if e is E.M{at}: return {at}\n"));
    let equal =
        each(500, |at| format!("    {}if e == E.M{at}: return {at}\n", if at > 0 { "el" } else { "" }));
    let found = check(&format!(
        "from enum import Enum\nfrom typing import assert_never\nclass E(Enum):\n{members}\
         def f(e: E) -> int:\n    match e:\n{cases}        case _: assert_never(e)\n\
         def g(e: E) -> int:\n{branches}\n\
         def h(e: E, d: E) -> bool:\n    return e == d\n\
         def k(e: E) -> int:\n{equal}    else: return ''\n\
         def l(e: E) -> None:\n    if e not in ({}): reveal_type(e)\n",
        listed(499, |at| format!("E.M{at}"))
    ));
    assert!(!found.contains("assert_never"), "{found}");
    assert!(found.contains("Revealed type is \"Literal[m.E.M499]\""), "{found}");
}

#[test]
fn three_hundred_overloads() {
    let classes = each(300, |at| format!("class C{at}: ...\n"));
    let overloads = each(300, |at| format!("@overload\ndef f(x: C{at}) -> C{at}: ...\n"));
    let calls = each(300, |at| format!("f(C{at}())\n"));
    let found = check(&format!(
        "from typing import overload, Any\n{classes}{overloads}def f(x: Any) -> Any: ...\n{calls}f(1)\n"
    ));
    assert_eq!(found.matches("error:").count(), 1, "{found}");
}

#[test]
fn three_hundred_tagged_typed_dicts() {
    let dicts =
        each(300, |at| format!("class T{at}(TypedDict):\n    tag: Literal['t{at}']\n    v{at}: int\n"));
    let union = (0..300).map(|at| format!("T{at}")).collect::<Vec<_>>().join(" | ");
    let branches = each(300, |at| format!("    if u['tag'] == 't{at}': return u['v{at}']\n"));
    let all = listed(300, |at| format!("{{'tag': 't{at}', 'v{at}': 1}}"));
    let found = check(&format!(
        "from typing import Literal, TypedDict\n{dicts}U = {union}\nx: list[U] = [{all}]\n\
         def f(u: U) -> int:\n{branches}    reveal_type(u)\n"
    ));
    assert!(!found.contains("error:") && !found.contains("Revealed"), "{found}");
}

#[test]
fn a_match_with_two_thousand_cases() {
    let numbers = each(2000, |at| format!("        case {at}: return {at}\n"));
    let sequences = each(2000, |at| format!("        case [{at}, 'a', *r]: y = {at}\n"));
    check(&format!(
        "def f(x: int) -> int:\n    match x:\n{numbers}    return 0\n\
         def g(x: object) -> None:\n    match x:\n{sequences}"
    ));
}

#[test]
fn inheritance_two_hundred_deep_and_wide() {
    let deep = each(200, |at| {
        let base = at.checked_sub(1).map(|base| format!("(C{base})")).unwrap_or_default();
        format!("class C{at}{base}:\n    a: int = 1\n    def m(self, x: int) -> int: return x\n")
    });
    let wide = each(200, |at| format!("class B{at}:\n    def m{at}(self) -> int: return 1\n"));
    let bases = listed(200, |at| format!("B{at}"));
    check(&format!("{deep}C199().m(1)\n{wide}class D({bases}): ...\nD().m100()\n"));
}

#[test]
fn five_thousand_branches() {
    let branches = |name: &str| {
        each(5000, |at| {
            format!("    {}if {name} == {at}:\n        z = {at}\n", if at > 0 { "el" } else { "" })
        })
    };
    check(&format!("def f(x: int) -> int:\n{}    else:\n        z = 1\n    return z\n", branches("x")));
    let apart = each(3000, |at| format!("    if x == {at}:\n        z = {at}\n"));
    check(&format!("def f(x: int | None) -> None:\n    z: int | str | None = 1\n{apart}"));
}

#[test]
fn an_import_cycle_of_a_thousand_modules() {
    let count = 1000;
    let files = |make: &dyn Fn(usize, usize) -> String| -> Vec<(String, String)> {
        (0..count).map(|at| (format!("m{at}.py"), make(at, (at + 1) % count))).collect()
    };
    check_files(&files(&|at, next| {
        format!(
            "from m{next} import C{next}\nclass C{at}:\n    def m(self) -> \"C{next}\": return C{next}()\n\
             def f() -> int: return C{at}().m()\n"
        )
    }));
    check_files(&files(&|at, next| format!("from m{next} import x{next}\nx{at} = x{next}\n")));
    check_files(&files(&|at, next| format!("from m{next} import *\nclass C{at}: ...\n")));
}

#[test]
fn definitions_that_lead_to_themselves() {
    for program in [
        "from typing import Union, List, Tuple, Dict\nA = Union[int, List['A']]\nB = Tuple['B', ...]\n\
         C = Dict[str, 'D']\nD = List['C']\nx: A = [1, [2, ['']]]\ny: B = ((), ((),))\nz: D = [{'a': []}]\n",
        "type A = A\ntype B = B | int\ntype C[T] = list[C[T]] | T\ntype D[T] = C[D[list[T]]]\n\
         x: A\ny: B = 1\nz: C[int] = [[1]]\nw: D[int] = 1\n",
        "from typing import TypedDict, NamedTuple, Protocol, NewType\n\
         class T(TypedDict):\n    a: 'T'\nU = TypedDict('U', {'a': 'U'})\nclass N(NamedTuple):\n    a: 'N'\n\
         M = NamedTuple('M', [('a', 'M')])\nclass P(Protocol):\n    def f(self, p: 'P') -> 'P': ...\n\
         W = NewType('W', 'W')\ndef f(a: T, b: U, c: N, d: M, e: P) -> None:\n    reveal_type(a['a']['a'])\n\
         \x20   reveal_type(c.a.a)\n    reveal_type(d.a.a)\n    x: U = a\n    y: N = d\n",
        "class A(B): ...\nclass B(A): ...\nclass C(C): ...\nclass D(list['D']): ...\nx: A = B()\ny: D = D([D()])\n",
        "from typing import TypeVar, Generic\nT = TypeVar('T', bound='C[T]')\nclass C(Generic[T]): ...\nx: C[C]\n",
        "x = x\ny = z\nz = y\ndef f(): return f()\nclass A:\n    a = a\n    b = c\n    c = b\n",
        "from m import *\nimport m\nfrom m import m as m\nx = m.m.m.x\n",
    ] {
        check(program);
    }
    // Protocols that ask for each other.
    let protocols = |name: &str| {
        each(100, |at| {
            let (first, second) = ((at + 1) % 100, at * 3 % 100);
            format!(
                "class {name}{at}(Protocol):\n    def a(self) -> '{name}{first}': ...\n    def b(self) -> '{name}{second}': ...\n"
            )
        })
    };
    check(&format!(
        "from typing import Protocol\n{}{}def f(p: P0) -> Q0: return p\ndef g(p: P5) -> Q6: return p\n",
        protocols("P"),
        protocols("Q")
    ));
}

#[test]
fn a_file_of_ten_megabytes() {
    if cfg!(debug_assertions) {
        return;
    }
    check(&("# ".to_owned() + &"a".repeat(10_000_000) + "\nx: int = 1\n"));
    let mut program = String::new();
    for at in 0..80_000 {
        let _ = writeln!(
            program,
            "def f{at}(x: int, y: str) -> str:\n    z = x + {at}\n    return y * z  # {}",
            "a".repeat(40)
        );
    }
    check(&program);
}

#[cfg(unix)]
#[test]
fn strange_files_and_folders() {
    use std::os::unix::fs::symlink;
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let folder =
        folder(&[file("a/x.py", "x: int = ''\n"), file("nothing/a.txt", ""), file("b.py", "y = 1\n")]);
    let at = |name: &str| folder.path().join(name);
    symlink("..", at("a/loop")).unwrap();
    symlink("self", at("self")).unwrap();
    symlink("nowhere.py", at("dangling.py")).unwrap();
    std::fs::create_dir(at("folder.py")).unwrap();
    std::fs::write(at("bytes.py"), (0..=255u8).collect::<Vec<u8>>()).unwrap();
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();

    let output = run(folder.path(), &["a", "b.py"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("a/x.py:1: error"), "{}", text(&output));
    // No other file's verdict is lost when one cannot be read.
    let output = run(folder.path(), &["a/x.py", "bytes.py", "gone.py"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("gone.py:1: error"), "{}", text(&output));
    assert!(text(&output).contains("bytes.py:1: error"), "{}", text(&output));
    let output = run(folder.path(), &["nothing"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no Python files"));
}
