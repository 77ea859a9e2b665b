//! The metaclass of a class: declared, inherited, in conflict.

use pytype_types::{ClassId, Ty};

use super::class_header;
use crate::DeclareDb;

fn derives(db: &dyn DeclareDb, class: ClassId, ancestor: ClassId) -> bool {
    class_header(db, class, ()).info.has_base(ancestor)
}

fn class_of(ty: Ty) -> Option<ClassId> {
    ty.as_instance().map(|instance| instance.class)
}

/// The metaclass that results from what is declared on the class and on its ancestors (`mro`
/// without the class itself); `None` when nothing is declared or the declarations conflict.
pub(crate) fn resulting(
    db: &dyn DeclareDb,
    class: ClassId,
    declared: Option<Ty>,
    ancestors: &[ClassId],
) -> Option<Ty> {
    if class.is("builtins.type") {
        return Some(Ty::plain_instance(class));
    }
    if let Some(metaclass) = declared
        && class_of(metaclass).is_some_and(|m| !class_header(db, m, ()).info.has_base_named("builtins.type"))
    {
        return declared;
    }
    let mut winner = declared;
    for ancestor in ancestors {
        let Some(candidate) = class_header(db, *ancestor, ()).declared_metaclass else { continue };
        let Some(candidate_class) = class_of(candidate) else { continue };
        match winner.and_then(class_of) {
            None => winner = Some(candidate),
            Some(current) if derives(db, current, candidate_class) => {}
            Some(current) if derives(db, candidate_class, current) => winner = Some(candidate),
            Some(_) => return None,
        }
    }
    winner
}
