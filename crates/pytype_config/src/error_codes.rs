//! A set of error codes in two machine words.

use pytype_source::ErrorCode;

/// A set of error codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ErrorCodeSet(u128);

impl ErrorCodeSet {
    pub const EMPTY: ErrorCodeSet = ErrorCodeSet(0);

    pub fn contains(self, code: ErrorCode) -> bool {
        self.0 & (1 << code as u32) != 0
    }
    pub fn insert(&mut self, code: ErrorCode) {
        self.0 |= 1 << code as u32;
    }
    pub fn remove(&mut self, code: ErrorCode) {
        self.0 &= !(1 << code as u32);
    }
    /// The codes that are not in `other`.
    #[must_use]
    pub fn without(self, other: ErrorCodeSet) -> ErrorCodeSet {
        ErrorCodeSet(self.0 & !other.0)
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
