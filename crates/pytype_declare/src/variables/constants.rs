//! Values of constant expressions, as far as they give a variable its type before inference.

use pytype_index::{DefNode, DefRef, ScopeId, syntax_of_unit};
use pytype_source::Name;
use pytype_types::{KnownClass, LiteralValue, Ty, TyKind, TyList};
use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

use crate::annotations::analyze::is_dotted;
use crate::annotations::special_forms::{SpecialForm, special_form};
use crate::annotations::{AnnotationScope, known};
use crate::names::scope_access;
use crate::{DeclareDb, Node, names};

/// A folded value. Integers and texts that grow too big keep their type only.
#[derive(Clone, PartialEq, Debug)]
enum Constant {
    Bool(bool),
    Int(Option<i128>),
    Float,
    Str(Option<String>),
}

/// The type of a variable with a constant value; with the value itself for one that never changes.
pub(super) fn simple_literal(
    db: &dyn DeclareDb,
    place: &AnnotationScope,
    at: DefRef,
    value: &Expr,
    is_final: bool,
) -> Option<Ty> {
    let constant = Folder { db, place, before: at, depth: 0 }.fold(value)?;
    let (class, value) = match &constant {
        Constant::Bool(value) => (KnownClass::Bool, Some(LiteralValue::Bool(*value))),
        Constant::Int(value) => (KnownClass::Int, value.map(integer)),
        Constant::Float => (KnownClass::Float, None),
        Constant::Str(value) => {
            (KnownClass::Str, value.as_deref().map(|text| LiteralValue::Str(Name::new(text))))
        }
    };
    let plain = known::known(db, class, TyList::EMPTY());
    let TyKind::Instance(instance) = plain.kind() else { return Some(plain) };
    match value.filter(|_| is_final) {
        Some(value) => {
            let last_known = Some(Ty::literal(value, plain));
            Some(Ty::new(TyKind::Instance(pytype_types::Instance { last_known, ..*instance })))
        }
        None => Some(plain),
    }
}

fn integer(value: i128) -> LiteralValue {
    match i64::try_from(value) {
        Ok(small) => LiteralValue::Int(small),
        Err(_) => LiteralValue::BigInt(Name::new(&value.to_string())),
    }
}

struct Folder<'a> {
    db: &'a dyn DeclareDb,
    place: &'a AnnotationScope,
    before: DefRef,
    depth: u32,
}

/// Texts beyond this length are not folded.
const MAX_TEXT: usize = 10_000;
const MAX_DEPTH: u32 = 200;

impl Folder<'_> {
    fn fold(&mut self, expr: &Expr) -> Option<Constant> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let folded = self.fold_unguarded(expr);
        self.depth -= 1;
        folded
    }

    fn fold_unguarded(&mut self, expr: &Expr) -> Option<Constant> {
        match expr {
            Expr::BooleanLiteral(literal) => Some(Constant::Bool(literal.value)),
            Expr::StringLiteral(text) => Some(Constant::Str(Some(text.value.to_str().to_owned()))),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(value) => Some(Constant::Int(value.as_i64().map(i128::from))),
                Number::Float(_) => Some(Constant::Float),
                Number::Complex { .. } => None,
            },
            Expr::UnaryOp(operation) => {
                let operand = self.fold(&operation.operand)?;
                unary(operation.op, &operand)
            }
            Expr::BinOp(operation) => {
                let left = self.fold(&operation.left)?;
                let right = self.fold(&operation.right)?;
                binary(operation.op, &left, &right)
            }
            Expr::Name(_) => self.final_name(expr),
            _ => None,
        }
    }

    /// A final name of this module, defined before.
    fn final_name(&mut self, expr: &Expr) -> Option<Constant> {
        let place = self.place;
        let binding =
            names::lookup_expr_before(self.db, place.file, place.scope, expr, Some(self.before.id))?;
        let Node::Variable(definition) = binding.node else { return None };
        let earlier = definition.file == self.before.file
            && definition.id.unit == 0
            && (self.before.id.unit != 0 || definition.id.ordinal < self.before.id.ordinal);
        let at_module_level = scope_access::definition(self.db, definition)?.scope == ScopeId::MODULE;
        if !earlier || !at_module_level {
            return None;
        }
        let node = syntax_of_unit(self.db, definition.file, definition.id.unit).node(definition.id)?;
        let DefNode::AnnAssign(statement) = node else { return None };
        let head = match statement.annotation.as_ref() {
            Expr::Subscript(subscript) => subscript.value.as_ref(),
            other => other,
        };
        if !is_dotted(head) {
            return None;
        }
        let form = names::lookup_expr(self.db, definition.file, ScopeId::MODULE, head)?;
        if special_form(form.fullname) != Some(SpecialForm::Final) {
            return None;
        }
        let before = std::mem::replace(&mut self.before, definition);
        let value = self.fold(statement.value.as_deref()?);
        self.before = before;
        value
    }
}

