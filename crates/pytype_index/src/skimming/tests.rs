//! The laws of skimming: an interface is the same whether bodies were left out before it was parsed or
//! taken away afterwards; and a function is the same whether its body was parsed by itself or with the whole file.

use std::path::Path;
use std::process::Command;

use pytype_config::ModuleOptions;
use pytype_source::{Name, ParsedFile, Text, parse_text};
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::{parse_closed_bodies, skim};
use crate::builder::outline::{function_at, outermost_functions, take_bodies};
use crate::builder::{self, Built, FileFacts};
use crate::type_comments::TypeComments;

fn interface(text: &str, mut parsed: ParsedFile, skimmed: &[TextRange]) -> (Built, Vec<TextRange>) {
    let text: Text = text.to_owned().into();
    let comments = TypeComments::find(&text, &parsed);
    let options = ModuleOptions::default();
    let module = Name::new("m");
    let facts = FileFacts {
        options: &options,
        module,
        is_package: false,
        text: &text,
        comments: &comments,
        db: None,
    };
    let outlined = take_bodies(parsed.module_mut().expect("the only owner"), facts, skimmed);
    let built = builder::build_interface(parsed.module(), facts, outlined.known);
    (built, parsed.comments().to_vec())
}

/// How many bodies were left out; panics where the interface is another one.
fn check(text: &str, place: &str) -> usize {
    let Some(skimmed) = skim(text) else { return 0 };
    let whole = parse_text(text, false);
    let parsed = parse_text(&skimmed.text, false);
    if !whole.errors().is_empty() || !parsed.errors().is_empty() {
        return 0;
    }
    let parsed = parsed.with_more_comments(skimmed.comments);
    let (expected, all_comments) = interface(text, whole, &[]);
    let (found, comments) = interface(text, parsed, &skimmed.bodies);
    assert!(found.index == expected.index, "{place}: the index is another one");
    assert_eq!(found.imports, expected.imports, "{place}");
    assert_eq!(found.closed_bodies, expected.closed_bodies, "{place}");
    assert_eq!(found.open_functions, expected.open_functions, "{place}");
    assert_eq!(comments, all_comments, "{place}");
    skimmed.bodies.len()
}

/// How many functions got their bodies back; `None` if the whole file has to be parsed for that. Panics where one
/// is not what it is in the whole file.
fn check_bodies(text: &str, place: &str) -> Option<usize> {
    let source: Text = text.to_owned().into();
    let mut interface = parse_text(text, false);
    let comments = TypeComments::find(&source, &interface);
    let options = ModuleOptions::default();
    let module = Name::new("m");
    let facts = FileFacts {
        options: &options,
        module,
        is_package: false,
        text: &source,
        comments: &comments,
        db: None,
    };
    take_bodies(interface.module_mut().expect("the only owner"), facts, &[]);
    let found = parse_closed_bodies(&interface, text)?;
    let whole = parse_text(text, false);
    outermost_functions(&whole.module().body, &mut |function| {
        let with_body = function_at(&found.module().body, function.range);
        let with_body = with_body.or_else(|| function_at(&interface.module().body, function.range));
        let with_body = with_body.map(without_numbers);
        assert!(with_body == Some(without_numbers(function)), "{place}: {} is another one", function.name);
    });
    Some(found.module().body.len())
}

/// What a function is, whatever names were looked up in it.
fn without_numbers(function: &ast::StmtFunctionDef) -> String {
    let all = format!("{function:?}");
    let mut parts = all.split("node_index: ");
    let first = parts.next().map(str::to_owned);
    first.into_iter().chain(parts.filter_map(|part| Some(part.split_once(", range")?.1.to_owned()))).collect()
}

#[test]
fn closed_bodies_are_what_they_are_in_the_whole_file() {
    let text = "class A:\n    '''é'''\n    def f(self, x: int) -> int:\n\n        # why\n        y = '''\nz'''\n        \
                return y;  # end\n    z = 1\n@a\nasync def g(x): await x; return [y for y in x]\n\
                def h() :\n  @b\n  def i(): return 1\n  return i";
    assert_eq!(check_bodies(text, "here"), Some(3));
    assert_eq!(check_bodies(&text.replace('\n', "\r\n"), "here"), Some(3));
    assert_eq!(check_bodies(&text.replace("    ", "\t"), "here"), Some(3));
    assert_eq!(check_bodies("def f(): \\\n    x = 1; return x\n", "here"), Some(1));
}

#[test]
fn what_is_to_be_reported_needs_the_whole_file() {
    assert_eq!(check_bodies("def f():\n    x = [1\n    return x\n", "here"), None);
    assert_eq!(check_bodies("def f():\n    type X = int\n    return 1\n", "here"), None);
}

