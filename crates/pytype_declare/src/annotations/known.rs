//! Classes of the standard library, found by their names alone.

use pytype_modules::Resolution;
use pytype_source::Name;
use pytype_types::{AnySource, ClassId, ClassOrigin, KnownClass, Ty, TyList};

use crate::{DeclareDb, Node, names};

/// The class that `class` is in the standard library in use.
pub(crate) fn known_class(db: &dyn DeclareDb, class: KnownClass) -> ClassId {
    known_class_query(db, class, ())
}

#[salsa::tracked(returns(copy))]
fn known_class_query(db: &dyn DeclareDb, class: KnownClass, _key: ()) -> ClassId {
    let (module, name) = class.path();
    if let Resolution::Found(file) = pytype_modules::resolve(db, Name::new(module))
        && let Some(member) = names::module_member(db, file, file, Name::new(name))
        && let Node::Class(found) = member.binding.node
    {
        return found;
    }
    // A standard library without it: a class that nothing defines.
    ClassId::new(ClassOrigin::Intersection(TyList::EMPTY()), Name::new(module).dot(name), Name::new(name))
}

/// An instance of a known class with these type arguments.
pub(crate) fn known(db: &dyn DeclareDb, class: KnownClass, args: impl Into<TyList>) -> Ty {
    Ty::instance(known_class(db, class), args)
}

/// The fallback of functions.
pub(crate) fn function(db: &dyn DeclareDb) -> Ty {
    known(db, KnownClass::Function, TyList::EMPTY())
}

/// `tuple[Any, ...]`, as the fallback of tuples whose items are known.
pub(crate) fn any_tuple(db: &dyn DeclareDb) -> Ty {
    known(db, KnownClass::Tuple, [Ty::any(AnySource::SpecialForm)])
}

/// `object`.
pub(crate) fn object(db: &dyn DeclareDb) -> Ty {
    known(db, KnownClass::Object, TyList::EMPTY())
}
