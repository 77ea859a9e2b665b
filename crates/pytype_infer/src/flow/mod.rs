//! Statements: the forward walk, the binder, narrowing, assignments and partial types.

pub mod binder;
pub mod partial_types;
