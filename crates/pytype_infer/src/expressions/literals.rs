//! Literals: numbers, strings, booleans, f-strings and t-strings.

use pytype_source::Name;
use pytype_types::{Instance, KnownClass, LiteralValue, Ty, TyKind};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use crate::Checker;

/// Bytes as Python shows them between quotes.
pub(crate) fn bytes_repr(bytes: impl IntoIterator<Item = u8>) -> String {
    let bytes: Vec<u8> = bytes.into_iter().collect();
    let quote_single = !bytes.contains(&b'\'') || bytes.contains(&b'"');
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\'' if quote_single => text.push_str("\\'"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            0x20..=0x7e => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// The value of an integer literal.
pub(crate) fn int_value(int: &ast::Int) -> LiteralValue {
    match int.as_i64() {
        Some(value) => LiteralValue::Int(value),
        None => LiteralValue::BigInt(Name::new(&decimal_digits(&int.to_string()))),
    }
}

/// The decimal digits of an integer that is written in any base.
fn decimal_digits(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ => return text.to_owned(),
    };
    // Schoolbook conversion, nine decimal digits to a limb. Literals beyond this are absurd.
    if digits.len() > 20_000 {
        return text.to_owned();
    }
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(radix) + carry;
            *limb = value % 1_000_000_000;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut result = limbs.last().map(u64::to_string).unwrap_or_default();
    for limb in limbs.iter().rev().skip(1) {
        result.push_str(&format!("{limb:09}"));
    }
    result
}

impl Checker<'_> {
    /// The type of a literal: `Literal[...]` where one is expected, else the class with the value
    /// remembered.
    pub(crate) fn literal(&self, value: LiteralValue, class: KnownClass) -> Ty {
        let plain = self.known(class);
        let literal = Ty::literal(value, plain);
        if self.in_literal_context() { literal } else { with_last_known(plain, literal) }
    }

    pub(crate) fn infer_boolean(&mut self, value: bool) -> Ty {
        self.literal(LiteralValue::Bool(value), KnownClass::Bool)
    }

    pub(crate) fn infer_string(&mut self, string: &ast::ExprStringLiteral) -> Ty {
        self.literal(LiteralValue::Str(Name::new(string.value.to_str())), KnownClass::Str)
    }

    pub(crate) fn infer_bytes(&mut self, bytes: &ast::ExprBytesLiteral) -> Ty {
        let text = bytes_repr(bytes.value.bytes());
        self.literal(LiteralValue::Bytes(Name::new(&text)), KnownClass::Bytes)
    }

    pub(crate) fn infer_number(&mut self, number: &ast::ExprNumberLiteral) -> Ty {
        match &number.value {
            ast::Number::Int(int) => self.literal(int_value(int), KnownClass::Int),
            ast::Number::Float(_) => self.known(KnownClass::Float),
            ast::Number::Complex { .. } => self.known(KnownClass::Complex),
        }
    }

    /// An f-string is a `str`; each part in braces is formatted as by `"{...}".format(part)`.
    pub(crate) fn infer_f_string(&mut self, string: &ast::ExprFString) -> Ty {
        let mut only_text = true;
        let mut parts = Vec::new();
        let is_single = string.value.elements().count() == 1;
        for element in string.value.elements() {
            if let ast::InterpolatedStringElement::Interpolation(part) = element {
                only_text = false;
                // A single part is the whole string as far as findings go.
                let place = if is_single { string.range } else { part.expression.range() };
                self.infer_interpolation(part, Some(place));
                parts.push(self.type_of(&part.expression));
            }
        }
        if only_text {
            let text: String = string
                .value
                .iter()
                .map(|part| match part {
                    ast::FStringPart::Literal(literal) => literal.value.to_string(),
                    ast::FStringPart::FString(inner) => inner
                        .elements
                        .iter()
                        .filter_map(|e| e.as_literal().map(|l| l.value.to_string()))
                        .collect(),
                })
                .collect();
            return self.literal(LiteralValue::Str(Name::new(&text)), KnownClass::Str);
        }
        let text = self.known(KnownClass::Str);
        self.literal_string_format(&parts, text)
    }

    pub(crate) fn infer_t_string(&mut self, string: &ast::ExprTString) -> Ty {
        for element in string.value.elements() {
            if let ast::InterpolatedStringElement::Interpolation(part) = element {
                self.infer_interpolation(part, None);
            }
        }
        if self.options.python_version < (3, 14) {
            return Ty::any(pytype_types::AnySource::Error);
        }
        self.known(KnownClass::Template)
    }

    /// `place` is where findings about formatting stand; t-strings format nothing.
    fn infer_interpolation(&mut self, part: &ast::InterpolatedElement, place: Option<TextRange>) {
        let ty = self.infer(&part.expression, None);
        if let Some(place) = place {
            self.check_interpolation(part, ty, place);
        }
        for element in part.format_spec.iter().flat_map(|spec| spec.elements.iter()) {
            if let ast::InterpolatedStringElement::Interpolation(inner) = element {
                let place = place.map(|_| inner.expression.range());
                self.infer_interpolation(inner, place);
            }
        }
    }

    /// Whether a value of this type, or one of its items, is a literal or remembers one.
    pub(crate) fn is_literal_like(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Literal { .. } => true,
            TyKind::Union(items) => items.iter().any(|item| self.is_literal_like(item)),
            TyKind::TypeVar(variable) => {
                let info = self.type_var_info(variable);
                self.is_literal_like(info.bound)
                    || info.values.iter().any(|value| self.is_literal_like(value))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }
}

/// The instance with its value remembered.
pub(crate) fn with_last_known(plain: Ty, literal: Ty) -> Ty {
    if let TyKind::Instance(instance) = plain.kind() {
        Ty::new(TyKind::Instance(Instance { last_known: Some(literal), ..*instance }))
    } else {
        plain
    }
}

/// The literal behind an instance that remembers its value, else the type itself.
pub(crate) fn literal_or_self(ty: Ty) -> Ty {
    if let TyKind::Instance(instance) = ty.kind() { instance.last_known.unwrap_or(ty) } else { ty }
}

/// The string values that `ty` can have, when each of them is known.
pub(crate) fn string_values(ty: Ty) -> Option<Vec<Name>> {
    literal_values(ty, |value, fallback| match value {
        LiteralValue::Str(text) if fallback.is_instance_of("builtins.str") => Some(text),
        _ => None,
    })
}

/// The integer values that `ty` can have, when each of them is known.
pub(crate) fn int_values(ty: Ty) -> Option<Vec<i64>> {
    literal_values(ty, |value, _| match value {
        LiteralValue::Int(value) => Some(value),
        _ => None,
    })
}

fn literal_values<T>(ty: Ty, value_of: impl Fn(LiteralValue, Ty) -> Option<T>) -> Option<Vec<T>> {
    let literal = literal_or_self(ty);
    literal
        .union_items()
        .iter()
        .map(|item| {
            if let TyKind::Literal { value, fallback } = literal_or_self(item).kind() {
                value_of(*value, *fallback)
            } else {
                None
            }
        })
        .collect()
}
