//! What an assignment defines: a variable, or something that only looks like one.

use pytype_index::DefRef;
use pytype_types::TypeVarKind;

use crate::DeclareDb;

/// What `X = ...` defines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssignmentMeaning {
    Variable,
    /// `T = TypeVar("T")` and the like.
    TypeVariable(TypeVarKind),
    NewType,
    /// `namedtuple("X", ...)` (untyped) or `NamedTuple("X", ...)` (typed).
    NamedTuple {
        typed: bool,
    },
    TypedDict,
    Enum,
    /// `X = TypeAliasType("X", ...)`.
    TypeAliasType,
    /// `X: TypeAlias = ...` (explicit) or `X = SomeType` (implicit).
    Alias {
        explicit: bool,
    },
}

/// What the assignment `definition` defines.
pub fn classify_assignment(_db: &dyn DeclareDb, _definition: DefRef) -> AssignmentMeaning {
    AssignmentMeaning::Variable
}
