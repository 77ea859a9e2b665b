//! The table of options as documentation.

use std::fmt::Write;

use crate::spec::{Group, OptionSpec, Status, ValueKind};
use crate::table::OPTIONS;

/// All options as Markdown tables, one for each group.
pub fn option_tables() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let _ = writeln!(text, "### {}\n", group.title());
        text.push_str("| Key | Flag | Value | Default | Per module | Status |\n|---|---|---|---|---|---|\n");
        for spec in OPTIONS.iter().filter(|spec| spec.group == group) {
            row(&mut text, spec);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn row(text: &mut String, spec: &OptionSpec) {
    let key = if spec.is_key { format!("`{}`", spec.name) } else { String::new() };
    let flags: Vec<String> = spec.flags.iter().map(|flag| format!("`{}`", flag.spelling)).collect();
    let (kind, default) = match spec.field.kind() {
        ValueKind::Bool => {
            ("yes or no".to_owned(), spec.field.default_flag().map_or("", yes_or_no).to_owned())
        }
        ValueKind::Text => ("text".to_owned(), String::new()),
        ValueKind::List => ("list".to_owned(), "empty".to_owned()),
        ValueKind::Path => ("path".to_owned(), String::new()),
        ValueKind::Version => ("version".to_owned(), "of the environment".to_owned()),
        ValueKind::Number => ("number".to_owned(), String::new()),
        ValueKind::Choice(choices) => {
            (choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "), String::new())
        }
        ValueKind::Pair => ("two paths".to_owned(), String::new()),
    };
    let mut status = match spec.status {
        Status::Honoured => "honoured".to_owned(),
        Status::Refused(reason) => format!("**refused**: {reason}"),
        Status::NoEffect(reason) => format!("accepted, no effect: {reason}"),
    };
    if let Some(value) = spec.strict {
        let _ = write!(status, "; `--strict` sets it to {}", yes_or_no(value));
    }
    if spec.own {
        status.push_str("; not in mypy");
    }
    let per_module = if spec.per_module { "yes" } else { "" };
    let flags = flags.join(", ");
    let _ = writeln!(text, "| {key} | {flags} | {kind} | {default} | {per_module} | {status} |");
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
