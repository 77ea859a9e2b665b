//! Real code of all ages: the standard library of the installed Python, its tests included, is
//! checked strictly without a failure of the checker.
//!
//! Every run takes a part; all of it (and any other folders named in `PYTYPE_CHECKED_FOLDERS`,
//! separated by `:`) with
//!
//!     cargo test --release -p pytype_cli --test standard_library -- --ignored

use std::path::{Path, PathBuf};
use std::process::Command;

/// How many files are given to one run: few enough to say which files are to blame.
const BATCH: usize = 100;

/// How many files every run of the tests takes.
const PART: usize = 24;

/// The folder of the standard library: that of the `python3` that would be run.
fn standard_library() -> Option<PathBuf> {
    let found = Command::new("python3").args(["-c", "import os; print(os.__file__)"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
    path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned)
}

/// The Python files below a folder, in order; what is installed besides is another matter.
fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() && !path.ends_with("site-packages") {
            python_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "py") {
            found.push(path);
        }
    }
}

/// What the checker itself did wrong in a run over these files. They are copied and numbered: where
/// they stand, they would take the place of the stubs that everything builds on.
fn mistakes(files: &[PathBuf]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut copies = Vec::with_capacity(files.len());
    for (number, file) in files.iter().enumerate() {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().replace(['.', '-', ' '], "_"));
        let copy = format!("m{number}_{}.py", stem.unwrap_or_default());
        std::fs::copy(file, folder.path().join(&copy)).unwrap();
        copies.push(copy);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_pytype-rs"))
        .current_dir(folder.path())
        .args(["check", "--strict", "--no-site-packages", "--follow-imports", "silent", "--no-error-summary"])
        .args(&copies)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let original = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        let at = copies.iter().position(|copy| copy == name).and_then(|at| files.get(at));
        format!("{}: {line}", at.map_or_else(String::new, |file| file.display().to_string()))
    };
    let mut found: Vec<String> =
        text.lines().filter(|line| line.contains("internal error")).map(original).collect();
    if output.status.code().is_none() {
        found.push(format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    // A file with a syntax error ends the run for the others: each is then checked on its own.
    if output.status.code() == Some(2) && found.is_empty() && files.len() > 1 {
        return files.chunks(1).flat_map(mistakes).collect();
    }
    found
}

fn assert_no_mistakes(files: Vec<PathBuf>) {
    let found: Vec<String> = files.chunks(BATCH).flat_map(mistakes).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_part_of_the_standard_library() {
    let Some(folder) = standard_library() else { return };
    let mut files = Vec::new();
    python_files(&folder, &mut files);
    let step = (files.len() / PART).max(1);
    assert_no_mistakes(files.into_iter().step_by(step).collect());
}

#[test]
#[ignore = "takes minutes"]
fn the_whole_standard_library() {
    let mut folders: Vec<PathBuf> = standard_library().into_iter().collect();
    if let Some(more) = std::env::var_os("PYTYPE_CHECKED_FOLDERS") {
        folders.extend(std::env::split_paths(&more));
    }
    let mut files = Vec::new();
    for folder in folders {
        python_files(&folder, &mut files);
    }
    assert!(!files.is_empty(), "there is no Python here");
    assert_no_mistakes(files);
}
