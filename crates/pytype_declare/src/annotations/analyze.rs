//! The analyzer of type expressions: which kind of expression means what.

use bitflags::bitflags;
use pytype_source::{Diagnostic, ErrorCode, name};
use pytype_types::{AliasId, AnySource, KnownClass, Ty, TyKind, TyList, TypeVarDecl};
use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::known;
use super::strings::parse_annotation;
use super::{AnnotationOptions, AnnotationScope, Findings, LateCheck, LateCheckKind};
use crate::type_variables::{TypeVarScope, bound_type_var};
use crate::{Context, DeclareDb, names};
use pytype_index::ScopeId;

bitflags! {
    /// What may stand at the place of one expression.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub(crate) struct Allow: u8 {
        const PARAM_SPEC = 1 << 0;
        const UNPACK = 1 << 1;
        const ELLIPSIS = 1 << 2;
        const TYPED_DICT = 1 << 3;
        const FINAL = 1 << 4;
    }
}

/// What is special while the value of an alias is analyzed.
#[derive(Clone, Copy)]
pub(crate) struct AliasRules {
    pub alias: AliasId,
    /// The type variables that the alias binds.
    pub params: TyList,
    /// Those of them that cannot be parameters, which is reported: they stand for `Any`.
    pub erased: TyList,
    /// The parameters are listed (`type A[T] = ...`, `type_params=(T,)`): others are not bound.
    pub declared: bool,
    /// Made by a `type` statement.
    pub is_statement: bool,
}

/// Analyzes one type expression.
pub(crate) struct Analyzer<'a, 'db> {
    pub ctx: &'a Context<'db>,
    pub place: &'a AnnotationScope,
    /// Type variables that callables around the expression bind, beyond those of the place.
    own: TypeVarScope,
    pub findings: &'a mut Findings,
    pub options: AnnotationOptions,
    pub alias: Option<AliasRules>,
    pub allow: Allow,
    pub param_spec_literals: bool,
    /// Depth below the outermost expression.
    pub nesting: u32,
    /// The depth at which a `TypeVarTuple` may stand: right inside of an unpacking.
    pub unpacking_at: Option<u32>,
    /// The string literal that the expression stands in.
    pub in_string: Option<TextRange>,
}

/// Deeper expressions are not analyzed.
const MAX_NESTING: u32 = 400;

/// The arguments in the brackets of a type expression.
#[derive(Clone, Copy, Default)]
pub(crate) struct Args<'e> {
    pub items: &'e [Expr],
    /// `X[()]`.
    pub empty: bool,
    /// They are written as a tuple in parentheses.
    pub grouped: bool,
}

impl<'a, 'db> Analyzer<'a, 'db> {
    pub fn new(
        ctx: &'a Context<'db>,
        place: &'a AnnotationScope,
        options: AnnotationOptions,
        findings: &'a mut Findings,
    ) -> Analyzer<'a, 'db> {
        let mut allow = Allow::empty();
        for (option, allowed) in [
            (AnnotationOptions::ALLOW_PARAM_SPEC, Allow::PARAM_SPEC),
            (AnnotationOptions::ALLOW_UNPACK, Allow::UNPACK),
            (AnnotationOptions::ALLOW_ELLIPSIS, Allow::ELLIPSIS),
            (AnnotationOptions::ALLOW_TYPED_DICT_SPECIAL, Allow::TYPED_DICT),
            (AnnotationOptions::ALLOW_FINAL, Allow::FINAL),
        ] {
            allow.set(allowed, options.contains(option));
        }
        Analyzer {
            ctx,
            place,
            own: TypeVarScope::default(),
            findings,
            options,
            alias: None,
            allow,
            param_spec_literals: options.contains(AnnotationOptions::ALLOW_PARAM_SPEC_LITERALS),
            nesting: 0,
            unpacking_at: None,
            in_string: None,
        }
    }

    /// The type variable as it is bound here.
    pub fn bound(&self, decl: TypeVarDecl) -> Option<Ty> {
        self.own.get(decl).or_else(|| self.place.variables.get(decl))
    }

    /// Binds type variables for the time of `analysis`.
    pub fn binding<R>(
        &mut self,
        decls: Vec<TypeVarDecl>,
        analysis: impl FnOnce(&mut Self, TyList) -> R,
    ) -> R {
        let owner = name!("<callable>");
        let first = self.own.len() + self.place.variables.len();
        let bound: TyList = decls
            .into_iter()
            .enumerate()
            .map(|(at, decl)| bound_type_var(decl, owner, u32::try_from(first + at).unwrap_or(u32::MAX)))
            .collect();
        let before = self.own.len();
        self.own.add_all(bound.iter());
        let result = analysis(self, bound);
        self.own.truncate(before);
        result
    }

