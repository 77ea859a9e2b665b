//! Every option: its value, and where the value came from.

/// The options of one module, under mypy's names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ModuleOptions {}
