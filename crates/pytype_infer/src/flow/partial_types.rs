//! Partial types: variables whose first assignment says only half (`x = []`, `x = None`).

use pytype_index::DefRef;
use pytype_types::ClassId;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

/// What a first assignment left open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Partial {
    /// `x = None`: the type of a later assignment, or `None`.
    None,
    /// `x = []`, `x = {}`, `x = set()`, `x = defaultdict(list)`: the class, arguments to come.
    Generic { class: ClassId },
}

/// The variables of one scope (function, class body, module) that are still partial.
#[derive(Clone, Default, Debug)]
pub struct PartialScope {
    pub variables: FxHashMap<DefRef, (Partial, TextRange)>,
    pub is_function: bool,
    /// A scope in which `x = None` may be completed in another method (class bodies).
    pub is_local: bool,
}
