//! The members that a class defines itself.

use pytype_types::ClassId;

use crate::{DeclareDb, MemberTable};

/// The members of `class` in order of definition: its body's names, what its methods assign
/// through `self`, what class transforms add.
#[salsa::tracked(returns(ref))]
pub fn member_table(_db: &dyn DeclareDb, _class: ClassId, _key: ()) -> MemberTable {
    MemberTable::default()
}
