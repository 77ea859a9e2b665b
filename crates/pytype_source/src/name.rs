//! Interned names: identifiers, dotted module names and qualified paths.
//!
//! A [`Name`] is a `Copy` handle of half a machine word to text that is stored once for the whole
//! process, and is compared and hashed as that number. The order of names is the order of their text, never of
//! their numbers, so that nothing printed depends on when a name was first seen.
//!
//! What is written in a syntax tree is looked up once: [`Name::of`] keeps a node's name in the node.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use compact_str::CompactString;
use ruff_python_ast::{self as ast, AtomicNodeIndex, NodeIndex};
use rustc_hash::FxHasher;

use crate::interning::{HashIndex, Numbered, OwnNumbers};

/// An interned piece of text: its number, from one on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name(NonZeroU32);

/// The names by their numbers, and these by what the text's hash is.
static NAMES: Numbered<CompactString> = Numbered::new();
static BY_TEXT: HashIndex = HashIndex::new();

/// How many names each thread remembers.
const RECENT: usize = 4096;

/// A name that a thread saw. Its text stands here too, if it is not long: who compares it need not look
/// anywhere else.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Seen {
    hash: u32,
    name: Option<Name>,
    length: u8,
    text: [u8; Seen::TEXT],
}

impl Seen {
    const TEXT: usize = 23;
    const NOTHING: Seen = Seen { hash: 0, name: None, length: 0, text: [0; Seen::TEXT] };

    fn new(hash: u32, name: Name, text: &str) -> Seen {
        let mut seen = Seen { hash, name: Some(name), length: u8::MAX, ..Seen::NOTHING };
        if let Some(own) = seen.text.get_mut(..text.len()) {
            own.copy_from_slice(text.as_bytes());
            seen.length = text.len() as u8;
        }
        seen
    }

    fn find(&self, hash: u32, text: &str) -> Option<Name> {
        let name = self.name.filter(|_| self.hash == hash)?;
        let same = match self.text.get(..usize::from(self.length)) {
            Some(own) => own == text.as_bytes(),
            None => name.as_str() == text,
        };
        same.then_some(name)
    }
}

/// Where a thread puts new names.
struct Own {
    numbers: OwnNumbers,
    /// Room for text that is long.
    room: Cell<&'static mut [u8]>,
}

/// How much room for text a thread gets at a time.
const ROOM: usize = 4096;

/// Text of this length needs no room of its own.
const SHORT: usize = size_of::<CompactString>();

impl Own {
    /// Stores text for good.
    fn store(&self, text: &str) -> Name {
        let stored = if text.len() <= SHORT {
            CompactString::new(text)
        } else {
            CompactString::const_new(self.keep(text))
        };
        Name(NAMES.store(&self.numbers, stored))
    }

    fn keep(&self, text: &str) -> &'static str {
        if text.len() > ROOM / 16 {
            return Box::leak(text.to_owned().into_boxed_str());
        }
        let mut room = self.room.take();
        if room.len() < text.len() {
            room = Box::leak(vec![0; ROOM].into_boxed_slice());
        }
        let (own, rest) = room.split_at_mut(text.len());
        self.room.set(rest);
        own.copy_from_slice(text.as_bytes());
        std::str::from_utf8(own).unwrap_or_default()
    }
}

/// A name with the part before its last dot.
type KnownParent = (Name, Option<Name>);

thread_local! {
    /// The names that this thread saw last, by their hash: most are asked for again and again, and
    /// here one look at memory finds them.
    static SEEN: RefCell<[Seen; RECENT]> = const { RefCell::new([Seen::NOTHING; RECENT]) };
    static OWN: Own = const { Own { numbers: OwnNumbers::none(), room: Cell::new(&mut []) } };
    /// The parents that were asked for last.
    static PARENTS: [Cell<Option<KnownParent>>; RECENT / 2] =
        const { [const { Cell::new(None) }; RECENT / 2] };
    /// What joining two names gave, by the two.
    static JOINED: [Cell<Option<(Name, Name, Name)>>; RECENT / 2] =
        const { [const { Cell::new(None) }; RECENT / 2] };
}

