//! The way into an expression: what its type is, given what is expected of it.

use pytype_types::{AnySource, KnownClass, Ty};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::InferMode;
use super::type_forms::is_made_of_parts;
use crate::Checker;

/// Stack left when it is grown, and by how much it grows.
const STACK_RED_ZONE: usize = 256 * 1024;
const STACK_STEP: usize = 4 * 1024 * 1024;

/// Whether `work` may be repeated many times for one expression, so that its result is worth keeping.
fn is_worth_caching(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Call(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Dict(_)
            | Expr::BinOp(_)
            | Expr::BoolOp(_)
            | Expr::Subscript(_)
    )
}

impl Checker<'_> {
    /// The type of `expr` where `expected` is wanted (mypy's `accept`).
    pub fn infer(&mut self, expr: &Expr, expected: Option<Ty>) -> Ty {
        self.infer_with(expr, expected, InferMode::default())
    }

    /// [`Checker::infer`] in a special position.
    pub fn infer_with(&mut self, expr: &Expr, expected: Option<Ty>, mode: InferMode) -> Ty {
        stacker::maybe_grow(STACK_RED_ZONE, STACK_STEP, || self.infer_on_stack(expr, expected, mode))
    }

    fn infer_on_stack(&mut self, expr: &Expr, expected: Option<Ty>, mode: InferMode) -> Ty {
        let was_callee = self.enter_expression(expected, mode.is_callee);
        let range = expr.range();
        let ty = if is_worth_caching(expr) && self.is_inner_expression() {
            match self.cached(range, expected, mode) {
                Some(ty) => ty,
                None => self.caching(range, expected, mode, |c| c.infer_kind(expr, mode)),
            }
        } else {
            self.infer_kind(expr, mode)
        };
        self.leave_expression(was_callee);
        self.store_type(range, ty);
        if self.options.disallow_any_expr
            && !mode.always_allow_any
            && !self.is_stub
            && !self.in_dynamic_function()
            && self.has_any(ty)
        {
            self.report_any_expression(ty, range);
        }
        if self.in_dynamic_function() { Ty::any(AnySource::Unannotated) } else { ty }
    }

    fn infer_kind(&mut self, expr: &Expr, mode: InferMode) -> Ty {
        if let Some(form) = self.expected().and_then(|expected| self.infer_type_form(expr, expected)) {
            return form;
        }
        let was_part = std::mem::replace(&mut self.expressions.is_part, is_made_of_parts(expr));
        let ty = self.infer_form(expr, mode);
        self.expressions.is_part = was_part;
        ty
    }

    fn infer_form(&mut self, expr: &Expr, mode: InferMode) -> Ty {
        match expr {
            Expr::BoolOp(operation) => self.infer_bool_op(operation),
            Expr::Named(named) => self.infer_named(named),
            Expr::BinOp(operation) => self.infer_binary(operation),
            Expr::UnaryOp(operation) => self.infer_unary(operation),
            Expr::Lambda(lambda) => self.infer_lambda(lambda),
            Expr::If(conditional) => self.infer_conditional(conditional, mode.allow_none_return),
            Expr::Dict(dict) => self.infer_dict(dict),
            Expr::Set(set) => self.infer_list_like(&set.elts, KnownClass::Set, set.range),
            Expr::List(list) => self.infer_list_like(&list.elts, KnownClass::List, list.range),
            Expr::ListComp(comprehension) => self.infer_list_comprehension(comprehension),
            Expr::SetComp(comprehension) => self.infer_set_comprehension(comprehension),
            Expr::DictComp(comprehension) => self.infer_dict_comprehension(comprehension),
            Expr::Generator(generator) => self.infer_generator(generator),
            Expr::Await(wait) => self.infer_await(wait, mode.allow_none_return),
            Expr::Yield(item) => self.infer_yield(item),
            Expr::YieldFrom(source) => self.infer_yield_from(source, mode.allow_none_return),
            Expr::Compare(compare) => self.infer_compare(compare),
            Expr::Call(call) => self.infer_call(call, mode.allow_none_return),
            Expr::FString(string) => self.infer_f_string(string),
            Expr::TString(string) => self.infer_t_string(string),
            Expr::StringLiteral(string) => self.infer_string(string),
            Expr::BytesLiteral(bytes) => self.infer_bytes(bytes),
            Expr::NumberLiteral(number) => self.infer_number(number),
            Expr::BooleanLiteral(boolean) => self.infer_boolean(boolean.value),
            Expr::NoneLiteral(_) => Ty::none(),
            Expr::EllipsisLiteral(_) => self.known(KnownClass::Ellipsis),
            Expr::Attribute(attribute) => self.infer_attribute(expr, attribute),
            Expr::Subscript(subscript) => self.infer_subscript(expr, subscript),
            Expr::Starred(starred) => self.infer(&starred.value, None),
            Expr::Name(name) => self.infer_name(expr, name),
            Expr::Tuple(tuple) => self.infer_tuple(tuple),
            Expr::Slice(slice) => self.infer_slice(slice),
            // A shell escape of notebooks: the parser accepts it, Python does not.
            Expr::IpyEscapeCommand(_) => self.error_any(),
        }
    }

    /// The type last inferred for `expr`, if it was inferred.
    pub fn lookup_type(&self, expr: &Expr) -> Option<Ty> {
        self.expression_types.get(&expr.range()).copied()
    }

    /// The type last inferred for `expr`; `Any` if it was not.
    pub(crate) fn type_of(&self, expr: &Expr) -> Ty {
        self.lookup_type(expr).unwrap_or_else(|| self.any())
    }

    /// Whether the function under way has no annotation, so that everything in it is `Any`.
    pub fn in_dynamic_function(&self) -> bool {
        !self.options.check_untyped_defs && self.functions.last().is_some_and(|f| f.is_dynamic)
    }

    fn infer_named(&mut self, named: &ast::ExprNamed) -> Ty {
        let value = self.infer(&named.value, None);
        self.assign_walrus(named, value);
        if let Expr::Name(name) = &*named.target {
            self.enter_epoch_of_assignment(&name.id, name.range, value);
        }
        if !self.has_uninhabited(value) {
            self.store_type(named.target.range(), value);
        }
        value
    }
}
