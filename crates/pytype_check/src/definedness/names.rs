//! Sets of names, numbered within one file.

use pytype_source::Name;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Numbers for the names of a file.
#[derive(Default)]
pub(super) struct Numbering {
    numbers: FxHashMap<Name, u32>,
}

impl Numbering {
    pub(super) fn number(&mut self, name: Name) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(name).or_insert(next)
    }
}

/// A set of numbered names.
#[derive(Clone, Default)]
pub(super) struct NameSet {
    words: SmallVec<[u64; 4]>,
}

impl NameSet {
    pub(super) fn insert(&mut self, name: u32) {
        let at = name as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        if let Some(word) = self.words.get_mut(at) {
            *word |= 1 << (name % 64);
        }
    }

    pub(super) fn remove(&mut self, name: u32) {
        if let Some(word) = self.words.get_mut(name as usize / 64) {
            *word &= !(1 << (name % 64));
        }
    }

    pub(super) fn contains(&self, name: u32) -> bool {
        self.words.get(name as usize / 64).is_some_and(|word| word & (1 << (name % 64)) != 0)
    }

    pub(super) fn unite(&mut self, other: &NameSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    pub(super) fn intersect(&mut self, other: &NameSet) {
        self.words.truncate(other.words.len());
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word &= more;
        }
    }

    pub(super) fn subtract(&mut self, other: &NameSet) {
        for (word, less) in self.words.iter_mut().zip(&other.words) {
            *word &= !less;
        }
    }
}
