//! Options in comments of a source file: `# mypy: disallow-any-expr, disable-error-code="misc, arg-type"`.

use memchr::memmem;

use crate::change::Change;
use crate::paths::Environment;
use crate::problem::ProblemKind;
use crate::sections::{EntryContext, understand};
use crate::spec::Field;
use crate::table::option;
use crate::value::{Raw, Source, Value};

/// What the comments of one file ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InlineOptions {
    /// To be handed to [`crate::ModuleOptions::with_changes`].
    pub changes: Vec<Change>,
    /// What is wrong, with the line (from 1) it stands on.
    pub problems: Vec<(u32, String)>,
}

const MARK: &str = "# mypy: ";

/// The established comment by which a file asks for reports of deprecated things, which the typing
/// specification wants and mypy leaves off.
const DEPRECATED_MARK: &str = "# pyright: reportDeprecated=";

/// Reads the comments of a file. Only lines that *begin* with the mark count.
pub fn inline_options(text: &str) -> InlineOptions {
    let mut options = InlineOptions::default();
    let bytes = text.as_bytes();
    let find = |mark: &str| -> Vec<usize> { memmem::find_iter(bytes, mark).collect() };
    let mut places = find(MARK);
    places.append(&mut find(DEPRECATED_MARK));
    places.retain(|place| *place == 0 || bytes[place - 1] == b'\n');
    places.sort_unstable();
    for place in places {
        let number = 1 + memchr::memchr_iter(b'\n', &bytes[..place]).count() as u32;
        let line = text[place..].split('\n').next().unwrap_or("");
        if let Some(comment) = line.strip_prefix(MARK) {
            options.read(number, comment);
        } else if let Some(comment) = line.strip_prefix(DEPRECATED_MARK)
            && matches!(comment.trim(), "true" | "error" | "warning")
        {
            options.set(number, "enable_error_code", "deprecated");
        }
    }
    options
}

impl InlineOptions {
    fn read(&mut self, line: u32, comment: &str) {
        let (settings, complete) = split(comment);
        if !complete {
            self.problems.push((line, "a quote is never closed".to_owned()));
        }
        for setting in settings {
            let (name, value) = match setting.split_once('=') {
                Some((name, value)) => (name.trim(), value.trim()),
                None => (setting.as_str(), "True"),
            };
            self.set(line, &name.replace('-', "_").to_lowercase(), value);
        }
    }

    fn set(&mut self, line: u32, key: &str, value: &str) {
        let refusal = match key {
            "python_version" => Some("the version of Python cannot be set in a comment"),
            "strict" => Some("`strict` cannot be set in a comment; name the options it stands for"),
            _ if option(key).is_some_and(|spec| spec.name.ends_with("_report")) => {
                Some("reports cannot be asked for in a comment")
            }
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.problems.push((line, refusal.to_owned()));
            return;
        }
        let environment = Environment::default();
        let context = EntryContext { source: Source::Ini, own_keys: false, environment: &environment };
        let (change, problems) = understand(key, &Raw::Text(value.to_owned()), &context);
        self.problems.extend(
            problems
                .into_iter()
                .filter(|(kind, _)| *kind != ProblemKind::Warning)
                .map(|(_, text)| (line, text)),
        );
        let Some(change) = change else { return };
        if let Some(reason) = change.refusal() {
            self.problems.push((line, format!("`{key}` is not supported: {reason}")));
        } else if change.spec.field.is_of_module() {
            self.add(change);
        }
    }

    /// Error codes of several comments add up; anything else is set anew.
    fn add(&mut self, change: Change) {
        let Some(earlier) = self.changes.iter_mut().find(|earlier| earlier.spec.name == change.spec.name)
        else {
            self.changes.push(change);
            return;
        };
        match (&change.spec.field, &mut earlier.value, change.value) {
            (Field::EnableErrorCode | Field::DisableErrorCode, Value::Codes(codes), Value::Codes(more)) => {
                codes.extend(more);
            }
            (_, value, new) => *value = new,
        }
    }
}

/// Splits at commas outside of quotes, which are dropped; false if a quote stays open.
fn split(comment: &str) -> (Vec<String>, bool) {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for letter in comment.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
            }
            _ => part.push(letter),
        }
    }
    if quoted {
        return (parts, false);
    }
    if !part.is_empty() {
        parts.push(part.trim().to_owned());
    }
    (parts, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModuleOptions;
    use pytype_source::ErrorCode;

    #[test]
    fn flags_and_lists() {
        let text = "# mypy: disallow-untyped-defs, no-warn-no-return\nx = 1  # mypy: ignore-errors\n\
                    # mypy: disable-error-code=\"misc, attr-defined\"\n# mypy: disable-error-code=arg-type\n";
        let inline = inline_options(text);
        assert_eq!(inline.problems, []);
        let options = ModuleOptions::default().with_changes(&inline.changes);
        assert!(options.disallow_untyped_defs);
        assert!(!options.warn_no_return);
        assert!(!options.ignore_errors);
        for code in [ErrorCode::Misc, ErrorCode::AttrDefined, ErrorCode::ArgType] {
            assert!(!options.is_code_enabled(code));
        }
    }

    #[test]
    fn problems_are_located() {
        let inline = inline_options(
            "\n# mypy: strict\n# mypy: nonsense\n# mypy: python-version=3.12\n# mypy: x=\"a\n",
        );
        assert_eq!(inline.changes, []);
        assert_eq!(inline.problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    }
}
