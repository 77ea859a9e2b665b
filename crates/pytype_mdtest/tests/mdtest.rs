//! Runs every Markdown file below `tests/` as tests: one for each section.

use std::path::Path;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use libtest_mimic::{Arguments, Failed, Trial};
use pytype_mdtest::{Failure, Suite};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let root = Utf8PathBuf::from_path_buf(root).expect("the repository's path is UTF-8");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let trials = files.iter().flat_map(|path| trials(&root, path)).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// The Markdown files below a folder, in order; `README.md` explains and is no test.
fn collect(folder: &Utf8Path, files: &mut Vec<Utf8PathBuf>) {
    let entries = folder.read_dir_utf8().expect("the folder of tests can be read");
    let mut paths: Vec<Utf8PathBuf> = entries.flatten().map(|entry| entry.into_path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension() == Some("md") && path.file_name() != Some("README.md") {
            files.push(path);
        }
    }
}

/// The tests of one file: its notation, and each of its sections.
fn trials(root: &Utf8Path, path: &Utf8Path) -> Vec<Trial> {
    let name = path.strip_prefix(root).unwrap_or(path).to_owned();
    let text = std::fs::read_to_string(path).expect("the test can be read");
    let suite = Arc::new(Suite::read(&Utf8Path::new("tests").join(&name), &text));
    let mut trials = Vec::new();
    if !suite.notation().is_empty() {
        let suite = Arc::clone(&suite);
        let check = move || outcome(&suite, "the notation", &suite.notation());
        trials.push(Trial::test(format!("{name}: notation"), check));
    }
    for section in 0..suite.document().sections.len() {
        let title = suite.document().sections[section].title.clone();
        let suite = Arc::clone(&suite);
        let test_name = format!("{name}: {title}");
        trials.push(Trial::test(test_name, move || outcome(&suite, &title, &suite.failures(section))));
    }
    trials
}

fn outcome(suite: &Suite, title: &str, failures: &[Failure]) -> Result<(), Failed> {
    if failures.is_empty() {
        return Ok(());
    }
    let path = &suite.document().path;
    let lines = failures.iter().map(|failure| format!("{path}:{}: {}\n", failure.line, failure.message));
    Err(format!("section `{title}`\n{}", lines.collect::<String>()).into())
}