fn hash_of(text: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

/// A name that stands in this program's own text, looked up once: see [`name!`](crate::name!).
pub struct WrittenName {
    text: &'static str,
    /// The name's number; 0 before it is looked up.
    number: AtomicU32,
}

impl WrittenName {
    pub const fn new(text: &'static str) -> WrittenName {
        WrittenName { text, number: AtomicU32::new(0) }
    }

    #[inline]
    pub fn get(&self) -> Name {
        NonZeroU32::new(self.number.load(Relaxed)).map_or_else(|| self.look_up(), Name)
    }

    #[cold]
    #[inline(never)]
    fn look_up(&self) -> Name {
        let name = Name::new(self.text);
        self.number.store(name.number(), Relaxed);
        name
    }
}

/// The [`Name`] of a literal.
#[macro_export]
macro_rules! name {
    ($text:literal) => {{
        static NAME: $crate::WrittenName = $crate::WrittenName::new($text);
        NAME.get()
    }};
}

/// A node of a syntax tree that is a name in itself.
pub trait NamedNode {
    fn text(&self) -> &str;
    /// Where the node has room for a number.
    fn number(&self) -> &AtomicNodeIndex;
}

impl NamedNode for ast::ExprName {
    fn text(&self) -> &str {
        &self.id
    }
    fn number(&self) -> &AtomicNodeIndex {
        &self.node_index
    }
}

impl NamedNode for ast::Identifier {
    fn text(&self) -> &str {
        &self.id
    }
    fn number(&self) -> &AtomicNodeIndex {
        &self.node_index
    }
}

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        let hash = hash_of(text);
        SEEN.with_borrow_mut(|seen| {
            let slot = &mut seen[hash as usize % RECENT];
            slot.find(hash, text).unwrap_or_else(|| {
                let name = Name::in_table(hash, text);
                *slot = Seen::new(hash, name, text);
                name
            })
        })
    }

    /// The name that `node` is. It is looked up once: whoever changes the node's text has to give it
    /// another `node_index`.
    #[inline]
    pub fn of(node: &impl NamedNode) -> Name {
        match node.number().load().as_u32().and_then(NonZeroU32::new) {
            Some(number) => Name(number),
            None => Name::of_new(node),
        }
    }

    #[inline(never)]
    fn of_new(node: &impl NamedNode) -> Name {
        let name = Name::new(node.text());
        node.number().set(NodeIndex::from(name.0.get()));
        name
    }

    fn in_table(hash: u32, text: &str) -> Name {
        let is_same = |number, text: &&str| Name(number).as_str() == *text;
        Name(BY_TEXT.find_or_add(hash, text, is_same, |text| OWN.with(|own| own.store(text)).0))
    }

    /// The name's number: which one depends on what was named before.
    pub fn number(self) -> u32 {
        self.0.get()
    }

    fn index(self) -> usize {
        self.0.get() as usize
    }

    /// The text itself; it lives as long as the process.
    #[inline]
    pub fn as_str(self) -> &'static str {
        NAMES.get(self.0).map_or("", CompactString::as_str)
    }

    /// `self.attribute` as a dotted name; `attribute` alone when `self` is empty.
    pub fn dot(self, attribute: &str) -> Name {
        let before = self.as_str();
        if before.is_empty() {
            return Name::new(attribute);
        }
        let mut dotted = String::with_capacity(before.len() + 1 + attribute.len());
        dotted.push_str(before);
        dotted.push('.');
        dotted.push_str(attribute);
        Name::new(&dotted)
    }

    /// [`Name::dot`] for an attribute that is a name already.
    pub fn member(self, attribute: Name) -> Name {
        let place = self.index().wrapping_mul(31) ^ attribute.index();
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
        PARENTS.with(|parents| {
            let slot = &parents[self.index() % parents.len()];
            if let Some((name, parent)) = slot.get()
                && name == self
            {
                return parent;
            }
            let parent = self.as_str().rsplit_once('.').map(|(parent, _)| Name::new(parent));
            slot.set(Some((self, parent)));
            parent
        })
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.0.get());
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
