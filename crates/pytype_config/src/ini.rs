//! INI files by the rules of Python's `configparser.RawConfigParser`.
//!
//! Kept to what those rules are without any argument: `=` or `:` between key and value, whole-line comments
//! that begin with `#` or `;`, values that go on in indented lines, keys in lower case, a `DEFAULT`
//! section that fills in for the others, and nothing given twice.

use indexmap::IndexMap;

/// A value and the line its key stands on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IniValue {
    pub text: String,
    pub line: u32,
}

/// One section: where it begins and what it sets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IniSection {
    pub line: u32,
    pub values: IndexMap<String, IniValue>,
}

/// Why a file is not an INI file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IniError {
    pub line: u32,
    pub message: String,
}

/// The name of the section whose values fill in for all others.
const DEFAULT_SECTION: &str = "DEFAULT";

/// Reads the sections of an INI file, in their order.
pub fn parse(text: &str) -> Result<IndexMap<String, IniSection>, IniError> {
    let mut reader = Reader::default();
    for (number, line) in (1u32..).zip(text.lines()) {
        reader.line(number, line)?;
    }
    Ok(reader.finish())
}

#[derive(Default)]
struct Reader {
    sections: IndexMap<String, IniSection>,
    /// The section and key that an indented line would continue.
    section: Option<String>,
    key: Option<String>,
    /// How far the last line that was no continuation was indented.
    indent: usize,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str) -> Result<(), IniError> {
        let value = line.trim();
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            self.continue_value("");
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if indent > self.indent && self.continue_value(value) {
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = section_name(value) { self.open(number, name) } else { self.set(number, value) }
    }

    /// Adds a line to the value being read; false if there is none.
    fn continue_value(&mut self, value: &str) -> bool {
        let Some((section, key)) = self.section.as_ref().zip(self.key.as_ref()) else { return false };
        let Some(entry) = self.sections.get_mut(section).and_then(|section| section.values.get_mut(key))
        else {
            return false;
        };
        entry.text.push('\n');
        entry.text.push_str(value);
        true
    }

    fn open(&mut self, line: u32, name: &str) -> Result<(), IniError> {
        self.key = None;
        self.section = Some(name.to_owned());
        if let Some(earlier) = self.sections.get(name) {
            if name == DEFAULT_SECTION {
                return Ok(());
            }
            let message =
                format!("section [{name}] stands here a second time; the first is on line {}", earlier.line);
            return Err(IniError { line, message });
        }
        self.sections.insert(name.to_owned(), IniSection { line, values: IndexMap::new() });
        Ok(())
    }

    fn set(&mut self, line: u32, text: &str) -> Result<(), IniError> {
        let Some(section) = self.section.as_ref().and_then(|name| self.sections.get_mut(name)) else {
            let message = format!("`{text}` stands before the first [section]");
            return Err(IniError { line, message });
        };
        let Some((key, value)) = text.split_once(['=', ':']) else {
            let message = format!("`{text}` is neither `key = value` nor a [section]");
            return Err(IniError { line, message });
        };
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return Err(IniError { line, message: format!("`{text}` has no key before its value") });
        }
        if let Some(earlier) = section.values.get(&key) {
            let message = format!("`{key}` is set here a second time; the first is on line {}", earlier.line);
            return Err(IniError { line, message });
        }
        self.key = Some(key.clone());
        section.values.insert(key, IniValue { text: value.trim().to_owned(), line });
        Ok(())
    }

    fn finish(mut self) -> IndexMap<String, IniSection> {
        for section in self.sections.values_mut() {
            for value in section.values.values_mut() {
                value.text.truncate(value.text.trim_end().len());
            }
        }
        if let Some(defaults) = self.sections.shift_remove(DEFAULT_SECTION) {
            for section in self.sections.values_mut() {
                for (key, value) in &defaults.values {
                    if !section.values.contains_key(key) {
                        section.values.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        self.sections
    }
}

/// The name in `[name]`; as in `configparser`, whatever follows the last bracket is ignored.
fn section_name(line: &str) -> Option<&str> {
    let inside = line.strip_prefix('[')?;
    let name = &inside[..inside.rfind(']')?];
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(sections: &'a IndexMap<String, IniSection>, section: &str, key: &str) -> &'a str {
        &sections[section].values[key].text
    }

    #[test]
    fn values_continue_on_indented_lines() {
        let text = "[mypy]\nfiles = a,\n    # not part of it\n    b\n\n    c\nStrict : yes # no comment\n";
        let sections = parse(text).unwrap();
        assert_eq!(value(&sections, "mypy", "files"), "a,\nb\n\nc");
        assert_eq!(value(&sections, "mypy", "strict"), "yes # no comment");
        assert_eq!(sections["mypy"].values["strict"].line, 7);
    }

    #[test]
    fn defaults_fill_in() {
        let sections = parse("[DEFAULT]\nstrict = true\n[mypy]\n[mypy-a]\nstrict = false\n").unwrap();
        assert_eq!(value(&sections, "mypy", "strict"), "true");
        assert_eq!(value(&sections, "mypy-a", "strict"), "false");
        assert_eq!(sections.len(), 2);
    }

    #[test]
    fn wrong_files_are_located() {
        assert_eq!(parse("strict = true\n").unwrap_err().line, 1);
        assert_eq!(parse("[mypy]\nstrict\n").unwrap_err().line, 2);
        assert_eq!(parse("[mypy]\na = 1\nA = 2\n").unwrap_err().line, 3);
        assert_eq!(parse("[mypy]\n[mypy]\n").unwrap_err().line, 2);
    }
}
