//! What names mean: scopes, imports, builtins, module attributes.
//!
//! Everything here reads only file indexes, the shapes of assignments and module resolution, so
//! that no question about a name can depend on a type.

mod meaning;

pub use meaning::{AssignmentMeaning, classify_assignment};

use pytype_index::{DefId, DefRef, ScopeId};
use pytype_source::{File, Name};
use ruff_python_ast::Expr;

use crate::{Binding, DeclareDb};

/// A module's attribute as another module sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ModuleMember {
    pub binding: Binding,
    /// What the name is bound by in the module, when it is bound there: a definition or an import.
    pub definition: Option<DefRef>,
    /// Whether it is meant for others: defined there, in `__all__`, or imported in a form that
    /// exports. When false, a stub hides it and a source file's use of it is `attr-defined` under
    /// `--no-implicit-reexport`.
    pub exported: bool,
    /// It stands for the result of the module's `__getattr__`.
    pub from_getattr: bool,
}

/// What `name` means in `scope`, wherever in the scope the question is asked.
pub fn lookup(db: &dyn DeclareDb, file: File, scope: ScopeId, name: Name) -> Option<Binding> {
    lookup_before(db, file, scope, name, None)
}

/// The same for an annotation, base or value that belongs to the definition `before`: in a class
/// body, functions and variables that come later do not hide what the name means outside.
pub fn lookup_before(
    _db: &dyn DeclareDb,
    _file: File,
    _scope: ScopeId,
    _name: Name,
    _before: Option<DefId>,
) -> Option<Binding> {
    None
}

/// What a dotted name (`a`, `a.b.C`) means in `scope`; `None` for other expressions.
pub fn lookup_expr(db: &dyn DeclareDb, file: File, scope: ScopeId, expr: &Expr) -> Option<Binding> {
    lookup_expr_before(db, file, scope, expr, None)
}

/// [`lookup_expr`] with the position of [`lookup_before`].
pub fn lookup_expr_before(
    db: &dyn DeclareDb,
    file: File,
    scope: ScopeId,
    expr: &Expr,
    before: Option<DefId>,
) -> Option<Binding> {
    match expr {
        Expr::Name(name) => lookup_before(db, file, scope, Name::new(&name.id), before),
        Expr::Attribute(attribute) => {
            let object = lookup_expr_before(db, file, scope, &attribute.value, before)?;
            attribute_of(db, file, object, Name::new(&attribute.attr))
        }
        _ => None,
    }
}

/// What the attribute `name` of `object` stands for, when that is known without types: of a
/// module, of a class (nested classes, aliases, functions), of something unknown.
pub fn attribute_of(_db: &dyn DeclareDb, _from: File, _object: Binding, _name: Name) -> Option<Binding> {
    None
}

/// An attribute of the module `file`, seen from `from`.
pub fn module_member(_db: &dyn DeclareDb, _from: File, _file: File, _name: Name) -> Option<ModuleMember> {
    None
}

/// What a definition itself stands for (an import: what it imports).
pub fn binding_of(_db: &dyn DeclareDb, _definition: DefRef) -> Option<Binding> {
    None
}

/// The full name of a definition: module, enclosing classes and functions, name.
pub fn fullname_of(_db: &dyn DeclareDb, _definition: DefRef) -> Name {
    Name::new("")
}
