//! Rules that look at a whole definition once its unit has been walked.

pub mod annotations;
pub mod class_bodies;
pub mod classes;
pub mod operator_methods;
pub mod overloads;
pub mod overrides;
mod places;
pub mod signatures;
pub mod special_methods;
pub mod variance;

use pytype_declare::{FunctionItem, InferredVariable, MemberKind};
use pytype_index::{DefRef, DefinitionKind};
use pytype_infer::{Checker, DefinitionRules};

/// The rules, as the walk over a function calls them for what is defined in it.
pub struct Rules;

impl DefinitionRules for Rules {
    fn check_local(&self, checker: &mut Checker<'_>, definition: DefRef) {
        check_definition(checker, definition);
    }
}

/// Checks a class or function that the walk reached.
pub fn check_definition(checker: &mut Checker<'_>, definition: DefRef) {
    let db = checker.ctx.db;
    match pytype_index::definition(db, definition.file, definition.id).kind {
        DefinitionKind::Class { .. } => classes::check_class(checker, definition),
        DefinitionKind::Function { .. } => check_function(checker, definition),
        DefinitionKind::Variable
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => {}
    }
}

fn check_function(checker: &mut Checker<'_>, definition: DefRef) {
    let Some(item) = checker.function_item(definition) else { return };
    if item.no_type_check {
        return;
    }
    let Some(statement) = places::function_statement(checker, definition) else { return };
    let db = checker.ctx.db;
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(db, first);
    let is_implementation = info
        .implementation
        .and_then(|at| info.items.get(at))
        .is_some_and(|found| found.definition == definition);
    let class = checker.class_of_method(definition);
    if !checker.is_left_out(info, definition) {
        annotations::check_missing(checker, definition, &item);
        signatures::check_signature(checker, definition, &item);
        special_methods::check_special(checker, definition, statement, &item, is_implementation);
        if let Some(class) = class {
            check_method(checker, class, statement, &item);
        }
    }
    let is_last = info.items.last().is_none_or(|last| last.definition == definition);
    if overrides::is_one_definition(info) && !is_last {
        // Overload sets and properties are checked as a whole, at their last part.
        return;
    }
    if info.is_redefinition() {
        return;
    }
    if info.is_overloaded() {
        overloads::check_overloads(checker, definition);
    }
    let Some(class) = class.filter(|class| is_member(checker, *class, first)) else { return };
    overrides::check_overrides(checker, class, definition, &item);
    if info.is_overloaded()
        && let InferredVariable::Type(ty) = checker.ctx.function_type(info)
        && let Some(place) = places::function_statement(checker, first).map(places::decorated_place)
    {
        operator_methods::check_in_place(checker, class, first_name(checker, first), ty, place);
    }
}

/// Rules on each `def` of a class.
fn check_method(
    checker: &mut Checker<'_>,
    class: pytype_types::ClassId,
    statement: &ruff_python_ast::StmtFunctionDef,
    item: &FunctionItem,
) {
    let name = pytype_source::Name::of(&statement.name);
    if statement.decorator_list.is_empty() {
        operator_methods::check_in_place(checker, class, name, item.signature, statement.name.range);
    }
    if let InferredVariable::Type(ty) = checker.ctx.item_type(item) {
        special_methods::check_self_parameter(checker, class, statement, item, ty);
        special_methods::check_decorated(checker, class, statement, item, ty);
    }
}

fn first_name(checker: &Checker<'_>, first: DefRef) -> pytype_source::Name {
    pytype_index::definition(checker.ctx.db, first.file, first.id).name
}

/// Whether the class's member of that name is this function.
fn is_member(checker: &Checker<'_>, class: pytype_types::ClassId, first: DefRef) -> bool {
    let name = first_name(checker, first);
    match checker.ctx.members_of(class).get(name).map(|m| m.kind) {
        Some(MemberKind::Body(found)) => found == first,
        Some(MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_)) | None => false,
    }
}
