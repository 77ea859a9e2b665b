//! The annotations of a function as they are written: in the signature, or in type comments.

use std::borrow::Cow;

use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode};
use ruff_python_ast::{Expr, Parameter, ParameterWithDefault, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use crate::DeclareDb;
use crate::annotations::parse_annotation;
use crate::type_comments;

/// An annotation; one from a comment has no place of its own.
pub(super) struct Written<'a> {
    pub expr: Cow<'a, Expr>,
    pub comment: Option<TextRange>,
}

/// The annotations of one function.
#[derive(Default)]
pub(super) struct WrittenSignature<'a> {
    /// One for each parameter, in the order of [`parameters`].
    pub params: Vec<Option<Written<'a>>>,
    pub result: Option<Written<'a>>,
    pub diagnostics: Vec<Diagnostic>,
}

impl WrittenSignature<'_> {
    /// Whether nothing is annotated.
    pub(super) fn is_empty(&self) -> bool {
        self.result.is_none() && self.params.iter().all(Option::is_none)
    }
}

/// How a parameter stands in the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    PositionalOnly,
    Ordinary,
    Star,
    KeywordOnly,
    Star2,
}

/// The parameters in the order of the list, with their defaults.
pub(super) fn parameters(function: &StmtFunctionDef) -> Vec<(Slot, &Parameter, Option<&Expr>)> {
    let list = &function.parameters;
    let mut found = Vec::with_capacity(list.len());
    found.extend(with_defaults(Slot::PositionalOnly, &list.posonlyargs));
    found.extend(with_defaults(Slot::Ordinary, &list.args));
    found.extend(list.vararg.as_deref().map(|parameter| (Slot::Star, parameter, None)));
    found.extend(with_defaults(Slot::KeywordOnly, &list.kwonlyargs));
    found.extend(list.kwarg.as_deref().map(|parameter| (Slot::Star2, parameter, None)));
    found
}

fn with_defaults(
    slot: Slot,
    declared: &[ParameterWithDefault],
) -> impl Iterator<Item = (Slot, &Parameter, Option<&Expr>)> {
    declared.iter().map(move |p| (slot, &p.parameter, p.default.as_deref()))
}

/// What is written. `is_method` allows a signature comment to leave `self` out.
pub(super) fn written<'a>(
    db: &'a dyn DeclareDb,
    at: DefRef,
    function: &'a StmtFunctionDef,
    is_method: bool,
) -> WrittenSignature<'a> {
    let params = parameters(function);
    let mut found = WrittenSignature::default();
    let comment = type_comments::of_function(db, at, function);
    let signature = comment.map(|comment| (comment.range, type_comments::parse_signature(comment.text)));
    if let Some((_, None)) = &signature {
        let message = "The type comment is not a signature: it reads \"(<types>) -> <type>\"";
        found.diagnostics.push(Diagnostic::error(ErrorCode::Syntax, function.name.range, message));
        found.params.extend(params.iter().map(|_| None));
        return found;
    }
    if let Some((_, Some(signature))) = signature {
        // mypy reports what is wrong with it on the line of the `def`.
        let comment = Some(function.name.range);
        if let Some(mut types) = signature.parameters {
            let skipped = usize::from(is_method && types.len() < params.len());
            let wrong = match (types.len() + skipped).cmp(&params.len()) {
                std::cmp::Ordering::Less => Some("The type comment has too few parameters"),
                std::cmp::Ordering::Greater => Some("The type comment has too many parameters"),
                std::cmp::Ordering::Equal => None,
            };
            if let Some(message) = wrong {
                found.diagnostics.push(Diagnostic::error(ErrorCode::Syntax, function.name.range, message));
                found.params.extend(params.iter().map(|_| None));
                return found;
            }
            found.params.extend((0..skipped).map(|_| None));
            let own = |expr| Some(Written { expr: Cow::Owned(expr), comment });
            found.params.extend(types.drain(..).map(own));
        } else {
            found.params = params
                .iter()
                .map(|(_, parameter, default)| of_parameter(db, at, parameter, *default))
                .collect();
        }
        found.result = Some(Written { expr: Cow::Owned(signature.result), comment });
        return found;
    }
    found.params =
        params.iter().map(|(_, parameter, default)| of_parameter(db, at, parameter, *default)).collect();
    found.result =
        function.returns.as_deref().map(|expr| Written { expr: Cow::Borrowed(expr), comment: None });
    found
}

fn of_parameter<'a>(
    db: &'a dyn DeclareDb,
    at: DefRef,
    parameter: &'a Parameter,
    default: Option<&Expr>,
) -> Option<Written<'a>> {
    if let Some(annotation) = &parameter.annotation {
        return Some(Written { expr: Cow::Borrowed(annotation), comment: None });
    }
    let end = default.map_or(parameter.end(), Ranged::end);
    let comment = type_comments::of_parameter(db, at, end)?;
    let expr = parse_annotation(comment.text)?;
    Some(Written { expr: Cow::Owned(expr), comment: Some(parameter.range) })
}