#[test]
fn plain_bodies_are_left_out() {
    let text = "class A:\n    def f(self, x: int) -> int:\n        '''What it does.'''\n        y = self.a + x  # here\n        \
                if y == 1:\n            return self.g(y, b=self.c)\n\n        # and there\n        return y\n    z = 1\n\n\
                async def g(x):\n    async with x.y as z:\n        pass\n    return [x.a for x in z]\n";
    assert_eq!(check(text, "here"), 2);
}

#[test]
fn bodies_that_define_something_stay() {
    let lines = [
        "self.a = 1",
        "self.a: int",
        "self.a: int = 1",
        "self.a, b = f()",
        "b, (c, self.a) = f()",
        "[self.a, *self.b] = f()",
        "(self.a) = 1",
        "(self).a = 1",
        "(self.a): int",
        "self . a = 1",
        "self.\\\n    a = 1",
        "b = self.a = c",
        "for self.a in f(): pass",
        "for b, self.a in f(): pass",
        "with f() as self.a: pass",
        "with f() as (b, self.a): pass",
        "if f(): self.a = 1",
        "g(); self.a = 1",
        "g(); self.a: int",
        "import os",
        "from os import path",
        "x = yield 1",
        "x = f'{(yield 1)}'",
        "global x",
        "def g(): self.a = 1",
    ];
    for line in lines {
        let text = format!("class A:\n  def f(self):\n    x = 1\n    {line}\n    return 2\n");
        assert!(parse_text(&text, false).errors().is_empty(), "{line}");
        assert_eq!(check(&text, line), 0, "{line}");
    }
}

#[test]
fn strings_hide_what_is_in_them() {
    let lines = [
        "a = '#'; b = \"'\"",
        "a = '''\n def f():\n  '\n'''",
        "a = f'{x!r:>{width}} {y[\"}\"]} {{'",
        "a = f'{x:\"<10}'",
        "a = rb'\\'' + R'\\\\'",
        "a = 'one\\\n two'",
        "a = (1,\n# )\n2)",
        "a = x if y else'b'",
        "a = f\"\"\"{\nx\n} \"{y}\" \\{z}\"\"\"",
    ];
    for line in lines {
        let text = format!(
            "def f(x):\n    x = 1\n    {line}\n    return 2\n\ndef g(): ...\ndef h(x):\n    a = 1\n    return 2\n"
        );
        assert!(parse_text(&text, false).errors().is_empty(), "{line}");
        assert_eq!(check(&text, line), 2, "{line}");
    }
}

#[test]
fn what_is_not_plain_is_parsed() {
    let lines = ["a = f'{x['b']}'", "\ta = 1", "a = f'{\nx}'"];
    for line in lines {
        let text = format!("def f(x):\n    x = 1\n    {line}\n    return 2\n");
        assert_eq!(check(&text, line), 0, "{line}");
    }
}

/// The modules of the standard library of the `python3` that would be run, without its packages.
#[test]
fn the_standard_library_has_the_same_interfaces() {
    let found = Command::new("python3").args(["-c", "import os; print(os.__file__)"]).output();
    let path = found.ok().and_then(|found| String::from_utf8(found.stdout).ok());
    let Some(folder) = path.as_deref().and_then(|path| Path::new(path.trim()).parent()) else { return };
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let files = entries.map(|entry| entry.path()).filter(|path| is_python(path));
    let left_out: usize = files.map(|path| check_file(&path).0).sum();
    assert!(left_out > 0);
}

/// All files of the folders that `PYTYPE_CHECKED_FOLDERS` names, separated by `:`:
/// `cargo test --release -p pytype_index --lib -- --ignored`.
#[test]
#[ignore = "it reads many files"]
fn real_files_have_the_same_interface() {
    let folders = std::env::var_os("PYTYPE_CHECKED_FOLDERS").expect("PYTYPE_CHECKED_FOLDERS names folders");
    let (mut files, mut left_out, mut bytes, mut all) = (0, 0, 0, 0);
    let mut folders: Vec<_> = std::env::split_paths(&folders).collect();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if is_python(&path) {
                files += 1;
                let found = check_file(&path);
                left_out += found.0;
                bytes += found.1;
                all += found.2;
            }
        }
    }
    println!("{files} files, {left_out} bodies left out, {bytes} bytes of {all}");
    assert!(left_out > 0);
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

fn check_file(path: &Path) -> (usize, usize, usize) {
    let Ok(text) = std::fs::read_to_string(path) else { return (0, 0, 0) };
    let found = check(&text, &path.display().to_string());
    check_bodies(&text, &path.display().to_string());
    let bodies = skim(&text).map(|skimmed| skimmed.bodies).unwrap_or_default();
    (found, bodies.iter().map(|body| usize::from(body.len())).sum(), text.len())
}
