//! The names of one scope, as far as the walk has come.

use indexmap::IndexMap;
use pytype_declare::Node;
use pytype_types::ClassId;
use ruff_python_ast as ast;
use ruff_text_size::TextRange;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::finals::Unset;

/// What the first definition of a name in a scope made of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// `inferred`: without a declared type.
    Variable {
        inferred: bool,
    },
    /// Brought by an import that is not followed.
    Missing,
    Function,
    /// Several `def`s that belong together.
    FunctionSet,
    Class,
    TypeVariable,
    Alias,
    Module,
    /// A field that only `__init__` gets (`InitVar`), with or without a default.
    InitOnly {
        has_value: bool,
    },
}

/// A name that a scope has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub meaning: Meaning,
    /// What an import brought.
    pub imported: Option<Node>,
}

impl Entry {
    pub(super) fn own(meaning: Meaning) -> Entry {
        Entry { meaning, imported: None }
    }
}

/// What kind of place the walk is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place<'a> {
    Module,
    Class,
    Function {
        name: &'a str,
        is_async: bool,
        this: Option<&'a str>,
    },
    Lambda,
    Comprehension,
    /// The type parameters of a class, function or alias.
    TypeParameters,
}

/// A scope that is being walked.
pub(super) struct Frame<'a> {
    pub place: Place<'a>,
    pub names: FxHashMap<&'a str, Entry>,
    /// Attributes of `self` with their first assignments, in a class.
    pub attributes: FxHashMap<&'a str, Entry>,
    /// The class, if this is its body.
    pub class: Option<ClassId>,
    /// Final names without a value, in a class, in order.
    pub unset_finals: IndexMap<&'a str, Unset, FxBuildHasher>,
    /// Functions whose bodies are walked when the scope's own level is.
    pub later: Vec<&'a ast::StmtFunctionDef>,
    pub globals: FxHashSet<&'a str>,
    pub nonlocals: FxHashSet<&'a str>,
    /// Modules whose names are all imported here.
    pub stars: Vec<pytype_source::File>,
    /// Blocks within the scope around the cursor.
    pub blocks: u32,
    pub loops: u32,
    /// In an `except*` block: `return` may not leave it, nor may a loop statement if no loop is
    /// within.
    pub in_except_star: bool,
    pub loop_in_except_star: bool,
    /// Whether findings count: not in functions without annotations, unless these are checked.
    pub checked: bool,
    /// Whose index the scope's definitions are in.
    pub unit: u32,
    pub range: TextRange,
}
