//! `"...".format(...)` and the parts of f-strings.

use pytype_source::{ErrorCode, Name, name};
use pytype_types::{ArgKind, KnownClass, LiteralValue, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::attributes::MemberUse;
use super::literals::literal_or_self;
use crate::Checker;
use crate::calls::{CallArgument, arguments_of};

/// One `{...}` of a format.
#[derive(Clone, Debug, Default)]
struct Field {
    /// The argument's name or number; made up in order when left out.
    key: String,
    /// `.attribute` and `[index]` behind it.
    accessors: String,
    /// The letter behind `!`.
    conversion: Option<char>,
    /// All that stands behind `:`, if there is a `:`.
    spec: Option<String>,
    /// The spec is not of the standard form.
    custom_spec: bool,
    flags: String,
    letter: Option<char>,
}

/// The standard form of a format spec; `None` when it is something else.
fn parse_spec(spec: &str) -> Option<(String, Option<char>)> {
    let chars: Vec<char> = spec.chars().collect();
    // The part up to the alignment is optional, and so is each part behind it: try both readings.
    let starts = [
        (chars.len() >= 2 && "<>=^".contains(chars[1])).then_some(2),
        (!chars.is_empty() && "<>=^".contains(chars[0])).then_some(1),
        Some(0),
    ];
    starts.into_iter().flatten().find_map(|start| parse_spec_numbers(&chars[start..]))
}

fn parse_spec_numbers(chars: &[char]) -> Option<(String, Option<char>)> {
    let mut at = 0;
    let mut flags = String::new();
    if chars.get(at).is_some_and(|c| "+- ".contains(*c)) {
        flags.push(chars[at]);
        at += 1;
    }
    for flag in ['#', '0'] {
        if chars.get(at) == Some(&flag) {
            flags.push(flag);
            at += 1;
        }
    }
    while chars.get(at).is_some_and(char::is_ascii_digit) {
        at += 1;
    }
    if chars.get(at).is_some_and(|c| "_,".contains(*c)) {
        at += 1;
    }
    if chars.get(at) == Some(&'.') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
        at += 1;
        while chars.get(at).is_some_and(char::is_ascii_digit) {
            at += 1;
        }
    }
    match chars.len() - at {
        0 => Some((flags, None)),
        1 => Some((flags, chars.get(at).copied())),
        _ => None,
    }
}

/// Splits the text between braces into its parts.
fn parse_field(target: &str) -> Option<Field> {
    let mut field = Field::default();
    let key_end = target.find(['.', '[', '!', ':']).unwrap_or(target.len());
    field.key = target[..key_end].to_owned();
    let rest = &target[key_end..];
    let accessors_end = rest.find([':', '!']).unwrap_or(rest.len());
    field.accessors = rest[..accessors_end].to_owned();
    let mut rest = &rest[accessors_end..];
    if let Some(after) = rest.strip_prefix('!') {
        let letter = after.chars().next().filter(|c| *c != ':')?;
        field.conversion = Some(letter);
        rest = &after[letter.len_utf8()..];
    }
    match rest.strip_prefix(':') {
        None if rest.is_empty() => {}
        None => return None,
        Some(spec) => {
            field.spec = Some(spec.to_owned());
            match parse_spec(spec) {
                Some((flags, letter)) => (field.flags, field.letter) = (flags, letter),
                None => field.custom_spec = true,
            }
        }
    }
    Some(field)
}

/// What stands between the braces of a format, braces within kept; or what is wrong with it.
fn targets(text: &str) -> Result<Vec<String>, &'static str> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    let mut nesting = 0;
    let mut current = String::new();
    while let Some(c) = chars.next() {
        if nesting == 0 {
            match c {
                '{' if chars.peek() == Some(&'{') => {
                    chars.next();
                }
                '{' => nesting = 1,
                '}' if chars.peek() == Some(&'}') => {
                    chars.next();
                }
                '}' => return Err("The format has a \"}\" without its \"{\""),
                _ => {}
            }
            continue;
        }
        match c {
            '{' => nesting += 1,
            '}' => nesting -= 1,
            _ => {}
        }
        if nesting > 0 {
            current.push(c);
        } else {
            found.push(std::mem::take(&mut current));
        }
    }
    if nesting > 0 { Err("The format has a \"{\" without its \"}\"") } else { Ok(found) }
}

