//! From what is written to an option's value.

use pytype_source::ErrorCode;

use crate::exclude::exclude_regex;
use crate::paths::{Environment, expand, glob};
use crate::spec::{self, Field, ValueKind};

/// What is written for an option: in INI files, comments and on the command line always text.
#[derive(Clone, PartialEq, Debug)]
pub enum Raw {
    Text(String),
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    List(Vec<Raw>),
    /// A TOML table or date, which no option takes.
    Other(&'static str),
}

/// Where a value is written, which decides how lists and paths are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Ini,
    Toml,
    CommandLine,
}

/// An option's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Bool(bool),
    Text(String),
    List(Vec<String>),
    Codes(Vec<ErrorCode>),
    Version(u8, u8),
    Number(i64),
}

/// The oldest version of Python that can be checked for.
pub const OLDEST_PYTHON: (u8, u8) = (3, 10);

/// Why a value is not one the option takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ValueError {
    /// What is wrong, to stand behind the option's name and a colon.
    Wrong(String),
    /// A version of Python that is too old; mypy goes on with its oldest one.
    TooOld(String),
}

impl ValueError {
    fn wrong(message: impl Into<String>) -> ValueError {
        ValueError::Wrong(message.into())
    }
}

/// Reads what is written for an option that goes to `field`.
pub fn parse(
    field: &Field,
    raw: &Raw,
    source: Source,
    environment: &Environment,
) -> Result<Value, ValueError> {
    match field {
        Field::EnableErrorCode | Field::DisableErrorCode => codes(&list(raw)?).map(Value::Codes),
        Field::SearchPath => {
            let items = match (raw, source) {
                (Raw::Text(text), Source::Toml) => drop_last_empty(split(text, &[',', ':'])),
                (Raw::Text(text), _) => split(text, &[',', ':']),
                _ => list(raw)?,
            };
            Ok(Value::List(items.iter().map(|item| expand(item, environment)).collect()))
        }
        Field::Files => {
            let items = list(raw)?;
            if source == Source::CommandLine {
                return Ok(Value::List(items));
            }
            Ok(Value::List(
                items.iter().flat_map(|item| glob(&expand(item.trim(), environment), environment)).collect(),
            ))
        }
        Field::Exclude => exclude(raw),
        Field::ModulePrefixes(_) => prefixes(list(raw)?),
        Field::IncompleteFeatures => features(list(raw)?),
        Field::Threads => threads(&text(raw)?),
        Field::ModuleNames(_)
        | Field::ModuleList(_)
        | Field::List(_)
        | Field::Plugins
        | Field::UnusedList
        | Field::ShadowFiles => list(raw).map(Value::List),
        Field::ModuleFlag(_) | Field::Flag(_) | Field::UnusedFlag { .. } | Field::Strict => {
            boolean(raw).map(Value::Bool)
        }
        Field::Verbosity | Field::ErrorLimit | Field::UnusedNumber { .. } => {
            number(&text(raw)?).map(Value::Number)
        }
        Field::PythonVersion => version(&text(raw)?),
        Field::Path(_) => text(raw).map(|text| Value::Text(expand(&text, environment))),
        Field::Platform | Field::UnusedText => text(raw).map(Value::Text),
        Field::FollowImports | Field::OutputFormat | Field::Color | Field::JunitFormat => {
            choice(field, text(raw)?)
        }
    }
}

/// Regular expressions: a text is one, whatever commas it has.
fn exclude(raw: &Raw) -> Result<Value, ValueError> {
    let patterns = match raw {
        Raw::List(_) => list(raw)?,
        _ => vec![text(raw)?.trim().to_owned()],
    };
    let patterns: Vec<String> = patterns.into_iter().filter(|pattern| !pattern.is_empty()).collect();
    for pattern in &patterns {
        if let Err(reason) = exclude_regex(pattern) {
            return Err(ValueError::wrong(format!("`{pattern}` is not a regular expression: {reason}")));
        }
    }
    Ok(Value::List(patterns))
}

