//! A small project with findings, in every output format. What is printed is compared with the files
//! in `snapshots`; with `UPDATE_SNAPSHOTS=1` in the environment they are written anew.

use std::path::Path;
use std::process::Command;

const FORMATS: [&str; 7] = ["full", "concise", "json", "github", "gitlab", "junit", "sarif"];

const FILES: [(&str, &str); 3] = [
    ("a.py", "def f(x: int) -> str:\n    return x\n\n\nf(\"\")\nreveal_type(f(1))\n"),
    ("b.py", "import a\n\na.missing  # type: ignore[attr-defined]\na.f(\n    \"é\", 1\n)\n"),
    (
        "c.py",
        "from typing import overload\n\n\n@overload\ndef g(x: int) -> int: ...\n@overload\ndef g(x: str) -> str: ...\n\
         def g(x: int | str) -> int | str:\n    return x\n\n\ng(b\"\")\n[1] + 1\n",
    ),
];

/// What the command prints, and its exit status.
fn check(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pytype-rs"));
    command.current_dir(folder).args(["check", "--no-site-packages", "--python-version", "3.12"]);
    let output = command.args(arguments).args(["a.py", "b.py", "c.py"]).env_clear().output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// Takes out what differs from run to run.
fn masked(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.split_once(" time=\"") {
            Some((before, behind)) => {
                let rest = behind.split_once('"').map_or("", |(_, rest)| rest);
                lines.push(format!("{before} time=\"...\"{rest}"));
            }
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_format() {
    let project = tempfile::tempdir().unwrap();
    std::fs::create_dir(project.path().join(".git")).unwrap();
    for (name, text) in FILES {
        std::fs::write(project.path().join(name), text).unwrap();
    }
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut different = Vec::new();
    let columns = ["--show-column-numbers", "--show-error-end", "--show-error-context"];
    let runs = FORMATS.iter().map(|format| (*format, vec!["--output-format", *format]));
    for (name, arguments) in runs.chain([("columns", columns.to_vec()), ("pretty", vec!["--pretty"])]) {
        let (found, status) = check(project.path(), &arguments);
        assert_eq!(status, 1, "{name}");
        let (found, path) = (masked(&found), snapshots.join(format!("{name}.txt")));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::create_dir_all(&snapshots).unwrap();
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            different.push(format!("--- {name}: expected\n{expected}--- found\n{found}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
