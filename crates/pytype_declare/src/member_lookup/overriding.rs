//! Members as overriding compares them: what one class defines, seen through objects of another.

use pytype_source::Name;
use pytype_types::{Attribute, AttributeFlags, ClassId, Ty};

use super::{MemberAccess, analyze_member};
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
        Some(Member { flags: self.member_flags(class, name), ..*member })
    }

    /// The member `name` that `base` defines, as objects of type `object` see it; with the type
    /// that may be assigned where it is another than the one read.
    pub fn member_from(&self, object: Ty, base: ClassId, name: Name) -> Option<Attribute> {
        let own = self.own_member(base, name)?;
        let read = MemberAccess { super_class: Some(base), ..MemberAccess::read(object) };
        let attribute = match analyze_member(self, object, name, &read) {
            Ok(found) => found,
            Err(error) => error.recovered,
        };
        let settable = own.flags.contains(AttributeFlags::SETTABLE);
        let set_ty = (settable && own.flags.contains(AttributeFlags::PROPERTY)).then(|| {
            let write = MemberAccess { super_class: Some(base), ..MemberAccess::write(object) };
            match analyze_member(self, object, name, &write) {
                Ok(found) => found.ty,
                Err(error) => error.recovered.ty,
            }
        });
        let set_ty = set_ty.filter(|ty| *ty != attribute.ty);
        Some(Attribute { set_ty, flags: own.flags, defined_in: Some(base), ..attribute })
    }

    /// The names in the `__slots__` that limit a class's instances.
    pub fn slots(&self, class: ClassId) -> Option<&'db [Name]> {
        crate::slots::declared_slots(self.db, class)
    }
}
