//! Expressions: one file for each family.

mod any_in_types;
mod attributes;
mod awaiting;
mod boolean_operations;
mod class_objects;
mod comparison_overlap;
mod comparisons;
mod comprehensions;
mod displays;
mod format_calls;
mod generators;
mod infer;
mod iteration;
mod lambdas;
mod literal_strings;
mod literals;
mod messages;
mod names;
mod operators;
mod percent_formatting;
mod state;
mod subscripts;
mod subtype_checks;
mod truthiness;
mod tuple_indexing;
mod type_application;
mod type_forms;

pub use attributes::MemberUse;
pub(crate) use displays::DictEntry;
pub(crate) use lambdas::lambda_parameters;
pub(crate) use literals::{literal_or_self, string_values, with_last_known};
pub(crate) use operators::operator_of_method;
pub use operators::{binary_method, has_reverse, is_operator_method};
pub(crate) use state::ExpressionState;
pub use state::InferMode;
pub(crate) use tuple_indexing::{unpack_position, written_int};
