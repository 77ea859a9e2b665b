//! Paths as configuration files write them: home folders, environment variables, wildcards.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// What the process was started with, so that nothing here asks the process itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Environment {
    /// The folder relative paths start at.
    pub current_dir: Utf8PathBuf,
    pub variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> std::io::Result<Environment> {
        let current_dir = Utf8PathBuf::from_path_buf(std::env::current_dir()?).map_err(|path| {
            std::io::Error::other(format!("the current folder's name is not UTF-8: {}", path.display()))
        })?;
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Environment { current_dir, variables })
    }

    /// The variable called `name`.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The variable called `name`, unless it is empty.
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.variable(name).filter(|value| !value.trim().is_empty())
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<&str> {
        self.non_empty("HOME").or_else(|| self.non_empty("USERPROFILE"))
    }
}

/// Puts in the home folder for a leading `~` and values for `$NAME` and `${NAME}`; names
/// without a value stay as they are.
pub fn expand(path: &str, environment: &Environment) -> String {
    let path = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => match environment.home() {
            Some(home) => format!("{}{rest}", home.trim_end_matches('/')),
            None => path.to_owned(),
        },
        _ => path.to_owned(),
    };
    let mut expanded = String::with_capacity(path.len());
    let mut rest = path.as_str();
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        rest = &rest[dollar..];
        let length = reference_length(rest);
        let name = rest[..length].trim_matches(['$', '{', '}']);
        match environment.variable(name) {
            Some(value) if length > 1 => expanded.push_str(value),
            _ => expanded.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    expanded.push_str(rest);
    expanded
}

/// How many bytes of `text`, which begins with a dollar, refer to a variable (1 if none do).
fn reference_length(text: &str) -> usize {
    let after = &text[1..];
    if let Some(braced) = after.strip_prefix('{') {
        return braced.find('}').map_or(1, |end| end + 3);
    }
    1 + after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len())
}

/// `path` as seen from `folder`, both absolute.
pub fn relative(path: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    let mut ahead = path.components().peekable();
    let mut behind = folder.components().peekable();
    while let (Some(a), Some(b)) = (ahead.peek(), behind.peek()) {
        if a != b {
            break;
        }
        ahead.next();
        behind.next();
    }
    let mut result: Utf8PathBuf = behind.map(|_| "..").collect();
    result.extend(ahead);
    if result.as_str().is_empty() { Utf8PathBuf::from(".") } else { result }
}

/// The paths that match a pattern with `*`, `?`, `[...]` and `**`, sorted; the pattern itself
/// when nothing matches or it has no wildcard.
pub fn glob(pattern: &str, environment: &Environment) -> Vec<String> {
    if !has_wildcard(pattern) {
        return vec![pattern.to_owned()];
    }
    let (start, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", pattern),
    };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let mut found = Vec::new();
    walk(&environment.current_dir, start, &parts, &mut found);
    found.sort();
    found.dedup();
    if found.is_empty() { vec![pattern.to_owned()] } else { found }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Adds the paths below `prefix` that match `parts`.
fn walk(current_dir: &Utf8Path, prefix: &str, parts: &[&str], found: &mut Vec<String>) {
    let Some((part, rest)) = parts.split_first() else {
        if !prefix.is_empty() && current_dir.join(prefix).exists() {
            found.push(prefix.to_owned());
        }
        return;
    };
    let join = |name: &str| match prefix {
        "" => name.to_owned(),
        _ if prefix.ends_with('/') => format!("{prefix}{name}"),
        _ => format!("{prefix}/{name}"),
    };
    if *part == "**" {
        walk(current_dir, prefix, rest, found);
        for (name, is_folder) in entries(&current_dir.join(prefix)) {
            if name.starts_with('.') {
                continue;
            }
            if is_folder {
                walk(current_dir, &join(&name), parts, found);
            } else if rest.is_empty() {
                found.push(join(&name));
            }
        }
        return;
    }
    if !has_wildcard(part) {
        if current_dir.join(join(part)).exists() {
            walk(current_dir, &join(part), rest, found);
        }
        return;
    }
    let pattern: Vec<char> = part.chars().collect();
    for (name, _) in entries(&current_dir.join(prefix)) {
        if name.starts_with('.') && !part.starts_with('.') {
            continue;
        }
        if matches(&pattern, &name.chars().collect::<Vec<_>>()) {
            walk(current_dir, &join(&name), rest, found);
        }
    }
}

/// The names in a folder, and whether each is a folder itself (not a link to one, which could lead in circles).
fn entries(folder: &Utf8Path) -> Vec<(String, bool)> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    entries
        .flatten()
        .map(|entry| (entry.file_name().to_owned(), entry.file_type().is_ok_and(|kind| kind.is_dir())))
        .collect()
}

/// Whether `name` matches one part of a pattern.
fn matches(pattern: &[char], name: &[char]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some(('*', rest)) => (0..=name.len()).any(|skip| matches(rest, &name[skip..])),
        Some((first, rest)) => {
            let Some((letter, others)) = name.split_first() else { return false };
            match first {
                '?' => matches(rest, others),
                '[' => match set(rest) {
                    Some((choices, behind)) => in_set(choices, *letter) && matches(behind, others),
                    None => *letter == '[' && matches(rest, others),
                },
                _ => first == letter && matches(rest, others),
            }
        }
    }
}

/// Splits what follows `[` into the set's inside and what follows `]`.
fn set(text: &[char]) -> Option<(&[char], &[char])> {
    let first = usize::from(text.first() == Some(&'!')) + 1;
    let end = text.iter().skip(first).position(|c| *c == ']')? + first;
    Some((&text[..end], &text[end + 1..]))
}

fn in_set(set: &[char], letter: char) -> bool {
    let (negated, set) = match set.split_first() {
        Some(('!', rest)) => (true, rest),
        _ => (false, set),
    };
    let mut index = 0;
    let mut found = false;
    while let Some(low) = set.get(index) {
        match (set.get(index + 1), set.get(index + 2)) {
            (Some('-'), Some(high)) => {
                found |= (*low..=*high).contains(&letter);
                index += 3;
            }
            _ => {
                found |= *low == letter;
                index += 1;
            }
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let variables = [("HOME", "/home/me"), ("SRC", "src")];
        Environment {
            current_dir: Utf8PathBuf::from("/work"),
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        }
    }

    #[test]
    fn expansion() {
        let expand = |path| expand(path, &environment());
        assert_eq!(expand("~/x"), "/home/me/x");
        assert_eq!(expand("~"), "/home/me");
        assert_eq!(expand("$SRC/a/${SRC}b"), "src/a/srcb");
        assert_eq!(expand("$NONE/${NONE}/$"), "$NONE/${NONE}/$");
        assert_eq!(expand("${SRC"), "${SRC");
    }

    #[test]
    fn relative_paths() {
        let relative = |path: &str, folder: &str| relative(path.into(), folder.into()).into_string();
        assert_eq!(relative("/a/b/c", "/a/b"), "c");
        assert_eq!(relative("/a/c", "/a/b/d"), "../../c");
        assert_eq!(relative("/a", "/a"), ".");
    }

    #[test]
    fn wildcards() {
        let matches = |pattern: &str, name: &str| {
            matches(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
        };
        assert!(matches("*.py", "a.py"));
        assert!(!matches("*.py", "a.pyi"));
        assert!(matches("t?st_[a-c].py", "test_b.py"));
        assert!(!matches("t?st_[!a-c].py", "test_b.py"));
    }
}
