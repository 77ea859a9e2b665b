//! README.md shows what the command really prints for the example project.

use std::path::Path;
use std::process::Command;

fn check(format: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pytype-rs"));
    command.current_dir(root).env_clear();
    let output =
        command.args(["check", "--strict", "--output-format", format, "examples/shop"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn readme_shows_real_output() {
    let readme = include_str!("../../../README.md");
    let blocks: Vec<&str> =
        readme.split("```text\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    let [full, concise] = blocks.as_slice() else { panic!("README.md has {} outputs", blocks.len()) };
    assert!(check("full").contains(full.trim_end()), "expected in the output:\n{full}");
    assert_eq!(check("concise"), **concise);
}
