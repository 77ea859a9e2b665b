//! Classes: their identity, and the part of them ("header") that relations need.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use bitflags::bitflags;
use pytype_index::DefRef;
use pytype_source::Name;
use rustc_hash::FxHashMap;

use crate::intern::{Interned, hash_of, interner};
use crate::{Ty, TyList};

/// What makes a class the class it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClassOrigin {
    /// A `class` statement, or an assignment that defines a class (`NamedTuple(...)`,
    /// `TypedDict(...)`, `NewType(...)`, `Enum(...)`).
    Definition(DefRef),
    /// A class made in place: `class A(namedtuple("B", "x y"))`. The number is the position among
    /// the base expressions of the class that contains it.
    InlineBase(DefRef, u32),
    /// The class that narrowing invents for a value that is both (`isinstance` of unrelated classes).
    Intersection(TyList),
}

#[derive(Debug)]
struct ClassKey {
    /// How many classes there were before it: for tables of what is known of classes. Nothing that is
    /// visible may depend on it.
    number: u32,
    origin: ClassOrigin,
    /// Qualified name with the module: `m.Outer.Inner`.
    fullname: Name,
    /// The last part, as error messages and revealed types show it.
    name: Name,
    /// See [`ClassId::is_structural`].
    structural: bool,
}

/// A class, by where it is defined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ClassId(Interned<ClassKey>);

interner!(CLASSES, ClassKey);

/// The number of the next class.
static NEXT: AtomicU32 = AtomicU32::new(0);

impl ClassKey {
    /// What makes it the same class as another.
    fn identity(&self) -> (ClassOrigin, Name, Name, bool) {
        (self.origin, self.fullname, self.name, self.structural)
    }
}

impl PartialEq for ClassKey {
    fn eq(&self, other: &ClassKey) -> bool {
        self.identity() == other.identity()
    }
}
impl Eq for ClassKey {}

impl Hash for ClassKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl ClassId {
    pub fn new(origin: ClassOrigin, fullname: Name, name: Name) -> ClassId {
        ClassId::intern(ClassKey { number: 0, origin, fullname, name, structural: false })
    }
    /// A class whose instances are tuples with known items or typed dicts.
    pub fn new_structural(origin: ClassOrigin, fullname: Name, name: Name) -> ClassId {
        ClassId::intern(ClassKey { number: 0, origin, fullname, name, structural: true })
    }
    fn intern(key: ClassKey) -> ClassId {
        let number = || NEXT.fetch_add(1, Ordering::Relaxed);
        let is_same = |known: &ClassKey, key: &ClassKey| known == key;
        ClassId(
            CLASSES.find_or_store(hash_of(&key), key, is_same, |key| ClassKey { number: number(), ..key }),
        )
    }
    /// A number that no other class has.
    pub fn number(self) -> u32 {
        self.0.get().number
    }
    /// Whether instances are tuples with known items (named tuples, `class A(tuple[int, str])`, and
    /// what derives from them) or typed dicts: [`ClassInfo::tuple_type`] or
    /// [`ClassInfo::typed_dict`] says what is in them.
    ///
    /// The name of such a class in an annotation means a use of an alias for that tuple or typed
    /// dict ([`crate::TyKind::Alias`] with the class's own definition), as in mypy, so that nothing
    /// needs the items before they are known; `proper` expands it. The plain instance of such a
    /// class occurs as the fallback of the tuple or typed dict alone.
    pub fn is_structural(self) -> bool {
        self.0.get().structural
    }
    pub fn origin(self) -> ClassOrigin {
        self.0.get().origin
    }
    pub fn fullname(self) -> Name {
        self.0.get().fullname
    }
    pub fn name(self) -> Name {
        self.0.get().name
    }
    /// Whether this is the class with this full name (such as `builtins.int`).
    pub fn is(self, fullname: &str) -> bool {
        self.0.get().fullname == fullname
    }
}

bitflags! {
    /// Properties of a class that relations and member lookup ask for all the time.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct ClassFlags: u32 {
        const PROTOCOL = 1 << 0;
        const RUNTIME_CHECKABLE = 1 << 1;
        const ENUM = 1 << 2;
        const FINAL = 1 << 3;
        const NAMED_TUPLE = 1 << 4;
        const NEW_TYPE = 1 << 5;
        const TYPED_DICT = 1 << 6;
        /// A base is `Any` (or could not be understood): unknown attributes are `Any`.
        const FALLBACK_TO_ANY = 1 << 7;
        const DATACLASS = 1 << 8;
        /// Defined in a stub file.
        const STUB = 1 << 9;
        /// Has a metaclass that derives from `ABCMeta`, or is a protocol.
        const ABSTRACT_ALLOWED = 1 << 10;
        /// A `class` of its own right made by narrowing.
        const INTERSECTION = 1 << 11;
        const DISJOINT_BASE = 1 << 12;
        /// The bases could not be put into an order (`mro` is then the class and `object`).
        const BAD_MRO = 1 << 13;
        /// A type parameter list is given in the class statement (PEP 695): variance is inferred.
        const PEP695 = 1 << 14;
        /// A metaclass is `Any`: attributes of the class object are unknown.
        const META_FALLBACK_TO_ANY = 1 << 15;
        /// Some parameter is a `TypeVarTuple`.
        const VARIADIC = 1 << 16;
        /// An integer of fixed size of `mypy_extensions` (`i64`): it and `int` stand for each other.
        const NATIVE_INT = 1 << 17;
        /// It or an ancestor has promotions.
        const PROMOTED = 1 << 18;
    }
}

/// The header of a class: all that is known without looking at the types of its members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassInfo {
    pub id: ClassId,
    pub flags: ClassFlags,
    /// `TypeVar`, `ParamSpec` and `TypeVarTuple` types, in order.
    pub type_params: TyList,
    /// Direct bases as written, as instances (a `tuple[int, str]` base is the instance of `tuple`).
    pub bases: TyList,
    /// Linearised ancestors, the class itself first, `object` last.
    pub mro: Vec<ClassId>,
    /// For each generic ancestor, its instance in terms of this class's type parameters.
    pub ancestors: FxHashMap<ClassId, Ty>,
    /// Instance of the metaclass, when it is not plain `type`.
    pub metaclass: Option<Ty>,
    /// For a class that is a tuple with known items (`NamedTuple`, `class A(tuple[int, str])`).
    pub tuple_type: Option<Ty>,
    /// For a `TypedDict` class.
    pub typed_dict: Option<Ty>,
    /// Types this one may be used as without inheriting (`int` as `float`), as mypy's promotions.
    pub promotions: TyList,
    /// The message of `@deprecated`, if any.
    pub deprecated: Option<Name>,
}

impl ClassInfo {
    pub fn is_protocol(&self) -> bool {
        self.flags.contains(ClassFlags::PROTOCOL)
    }
    pub fn is_enum(&self) -> bool {
        self.flags.contains(ClassFlags::ENUM)
    }
    pub fn is_final(&self) -> bool {
        self.flags.contains(ClassFlags::FINAL)
    }
    /// Whether `ancestor` is this class or one it derives from.
    pub fn has_base(&self, ancestor: ClassId) -> bool {
        self.mro.contains(&ancestor)
    }
    /// The same by full name.
    pub fn has_base_named(&self, fullname: &str) -> bool {
        self.mro.iter().any(|class| class.is(fullname))
    }
}
