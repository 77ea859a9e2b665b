//! Type variables: where they are declared, what was declared, which are in scope.

mod declaration;
mod scope;
mod variance;

pub(crate) use variance::KnownVariances;

pub use scope::TypeVarScope;

use pytype_index::DefRef;
use pytype_source::{Diagnostic, Name};
use pytype_types::{
    AnySource, ParamSpec, ParamSpecFlavor, Ty, TyKind, TyList, TypeVar, TypeVarDecl, TypeVarDeclData,
    TypeVarId, TypeVarInfo, TypeVarKind, TypeVarOrigin, TypeVarTuple, Variance,
};

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use crate::annotations::known;
use crate::annotations::{LateCheck, LateCheckKind, own_instance, placed_at, run_late_checks};
use crate::kept::OpenCircle;
use crate::names::{self, AssignmentMeaning};
use crate::{Context, DeclareDb, KeptDeclarations, Node};
use declaration::{Declared, Shape};

/// The type variable that `definition` declares: `T = TypeVar("T")` or a PEP 695 parameter.
pub fn type_var_declaration(db: &dyn DeclareDb, definition: DefRef) -> TypeVarDecl {
    if let Some(Node::TypeVariable(decl)) = names::binding_of(db, definition).map(|binding| binding.node) {
        return decl;
    }
    let kind = match names::classify_assignment(db, definition) {
        AssignmentMeaning::TypeVariable(kind) => kind,
        _ => TypeVarKind::TypeVar,
    };
    let fullname = names::fullname_of(db, definition);
    TypeVarDecl::new(TypeVarDeclData {
        name: Name::new(fullname.last_component()),
        fullname,
        kind,
        origin: TypeVarOrigin::Assignment(definition),
    })
}

/// What was declared of a type variable. The variance of a PEP 695 parameter stands as invariant;
/// [`pytype_types::TypeContext::type_var`] infers it.
pub fn declared_type_var_info(db: &dyn DeclareDb, decl: TypeVarDecl) -> &TypeVarInfo {
    if let Some(known) = db.kept_declarations().and_then(|kept| kept.type_variables.get(&decl)) {
        return known;
    }
    let info = &declared(db, decl, ()).info;
    KeptDeclarations::of(db).map_or(info, |kept| kept.type_variables.keep(decl, info))
}

#[salsa::tracked(returns(ref))]
pub(crate) fn with_variance(db: &dyn DeclareDb, decl: TypeVarDecl, variance: Variance) -> TypeVarInfo {
    TypeVarInfo { variance, ..declared(db, decl, ()).info.clone() }
}

#[salsa::tracked(returns(ref), cycle_result = declared_in_circle)]
fn declared(db: &dyn DeclareDb, decl: TypeVarDecl, _key: ()) -> Declared {
    let _open = OpenCircle::enter(db);
    match decl.origin {
        TypeVarOrigin::Assignment(definition) => declaration::of_assignment(db, decl, definition),
        TypeVarOrigin::Parameter(definition) => declaration::of_parameter(db, decl, definition),
        TypeVarOrigin::SelfType(class) => plain(own_instance(db, class)),
        TypeVarOrigin::Synthetic { bound } => plain(bound),
    }
}

/// A default that leads back to its own type variable counts as `Any`.
fn declared_in_circle(db: &dyn DeclareDb, _id: salsa::Id, decl: TypeVarDecl, _key: ()) -> Declared {
    let mut found = plain(declaration::natural_bound(db, decl.kind));
    found.info.default = Some(Ty::any(AnySource::OmittedGenerics));
    found
}

fn plain(bound: Ty) -> Declared {
    Declared {
        info: TypeVarInfo {
            bound,
            values: TyList::EMPTY(),
            default: None,
            variance: Variance::Invariant,
            infers_variance: false,
        },
        diagnostics: Vec::new(),
        checks: Vec::new(),
    }
}

/// What is wrong with the declaration of a type variable, relative to the statement that
/// `T = TypeVar(...)` is, or to the type parameter.
pub fn type_var_diagnostics(db: &dyn DeclareDb, definition: DefRef) -> &[Diagnostic] {
    let decl = type_var_declaration(db, definition);
    &declared(db, decl, ()).diagnostics
}

