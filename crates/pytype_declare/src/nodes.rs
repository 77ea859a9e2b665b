//! What a name can stand for, and the declared facts of functions and variables.

use crate::annotations::LateCheck;
use pytype_index::DefRef;
use pytype_source::{Diagnostic, File, Name};
use pytype_types::{AliasId, AnySource, ClassId, Ty, TypeVarDecl};

/// What a name stands for, imports followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    Module(File),
    /// A package without `__init__`: has submodules only.
    NamespaceModule(Name),
    Class(ClassId),
    /// A function, overload set or property: by its first `def`.
    Function(DefRef),
    /// A variable, parameter, loop target...: by its first definition in the scope.
    Variable(DefRef),
    TypeVariable(TypeVarDecl),
    Alias(AliasId),
    /// A name that nobody binds: `__name__`, `reveal_type`, ...
    Implicit(ImplicitName),
    /// An attribute or name that a missing or skipped import would provide, or that could not be
    /// understood: `Any` from here on.
    Unknown(AnySource),
}

/// Names that are there without a definition, by the type of their value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImplicitName {
    /// `__name__`, `__doc__`, `__file__`, `__package__`; `__qualname__` and `__module__` in a class
    /// body: `str`.
    Text,
    /// `__path__` of a package: `list[str]`.
    SearchPath,
    /// `__annotations__`: `dict[str, Any]`.
    Annotations,
    /// `__spec__`.
    ModuleSpec,
    /// `__spec__` of the program itself, which need not have one.
    MainModuleSpec,
    /// `__builtins__`: the module.
    Builtins,
    RevealType,
    RevealLocals,
    /// A name that this `__getattr__` of a module gives: of the type that it declares.
    Given(DefRef, Name),
}

/// A name with where it was found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Binding {
    pub node: Node,
    /// The module whose scope the name was found in, for re-export rules; `None` for builtins.
    pub found_in: Option<File>,
    /// Full name of what it stands for (`typing.List`, `m.C`): special forms are known by it.
    pub fullname: Name,
}

/// What a `def` is, seen from its decorators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FunctionKind {
    Plain,
    ClassMethod,
    StaticMethod,
    /// `@property` (or `functools.cached_property`-like only when the class says so: those are
    /// ordinary decorators), with or without setter and deleter.
    Property,
}

/// One `def` of a symbol: the only one, an overload item, the implementation, a setter...
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionItem {
    pub definition: DefRef,
    /// The signature as annotated, `self` included, before any decorator. Unannotated parameters
    /// are `Any`; `async` results are wrapped in `Coroutine`.
    pub signature: Ty,
    /// After decorators; the same as `signature` when none changes it.
    pub decorated: DecoratedType,
    pub kind: FunctionKind,
    pub is_abstract: bool,
    pub is_final: bool,
    pub is_override: bool,
    pub is_overload: bool,
    /// `@x.setter`, `@x.deleter`.
    pub is_setter: bool,
    pub is_deleter: bool,
    /// `functools.cached_property`: a property that can be assigned.
    pub is_cached_property: bool,
    /// `@no_type_check`: its signature is all `Any` and its body is not checked.
    pub no_type_check: bool,
    pub deprecated: Option<Name>,
    /// `@dataclass_transform(...)` stands on it.
    pub dataclass_transform: bool,
}

/// How decorators change a function's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DecoratedType {
    /// The decorators are understood without inference (none, `property`, `overload`, `final`, ...).
    Known(Ty),
    /// Some decorator must be called: ask `Inference::decorated`.
    Inferred,
}

/// A function symbol: everything its `def`s declare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionInfo {
    pub fullname: Name,
    pub items: Vec<FunctionItem>,
    /// Which item is the implementation of an overload set.
    pub implementation: Option<usize>,
    /// Wrong annotations in the signatures, relative to the definition they stand in
    /// (index into `items`); [`crate::signatures::diagnostics_of`] tells them with their places.
    pub(crate) diagnostics: Vec<(usize, Diagnostic)>,
    /// What is to be looked at once class headers are known, with places like the findings'.
    pub(crate) checks: Vec<(usize, LateCheck)>,
}

impl FunctionInfo {
    /// Whether a `def` stands where an overloaded function has no place for it: before the last overload, or in a
    /// stub. Of functions that only define one name again, mypy keeps the last as an implementation.
    pub fn leaves_out(&self, definition: DefRef) -> bool {
        let at = self.items.iter().position(|item| item.definition == definition);
        let Some(item) = at.and_then(|at| self.items.get(at)) else { return false };
        if self.is_redefinition() {
            return at.is_some_and(|at| at + 1 < self.items.len());
        }
        !item.is_overload && self.is_overloaded() && self.implementation != at
    }

    /// Whether functions of one name stand one behind the other, the first of them decorated, without being
    /// overloads or a property.
    pub fn is_redefinition(&self) -> bool {
        self.items.len() > 1 && !self.is_property() && !self.is_overloaded()
    }

    /// Whether this is a set of overloads.
    pub fn is_overloaded(&self) -> bool {
        self.items.iter().any(|item| item.is_overload)
    }
    /// The author's words if the function is deprecated as a whole: an overload set is when its
    /// implementation is.
    pub fn deprecation(&self) -> Option<Name> {
        let whole = if self.is_overloaded() { self.implementation? } else { 0 };
        self.items.get(whole)?.deprecated
    }
    pub fn is_property(&self) -> bool {
        self.items.first().is_some_and(|item| item.kind == FunctionKind::Property)
    }
}

/// What is declared of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariableInfo {
    /// The annotation's type; `None` when there is none (or it is a bare `Final` / `ClassVar`).
    pub declared: Option<Ty>,
    pub is_final: bool,
    pub is_class_var: bool,
    pub is_init_var: bool,
    /// For an unannotated or `Final` literal value at module or class level (`X = 3`), its type
    /// with the last known value: known without inference, as in mypy's semantic analysis.
    pub simple_literal: Option<Ty>,
    /// What is wrong with the declaration, relative to its statement;
    /// [`crate::variables::diagnostics_of`] tells it with its places.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is to be looked at once class headers are known, with places like the findings'.
    pub(crate) checks: Vec<LateCheck>,
}
