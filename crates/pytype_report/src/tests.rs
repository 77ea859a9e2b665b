//! Each format, on one small file.

use std::time::Duration;

use camino::Utf8PathBuf;
use pytype_config::{JunitFormat, OutputFormat};
use pytype_source::{Diagnostic, ErrorCode};
use ruff_text_size::{TextRange, TextSize};

use crate::{CheckedFile, Findings, Style, junit, render, summary};

const TEXT: &str = "def f(a: int) -> str:\n\treturn é + a\n\nreveal_type(f)\n";

fn range(mark: &str) -> TextRange {
    let start = TextSize::try_from(TEXT.find(mark).unwrap()).unwrap();
    TextRange::at(start, TextSize::of(mark))
}

fn findings(with_context: bool) -> Findings {
    let diagnostics = vec![
        Diagnostic::error(ErrorCode::ReturnValue, range("é + a"), "got \"int\", need \"str\"")
            .with_note("convert it"),
        Diagnostic::error(ErrorCode::Operator, range("a\n"), "no +"),
        Diagnostic::note(range("f)"), "Revealed type is \"x\""),
    ];
    let file =
        CheckedFile { path: Utf8PathBuf::from("a.py"), text: TEXT.into(), diagnostics: diagnostics.into() };
    Findings::resolve(&[file], &|_| None, with_context)
}

fn rendered(format: OutputFormat, style: Style) -> String {
    render(&findings(false), format, &style, Duration::ZERO)
}

#[test]
fn concise_lines() {
    assert_eq!(
        rendered(OutputFormat::Concise, Style::default()),
        "a.py:2: error: got \"int\", need \"str\"  [return-value]\n\
         a.py:2: note: convert it\n\
         a.py:2: error: no +  [operator]\n\
         a.py:4: note: Revealed type is \"x\"\n"
    );
}

#[test]
fn columns_count_characters() {
    let style = Style { columns: true, ends: true, hide_codes: true, ..Style::default() };
    assert_eq!(
        rendered(OutputFormat::Concise, style).lines().collect::<Vec<_>>(),
        [
            "a.py:2:9:2:13: error: got \"int\", need \"str\"",
            "a.py:2:9:2:13: note: convert it",
            "a.py:2:13:3:0: error: no +",
            "a.py:4:13:4:14: note: Revealed type is \"x\"",
        ]
    );
}

#[test]
fn pretty_marks_the_place() {
    let style = Style { pretty: true, code_links: true, ..Style::default() };
    let text = rendered(OutputFormat::Concise, style);
    assert!(text.contains("\n            return é + a\n                   ^~~~~\n"), "{text}");
    assert!(text.contains("#code-operator\n"), "{text}");
    assert!(!text.contains("#code-return-value"), "{text}");
}

#[test]
fn contexts_are_headings() {
    let text = render(&findings(true), OutputFormat::Concise, &Style::default(), Duration::ZERO);
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("a.py: ")).collect();
    assert_eq!(headings, ["a.py: note: In function \"f\":", "a.py: note: At top level:"]);
}

#[test]
fn colours_of_words() {
    let text = rendered(OutputFormat::Concise, Style { color: true, ..Style::default() });
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "a.py:2: \x1b[1;31merror:\x1b[0m got \x1b[1m\"int\"\x1b[0m, need \x1b[1m\"str\"\x1b[0m  \x1b[33m[return-value]\x1b[0m"
    );
}

#[test]
fn full_shows_source() {
    let text = rendered(OutputFormat::Full, Style::default());
    assert!(text.contains("error[return-value]: got \"int\", need \"str\""), "{text}");
    assert!(text.contains("a.py:2:"), "{text}");
    assert!(text.contains("return é + a"), "{text}");
    assert!(text.contains("= convert it"), "{text}");
}

#[test]
fn json_has_the_keys_of_mypy() {
    let text = rendered(OutputFormat::Json, Style::default());
    assert_eq!(
        text.lines().next().unwrap(),
        "{\"file\": \"a.py\", \"line\": 2, \"column\": 8, \"end_line\": 2, \"end_column\": 13, \
         \"message\": \"got \\\"int\\\", need \\\"str\\\"\", \"hint\": \"convert it\", \
         \"code\": \"return-value\", \"severity\": \"error\"}"
    );
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn formats_of_other_programs() {
    let github = rendered(OutputFormat::Github, Style::default());
    assert_eq!(
        github.lines().next().unwrap(),
        "::error title=pytype-rs (return-value),file=a.py,line=2,col=9,endLine=2,endColumn=14\
         ::got \"int\", need \"str\"%0Aconvert it"
    );
    let gitlab: serde_json::Value =
        serde_json::from_str(&rendered(OutputFormat::Gitlab, Style::default())).unwrap();
    assert_eq!(gitlab[0]["location"]["positions"]["begin"]["line"], 2);
    let sarif: serde_json::Value =
        serde_json::from_str(&rendered(OutputFormat::Sarif, Style::default())).unwrap();
    assert_eq!(sarif["runs"][0]["results"][1]["ruleId"], "operator");
    let junit = junit(&findings(false), &Style::default(), JunitFormat::Global, Duration::ZERO);
    assert!(junit.contains("failures=\"1\""), "{junit}");
    assert!(junit.contains("got &quot;int&quot;"), "{junit}");
}

#[test]
fn summaries() {
    assert_eq!(summary(&findings(false), 1, false), "Found 2 errors in 1 file (checked 1 source file)");
    assert_eq!(summary(&Findings::default(), 2, false), "Success: no issues found in 2 source files");
    let mut blocked = findings(false);
    blocked.all.truncate(1);
    blocked.all[0].blocking = true;
    assert_eq!(summary(&blocked, 1, false), "Found 1 error in 1 file (errors prevented further checking)");
}