/// What is to be looked at once class headers are known, with places as in [`type_var_diagnostics`].
pub fn type_var_checks(db: &dyn DeclareDb, definition: DefRef) -> &[LateCheck] {
    let decl = type_var_declaration(db, definition);
    &declared(db, decl, ()).checks
}

/// What is wrong with the type parameters in the list of a class, function or `type` statement, in
/// places of the file. Those that `is_used` says nothing is made of have no default to be checked.
pub(crate) fn parameter_list_diagnostics(
    ctx: &Context<'_>,
    owner: DefRef,
    list: Option<&ast::TypeParams>,
    is_used: &dyn Fn(TypeVarDecl) -> bool,
) -> Vec<Diagnostic> {
    let Some(list) = list else { return Vec::new() };
    let index = pytype_index::index_of(ctx.db, owner.file, owner.id.unit);
    let Some(scope) = index.type_parameter_scope(owner.id).and_then(|scope| index.scope(scope)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for param in &list.type_params {
        let symbol = scope.symbols.get(Name::new(param.name()));
        let Some(id) = symbol.and_then(|symbol| symbol.definitions.first()) else { continue };
        let definition = DefRef { file: owner.file, id: *id };
        let decl = type_var_declaration(ctx.db, definition);
        let declared = declared(ctx.db, decl, ());
        let mut own = declared.diagnostics.clone();
        let checks: Vec<LateCheck> = declared
            .checks
            .iter()
            .filter(|check| !matches!(check.kind, LateCheckKind::TypeVarDefault(_)) || is_used(decl))
            .cloned()
            .collect();
        run_late_checks(ctx, &checks, &mut own);
        found.extend(own.into_iter().map(|finding| placed_at(finding, param.range().start())));
    }
    found
}

/// What is wrong with a call like `TypeVar("X")` that was meant to declare a type variable and does
/// not, relative to the assignment.
pub fn misdeclaration(db: &dyn DeclareDb, definition: DefRef) -> Vec<Diagnostic> {
    declaration::misdeclared(db, definition)
}

/// An occurrence of the variable `decl`, as the `index`th that `owner` binds.
pub fn bound_type_var(decl: TypeVarDecl, owner: Name, index: u32) -> Ty {
    let id = TypeVarId { owner, index, meta: 0 };
    match decl.kind {
        TypeVarKind::TypeVar => Ty::new(TyKind::TypeVar(TypeVar { id, decl })),
        TypeVarKind::ParamSpec => {
            Ty::new(TyKind::ParamSpec(ParamSpec { id, decl, flavor: ParamSpecFlavor::Bare, prefix: None }))
        }
        TypeVarKind::TypeVarTuple => Ty::new(TyKind::TypeVarTuple(TypeVarTuple { id, decl, min_len: 0 })),
    }
}

/// The declaration of the type variable (of any kind) that `ty` is.
pub fn declaration_of(ty: Ty) -> Option<TypeVarDecl> {
    match ty.kind() {
        TyKind::TypeVar(variable) => Some(variable.decl),
        TyKind::ParamSpec(spec) => Some(spec.decl),
        TyKind::TypeVarTuple(tuple) => Some(tuple.decl),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// Whether a type parameter has a default (PEP 696). Known from syntax alone.
pub fn has_default(db: &dyn DeclareDb, param: Ty) -> bool {
    shape_of(db, param).is_some_and(|shape| shape.has_default)
}

/// The default of a type parameter, which may mention other type variables by declaration.
pub fn default_of(db: &dyn DeclareDb, param: Ty) -> Option<Ty> {
    if !has_default(db, param) {
        return None;
    }
    declared(db, declaration_of(param)?, ()).info.default
}

/// Whether a type parameter has a bound or constraints. Known from syntax alone.
pub fn has_limits(db: &dyn DeclareDb, param: Ty) -> bool {
    shape_of(db, param).is_some_and(|shape| shape.has_limits)
}

fn shape_of(db: &dyn DeclareDb, param: Ty) -> Option<Shape> {
    Some(declaration::shape(db, declaration_of(param)?, ()))
}

pub(crate) fn object_or_tuple(db: &dyn DeclareDb, kind: TypeVarKind) -> Ty {
    match kind {
        TypeVarKind::TypeVar | TypeVarKind::ParamSpec => known::object(db),
        TypeVarKind::TypeVarTuple => known::known(db, pytype_types::KnownClass::Tuple, [known::object(db)]),
    }
}
