//! Classes: identity, type parameters, header.

mod builder;
mod cycles;
mod header;
mod intersection;
mod metaclass;
mod mro;
mod type_params;

pub(crate) use builder::{HeaderBuilder, short_name};
pub(crate) use cycles::closes_cycle;
pub use header::{ClassHeader, class_header};
pub use intersection::intersection_class;
pub use type_params::{bound_variable, class_type_params};
pub(crate) use type_params::{subscript_base, subscript_items};

use pytype_index::{DefId, DefRef};
use pytype_source::{File, Name};
use pytype_types::{ClassId, ClassOrigin};

use crate::{DeclareDb, names};

/// The class that `definition` defines: a `class` statement, or an assignment of a `NewType`,
/// named tuple, typed dict or functional enum.
pub fn class_id(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    class_of_definition(db, definition.file, definition.id)
}

#[salsa::tracked(returns(copy))]
fn class_of_definition(db: &dyn DeclareDb, file: File, id: DefId) -> ClassId {
    let provisional = provisional_class_id(db, DefRef { file, id });
    let kind = names::class_kind(db, provisional);
    if kind.is_tuple || kind.is_typed_dict {
        ClassId::new_structural(provisional.origin(), provisional.fullname(), provisional.name())
    } else {
        provisional
    }
}

/// The class without what its bases say of it; for questions on the way to the real identity.
pub(crate) fn provisional_class_id(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    let fullname = names::fullname_of(db, definition);
    let name = Name::new(fullname.last_component().split('@').next().unwrap_or(""));
    ClassId::new(ClassOrigin::Definition(definition), fullname, name)
}
