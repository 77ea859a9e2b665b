//! `"..." % values`: the conversions in the text against the values.

use pytype_source::ErrorCode;
use pytype_types::{KnownClass, Ty, TyKind};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::tuple_indexing::unpack_position;
use crate::Checker;

/// One `%...` in a format.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversion {
    /// `%(key)s`.
    key: Option<String>,
    star_width: bool,
    star_precision: bool,
    /// The conversion's letter, if there is one.
    letter: Option<char>,
}

/// Reads the conversions of a printf-style format; wider than Python, to say more of mistakes.
fn parse_conversions(text: &str) -> Vec<Conversion> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '%' {
            at += 1;
            continue;
        }
        at += 1;
        let mut conversion = Conversion::default();
        if chars.get(at) == Some(&'(')
            && let Some(length) = chars[at + 1..].iter().position(|c| *c == ')')
        {
            conversion.key = Some(chars[at + 1..at + 1 + length].iter().collect());
            at += length + 2;
        }
        while chars.get(at).is_some_and(|c| "#0-+ ".contains(*c)) {
            at += 1;
        }
        match chars.get(at) {
            Some('*') => {
                conversion.star_width = true;
                at += 1;
            }
            Some('1'..='9') => {
                while chars.get(at).is_some_and(char::is_ascii_digit) {
                    at += 1;
                }
            }
            _ => {}
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            if chars.get(at) == Some(&'*') {
                conversion.star_precision = true;
                at += 1;
            } else {
                while chars.get(at).is_some_and(char::is_ascii_digit) {
                    at += 1;
                }
            }
        }
        // A length modifier means nothing, and may be the letter itself at the end of the text.
        if chars.get(at).is_some_and(|c| "hlL".contains(*c)) {
            at += 1;
        }
        if let Some(letter) = chars.get(at)
            && *letter != '\n'
        {
            conversion.letter = Some(*letter);
            at += 1;
        }
        found.push(conversion);
    }
    found
}

/// What one replacement must be.
#[derive(Clone, Copy)]
enum Check {
    /// `*`: an `int`.
    Star,
    /// `%c`.
    Character(Ty),
    /// Any other letter.
    Letter(char, Ty),
}

/// The format under way.
#[derive(Clone, Copy)]
struct Format {
    is_bytes: bool,
    /// Where findings about replacements stand.
    place: TextRange,
}

/// The replacements: an expression, or only its type (an item of a union).
#[derive(Clone, Copy)]
enum Replacements<'a> {
    Expr(&'a Expr),
    Type(Ty),
}

