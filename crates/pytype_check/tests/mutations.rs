//! Texts that nobody would write: no input makes the checker fail, and what it finds does not
//! depend on threads, on order, or on what was checked before.
//!
//! `PYTYPE_FUZZ_ROUNDS` (default 12) and `PYTYPE_FUZZ_SEED` make longer and other runs;
//! `PYTYPE_FUZZ_FOLDER` names a folder whose Python files are mutated beside the samples.

mod support;

use std::collections::BTreeMap;

use pytype_source::ErrorCode;
use support::{Numbers, Project, shop};

fn rounds() -> usize {
    std::env::var("PYTYPE_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

fn numbers() -> Numbers {
    let seed = std::env::var("PYTYPE_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    Numbers(seed.unwrap_or(0x0123_4567_89AB_CDEF))
}

/// Texts to start from.
fn originals() -> Vec<String> {
    let mut texts: Vec<String> = shop().into_values().filter(|text| !text.is_empty()).collect();
    if let Some(folder) = std::env::var_os("PYTYPE_FUZZ_FOLDER") {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let python = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "py"));
        texts.extend(python.filter_map(|path| std::fs::read_to_string(path).ok()));
    }
    texts
}

/// The pieces of a text: names, numbers, single other characters, indentation.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => 1,
            ' ' => 2,
            _ => 0,
        };
        let length = match kind(first) {
            0 => first.len_utf8(),
            wanted => rest.find(|c| kind(c) != wanted).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Pieces left out, doubled, swapped, replaced by others of the text, by brackets or keywords.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    const STRANGE: [&str; 24] = [
        "(", ")", "[", "]", "{", "}", ":", "\n", "    ", "\"\"\"", "'", "\\", "*", "**", "lambda", "yield",
        "await ", "del ", "match ", "type ", "class ", "\u{0}", "é", "\t",
    ];
    let mut parts = pieces(text);
    for _ in 0..=numbers.below(6) {
        let (at, other) = (numbers.below(parts.len()), numbers.below(parts.len()));
        if parts.is_empty() {
            break;
        }
        match numbers.below(6) {
            0 => {
                parts.remove(at);
            }
            1 => parts.insert(at, parts[other]),
            2 => parts.swap(at, other),
            3 => parts[at] = parts[other],
            4 => parts.insert(at, STRANGE[numbers.below(STRANGE.len())]),
            _ => {
                let end = (at + numbers.below(20)).min(parts.len());
                parts.drain(at..end);
            }
        }
    }
    parts.concat()
}

fn single(text: &str) -> BTreeMap<String, String> {
    [("m.py".to_owned(), text.to_owned())].into()
}

/// The text is checked without a failure, twice alike.
fn survives(text: &str) {
    let (found, failed) = Project::new(&single(text)).check_with_failures(1);
    assert!(failed.is_empty(), "the checker failed: {:?}\n{text}", found["m.py"]);
    let again = Project::new(&single(text)).check_at_once(2, |_| {});
    assert_eq!(found, again, "{text}");
}

#[test]
fn mutated_files_are_checked_without_a_failure() {
    let originals = originals();
    let mut numbers = numbers();
    for _ in 0..rounds() {
        let original = &originals[numbers.below(originals.len())];
        survives(&mutated(original, &mut numbers));
    }
}

#[test]
fn lines_in_any_order_are_checked_without_a_failure() {
    let originals = originals();
    let mut numbers = numbers();
    for _ in 0..rounds() {
        let original = &originals[numbers.below(originals.len())];
        let mut lines: Vec<&str> = original.lines().collect();
        for _ in 0..=numbers.below(8) {
            let (at, other) = (numbers.below(lines.len()), numbers.below(lines.len()));
            lines.swap(at, other);
        }
        survives(&(lines.join("\n") + "\n"));
    }
}

#[test]
fn arbitrary_text_is_checked_without_a_failure() {
    let mut numbers = numbers();
    for _ in 0..rounds() {
        let length = numbers.below(400);
        let bytes: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
        survives(&String::from_utf8_lossy(&bytes));
        let ascii: String = (0..length).map(|_| char::from(9 + numbers.below(118) as u8)).collect();
        survives(&ascii);
    }
}

#[test]
fn a_broken_file_changes_nothing_about_threads_and_order() {
    let mut numbers = numbers();
    for _ in 0..rounds().div_ceil(3) {
        let mut files = shop();
        for path in ["shop/models.py", "shop/service.py"] {
            let text = mutated(&files[path], &mut numbers);
            files.insert(path.to_owned(), text);
        }
        let expected = Project::new(&files).check_at_once(1, |_| {});
        for threads in [2, 4] {
            let found = Project::new(&files).check_at_once(threads, |files| numbers.shuffle(files));
            assert_eq!(found, expected, "{files:#?}");
        }
    }
}

#[test]
fn after_edits_of_any_kind_the_answer_is_that_of_a_fresh_run() {
    let mut files = shop();
    let mut project = Project::new(&files);
    let mut numbers = numbers();
    for step in 0..rounds() {
        let path = ["shop/models.py", "shop/service.py", "shop/money.py"][numbers.below(3)];
        // Now and then the file is as it was at first.
        let text = if step % 4 == 3 { shop()[path].clone() } else { mutated(&files[path], &mut numbers) };
        project.edit(path, &text);
        files.insert(path.to_owned(), text.clone());
        let fresh = Project::new(&files).check();
        let warm = project.check();
        for (file, found) in &fresh {
            assert_eq!(&warm[file], found, "step {step}, {file} after an edit of {path} to\n{text}");
        }
    }
}

#[test]
fn a_file_that_vanishes_on_the_way_is_one_finding() {
    let mut files = shop();
    files.insert("gone.py".to_owned(), "x: int = ''\n".to_owned());
    files.insert("reader.py".to_owned(), "import gone\ny: int = ''\n".to_owned());
    let expected = Project::new(&shop()).check_at_once(1, |_| {});
    let project = Project::new(&files);
    project.remove("gone.py");
    let found = project.check_at_once(2, |_| {});
    assert_eq!(found["gone.py"].len(), 1, "{:?}", found["gone.py"]);
    assert!(found["gone.py"][0].blocking);
    assert!(found["reader.py"].iter().any(|finding| finding.code == Some(ErrorCode::Assignment)));
    for (path, findings) in &expected {
        assert_eq!(&found[path], findings, "{path}");
    }
}
