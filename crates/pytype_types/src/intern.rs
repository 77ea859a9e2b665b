//! Hash-consing: one copy of each immutable value for the whole process, compared by address.

use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::thread::LocalKey;

use pytype_source::{HashIndex, Numbered, OwnNumbers};
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

    /// The handle of a value that came out of a table before.
    pub(crate) fn again(value: &'static T) -> Interned<T> {
        Interned(value)
    }
}

/// How many values each thread remembers of each table.
const RECENT: usize = 4096;

/// What one thread has of a table: the values that it saw last, by their hash, as most values that are interned
/// were interned a moment ago, and the numbers that it gives to new ones.
pub struct Recent<T: 'static> {
    values: [Cell<(u64, Option<&'static T>)>; RECENT],
    own: OwnNumbers,
}

impl<T> Recent<T> {
    pub const fn nothing() -> Recent<T> {
        Recent { values: [const { Cell::new((0, None)) }; RECENT], own: OwnNumbers::none() }
    }

    fn slot(&self, hash: u64) -> &Cell<(u64, Option<&'static T>)> {
        &self.values[hash as usize % RECENT]
    }
}

/// A table of interned values of one kind.
pub struct Interner<T: 'static> {
    values: Numbered<T>,
    by_hash: HashIndex,
    recent: &'static LocalKey<Recent<T>>,
}

impl<T: Eq + Hash + Sync> Interner<T> {
    pub const fn new(recent: &'static LocalKey<Recent<T>>) -> Interner<T> {
        Interner { values: Numbered::new(), by_hash: HashIndex::new(), recent }
    }

    /// The handle of `value`, storing it if it is new.
    pub fn intern(&'static self, value: T) -> Interned<T> {
        self.find_or_store(hash_of(&value), value, |known, value| known == value, |value| value)
    }

    /// The handle of what `value` stands for: `same` says whether a stored value is that, `make` makes it.
    /// `hash` has to be [`hash_of`] what `make` would give.
    pub fn find_or_store<V>(
        &'static self,
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
            let found = self.in_table(&recent.own, hash, value, same, make);
            slot.set((hash, Some(found)));
            Interned(found)
        })
    }

    fn in_table<V>(
        &'static self,
        own: &OwnNumbers,
        hash: u64,
        value: V,
        same: impl Fn(&T, &V) -> bool,
        make: impl FnOnce(V) -> T,
    ) -> &'static T {
        let folded = (hash ^ (hash >> 32)) as u32;
        let number = self.by_hash.find_or_add(
            folded,
            value,
            |number, value| self.values.get(number).is_some_and(|known| same(known, value)),
            |value| self.values.store(own, make(value)),
        );
        let Some(found) = self.values.get(number) else { unreachable!("what has a number is stored") };
        found
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
