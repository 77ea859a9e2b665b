//! Functions as declared: signatures, decorators, overload sets, properties.

use pytype_index::DefRef;

use crate::{DeclareDb, FunctionInfo, FunctionItem, names};

/// All that the `def`s of one symbol declare; `first` is the symbol's first definition.
pub fn function_info(db: &dyn DeclareDb, first: DefRef) -> &FunctionInfo {
    function_info_query(db, first, ())
}

#[salsa::tracked(returns(ref))]
fn function_info_query(db: &dyn DeclareDb, first: DefRef, _key: ()) -> FunctionInfo {
    FunctionInfo {
        fullname: names::fullname_of(db, first),
        items: Vec::new(),
        implementation: None,
        diagnostics: Vec::new(),
    }
}

/// What one `def` declares.
pub fn signature_of(db: &dyn DeclareDb, definition: DefRef) -> Option<&FunctionItem> {
    function_info(db, definition).items.iter().find(|item| item.definition == definition)
}