/// The fields of a format, those nested in a spec behind the field they belong to.
fn parse_fields(text: &str, nested: bool) -> Result<Vec<Field>, &'static str> {
    let mut fields = Vec::new();
    for target in targets(text)? {
        let field = parse_field(&target).ok_or("The format has an invalid conversion")?;
        if field.key.contains(['{', '}']) {
            return Err("A field's name cannot contain braces");
        }
        let inner = field.spec.clone().filter(|spec| field.custom_spec && spec.contains(['{', '}']));
        fields.push(field);
        if let Some(inner) = inner {
            if nested {
                return Err("Fields can be nested two levels deep");
            }
            fields.extend(parse_fields(&inner, true)?);
        }
    }
    Ok(fields)
}

/// What a field is replaced by.
#[derive(Clone, Copy)]
enum Replacement<'a> {
    Expr(&'a Expr),
    Type(Ty),
}

impl Checker<'_> {
    /// Checks `text.format(...)` where the text is known.
    pub(crate) fn check_format_call(&mut self, call: &ast::ExprCall) {
        let Expr::Attribute(attribute) = &*call.func else { return };
        if attribute.attr.as_str() != "format" {
            return;
        }
        let Some(text) = self.known_text(&attribute.value) else { return };
        let range = call.range();
        let mut fields = match parse_fields(&text, false) {
            Ok(fields) => fields,
            Err(message) => return self.fail(ErrorCode::StrFormat, range, |_| message.to_owned()),
        };
        if !number_fields(&mut fields) {
            return self.fail(ErrorCode::StrFormat, range, |_| {
                "A format cannot mix numbered and unnumbered fields".to_owned()
            });
        }
        let arguments = arguments_of(&call.arguments);
        let replacements = self.find_replacements(&arguments, &fields, range);
        for (field, replacement) in fields.iter().zip(replacements) {
            self.check_field(field, replacement, range);
        }
    }

    /// The text of an expression that can only be one string.
    fn known_text(&mut self, expr: &Expr) -> Option<String> {
        if let Expr::StringLiteral(string) = expr {
            return Some(string.value.to_str().to_owned());
        }
        let ty = self.lookup_type(expr)?;
        let ty = self.enum_member_text(ty).unwrap_or(ty);
        if let TyKind::Literal { value: LiteralValue::Str(text), fallback } = literal_or_self(ty).kind()
            && fallback.is_instance_of("builtins.str")
        {
            Some(text.as_str().to_owned())
        } else {
            None
        }
    }

    /// What the class body assigned to an enum's member, for members that are texts.
    fn enum_member_text(&self, ty: Ty) -> Option<Ty> {
        let instance = self.proper(ty).as_instance()?;
        let TyKind::Literal { value: LiteralValue::Enum(member), .. } = instance.last_known?.kind() else {
            return None;
        };
        let facts = self.ctx.member_facts(instance.class, *member)?;
        match self.ctx.raw_type(&facts) {
            pytype_declare::InferredVariable::Type(ty) => Some(ty),
            pytype_declare::InferredVariable::NotReady | pytype_declare::InferredVariable::Unknown => None,
        }
    }

    fn find_replacements<'a>(
        &mut self,
        arguments: &[CallArgument<'a>],
        fields: &[Field],
        range: TextRange,
    ) -> Vec<Replacement<'a>> {
        let mut used = rustc_hash::FxHashSet::default();
        let mut found = Vec::with_capacity(fields.len());
        for field in fields {
            let replacement = match field.key.parse::<usize>() {
                Ok(position) => self.positional_replacement(arguments, position),
                Err(_) => self.named_replacement(arguments, &field.key),
            };
            let replacement = replacement.unwrap_or_else(|| {
                self.fail(ErrorCode::StrFormat, range, |_| {
                    format!("Nothing is given for field \"{}\" of the format", field.key)
                });
                Replacement::Type(self.error_any())
            });
            if let Replacement::Expr(expr) = replacement {
                used.insert(expr.range());
            }
            found.push(replacement);
        }
        let given = arguments.iter().filter(|a| matches!(a.kind, ArgKind::Pos | ArgKind::Named)).count();
        if used.len() < given {
            self.fail(ErrorCode::StrFormat, range, |_| "Not all arguments are used by the format".to_owned());
        }
        found
    }

    fn positional_replacement<'a>(
        &self,
        arguments: &[CallArgument<'a>],
        position: usize,
    ) -> Option<Replacement<'a>> {
        let mut positional = arguments.iter().filter(|a| matches!(a.kind, ArgKind::Pos));
        if let Some(argument) = positional.nth(position) {
            return argument.expr().map(Replacement::Expr);
        }
        let star = arguments.iter().find(|a| matches!(a.kind, ArgKind::Star))?;
        self.item_of_base(star.expr()?, KnownClass::Sequence, 0)
    }

    fn named_replacement<'a>(&self, arguments: &[CallArgument<'a>], key: &str) -> Option<Replacement<'a>> {
        let named =
            arguments.iter().find(|a| a.kind == ArgKind::Named && a.name.is_some_and(|name| name == *key));
        if let Some(argument) = named {
            return argument.expr().map(Replacement::Expr);
        }
        let star = arguments.iter().find(|a| matches!(a.kind, ArgKind::Star2))?;
        self.item_of_base(star.expr()?, KnownClass::Mapping, 1)
    }

    fn item_of_base<'a>(&self, expr: &Expr, base: KnownClass, argument: usize) -> Option<Replacement<'a>> {
        let ty = self.proper(self.type_of(expr));
        let base = self.ctx_known_class(base);
        let any = Replacement::Type(self.any());
        let Some(instance) = ty.as_instance() else { return Some(any) };
        if !self.class_info(instance.class).has_base(base) {
            return Some(any);
        }
        let mapped = self.map_to_supertype(ty, base);
        Some(mapped.as_instance().and_then(|i| i.args.get(argument).copied()).map_or(any, Replacement::Type))
    }

    fn check_field(&mut self, field: &Field, replacement: Replacement<'_>, range: TextRange) {
        let plain = field.accessors.is_empty();
        let mut ty = match replacement {
            Replacement::Expr(expr) => self.type_of(expr),
            Replacement::Type(ty) => ty,
        };
        if !plain {
            ty = self.apply_accessors(ty, field, range);
        }
        let dynamic = field.spec.as_ref().is_some_and(|spec| spec.contains(['{', '}']));
        if field.spec.as_ref().is_some_and(|spec| !spec.is_empty()) && field.custom_spec && !dynamic {
            let custom = self.has_custom_method(self.proper(ty), name!("__format__"), true);
            if !custom || field.conversion.is_some() {
                return self.fail(ErrorCode::StrFormat, range, |_| {
                    format!(
                        "Format specification \"{}\" is not recognised",
                        field.spec.as_deref().unwrap_or("")
                    )
                });
            }
        }
        let expected = match field.letter {
            None => Some(self.any()),
            Some(letter) => self.format_type(letter, range),
        };
        if let Some(letter) = field.conversion {
            if !"rsa".contains(letter) {
                self.fail(ErrorCode::StrFormat, range, |_| {
                    format!("Conversion \"!{letter}\" is none of \"!r\", \"!s\" and \"!a\"")
                });
            }
            ty = self.known(KnownClass::Str);
        }
        let Some(expected) = expected else { return };
        let proper = self.proper(ty);
        for item in proper.union_items() {
            if self.has_custom_method(item, name!("__format__"), false) {
                continue;
            }
            self.check_subtype(item, expected, range, ErrorCode::StrFormat, |_| {
                "This value does not fit its field of the format".to_owned()
            });
            self.check_field_item(field, item, replacement, plain, range);
        }
    }

    fn check_field_item(
        &mut self,
        field: &Field,
        item: Ty,
        replacement: Replacement<'_>,
        plain: bool,
        range: TextRange,
    ) {
        if field.letter == Some('c')
            && plain
            && let Replacement::Expr(expr) = replacement
        {
            let ty = literal_or_self(self.type_of(expr));
            if let TyKind::Literal { value: LiteralValue::Str(text), .. } = ty.kind()
                && text.chars().count() != 1
            {
                self.fail(ErrorCode::StrFormat, range, |_| {
                    "\"c\" takes an integer or a single character".to_owned()
                });
            }
        }
        if matches!(field.letter, None | Some('s')) && field.conversion.is_none() {
            self.check_bytes_in_text(item, range);
        }
        if !field.flags.is_empty() {
            let numbers = Ty::union([self.known(KnownClass::Int), self.known(KnownClass::Float)]);
            let wrong = match field.letter {
                Some(letter) => !"bdoeEfFgGnxX%".contains(letter),
                None => {
                    !self.is_subtype(item, numbers)
                        && !self.has_custom_method(item, name!("__format__"), false)
                }
            };
            if wrong {
                self.fail(ErrorCode::StrFormat, range, |_| "These flags are only for numbers".to_owned());
            }
        }
    }

    /// Bytes put into a text show as `b'...'`.
    fn check_bytes_in_text(&mut self, ty: Ty, range: TextRange) {
        if self.has_class_component(ty, "builtins.bytes")
            && !self.has_custom_method(self.proper(ty), name!("__str__"), false)
        {
            self.fail(ErrorCode::StrBytesSafe, range, |_| {
                "Formatting bytes gives their representation, b'...'; decode them, or say so with \"!r\""
                    .to_owned()
            });
        }
    }

    /// A part in braces of an f-string.
    pub(crate) fn check_interpolation(&mut self, part: &ast::InterpolatedElement, ty: Ty, place: TextRange) {
        if part.conversion != ast::ConversionFlag::None
            || part.debug_text.is_some() && part.format_spec.is_none()
        {
            return;
        }
        let proper = self.proper(ty);
        for item in proper.union_items() {
            if !self.has_custom_method(item, name!("__format__"), false) {
                self.check_bytes_in_text(item, place);
            }
        }
    }

    /// The type of the replacement behind `.attribute` and `[index]`.
    fn apply_accessors(&mut self, ty: Ty, field: &Field, range: TextRange) -> Ty {
        let mut ty = ty;
        let mut rest = field.accessors.as_str();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let name = &after[..end];
                if !is_identifier(name) {
                    return self.bad_accessor(field, range);
                }
                ty = self.member(ty, Name::new(name), range, MemberUse::default());
                rest = &after[end..];
            } else if let Some(after) = rest.strip_prefix('[') {
                let Some(end) = after.find(']') else { return self.bad_accessor(field, range) };
                let key = &after[..end];
                let index = match key.parse::<i64>() {
                    Ok(number) => {
                        let int = self.known(KnownClass::Int);
                        super::literals::with_last_known(int, Ty::literal(LiteralValue::Int(number), int))
                    }
                    Err(_) if is_identifier(key) => {
                        let text = self.known(KnownClass::Str);
                        let value = LiteralValue::Str(Name::new(key));
                        super::literals::with_last_known(text, Ty::literal(value, text))
                    }
                    Err(_) => return self.bad_accessor(field, range),
                };
                ty = self.index_by_type(ty, index, range);
                rest = &after[end + 1..];
            } else {
                return self.bad_accessor(field, range);
            }
        }
        ty
    }

    fn bad_accessor(&mut self, field: &Field, range: TextRange) -> Ty {
        self.fail(ErrorCode::StrFormat, range, |_| {
            format!("\"{}\" in the format is no attribute or index", field.accessors)
        });
        self.error_any()
    }

    /// `value[index]` where only the index's type is at hand.
    fn index_by_type(&mut self, value: Ty, index: Ty, range: TextRange) -> Ty {
        let value = self.proper(value);
        if let TyKind::TypedDict(dict) = value.kind()
            && let Some(keys) = super::literals::string_values(index)
            && let [key] = keys.as_slice()
        {
            return match dict.items.get(key) {
                Some(item) => item.ty,
                None => {
                    self.report_unknown_key(value, dict, *key, range, false);
                    self.error_any()
                }
            };
        }
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        let arguments = [CallArgument::of_type(index, range)];
        self.check_method(value, name!("__getitem__"), &arguments, range, using).result
    }

    /// What a value must be for this letter in `format`.
    fn format_type(&mut self, letter: char, range: TextRange) -> Option<Ty> {
        let int = self.known(KnownClass::Int);
        Some(match letter {
            'a' | 's' | 'r' => self.any(),
            'b' | 'd' | 'o' | 'x' | 'X' => int,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%' => Ty::union([int, self.known(KnownClass::Float)]),
            'c' => Ty::union([int, self.known(KnownClass::Str)]),
            _ => {
                self.fail(ErrorCode::StrFormat, range, |_| format!("\"{letter}\" is no format character"));
                return None;
            }
        })
    }
}

fn is_identifier(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && text.chars().all(|c| c == '_' || c.is_alphanumeric())
}

/// Numbers the fields without a key; false when some fields are numbered by hand.
fn number_fields(fields: &mut [Field]) -> bool {
    let some_numbered = fields.iter().any(|f| !f.key.is_empty() && f.key.chars().all(|c| c.is_ascii_digit()));
    let all_keyed = fields.iter().all(|f| !f.key.is_empty());
    if some_numbered && !all_keyed {
        return false;
    }
    for (number, field) in fields.iter_mut().filter(|f| f.key.is_empty()).enumerate() {
        field.key = number.to_string();
    }
    true
}