    pub fn db(&self) -> &'db dyn DeclareDb {
        self.ctx.db
    }

    /// The type of the whole expression.
    pub fn outermost(&mut self, expr: &Expr) -> Ty {
        let allow = self.allow;
        let ty = self.expression(expr);
        self.refuse_param_spec(ty, expr, allow)
    }

    /// The type of a part, in whose place `allow` may stand.
    pub fn part(&mut self, expr: &Expr, allow: Allow) -> Ty {
        if self.nesting >= MAX_NESTING {
            return self.invalid(ErrorCode::ValidType, expr, "The type is nested too deeply");
        }
        self.nesting += 1;
        let before = std::mem::replace(&mut self.allow, allow);
        let ty = self.expression(expr);
        self.allow = before;
        self.nesting -= 1;
        self.refuse_param_spec(ty, expr, allow)
    }

    /// The types of several parts in a row.
    pub fn parts(&mut self, exprs: &[Expr], allow: Allow, literals: bool) -> Vec<Ty> {
        let before = std::mem::replace(&mut self.param_spec_literals, literals);
        let types = exprs.iter().map(|expr| self.part(expr, allow)).collect();
        self.param_spec_literals = before;
        self.one_variadic(types, exprs)
    }

    /// A bare `ParamSpec` is a type only as an argument of what takes one.
    fn refuse_param_spec(&mut self, ty: Ty, expr: &Expr, allow: Allow) -> Ty {
        let TyKind::ParamSpec(spec) = ty.kind() else { return ty };
        if allow.contains(Allow::PARAM_SPEC) || spec.flavor != pytype_types::ParamSpecFlavor::Bare {
            return ty;
        }
        let message = if spec.prefix.is_some() {
            "\"Concatenate[...]\" may only stand as the first argument of \"Callable\"".to_owned()
        } else {
            format!(
                "The ParamSpec \"{}\" may not stand here: use it as \"Callable[{0}, ...]\"",
                spec.decl.name
            )
        };
        self.invalid(ErrorCode::ValidType, expr, message)
    }

    /// The type of `expr`, which may stand where the analyzer is now.
    pub fn expression(&mut self, expr: &Expr) -> Ty {
        match expr {
            Expr::Name(_) => self.reference(expr, expr.range(), Args::default(), false),
            Expr::Attribute(_) if is_dotted(expr) => {
                self.reference(expr, expr.range(), Args::default(), false)
            }
            Expr::Subscript(subscript) if is_dotted(&subscript.value) => {
                self.reference(&subscript.value, subscript.range, args_of(&subscript.slice), false)
            }
            Expr::NoneLiteral(_) => Ty::none(),
            Expr::StringLiteral(text) => self.string(text),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => self.bit_or(operation),
            Expr::EllipsisLiteral(_) => self.ellipsis(expr),
            Expr::List(list) => self.list(list),
            Expr::Tuple(tuple) => self.tuple_literal(tuple),
            Expr::Starred(starred) => self.starred(starred),
            Expr::Dict(dict) if !dict.items.is_empty() => self.inline_typed_dict(dict),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::BytesLiteral(_) | Expr::UnaryOp(_) => {
                self.value_as_type(expr)
            }
            Expr::Call(call) => self.call_as_type(call),
            _ => self.invalid_expression(expr),
        }
    }

    /// Runs `analysis` on what a string holds.
    pub fn within_string<R>(&mut self, range: TextRange, analysis: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.in_string;
        self.in_string = before.or(Some(range));
        let result = analysis(self);
        self.in_string = before;
        result
    }

    fn string(&mut self, text: &ast::ExprStringLiteral) -> Ty {
        match parse_annotation(text.value.to_str()) {
            Some(inner) if may_be_in_string(&inner) => {
                self.within_string(text.range, |this| this.expression(&inner))
            }
            _ => self.invalid_value(text.range, "This string is not a type"),
        }
    }

    fn bit_or(&mut self, operation: &ast::ExprBinOp) -> Ty {
        let mut operands = Vec::new();
        flatten_bit_or(operation, &mut operands);
        self.check_quoted_operands(&operands);
        let items: Vec<Ty> = operands.into_iter().map(|operand| self.part(operand, Allow::empty())).collect();
        Ty::union(items)
    }

    /// A string has no `|` with a class: where the annotation is evaluated, it fails (the typing
    /// specification, "String annotations").
    fn check_quoted_operands(&mut self, operands: &[&Expr]) {
        let Some(at) = operands.iter().position(|operand| operand.is_string_literal_expr()) else { return };
        let plain = match at {
            0 => &operands[1..2],
            _ => &operands[..at],
        };
        let is_plain = |operand: &&Expr| match operand {
            Expr::NoneLiteral(_) => true,
            Expr::Name(_) | Expr::Attribute(_) => {
                matches!(self.lookup(operand).map(|binding| binding.node), Some(crate::Node::Class(_)))
                    && self.form_of(operand).is_none()
            }
            _ => false,
        };
        if self.is_evaluated() && plain.iter().all(is_plain) {
            let range = operands[at].range();
            self.fail(
                ErrorCode::ValidType,
                range,
                "A union with a class is not made of a string: quote all of it",
            );
        }
    }

    /// Whether the interpreter evaluates the expression where it stands.
    fn is_evaluated(&self) -> bool {
        let file = self.place.file;
        let in_function = names::scope_access::scope(self.db(), file, self.place.scope)
            .is_none_or(|scope| matches!(scope.kind, pytype_index::ScopeKind::Function(_)));
        let lazy_alias = self.alias.is_some_and(|rules| rules.is_statement);
        if self.in_string.is_some() || in_function || lazy_alias || file.is_stub(self.db()) {
            return false;
        }
        let postponed = || {
            self.ctx
                .lookup(file, ScopeId::MODULE, name!("annotations"), None)
                .is_some_and(|binding| binding.fullname == "__future__.annotations")
        };
        self.ctx.options().python_version < (3, 14) && !postponed()
    }

    fn ellipsis(&mut self, expr: &Expr) -> Ty {
        if self.allow.contains(Allow::ELLIPSIS) || self.param_spec_literals {
            let any = Ty::any(AnySource::Explicit);
            return Ty::new(TyKind::Parameters(super::callables::ellipsis_parameters(self.db(), any)));
        }
        self.invalid(ErrorCode::Misc, expr, "\"...\" is not a type")
    }

    fn list(&mut self, list: &ast::ExprList) -> Ty {
        if self.param_spec_literals {
            return self.parameter_list(list);
        }
        let message = "A list in brackets is not a type";
        let ty = self.invalid_at(ErrorCode::ValidType, list.range, message);
        if list.len() == 1 {
            self.note_last("Did you mean \"list[...]\"?");
        }
        ty
    }

    fn tuple_literal(&mut self, tuple: &ast::ExprTuple) -> Ty {
        if self.options.contains(AnnotationOptions::ALLOW_TUPLE_LITERAL) && self.nesting == 0 {
            let items = self.parts(&tuple.elts, Allow::UNPACK, false);
            return self.tuple_of(items);
        }
        let ty = self.invalid_at(ErrorCode::Syntax, tuple.range, "Types in parentheses are not a type");
        self.note_last(match tuple.elts.len() {
            0 => "For a function without a result, write None; for the empty tuple, \"tuple[()]\"",
            1 => "Is there a comma too many?",
            _ => "A tuple of these is written \"tuple[T1, ..., Tn]\"",
        });
        ty
    }

    /// A literal where a type is expected.
    fn value_as_type(&mut self, expr: &Expr) -> Ty {
        let message = match expr {
            Expr::BooleanLiteral(_) => "A value is not a type; did you mean \"Literal[...]\"?",
            Expr::NumberLiteral(number) if matches!(number.value, Number::Int(_)) => {
                "A value is not a type; did you mean \"Literal[...]\"?"
            }
            Expr::UnaryOp(operation)
                if matches!(operation.op, UnaryOp::USub | UnaryOp::UAdd)
                    && matches!(operation.operand.as_ref(), Expr::NumberLiteral(_)) =>
            {
                "A value is not a type; did you mean \"Literal[...]\"?"
            }
            _ => "This expression is not a type",
        };
        self.invalid_value(expr.range(), message)
    }

    /// Something that is no type at all, unless the caller looks out for that.
    fn invalid_value(&mut self, range: TextRange, message: &str) -> Ty {
        if self.options.contains(AnnotationOptions::QUIET_VALUES) {
            return Ty::any(AnySource::Error);
        }
        self.invalid_at(ErrorCode::ValidType, range, message)
    }

    fn call_as_type(&mut self, call: &ast::ExprCall) -> Ty {
        let ty = self.invalid_at(ErrorCode::ValidType, call.range(), "A call is not a type");
        if is_dotted(&call.func) && call.arguments.keywords.is_empty() {
            self.note_last("Type arguments stand in square brackets");
        }
        ty
    }

    pub fn invalid_expression(&mut self, expr: &Expr) -> Ty {
        self.invalid_value(expr.range(), "This expression is not a type")
    }

    /// Reports `message` on `expr`; the type is `Any` from here on.
    pub fn invalid(&mut self, code: ErrorCode, expr: &Expr, message: impl Into<String>) -> Ty {
        self.invalid_at(code, expr.range(), message)
    }

    pub fn invalid_at(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) -> Ty {
        self.fail(code, range, message);
        Ty::any(AnySource::Error)
    }

    pub fn fail(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        if !self.options.contains(AnnotationOptions::SILENT) {
            let place = self.in_string.unwrap_or(range);
            let finding = Diagnostic::error(code, place, message);
            if !self.findings.diagnostics.contains(&finding) {
                self.findings.diagnostics.push(finding);
            }
        }
    }

    /// Adds an explanation to the last finding.
    pub fn note_last(&mut self, message: impl Into<String>) {
        if !self.options.contains(AnnotationOptions::SILENT)
            && let Some(last) = self.findings.diagnostics.last_mut()
        {
            last.notes.push(pytype_source::Note { message: message.into(), place: None });
        }
    }

    /// Leaves something to be looked at once headers are known.
    pub fn later(&mut self, range: TextRange, kind: LateCheckKind) {
        if !self.options.contains(AnnotationOptions::SILENT) {
            self.findings.checks.push(LateCheck { range: self.in_string.unwrap_or(range), kind });
        }
    }

    /// An instance of a class of the standard library.
    pub fn known(&self, class: KnownClass, args: impl Into<TyList>) -> Ty {
        known::known(self.db(), class, args)
    }

    /// The tuple type with these items.
    pub fn tuple_of(&self, items: Vec<Ty>) -> Ty {
        Ty::tuple(items, known::any_tuple(self.db()))
    }

    /// Whether leaving type arguments out is reported here.
    pub fn disallows_bare_generics(&self) -> bool {
        self.ctx.options().disallow_any_generics && !self.place.file.is_typeshed(self.db())
    }
}

