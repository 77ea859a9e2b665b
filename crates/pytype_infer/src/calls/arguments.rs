//! The arguments of a call, from whatever stands for a call.

use pytype_source::Name;
use pytype_types::{ArgKind, KnownClass, LiteralValue, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::callable::PerArgument;
use crate::Checker;
use crate::expressions::with_last_known;

/// What is passed.
#[derive(Clone, Copy, Debug)]
pub enum ArgumentValue<'a> {
    Expr(&'a Expr),
    /// A key and a value of a dict display: a pair.
    Pair(&'a Expr, &'a Expr),
    /// `name=value` of a `dict(...)` call: a pair.
    NamedPair(Name, &'a Expr),
    /// A type that something else gave, at a place.
    Type(Ty, TextRange),
}

/// One argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct CallArgument<'a> {
    pub value: ArgumentValue<'a>,
    pub kind: ArgKind,
    /// For `name=value`.
    pub name: Option<Name>,
}

impl<'a> CallArgument<'a> {
    /// A positional argument.
    pub fn of(expr: &'a Expr) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Expr(expr), kind: ArgKind::Pos, name: None }
    }
    pub fn of_kind(expr: &'a Expr, kind: ArgKind) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Expr(expr), kind, name: None }
    }
    /// A positional argument of which only the type is known.
    pub fn of_type(ty: Ty, range: TextRange) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Type(ty, range), kind: ArgKind::Pos, name: None }
    }
    pub fn named(name: Name, expr: &'a Expr) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Expr(expr), kind: ArgKind::Named, name: Some(name) }
    }
    pub fn pair(key: &'a Expr, value: &'a Expr) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Pair(key, value), kind: ArgKind::Pos, name: None }
    }
    pub fn named_pair(name: Name, value: &'a Expr) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::NamedPair(name, value), kind: ArgKind::Pos, name: None }
    }
    /// The same argument with its type given.
    #[must_use]
    pub fn with_type(self, ty: Ty) -> CallArgument<'a> {
        CallArgument { value: ArgumentValue::Type(ty, self.range()), ..self }
    }

    pub fn range(&self) -> TextRange {
        match self.value {
            ArgumentValue::Expr(expr) | ArgumentValue::Pair(expr, _) | ArgumentValue::NamedPair(_, expr) => {
                expr.range()
            }
            ArgumentValue::Type(_, range) => range,
        }
    }
    /// The expression passed, if it is a single one.
    pub fn expr(&self) -> Option<&'a Expr> {
        match self.value {
            ArgumentValue::Expr(expr) => Some(expr),
            ArgumentValue::Pair(..) | ArgumentValue::NamedPair(..) | ArgumentValue::Type(..) => None,
        }
    }
    pub fn is_lambda(&self) -> bool {
        matches!(self.value, ArgumentValue::Expr(Expr::Lambda(_)))
    }
}

/// The arguments of a call expression, positional ones first.
pub(crate) fn arguments_of(arguments: &ast::Arguments) -> Vec<CallArgument<'_>> {
    let positional = arguments.args.iter().map(|arg| match arg {
        Expr::Starred(starred) => CallArgument::of_kind(&starred.value, ArgKind::Star),
        _ => CallArgument::of(arg),
    });
    let keywords = arguments.keywords.iter().map(|keyword| match &keyword.arg {
        Some(name) => CallArgument::named(Name::of(name), &keyword.value),
        None => CallArgument::of_kind(&keyword.value, ArgKind::Star2),
    });
    positional.chain(keywords).collect()
}

impl Checker<'_> {
    /// The type of an argument where `expected` is wanted.
    pub(crate) fn infer_argument(&mut self, argument: &CallArgument<'_>, expected: Option<Ty>) -> Ty {
        match argument.value {
            ArgumentValue::Expr(expr) => self.infer(expr, expected),
            ArgumentValue::Type(ty, _) => ty,
            ArgumentValue::Pair(key, value) => {
                let range = TextRange::new(key.start(), value.end());
                self.expecting(expected, |c| c.infer_tuple_elements(&[key, value], range))
            }
            ArgumentValue::NamedPair(name, value) => {
                let items = expected.map(|e| self.proper(e)).and_then(|e| {
                    if let TyKind::Tuple { items, .. } = e.kind()
                        && items.len() == 2
                    {
                        Some((items[0], items[1]))
                    } else {
                        None
                    }
                });
                let text = self.instance_of(KnownClass::Str);
                let literal = Ty::literal(LiteralValue::Str(name), text);
                let key = match items {
                    Some((wanted, _)) if self.is_literal_like(wanted) => literal,
                    _ => with_last_known(text, literal),
                };
                let value = self.infer(value, items.map(|(_, wanted)| wanted));
                Ty::tuple([key, value], self.known_with(KnownClass::Tuple, [self.any()]))
            }
        }
    }

    /// The types of arguments, each on its own.
    pub(crate) fn infer_arguments_alone(&mut self, arguments: &[CallArgument<'_>]) -> PerArgument<Ty> {
        arguments
            .iter()
            .map(|argument| {
                let ty = self.infer_argument(argument, None);
                if self.has_erased(ty) { Ty::none() } else { ty }
            })
            .collect()
    }
}
