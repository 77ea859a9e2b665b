//! `Literal[...]`.

use std::borrow::Cow;

use pytype_source::{ErrorCode, Name};
use pytype_types::{AnySource, KnownClass, LiteralValue, Ty, TyKind, TyList};
use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::analyze::{Analyzer, Args, args_of, flatten_bit_or, is_dotted};
use crate::{Node, names};

impl Analyzer<'_, '_> {
    pub fn literal_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        if args.items.is_empty() {
            return self.invalid_at(ErrorCode::ValidType, range, "\"Literal[...]\" needs at least one value");
        }
        if args.grouped {
            let message = "The values of \"Literal[...]\" stand without parentheses";
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        let mut values = Vec::new();
        for (position, item) in args.items.iter().enumerate() {
            if !self.literal_item(position + 1, item, range, &mut values) {
                return Ty::any(AnySource::Error);
            }
        }
        Ty::union(values)
    }

    /// Adds what one item of a `Literal` stands for; false when it is wrong (and reported).
    fn literal_item(&mut self, number: usize, item: &Expr, range: TextRange, values: &mut Vec<Ty>) -> bool {
        if let Some(value) = literal_value(item) {
            values.push(self.literal_type(value));
            return true;
        }
        match item {
            Expr::NoneLiteral(_) => {
                values.push(Ty::none());
                true
            }
            Expr::Name(_) => self.literal_reference(number, item, Args::default(), item, range, values),
            Expr::Attribute(_) if is_dotted(item) => {
                self.literal_reference(number, item, Args::default(), item, range, values)
            }
            Expr::Subscript(subscript) if is_dotted(&subscript.value) => {
                let args = args_of(&subscript.slice);
                self.literal_reference(number, &subscript.value, args, item, range, values)
            }
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                let mut operands = Vec::new();
                flatten_bit_or(operation, &mut operands);
                operands.into_iter().all(|operand| self.literal_item(number, operand, range, values))
            }
            Expr::NumberLiteral(_) => {
                let message = format!("Item {number} of \"Literal[...]\" cannot be a floating-point value");
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
            _ => {
                let message = format!(
                    "Item {number} of \"Literal[...]\" is not a literal: expressions are not allowed"
                );
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
        }
    }

    fn literal_reference(
        &mut self,
        number: usize,
        head: &Expr,
        args: Args<'_>,
        item: &Expr,
        range: TextRange,
        values: &mut Vec<Ty>,
    ) -> bool {
        if let Some(member) = self.functional_enum_member(head) {
            values.push(member);
            return true;
        }
        let before = self.findings.diagnostics.len();
        self.nesting += 1;
        let ty = self.reference(head, item.range(), args, true);
        self.nesting -= 1;
        let reported = self.findings.diagnostics.len() > before;
        self.take_literals(number, ty, reported, range, values)
    }

    fn take_literals(
        &mut self,
        number: usize,
        ty: Ty,
        reported: bool,
        range: TextRange,
        values: &mut Vec<Ty>,
    ) -> bool {
        match ty.kind() {
            TyKind::Literal { value: LiteralValue::AnyStr, .. } => {
                let message = format!("Item {number} of \"Literal[...]\" is not a single value");
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
            TyKind::Literal { .. } | TyKind::None => {
                values.push(ty);
                true
            }
            TyKind::Union(items) => {
                items.iter().all(|item| self.take_literals(number, item, reported, range, values))
            }
            TyKind::Any(AnySource::SpecialForm) => false,
            TyKind::Any(_) if reported => false,
            TyKind::Any(AnySource::Error) => {
                let message = format!("Item {number} of \"Literal[...]\" is not a literal");
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
            TyKind::Any(_) => {
                let message = format!("Item {number} of \"Literal[...]\" cannot be of type \"Any\"");
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
            TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                let message = format!("Item {number} of \"Literal[...]\" is not a literal");
                self.fail(ErrorCode::ValidType, range, message);
                false
            }
        }
    }

    /// A member of an enum made by a call, whose names no class body binds.
    fn functional_enum_member(&self, head: &Expr) -> Option<Ty> {
        let Expr::Attribute(attribute) = head else { return None };
        if self.lookup(head).is_some() {
            return None;
        }
        let Node::Class(class) = self.lookup(&attribute.value)?.node else { return None };
        let fallback = Ty::plain_instance(class);
        let name = Name::of(&attribute.attr);
        names::class_kind(self.db(), class).is_enum.then(|| Ty::literal(LiteralValue::Enum(name), fallback))
    }

    /// The literal type of a value.
    pub fn literal_type(&self, value: LiteralValue) -> Ty {
        let class = match value {
            LiteralValue::Int(_) | LiteralValue::BigInt(_) => KnownClass::Int,
            LiteralValue::Str(_) | LiteralValue::AnyStr => KnownClass::Str,
            LiteralValue::Bytes(_) => KnownClass::Bytes,
            LiteralValue::Bool(_) => KnownClass::Bool,
            LiteralValue::Enum(_) => KnownClass::Enum,
            LiteralValue::Sentinel { .. } => KnownClass::Object,
        };
        Ty::literal(value, self.known(class, TyList::EMPTY()))
    }
}

/// The value of a literal expression that a `Literal` may hold.
pub(crate) fn literal_value(expr: &Expr) -> Option<LiteralValue> {
    match expr {
        Expr::StringLiteral(text) => Some(LiteralValue::Str(Name::new(text.value.to_str()))),
        Expr::BytesLiteral(bytes) => {
            let content: Cow<'_, [u8]> = Cow::from(&bytes.value);
            Some(LiteralValue::Bytes(Name::new(&bytes_text(&content))))
        }
        Expr::BooleanLiteral(boolean) => Some(LiteralValue::Bool(boolean.value)),
        Expr::NumberLiteral(number) => integer(number, false),
        Expr::UnaryOp(operation) => match (operation.op, operation.operand.as_ref()) {
            (UnaryOp::USub, Expr::NumberLiteral(number)) => integer(number, true),
            (UnaryOp::UAdd, Expr::NumberLiteral(number)) => integer(number, false),
            _ => None,
        },
        _ => None,
    }
}

fn integer(number: &ast::ExprNumberLiteral, negative: bool) -> Option<LiteralValue> {
    let Number::Int(value) = &number.value else { return None };
    if let Some(value) = value.as_i64() {
        return Some(LiteralValue::Int(if negative { value.checked_neg()? } else { value }));
    }
    let digits = decimal_digits(&value.to_string())?;
    let digits = if negative { format!("-{digits}") } else { digits };
    if let Ok(small) = digits.parse::<i64>() {
        return Some(LiteralValue::Int(small));
    }
    Some(LiteralValue::BigInt(Name::new(&digits)))
}

/// The decimal digits of an integer literal in any base.
fn decimal_digits(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| *c != '_').collect();
    let lower = clean.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ => return Some(clean),
    };
    // Schoolbook conversion; literals this long are rare and short enough.
    let mut decimal: Vec<u8> = vec![0];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(radix)?;
        for place in &mut decimal {
            let value = u32::from(*place) * radix + carry;
            *place = u8::try_from(value % 10).ok()?;
            carry = value / 10;
        }
        while carry > 0 {
            decimal.push(u8::try_from(carry % 10).ok()?);
            carry /= 10;
        }
    }
    Some(decimal.iter().rev().map(|digit| char::from(b'0' + digit)).collect())
}

/// Bytes as Python shows them between the quotes.
pub(crate) fn bytes_text(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            byte if byte == quote => {
                text.push('\\');
                text.push(char::from(byte));
            }
            0x20..=0x7e => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}
