//! Type variables of the three kinds, apart from their bounds.
//!
//! A bound may mention the very class that the variable parameterises, so a type variable holds
//! no bound: it holds its declaration, and the [`crate::TypeContext`] knows what was declared.

use pytype_index::DefRef;
use pytype_source::Name;

use crate::intern::{Interned, interner};
use crate::{ClassId, Sig, Ty, TyList};

/// Which occurrence of a declared variable this is: the class or function that binds it, and,
/// for the unknowns of one inference, a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeVarId {
    /// Full name of the class, function or alias that binds it; empty while unbound.
    pub owner: Name,
    /// Its place among those that the owner binds.
    pub index: u32,
    /// Above 0 for a fresh unknown that the solver is to find (counted per unit of work).
    pub meta: u32,
}

impl TypeVarId {
    /// Whether this is an unknown of the solver rather than a variable of the program.
    pub fn is_meta(self) -> bool {
        self.meta > 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeVarKind {
    TypeVar,
    ParamSpec,
    TypeVarTuple,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    Invariant,
    Covariant,
    Contravariant,
}

/// Where a type variable was declared, which is where its bound is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeVarOrigin {
    /// `T = TypeVar("T", ...)`.
    Assignment(DefRef),
    /// A parameter in `[...]` of a class, function or `type` statement.
    Parameter(DefRef),
    /// `Self` in this class; its bound is the class's own instance.
    SelfType(ClassId),
    /// Made by the checker, with its bound given.
    Synthetic { bound: Ty },
}

impl TypeVarOrigin {
    /// The definition that declares the variable, if one does.
    pub fn definition(self) -> Option<DefRef> {
        match self {
            TypeVarOrigin::Assignment(definition) | TypeVarOrigin::Parameter(definition) => Some(definition),
            TypeVarOrigin::SelfType(_) | TypeVarOrigin::Synthetic { .. } => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeVarDeclData {
    pub name: Name,
    pub fullname: Name,
    pub kind: TypeVarKind,
    pub origin: TypeVarOrigin,
}

/// The declaration of a type variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeVarDecl(Interned<TypeVarDeclData>);

interner!(DECLARATIONS, TypeVarDeclData);

impl TypeVarDecl {
    pub fn new(data: TypeVarDeclData) -> TypeVarDecl {
        TypeVarDecl(DECLARATIONS.intern(data))
    }
}
impl std::ops::Deref for TypeVarDecl {
    type Target = TypeVarDeclData;
    fn deref(&self) -> &TypeVarDeclData {
        self.0.get()
    }
}

/// What was declared of a type variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeVarInfo {
    /// `object` when none is given.
    pub bound: Ty,
    /// The constraints; empty for most.
    pub values: TyList,
    /// PEP 696; may mention type variables of the same parameter list by declaration.
    pub default: Option<Ty>,
    /// As declared, or as inferred for PEP 695; invariant where [`TypeVarInfo::infers_variance`].
    pub variance: Variance,
    /// Declared with `infer_variance=True`: each class that it parameterises has its own variance,
    /// which [`crate::TypeContext::parameter_variance`] knows.
    pub infers_variance: bool,
}

/// An occurrence of a `TypeVar`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeVar {
    pub id: TypeVarId,
    pub decl: TypeVarDecl,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamSpecFlavor {
    Bare,
    Args,
    Kwargs,
}

/// An occurrence of a `ParamSpec`: `P`, `P.args` or `P.kwargs`, with the parameters that
/// `Concatenate` put in front.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamSpec {
    pub id: TypeVarId,
    pub decl: TypeVarDecl,
    pub flavor: ParamSpecFlavor,
    /// A signature of which only the parameters count; `None` when there is no prefix.
    pub prefix: Option<Sig>,
}

/// An occurrence of a `TypeVarTuple`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeVarTuple {
    pub id: TypeVarId,
    pub decl: TypeVarDecl,
    /// At least this many items (grows while a call with leading items is solved).
    pub min_len: u32,
}
