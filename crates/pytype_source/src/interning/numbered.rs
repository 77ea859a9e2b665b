//! Values by their numbers, stored for good.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many values each of the first segments has, and each of the others.
const SMALL: usize = 1 << 10;
const LARGE: usize = 1 << 16;

/// How many small segments there may be, and how many of both kinds.
const SMALL_SEGMENTS: usize = 1 << 10;
const SEGMENTS: usize = 1 << 11;

/// How many numbers a thread takes at a time.
const OWN: u32 = 32;

/// Values that are never removed, by numbers from one on, in segments that stay where they are.
pub struct Numbered<T> {
    segments: [OnceLock<Box<[OnceLock<T>]>>; SEGMENTS],
    next: AtomicU32,
}

/// Numbers that one thread has taken, but not used yet: what a thread makes one after the other lies side by
/// side, and threads do not write to the same places.
pub struct OwnNumbers(Cell<(u32, u32)>);

impl OwnNumbers {
    pub const fn none() -> OwnNumbers {
        OwnNumbers(Cell::new((0, 0)))
    }
}

impl<T> Numbered<T> {
    pub const fn new() -> Numbered<T> {
        Numbered { segments: [const { OnceLock::new() }; SEGMENTS], next: AtomicU32::new(1) }
    }

    /// The value with this number, if there is one.
    #[inline]
    pub fn get(&self, number: NonZeroU32) -> Option<&T> {
        let (segment, at) = place_of(number);
        self.segments.get(segment)?.get()?.get(at)?.get()
    }

    /// Stores a value. `own` has to belong to this table and to the running thread.
    ///
    /// # Panics
    /// When there are 68 million values.
    pub fn store(&self, own: &OwnNumbers, value: T) -> NonZeroU32 {
        let number = self.next_number(own);
        let (segment, at) = place_of(number);
        let size = if segment < SMALL_SEGMENTS { SMALL } else { LARGE };
        let segment = self.segments.get(segment).expect("there is room for 68 million values");
        let segment = segment.get_or_init(|| (0..size).map(|_| OnceLock::new()).collect());
        // Nobody else has this number.
        let _ = segment[at].set(value);
        number
    }

    fn next_number(&self, own: &OwnNumbers) -> NonZeroU32 {
        let (mut next, mut end) = own.0.get();
        if next == end {
            next = self.next.fetch_add(OWN, Ordering::Relaxed);
            end = next + OWN;
        }
        own.0.set((next + 1, end));
        let Some(number) = NonZeroU32::new(next) else { unreachable!("numbers start at one") };
        number
    }
}

/// In which segment a value is, and where in it.
#[inline]
fn place_of(number: NonZeroU32) -> (usize, usize) {
    let number = number.get() as usize;
    match number.checked_sub(SMALL * SMALL_SEGMENTS) {
        None => (number / SMALL, number % SMALL),
        Some(beyond) => (SMALL_SEGMENTS + beyond / LARGE, beyond % LARGE),
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_found_by_its_number() {
        static TABLE: Numbered<usize> = Numbered::new();
        let count = SMALL * SMALL_SEGMENTS / 2 + LARGE;
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let own = OwnNumbers::none();
                    for value in 0..count {
                        let number = TABLE.store(&own, value);
                        assert_eq!(TABLE.get(number), Some(&value));
                    }
                });
            }
        });
        let Some(never) = NonZeroU32::new(u32::MAX) else { unreachable!() };
        assert_eq!(TABLE.get(never), None);
    }
}
