//! Hash-consing: one copy of each immutable value for the whole process, compared by address.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// A handle to an interned `T`: `Copy`, compared and hashed by address.
pub struct Interned<T: 'static>(&'static T);

impl<T> Clone for Interned<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Interned<T> {}
impl<T> PartialEq for Interned<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl<T> Eq for Interned<T> {}
impl<T> Hash for Interned<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(std::ptr::from_ref(self.0) as usize);
    }
}
impl<T> Deref for Interned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0
    }
}
impl<T: fmt::Debug> fmt::Debug for Interned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> Interned<T> {
    /// The value, for as long as the process lives.
    pub fn get(self) -> &'static T {
        self.0
    }
}

const SHARDS: usize = 32;

/// A table of interned values of one kind.
pub struct Interner<T: 'static> {
    shards: LazyLock<Vec<Mutex<HashTable<&'static T>>>>,
}

impl<T: Eq + Hash + Sync> Default for Interner<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Eq + Hash + Sync> Interner<T> {
    pub const fn new() -> Interner<T> {
        Interner { shards: LazyLock::new(|| (0..SHARDS).map(|_| Mutex::default()).collect()) }
    }

    /// The handle of `value`, storing it if it is new.
    pub fn intern(&self, value: T) -> Interned<T> {
        let hash = hash_of(&value);
        // The table looks at the lowest and highest bits; the shard is chosen by others.
        let shard = &self.shards[(hash >> 40) as usize % SHARDS];
        // A poisoned shard still holds a valid set: inserting is its only mutation.
        let mut set = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = set.find(hash, |known| **known == value) {
            return Interned(found);
        }
        let stored: &'static T = Box::leak(Box::new(value));
        set.insert_unique(hash, stored, |known| hash_of(*known));
        Interned(stored)
    }
}

fn hash_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
