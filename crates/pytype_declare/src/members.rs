//! A class's own members: what its body, its methods' `self.x` and class transforms define.

use bitflags::bitflags;
use pytype_index::DefRef;
use pytype_source::{Name, NameMap};
use pytype_types::{AttributeFlags, Ty};

/// The members a class defines itself, in order of definition; inherited ones are found by the MRO.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MemberTable {
    pub members: NameMap<Member>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    pub kind: MemberKind,
    /// What is known without looking at annotations; [`crate::Context::member_flags`] completes it.
    pub flags: AttributeFlags,
    pub traits: MemberTraits,
}

bitflags! {
    /// Further facts about a member.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct MemberTraits: u8 {
        /// Belongs to instances only: set on `self`, or a dataclass field without a default.
        const IMPLICIT = 1 << 0;
        /// Has a value in the class body.
        const HAS_VALUE = 1 << 1;
        /// Added by a class transform.
        const GENERATED = 1 << 2;
        /// Annotated where `self` is assigned.
        const ANNOTATED_ON_SELF = 1 << 3;
    }
}

/// Where a member's type comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberKind {
    /// A name bound in the class body: function, variable, nested class, alias, import.
    Body(DefRef),
    /// `self.x: T = ...` or `self.x = ...` in the method that is `method`.
    SelfAttribute { method: DefRef },
    /// Added by a dataclass, named tuple, enum, typed dict or attrs class, with its type in terms
    /// of the class's type parameters (`self` included for methods).
    Synthesized(Ty),
}

impl Member {
    /// A member without anything special.
    pub fn new(kind: MemberKind, flags: AttributeFlags) -> Member {
        Member { kind, flags, traits: MemberTraits::empty() }
    }

    /// A member that a class transform adds.
    pub fn generated(ty: Ty, flags: AttributeFlags) -> Member {
        Member { kind: MemberKind::Synthesized(ty), flags, traits: MemberTraits::GENERATED }
    }

    pub fn is_implicit(&self) -> bool {
        self.traits.contains(MemberTraits::IMPLICIT)
    }
    pub fn is_generated(&self) -> bool {
        self.traits.contains(MemberTraits::GENERATED)
    }
}

impl MemberTable {
    pub fn get(&self, name: Name) -> Option<&Member> {
        self.members.get(name)
    }
    pub fn contains(&self, name: Name) -> bool {
        self.members.contains(name)
    }
    /// Adds or replaces a member.
    pub fn put(&mut self, name: Name, member: Member) {
        self.members.insert(name, member);
    }
    pub fn put_if_absent(&mut self, name: Name, member: Member) {
        if !self.contains(name) {
            self.put(name, member);
        }
    }
    /// Adds a generated method, unless the class's body defines a function of that name.
    pub fn put_method(&mut self, name: Name, member: Member) {
        let written =
            self.get(name).is_some_and(|m| m.flags.contains(AttributeFlags::METHOD) && !m.is_generated());
        if !written {
            self.put(name, member);
        }
    }
}
