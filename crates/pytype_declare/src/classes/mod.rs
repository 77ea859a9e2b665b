//! Classes: identity, type parameters, header.

mod header;

pub use header::{ClassHeader, class_header};

use pytype_index::DefRef;
use pytype_source::Name;
use pytype_types::{ClassId, ClassOrigin, TyList};

use crate::{DeclareDb, names};

/// The class that `definition` defines: a `class` statement, or an assignment of a `NewType`,
/// named tuple, typed dict or functional enum.
pub fn class_id(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    let fullname = names::fullname_of(db, definition);
    ClassId::new(ClassOrigin::Definition(definition), fullname, Name::new(fullname.last_component()))
}

/// The type parameters of a class, as its own bound variables, in order.
pub fn class_type_params(_db: &dyn DeclareDb, _class: ClassId) -> TyList {
    TyList::EMPTY()
}
