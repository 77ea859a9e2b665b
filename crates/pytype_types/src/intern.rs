//! Hash-consing: one copy of each immutable value for the whole process, compared by address.

use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::thread::LocalKey;

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

/// How many values each thread remembers of each table.
const RECENT: usize = 4096;

/// The values of one table that a thread saw last, found by their hash without a lock. Most values that
/// are interned were interned a moment ago.
pub struct Recent<T: 'static>([Cell<(u64, Option<&'static T>)>; RECENT]);

impl<T> Recent<T> {
    pub const fn nothing() -> Recent<T> {
        Recent([const { Cell::new((0, None)) }; RECENT])
    }

    fn slot(&self, hash: u64) -> &Cell<(u64, Option<&'static T>)> {
        &self.0[hash as usize % RECENT]
    }
}

/// Values of one shard, and room for the next ones: in blocks, so that the small ones of which there are many
/// lie side by side.
struct Shard<T: 'static> {
    known: HashTable<&'static T>,
    room: &'static mut [MaybeUninit<T>],
}

/// How many values the first block of a shard has, and at most the later ones.
const FIRST_BLOCK: usize = 8;
const LARGEST_BLOCK: usize = 128;

/// By how many times its size a table grows.
const GROWTH: usize = 3;

impl<T: Eq + Hash> Shard<T> {
    const fn new() -> Shard<T> {
        Shard { known: HashTable::new(), room: &mut [] }
    }

    fn insert(&mut self, hash: u64, value: T) -> &'static T {
        if self.room.is_empty() {
            let size = self.known.len().clamp(FIRST_BLOCK, LARGEST_BLOCK);
            self.room = Box::leak(Box::new_uninit_slice(size));
        }
        let Some((first, rest)) = std::mem::take(&mut self.room).split_first_mut() else {
            unreachable!("a block has room for one value at least");
        };
        self.room = rest;
        let stored: &'static T = first.write(value);
        if self.known.len() == self.known.capacity() {
            // Every value is hashed again when the table grows: that should not happen often.
            self.known.reserve(GROWTH * self.known.len().max(FIRST_BLOCK), |known| hash_of(*known));
        }
        self.known.insert_unique(hash, stored, |known| hash_of(*known));
        stored
    }
}

/// A table of interned values of one kind.
pub struct Interner<T: 'static> {
    shards: [Mutex<Shard<T>>; SHARDS],
    recent: &'static LocalKey<Recent<T>>,
}

impl<T: Eq + Hash + Sync> Interner<T> {
    pub const fn new(recent: &'static LocalKey<Recent<T>>) -> Interner<T> {
        Interner { shards: [const { Mutex::new(Shard::new()) }; SHARDS], recent }
    }

    /// The handle of `value`, storing it if it is new.
    pub fn intern(&self, value: T) -> Interned<T> {
        self.find_or_store(hash_of(&value), value, |known, value| known == value, |value| value)
    }

    /// The handle of what `value` stands for: `same` says whether a stored value is that, `make` makes it.
    /// `hash` has to be [`hash_of`] what `make` would give.
    pub fn find_or_store<V>(
        &self,
        hash: u64,
        value: V,
        same: impl Fn(&T, &V) -> bool,
        make: impl FnOnce(V) -> T,
    ) -> Interned<T> {
        self.recent.with(|recent| {
            let slot = recent.slot(hash);
            if let (known, Some(found)) = slot.get()
                && known == hash
                && same(found, &value)
            {
                return Interned(found);
            }
            let found = self.in_table(hash, value, same, make);
            slot.set((hash, Some(found)));
            Interned(found)
        })
    }

    fn in_table<V>(
        &self,
        hash: u64,
        value: V,
        same: impl Fn(&T, &V) -> bool,
        make: impl FnOnce(V) -> T,
    ) -> &'static T {
        // The table looks at the lowest and highest bits; the shard is chosen by others.
        let shard = &self.shards[(hash >> 40) as usize % SHARDS];
        // A poisoned shard still holds a valid set: inserting is its only mutation.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        match shard.known.find(hash, |stored| same(stored, &value)) {
            Some(found) => found,
            None => shard.insert(hash, make(value)),
        }
    }
}

/// The hash by which a table finds a value.
pub fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Declares a table of interned values with what each thread remembers of it.
macro_rules! interner {
    ($name:ident, $value:ty) => {
        static $name: $crate::intern::Interner<$value> = {
            thread_local! {
                static RECENT: $crate::intern::Recent<$value> = const { $crate::intern::Recent::nothing() };
            }
            $crate::intern::Interner::new(&RECENT)
        };
    };
}
pub(crate) use interner;
