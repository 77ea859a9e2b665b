//! The forward walk over statements.

use pytype_index::{BlockPart, grouped_block};
use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{AnySource, KnownClass, Ty, TyKind, TypeContext, is_subtype, proper};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::assignments::Value;
use super::binder::FrameOptions;
use super::loop_rounds::merge_rounds;
use crate::Checker;
use crate::expressions::InferMode;

impl Checker<'_> {
    /// Walks the statements of a block in order; stops where nothing behind can be reached.
    pub fn check_block(&mut self, body: &[Stmt]) {
        let Some(block) = grouped_block(body, self.options) else {
            self.check_statements(body.iter());
            return;
        };
        for part in &block.parts {
            match part {
                BlockPart::Statement(statement) => self.check_statements(std::iter::once(*statement)),
                BlockPart::Functions(functions) if !self.binder.is_unreachable() => {
                    functions.iter().for_each(|function| self.check_grouped_function(function));
                }
                BlockPart::Conditions(statement) if !self.binder.is_unreachable() => {
                    self.check_conditions(statement);
                }
                BlockPart::Functions(_) | BlockPart::Conditions(_) => {}
            }
        }
    }

    fn check_grouped_function(&mut self, function: &ast::StmtFunctionDef) {
        let outer = std::mem::replace(&mut self.statement_start, function.start());
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.check_function_statement(function));
        self.statement_start = outer;
    }

    /// The conditions of an `if` whose functions belong to others outside of it.
    fn check_conditions(&mut self, statement: &ast::StmtIf) {
        let tests = statement.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
        for test in std::iter::once(&*statement.test).chain(tests) {
            let truth = self.condition_truth(test);
            if truth == pytype_index::Truth::Unknown {
                self.infer(test, None);
            } else if truth.is_true() {
                return;
            }
        }
    }

    fn check_statements<'s>(&mut self, body: impl Iterator<Item = &'s Stmt>) {
        for statement in body {
            if self.binder.is_unreachable() {
                if !self.options.warn_unreachable || !self.may_report_unreachable() {
                    return;
                }
                if self.is_noop_for_reachability(statement) {
                    continue;
                }
                self.report_unreachable(TextRange::empty(statement.start()));
                return;
            }
            self.check_statement(statement);
        }
    }

    fn may_report_unreachable(&self) -> bool {
        let in_dynamic = self.in_dynamic_function();
        !in_dynamic && !self.binder.is_unreachable_warning_suppressed()
    }

    /// Statements that only guard against the impossible may stand where nothing can run.
    fn is_noop_for_reachability(&mut self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Raise(_) => true,
            Stmt::Assert(assert) => match &*assert.test {
                Expr::BooleanLiteral(literal) => !literal.value,
                Expr::NumberLiteral(number) => matches!(&number.value, ast::Number::Int(int) if *int == 0),
                _ => false,
            },
            Stmt::Return(statement) => statement.value.as_deref().is_some_and(is_not_implemented_name),
            Stmt::Expr(expression) if expression.value.is_call_expr() => {
                let mode =
                    InferMode { allow_none_return: true, always_allow_any: true, ..InferMode::default() };
                let (ty, _) = self.capturing(|c| c.infer_with(&expression.value, None, mode));
                proper(&*self.ctx, ty).is_never()
            }
            _ => false,
        }
    }

    /// `--warn-unreachable`, at the first statement that cannot run.
    pub fn report_unreachable(&mut self, range: TextRange) {
        let found = Diagnostic::error(ErrorCode::Unreachable, range, "This statement can never run");
        self.report(found);
        self.binder.suppress_unreachable_warnings();
    }

    /// Walks one statement.
    pub fn check_statement(&mut self, statement: &Stmt) {
        let outer = std::mem::replace(&mut self.statement_start, statement.start());
        // No unknown outlives the statement that it was made for, and the same types come up again
        // when they are numbered anew.
        self.ctx.relations().last_meta.set(0);
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.check_statement_inner(statement));
        self.statement_start = outer;
    }

    fn check_statement_inner(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(expression) => self.check_expression_statement(expression),
            Stmt::Assign(assign) => self.check_assign(assign),
            Stmt::AnnAssign(assign) => self.check_annotated_assign(assign),
            Stmt::AugAssign(assign) => self.check_augmented_assign(assign),
            Stmt::Return(statement) => {
                self.check_return(statement);
                self.binder.unreachable();
            }
            Stmt::If(statement) => self.check_if(statement),
            Stmt::While(statement) => self.check_while(statement),
            Stmt::For(statement) => self.check_for(statement),
            Stmt::With(statement) => self.check_with(statement),
            Stmt::Try(statement) => self.check_try(statement),
            Stmt::Raise(statement) => self.check_raise(statement),
            Stmt::Assert(statement) => self.check_assert(statement),
            Stmt::Delete(statement) => self.check_delete(statement),
            Stmt::Match(statement) => self.check_match(statement),
            Stmt::FunctionDef(function) => self.check_function_statement(function),
            Stmt::ClassDef(class) => self.check_class_statement(class),
            Stmt::Break(_) => self.binder.handle_break(),
            Stmt::Continue(_) => self.binder.handle_continue(),
            Stmt::TypeAlias(alias) => self.check_type_alias_statement(alias),
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.check_import_statement(statement),
            Stmt::Global(global) => self.bind_globals(global),
            Stmt::Nonlocal(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Runs `body` in a frame of the binder connected as `options` say.
    pub fn in_frame_with<R>(&mut self, options: FrameOptions, body: impl FnOnce(&mut Self) -> R) -> R {
        self.binder.push(options);
        let result = body(self);
        self.binder.pop(&*self.ctx, options);
        result
    }

    /// Runs `body` in a frame that control flow may go around and whose end leads nowhere: for
    /// parts of expressions.
    pub fn in_frame<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        let options = FrameOptions { can_skip: true, fall_through: 0, ..FrameOptions::default() };
        self.in_frame_with(options, body)
    }

    fn check_expression_statement(&mut self, statement: &ast::StmtExpr) {
        if statement.value.is_string_literal_expr() {
            // Documentation: nobody asks for its type.
            self.outcomes.insert(statement.range().start(), true);
            return;
        }
        let mode = InferMode { allow_none_return: true, always_allow_any: true, ..InferMode::default() };
        let ty = self.infer_with(&statement.value, None, mode);
        let ends = !proper(&*self.ctx, ty).is_never();
        self.outcomes.insert(statement.range().start(), ends);
        let Some(instance) = proper(&*self.ctx, ty).as_instance() else { return };
        let code = if instance.class.is("typing.Coroutine") {
            ErrorCode::UnusedCoroutine
        } else if self.ctx.find_definition(instance.class, pytype_source::name!("__await__")).is_some()
            && !self.is_task_group_call(&statement.value)
        {
            ErrorCode::UnusedAwaitable
        } else {
            return;
        };
        let shown = pytype_types::describe(&*self.ctx, ty);
        self.report(
            Diagnostic::error(
                code,
                statement.range(),
                format!("The value of type \"{shown}\" is never used"),
            )
            .with_note("is an \"await\" missing here?"),
        );
    }

    /// A task group keeps the tasks that it makes: not using the result is fine.
    fn is_task_group_call(&mut self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let Expr::Attribute(method) = &*call.func else { return false };
        let object = self.infer(&method.value, None);
        proper(&*self.ctx, object).as_instance().is_some_and(|i| i.class.fullname().ends_with(".TaskGroup"))
    }

    // Assignment statements.

    fn check_assign(&mut self, assign: &ast::StmtAssign) {
        if self.is_special_definition(assign) {
            self.check_special_definition(assign);
            return;
        }
        if self.functions.is_empty() && pytype_index::is_module_identity(self.ctx.db, self.file, assign) {
            self.infer(&assign.value, None);
            assign.targets.iter().for_each(|target| self.check_final_assignment(target, true));
            return;
        }
        if let [target] = assign.targets.as_slice()
            && let Some(definition) = self.definition_at(target.range())
            && let Some(sentinel) = pytype_declare::names::sentinel_type(self.ctx.db, definition)
        {
            self.infer(&assign.value, None);
            self.expression_types.insert(target.range(), sentinel);
            self.check_final_assignment(target, true);
            return;
        }
        let Some((last, first)) = assign.targets.split_last() else { return };
        let narrows = !self.has_type_comment(assign);
        self.in_final_definition = self.gives_finals_values(&assign.targets, assign.range());
        self.assign(last, &Value::Expr(&assign.value), narrows);
        if !first.is_empty() {
            let range = assign.value.range();
            let ty = match self.expression_types.get(&range) {
                Some(ty) => *ty,
                None => self.infer(&assign.value, None),
            };
            for target in first {
                self.assign(target, &Value::Typed(ty, assign.range()), narrows);
            }
        }
        self.in_final_definition = false;
        for target in &assign.targets {
            self.check_final_assignment(target, true);
        }
    }

    fn check_annotated_assign(&mut self, assign: &ast::StmtAnnAssign) {
        self.check_annotation_statement(assign);
        if self.in_dynamic_function() {
            let message = "This annotation is not checked, since the function has none of its own; \
                           \"--check-untyped-defs\" checks such functions too";
            let note = Diagnostic::note(assign.range(), message).with_code(ErrorCode::AnnotationUnchecked);
            self.report(note);
        }
        let Some(value) = &assign.value else {
            self.declare_without_value(assign);
            return;
        };
        if self.is_alias_declaration(assign) {
            self.capturing(|c| c.infer(value, None));
            return;
        }
        if self.is_redefinition(assign) {
            // Reported as such; what it declares is not taken up, so there is nothing to compare with.
            self.infer(value, None);
            return;
        }
        self.check_annotated_enum_member(assign);
        let narrows = self.is_bare_qualifier(assign);
        self.in_final_definition = self.is_final_annotation(&assign.annotation);
        self.assign(&assign.target, &Value::Expr(value), narrows);
        self.in_final_definition = false;
        self.check_final_assignment(&assign.target, false);
    }

    fn check_augmented_assign(&mut self, assign: &ast::StmtAugAssign) {
        self.complete_partial_from_value(&assign.target, &Value::Expr(&assign.value), Some(assign.op));
        let (target, assigned) = match &*assign.target {
            Expr::Attribute(attribute) => {
                let value = Value::Expr(&assign.value);
                // What may be assigned says whether this happens in place; otherwise it is the value read that the
                // operator works on.
                let assigned = self.attribute_target_type(attribute, &value);
                let target = self.infer(&assign.target, None);
                let is_narrowed = self.narrowed(&assign.target).is_some();
                (target, if is_narrowed { target } else { assigned })
            }
            _ => {
                let target = self.infer(&assign.target, None);
                (target, target)
            }
        };
        match self.in_place_method(assigned, assign.op) {
            Some(method) => {
                let result = self.check_operator_method(&method, assigned, &assign.value, assign.range());
                if !is_subtype(&*self.ctx, result, assigned) {
                    self.error(
                        ErrorCode::Misc,
                        assign.range(),
                        format!("The result of \"{}=\" does not fit the variable", assign.op.as_str()),
                    );
                }
            }
            None => {
                // As in `x = x + value`, what may be assigned is expected of the operation. Operators of classes
                // without type arguments hardly ever ask.
                let is_plain = target.as_instance().is_some_and(|instance| instance.args.is_empty());
                let expected = match &*assign.target {
                    _ if is_plain => None,
                    Expr::Name(name) => self.check_name_target(name, &assign.target).declared,
                    Expr::Attribute(_) => Some(assigned),
                    _ => None,
                };
                let result = self.expecting(expected, |c| {
                    c.check_binary_operation(target, assign.op, &assign.value, assign.range())
                });
                self.assign(&assign.target, &Value::Typed(result, assign.range()), true);
            }
        }
        self.check_final_assignment(&assign.target, true);
    }

    // Control flow.

    fn check_if(&mut self, statement: &ast::StmtIf) {
        let outer = FrameOptions { fall_through: 0, ..FrameOptions::default() };
        self.in_frame_with(outer, |c| {
            c.binder.mark_conditional();
            let mut decided = false;
            let first = std::iter::once((Some(&*statement.test), &statement.body, None));
            let rest = statement
                .elif_else_clauses
                .iter()
                .map(|clause| (clause.test.as_ref(), &clause.body, Some(clause.range)));
            let mut has_else = false;
            for (test, body, clause) in first.chain(rest) {
                let Some(test) = test else {
                    has_else = true;
                    c.in_frame_with(FrameOptions { fall_through: 2, ..FrameOptions::default() }, |c| {
                        if !decided {
                            c.check_block(body);
                        } else {
                            c.binder.unreachable();
                        }
                    });
                    continue;
                };
                // An `elif` is a statement of its own, which may be out of reach.
                if let Some(clause) = clause
                    && !decided
                    && c.options.warn_unreachable
                    && c.binder.is_unreachable()
                    && c.may_report_unreachable()
                {
                    c.report_unreachable(clause);
                }
                decided |= c.check_if_branch(test, body, decided);
            }
            if !has_else {
                c.in_frame_with(FrameOptions { fall_through: 2, ..FrameOptions::default() }, |c| {
                    if decided {
                        c.binder.unreachable();
                    }
                });
            }
        });
    }

    /// One `if` or `elif` branch. `decided`: an earlier branch is always taken, by a condition that
    /// needs no types. Returns whether this one is.
    fn check_if_branch(&mut self, test: &Expr, body: &[Stmt], decided: bool) -> bool {
        use pytype_index::Truth;
        // Behind a condition that is always true there is nothing to look at.
        if decided || self.binder.is_unreachable() {
            self.in_frame_with(FrameOptions::branch(), |c| {
                c.binder.unreachable();
                c.binder.suppress_unreachable_warnings();
            });
            return decided;
        }
        match self.condition_truth(test) {
            // Known from the platform, the version or TYPE_CHECKING: what cannot be reached is not
            // code of this run, so nothing is reported there.
            Truth::AlwaysFalse | Truth::MypyFalse => {
                self.in_frame_with(FrameOptions::branch(), |c| {
                    c.binder.unreachable();
                    c.binder.suppress_unreachable_warnings();
                });
                false
            }
            Truth::AlwaysTrue | Truth::MypyTrue => {
                self.capturing(|c| c.infer(test, None));
                self.in_frame_with(FrameOptions::branch(), |c| c.check_block(body));
                self.binder.unreachable();
                self.binder.suppress_unreachable_warnings();
                true
            }
            Truth::Unknown => {
                let ty = self.infer(test, None);
                if matches!(proper(&*self.ctx, ty).kind(), TyKind::Deleted) {
                    self.error(
                        ErrorCode::Misc,
                        test.range(),
                        "The variable was deleted at the end of its \"except\" block",
                    );
                }
                let (yes, no) = self.conditions(test);
                self.outcomes.insert(test.range().start(), !no.unreachable);
                self.in_frame_with(FrameOptions::branch(), |c| {
                    c.push_conditions(&yes, false);
                    c.check_block(body);
                });
                self.push_conditions(&no, false);
                false
            }
        }
    }

    fn check_while(&mut self, statement: &ast::StmtWhile) {
        let orelse = Some(statement.orelse.as_slice());
        self.check_loop(
            |c| {
                // The body is an `if` whose condition is the loop's.
                c.in_frame_with(FrameOptions { fall_through: 0, ..FrameOptions::default() }, |c| {
                    c.check_if_branch(&statement.test, &statement.body, false);
                    c.in_frame_with(FrameOptions { fall_through: 2, ..FrameOptions::default() }, |_| {});
                });
            },
            Some(&statement.test),
            orelse,
        );
    }

    fn check_for(&mut self, statement: &ast::StmtFor) {
        let item = if statement.is_async {
            self.async_iterable_item(&statement.iter)
        } else {
            self.iterable_item(&statement.iter)
        };
        let range = statement.iter.range();
        let has_comment = false;
        self.check_loop(
            |c| {
                c.assign_index(&statement.target, item, range, !has_comment);
                c.check_block(&statement.body);
            },
            None,
            Some(statement.orelse.as_slice()),
        );
        self.check_final_assignment(&statement.target, true);
    }

    /// Walks a loop until nothing changes any more. Findings that say "always" or "never" count
    /// only if every round makes them.
    fn check_loop(&mut self, mut body: impl FnMut(&mut Self), exit: Option<&Expr>, orelse: Option<&[Stmt]>) {
        self.in_frame_with(FrameOptions::default(), |c| {
            c.binder.mark_conditional();
            let mut open_before = c.open_partials();
            let mut widened_before = c.widen_count;
            let mut rounds: Vec<Vec<Diagnostic>> = Vec::new();
            loop {
                let options = FrameOptions {
                    can_skip: true,
                    break_frame: 2,
                    continue_frame: 1,
                    ..FrameOptions::default()
                };
                c.binder.push(options);
                let ((), found) = c.capturing(&mut body);
                c.binder.pop(&*c.ctx, options);
                rounds.push(found);
                let open = c.open_partials();
                let settled = !c.binder.last_pop_changed || rounds.len() > 3;
                let widened = c.widen_count == widened_before || rounds.len() > 1;
                if (open == open_before && settled && widened) || rounds.len() >= 20 {
                    break;
                }
                open_before = open;
                widened_before = c.widen_count;
            }
            let merged = merge_rounds(rounds);
            c.report_all(merged);
            if let Some(exit) = exit {
                let (_, no) = c.conditions(exit);
                c.push_conditions(&no, true);
            }
            if let Some(orelse) = orelse {
                c.check_block(orelse);
            }
        });
    }

    fn open_partials(&self) -> usize {
        self.partials.iter().map(|scope| scope.open.len()).sum()
    }

    fn check_return(&mut self, statement: &ast::StmtReturn) {
        let Some(frame) = self.functions.last() else { return };
        let frame = frame.clone();
        let declared = proper(&*self.ctx, frame.return_type);
        if matches!(declared.kind(), TyKind::Never { ambiguous: false }) && !frame.is_lambda {
            self.error(
                ErrorCode::Misc,
                statement.range(),
                "A function that never returns has a \"return\" statement",
            );
            return;
        }
        match &statement.value {
            Some(value) => self.check_return_value(value, declared, &frame, statement.range(), value.range()),
            None => {
                let any_generator = frame.is_generator && !frame.is_async && declared.is_any();
                if any_generator || declared.is_none() || declared.is_any() || self.in_dynamic_function() {
                    return;
                }
                if frame.is_async && frame.is_generator {
                    return;
                }
                self.error(ErrorCode::ReturnValue, statement.range(), "A value must be returned here");
            }
        }
    }

    /// Checks a returned value. `statement` is where findings about the statement stand.
    pub fn check_return_value(
        &mut self,
        value: &Expr,
        declared: Ty,
        frame: &crate::FunctionFrame,
        statement: TextRange,
        value_range: TextRange,
    ) {
        // What concerns the statement stands on its first line alone, however long the value is.
        let line = TextRange::empty(statement.start());
        let allow_none_return = frame.is_lambda || declared.is_none() || declared.is_any();
        let mode = InferMode { allow_none_return, ..InferMode::default() };
        let ty = if depends_on_context(value) {
            self.infer_context_dependent(value, declared, mode)
        } else {
            self.infer_with(value, Some(declared), mode)
        };
        let mut proper_ty = proper(&*self.ctx, ty);
        if is_not_implemented(proper_ty) {
            proper_ty = Ty::any(AnySource::SpecialForm);
        }
        if frame.is_async && frame.is_generator {
            self.error(ErrorCode::Misc, line, "An asynchronous generator cannot return a value");
            return;
        }
        if proper_ty.is_unknown() {
            let may_be_any = declared.is_unknown()
                || pytype_types::is_proper_subtype(&*self.ctx, Ty::any(AnySource::SpecialForm), declared)
                || declared.is_instance_of("builtins.object")
                || frame.is_lambda
                || (is_not_implemented_name(value) && self.in_binary_special_method());
            // An overload that is left open gives types that fit, only not which.
            let is_open_overload = matches!(proper_ty.kind(), TyKind::Any(AnySource::Implementation));
            if self.options.warn_return_any && !self.deferred && !may_be_any && !is_open_overload {
                let shown = pytype_types::describe(&*self.ctx, declared);
                self.error(
                    ErrorCode::NoAnyReturn,
                    line,
                    format!("The value is \"Any\", but the function is declared to return \"{shown}\""),
                );
            }
            return;
        }
        if declared.is_none() {
            if !frame.is_lambda && !proper_ty.is_none() {
                self.error(ErrorCode::ReturnValue, line, "The function is declared to return nothing");
            }
            return;
        }
        self.check_assignable_at(ty, declared, value_range, Some(statement), ErrorCode::ReturnValue);
    }

    /// Infers with what is expected; if that leads to errors, once more without. The second
    /// counts if it has no errors and fits.
    pub fn infer_context_dependent(&mut self, value: &Expr, expected: Ty, mode: InferMode) -> Ty {
        let (ty, found) = self.capturing(|c| {
            c.in_frame_with(FrameOptions { discard: true, ..FrameOptions::default() }, |c| {
                c.infer_with(value, Some(expected), mode)
            })
        });
        if !Self::has_findings(&found) {
            // Walk it again only if it bound names that must outlive the throw-away frame.
            if self.walrus_in(value) {
                return self.infer_with(value, Some(expected), mode);
            }
            self.report_all(found);
            return ty;
        }
        let saved = self.expression_types.get(&value.range()).copied();
        let (other, other_found) = self.capturing(|c| c.infer_with(value, None, mode));
        if !Self::has_findings(&other_found) && is_subtype(&*self.ctx, other, expected) {
            self.report_all(other_found);
            return other;
        }
        if let Some(saved) = saved {
            self.expression_types.insert(value.range(), saved);
        }
        self.report_all(found);
        ty
    }

    fn in_binary_special_method(&self) -> bool {
        let Some(definition) = self.functions.last().and_then(|f| f.definition) else { return false };
        let name = pytype_index::definition(self.ctx.db, definition.file, definition.id).name;
        let in_place = name.strip_prefix("__i").filter(|rest| rest.ends_with("__"));
        crate::expressions::is_operator_method(&name)
            || in_place.is_some_and(|rest| crate::expressions::is_operator_method(&format!("__{rest}")))
    }

    fn check_raise(&mut self, statement: &ast::StmtRaise) {
        if let Some(exc) = &statement.exc {
            self.check_raised(exc, TextRange::empty(statement.start()), false);
        }
        if let Some(cause) = &statement.cause {
            self.check_raised(cause, TextRange::empty(statement.start()), true);
        }
        self.binder.unreachable();
    }

    fn check_raised(&mut self, expr: &Expr, statement: TextRange, optional: bool) {
        let ty = self.infer(expr, None);
        let ty = proper(&*self.ctx, ty);
        if matches!(ty.kind(), TyKind::Deleted) {
            self.error(
                ErrorCode::Misc,
                expr.range(),
                "The variable was deleted at the end of its \"except\" block",
            );
            return;
        }
        let exception = self.ctx.known_instance(KnownClass::BaseException);
        let mut allowed = vec![exception, Ty::new(TyKind::Type(exception))];
        if optional {
            allowed.push(Ty::none());
        }
        if !is_subtype(&*self.ctx, ty, Ty::union(allowed)) {
            self.error(ErrorCode::Misc, statement, "An exception must derive from \"BaseException\"");
        }
        if let TyKind::Callable(_) | TyKind::Overloaded(_) = ty.kind() {
            self.call_with_types(ty, &[], expr.range());
        }
        let called =
            matches!(expr, Expr::Call(call) if self.refers_to(&call.func, "builtins.NotImplemented"));
        if is_not_implemented(ty) || called {
            self.error(
                ErrorCode::Misc,
                statement,
                "An exception must derive from \"BaseException\"; \"NotImplementedError\" may be meant",
            );
        }
    }

    fn check_assert(&mut self, statement: &ast::StmtAssert) {
        self.infer(&statement.test, None);
        if let Expr::Tuple(tuple) = &*statement.test
            && !tuple.elts.is_empty()
        {
            let line = TextRange::empty(statement.start());
            self.error(ErrorCode::Misc, line, "This assertion is always true: it is a tuple");
        }
        let (yes, no) = self.conditions(&statement.test);
        if let Some(message) = &statement.msg {
            self.in_frame_with(FrameOptions::thrown_away(), |c| {
                // An assertion that cannot fail does not make its message right.
                if !no.unreachable {
                    c.push_conditions(&no, true);
                }
                c.infer(message, None);
            });
        }
        // An assertion about the version or platform ends a module. Elsewhere it is like any other.
        if self.functions.is_empty()
            && self.classes.is_empty()
            && let pytype_index::Truth::AlwaysFalse | pytype_index::Truth::MypyFalse =
                self.condition_truth(&statement.test)
        {
            self.binder.unreachable();
            self.binder.suppress_unreachable_warnings();
            return;
        }
        self.push_conditions(&yes, true);
    }

    fn check_delete(&mut self, statement: &ast::StmtDelete) {
        for target in &statement.targets {
            self.check_delete_target(target);
        }
    }

    fn check_delete_target(&mut self, target: &Expr) {
        match target {
            Expr::Subscript(item) => {
                let object = self.infer(&item.value, None);
                self.check_delete_item(object, item);
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.check_delete_target(t)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.check_delete_target(t)),
            _ => {
                self.infer(target, None);
                if let Expr::Name(_) = target
                    && let Some(place) = self.place_of(target)
                {
                    let declared = self.slot_of(target).and_then(|slot| self.slot_type(slot));
                    self.binder.invalidate_dependents(place);
                    self.binder.put(place, Ty::new(TyKind::Deleted), declared, true);
                }
            }
        }
    }

    fn check_with(&mut self, statement: &ast::StmtWith) {
        let mut swallows = false;
        for item in &statement.items {
            let target = item.optional_vars.as_deref();
            let exit = if statement.is_async {
                self.check_async_with_item(&item.context_expr, target)
            } else {
                self.check_with_item(&item.context_expr, target)
            };
            swallows |= self.swallows_exceptions(exit);
        }
        if swallows {
            // An exception inside may be swallowed: control flow can leave the block anywhere.
            self.in_frame_with(
                FrameOptions { can_skip: true, try_frame: true, ..FrameOptions::default() },
                |c| {
                    c.check_block(&statement.body);
                },
            );
        } else {
            self.check_block(&statement.body);
        }
    }

    /// Whether a context manager's `__exit__` says that it swallows exceptions: it returns `bool`.
    fn swallows_exceptions(&self, exit: Ty) -> bool {
        match proper(&*self.ctx, exit).kind() {
            TyKind::Literal { value: pytype_types::LiteralValue::Bool(value), .. } => *value,
            TyKind::Instance(instance) if instance.class.is("builtins.bool") => match instance.last_known {
                Some(known) => self.swallows_exceptions(known),
                None => self.options.strict_optional,
            },
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
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
            | TyKind::Module(_) => false,
        }
    }

    fn check_with_item(&mut self, manager: &Expr, target: Option<&Expr>) -> Ty {
        let ty = self.infer(manager, None);
        let entered = self.call_special(ty, "__enter__", &[], manager.range());
        if let Some(target) = target {
            self.assign(target, &Value::Typed(entered, manager.range()), true);
        }
        let any = Ty::any(AnySource::SpecialForm);
        self.call_special(ty, "__exit__", &[any, any, any], manager.range())
    }

    fn check_async_with_item(&mut self, manager: &Expr, target: Option<&Expr>) -> Ty {
        let ty = self.infer(manager, None);
        let entered = self.call_special(ty, "__aenter__", &[], manager.range());
        let entered = self.awaited(entered, manager.range());
        if let Some(target) = target {
            self.assign(target, &Value::Typed(entered, manager.range()), true);
        }
        let any = Ty::any(AnySource::SpecialForm);
        let exit = self.call_special(ty, "__aexit__", &[any, any, any], manager.range());
        self.awaited(exit, manager.range())
    }
}

/// Expressions that are inferred like calls, so that what is expected of them matters most.
fn depends_on_context(value: &Expr) -> bool {
    match value {
        Expr::Call(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Dict(_) | Expr::Set(_) => true,
        Expr::BinOp(_) | Expr::BoolOp(_) => true,
        Expr::Await(awaited) => awaited.value.is_call_expr(),
        _ => false,
    }
}

fn is_not_implemented(ty: Ty) -> bool {
    ty.is_instance_of("builtins._NotImplementedType") || ty.is_instance_of("types.NotImplementedType")
}

fn is_not_implemented_name(value: &Expr) -> bool {
    matches!(value, Expr::Name(name) if name.id == "NotImplemented")
}
