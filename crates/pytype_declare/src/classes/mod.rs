//! Classes: identity, type parameters, header.

mod builder;
mod cycles;
mod findings;
mod header;
mod inheritance;
mod intersection;
mod metaclass;
mod mro;
mod rules;
mod type_params;

pub(crate) use builder::{HeaderBuilder, short_name};
pub(crate) use cycles::closes_cycle;
pub use findings::class_diagnostics;
pub(crate) use findings::unused_class_diagnostics;
pub use header::{ClassHeader, class_header};
pub use inheritance::{
    Compatibility, bases_are_compatible, has_bases_in_progress, multiple_inheritance_diagnostics,
};
pub use intersection::intersection_class;
pub use rules::can_share_layout;
pub use type_params::{bound_variable, class_type_params};
pub(crate) use type_params::{subscript_base, subscript_items};

use pytype_index::{DefId, DefRef};
use pytype_source::{File, Name};
use pytype_types::{AliasId, AliasInfo, ClassId, ClassOrigin, Ty, TyKind, TyList};

use crate::kept::Question;
use crate::{DeclareDb, Node, names};

/// The class that `definition` defines: a `class` statement, or an assignment of a `NewType`,
/// named tuple, typed dict or functional enum.
#[inline]
pub fn class_id(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    match db.kept_declarations().and_then(|kept| kept.known_class(definition)) {
        Some(known) => known,
        None => new_class_id(db, definition),
    }
}

/// Apart, so that what is known already is found in few steps.
#[inline(never)]
fn new_class_id(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    let kept = db.kept_declarations().and_then(|kept| {
        let slot = &kept.class_at(db, definition)?.id;
        kept.answer((Question::Class, definition), slot, || find_class(db, definition))
    });
    kept.copied().unwrap_or_else(|| class_of_definition(db, definition.file, definition.id))
}

#[salsa::tracked(returns(copy))]
fn class_of_definition(db: &dyn DeclareDb, file: File, id: DefId) -> ClassId {
    find_class(db, DefRef { file, id })
}

fn find_class(db: &dyn DeclareDb, definition: DefRef) -> ClassId {
    let provisional = provisional_class_id(db, definition);
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

/// What the name of a class means as a type, with these arguments: its instance, or the alias for
/// the tuple or typed dict that its instances are (see [`ClassId::is_structural`]).
pub fn named_type(class: ClassId, args: TyList) -> Ty {
    match class.origin() {
        ClassOrigin::Definition(at) if class.is_structural() => {
            Ty::new(TyKind::Alias { alias: AliasId::new(at, class.fullname()), args })
        }
        ClassOrigin::Definition(_) | ClassOrigin::InlineBase(..) | ClassOrigin::Intersection(_) => {
            Ty::instance(class, args)
        }
    }
}

/// What the alias for a structural class stands for; `None` for other aliases.
#[salsa::tracked(returns(ref))]
pub(crate) fn structure_of_alias(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> Option<AliasInfo> {
    let Some(Node::Class(class)) = names::binding_of(db, alias.definition()).map(|b| b.node) else {
        return None;
    };
    let info = &class_header(db, class, ()).info;
    let target = info.tuple_type.or(info.typed_dict).unwrap_or_else(|| Ty::instance(class, info.type_params));
    Some(AliasInfo {
        target,
        type_params: info.type_params,
        // Whether it reaches itself is not known here; the relations look themselves.
        recursive: true,
        explicit_type_statement: false,
        no_args: false,
    })
}