/// `1`, `yes`, `true`, `on` and their opposites, in any case.
fn boolean(raw: &Raw) -> Result<bool, ValueError> {
    let written = match raw {
        Raw::Bool(value) => return Ok(*value),
        Raw::Text(text) | Raw::Number(text) => text,
        Raw::List(_) => return Err(ValueError::wrong("a list stands where true or false is needed")),
        Raw::Other(what) => {
            return Err(ValueError::wrong(format!("{what} stands where true or false is needed")));
        }
    };
    match written.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Ok(true),
        "0" | "no" | "false" | "off" => Ok(false),
        _ => Err(ValueError::wrong(format!("`{written}` is neither true nor false"))),
    }
}

fn text(raw: &Raw) -> Result<String, ValueError> {
    match raw {
        Raw::Text(text) | Raw::Number(text) => Ok(text.clone()),
        Raw::Bool(value) => Ok(value.to_string()),
        Raw::List(_) => Err(ValueError::wrong("a list stands where one value is needed")),
        Raw::Other(what) => Err(ValueError::wrong(format!("{what} stands where a text is needed"))),
    }
}

/// A list: written as one, or as a text with commas.
fn list(raw: &Raw) -> Result<Vec<String>, ValueError> {
    match raw {
        Raw::Text(text) => Ok(drop_last_empty(split(text, &[',']))),
        Raw::List(items) => items
            .iter()
            .map(|item| match item {
                Raw::Text(text) => Ok(text.trim().to_owned()),
                Raw::Bool(_) | Raw::Number(_) | Raw::List(_) | Raw::Other(_) => {
                    Err(ValueError::wrong("an element of the list is no string"))
                }
            })
            .collect(),
        Raw::Bool(value) => {
            Err(ValueError::wrong(format!("`{value}` stands where a list of strings is needed")))
        }
        Raw::Number(text) => {
            Err(ValueError::wrong(format!("`{text}` stands where a list of strings is needed")))
        }
        Raw::Other(what) => {
            Err(ValueError::wrong(format!("{what} stands where a list of strings is needed")))
        }
    }
}

fn split(text: &str, separators: &[char]) -> Vec<String> {
    text.split(separators).map(|item| item.trim().to_owned()).collect()
}

/// A comma behind the last element is allowed.
fn drop_last_empty(mut items: Vec<String>) -> Vec<String> {
    if items.last().is_some_and(String::is_empty) {
        items.pop();
    }
    items
}

fn number(text: &str) -> Result<i64, ValueError> {
    text.trim().parse().map_err(|_| ValueError::wrong(format!("`{text}` is not a whole number")))
}

/// A number of threads; 0 stands for one per core.
fn threads(text: &str) -> Result<Value, ValueError> {
    if text.trim() == "auto" {
        return Ok(Value::Number(0));
    }
    match number(text) {
        Ok(count) if count >= 0 => Ok(Value::Number(count)),
        _ => Err(ValueError::wrong(format!("`{text}` is neither a number of threads nor `auto`"))),
    }
}

fn version(text: &str) -> Result<Value, ValueError> {
    let wrong = || ValueError::wrong(format!("`{text}` is not a version of Python such as 3.13"));
    let (major, minor) = text.split_once('.').ok_or_else(wrong)?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if major.len() != 1 || !is_number(major) || !is_number(minor) {
        return Err(wrong());
    }
    let (major, minor): (u8, u8) = (major.parse().map_err(|_| wrong())?, minor.parse().map_err(|_| wrong())?);
    if major != OLDEST_PYTHON.0 {
        return Err(ValueError::wrong(format!("Python {major} cannot be checked, only Python 3")));
    }
    if minor < OLDEST_PYTHON.1 {
        let oldest = format!("{}.{}", OLDEST_PYTHON.0, OLDEST_PYTHON.1);
        let hint = if text == "3.1" { " (put the version in quotes)" } else { "" };
        return Err(ValueError::TooOld(format!(
            "Python {text} can no longer be checked; the oldest version is {oldest}{hint}"
        )));
    }
    Ok(Value::Version(major, minor))
}

