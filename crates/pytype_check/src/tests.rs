//! What becomes of a mistake in the checker itself: a function whose name begins with `panics_` is
//! one in which it fails, in these tests only.

#[path = "../tests/support/mod.rs"]
mod support;

use pytype_index::DefId;
use pytype_source::{File, Severity};

use crate::Database;
use support::{Findings, Project};

/// Fails where the tests want it to.
pub(crate) fn fail_on_purpose(db: &Database, file: File, function: DefId) {
    let name = pytype_index::definition(db, file, function).name;
    assert!(!name.as_str().starts_with("panics_"), "made to fail in `{name}`");
}

const GOOD: &str = "def first() -> int:\n    return ''\n";
const BAD: &str = "\n\ndef panics_here() -> int:\n    return ''\n";
const LAST: &str = "\n\ndef last() -> int:\n    return b''\n\n\nx: int = ''\n";

fn project(first: &str) -> Project {
    let files = [("a.py", first.to_owned()), ("b.py", format!("import a\n{GOOD}"))];
    Project::new(&files.map(|(path, text)| (path.to_owned(), text)).into())
}

fn shown(found: &Findings, path: &str) -> Vec<(String, u32)> {
    let errors = found[path].iter().filter(|d| d.severity == Severity::Error);
    errors.map(|d| (d.message.clone(), d.range.start().to_u32())).collect()
}

#[test]
fn a_failure_in_one_body_is_one_finding() {
    let text = format!("{GOOD}{BAD}{LAST}");
    for threads in [1, 2] {
        let (found, failed) = project(&text).check_with_failures(threads);
        assert_eq!(failed, ["a.py"]);
        let errors = shown(&found, "a.py");
        let internal: Vec<&(String, u32)> =
            errors.iter().filter(|(message, _)| message.starts_with("internal error")).collect();
        let [(message, at)] = internal.as_slice() else { panic!("{errors:?}") };
        assert!(
            message.contains("made to fail in `panics_here`") && message.contains("tests.rs:"),
            "{message}"
        );
        assert_eq!(*at as usize, text.find("def panics_here").unwrap());
        let noted = found["a.py"].iter().any(|d| format!("{d:?}").contains("please report it"));
        assert!(noted, "how to report it is said");

        // Everything else is as if the function were not there.
        let (without, failed) = project(&format!("{GOOD}{LAST}")).check_with_failures(threads);
        assert!(failed.is_empty());
        let messages = |errors: Vec<(String, u32)>| -> Vec<String> {
            errors.into_iter().map(|(message, _)| message).filter(|m| !m.starts_with("internal")).collect()
        };
        assert_eq!(messages(errors), messages(shown(&without, "a.py")));
        assert_eq!(shown(&without, "a.py").len(), 3);
        assert_eq!(found["b.py"], without["b.py"]);
        assert_eq!(shown(&found, "b.py").len(), 1);
    }
}
