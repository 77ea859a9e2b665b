//! Positions that an edit elsewhere in the file does not move.
//!
//! In a function's body they count from the function's start. In a file's interface they count as
//! if the bodies that say nothing to the outside were not there.

use ruff_text_size::{TextRange, TextSize};

/// How positions of one unit are made stable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum StablePositions {
    /// Counted from the start of a function.
    From(TextSize),
    /// Counted without these bodies.
    Without(Vec<Skipped>),
}

/// A body that is not counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Skipped {
    range: TextRange,
    /// The length of the bodies before it.
    before: TextSize,
}

impl Skipped {
    /// Where it would stand if it and those before it were empty.
    fn stable_start(self) -> TextSize {
        self.range.start() - self.before
    }
}

impl StablePositions {
    /// Positions of an interface, without these bodies, which stand in order. What the parser makes of
    /// broken code may overlap: then the later body begins where the earlier one ends.
    pub(crate) fn without(bodies: &[TextRange]) -> StablePositions {
        let (mut before, mut end) = (TextSize::default(), TextSize::default());
        let skipped = bodies.iter().map(|&body| {
            let start = body.start().max(end);
            let range = TextRange::new(start, body.end().max(start));
            end = range.end();
            let skipped = Skipped { range, before };
            before += range.len();
            skipped
        });
        StablePositions::Without(skipped.collect())
    }

    pub(crate) fn to_stable(&self, range: TextRange) -> TextRange {
        let map = |at: TextSize| match self {
            StablePositions::From(start) => at.checked_sub(*start).unwrap_or_default(),
            StablePositions::Without(skipped) => {
                let next = skipped.partition_point(|s| s.range.start() <= at);
                match next.checked_sub(1).and_then(|last| skipped.get(last)) {
                    Some(last) if at < last.range.end() => last.stable_start(),
                    Some(last) => at - last.before - last.range.len(),
                    None => at,
                }
            }
        };
        TextRange::new(map(range.start()), map(range.end()))
    }

    pub(crate) fn to_absolute(&self, range: TextRange) -> TextRange {
        match self {
            StablePositions::From(start) => range + *start,
            StablePositions::Without(skipped) => {
                let shift = |bodies: usize| match bodies.checked_sub(1).and_then(|last| skipped.get(last)) {
                    Some(last) => last.before + last.range.len(),
                    None => TextSize::default(),
                };
                // What begins where a body would stand begins behind it, if it has any length, and
                // what ends there ends before it, unless it began before.
                let start = skipped.partition_point(|s| s.stable_start() <= range.start());
                let end = skipped.partition_point(|s| s.stable_start() <= range.end());
                let start_at = range.start() + shift(start);
                TextRange::new(start_at, (range.end() + shift(end)).max(start_at))
            }
        }
    }
}
