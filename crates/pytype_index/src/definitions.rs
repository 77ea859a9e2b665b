//! What a file binds: scopes, symbols and definitions as plain, position-free data.

use pytype_source::{Name, NameMap};
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
    /// The names in `__all__`, where it is assigned and extended in ways that can be read off;
    /// `None` when the module binds no `__all__`.
    pub dunder_all: Option<Vec<Name>>,
    /// Modules whose own `__all__` is added to this one (`__all__ += m.__all__`), as absolute names.
    pub dunder_all_modules: Vec<Name>,
    /// The PEP 695 type-parameter scopes, by the ordinal of the class, function or alias they
    /// belong to, ascending.
    pub type_parameter_scopes: Vec<(u32, ScopeId)>,
}

/// An import statement (one module of it) as edges of the module graph.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ImportEdge {
    /// The absolute module name.
    pub module: Name,
    /// For `from module import a, b`, the names: each may be a submodule.
    pub names: SmallVec<[Name; 2]>,
    pub form: ImportForm,
    pub place: ImportPlace,
}

impl ImportEdge {
    /// Every module this statement may load: the module itself, then what could be its submodules.
    pub fn candidates(&self) -> impl Iterator<Item = Name> + '_ {
        std::iter::once(self.module).chain(self.names.iter().map(|name| self.module.member(*name)))
    }
}

/// How an import statement is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImportForm {
    /// `import a.b`
    Module,
    /// `from a import b`
    From,
    /// `from a import *`
    Star,
}

/// Where an import statement stands; decides how much it weighs when a cycle is put in order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImportPlace {
    /// Outside of functions, classes and conditions included.
    TopLevel,
    /// Inside a function that defines attributes or is a generator.
    InOpenFunction,
    /// Inside another function: not even looked at where the module's errors are ignored.
    InFunction,
    /// Outside of functions, where only the type checker goes (`if TYPE_CHECKING`).
    TypeCheckingOnly,
}

/// A region of code with names of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// In order of first binding.
    pub symbols: NameMap<Symbol>,
    /// Names declared `global` or `nonlocal` here.
    pub globals: SmallVec<[Name; 2]>,
    pub nonlocals: SmallVec<[Name; 2]>,
    /// `from M import *` here, in order: the absolute module name.
    pub star_imports: SmallVec<[Name; 1]>,
    /// For each of them, how many definitions of the index come before it.
    pub star_positions: SmallVec<[u32; 1]>,
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
        self_attributes: Box<[SelfAttribute]>,
        /// The body's own scope: the first one of the function's body index, or a scope of the
        /// same index for a function that is nested in another.
        body: ScopeId,
    },
    /// `x = ...`, `x: T`, `for x in`, `with ... as x`, `except ... as x`, `:=`, a `match` capture.
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

/// An attribute that a method assigns through its first parameter, itself or in functions nested
/// in it: an instance attribute, or one of the class when the method is a class method.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SelfAttribute {
    pub name: Name,
    /// Some assignment declares its type (`self.x: T`).
    pub annotated: bool,
}

bitflags::bitflags! {
    /// What the syntax alone says of a definition.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct DefinitionFlags: u32 {
        /// `x: T`, with or without a value, or a `# type: T` comment.
        const ANNOTATED = 1 << 0;
        /// Has a value (an assignment, not a bare declaration).
        const HAS_VALUE = 1 << 1;
        const ASYNC = 1 << 2;
        const DECORATED = 1 << 3;
        /// Decorated with something that reads as `overload` / `typing.overload`.
        const OVERLOAD = 1 << 4;
        /// Decorated with `@x.setter` / `@x.deleter` where `x` is this symbol's name.
        const PROPERTY_PART = 1 << 5;
        /// Stands in a block (`if`, `try`, loop, `with`, `match`) of its scope.
        const CONDITIONAL = 1 << 6;
        /// No parameter and no result has an annotation or type comment.
        const UNANNOTATED = 1 << 7;
        /// The function contains `yield`.
        const GENERATOR = 1 << 8;
        /// The right-hand side could make this an alias, a type variable, a named tuple, a new
        /// type or an enum: a call, a name, a subscript or `|` at module or class level.
        const MAYBE_SPECIAL = 1 << 9;
        /// An assignment whose target is part of a tuple, list or star pattern.
        const UNPACKED = 1 << 10;
        /// The function, or one nested in it, assigns names that it declares `global`.
        const ASSIGNS_GLOBALS = 1 << 11;
        /// Stands in a block that only the type checker sees (`if TYPE_CHECKING`).
        const TYPE_CHECKING_ONLY = 1 << 12;
        /// The body does nothing: a docstring, `pass`, `...`, `raise NotImplementedError`.
        const TRIVIAL_BODY = 1 << 13;
        /// The target of a `for` loop or comprehension.
        const LOOP_TARGET = 1 << 14;
        /// The name that `except ... as` binds.
        const EXCEPTION_NAME = 1 << 15;
        /// The target of a walrus (`:=`).
        const WALRUS = 1 << 16;
        /// A function that belongs together with the one before it: overloads, parts of a property.
        const JOINS_PREVIOUS = 1 << 19;
        /// Stands in a loop of its scope.
        const IN_LOOP = 1 << 18;
        /// Assigned through `nonlocal` in a nested function.
        const THROUGH_NONLOCAL = 1 << 17;
        /// Decorated with something whose name begins with `abstract`.
        const MAYBE_ABSTRACT = 1 << 20;
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

    /// The scope of the PEP 695 type parameters of a class, function or `type` statement.
    pub fn type_parameter_scope(&self, id: DefId) -> Option<ScopeId> {
        let at = self.type_parameter_scopes.binary_search_by_key(&id.ordinal, |(owner, _)| *owner).ok()?;
        self.type_parameter_scopes.get(at).map(|(_, scope)| *scope)
    }
}

impl DefId {
    /// The unit whose index holds what stands inside this function, if it is an outermost one.
    pub fn body_unit(self) -> u32 {
        self.ordinal + 1
    }

    /// The outermost function around this definition; `None` in the interface.
    pub fn outermost_function(self) -> Option<DefId> {
        self.unit.checked_sub(1).map(|ordinal| DefId { unit: 0, ordinal })
    }
}
