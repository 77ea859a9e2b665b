//! The shapes of assignments: as much of a right-hand side as decides what it defines.
//!
//! Taken from the syntax once for each file and free of positions, so that an edit elsewhere in
//! the file leaves every question about names answered.

use pytype_index::{DefId, DefinitionFlags, DefinitionKind};
use pytype_source::{File, Name};
use pytype_types::TypeVarKind;
use ruff_python_ast::{self as ast, Expr, Operator};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::meaning::has_shape;
use super::scope_access::index_of;
use crate::DeclareDb;

/// A dotted name, such as `a.b.C`.
pub(crate) type Dotted = SmallVec<[Name; 2]>;

/// The right-hand side of an assignment to a single name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Reference(Dotted),
    /// `X[...]`.
    Subscript(Dotted),
    Call(Box<CallShape>),
    Or(Box<Shape>, Box<Shape>),
    None,
    Other,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CallShape {
    pub callee: Dotted,
    /// The first argument, when it is a string.
    pub first_string: Option<Name>,
    pub positional: u32,
    pub keywords: SmallVec<[Name; 2]>,
    /// The only argument is `None`, as in `type(None)`.
    pub none_only: bool,
    /// The second argument, which is a `NewType`'s base.
    pub second: Option<Box<Shape>>,
}

/// An assignment to a single name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AssignmentShape {
    /// The annotation when it is a dotted name (it may be `TypeAlias`).
    pub annotation: Option<Dotted>,
    pub value: Shape,
}

/// The bases of a class statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ClassShape {
    pub bases: Vec<Shape>,
    pub metaclass: Option<Dotted>,
}

/// `@dataclass_transform(...)` on a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TransformShape {
    pub callee: Dotted,
    /// The arguments that are True or False.
    pub flags: Vec<(Name, bool)>,
    pub specifiers: Vec<Dotted>,
}

/// What one index unit's definitions look like.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Shapes {
    pub assignments: FxHashMap<DefId, AssignmentShape>,
    pub type_parameters: FxHashMap<DefId, TypeVarKind>,
    pub classes: FxHashMap<DefId, ClassShape>,
    pub transforms: FxHashMap<DefId, TransformShape>,
}

/// The dotted name that `expr` is, if it is one.
pub(crate) fn dotted(expr: &Expr) -> Option<Dotted> {
    match expr {
        Expr::Name(name) => Some(SmallVec::from_iter([Name::of(name)])),
        Expr::Attribute(attribute) => {
            let mut path = dotted(&attribute.value)?;
            path.push(Name::of(&attribute.attr));
            Some(path)
        }
        _ => None,
    }
}

/// The shape of a right-hand side.
pub(crate) fn shape(value: &Expr) -> Shape {
    match value {
        Expr::Name(_) | Expr::Attribute(_) => dotted(value).map_or(Shape::Other, Shape::Reference),
        Expr::Subscript(subscript) => dotted(&subscript.value).map_or(Shape::Other, Shape::Subscript),
        Expr::Call(call) => call_shape(call).map_or(Shape::Other, |call| Shape::Call(Box::new(call))),
        Expr::BinOp(operation) if operation.op == Operator::BitOr => {
            Shape::Or(Box::new(shape(&operation.left)), Box::new(shape(&operation.right)))
        }
        Expr::NoneLiteral(_) => Shape::None,
        _ => Shape::Other,
    }
}

fn call_shape(call: &ast::ExprCall) -> Option<CallShape> {
    let callee = dotted(&call.func)?;
    let arguments = &call.arguments;
    let first_string = match arguments.args.first() {
        Some(Expr::StringLiteral(text)) => Some(Name::new(text.value.to_str())),
        _ => None,
    };
    let none_only = arguments.keywords.is_empty()
        && arguments.args.len() == 1
        && matches!(arguments.args.first(), Some(Expr::NoneLiteral(_)));
    let keywords = arguments.keywords.iter().filter_map(|k| k.arg.as_ref()).map(Name::of).collect();
    Some(CallShape {
        callee,
        first_string,
        positional: u32::try_from(arguments.args.len()).unwrap_or(u32::MAX),
        keywords,
        none_only,
        second: arguments.args.get(1).map(|second| Box::new(quoted_shape(second))),
    })
}

