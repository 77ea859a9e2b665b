//! Offsets to line numbers.

use ruff_text_size::{TextRange, TextSize};

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub fn new(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(0);
        if memchr::memchr(b'\r', bytes).is_none() {
            starts.extend(memchr::memchr_iter(b'\n', bytes).map(|index| index as u32 + 1));
        } else {
            let ends_line = |index: &usize| bytes[*index] == b'\n' || bytes.get(index + 1) != Some(&b'\n');
            let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends_line);
            starts.extend(ends.map(|index| index as u32 + 1));
        }
        Lines { starts }
    }

    /// The line, from 1, in which `offset` stands.
    pub fn line(&self, offset: TextSize) -> u32 {
        self.starts.partition_point(|start| *start <= offset.to_u32()) as u32
    }

    /// The place where line `line` (from 1) begins; the end of the text for a line that is not there.
    pub fn start(&self, line: u32) -> TextRange {
        let line = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        TextRange::empty(TextSize::from(self.starts[line]))
    }

    /// The lines that a range covers.
    pub fn covered(&self, range: TextRange) -> std::ops::RangeInclusive<u32> {
        self.line(range.start())..=self.line(range.end())
    }
}
