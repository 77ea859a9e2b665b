//! Puts the standard library's stubs together into one bundle that the library embeds.
//!
//! The stubs come out of the `ty_vendored` crate, which carries typeshed with docstrings added and
//! with a few patches for its own checker. Both are undone here: see [`patches`] and [`docstrings`].

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

mod docstrings;
mod patches;
#[path = "../src/versions.rs"]
#[allow(dead_code)]
mod versions;

/// The one file of the bundle that no stub tree of the standard library has.
const MYPY_EXTENSIONS: (&str, &str) =
    ("stubs/mypy-extensions/mypy_extensions.pyi", "stubs/mypy_extensions.pyi");

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=stubs");
    println!("cargo::rerun-if-changed=src/versions.rs");

    let mut files = Vec::new();
    collect("stdlib", &mut files);
    files.push(("LICENSE".to_owned(), read("LICENSE")));
    files.push((MYPY_EXTENSIONS.0.to_owned(), read_own_stub(MYPY_EXTENSIONS.1)));
    files.sort();
    assert!(files.len() > 500, "ty_vendored has only {} files: is its layout another one?", files.len());

    patches::undo(&mut files);
    for (path, text) in &mut files {
        if path.ends_with(".pyi") {
            *text = docstrings::strip(path, text);
        } else if path == "stdlib/VERSIONS" {
            *text = text.lines().filter(|line| !line.starts_with("ty_extensions")).fold(
                String::new(),
                |mut kept, line| {
                    kept.push_str(line);
                    kept.push('\n');
                    kept
                },
            );
            versions::parse(text).unwrap_or_else(|problem| panic!("stdlib/VERSIONS: {problem}"));
        }
        assert!(!text.contains("ty_extensions"), "{path} still mentions ty_extensions");
    }
    write_bundle(&files);
}

/// Reads the stubs and `VERSIONS` below `folder`, except what the crate adds of its own.
fn collect(folder: &str, files: &mut Vec<(String, String)>) {
    let stubs = ty_vendored::file_system();
    for entry in stubs.read_directory(folder) {
        let path = entry.path().as_str().trim_end_matches('/').to_owned();
        if path == "stdlib/ty_extensions" {
            continue;
        }
        if entry.file_type().is_directory() {
            collect(&path, files);
        } else if path.ends_with(".pyi") || path.ends_with("/VERSIONS") {
            let text = read(&path);
            files.push((path, text));
        }
    }
}

fn read(path: &str) -> String {
    match ty_vendored::file_system().read_to_string(path) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) => panic!("cannot read {path}: {error}"),
    }
}

fn read_own_stub(path: &str) -> String {
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    fs::read_to_string(PathBuf::from(root).join(path))
        .unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// Writes `bundle.txt` (all texts, one after another) and `bundle.rs` (where each one stands in it).
fn write_bundle(files: &[(String, String)]) {
    let mut text = String::new();
    let mut index = String::new();
    index.push_str("/// Path, start and end of every file, sorted by path.\n");
    index.push_str("static FILES: &[(&str, u32, u32)] = &[\n");
    for (path, contents) in files {
        let start = text.len();
        text.push_str(contents);
        writeln!(index, "    ({path:?}, {start}, {}),", text.len()).expect("writing to memory");
    }
    index.push_str("];\n");
    writeln!(index, "static COMMIT: &str = {:?};", ty_vendored::SOURCE_COMMIT).expect("writing to memory");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("bundle.txt"), text).expect("cannot write the bundle");
    fs::write(out.join("bundle.rs"), index).expect("cannot write the bundle's index");
}
