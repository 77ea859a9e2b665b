//! Interned names: identifiers, dotted module names and qualified paths.
//!
//! A [`Name`] is a `Copy` handle of one machine word to text that is stored once for the whole
//! process, and is compared and hashed as that word. The order of names is the order of their text, never of
//! their addresses, so that nothing printed depends on when a name was first seen.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::MaybeUninit;
use std::sync::Mutex;

use compact_str::CompactString;
use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// An interned piece of text. A short one lies where the handle points to, with nothing more to follow.
#[derive(Clone, Copy)]
pub struct Name(&'static CompactString);

const SHARDS: usize = 64;

/// How many names each thread remembers by their text, and by where text was found.
const RECENT: usize = 8192;
const RECENT_PLACES: usize = 512;

/// One shard: its names, and room for the next ones and for the text of those that are long.
struct Shard {
    known: HashTable<Name>,
    text: &'static mut [u8],
    places: &'static mut [MaybeUninit<CompactString>],
}

/// How much room a shard gets at a time.
const TEXT: usize = 2048;
const PLACES: usize = 64;

/// By how many times its size a table grows.
const GROWTH: usize = 3;

/// Text of this length needs no room of its own.
const SHORT: usize = size_of::<CompactString>();

static TABLE: [Mutex<Shard>; SHARDS] = [const { Mutex::new(Shard::new()) }; SHARDS];

impl Shard {
    const fn new() -> Shard {
        Shard { known: HashTable::new(), text: &mut [], places: &mut [] }
    }

    fn insert(&mut self, hash: u64, text: &str) -> Name {
        let stored = if text.len() <= SHORT {
            CompactString::new(text)
        } else {
            CompactString::const_new(self.store(text))
        };
        if self.places.is_empty() {
            self.places = Box::leak(Box::new_uninit_slice(PLACES));
        }
        let Some((place, rest)) = std::mem::take(&mut self.places).split_first_mut() else {
            unreachable!("a block has room for one name at least");
        };
        self.places = rest;
        let name = Name(place.write(stored));
        if self.known.len() == self.known.capacity() {
            // Every name is hashed again when the table grows: that should not happen often.
            self.known.reserve(GROWTH * self.known.len().max(PLACES), |known| hash_of(known));
        }
        self.known.insert_unique(hash, name, |known| hash_of(known));
        name
    }

    fn store(&mut self, text: &str) -> &'static str {
        if text.len() > TEXT / 8 {
            return Box::leak(text.to_owned().into_boxed_str());
        }
        if self.text.len() < text.len() {
            self.text = Box::leak(vec![0; TEXT].into_boxed_slice());
        }
        let (own, rest) = std::mem::take(&mut self.text).split_at_mut(text.len());
        self.text = rest;
        own.copy_from_slice(text.as_bytes());
        std::str::from_utf8(own).unwrap_or_default()
    }
}

static NOTHING: CompactString = CompactString::const_new("");

thread_local! {
    /// The names of the pieces of text that this thread looked at last, by their addresses: an
    /// expression is asked for its name several times in a row.
    static READ: [Cell<Name>; RECENT_PLACES] = const { [const { Cell::new(Name(&NOTHING)) }; RECENT_PLACES] };
    /// The names that this thread saw last, by their hash: most are asked for again and again, and
    /// finding them here takes no lock.
    static SEEN: [Cell<(u64, Name)>; RECENT] = const { [const { Cell::new((0, Name(&NOTHING))) }; RECENT] };
    /// What joining two names gave, by the two.
    static JOINED: [Cell<Option<(Name, Name, Name)>>; RECENT / 4] =
        const { [const { Cell::new(None) }; RECENT / 4] };
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        let address = text.as_ptr().addr();
        READ.with(|read| {
            let slot = &read[((address >> 4) ^ (address >> 13)) % RECENT_PLACES];
            let name = slot.get();
            // There may be other text by now.
            if name.as_str() == text && !text.is_empty() {
                return name;
            }
            let name = Name::by_text(text);
            slot.set(name);
            name
        })
    }

    fn by_text(text: &str) -> Name {
        let hash = hash_of(text);
        SEEN.with(|seen| {
            let slot = &seen[hash as usize % RECENT];
            let (known, name) = slot.get();
            // A slot that nothing was put into yet has no hash of any text.
            if known == hash && name.as_str() == text && !text.is_empty() {
                return name;
            }
            let name = Name::in_table(hash, text);
            slot.set((hash, name));
            name
        })
    }

    fn in_table(hash: u64, text: &str) -> Name {
        // The table looks at the lowest and highest bits; the shard is chosen by others.
        let shard = &TABLE[(hash >> 32) as usize % SHARDS];
        // A poisoned shard still holds a valid set: inserting is its only mutation.
        let mut shard = shard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match shard.known.find(hash, |name| name.as_str() == text) {
            Some(found) => *found,
            None => shard.insert(hash, text),
        }
    }

    fn address(self) -> usize {
        std::ptr::from_ref(self.0) as usize
    }

    /// The text itself; it lives as long as the process.
    pub fn as_str(self) -> &'static str {
        self.0.as_str()
    }

    /// `self.attribute` as a dotted name; `attribute` alone when `self` is empty.
    pub fn dot(self, attribute: &str) -> Name {
        if self.0.is_empty() {
            return Name::new(attribute);
        }
        let mut dotted = String::with_capacity(self.0.len() + 1 + attribute.len());
        dotted.push_str(self.0);
        dotted.push('.');
        dotted.push_str(attribute);
        Name::new(&dotted)
    }

    /// [`Name::dot`] for an attribute that is a name already.
    pub fn member(self, attribute: Name) -> Name {
        let place = (self.address() >> 4).wrapping_mul(31) ^ (attribute.address() >> 4);
        JOINED.with(|joined| {
            let slot = &joined[place % joined.len()];
            if let Some((left, right, both)) = slot.get()
                && left == self
                && right == attribute
            {
                return both;
            }
            let both = self.dot(&attribute);
            slot.set(Some((self, attribute, both)));
            both
        })
    }

    /// The part behind the last dot.
    pub fn last_component(self) -> &'static str {
        self.as_str().rsplit('.').next().unwrap_or_default()
    }

    /// The part before the last dot, if there is a dot.
    pub fn parent(self) -> Option<Name> {
        self.as_str().rsplit_once('.').map(|(parent, _)| Name::new(parent))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.address());
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}
impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}
impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
