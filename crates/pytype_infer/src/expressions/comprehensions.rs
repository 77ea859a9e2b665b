//! Comprehensions and generator expressions.

use pytype_source::{ErrorCode, name};
use pytype_types::{KnownClass, Param, ParamKind, Signature, Ty, TyList};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{self as ast, Comprehension, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::Checker;
use crate::calls::{CallArgument, CallSite};

/// Looks for `await`, not entering nested functions.
#[derive(Default)]
struct AwaitFinder {
    found: bool,
}

impl<'a> Visitor<'a> for AwaitFinder {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Await(_) => self.found = true,
            Expr::Lambda(_) => {}
            _ if self.found => {}
            _ => walk_expr(self, expr),
        }
    }
}

fn has_await(expr: &Expr) -> bool {
    let mut finder = AwaitFinder::default();
    finder.visit_expr(expr);
    finder.found
}

/// Whether a generator expression makes an async generator.
fn is_async_generator(generator: &ast::ExprGenerator) -> bool {
    generator.generators.iter().any(|g| g.is_async)
        || has_await(&generator.elt)
        || generator.generators.iter().skip(1).any(|g| has_await(&g.iter))
        || generator.generators.iter().flat_map(|g| &g.ifs).any(has_await)
}

impl Checker<'_> {
    pub(crate) fn infer_list_comprehension(&mut self, comprehension: &ast::ExprListComp) -> Ty {
        self.infer_comprehension(
            comprehension.range,
            &comprehension.elt,
            &comprehension.generators,
            "<list-comprehension>",
            |c, item| c.known_with(KnownClass::List, [item]),
        )
    }

    pub(crate) fn infer_set_comprehension(&mut self, comprehension: &ast::ExprSetComp) -> Ty {
        self.infer_comprehension(
            comprehension.range,
            &comprehension.elt,
            &comprehension.generators,
            "<set-comprehension>",
            |c, item| c.known_with(KnownClass::Set, [item]),
        )
    }

    pub(crate) fn infer_generator(&mut self, generator: &ast::ExprGenerator) -> Ty {
        let is_async = is_async_generator(generator);
        self.infer_comprehension(
            generator.range,
            &generator.elt,
            &generator.generators,
            "<generator>",
            |c, item| {
                if is_async {
                    c.known_with(KnownClass::AsyncGenerator, [item, Ty::none()])
                } else {
                    c.known_with(KnownClass::Generator, [item, Ty::none(), Ty::none()])
                }
            },
        )
    }

    /// A comprehension is a call of a generic function with its element as the argument.
    fn infer_comprehension(
        &mut self,
        range: TextRange,
        element: &Expr,
        generators: &[Comprehension],
        name: &str,
        result: impl FnOnce(&Self, Ty) -> Ty,
    ) -> Ty {
        self.in_comprehension_scope(range, generators, |c| {
            let variable = c.synthetic_variable(name!("T"), name!("<genexp>"), 1);
            let (element, wanted, prefer_unions) = match element {
                Expr::Starred(starred) => {
                    (&*starred.value, c.known_with(KnownClass::Iterable, [variable]), true)
                }
                _ => (element, variable, false),
            };
            let param = Param { name: None, ty: wanted, kind: ParamKind::Pos };
            let result = result(c, variable);
            let mut constructor = Signature::new(vec![param], result, c.known(KnownClass::Function));
            constructor.variables = TyList::new([variable]);
            constructor.name = Some(name.into());
            let before = c.expressions.prefer_unions;
            c.expressions.prefer_unions |= prefer_unions;
            let outcome =
                c.check_call(constructor.into_ty(), &[CallArgument::of(element)], CallSite::at(range));
            c.expressions.prefer_unions = before;
            outcome.result
        })
    }

    pub(crate) fn infer_dict_comprehension(&mut self, comprehension: &ast::ExprDictComp) -> Ty {
        self.in_comprehension_scope(comprehension.range, &comprehension.generators, |c| {
            let key = c.synthetic_variable(name!("KT"), name!("<dict>"), 1);
            let value = c.synthetic_variable(name!("VT"), name!("<dict>"), 2);
            let param = |ty| Param { name: None, ty, kind: ParamKind::Pos };
            let (params, arguments) = match &comprehension.key {
                Some(key_expr) => (
                    vec![param(key), param(value)],
                    vec![CallArgument::of(key_expr), CallArgument::of(&comprehension.value)],
                ),
                None => {
                    let mapping = c.known_with(KnownClass::SupportsKeysAndGetItem, [key, value]);
                    (vec![param(mapping)], vec![CallArgument::of(&comprehension.value)])
                }
            };
            let result = c.known_with(KnownClass::Dict, [key, value]);
            let mut constructor = Signature::new(params, result, c.known(KnownClass::Function));
            constructor.variables = TyList::new([key, value]);
            constructor.name = Some("<dictionary-comprehension>".into());
            let before = c.expressions.prefer_unions;
            c.expressions.prefer_unions |= comprehension.key.is_none();
            let outcome = c.check_call(constructor.into_ty(), &arguments, CallSite::at(comprehension.range));
            c.expressions.prefer_unions = before;
            outcome.result
        })
    }

    /// Runs `work` where the comprehension's variables are bound and its conditions hold.
    fn in_comprehension_scope(
        &mut self,
        range: TextRange,
        generators: &[Comprehension],
        work: impl FnOnce(&mut Self) -> Ty,
    ) -> Ty {
        let scope = self.scope_at(range);
        self.in_epoch(|c| {
            c.in_frame(|c| {
                c.bind_comprehension(scope, generators, TextRange::empty(range.start()));
                let entered = c.enter_scope(scope);
                // The element comes first in the text, but what the conditions bind is bound by now.
                let last = range.end().checked_sub(TextSize::from(1)).unwrap_or(range.end());
                let bound_up_to = c.expressions.bound_up_to.max(last);
                let before = std::mem::replace(&mut c.expressions.bound_up_to, bound_up_to);
                let ty = work(c);
                c.expressions.bound_up_to = before;
                c.leave_scope(entered);
                ty
            })
        })
    }

    /// Gives the comprehension's variables their types; what does not fit stands at its start.
    fn bind_comprehension(
        &mut self,
        scope: Option<pytype_index::ScopeId>,
        generators: &[Comprehension],
        start: TextRange,
    ) {
        let mut entered = None;
        for (position, generator) in generators.iter().enumerate() {
            let mut item = if generator.is_async {
                self.async_iterable_item(&generator.iter)
            } else {
                let item = self.iterable_item(&generator.iter);
                let is_underscore = matches!(&generator.target, Expr::Name(name) if name.id == "_");
                if item.is_never() && is_underscore { self.any() } else { item }
            };
            if self.in_dynamic_function() {
                item = self.any();
            }
            // The first iterable is evaluated outside of the comprehension.
            if position == 0 {
                entered = self.enter_scope(scope);
            }
            self.assign_index_variable(&generator.target, item, start);
            self.enter_epoch((generator.target.range(), item));
            for condition in &generator.ifs {
                self.infer(condition, None);
                let (when_true, when_false) = self.conditions(condition);
                if self.is_code_enabled(ErrorCode::RedundantExpr) {
                    if when_true.unreachable {
                        self.report_redundant("If condition in comprehension", false, condition.range());
                    } else if when_false.unreachable {
                        self.report_redundant("If condition in comprehension", true, condition.range());
                    }
                }
                self.push_narrowing(&when_true);
                self.enter_epoch(when_true.facts());
            }
        }
        self.leave_scope(entered);
    }
}