fn unary(op: UnaryOp, operand: &Constant) -> Option<Constant> {
    let value = match operand {
        Constant::Bool(value) => Some(i128::from(*value)),
        Constant::Int(value) => *value,
        Constant::Float => {
            return matches!(op, UnaryOp::USub | UnaryOp::UAdd).then_some(Constant::Float);
        }
        Constant::Str(_) => return None,
    };
    match op {
        UnaryOp::USub => Some(Constant::Int(value.and_then(i128::checked_neg))),
        UnaryOp::UAdd => Some(Constant::Int(value)),
        UnaryOp::Invert => Some(Constant::Int(value.map(|value| !value))),
        UnaryOp::Not => None,
    }
}

fn binary(op: Operator, left: &Constant, right: &Constant) -> Option<Constant> {
    if let (Constant::Bool(left), Constant::Bool(right)) = (left, right) {
        match op {
            Operator::BitAnd => return Some(Constant::Bool(left & right)),
            Operator::BitOr => return Some(Constant::Bool(left | right)),
            Operator::BitXor => return Some(Constant::Bool(left ^ right)),
            _ => {}
        }
    }
    match (left, right) {
        (Constant::Str(left), Constant::Str(right)) if op == Operator::Add => {
            let joined = match (left, right) {
                (Some(left), Some(right)) if left.len() + right.len() <= MAX_TEXT => {
                    Some(format!("{left}{right}"))
                }
                _ => None,
            };
            Some(Constant::Str(joined))
        }
        (Constant::Str(text), number) | (number, Constant::Str(text)) if op == Operator::Mult => {
            let count = as_integer(number)?;
            let repeated = match (text, count) {
                (Some(text), Some(count)) => usize::try_from(count.max(0))
                    .ok()
                    .filter(|count| text.len().saturating_mul(*count) <= MAX_TEXT)
                    .map(|count| text.repeat(count)),
                _ => None,
            };
            Some(Constant::Str(repeated))
        }
        (Constant::Str(_), _) | (_, Constant::Str(_)) => None,
        (Constant::Float, _) | (_, Constant::Float) => float_result(op, right),
        _ => integers(op, as_integer(left)?, as_integer(right)?),
    }
}

fn float_result(op: Operator, right: &Constant) -> Option<Constant> {
    match op {
        Operator::Add | Operator::Sub | Operator::Mult => Some(Constant::Float),
        Operator::Div | Operator::FloorDiv | Operator::Mod => {
            (as_integer(right) != Some(Some(0))).then_some(Constant::Float)
        }
        _ => None,
    }
}

fn as_integer(constant: &Constant) -> Option<Option<i128>> {
    match constant {
        Constant::Bool(value) => Some(Some(i128::from(*value))),
        Constant::Int(value) => Some(*value),
        Constant::Float | Constant::Str(_) => None,
    }
}

fn integers(op: Operator, left: Option<i128>, right: Option<i128>) -> Option<Constant> {
    let (Some(left), Some(right)) = (left, right) else {
        return (op != Operator::Div && op != Operator::MatMult).then_some(Constant::Int(None));
    };
    let value = match op {
        Operator::Add => left.checked_add(right),
        Operator::Sub => left.checked_sub(right),
        Operator::Mult => left.checked_mul(right),
        Operator::Div => return (right != 0).then_some(Constant::Float),
        Operator::FloorDiv => {
            if right == 0 {
                return None;
            }
            floor_division(left, right)
        }
        Operator::Mod => {
            if right == 0 {
                return None;
            }
            floor_division(left, right).and_then(|quotient| left.checked_sub(quotient.checked_mul(right)?))
        }
        Operator::BitAnd => Some(left & right),
        Operator::BitOr => Some(left | right),
        Operator::BitXor => Some(left ^ right),
        Operator::LShift => {
            if right < 0 {
                return None;
            }
            u32::try_from(right).ok().filter(|by| *by < 100).and_then(|by| left.checked_mul(1i128 << by))
        }
        Operator::RShift => {
            if right < 0 {
                return None;
            }
            Some(left >> u32::try_from(right).unwrap_or(127).min(127))
        }
        Operator::Pow => {
            if right < 0 {
                return None;
            }
            u32::try_from(right).ok().and_then(|exponent| left.checked_pow(exponent))
        }
        Operator::MatMult => return None,
    };
    Some(Constant::Int(value))
}

fn floor_division(left: i128, right: i128) -> Option<i128> {
    let quotient = left.checked_div(right)?;
    let inexact = left.checked_rem(right)? != 0;
    if inexact && (left < 0) != (right < 0) { quotient.checked_sub(1) } else { Some(quotient) }
}
