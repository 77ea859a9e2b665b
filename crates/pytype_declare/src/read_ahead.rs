//! Declarations of a whole file, asked for before anybody needs them.

use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_source::File;

use crate::names::scope_access::index_of;
use crate::{DeclareDb, classes, member_table, signatures, slots, variables};

/// Answers what the classes, functions and annotated variables of a file's interface declare. Only
/// an annotation that names an unannotated variable asks for an inferred type (it may be `Any`): files can be
/// read in any order, on all cores.
pub fn read_ahead(db: &dyn DeclareDb, file: File) {
    for (ordinal, found) in (0..).zip(&index_of(db, file, 0).definitions) {
        let at = DefRef { file, id: DefId { unit: 0, ordinal } };
        match found.kind {
            DefinitionKind::Class { .. } => {
                let class = classes::class_id(db, at);
                member_table::member_table(db, class);
                slots::written_slots(db, at, class);
            }
            DefinitionKind::Function { .. } => {
                signatures::function_info(db, at);
            }
            DefinitionKind::Variable => {
                variables::variable_info(db, at);
            }
            DefinitionKind::Parameter
            | DefinitionKind::Import { .. }
            | DefinitionKind::ImportFrom { .. }
            | DefinitionKind::TypeParameter
            | DefinitionKind::TypeAliasStatement => {}
        }
    }
}
