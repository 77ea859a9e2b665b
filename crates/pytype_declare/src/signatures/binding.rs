//! Which type variables a function binds.

use pytype_index::{DefRef, DefinitionKind, ScopeId};
use pytype_source::{Name, name};
use pytype_types::{TyList, TypeVarDecl};

use super::written::written;
use super::{DecoratorKind, Decorators, binder_name, class_of};
use crate::annotations::AnnotationScope;
use crate::annotations::free_variables::FreeVariables;
use crate::kept::Question;
use crate::names::scope_access;
use crate::type_variables::bound_type_var;
use crate::{DeclareDb, Node, names, syntax};

/// The type variables that a `def` binds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionVariables {
    /// All of them: those of the signature first.
    pub bound: TyList,
    /// How many of them the signature mentions; PEP 695 may declare more.
    pub in_signature: usize,
    /// `Self` is mentioned.
    pub has_self: bool,
    /// Mentioned although the list of type parameters does not declare them.
    pub undeclared: Vec<TypeVarDecl>,
}

impl FunctionVariables {
    fn none() -> FunctionVariables {
        FunctionVariables { bound: TyList::EMPTY(), in_signature: 0, has_self: false, undeclared: Vec::new() }
    }
}

/// The scope in which the names of a signature are looked up: that of the type parameters, if the
/// function has any, else the one around it.
pub(super) fn header_scope(db: &dyn DeclareDb, at: DefRef) -> ScopeId {
    let Some(found) = scope_access::definition(db, at) else { return ScopeId::MODULE };
    let has_list = syntax::function(db, at).is_some_and(|function| function.type_params.is_some());
    if has_list
        && let DefinitionKind::Function { body, .. } = found.kind
        && let Some(scope) = scope_access::scope(db, at.file, body).and_then(|body| body.parent)
    {
        return scope;
    }
    found.scope
}

/// The place of a function's signature, without the variables that the function binds itself.
pub(super) fn outer_place(db: &dyn DeclareDb, at: DefRef) -> AnnotationScope {
    let around = scope_access::definition(db, at).map_or(ScopeId::MODULE, |found| found.scope);
    // The parts of an overload set see each other as little as the first does.
    let first = super::definition_set::first_of(db, at);
    let mut place = AnnotationScope::within(db, at.file, around).seen_by(first.id);
    place.scope = header_scope(db, at);
    place
}

/// The place of a function's signature. Declared parameters that it mentions only in a callable that
/// is the result belong to that callable.
pub(super) fn signature_place(db: &dyn DeclareDb, at: DefRef) -> AnnotationScope {
    let mut place = outer_place(db, at);
    let variables = variables_of(db, at);
    place.variables.add_all(variables.bound.iter().take(variables.in_signature));
    place
}

pub(super) fn variables_of(db: &dyn DeclareDb, at: DefRef) -> &FunctionVariables {
    let kept = db.kept_declarations().and_then(|kept| {
        let slot = kept.function_variables(db, at)?;
        kept.answer((Question::FunctionVariables, at), slot, || find_variables(db, at))
    });
    kept.unwrap_or_else(|| function_variables_query(db, at, ()))
}

#[salsa::tracked(returns(ref))]
fn function_variables_query(db: &dyn DeclareDb, at: DefRef, _key: ()) -> FunctionVariables {
    find_variables(db, at)
}

fn find_variables(db: &dyn DeclareDb, at: DefRef) -> FunctionVariables {
    let Some(function) = syntax::function(db, at) else { return FunctionVariables::none() };
    let declared = declared_in_list(db, at, function);
    if Decorators::of(db, at, function).has(DecoratorKind::NoTypeCheck) {
        return FunctionVariables::none();
    }
    let place = outer_place(db, at);
    let signature = written(db, at, function, class_of(db, at).is_some());
    let mut free = FreeVariables::new(db, &place);
    for param in signature.params.iter().flatten() {
        free.visit(&param.expr);
    }
    if let Some(result) = &signature.result {
        free.without_callables(|free| free.visit(&result.expr));
    }
    let has_list = function.type_params.is_some();
    let undeclared = free.found.iter().copied().filter(|decl| has_list && !declared.contains(decl)).collect();
    let in_signature = free.found.len();
    let has_self = free.has_self;
    let mut all = free.found;
    for decl in declared {
        if !all.contains(&decl) {
            all.push(decl);
        }
    }
    let owner = if all.is_empty() { name!("") } else { binder_name(db, at) };
    let bound = (0..).zip(all).map(|(index, decl)| bound_type_var(decl, owner, index)).collect();
    FunctionVariables { bound, in_signature, has_self, undeclared }
}

fn declared_in_list(
    db: &dyn DeclareDb,
    at: DefRef,
    function: &ruff_python_ast::StmtFunctionDef,
) -> Vec<TypeVarDecl> {
    let Some(list) = &function.type_params else { return Vec::new() };
    let scope = header_scope(db, at);
    list.type_params
        .iter()
        .filter_map(|param| {
            if let Node::TypeVariable(decl) = names::lookup(db, at.file, scope, Name::new(param.name()))?.node
            {
                Some(decl)
            } else {
                None
            }
        })
        .collect()
}