/// Whether `expr` is a name or a dotted name.
pub(crate) fn is_dotted(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        _ => false,
    }
}

/// A dotted name as text.
pub(crate) fn dotted_text(expr: &Expr) -> String {
    match expr {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => format!("{}.{}", dotted_text(&attribute.value), attribute.attr),
        _ => String::new(),
    }
}

/// What stands between the brackets.
pub(crate) fn args_of(slice: &Expr) -> Args<'_> {
    match slice {
        Expr::Tuple(tuple) => {
            Args { items: &tuple.elts, empty: tuple.elts.is_empty(), grouped: tuple.parenthesized }
        }
        other => Args { items: std::slice::from_ref(other), empty: false, grouped: false },
    }
}

/// Only names and unions of them count as types when they stand in a string.
fn may_be_in_string(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) | Expr::NoneLiteral(_) => true,
        Expr::Attribute(_) => is_dotted(expr),
        Expr::Subscript(subscript) => is_dotted(&subscript.value),
        Expr::BinOp(operation) => operation.op == Operator::BitOr,
        Expr::StringLiteral(text) => {
            parse_annotation(text.value.to_str()).is_some_and(|inner| may_be_in_string(&inner))
        }
        _ => false,
    }
}

/// The operands of `a | b | c` from left to right.
pub(crate) fn flatten_bit_or<'e>(operation: &'e ast::ExprBinOp, found: &mut Vec<&'e Expr>) {
    // The left side may be very deep; its spine is walked in a loop.
    let mut right_sides = vec![operation.right.as_ref()];
    let mut left = operation.left.as_ref();
    while let Expr::BinOp(inner) = left
        && inner.op == Operator::BitOr
    {
        right_sides.push(&inner.right);
        left = &inner.left;
    }
    found.push(left);
    found.extend(right_sides.into_iter().rev());
}
