//! `pytype-rs explain CODE`: what an error code means.

use clap::{Arg, ArgMatches, Command};
use pytype_source::ErrorCode;

use crate::Status;

/// The documentation of all codes; each has a section of its own.
const DOCUMENT: &str = include_str!("../../../docs/error-codes.md");

pub fn command() -> Command {
    Command::new("explain")
        .about("Explain an error code")
        .arg(Arg::new("code").value_name("CODE").required(true).help("An error code, such as arg-type"))
}

pub fn run(matches: &ArgMatches) -> Status {
    let name = matches.get_one::<String>("code").map_or("", String::as_str);
    let name = name.trim_matches(['[', ']']);
    match ErrorCode::from_name(name).and_then(entry) {
        Some(text) => {
            crate::terminal::print(&format!("{text}\n"));
            Status::Clean
        }
        None => crate::fail(&format!("there is no error code `{name}`; docs/error-codes.md lists them all")),
    }
}

/// The section about a code.
pub fn entry(code: ErrorCode) -> Option<&'static str> {
    let heading = format!("## {code}\n");
    let start = DOCUMENT.find(&format!("\n{heading}"))? + 1;
    let section = &DOCUMENT[start..];
    let end = section[heading.len()..].find("\n## ").map_or(section.len(), |length| heading.len() + length);
    Some(section[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained() {
        for code in ErrorCode::ALL {
            let text = entry(*code).unwrap_or_else(|| panic!("docs/error-codes.md has no section `{code}`"));
            assert!(text.contains("```python"), "`{code}` has no example");
        }
    }

    #[test]
    fn every_section_is_a_code() {
        for heading in DOCUMENT.lines().filter_map(|line| line.strip_prefix("## ")) {
            assert!(ErrorCode::from_name(heading).is_some(), "`{heading}` is no error code");
        }
    }
}
