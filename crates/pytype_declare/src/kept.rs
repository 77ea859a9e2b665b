//! What a thread of a frozen run keeps of this layer's answers.

use std::cell::Cell;

use pytype_index::DefRef;
use pytype_source::{File, Kept, KeptCopies, Name};
use pytype_types::{AliasId, AliasInfo, ClassId, TyList, TypeVarDecl, TypeVarInfo};

use crate::abstract_members::AbstractMembers;
use crate::classes::ClassHeader;
use crate::{Binding, DeclareDb, FunctionInfo, MemberTable, VariableInfo};

/// See [`DeclareDb::kept_declarations`].
#[derive(Default)]
pub struct KeptDeclarations {
    pub(crate) bindings: KeptCopies<DefRef, Option<Binding>>,
    pub(crate) class_ids: KeptCopies<DefRef, ClassId>,
    pub(crate) class_parameters: KeptCopies<ClassId, TyList>,
    pub(crate) headers: Kept<ClassId, ClassHeader>,
    pub(crate) tables: Kept<ClassId, MemberTable>,
    pub(crate) variables: Kept<DefRef, VariableInfo>,
    pub(crate) functions: Kept<DefRef, FunctionInfo>,
    pub(crate) aliases: Kept<AliasId, AliasInfo>,
    pub(crate) type_variables: Kept<TypeVarDecl, TypeVarInfo>,
    pub(crate) abstract_members: Kept<ClassId, AbstractMembers>,
    pub(crate) fullnames: Kept<File, Vec<Option<Name>>>,
    /// How many questions are open that may turn out to depend on themselves. What is answered
    /// within them may not be final, and is not kept.
    open_circles: Cell<u32>,
}

impl KeptDeclarations {
    /// What this handle of the database keeps, if what is answered now is final.
    pub(crate) fn of(db: &dyn DeclareDb) -> Option<&KeptDeclarations> {
        db.kept_declarations().filter(|kept| kept.open_circles.get() == 0)
    }
}

/// A question that may depend on itself, while it is open.
pub(crate) struct OpenCircle<'db>(Option<&'db KeptDeclarations>);

impl<'db> OpenCircle<'db> {
    pub(crate) fn enter(db: &'db dyn DeclareDb) -> OpenCircle<'db> {
        let kept = db.kept_declarations();
        if let Some(kept) = kept {
            kept.open_circles.set(kept.open_circles.get() + 1);
        }
        OpenCircle(kept)
    }
}

impl Drop for OpenCircle<'_> {
    fn drop(&mut self) {
        if let Some(kept) = self.0 {
            kept.open_circles.set(kept.open_circles.get().saturating_sub(1));
        }
    }
}
