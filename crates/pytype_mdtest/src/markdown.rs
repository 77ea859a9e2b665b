//! Markdown as far as tests need it: headings, fenced blocks, and paths above blocks.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

/// The file that Python blocks without a path belong to.
pub const MAIN_FILE: &str = "main.py";

/// A file of tests, as it was read.
#[derive(Debug)]
pub struct Document {
    /// As it is to be shown.
    pub path: Utf8PathBuf,
    pub sections: Vec<Section>,
    /// What is wrong with the notation, with the line.
    pub problems: Vec<(u32, String)>,
}

/// The blocks below one heading; a test of its own.
#[derive(Debug)]
pub struct Section {
    /// The heading, with those it is below: `Calls / Keyword arguments`.
    pub title: String,
    /// The heading's line.
    pub line: u32,
    /// Options of this section and of those it is below, the outermost first.
    pub options: Vec<OptionsBlock>,
    /// The Python files, in the order in which they first occur.
    pub files: IndexMap<String, SourceFile>,
}

/// A `toml` block.
#[derive(Clone, Debug)]
pub struct OptionsBlock {
    pub line: u32,
    pub text: String,
}

/// A Python file, put together from one or several blocks.
#[derive(Debug, Default)]
pub struct SourceFile {
    pub text: String,
    /// For each line of `text` its line in the document.
    pub lines: Vec<u32>,
}

impl SourceFile {
    fn add(&mut self, block: &Block<'_>) {
        for (line, number) in block.lines.iter().zip(block.first_line..) {
            self.text.push_str(line);
            self.text.push('\n');
            self.lines.push(number);
        }
    }

    /// The line in the document of a line of the file, from 1; lines behind the end count as the last.
    pub fn document_line(&self, line: u32) -> u32 {
        let index = (line.max(1) as usize - 1).min(self.lines.len().saturating_sub(1));
        self.lines.get(index).copied().unwrap_or(0)
    }
}

/// A fenced block.
struct Block<'a> {
    language: &'a str,
    /// The line of the opening fence.
    line: u32,
    /// The line of the first line within.
    first_line: u32,
    lines: Vec<&'a str>,
}

impl Block<'_> {
    fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [*line, "\n"]).collect()
    }
}

/// Reads a document.
pub fn read(path: &Utf8Path, text: &str) -> Document {
    let mut reader = Reader {
        document: Document { path: path.to_owned(), sections: Vec::new(), problems: Vec::new() },
        headings: Vec::new(),
        current: None,
        announced: None,
    };
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some((fence, language)) = opening_fence(line) {
            let mut block = Block { language, line: number, first_line: number + 1, lines: Vec::new() };
            let mut is_closed = false;
            for (inner, _) in lines.by_ref() {
                if inner.trim_end() == fence {
                    is_closed = true;
                    break;
                }
                block.lines.push(inner);
            }
            if !is_closed {
                reader.problem(number, "the block is not closed".to_owned());
            }
            reader.block(&block);
        } else if let Some((level, title)) = heading(line) {
            reader.heading(level, title, number);
        } else if let Some(path) = announced_path(line) {
            reader.announced = Some((path.to_owned(), number));
        } else if !line.trim().is_empty() {
            reader.expect_no_announcement();
        }
    }
    reader.finish()
}

struct Reader {
    document: Document,
    /// The headings the reader is below: level, title, options.
    headings: Vec<(usize, String, Vec<OptionsBlock>)>,
    current: Option<Section>,
    /// A path that names the file of the next block, and its line.
    announced: Option<(String, u32)>,
}

impl Reader {
    fn problem(&mut self, line: u32, message: String) {
        self.document.problems.push((line, message));
    }

    fn expect_no_announcement(&mut self) {
        if let Some((path, line)) = self.announced.take() {
            self.problem(line, format!("no block follows the path `{path}`"));
        }
    }

    fn heading(&mut self, level: usize, title: &str, line: u32) {
        self.expect_no_announcement();
        self.end_section();
        self.headings.retain(|(other, ..)| *other < level);
        self.headings.push((level, title.to_owned(), Vec::new()));
        let titles: Vec<&str> = self.headings.iter().map(|(_, title, _)| title.as_str()).collect();
        self.current =
            Some(Section { title: titles.join(" / "), line, options: Vec::new(), files: IndexMap::new() });
    }

    fn end_section(&mut self) {
        if let Some(mut section) = self.current.take()
            && !section.files.is_empty()
        {
            section.options = self.headings.iter().flat_map(|(_, _, options)| options).cloned().collect();
            self.document.sections.push(section);
        }
    }

    fn block(&mut self, block: &Block<'_>) {
        let announced = self.announced.take();
        match block.language {
            "toml" => {
                let options = OptionsBlock { line: block.first_line, text: block.text() };
                match self.headings.last_mut() {
                    Some((.., all)) => all.push(options),
                    None => self.problem(block.line, "options must stand below a heading".to_owned()),
                }
            }
            "python" | "py" => self.source(announced.map(|(path, _)| path), MAIN_FILE, block),
            "pyi" => self.source(announced.map(|(path, _)| path), "main.pyi", block),
            // Output and other languages are for the reader alone.
            _ => {}
        }
    }

    fn source(&mut self, path: Option<String>, default: &str, block: &Block<'_>) {
        match &mut self.current {
            Some(section) => {
                section.files.entry(path.unwrap_or_else(|| default.to_owned())).or_default().add(block);
            }
            None => self.problem(block.line, "code must stand below a heading".to_owned()),
        }
    }

    fn finish(mut self) -> Document {
        self.expect_no_announcement();
        self.end_section();
        let mut titles: Vec<&str> = Vec::new();
        let mut repeated = Vec::new();
        for section in &self.document.sections {
            if titles.contains(&section.title.as_str()) {
                repeated.push((section.line, format!("another section has the title `{}`", section.title)));
            }
            titles.push(&section.title);
        }
        self.document.problems.extend(repeated);
        self.document
    }
}

/// The fence and the language of a line that opens a block.
fn opening_fence(line: &str) -> Option<(&str, &str)> {
    let length = line.bytes().take_while(|byte| *byte == b'`').count();
    if length < 3 {
        return None;
    }
    let (fence, language) = line.split_at(length);
    Some((fence, language.trim()))
}

/// Level and title of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line[level..].strip_prefix(' ')?;
    (level > 0).then(|| (level, title.trim()))
}

/// The path on a line such as `` `package/module.py`: ``.
fn announced_path(line: &str) -> Option<&str> {
    let path = line.trim().strip_prefix('`')?.strip_suffix("`:")?;
    let is_python = path.ends_with(".py") || path.ends_with(".pyi");
    (is_python && !path.contains(['`', ' '])).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Outer

```toml
strict = true
```

## One

`a.py`:

```python
x = 1
```

Words.

```python
import a
```

More words.

```python
print(a.x)
```

## Two

Nothing.
";

    #[test]
    fn sections_files_and_lines() {
        let document = read("t.md".into(), TEXT);
        assert_eq!(document.problems, []);
        let [section] = &document.sections[..] else { panic!("{:?}", document.sections) };
        assert_eq!((section.title.as_str(), section.line), ("Outer / One", 7));
        assert_eq!(section.options[0].text, "strict = true\n");
        assert_eq!(section.files["a.py"].text, "x = 1\n");
        let main = &section.files[MAIN_FILE];
        assert_eq!(main.text, "import a\nprint(a.x)\n");
        assert_eq!(main.lines, [18, 24]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let document = read("t.md".into(), "# A\n`b.py`:\nText.\n\n```python\nx = 1\n");
        let lines: Vec<u32> = document.problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 5]);
    }
}
