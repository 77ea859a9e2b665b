//! The syntax of definitions, as this layer needs it.

use pytype_index::{DefNode, DefRef, syntax_of_unit};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_python_parser::parse_expression;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::DeclareDb;

/// An assignment to a single name.
#[derive(Clone, Copy)]
pub(crate) struct Assignment<'a> {
    pub annotation: Option<&'a Expr>,
    pub value: Option<&'a Expr>,
    /// The whole statement.
    pub range: TextRange,
}

fn node(db: &dyn DeclareDb, at: DefRef) -> Option<DefNode<'_>> {
    syntax_of_unit(db, at.file, at.id.unit).node(at.id)
}

pub(crate) fn class(db: &dyn DeclareDb, at: DefRef) -> Option<&ast::StmtClassDef> {
    match node(db, at)? {
        DefNode::Class(class) => Some(class),
        _ => None,
    }
}

pub(crate) fn function(db: &dyn DeclareDb, at: DefRef) -> Option<&ast::StmtFunctionDef> {
    match node(db, at)? {
        DefNode::Function(function) => Some(function),
        _ => None,
    }
}

/// The assignment that makes a definition, when it has one target that is a name.
pub(crate) fn assignment(db: &dyn DeclareDb, at: DefRef) -> Option<Assignment<'_>> {
    assignment_of(node(db, at)?)
}

pub(crate) fn assignment_of(node: DefNode<'_>) -> Option<Assignment<'_>> {
    match node {
        DefNode::Assign(statement) => match statement.targets.as_slice() {
            [Expr::Name(_)] => {
                Some(Assignment { annotation: None, value: Some(&statement.value), range: statement.range })
            }
            _ => None,
        },
        DefNode::AnnAssign(statement) => Some(Assignment {
            annotation: Some(&statement.annotation),
            value: statement.value.as_deref(),
            range: statement.range,
        }),
        _ => None,
    }
}

/// Where the name of a definition stands.
pub(crate) fn name_range(db: &dyn DeclareDb, at: DefRef) -> Option<TextRange> {
    Some(match node(db, at)? {
        DefNode::Class(class) => class.name.range,
        DefNode::Function(function) => function.name.range,
        DefNode::Assign(statement) => statement.targets.first().map_or(statement.range, Ranged::range),
        DefNode::AnnAssign(statement) => statement.target.range(),
        DefNode::TypeAlias(statement) => statement.name.range(),
        DefNode::For(statement) => statement.target.range(),
        DefNode::With(_, item) => item.optional_vars.as_ref().map_or(item.range, |target| target.range()),
        DefNode::Handler(handler) => handler.name.as_ref().map_or(handler.range, |name| name.range),
        DefNode::Pattern(name) => name.range,
        DefNode::Alias(alias) | DefNode::FromAlias(_, alias) => alias.range,
        DefNode::Parameter(parameter) => parameter.name.range,
        DefNode::TypeParam(parameter) => parameter.range(),
        DefNode::Comprehension(comprehension) => comprehension.target.range(),
        DefNode::Named(named) => named.target.range(),
    })
}

/// Where findings about a function or variable as a whole stand: a decorated function at its first
/// decorator.
pub(crate) fn definition_place(db: &dyn DeclareDb, at: DefRef) -> Option<TextRange> {
    let decorator = function(db, at).and_then(|function| function.decorator_list.first());
    decorator.map(|decorator| decorator.range).or_else(|| name_range(db, at))
}

pub(crate) fn name_offset(db: &dyn DeclareDb, at: DefRef) -> Option<TextSize> {
    name_range(db, at).map(TextRange::start)
}

/// Whether an expression could be read as a type: names, subscripts, `|`, strings, literals.
pub(crate) fn can_be_type(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_)
        | Expr::List(_)
        | Expr::Tuple(_) => true,
        Expr::Attribute(attribute) => can_be_type(&attribute.value),
        Expr::Subscript(subscript) => can_be_type(&subscript.value) && can_be_arguments(subscript),
        Expr::BinOp(operation) => {
            operation.op == ast::Operator::BitOr
                && can_be_type(&operation.left)
                && can_be_type(&operation.right)
        }
        Expr::UnaryOp(operation) => matches!(operation.operand.as_ref(), Expr::NumberLiteral(_)),
        Expr::Starred(starred) => can_be_type(&starred.value),
        _ => false,
    }
}

/// Whether what stands in brackets could be type arguments. Metadata of `Annotated` is anything.
fn can_be_arguments(subscript: &ast::ExprSubscript) -> bool {
    let has_metadata = match subscript.value.as_ref() {
        Expr::Name(name) => name.id == "Annotated",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "Annotated",
        _ => false,
    };
    match subscript.slice.as_ref() {
        Expr::Tuple(tuple) if has_metadata => tuple.elts.first().is_some_and(can_be_type),
        // Arguments of `Callable` may be calls (`Arg(int, "x")`).
        Expr::List(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().all(|item| can_be_type(item) || item.is_list_expr()),
        item => can_be_type(item),
    }
}

/// A string annotation as an expression; its spans are those of the string's text.
pub(crate) fn parse_annotation(text: &str) -> Option<Expr> {
    parse_expression(text.trim()).ok().map(|parsed| *parsed.into_syntax().body)
}

/// Whether a function's body does nothing: a docstring, `pass`, `...` or `raise NotImplementedError`.
pub(crate) fn has_trivial_body(db: &dyn DeclareDb, at: DefRef) -> bool {
    function(db, at).is_some_and(|function| is_trivial(&function.body))
}

/// See [`has_trivial_body`].
pub(crate) fn is_trivial(body: &[Stmt]) -> bool {
    let is_docstring =
        |statement: &Stmt| matches!(statement, Stmt::Expr(s) if matches!(*s.value, Expr::StringLiteral(_)));
    let body = match body.split_first() {
        Some((first, rest)) if is_docstring(first) => rest,
        _ => body,
    };
    match body {
        [] => true,
        [Stmt::Pass(_)] => true,
        [Stmt::Expr(s)] => matches!(*s.value, Expr::EllipsisLiteral(_)),
        [Stmt::Raise(raise)] => {
            let raised = match raise.exc.as_deref() {
                Some(Expr::Call(call)) => Some(call.func.as_ref()),
                other => other,
            };
            matches!(raised, Some(Expr::Name(name)) if name.id == "NotImplementedError")
        }
        _ => false,
    }
}
