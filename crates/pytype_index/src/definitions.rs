//! What a file binds: scopes, symbols and definitions as plain, position-free data.

use indexmap::IndexMap;
use pytype_source::Name;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// One definition of a file: stable as long as the definitions before it in its index are.
///
/// `unit` 0 is the file's interface index (module level, class bodies, function headers). A
/// function's body has an index of its own, made when the body is checked: its definitions have
/// `unit` = 1 + the ordinal, in the interface index, of the outermost function they stand in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DefId {
    pub unit: u32,
    pub ordinal: u32,
}

/// One scope of a file, numbered like [`DefId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ScopeId {
    pub unit: u32,
    pub ordinal: u32,
}

impl ScopeId {
    /// The module's own scope.
    pub const MODULE: ScopeId = ScopeId { unit: 0, ordinal: 0 };
}

/// The scopes and definitions of a file's interface, or of one outermost function's body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileIndex {
    pub scopes: Vec<Scope>,
    pub definitions: Vec<Definition>,
    /// Every module this file imports anywhere (function bodies included), in source order.
    pub imports: Vec<ImportEdge>,
    /// The names in `__all__`, where it is assigned and extended in ways that can be read off.
    pub dunder_all: Option<Vec<Name>>,
}

/// An import as an edge of the module graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ImportEdge {
    /// The absolute module name.
    pub module: Name,
    /// Inside a function body, or under `if TYPE_CHECKING`: ordered after top-level imports.
    pub top_level: bool,
}

/// A region of code with names of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// In order of first binding.
    pub symbols: IndexMap<Name, Symbol, FxBuildHasher>,
    /// Names declared `global` or `nonlocal` here.
    pub globals: SmallVec<[Name; 2]>,
    pub nonlocals: SmallVec<[Name; 2]>,
    /// `from M import *` here, in order: the absolute module name.
    pub star_imports: SmallVec<[Name; 1]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ScopeKind {
    Module,
    Class(DefId),
    Function(DefId),
    /// The PEP 695 type parameters of a class, function or `type` statement.
    TypeParameters(DefId),
    Lambda,
    Comprehension,
}

/// A name in a scope with everything in the scope that binds it, in source order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Symbol {
    pub definitions: SmallVec<[DefId; 1]>,
}

/// One binding of one name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    pub name: Name,
    pub scope: ScopeId,
    pub kind: DefinitionKind,
    pub flags: DefinitionFlags,
}

/// What kind of statement or expression binds the name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DefinitionKind {
    Class {
        body: ScopeId,
    },
    /// A `def`. An overload set or a property with setters is several definitions of one symbol.
    Function {
        /// Attributes that the body assigns through its first parameter (`self.x = ...`), in
        /// order, each with whether the assignment has an annotation: part of the class's interface.
        self_attributes: Vec<SelfAttribute>,
        /// The body's own scope, in the function's body index.
        body: ScopeId,
    },
    /// `x = ...`, `x: T`, `for x in`, `with ... as x`, `except ... as x`, `:=`, `match` capture, `del`-able targets.
    Variable,
    /// A function's parameter.
    Parameter,
    /// `import a.b` (binds `a`; all of `a.b` becomes reachable) or `import a.b as c` (binds `c`).
    Import {
        module: Name,
        alias: bool,
    },
    /// `from M import x [as y]`: `explicit` when `x as x`, which re-exports from a stub.
    ImportFrom {
        module: Name,
        name: Name,
        explicit: bool,
    },
    /// A PEP 695 type parameter, or the name of a `type` statement.
    TypeParameter,
    TypeAliasStatement,
}

/// An attribute that a method defines on its instance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelfAttribute {
    pub name: Name,
    pub annotated: bool,
}

bitflags::bitflags! {
    /// What the syntax alone says of a definition.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct DefinitionFlags: u32 {
        /// `x: T`, with or without a value.
        const ANNOTATED = 1 << 0;
        /// Has a value (an assignment, not a bare declaration).
        const HAS_VALUE = 1 << 1;
        const ASYNC = 1 << 2;
        const DECORATED = 1 << 3;
        /// Decorated with something that reads as `overload` / `typing.overload`.
        const OVERLOAD = 1 << 4;
        /// Decorated with `@x.setter` / `@x.deleter` where `x` is this symbol's name.
        const PROPERTY_PART = 1 << 5;
        /// Stands under an `if`, `try`, loop or `with` of its scope.
        const CONDITIONAL = 1 << 6;
        /// No parameter and no result has an annotation.
        const UNANNOTATED = 1 << 7;
        /// The function contains `yield`.
        const GENERATOR = 1 << 8;
        /// The right-hand side could make this an alias, a type variable, a named tuple, a new
        /// type or an enum: a call, a name, a subscript or `|` at module or class level.
        const MAYBE_SPECIAL = 1 << 9;
        /// An assignment whose target is part of a tuple, list or star pattern.
        const UNPACKED = 1 << 10;
        /// The function assigns names that it declares `global`.
        const ASSIGNS_GLOBALS = 1 << 11;
        /// The function stands in a block that only the type checker sees (`if TYPE_CHECKING`).
        const TYPE_CHECKING_ONLY = 1 << 12;
    }
}

/// A definition anywhere in the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DefRef {
    pub file: pytype_source::File,
    pub id: DefId,
}

impl FileIndex {
    /// A scope of this index.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.ordinal as usize)
    }
    /// A definition of this index.
    pub fn definition(&self, id: DefId) -> Option<&Definition> {
        self.definitions.get(id.ordinal as usize)
    }
}
