//! From definitions to declared types: names, classes, signatures, annotations, aliases, members.
//!
//! Invariant: every query here is keyed by a definition and its graph has no cycles by
//! construction: a class's type parameters need only names; its header needs type parameters;
//! members and signatures need headers. What needs an expression's type (a decorated function, a
//! variable without an annotation) is asked of [`Inference`], which the layer above implements.

mod abstract_members;
pub mod aliases;
pub mod annotations;
pub mod class_transforms;
pub mod classes;
pub mod constructors;
mod context;
mod db;
mod definition_findings;
mod kept;
mod local_cycles;
mod local_types;
pub mod member_lookup;
pub mod member_table;
mod members;
pub mod names;
mod nodes;
mod protocols;
mod read_ahead;
mod self_attributes;
pub mod signatures;
pub mod slots;
mod substitution;
mod syntax;
mod type_comments;
pub mod type_operations;
pub mod type_variables;
pub mod variables;
mod written_types;

pub use context::Context;
pub use db::{DeclareDb, Inference, InferredVariable};
pub use definition_findings::declaration_diagnostics;
pub use kept::KeptDeclarations;
pub use local_types::{Covered, InterfaceWalk, LocalTypes};
pub use members::{Member, MemberKind, MemberTable, MemberTraits};
pub use nodes::{
    Binding, DecoratedType, FunctionInfo, FunctionItem, FunctionKind, ImplicitName, Node, VariableInfo,
};
pub use read_ahead::read_ahead;
