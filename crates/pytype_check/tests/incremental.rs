//! What an edit runs again, and that the answer is the one a fresh run gives.

mod support;

use support::{Numbers, Project, shop};

/// How often a query ran.
fn count(executed: &[String], query: &str) -> usize {
    executed.iter().filter(|event| event.starts_with(&format!("{query}("))).count()
}

/// Replaces a piece of a file of a project that was checked; what ran to check it again.
fn after_edit(path: &str, from: &str, to: &str) -> Vec<String> {
    let mut project = Project::new(&shop());
    project.check();
    project.executed();
    project.check();
    assert_eq!(count(&project.executed(), "check_body"), 0);
    let before = shop()[path].clone();
    assert!(before.contains(from));
    project.edit(path, &before.replacen(from, to, 1));
    project.check();
    project.executed()
}

#[test]
fn an_edit_inside_of_a_body_checks_that_body_alone() {
    for (path, from, to) in [
        ("shop/models.py", "return text[:width]", "shorter = text[:width]\n            return shorter"),
        ("shop/money.py", "return Amount(0)", "return Amount(1 + 1)"),
        ("shop/service.py", "return account.describe(10)", "# a comment\n    return account.describe(11)"),
        ("shop/service.py", "data: Any = json.loads(text)", "data: Any = json.loads(text)\n    y = 1"),
    ] {
        let executed = after_edit(path, from, to);
        assert_eq!(count(&executed, "check_body"), 1, "{path} {from}: {executed:#?}");
        assert_eq!(count(&executed, "walked"), 0, "{path} {from}: {executed:#?}");
        assert_eq!(count(&executed, "parse"), 1, "{path} {from}: {executed:#?}");
        assert_eq!(count(&executed, "function_info_query"), 0, "{path} {from}: {executed:#?}");
        assert_eq!(count(&executed, "member_table"), 0, "{path} {from}: {executed:#?}");
    }
}

#[test]
fn lines_that_move_are_no_news() {
    let executed = after_edit("shop/money.py", "def zero() -> Amount:", "\n\n\ndef zero() -> Amount:");
    assert_eq!(count(&executed, "check_body"), 0, "{executed:#?}");
}

#[test]
fn a_changed_signature_reaches_those_who_call_it() {
    // `total` itself; `describe`, `taxes`, `largest` and `wrong`, which call it; and `by_name` and `kind`,
    // which read a field of its class: what a variable of a class is, is asked of the class as a whole,
    // while a method is asked for by its definition (`short` calls one, and is not checked again).
    let executed =
        after_edit("shop/models.py", "def total(self) -> Amount:", "def total(self, x: int = 0) -> Amount:");
    let bodies = count(&executed, "check_body");
    assert!((5..=7).contains(&bodies), "{bodies} {executed:#?}");
}

#[test]
fn the_answer_after_many_edits_is_that_of_a_fresh_run() {
    let mut files = shop();
    let mut project = Project::new(&files);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let paths: Vec<String> = files.keys().filter(|path| *path != "shop/__init__.py").cloned().collect();
    for step in 0..30 {
        let path = paths[numbers.below(paths.len())].clone();
        let text = edited(&files[&path], &mut numbers);
        project.edit(&path, &text);
        files.insert(path.clone(), text.clone());
        let warm = project.check();
        let fresh = Project::new(&files).check();
        for (file, found) in &fresh {
            assert_eq!(&warm[file], found, "step {step}, after an edit of {path} to\n{text}");
        }
    }
}

/// The text with a line left out, doubled, swapped with the next or changed.
fn edited(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = numbers.below(lines.len());
    match numbers.below(6) {
        0 => {
            lines.remove(at);
        }
        1 => lines.insert(at, lines[at].clone()),
        2 if at + 1 < lines.len() => lines.swap(at, at + 1),
        3 => lines.insert(at, String::new()),
        4 => lines[at] = lines[at].replace("str", "int"),
        _ => lines[at] = lines[at].replace("Account", "Amount"),
    }
    lines.join("\n") + "\n"
}