impl Checker<'_> {
    /// The type of `format % values`, with its conversions checked.
    pub(crate) fn infer_percent_format(
        &mut self,
        format: &Expr,
        text: &str,
        is_bytes: bool,
        values: &Expr,
    ) -> Ty {
        self.infer(format, None);
        let conversions = parse_conversions(text);
        let place = Format { is_bytes, place: values.range() };
        let has_key = conversions.iter().any(|c| c.key.is_some());
        let has_star = conversions.iter().any(|c| c.star_width || c.star_precision);
        let all_keys = conversions.iter().all(|c| c.key.is_some() || c.letter == Some('%'));
        if has_key && has_star {
            self.format_error(format.range(), "A format cannot use both \"*\" and keys");
        } else if has_key && !all_keys {
            self.format_error(format.range(), "A format cannot mix keys and positions");
        } else if has_key {
            self.check_percent_mapping(&conversions, values, format, place);
        } else {
            self.check_percent_values(&conversions, Replacements::Expr(values), place);
        }
        self.known(if is_bytes { KnownClass::Bytes } else { KnownClass::Str })
    }

    fn format_error(&mut self, range: TextRange, message: &str) {
        self.fail(ErrorCode::StrFormat, range, |_| message.to_owned());
    }

    /// The checks of all conversions in order; `None` after a conversion that is none.
    fn percent_checks(&mut self, conversions: &[Conversion], format: Format) -> Option<Vec<Check>> {
        let mut checks = Vec::with_capacity(conversions.len());
        for conversion in conversions {
            checks.extend(
                [conversion.star_width, conversion.star_precision]
                    .iter()
                    .filter(|s| **s)
                    .map(|_| Check::Star),
            );
            match conversion.letter.unwrap_or(' ') {
                '%' => {}
                'c' => checks.push(Check::Character(self.percent_type('c', format)?)),
                letter if conversion.letter.is_some() => {
                    checks.push(Check::Letter(letter, self.percent_type(letter, format)?));
                }
                // The text ends within the conversion.
                _ => {
                    self.percent_type('\0', format)?;
                }
            }
        }
        Some(checks)
    }

    fn check_percent_values(&mut self, conversions: &[Conversion], values: Replacements<'_>, format: Format) {
        let Some(checks) = self.percent_checks(conversions, format) else { return };
        let ty = match values {
            Replacements::Expr(expr) => self.infer(expr, None),
            Replacements::Type(ty) => ty,
        };
        let ty = self.proper(ty);
        let types: Vec<Ty> = match ty.kind() {
            TyKind::Tuple { items, .. } => match unpack_position(items) {
                None => items.to_vec(),
                Some(position) => {
                    let extra = (checks.len() + 1).saturating_sub(items.len());
                    let middle = self.variadic_item(items[position]);
                    let mut all = items[..position].to_vec();
                    all.extend(std::iter::repeat_n(middle, extra));
                    all.extend_from_slice(&items[position + 1..]);
                    all
                }
            },
            TyKind::Any(_) => return,
            TyKind::Instance(instance) if instance.class.is("builtins.tuple") => {
                let item = instance.args.first().copied().unwrap_or_else(|| self.any());
                vec![item; checks.len()]
            }
            TyKind::Union(items) => {
                for item in *items {
                    self.check_percent_values(conversions, Replacements::Type(item), format);
                }
                return;
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => vec![ty],
        };
        let is_tuple = matches!(ty.kind(), TyKind::Tuple { .. });
        if checks.len() > types.len() {
            let iterable = self.known(KnownClass::Iterable);
            if is_tuple || !self.is_subtype(ty, iterable) {
                self.format_error(format.place, "Not enough values for the format");
            }
            return;
        }
        if checks.len() < types.len() {
            return self.format_error(format.place, "Too many values for the format");
        }
        match (checks.as_slice(), values) {
            ([check], Replacements::Expr(expr)) => {
                if let TyKind::Tuple { items, .. } = ty.kind()
                    && items.len() == 1
                {
                    self.check_percent_type(*check, items[0], format);
                } else {
                    self.check_percent_expr(*check, expr, format)
                }
            }
            (checks, Replacements::Expr(Expr::Tuple(tuple)))
                if !tuple.elts.iter().any(|e| matches!(e, Expr::Starred(_))) =>
            {
                for (check, element) in checks.iter().zip(&tuple.elts) {
                    self.check_percent_expr(*check, element, format);
                }
            }
            (checks, _) => {
                for (check, ty) in checks.iter().zip(types) {
                    self.check_percent_type(*check, ty, format);
                }
            }
        }
    }

    fn check_percent_expr(&mut self, check: Check, expr: &Expr, format: Format) {
        let expected = match check {
            Check::Star => self.known(KnownClass::Int),
            Check::Character(expected) | Check::Letter(_, expected) => expected,
        };
        let ty = self.infer(expr, Some(expected));
        let fits = self.check_percent_type(check, ty, format);
        if fits && matches!(check, Check::Character(_)) {
            let length = match expr {
                Expr::StringLiteral(string) if !format.is_bytes => {
                    Some(string.value.to_str().chars().count())
                }
                Expr::StringLiteral(string) => Some(string.value.to_str().chars().count()),
                Expr::BytesLiteral(bytes) => Some(bytes.value.bytes().count()),
                _ => None,
            };
            if length.is_some_and(|length| length != 1) {
                self.format_error(format.place, "\"%c\" takes an integer or a single character");
            }
        }
    }

    fn check_percent_type(&mut self, check: Check, ty: Ty, format: Format) -> bool {
        let (expected, letter) = match check {
            Check::Star => (self.known(KnownClass::Int), None),
            Check::Character(expected) => (expected, None),
            Check::Letter(letter, expected) => (expected, Some(letter)),
        };
        let fits = self.check_subtype(ty, expected, format.place, ErrorCode::StrFormat, |_| match check {
            Check::Star => "\"*\" takes an integer".to_owned(),
            Check::Character(_) => "\"%c\" takes an integer or a single character".to_owned(),
            Check::Letter(letter, _) => format!("This value does not fit \"%{letter}\""),
        });
        fits && (letter != Some('s') || self.check_percent_s(ty, format))
    }

    /// `%s` of bytes in a text, or of a text in bytes.
    fn check_percent_s(&mut self, ty: Ty, format: Format) -> bool {
        if !format.is_bytes && self.has_class_component(ty, "builtins.bytes") {
            self.fail(ErrorCode::StrBytesSafe, format.place, |_| {
                "\"%s\" of bytes gives their representation, b'...'; decode them, or say so with \"%r\""
                    .to_owned()
            });
            return false;
        }
        if format.is_bytes && self.has_class_component(ty, "builtins.str") {
            self.format_error(format.place, "b'%s' takes bytes, not a string");
            return false;
        }
        true
    }

    /// Whether `ty`, or an item or bound of it, derives from this class.
    pub(crate) fn has_class_component(&self, ty: Ty, fullname: &str) -> bool {
        match self.proper(ty).kind() {
            TyKind::Instance(instance) => self.class_info(instance.class).has_base_named(fullname),
            TyKind::TypeVar(variable) => {
                let info = self.type_var_info(variable);
                self.has_class_component(info.bound, fullname)
                    || info.values.iter().any(|value| self.has_class_component(value, fullname))
            }
            TyKind::Union(items) => items.iter().any(|item| self.has_class_component(item, fullname)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
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

    fn check_percent_mapping(
        &mut self,
        conversions: &[Conversion],
        values: &Expr,
        expr: &Expr,
        format: Format,
    ) {
        let literal_key = |key: &Option<Expr>| match key {
            Some(Expr::StringLiteral(string)) => Some((string.value.to_str().to_owned(), false)),
            Some(Expr::BytesLiteral(bytes)) => Some((bytes.value.bytes().map(char::from).collect(), true)),
            _ => None,
        };
        let entries: Option<Vec<(String, bool, &Expr)>> = match values {
            Expr::Dict(dict) => dict
                .items
                .iter()
                .map(|item| literal_key(&item.key).map(|(key, is_bytes)| (key, is_bytes, &item.value)))
                .collect(),
            _ => None,
        };
        let Some(entries) = entries else {
            let ty = self.infer(values, None);
            let key = self.known(if format.is_bytes { KnownClass::Bytes } else { KnownClass::Str });
            let mapping = self.known_with(KnownClass::SupportsKeysAndGetItem, [key, self.any()]);
            self.check_subtype(ty, mapping, values.range(), ErrorCode::StrFormat, |_| {
                "A format with keys takes a mapping".to_owned()
            });
            return;
        };
        let mut types: Vec<(String, Ty)> = Vec::with_capacity(entries.len());
        for (key, is_bytes, value) in entries {
            if format.is_bytes && !is_bytes {
                self.format_error(expr.range(), "The keys of a bytes format are bytes");
            }
            let ty = self.infer(value, None);
            types.push((key, ty));
        }
        for conversion in conversions {
            if conversion.letter == Some('%') {
                continue;
            }
            let key = conversion.key.clone().unwrap_or_default();
            let Some((_, ty)) = types.iter().rev().find(|(name, _)| *name == key) else {
                self.format_error(values.range(), &format!("Key \"{key}\" is not in the mapping"));
                return;
            };
            let ty = *ty;
            let letter = conversion.letter.unwrap_or('\0');
            let Some(expected) = self.percent_type(letter, format) else { return };
            self.check_subtype(ty, expected, values.range(), ErrorCode::StrFormat, |_| {
                format!("The value of key \"{key}\" does not fit \"%{letter}\"")
            });
            if letter == 's' {
                self.check_percent_s(ty, Format { place: expr.range(), ..format });
            }
        }
    }

    /// What a value must be for this letter; `None` for an unknown one (reported).
    fn percent_type(&mut self, letter: char, format: Format) -> Option<Ty> {
        let int = self.known(KnownClass::Int);
        Some(match letter {
            'b' if format.is_bytes => self.known(KnownClass::Bytes),
            'b' => {
                self.format_error(format.place, "\"%b\" is only for bytes formats");
                return None;
            }
            'a' | 's' | 'r' => self.any(),
            'o' | 'x' | 'X' => int,
            'd' | 'i' | 'u' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let name =
                    if "eEfFgG".contains(letter) { "typing.SupportsFloat" } else { "typing.SupportsInt" };
                let protocol = self.class_named(name).map(Ty::plain_instance);
                Ty::union([int, self.known(KnownClass::Float)].into_iter().chain(protocol))
            }
            'c' => Ty::union([
                int,
                self.known(if format.is_bytes { KnownClass::Bytes } else { KnownClass::Str }),
            ]),
            _ => {
                self.format_error(format.place, &format!("\"%{letter}\" is no conversion"));
                return None;
            }
        })
    }
}
