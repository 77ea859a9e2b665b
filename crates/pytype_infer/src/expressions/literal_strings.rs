//! `LiteralString`: operations on strings of the program's text give such strings again (the typing
//! specification, "Literals").
//!
//! Results are made `LiteralString` only where the program speaks of it: an operand has that type,
//! or it is expected.

use pytype_source::Name;
use pytype_types::{KnownClass, LiteralValue, Ty, TyKind};
use ruff_python_ast as ast;

use crate::Checker;
use crate::calls::CallArgument;

/// Methods of `str` that give literal strings for literal strings.
const METHODS: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "expandtabs",
    "format",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "strip",
    "swapcase",
    "title",
    "upper",
    "zfill",
    "__format__",
    "__getitem__",
];

impl Checker<'_> {
    fn literal_string(&self) -> Ty {
        Ty::literal(LiteralValue::AnyStr, self.known(KnownClass::Str))
    }

    /// Whether the type is `LiteralString`, or a union with it.
    fn speaks_of_literal_string(&self, ty: Ty) -> bool {
        match self.proper(ty).kind() {
            TyKind::Literal { value, .. } => *value == LiteralValue::AnyStr,
            TyKind::Union(items) => items.iter().any(|item| self.speaks_of_literal_string(item)),
            TyKind::TypeVar(variable) => self.speaks_of_literal_string(self.type_var_info(variable).bound),
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

    fn is_wanted(&self, operands: &[Ty]) -> bool {
        operands.iter().any(|ty| self.speaks_of_literal_string(*ty))
            || self.expected().is_some_and(|expected| self.speaks_of_literal_string(expected))
    }

    fn is_literal_string(&self, ty: Ty) -> bool {
        self.is_subtype(super::literal_or_self(ty), self.literal_string())
    }

    /// The result of an operator, given the operands.
    pub(crate) fn literal_string_operation(&self, op: ast::Operator, operands: [Ty; 2], result: Ty) -> Ty {
        let [left, right] = operands;
        let kept = match op {
            ast::Operator::Add | ast::Operator::Mod => true,
            ast::Operator::Mult => right.is_instance_of("builtins.int"),
            _ => false,
        };
        let strings = if op == ast::Operator::Mult { &operands[..1] } else { &operands[..] };
        let plain = self.proper(result).is_instance_of("builtins.str");
        if !kept || !plain || !self.is_wanted(&[left, right]) {
            return result;
        }
        if strings.iter().all(|ty| self.is_literal_string(*ty)) { self.literal_string() } else { result }
    }

    /// The type of formatted text, given its parts.
    pub(crate) fn literal_string_format(&self, parts: &[Ty], result: Ty) -> Ty {
        let kept = self.is_wanted(parts) && parts.iter().all(|ty| self.is_literal_string(*ty));
        if kept { self.literal_string() } else { result }
    }

    /// The result of a method of `str`.
    pub(crate) fn literal_string_call(
        &mut self,
        fullname: Option<Name>,
        object: Option<Ty>,
        arguments: &[CallArgument<'_>],
        result: Ty,
    ) -> Ty {
        let (Some(fullname), Some(object)) = (fullname, object) else { return result };
        let Some(method) = fullname.strip_prefix("builtins.str.") else { return result };
        if !METHODS.contains(&method) || !self.is_literal_string(object) {
            return result;
        }
        let types: Vec<Ty> = arguments
            .iter()
            .map(|argument| match argument.expr() {
                Some(expr) => self.lookup_type(expr).unwrap_or_else(|| self.any()),
                None => self.any(),
            })
            .collect();
        let all: Vec<Ty> = types.iter().copied().chain([object]).collect();
        let among = self.known_with(KnownClass::Iterable, [self.literal_string()]);
        let fits = |ty: Ty| {
            let plain = self.proper(super::literal_or_self(ty));
            match method {
                "join" => self.is_subtype(self.with_literals(plain), among),
                _ => self.is_literal_string(plain) || plain.is_instance_of("builtins.int") || plain.is_none(),
            }
        };
        let speaks = self.is_wanted(&all) || method == "join" && types.iter().any(|ty| self.mentions_it(*ty));
        if !speaks || !types.iter().all(|ty| fits(*ty)) {
            return result;
        }
        let text = self.literal_string();
        pytype_types::translate(&*self.ctx, result, &mut |part| {
            part.is_instance_of("builtins.str").then_some(text)
        })
    }

    /// A tuple with what is known of its items' values.
    fn with_literals(&self, ty: Ty) -> Ty {
        if let TyKind::Tuple { items, fallback } = ty.kind() {
            Ty::tuple(items.iter().map(super::literal_or_self).collect::<Vec<_>>(), *fallback)
        } else {
            ty
        }
    }

    fn mentions_it(&self, ty: Ty) -> bool {
        match self.proper(ty).kind() {
            TyKind::Tuple { items, .. } => items.iter().any(|item| self.speaks_of_literal_string(item)),
            TyKind::Instance(instance) => instance.args.iter().any(|arg| self.speaks_of_literal_string(arg)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
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
            | TyKind::Module(_) => self.speaks_of_literal_string(ty),
        }
    }
}
