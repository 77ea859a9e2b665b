//! Variables of which the annotation's name alone tells that anything goes.

use std::borrow::Cow;

use pytype_index::{DefNode, DefRef, DefinitionKind, syntax_of_unit};
use pytype_types::AnySource;
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use crate::annotations::analyze::{args_of, is_dotted};
use crate::annotations::parse_annotation;
use crate::annotations::special_forms::{SpecialForm, special_form};
use crate::names::scope_access;
use crate::{Binding, DeclareDb, Node, names, syntax, type_comments};

/// Whether a variable is declared `Any`, or with a name that could not be imported. Asks only what
/// names mean, so that annotations can ask it of each other.
pub(crate) fn is_declared_any(db: &dyn DeclareDb, definition: DefRef) -> bool {
    match annotation_of(db, definition) {
        Some(annotation) => lookup(db, definition, &annotation).is_some_and(|binding| means_any(db, binding)),
        None => is_unannotated_parameter(db, definition),
    }
}

/// A parameter of which nothing is said in a function that has annotations; what a method gets first is
/// its object or class.
fn is_unannotated_parameter(db: &dyn DeclareDb, definition: DefRef) -> bool {
    scope_access::definition(db, definition).is_some_and(|found| found.kind == DefinitionKind::Parameter)
        && match crate::signatures::parameter_type(db, definition) {
            Some(ty) => ty.is_any(),
            None => crate::signatures::has_annotated_function(db, definition),
        }
}

/// Whether a variable is declared `type` or `type[Any]`.
pub(crate) fn is_declared_type_object(db: &dyn DeclareDb, definition: DefRef) -> bool {
    let Some(annotation) = annotation_of(db, definition) else { return false };
    let (head, args) = match annotation.as_ref() {
        Expr::Subscript(subscript) => (subscript.value.as_ref(), args_of(&subscript.slice).items),
        other => (other, &[][..]),
    };
    let form = lookup(db, definition, head).and_then(|binding| special_form(binding.fullname));
    matches!(form, Some(SpecialForm::TypingType | SpecialForm::BuiltinType))
        && match args {
            [] => true,
            [item] => lookup(db, definition, item).is_some_and(|binding| means_any(db, binding)),
            _ => false,
        }
}

fn annotation_of(db: &dyn DeclareDb, definition: DefRef) -> Option<Cow<'_, Expr>> {
    match syntax_of_unit(db, definition.file, definition.id.unit).node(definition.id)? {
        DefNode::AnnAssign(statement) => unquoted(&statement.annotation),
        DefNode::Assign(statement) => {
            let comment = type_comments::of_assignment(db, definition, statement.end())?;
            parse_annotation(comment.text).map(Cow::Owned)
        }
        DefNode::Parameter(parameter) => parameter.annotation.as_deref().and_then(unquoted),
        _ => None,
    }
}

/// An annotation without the quotes around it.
fn unquoted(annotation: &Expr) -> Option<Cow<'_, Expr>> {
    match annotation {
        Expr::StringLiteral(text) => parse_annotation(text.value.to_str()).map(Cow::Owned),
        other => Some(Cow::Borrowed(other)),
    }
}

fn lookup(db: &dyn DeclareDb, definition: DefRef, expr: &Expr) -> Option<Binding> {
    if !is_dotted(expr) {
        return None;
    }
    let scope = scope_access::definition(db, definition)?.scope;
    names::lookup_expr_before(db, definition.file, scope, expr, Some(definition.id))
}

/// Whether a name means `Any`, through aliases.
fn means_any(db: &dyn DeclareDb, mut binding: Binding) -> bool {
    for _ in 0..16 {
        if special_form(binding.fullname) == Some(SpecialForm::Any) {
            return true;
        }
        match binding.node {
            Node::Unknown(source) => return source != AnySource::Error,
            Node::Alias(alias) => {
                let at = alias.definition();
                let next = syntax::assignment(db, at)
                    .and_then(|assignment| assignment.value)
                    .and_then(|value| lookup(db, at, value));
                match next {
                    Some(next) => binding = next,
                    None => return false,
                }
            }
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Class(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_) => return false,
        }
    }
    false
}
