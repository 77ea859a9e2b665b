//! What an edit runs again.

mod support;

use pytype_index::{
    DefId, IndexDb, body_index, body_syntax, component_of, current_range, file_index, header_syntax,
    interface_syntax,
};
use pytype_source::{File, parse};
use ruff_text_size::{Ranged, TextRange};
use support::{Source, TestDb};

/// Stands for the check of one body: the names it reads, and where, relative to the function.
#[salsa::tracked(returns(clone))]
fn checked_body(db: &dyn IndexDb, file: File, function: DefId) -> Vec<TextRange> {
    let syntax = body_syntax(db, file, function);
    let _ = body_index(db, file, function.body_unit());
    let statements = &syntax.body_function().unwrap().body;
    statements.iter().map(|statement| syntax.to_stable(statement.range())).collect()
}

/// Stands for the inference of a module's interface.
#[salsa::tracked(returns(clone))]
fn checked_interface(db: &dyn IndexDb, file: File) -> Vec<TextRange> {
    let syntax = interface_syntax(db, file);
    let _ = file_index(db, file);
    syntax
        .module_body()
        .iter()
        .map(|statement| syntax.to_stable(TextRange::empty(statement.start())))
        .collect()
}

/// Stands for a function's signature.
#[salsa::tracked(returns(clone))]
fn signature(db: &dyn IndexDb, file: File, function: DefId) -> bool {
    header_syntax(db, file, function).node().is_some()
}

/// Stands for what another file knows of this one.
#[salsa::tracked(returns(clone))]
fn seen_from_outside(db: &dyn IndexDb, file: File) -> usize {
    file_index(db, file).definitions.len() + component_of(db, file).files.len()
}

const TEXT: &str = "\
import sys
def first(a, b):
    return a + b
x = first(1, 2)
class C:
    def method(self):
        self.attribute = 1
    def second(self):
        y = 3
        return y
z = 4
";

fn run(source: &Source) -> Vec<String> {
    let ids = ["first", "C.method", "C.second"].map(|path| source.id(path));
    source.db.executed();
    for id in ids {
        checked_body(&source.db, source.file, id);
        signature(&source.db, source.file, id);
    }
    checked_interface(&source.db, source.file);
    seen_from_outside(&source.db, source.file);
    // Names of the stand-ins only.
    let stands_in = ["checked_body", "signature", "checked_interface", "seen_from_outside"];
    let executed = source.db.executed().into_iter();
    executed.filter_map(|e| stands_in.iter().find(|s| e.starts_with(**s)).map(|s| (*s).to_owned())).collect()
}

fn edited(from: &str, to: &str) -> Vec<String> {
    let mut source = Source::new(TEXT);
    run(&source);
    assert_eq!(run(&source), Vec::<String>::new());
    source.db.edit(source.file, &TEXT.replace(from, to));
    let executed = run(&source);
    // The syntax in hand is that of the current text.
    let current = parse(&source.db, source.file);
    assert!(interface_syntax(&source.db, source.file).parsed() == current);
    let second = source.id("C.second");
    let body = body_syntax(&source.db, source.file, second);
    assert!(body.parsed() == current);
    let range = body.body_function().unwrap().range;
    assert_eq!(&source.db.text(source.file)[range][..10], "def second");
    let header = header_syntax(&source.db, source.file, second);
    assert_eq!(header.start(), range.start());
    executed
}

#[test]
fn an_edit_in_a_body_checks_that_body_only() {
    assert_eq!(edited("return a + b", "q = a\n    return q * b"), ["checked_body"]);
    assert_eq!(edited("y = 3", "y = 3 + 3"), ["checked_body"]);
}

#[test]
fn an_edit_of_a_header_reaches_further() {
    let executed = edited("first(a, b)", "first(a, b, c)");
    assert_eq!(executed, ["checked_body", "signature", "checked_interface"]);
}

#[test]
fn an_edit_of_a_method_that_defines_attributes_is_one_of_the_interface() {
    assert_eq!(edited("attribute = 1", "attribute = 2"), ["checked_body", "checked_interface"]);
}

#[test]
fn a_new_attribute_is_seen_from_outside() {
    let executed = edited("attribute = 1", "other = 1");
    assert_eq!(executed, ["checked_body", "checked_interface", "seen_from_outside"]);
}

#[test]
fn an_edit_at_module_level_leaves_bodies_alone() {
    assert_eq!(edited("x = first(1, 2)", "x = first(1, 222)"), ["checked_interface"]);
    assert_eq!(edited("import sys", "import sys  # comment"), ["checked_interface"]);
}

#[test]
fn an_import_in_a_body_is_news_for_the_module_graph_alone() {
    assert_eq!(edited("y = 3", "import os"), ["checked_body"]);
}

#[test]
fn stable_positions_survive_and_come_back() {
    let mut source = Source::new(TEXT);
    let before = checked_interface(&source.db, source.file);
    let longer = TEXT.replace("return a + b", "return a + b + a + b").replace("y = 3", "y = 33333");
    source.db.edit(source.file, &longer);
    assert_eq!(checked_interface(&source.db, source.file), before);
    let starts: Vec<&str> = before
        .iter()
        .map(|stable| {
            let range = current_range(&source.db, source.file, 0, *stable);
            &longer[usize::from(range.start())..][..3]
        })
        .collect();
    assert_eq!(starts, ["imp", "def", "x =", "cla", "z ="]);
    let second = source.id("C.second");
    let lines = checked_body(&source.db, source.file, second);
    let line = current_range(&source.db, source.file, second.body_unit(), lines[0]);
    assert_eq!(&longer[line], "y = 33333");
}

#[test]
fn other_files_do_not_see_an_edit_in_a_body() {
    let mut db = TestDb::new();
    let file = db.add("a.py", TEXT);
    let other = db.add("b.py", "import a\n");
    db.checked = vec![file, other];
    seen_from_outside(&db, file);
    seen_from_outside(&db, other);
    db.edit(file, &TEXT.replace("a + b", "a - b"));
    db.executed();
    seen_from_outside(&db, file);
    seen_from_outside(&db, other);
    assert!(!db.executed().iter().any(|event| event.starts_with("seen_from_outside")));
}

#[test]
fn with_syntax_errors_everything_is_read_again() {
    let mut source = Source::new(TEXT);
    run(&source);
    source.db.edit(source.file, &TEXT.replace("y = 3", "y = ("));
    let executed = run(&source);
    assert_eq!(executed.iter().filter(|query| *query == "checked_body").count(), 3);
}
