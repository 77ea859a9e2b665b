//! `await`, `yield` and `yield from`.

use pytype_source::{ErrorCode, name};
use pytype_types::{AnySource, KnownClass, Ty, TyKind};
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::attributes::MemberUse;
use crate::Checker;

impl Checker<'_> {
    pub(crate) fn infer_await(&mut self, wait: &ast::ExprAwait, allow_none: bool) -> Ty {
        let expected = self.expected().map(|expected| self.known_with(KnownClass::Awaitable, [expected]));
        let value = self.infer(&wait.value, expected);
        let value = self.proper(value);
        if value.is_unknown() {
            return Ty::any(AnySource::Derived);
        }
        let result =
            self.check_awaitable(value, wait.range, ErrorCode::Misc, "\"await\" needs something awaitable");
        if !allow_none && result.is_none() {
            self.report_no_value("the awaited function", wait.range);
        }
        result
    }

    /// What awaiting a value of this type gives; reported when it cannot be awaited.
    pub fn check_awaitable(&mut self, ty: Ty, range: TextRange, code: ErrorCode, message: &str) -> Ty {
        let awaitable = self.known(KnownClass::Awaitable);
        if !self.check_subtype(ty, awaitable, range, code, |_| message.to_owned()) {
            return self.any();
        }
        let generator = self.special_method(ty, "__await__", range);
        let result = self.generator_return_type(generator, false);
        let result = self.proper(result);
        if matches!(result.kind(), TyKind::Never { ambiguous: false }) {
            self.mark_unreachable();
        }
        result
    }

    pub(crate) fn infer_yield(&mut self, item: &ast::ExprYield) -> Ty {
        let (wanted, sent) = self.declared_generator();
        match &item.value {
            None => {
                if !wanted.is_none() && !wanted.is_any() && !self.in_dynamic_function() {
                    self.fail(ErrorCode::Misc, item.range, |_| "\"yield\" must give a value here".to_owned());
                }
            }
            Some(value) => {
                let actual = self.infer(value, Some(wanted));
                self.check_subtype(actual, wanted, item.range, ErrorCode::Misc, |_| {
                    "This value does not fit what the generator is declared to yield".to_owned()
                });
            }
        }
        sent
    }

    pub(crate) fn infer_yield_from(&mut self, source: &ast::ExprYieldFrom, allow_none: bool) -> Ty {
        let (wanted, sent) = self.declared_generator();
        let value = self.infer(&source.value, None);
        let value = self.proper(value);
        let range = source.range;
        let iterator = if value.is_unknown() {
            Ty::any(AnySource::Derived)
        } else if self.is_iterable(value) {
            if is_async_function_result(value) {
                self.report_bad_yield_from(value, range);
            }
            let using = MemberUse { is_operator: true, ..MemberUse::default() };
            self.expecting(None, |c| c.check_method(value, name!("__iter__"), &[], range, using).result)
        } else if is_async_function_result(value) && self.in_generator_coroutine() {
            self.check_awaitable(value, range, ErrorCode::Misc, "\"yield from\" needs something awaitable");
            self.error_any()
        } else {
            self.report_bad_yield_from(value, range);
            self.error_any()
        };
        let actual = self.generator_yield_type(iterator, false);
        self.check_subtype(actual, wanted, range, ErrorCode::Misc, |_| {
            "These values do not fit what the generator is declared to yield".to_owned()
        });
        self.check_passed_on(sent, iterator, range);
        let result = self.generator_return_type(iterator, false);
        if !allow_none && result.is_none() {
            self.report_no_value("the generator", range);
        }
        result
    }

    /// Whether `@types.coroutine` makes a coroutine of the generator under way, whose `yield from` is what `await`
    /// is elsewhere.
    fn in_generator_coroutine(&self) -> bool {
        let frame = self.functions.last();
        frame.is_some_and(|frame| frame.declared_return.is_instance_of("typing.AwaitableGenerator"))
    }

    /// `yield from` passes on what is sent to the generator, which the inner one must take (the
    /// typing specification, "Generators"). Where nothing can be sent, nothing is passed on.
    fn check_passed_on(&mut self, sent: Ty, inner: Ty, range: TextRange) {
        let is_generator = self.proper(inner).is_instance_of("typing.Generator");
        if sent.is_none() || sent.is_any() || !is_generator {
            return;
        }
        let taken = self.generator_send_type(inner, false);
        self.check_subtype(sent, taken, range, ErrorCode::Misc, |_| {
            "What may be sent to this generator does not fit the one that it is passed on to".to_owned()
        });
    }

    fn report_bad_yield_from(&mut self, value: Ty, range: TextRange) {
        self.fail(ErrorCode::Misc, range, |c| {
            format!("\"yield from\" cannot be applied to {}", c.show(value))
        });
    }

    /// What `yield` must give in the generator under way, and what it evaluates to.
    fn declared_generator(&self) -> (Ty, Ty) {
        let any = self.any();
        match self.functions.last() {
            Some(function) => (function.yield_type.unwrap_or(any), function.send_type.unwrap_or(any)),
            None => (any, any),
        }
    }

    /// Says that a value is used that is always `None`.
    pub(crate) fn report_no_value(&mut self, what: &str, range: TextRange) {
        self.fail(ErrorCode::FuncReturnsValue, range, |_| {
            format!("The result of {what} is used, but it is always \"None\"")
        });
    }
}

/// Whether this is what calling an `async def` gives.
fn is_async_function_result(ty: Ty) -> bool {
    match ty.as_instance() {
        Some(instance) if instance.class.is("typing.AwaitableGenerator") => {
            instance.args.get(3).is_some_and(|t| t.is_instance_of("typing.Coroutine"))
        }
        Some(instance) => instance.class.is("typing.Coroutine"),
        None => false,
    }
}
