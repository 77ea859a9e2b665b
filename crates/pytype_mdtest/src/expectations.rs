//! What a program's comments say is to be found.

use std::fmt;

/// One finding that is expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// The line of the file, from 1, on which it is to be found.
    pub line: u32,
    pub kind: ExpectationKind,
}

/// What is expected on a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectationKind {
    /// `# error: [code]` or `# error: [code] "part of the message"`.
    Error { code: String, message: Option<String> },
    /// `# revealed: T`.
    Revealed(String),
    /// `# note: part of the message`.
    Note(String),
}

impl fmt::Display for ExpectationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpectationKind::Error { code, message: None } => write!(f, "error: [{code}]"),
            ExpectationKind::Error { code, message: Some(text) } => write!(f, "error: [{code}] \"{text}\""),
            ExpectationKind::Revealed(text) => write!(f, "revealed: {text}"),
            ExpectationKind::Note(text) => write!(f, "note: {text}"),
        }
    }
}

/// How the parts of a comment begin.
const MARKS: [&str; 3] = ["# error:", "# revealed:", "# note:"];

/// Reads the expectations of a file, and what is wrong with them, by line.
pub fn read(text: &str) -> (Vec<Expectation>, Vec<(u32, String)>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    // Expectations on lines of their own wait for the next line of code.
    let mut waiting: Vec<(u32, ExpectationKind)> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let trimmed = line.trim_start();
        let is_code = !trimmed.is_empty() && !trimmed.starts_with('#');
        if is_code {
            found.extend(waiting.drain(..).map(|(_, kind)| Expectation { line: number, kind }));
        }
        for part in parts(line) {
            match understand(part) {
                Ok(kind) if is_code => found.push(Expectation { line: number, kind }),
                Ok(kind) => waiting.push((number, kind)),
                Err(message) => problems.push((number, message)),
            }
        }
    }
    let lost = waiting.into_iter();
    problems.extend(lost.map(|(line, kind)| (line, format!("no code follows the expectation `{kind}`"))));
    (found, problems)
}

/// The parts of a line that are expectations.
fn parts(line: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        MARKS.iter().flat_map(|mark| line.match_indices(mark)).map(|(start, _)| start).collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    starts.iter().zip(ends).map(|(start, end)| line[*start..end].trim_end()).collect()
}

fn understand(part: &str) -> Result<ExpectationKind, String> {
    if let Some(text) = part.strip_prefix("# revealed:") {
        return Ok(ExpectationKind::Revealed(text.trim().to_owned()));
    }
    if let Some(text) = part.strip_prefix("# note:") {
        return Ok(ExpectationKind::Note(text.trim().trim_matches('"').to_owned()));
    }
    let text = part.strip_prefix("# error:").unwrap_or(part).trim();
    let form =
        || "an error is written `# error: [code]` or `# error: [code] \"part of the message\"`".to_owned();
    let (code, rest) = text.strip_prefix('[').and_then(|text| text.split_once(']')).ok_or_else(form)?;
    let rest = rest.trim();
    let message = match rest.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(message) => Some(message.to_owned()),
        None if rest.is_empty() => None,
        None => return Err(form()),
    };
    Ok(ExpectationKind::Error { code: code.to_owned(), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_end_of_lines_and_above() {
        let text = "\
x = 1  # error: [a-b] # revealed: int
# error: [c] \"some words\"

# More words.
y = 2
# note: x
";
        let (found, problems) = read(text);
        let shown: Vec<String> = found.iter().map(|e| format!("{} {}", e.line, e.kind)).collect();
        assert_eq!(shown, ["1 error: [a-b]", "1 revealed: int", "5 error: [c] \"some words\""]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].0, 6);
    }

    #[test]
    fn what_is_no_error_is_told() {
        assert!(understand("# error: x").is_err());
        assert!(understand("# error: [x] y").is_err());
    }
}
