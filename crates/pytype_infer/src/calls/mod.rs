//! Calls: arguments to parameters, generic inference, overloads, constructors, special callees.

mod application;
mod argument_types;
mod arguments;
mod call_expression;
mod callable;
mod check;
mod combined_signatures;
mod counts;
mod ctypes_arrays;
mod function_hooks;
mod isinstance_calls;
mod metaclass_calls;
mod method_hooks;
mod overload_expansion;
mod overloads;
mod partial_application;
mod solving;
mod special_forms;
mod super_calls;
mod type_arguments;
mod type_callees;
mod typed_dicts;

pub(crate) use arguments::arguments_of;
pub use arguments::{ArgumentValue, CallArgument};
pub use check::{CallOutcome, CallSite};
