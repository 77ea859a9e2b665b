//! Rules that look at a whole definition once its unit has been walked.

pub mod annotations;
pub mod classes;
pub mod enums;
pub mod inheritance;
pub mod overloads;
pub mod overrides;
pub mod protocols;
pub mod signatures;

use pytype_declare::{FunctionItem, MemberKind};
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
    annotations::check_missing(checker, definition, &item);
    signatures::check_signature(checker, definition, &item);
    let class = checker.class_of_method(definition);
    if !is_last_part(checker, definition) {
        // Overload sets and properties are checked as a whole, at their last part.
        return;
    }
    if checker.symbol_is_overloaded(definition) {
        overloads::check_overloads(checker, definition);
    }
    if let Some(class) = class
        && is_current_member(checker, class, definition, &item)
    {
        overrides::check_overrides(checker, class, definition);
    }
}

/// Whether no later `def` belongs to the same overload set or property.
fn is_last_part(checker: &Checker<'_>, definition: DefRef) -> bool {
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(checker.ctx.db, first);
    info.items.last().is_none_or(|item| item.definition == definition)
}

/// Whether the class's member of that name is this function.
fn is_current_member(
    checker: &Checker<'_>,
    class: pytype_types::ClassId,
    definition: DefRef,
    _item: &FunctionItem,
) -> bool {
    let db = checker.ctx.db;
    let name = pytype_index::definition(db, definition.file, definition.id).name;
    let first = checker.first_definition(definition);
    match checker.ctx.own_member(class, name).map(|m| m.kind) {
        Some(MemberKind::Body(found)) => found == first,
        Some(MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_)) | None => false,
    }
}
