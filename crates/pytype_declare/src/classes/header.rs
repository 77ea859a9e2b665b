//! The header of a class: bases, order of ancestors, metaclass, flags.

use pytype_source::{Diagnostic, Name};
use pytype_types::{ClassFlags, ClassId, ClassInfo, TyList};

use crate::DeclareDb;

/// All that is known of a class without its members, and what is wrong with its definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassHeader {
    pub info: ClassInfo,
    /// Relative to the class definition.
    pub diagnostics: Vec<Diagnostic>,
    /// The metaclass as declared here (`metaclass=M`), not an inherited one.
    pub declared_metaclass: Option<ClassId>,
    /// `@functools.total_ordering` stands on it.
    pub total_ordering: bool,
    /// The names in the class's own `__slots__`, if it can be read off.
    pub slots: Option<Vec<Name>>,
}

impl ClassHeader {
    /// The header of a class of which nothing is known.
    pub fn unknown(id: ClassId) -> ClassHeader {
        ClassHeader {
            info: ClassInfo {
                id,
                flags: ClassFlags::FALLBACK_TO_ANY,
                type_params: TyList::EMPTY(),
                bases: TyList::EMPTY(),
                mro: vec![id],
                ancestors: Default::default(),
                metaclass: None,
                tuple_type: None,
                typed_dict: None,
                promotions: TyList::EMPTY(),
                deprecated: None,
            },
            diagnostics: Vec::new(),
            declared_metaclass: None,
            total_ordering: false,
            slots: None,
        }
    }
}

/// The header of `class`.
#[salsa::tracked(returns(ref))]
pub fn class_header(_db: &dyn DeclareDb, class: ClassId, _key: ()) -> ClassHeader {
    ClassHeader::unknown(class)
}
