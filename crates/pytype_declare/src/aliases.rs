//! Type aliases: what they stand for.

use pytype_index::DefRef;
use pytype_source::Diagnostic;
use pytype_types::{AliasId, AliasInfo, AnySource, Ty, TyList};

use crate::{DeclareDb, names};

/// The alias that `definition` defines.
pub fn alias_id(db: &dyn DeclareDb, definition: DefRef) -> AliasId {
    AliasId::new(definition, names::fullname_of(db, definition))
}

/// What an alias stands for.
pub fn alias_info(db: &dyn DeclareDb, alias: AliasId) -> &AliasInfo {
    match crate::classes::structure_of_alias(db, alias, ()) {
        Some(info) => info,
        None => alias_info_query(db, alias, ()),
    }
}

#[salsa::tracked(returns(ref))]
fn alias_info_query(_db: &dyn DeclareDb, _alias: AliasId, _key: ()) -> AliasInfo {
    AliasInfo {
        target: Ty::any(AnySource::Implementation),
        type_params: TyList::EMPTY(),
        recursive: false,
        explicit_type_statement: false,
        no_args: false,
    }
}

/// What is wrong with the definition of an alias, relative to it.
pub fn alias_diagnostics(_db: &dyn DeclareDb, _alias: AliasId) -> Vec<Diagnostic> {
    Vec::new()
}
