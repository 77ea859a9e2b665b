//! Walks over types whose parts are shared.
//!
//! Types are graphs: `A = tuple[int, int]`, `B = tuple[A, A]`, ... takes one node a step, and has twice
//! as many paths with each. A walk over all paths of a type that people write is short, and keeps
//! nothing. One that turns out to be long keeps its answers, so that it visits each node once.

use std::cell::{Cell, RefCell};
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// How many parts a walk visits before it keeps answers.
const SHORT: u32 = 300;

/// What one walk has found out so far.
#[derive(Debug)]
pub struct Answers<K, R> {
    visited: Cell<u32>,
    known: RefCell<FxHashMap<K, R>>,
}

impl<K, R> Default for Answers<K, R> {
    fn default() -> Answers<K, R> {
        Answers { visited: Cell::new(0), known: RefCell::default() }
    }
}

impl<K: Copy + Eq + Hash, R: Copy> Answers<K, R> {
    /// The answer for a part: what is known, or what `work` gives.
    pub fn answer(&self, part: K, work: impl FnOnce() -> R) -> R {
        let visited = self.visited.get();
        if visited < SHORT {
            self.visited.set(visited + 1);
            return work();
        }
        if let Some(known) = self.known.borrow().get(&part) {
            return *known;
        }
        let result = work();
        self.known.borrow_mut().insert(part, result);
        result
    }

    /// Forgets everything: another walk begins.
    pub fn clear(&self) {
        if self.visited.replace(0) >= SHORT {
            self.known.borrow_mut().clear();
        }
    }
}

impl<K: Copy + Eq + Hash> Answers<K, ()> {
    /// Whether a part has to be visited.
    pub fn is_new(&self, part: K) -> bool {
        let visited = self.visited.get();
        if visited < SHORT {
            self.visited.set(visited + 1);
            return true;
        }
        self.known.borrow_mut().insert(part, ()).is_none()
    }
}
