//! From expressions and statements to types: one forward walk over each unit of work.
//!
//! A *unit* is a component's interface (the module and class levels of its files, and the methods
//! that define attributes) or the body of one outermost function. Invariants: an expression is
//! inferred once for one expected type in one state of the binder; a unit reads other units only
//! through the database; findings are returned as values.

mod algebra;
pub mod calls;
pub mod checker;
pub mod expressions;
pub mod flow;

pub use checker::{Checker, DefinitionRules, FunctionFrame, InferDb};
