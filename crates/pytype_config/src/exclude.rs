//! The regular expressions that keep paths out of discovery.

use fancy_regex::Regex;

/// Compiles an `exclude` pattern, or says why it is none. The syntax is Python's, which has
/// what most engines lack (looking ahead and back).
pub fn exclude_regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translated(pattern)).map_err(|error| error.to_string())
}

/// Rewrites the one escape that means something else in Python: `\Z` is the very end.
fn translated(pattern: &str) -> String {
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
        let matches = |pattern: &str, path: &str| exclude_regex(pattern).unwrap().is_match(path).unwrap();
        assert!(matches(r"/setup\.py$", "a/setup.py"));
        assert!(!matches(r"^setup\.py\Z", "setup.pyi"));
        assert!(matches(r"^tests/(?!keep)", "tests/drop/"));
        assert!(!matches(r"^tests/(?!keep)", "tests/keep/"));
        assert!(matches("(?x)(\n ^one\\.py$ # first\n | two/\n)", "a/two/"));
        assert!(exclude_regex("(").is_err());
    }
}
