//! Where offsets stand in a text: lines and columns.

use std::cell::Cell;

use ruff_source_file::LineIndex;
use ruff_text_size::TextSize;

use crate::finding::Place;

/// The lines of one text. Most texts are asked about few places, in order: lines are counted from one place to
/// the next.
#[derive(Debug)]
pub(crate) enum Lines {
    /// All lines end with a line feed. The last line that was asked about: its number, and where it begins.
    Counted(Cell<(usize, usize)>),
    Indexed(LineIndex),
}

impl Lines {
    pub(crate) fn new(text: &str) -> Lines {
        let is_plain = memchr::memchr(b'\r', text.as_bytes()).is_none() && !text.starts_with('\u{feff}');
        if is_plain {
            Lines::Counted(Cell::new((1, 0)))
        } else {
            Lines::Indexed(LineIndex::from_source_text(text))
        }
    }

    /// The place of an offset that lies between two characters of the text.
    pub(crate) fn place(&self, text: &str, offset: TextSize) -> Place {
        match self {
            Lines::Indexed(index) => {
                let place = index.line_column(offset, text);
                Place { line: place.line.get(), column: place.column.get() }
            }
            Lines::Counted(last) => {
                let (offset, (mut line, mut start)) = (offset.to_usize(), last.get());
                if offset < start {
                    (line, start) = (1, 0);
                }
                let passed = &text.as_bytes()[start..offset];
                if let Some(end) = memchr::memrchr(b'\n', passed) {
                    line += memchr::memchr_iter(b'\n', &passed[..=end]).count();
                    start += end + 1;
                }
                last.set((line, start));
                Place { line, column: text[start..offset].chars().count() + 1 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ruff_text_size::TextSize;

    use super::{Lines, Place};

    #[test]
    fn places_are_the_same_in_any_order_and_with_any_line_ends() {
        let text = "a = 1\n\nö = 'é'  # ß\nb\n";
        let lines = Lines::new(text);
        assert!(matches!(lines, Lines::Counted(_)));
        let other_ends = text.replace('\n', "\r\n");
        let indexed = Lines::new(&other_ends);
        let mut offsets: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let backwards: Vec<usize> = offsets.iter().rev().copied().collect();
        offsets.extend(backwards);
        for at in offsets {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |part| part.chars().count()) + 1;
            let offset = |at: usize| TextSize::try_from(at).unwrap();
            assert_eq!(lines.place(text, offset(at)), Place { line, column });
            assert_eq!(indexed.place(&other_ends, offset(at + line - 1)), Place { line, column });
        }
    }
}
