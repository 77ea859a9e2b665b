//! `docs/error-codes.md`: each example gives the code that it stands for, with no other options than
//! those that its section names.

use std::path::Path;
use std::process::Command;

use pytype_source::ErrorCode;

/// A section of the page.
struct Section<'a> {
    code: ErrorCode,
    text: &'a str,
}

/// The sections, in their order.
fn sections(page: &str) -> Vec<Section<'_>> {
    let parts = page.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (title, text) = part.split_once('\n').unwrap_or((part, ""));
            let code = ErrorCode::from_name(title).unwrap_or_else(|| panic!("`{title}` is no error code"));
            Section { code, text }
        })
        .collect()
}

impl Section<'_> {
    /// The files of the example: a path in a paragraph of its own names the block below it.
    fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut path = "main.py".to_owned();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
                path = name.to_owned();
            } else if line == "```python" {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                files.push((path.clone(), block.join("\n") + "\n"));
            }
        }
        files
    }

    fn is_off_by_default(&self) -> bool {
        self.text.contains("Off by default")
    }

    /// The options that the text asks for.
    fn options(&self) -> Vec<String> {
        let words = self.text.split('`').filter(|word| word.starts_with("--"));
        let mut options: Vec<String> = words.map(str::to_owned).collect();
        if self.is_off_by_default() {
            options.extend(["--enable-error-code".to_owned(), self.code.to_string()]);
        }
        options
    }

    /// What the command says of the example, run in the folder of its first file.
    fn check(&self, options: &[String]) -> String {
        let project = tempfile::tempdir().unwrap();
        let files = self.files();
        for (name, text) in &files {
            let path = project.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (first, last) = (&files.first().unwrap().0, &files.last().unwrap().0);
        let folder = Path::new(first).parent().unwrap();
        let checked = Path::new(last).strip_prefix(folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pytype-rs"));
        command.current_dir(project.path().join(folder)).env_clear().env("HOME", project.path());
        command.args(["check", "--no-site-packages", "--python-version", "3.14"]);
        let output = command.args(["--output-format", "json"]).args(options).arg(checked).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    }

    fn gives_code(&self, options: &[String]) -> bool {
        self.check(options).contains(&format!("\"code\": \"{}\"", self.code))
    }
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/error-codes.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_example_gives_its_code() {
    let page = page();
    let failed = sections(&page).into_iter().filter(|section| !section.gives_code(&section.options()));
    let failed: Vec<String> =
        failed.map(|section| format!("{}:\n{}", section.code, section.check(&section.options()))).collect();
    assert!(failed.is_empty(), "examples that do not give their code:\n{}", failed.join("\n"));
}

#[test]
fn options_of_examples_are_needed() {
    let page = page();
    let sections = sections(&page).into_iter().filter(|section| !section.options().is_empty());
    let needless: Vec<String> =
        sections.filter(|section| section.gives_code(&[])).map(|section| section.code.to_string()).collect();
    assert!(needless.is_empty(), "codes that are found without the options too: {}", needless.join(", "));
}

#[test]
fn the_page_says_what_is_off_and_what_is_part_of_another() {
    for section in sections(&page()) {
        let code = section.code;
        assert_eq!(section.is_off_by_default(), !code.default_enabled(), "{code}: off by default");
        let parent = code.parent().map(|parent| format!("Part of `{parent}`."));
        match parent {
            Some(parent) => assert!(section.text.contains(&parent), "{code}: {parent}"),
            None => assert!(!section.text.contains("Part of `"), "{code} is part of no other code"),
        }
    }
}
