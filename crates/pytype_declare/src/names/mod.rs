//! What names mean: scopes, imports, builtins, module attributes.
//!
//! Everything here reads only file indexes, the shapes of assignments and module resolution, so
//! that no question about a name can depend on a type.

pub(crate) mod bases;
pub(crate) mod enum_shapes;
mod exports;
mod implicit;
mod meaning;
mod module_members;
mod qualified;
pub(crate) mod resolver;
pub(crate) mod scope_access;
mod sentinels;
pub(crate) mod shapes;
pub(crate) mod special;
mod submodules;

pub use bases::ClassKind;
pub use implicit::module_variables;
pub(crate) use meaning::aliased_type_variable;
pub use meaning::{AssignmentMeaning, classify_any_assignment, classify_assignment, is_call_of_local_value};
pub use qualified::fullname_of;
pub use sentinels::sentinel_type;

use pytype_index::{DefId, DefRef, ScopeId};
use pytype_source::{File, Name};
use pytype_types::ClassId;
use ruff_python_ast::Expr;

use crate::{Binding, DeclareDb};
use resolver::Resolver;
use shapes::Shapes;

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

impl ModuleMember {
    /// What others may see, and nothing in the module itself binds.
    fn visible(binding: Binding) -> ModuleMember {
        ModuleMember { binding, definition: None, exported: true, from_getattr: false }
    }
}

/// What `name` means in `scope`, wherever in the scope the question is asked.
pub fn lookup(db: &dyn DeclareDb, file: File, scope: ScopeId, name: Name) -> Option<Binding> {
    lookup_before(db, file, scope, name, None)
}

/// The same for an annotation, base or value that belongs to the definition `before`: in a class
/// body, functions and variables that come later do not hide what the name means outside.
pub fn lookup_before(
    db: &dyn DeclareDb,
    file: File,
    scope: ScopeId,
    name: Name,
    before: Option<DefId>,
) -> Option<Binding> {
    Resolver::new(db).lookup(file, scope, name, before)
}

/// What a name of the builtins stands for.
pub fn builtin(db: &dyn DeclareDb, name: Name) -> Option<Binding> {
    Resolver::new(db).in_builtins(name)
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
    let path = shapes::dotted(expr)?;
    Resolver::new(db).lookup_path(file, scope, &path, before)
}

/// What the attribute `name` of `object` stands for, when that is known without types: of a
/// module, of a class (nested classes, aliases, functions), of something unknown.
pub fn attribute_of(db: &dyn DeclareDb, from: File, object: Binding, name: Name) -> Option<Binding> {
    Resolver::new(db).attribute(from, object, name)
}

/// [`attribute_of`] for an expression in `scope` of `from` with the position of [`lookup_before`].
pub(crate) fn attribute_before(
    db: &dyn DeclareDb,
    from: File,
    scope: ScopeId,
    object: Binding,
    name: Name,
    before: Option<DefId>,
) -> Option<Binding> {
    Resolver::new(db).attribute_before(from, scope, object, name, before)
}

/// [`attribute_of`] for a value in `scope` of `from`.
pub fn attribute_at(
    db: &dyn DeclareDb,
    from: File,
    scope: ScopeId,
    object: Binding,
    name: Name,
) -> Option<Binding> {
    Resolver::new(db).attribute_at(from, scope, object, name)
}

/// An attribute of the module `file`, seen from `from`.
pub fn module_member(db: &dyn DeclareDb, from: File, file: File, name: Name) -> Option<ModuleMember> {
    Resolver::new(db).module_member(from, file, name)
}

/// Whether `variable` is the first definition of its name, and cannot define anything but a variable.
pub(crate) fn is_plain_variable(db: &dyn DeclareDb, variable: DefRef) -> bool {
    scope_access::definition(db, variable).is_some_and(|found| !meaning::has_shape(found))
        && scope_access::first_definition(db, variable) == Some(variable.id)
}

/// What a definition itself stands for (an import: what it imports).
pub fn binding_of(db: &dyn DeclareDb, definition: DefRef) -> Option<Binding> {
    let kept = db.kept_declarations().filter(|_| definition.id.unit == 0);
    if let Some(known) = kept.and_then(|kept| kept.known_binding(definition)) {
        return *known;
    }
    new_binding_of(db, definition)
}

/// Apart, so that what is known already is found in few steps.
#[inline(never)]
fn new_binding_of(db: &dyn DeclareDb, definition: DefRef) -> Option<Binding> {
    Resolver::new(db).binding_of(definition)
}

/// The class that a name stands for, directly or as an alias of a class.
pub fn class_of(db: &dyn DeclareDb, binding: Binding) -> Option<ClassId> {
    Resolver::new(db).alias_class(binding)
}

/// What kind of class `class` is, by names alone.
pub fn class_kind(db: &dyn DeclareDb, class: ClassId) -> ClassKind {
    Resolver::provisional(db).class_kind(class)
}

/// The shapes of the assignments, classes and type parameters of one index unit of `file`.
pub(crate) fn shapes_of(db: &dyn DeclareDb, file: File, unit: u32) -> &Shapes {
    let kept = db.kept_declarations().and_then(|kept| kept.unit(db, file, unit));
    match kept {
        Some(kept) => kept.shapes.get_or_init(|| Box::new(shapes::find(db, file, unit))),
        None => shapes::shapes(db, file, unit),
    }
}
