//! The regular expressions that keep paths out of discovery.

use fancy_regex::Regex;

/// Compiled `exclude` patterns. Their syntax is Python's, which has what most engines lack
/// (looking ahead and back); a pattern matches anywhere in a path.
#[derive(Clone, Debug, Default)]
pub struct ExcludePatterns(Vec<Regex>);

impl ExcludePatterns {
    /// Compiles the patterns; fails with the reason why one is no regular expression.
    pub fn new(patterns: &[String]) -> Result<ExcludePatterns, String> {
        patterns
            .iter()
            .map(|pattern| Regex::new(&translate(pattern)).map_err(|error| error.to_string()))
            .collect::<Result<Vec<_>, String>>()
            .map(ExcludePatterns)
    }

    /// Whether any pattern is found in `path`, which mypy gives relative to the current folder, with `/`
    /// between names and, for folders, at the end.
    pub fn matches(&self, path: &str) -> bool {
        // A pattern that runs out of steps does not match.
        self.0.iter().any(|regex| regex.is_match(path).unwrap_or(false))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Rewrites the one escape that means something else in Python: `\Z` is the very end.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        translated.push(letter);
        if letter == '\\' {
            match letters.next() {
                Some('Z') => translated.push('z'),
                Some(other) => translated.push(other),
                None => {}
            }
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_python() {
        let matches =
            |pattern: &str, path: &str| ExcludePatterns::new(&[pattern.to_owned()]).unwrap().matches(path);
        assert!(matches(r"/setup\.py$", "a/setup.py"));
        assert!(!matches(r"^setup\.py\Z", "setup.pyi"));
        assert!(matches(r"^tests/(?!keep)", "tests/drop/"));
        assert!(!matches(r"^tests/(?!keep)", "tests/keep/"));
        assert!(matches("(?x)(\n ^one\\.py$ # first\n | two/\n)", "a/two/"));
        assert!(ExcludePatterns::new(&["(".to_owned()]).is_err());
    }
}
