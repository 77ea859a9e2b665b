//! What is declared of variables.

use pytype_index::DefRef;

use crate::{DeclareDb, VariableInfo};

/// What is declared of the variable that `definition` binds (that definition alone: a symbol with
/// several has the declaration of the first that is annotated).
pub fn variable_info(db: &dyn DeclareDb, definition: DefRef) -> &VariableInfo {
    variable_info_query(db, definition, ())
}

#[salsa::tracked(returns(ref))]
fn variable_info_query(_db: &dyn DeclareDb, _definition: DefRef, _key: ()) -> VariableInfo {
    VariableInfo {
        declared: None,
        is_final: false,
        is_class_var: false,
        is_init_var: false,
        simple_literal: None,
        diagnostics: Vec::new(),
    }
}