fn codes(names: &[String]) -> Result<Vec<ErrorCode>, ValueError> {
    let mut codes = Vec::with_capacity(names.len());
    let mut unknown = Vec::new();
    for name in names {
        match ErrorCode::from_name(name) {
            Some(code) => codes.push(code),
            None => unknown.push(format!("`{name}`")),
        }
    }
    match unknown.as_slice() {
        [] => Ok(codes),
        [one] => Err(ValueError::wrong(format!("there is no error code {one}"))),
        many => Err(ValueError::wrong(format!("there are no error codes {}", many.join(", ")))),
    }
}

fn prefixes(items: Vec<String>) -> Result<Value, ValueError> {
    for item in &items {
        if item.contains('*') {
            return Err(ValueError::wrong(format!(
                "`{item}` must not contain `*`; every entry is a prefix already"
            )));
        }
        if item.contains(['/', '\\']) {
            return Err(ValueError::wrong(format!("`{item}` must be a dotted name, not a path")));
        }
    }
    Ok(Value::List(items))
}

/// What mypy 2.4.1 calls incomplete, and what it no longer does.
const INCOMPLETE_FEATURES: &[&str] = &["InlineTypedDict", "PreciseTupleTypes"];
pub(crate) const COMPLETE_FEATURES: &[&str] = &["TypeVarTuple", "Unpack", "NewGenericSyntax", "TypeForm"];

fn features(items: Vec<String>) -> Result<Value, ValueError> {
    for item in &items {
        if !INCOMPLETE_FEATURES.contains(&item.as_str()) && !COMPLETE_FEATURES.contains(&item.as_str()) {
            return Err(ValueError::wrong(format!(
                "there is no feature `{item}`; there are {}",
                INCOMPLETE_FEATURES.join(" and ")
            )));
        }
    }
    Ok(Value::List(items))
}

fn choice(field: &Field, text: String) -> Result<Value, ValueError> {
    let known = match field {
        Field::FollowImports => spec::follow_imports(&text).is_some(),
        Field::OutputFormat => spec::output_format(&text).is_some(),
        Field::Color => spec::color(&text).is_some(),
        Field::JunitFormat => spec::junit_format(&text).is_some(),
        _ => true,
    };
    if known {
        return Ok(Value::Text(text));
    }
    let choices = match field.kind() {
        ValueKind::Choice(choices) => choices.join(", "),
        _ => String::new(),
    };
    Err(ValueError::wrong(format!("`{text}` is not one of {choices}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_of(text: &str) -> Result<Value, ValueError> {
        parse(&Field::PythonVersion, &Raw::Text(text.to_owned()), Source::Ini, &Environment::default())
    }

    #[test]
    fn versions() {
        assert_eq!(version_of("3.13"), Ok(Value::Version(3, 13)));
        assert!(matches!(version_of("3.8"), Err(ValueError::TooOld(_))));
        assert!(matches!(version_of("2.7"), Err(ValueError::Wrong(_))));
        assert!(matches!(version_of("3"), Err(ValueError::Wrong(_))));
        assert!(matches!(version_of("3.13.1"), Err(ValueError::Wrong(_))));
        assert!(matches!(version_of("3.999"), Err(ValueError::Wrong(_))));
    }

    #[test]
    fn lists_may_end_with_a_comma() {
        assert_eq!(list(&Raw::Text("a,\nb ,".to_owned())), Ok(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn search_paths_split_at_colons() {
        let parsed =
            parse(&Field::SearchPath, &Raw::Text("a:b,c".into()), Source::Ini, &Environment::default());
        assert_eq!(parsed, Ok(Value::List(vec!["a".into(), "b".into(), "c".into()])));
    }
}
