//! Members as overriding compares them: what one class defines, seen through objects of another.

use pytype_source::Name;
use pytype_types::ClassId;

use crate::member_table::member_table;
use crate::{Context, Member, MemberTable};

impl<'db> Context<'db> {
    /// The members that `class` itself defines.
    pub fn members_of(&self, class: ClassId) -> &'db MemberTable {
        member_table(self.db, class)
    }

    /// The member that `class` itself defines, with all that is known of it.
    pub fn own_member(&self, class: ClassId, name: Name) -> Option<Member> {
        let member = member_table(self.db, class).get(name)?;
        Some(Member { flags: self.member_facts(class, name)?.flags, ..*member })
    }

    /// The names in the `__slots__` that limit a class's instances.
    pub fn slots(&self, class: ClassId) -> Option<&'db [Name]> {
        crate::slots::declared_slots(self.db, class)
    }
}
