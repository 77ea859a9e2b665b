//! What a type is: interned form, display, substitution, relations, joins, the solver.
//!
//! Invariants: a [`Ty`] is an immutable `Copy` handle, equal exactly when the types are
//! structurally equal; no type holds syntax or positions; everything that depends on a class's
//! contents is asked of a [`TypeContext`], which the layers above implement.

pub mod arguments;
mod class;
pub mod collect;
mod context;
pub mod display;
pub mod freshen;
pub mod intern;
mod known;
mod literal;
pub mod normalize;
mod pending;
mod signature;
pub mod substitute;
pub mod translate;
mod ty;
mod type_variable;

#[allow(unused_imports, reason = "fewer and fewer of them are needed")]
pub(crate) use pending::*;

pub use arguments::{
    ArgKind, ArgTypeExpander, ArgumentInferContext, map_actuals_to_formals, map_formals_to_actuals,
};
pub use class::{ClassFlags, ClassId, ClassInfo, ClassOrigin};
pub use collect::{free_type_vars, has_any_type, has_type_vars};
pub use context::{AliasId, AliasInfo, Attribute, AttributeFlags, RelationState, TypeContext};
pub use display::{describe, describe_two, reveal};
pub use freshen::{freshen_all, freshen_callable, freshen_type};
pub use known::KnownClass;
pub use literal::LiteralValue;
pub use signature::{Param, ParamKind, Sig, SigFlags, Signature};
pub use substitute::{
    Substitution, bind_type_params, expand_by_instance, expand_self_type, expand_signature, expand_type,
    instantiate_alias, proper, substitute_self, variable_decl, variable_id,
};
pub use ty::{AnySource, ExtraAttributes, Instance, Ty, TyFlags, TyKind, TyList, TypedDict, TypedDictItem};
pub use type_variable::{
    ParamSpec, ParamSpecFlavor, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId, TypeVarInfo, TypeVarKind,
    TypeVarOrigin, TypeVarTuple, Variance,
};
