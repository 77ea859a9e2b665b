//! The database as this layer sees it, and what it asks of the layer above.

use pytype_index::{DefRef, IndexDb};
use pytype_source::Name;
use pytype_types::{ClassId, Ty};

use crate::{InterfaceWalk, KeptDeclarations};

/// The database as this layer sees it.
#[salsa::db]
pub trait DeclareDb: IndexDb {
    /// The layer that infers expressions.
    fn inference(&self) -> &dyn Inference;

    /// Upcast for the queries of this crate.
    fn as_declare_db(&self) -> &dyn DeclareDb;

    /// Answers kept by this handle of the database; `None` where files may change.
    fn kept_declarations(&self) -> Option<&KeptDeclarations> {
        None
    }
}

/// The type of something without an annotation, as other code sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InferredVariable {
    Type(Ty),
    /// The reader's own component has not come to it yet (mypy defers the reader, and in the
    /// last pass says `has-type`).
    NotReady,
    /// No assignment gives it a type; it was reported where it is assigned.
    Unknown,
}

/// What declarations ask of inference. Each answer is a query of its own or part of one. `reader` is the walk
/// over an interface that asks.
pub trait Inference {
    /// A module or class level variable without an annotation, by its first definition.
    fn variable(
        &self,
        db: &dyn DeclareDb,
        variable: DefRef,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable;

    /// An attribute that methods assign (`self.x = ...`) without an annotation.
    fn self_attribute(
        &self,
        db: &dyn DeclareDb,
        class: ClassId,
        name: Name,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable;

    /// The type of a function with decorators that are calls or names of ordinary functions:
    /// `undecorated` passed through them, innermost first.
    fn decorated(
        &self,
        db: &dyn DeclareDb,
        function: DefRef,
        undecorated: Ty,
        reader: Option<InterfaceWalk>,
    ) -> InferredVariable;
}
