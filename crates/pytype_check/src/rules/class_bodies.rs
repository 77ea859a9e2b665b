//! What the body of a protocol or an enum may contain.

use pytype_declare::{MemberKind, Node, names};
use pytype_index::{AssignmentNode, DefRef, DefinitionKind};
use pytype_infer::Checker;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{ClassId, TypeContext};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::places::{decorated_place, function_statement};

/// Checks what a protocol's body defines.
pub fn check_protocol_body(checker: &mut Checker<'_>, class: ClassId) {
    if !checker.ctx.class(class).is_protocol() {
        return;
    }
    let db = checker.ctx.db;
    for (name, member) in checker.ctx.members_of(class).members.iter() {
        let MemberKind::Body(at) = member.kind else { continue };
        let found = pytype_index::definition(db, at.file, at.id);
        match found.kind {
            DefinitionKind::Variable => check_protocol_variable(checker, name, at),
            DefinitionKind::Function { .. } => check_protocol_method(checker, at),
            DefinitionKind::Class { .. }
            | DefinitionKind::Parameter
            | DefinitionKind::Import { .. }
            | DefinitionKind::ImportFrom { .. }
            | DefinitionKind::TypeParameter
            | DefinitionKind::TypeAliasStatement => {}
        }
    }
}

/// A protocol's method is there to be defined by others.
fn check_protocol_method(checker: &mut Checker<'_>, at: DefRef) {
    let info = pytype_declare::signatures::function_info(checker.ctx.db, at);
    for item in info.items.iter().filter(|item| item.is_final) {
        let Some(statement) = function_statement(checker, item.definition) else { continue };
        let last_name = |expr: &Expr| match expr {
            Expr::Name(name) => name.id == "final",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "final",
            _ => false,
        };
        let decorator = statement.decorator_list.iter().find(|decorator| last_name(&decorator.expression));
        let place = decorator.map_or(decorated_place(statement), |decorator| decorator.expression.range());
        checker.error(ErrorCode::Misc, place, "A member of a protocol cannot be final");
    }
}

/// A protocol's variable has a declared type, and is no alias.
fn check_protocol_variable(checker: &mut Checker<'_>, name: Name, at: DefRef) {
    let db = checker.ctx.db;
    let Some((place, annotated)) = assignment(checker, at) else { return };
    match names::binding_of(db, at).map(|binding| binding.node) {
        Some(Node::Alias(_)) => {
            checker.error(ErrorCode::Misc, place, "A protocol cannot contain a type alias");
        }
        Some(Node::Variable(_)) if pytype_declare::variables::variable_info(db, at).is_final => {
            checker.error(ErrorCode::Misc, place, "A member of a protocol cannot be final");
        }
        Some(Node::Variable(_)) if !annotated && name != "__slots__" => {
            let message = format!("\"{name}\" is a member of the protocol: its type must be declared");
            checker.error(ErrorCode::Misc, place, message);
        }
        _ => {}
    }
}

/// Where an assignment's first target stands, and whether it declares a type.
fn assignment(checker: &Checker<'_>, at: DefRef) -> Option<(TextRange, bool)> {
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, at.file, at.id.unit);
    match syntax.node(at.id)?.assignment()? {
        AssignmentNode::Plain(assign) => {
            Some((assign.targets.first()?.range(), syntax.assignment_comment(assign.range.end()).is_some()))
        }
        AssignmentNode::Annotated(assign) => Some((assign.target.range(), true)),
    }
}

/// `__members__` of an enum is made by the enum.
pub fn check_enum_body(checker: &mut Checker<'_>, class: ClassId) {
    let db = checker.ctx.db;
    if !checker.ctx.class(class).is_enum() || class.fullname().starts_with("enum.") {
        return;
    }
    let Some(member) = checker.ctx.members_of(class).get(name!("__members__")) else { return };
    let MemberKind::Body(at) = member.kind else { return };
    let found = pytype_index::definition(db, at.file, at.id);
    let has_value = found.flags.contains(pytype_index::DefinitionFlags::HAS_VALUE);
    if found.kind == DefinitionKind::Variable
        && has_value
        && let Some((place, _)) = assignment(checker, at)
    {
        checker.error(ErrorCode::Misc, place, "\"__members__\" is made by the enum itself");
    }
}
