//! A class's own members: what its body, its methods' `self.x` and class transforms define.

use indexmap::IndexMap;
use pytype_index::DefRef;
use pytype_source::Name;
use pytype_types::{AttributeFlags, Ty};
use rustc_hash::FxBuildHasher;

/// The members a class defines itself, in order of definition; inherited ones are found by the MRO.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MemberTable {
    pub members: IndexMap<Name, Member, FxBuildHasher>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub kind: MemberKind,
    pub flags: AttributeFlags,
}

/// Where a member's type comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MemberKind {
    /// A name bound in the class body: function, variable, nested class, alias, import.
    Body(DefRef),
    /// `self.x: T = ...` or `self.x = ...` in the method that is `method`.
    SelfAttribute { method: DefRef },
    /// Added by a dataclass, named tuple, enum, typed dict or attrs class, with its type in terms
    /// of the class's type parameters (`self` included for methods).
    Synthesized(Ty),
}
