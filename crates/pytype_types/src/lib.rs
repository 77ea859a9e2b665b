//! What a type is: interned form, display, substitution, relations, joins, the solver.
//!
//! Invariants: a [`Ty`] is an immutable `Copy` handle, equal exactly when the types are
//! structurally equal; no type holds syntax or positions; everything that depends on a class's
//! contents is asked of a [`TypeContext`], which the layers above implement.

mod class;
mod context;
pub mod intern;
mod known;
mod literal;
mod signature;
mod ty;
mod type_variable;

pub use class::{ClassFlags, ClassId, ClassInfo, ClassOrigin};
pub use context::{AliasId, AliasInfo, Attribute, AttributeFlags, RelationState, TypeContext};
pub use known::KnownClass;
pub use literal::LiteralValue;
pub use signature::{Param, ParamKind, Sig, SigFlags, Signature};
pub use ty::{AnySource, ExtraAttributes, Instance, Ty, TyFlags, TyKind, TyList, TypedDict, TypedDictItem};
pub use type_variable::{
    ParamSpec, ParamSpecFlavor, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId, TypeVarInfo, TypeVarKind,
    TypeVarOrigin, TypeVarTuple, Variance,
};
