//! Statements: the forward walk, the binder, narrowing, assignments and partial types.

pub mod assignments;
pub mod binder;
mod class_variables;
mod classes;
mod definitions;
mod enum_bodies;
mod exceptions;
mod function_variants;
pub mod functions;
mod known_types;
mod loop_rounds;
mod match_statement;
pub mod narrowing;
pub mod partial_types;
mod patterns;
pub mod placement;
mod places;
mod redefinitions;
mod repeated_imports;
mod special_names;
mod statements;
mod targets;
mod transform_arguments;
pub mod units;
mod unpacking;
mod variables;
mod walk_state;

pub(crate) use places::KnownName;
