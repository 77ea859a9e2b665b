//! The header of a class: bases, order of ancestors, metaclass, flags.

use pytype_source::{Diagnostic, Name};
use pytype_types::{ClassFlags, ClassId, ClassInfo, ClassOrigin, Ty, TyList};

use super::builder::HeaderBuilder;
use crate::DeclareDb;
use crate::annotations::LateCheck;
use crate::class_transforms::{DataclassSpec, NamedTupleField, TransformSpec, TypedDictField};
use crate::kept::Question;

/// All that is known of a class without its members, and what is wrong with its definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassHeader {
    pub info: ClassInfo,
    /// Relative to the class definition.
    pub diagnostics: Vec<Diagnostic>,
    /// What is to be looked at once all headers may be asked for; relative like the diagnostics.
    pub checks: Vec<LateCheck>,
    /// The metaclass as declared here (`metaclass=M`), not an inherited one.
    pub declared_metaclass: Option<Ty>,
    /// `@functools.total_ordering` stands on it.
    pub total_ordering: bool,
    /// How the class is a dataclass, if it is one itself (not only by inheritance).
    pub dataclass: Option<DataclassSpec>,
    /// `@dataclass_transform(...)` stands on it: classes derived from it (or made by it, for a
    /// metaclass) are dataclasses.
    pub transform: Option<TransformSpec>,
    /// An attrs decorator stands on it.
    pub attrs: Option<crate::class_transforms::AttrsSpec>,
    /// The fields, for a class that is itself defined as a named tuple.
    pub named_tuple: Option<Vec<NamedTupleField>>,
    /// The items declared here, for a typed dict.
    pub typed_dict_fields: Vec<TypedDictField>,
    /// The typed dicts that a typed dict derives from, with their type arguments.
    pub typed_dict_bases: Vec<(ClassId, TyList)>,
    /// Two bases are different tuples: rules about several bases say no more.
    pub incompatible_bases: bool,
    /// The members of a functional enum, in order.
    pub enum_call: Option<Vec<Name>>,
    /// For a `NewType`, the type it is made from.
    pub new_type_of: Option<Ty>,
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
            checks: Vec::new(),
            declared_metaclass: None,
            total_ordering: false,
            dataclass: None,
            transform: None,
            attrs: None,
            named_tuple: None,
            typed_dict_fields: Vec::new(),
            typed_dict_bases: Vec::new(),
            incompatible_bases: false,
            enum_call: None,
            new_type_of: None,
        }
    }
}

/// The header of `class`. Asks for the headers of its bases, never for members.
#[inline]
pub fn class_header(db: &dyn DeclareDb, class: ClassId, key: ()) -> &ClassHeader {
    let known = db.kept_declarations().and_then(|kept| kept.headers.get(class.number()));
    known.unwrap_or_else(|| new_header(db, class, key))
}

#[cold]
fn new_header(db: &dyn DeclareDb, class: ClassId, key: ()) -> &ClassHeader {
    let Some(kept) = db.kept_declarations() else { return class_header_query(db, class, key) };
    let make = || read_header(db, class);
    let found = kept.class_answer(db, class, Question::Header, |known| &known.header, make);
    let found = found.unwrap_or_else(|| class_header_query(db, class, key));
    if kept.is_final() { kept.headers.keep(class.number(), found) } else { found }
}

#[salsa::tracked(returns(ref))]
fn class_header_query(db: &dyn DeclareDb, class: ClassId, _key: ()) -> ClassHeader {
    read_header(db, class)
}

fn read_header(db: &dyn DeclareDb, class: ClassId) -> ClassHeader {
    match class.origin() {
        ClassOrigin::Definition(at) => HeaderBuilder::new(db, class, at).of_definition(),
        ClassOrigin::InlineBase(at, number) => HeaderBuilder::new(db, class, at).of_inline_base(number),
        ClassOrigin::Intersection(parts) => super::intersection::header(db, class, parts),
    }
}
