//! Answers of a frozen database that one thread keeps in front of it.
//!
//! A query costs a lock, a hash and a look at what it depends on, even when its answer is known.
//! In a run whose files never change none of that is needed after the first time. Each handle of
//! a database has its own answers, so that they need no lock.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// More than so many answers of one kind are not kept: what is asked often comes back soon.
/// It is as many as a table of 2¹⁶ places takes: with one more it would take twice the room.
const LIMIT: usize = 7 << 13;

/// Answers that live in the database.
pub struct Kept<K, V: 'static>(RefCell<FxHashMap<K, &'static V>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Kept(RefCell::default())
    }
}

/// Answers that live in the database, about things that are numbered.
pub struct KeptByNumber<V: 'static>(RefCell<Vec<Option<&'static V>>>);

impl<V> Default for KeptByNumber<V> {
    fn default() -> Self {
        KeptByNumber(RefCell::default())
    }
}

impl<V> KeptByNumber<V> {
    #[inline]
    pub fn get(&self, number: u32) -> Option<&V> {
        self.0.borrow().get(number as usize).copied().flatten()
    }

    /// Keeps an answer; see [`Kept::keep`].
    pub fn keep<'db>(&'db self, number: u32, answer: &'db V) -> &'db V {
        let mut known = self.0.borrow_mut();
        let number = number as usize;
        if known.len() <= number {
            known.resize(number + 1, None);
        }
        known[number] = Some(for_good(answer));
        answer
    }
}

/// How many answers [`LastAnswers`] has.
const LAST: usize = 8;

/// The answers that were asked for last: asking for the same again and again costs next to nothing.
pub struct LastAnswers<K, V: 'static>([Cell<Option<(K, &'static V)>>; LAST]);

impl<K, V> Default for LastAnswers<K, V> {
    fn default() -> Self {
        LastAnswers([const { Cell::new(None) }; LAST])
    }
}

impl<K: Copy + Eq, V> LastAnswers<K, V> {
    /// `number` chooses among the answers; it has to be the same whenever `key` is.
    #[inline]
    pub fn get(&self, number: u32, key: K) -> Option<&V> {
        let (asked, answer) = self.0[number as usize % LAST].get()?;
        (asked == key).then_some(answer)
    }

    /// Keeps an answer that lives in the owner, which calls [`Self::forget`] before it lets go of any.
    #[inline]
    pub fn keep<'db>(&'db self, number: u32, key: K, answer: &'db V) -> &'db V {
        self.0[number as usize % LAST].set(Some((key, for_good(answer))));
        answer
    }

    pub fn forget(&mut self) {
        *self = LastAnswers::default();
    }
}

/// An answer for as long as what belongs to its database lives.
fn for_good<V>(answer: &V) -> &'static V {
    // SAFETY: the answer is one of the database of which the owner of the caller is a handle. A
    // frozen database never begins a new revision, and within one nothing it has answered is dropped (but for what
    // `LastAnswers::forget` is called before, with no reference left); the handle keeps that alive. References are handed out for no longer than the handle lives.
    unsafe { &*std::ptr::from_ref(answer) }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.borrow().get(key).copied()
    }

    /// Keeps an answer. It must be one of the frozen database that this belongs to: nothing that
    /// such a database has answered is dropped before the database is.
    pub fn keep<'db>(&'db self, key: K, answer: &'db V) -> &'db V {
        insert(&mut self.0.borrow_mut(), key, for_good(answer));
        answer
    }
}

/// Small answers, kept by value.
pub struct KeptCopies<K, V>(RefCell<FxHashMap<K, V>>);

impl<K, V> Default for KeptCopies<K, V> {
    fn default() -> Self {
        KeptCopies(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Copy> KeptCopies<K, V> {
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.borrow().get(key).copied()
    }

    pub fn keep(&self, key: K, answer: V) -> V {
        insert(&mut self.0.borrow_mut(), key, answer);
        answer
    }
}

fn insert<K: Eq + Hash, V>(known: &mut FxHashMap<K, V>, key: K, answer: V) {
    if known.len() >= LIMIT {
        known.clear();
    }
    known.insert(key, answer);
}