/// The shape of an expression that may stand in quotes.
fn quoted_shape(value: &Expr) -> Shape {
    match value {
        Expr::StringLiteral(text) => {
            crate::syntax::parse_annotation(text.value.to_str()).map_or(Shape::Other, |inner| shape(&inner))
        }
        _ => shape(value),
    }
}

/// The first decorator that may be `dataclass_transform(...)`.
pub(crate) fn transform_shape(decorators: &[ast::Decorator]) -> Option<TransformShape> {
    decorators.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else { return None };
        let callee = dotted(&call.func)?;
        // Renamed imports of it are not followed here: the full name is checked where it is used.
        if callee.last().is_none_or(|last| *last != "dataclass_transform") {
            return None;
        }
        let mut flags = Vec::new();
        let mut specifiers = Vec::new();
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            match &keyword.value {
                Expr::BooleanLiteral(literal) => flags.push((Name::new(name), literal.value)),
                Expr::Tuple(tuple) if name == "field_specifiers" => {
                    specifiers = tuple.elts.iter().filter_map(dotted).collect();
                }
                _ => {}
            }
        }
        Some(TransformShape { callee, flags, specifiers })
    })
}

/// The shapes of one index unit of a file.
#[salsa::tracked(returns(ref))]
pub(crate) fn shapes(db: &dyn DeclareDb, file: File, unit: u32) -> Shapes {
    find(db, file, unit)
}

/// See [`super::shapes_of`].
pub(super) fn find(db: &dyn DeclareDb, file: File, unit: u32) -> Shapes {
    let syntax = pytype_index::syntax_of_unit(db, file, unit);
    let index = index_of(db, file, unit);
    let mut shapes = Shapes::default();
    for (ordinal, definition) in (0..).zip(&index.definitions) {
        let id = DefId { unit, ordinal };
        match &definition.kind {
            DefinitionKind::Variable => {
                if has_shape(definition)
                    && let Some(assignment) = syntax.node(id).and_then(crate::syntax::assignment_of)
                    && let Some(value) = assignment.value
                {
                    let annotation = assignment.annotation.and_then(annotation_name);
                    // A variable with another annotation than `TypeAlias` is a variable.
                    if assignment.annotation.is_none() || annotation.is_some() {
                        shapes.assignments.insert(id, AssignmentShape { annotation, value: shape(value) });
                    }
                }
            }
            DefinitionKind::Class { .. } => {
                if let Some(class) = syntax.class(id) {
                    shapes.classes.insert(id, class_shape(class));
                }
            }
            DefinitionKind::Function { .. } if definition.flags.contains(DefinitionFlags::DECORATED) => {
                let found =
                    syntax.function(id).and_then(|function| transform_shape(&function.decorator_list));
                if let Some(found) = found {
                    shapes.transforms.insert(id, found);
                }
            }
            DefinitionKind::TypeParameter => {
                if let Some(pytype_index::DefNode::TypeParam(param)) = syntax.node(id) {
                    let kind = match param {
                        ast::TypeParam::TypeVar(_) => TypeVarKind::TypeVar,
                        ast::TypeParam::ParamSpec(_) => TypeVarKind::ParamSpec,
                        ast::TypeParam::TypeVarTuple(_) => TypeVarKind::TypeVarTuple,
                    };
                    shapes.type_parameters.insert(id, kind);
                }
            }
            DefinitionKind::Function { .. }
            | DefinitionKind::Parameter
            | DefinitionKind::Import { .. }
            | DefinitionKind::ImportFrom { .. }
            | DefinitionKind::TypeAliasStatement => {}
        }
    }
    shapes.assignments.shrink_to_fit();
    shapes.classes.shrink_to_fit();
    shapes
}

/// The annotation's name, when it may mean `TypeAlias`.
fn annotation_name(annotation: &Expr) -> Option<Dotted> {
    match annotation {
        Expr::StringLiteral(text) => {
            let path = text.value.to_str().trim().split('.').map(Name::new);
            Some(path.collect())
        }
        other => dotted(other),
    }
}

fn class_shape(class: &ast::StmtClassDef) -> ClassShape {
    let Some(arguments) = class.arguments.as_deref() else {
        return ClassShape { bases: Vec::new(), metaclass: None };
    };
    let bases = arguments.args.iter().map(shape).collect();
    let metaclass = arguments.find_keyword("metaclass").and_then(|keyword| dotted(&keyword.value));
    ClassShape { bases, metaclass }
}
