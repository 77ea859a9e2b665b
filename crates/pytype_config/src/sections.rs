//! From keys and values to changes: what a section of a configuration file, or a comment, means.

use crate::change::Change;
use crate::paths::Environment;
use crate::problem::ProblemKind;
use crate::spec::Field;
use crate::table::{MISNAMED, OPTIONS, option_for_key};
use crate::value::{self, COMPLETE_FEATURES, OLDEST_PYTHON, Raw, Source, Value, ValueError};

/// How the entries of a section are to be read.
pub struct EntryContext<'a> {
    pub source: Source,
    /// Whether keys that mypy does not have are allowed.
    pub own_keys: bool,
    pub environment: &'a Environment,
}

/// What one key and value mean, and what is wrong with them. Refusals are not looked at.
pub fn understand(
    key: &str,
    raw: &Raw,
    context: &EntryContext<'_>,
) -> (Option<Change>, Vec<(ProblemKind, String)>) {
    let found = option_for_key(key).filter(|(spec, _)| context.own_keys || !spec.own);
    let Some((spec, inverted)) = found else {
        // Keys that begin like this are left to users, in mypy too.
        if key.starts_with("x_") {
            return (None, Vec::new());
        }
        return (None, vec![(ProblemKind::Unsupported, unknown_key(key, context))]);
    };
    let mut problems = Vec::new();
    let parsed = match value::parse(&spec.field, raw, context.source, context.environment) {
        Ok(parsed) => parsed,
        Err(ValueError::Wrong(message)) => {
            return (None, vec![(ProblemKind::Invalid, format!("`{key}`: {message}"))]);
        }
        Err(ValueError::TooOld(message)) => {
            problems.push((ProblemKind::Warning, format!("`{key}`: {message}, which is taken instead")));
            Value::Version(OLDEST_PYTHON.0, OLDEST_PYTHON.1)
        }
    };
    let parsed = match (inverted, parsed) {
        (false, parsed) => parsed,
        (true, Value::Bool(value)) => Value::Bool(!value),
        (true, _) => {
            let message =
                format!("`{key}`: `{}` is not a yes-or-no option, so it has no opposite", spec.name);
            return (None, vec![(ProblemKind::Invalid, message)]);
        }
    };
    if let (Field::IncompleteFeatures, Value::List(items)) = (&spec.field, &parsed) {
        for item in items.iter().filter(|item| COMPLETE_FEATURES.contains(&item.as_str())) {
            problems.push((ProblemKind::Warning, format!("`{key}`: `{item}` is always switched on")));
        }
    }
    (Some(Change { spec, value: parsed }), problems)
}

fn unknown_key(key: &str, context: &EntryContext<'_>) -> String {
    let misnamed = MISNAMED.iter().find(|(wrong, _)| *wrong == key).map(|(_, right)| *right);
    let similar = || {
        OPTIONS
            .iter()
            .filter(|spec| spec.is_key && !spec.hidden && (context.own_keys || !spec.own))
            .map(|spec| (distance(key, spec.name), spec.name))
            .filter(|(distance, name)| *distance <= name.len() / 4 + 1)
            .min()
            .map(|(_, name)| name)
    };
    match misnamed.or_else(similar) {
        Some(name) => format!("there is no option `{key}`; `{name}` may be meant"),
        None => format!("there is no option `{key}`"),
    }
}

/// How many letters must be added, dropped or changed to get from one text to the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
