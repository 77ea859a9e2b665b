//! The walk over statements and expressions.

use indexmap::IndexMap;
use pytype_config::ModuleOptions;
use pytype_declare::{Context, DeclareDb, classes, names};
use pytype_index::{BlockPart, DefRef, Syntax, grouped_block};
use pytype_source::{Diagnostic, ErrorCode, File};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::table::{Entry, Frame, Meaning, Place};

pub(super) fn walk_module(db: &dyn DeclareDb, file: File) -> Vec<Diagnostic> {
    let syntax = pytype_index::whole_syntax(db, file);
    let mut walk = Walk {
        db,
        ctx: Context::new(db, file),
        file,
        options: db.module_options(file),
        syntax,
        is_stub: file.is_stub(db),
        frames: Vec::new(),
        found: Vec::new(),
    };
    let body = syntax.module_body();
    let failing = body.iter().position(|statement| match statement {
        Stmt::Assert(assert) => pytype_index::truth_of(&assert.test, walk.options).is_false(),
        _ => false,
    });
    let body = failing.map_or(body, |at| body.get(..=at).unwrap_or(body));
    walk.in_frame(Place::Module, true, 0, TextRange::default(), |walk| {
        for (name, _) in names::module_variables(db, file) {
            walk.insert(name, Entry::own(Meaning::Variable { inferred: false }));
        }
        walk.block(body);
    });
    walk.found
}

pub(super) struct Walk<'a> {
    pub(super) db: &'a dyn DeclareDb,
    pub(super) ctx: Context<'a>,
    pub(super) file: File,
    pub(super) options: &'a ModuleOptions,
    pub(super) syntax: &'a Syntax,
    pub(super) is_stub: bool,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    // Findings.

    /// Reports unless this is a function that is not checked.
    pub(super) fn fail(&mut self, code: ErrorCode, place: TextRange, message: impl Into<String>) {
        if self.frames.last().is_none_or(|frame| frame.checked) {
            self.found.push(Diagnostic::error(code, place, message));
        }
    }

    /// Reports in any case.
    pub(super) fn fail_anywhere(&mut self, code: ErrorCode, place: TextRange, message: impl Into<String>) {
        self.found.push(Diagnostic::error(code, place, message));
    }

    /// Reports what makes everything behind it worthless.
    pub(super) fn block_on(&mut self, code: ErrorCode, place: TextRange, message: impl Into<String>) {
        self.found.push(Diagnostic::error(code, place, message).blocking());
    }

    // Scopes.

    pub(super) fn in_frame(
        &mut self,
        place: Place<'a>,
        checked: bool,
        unit: u32,
        range: TextRange,
        work: impl FnOnce(&mut Self),
    ) {
        self.frames.push(Frame {
            place,
            names: FxHashMap::default(),
            attributes: FxHashMap::default(),
            class: None,
            unset_finals: IndexMap::default(),
            later: Vec::new(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
            stars: Vec::new(),
            blocks: 0,
            loops: 0,
            in_except_star: false,
            loop_in_except_star: false,
            checked,
            unit,
            range,
        });
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || work(self));
        self.frames.pop();
    }

    pub(super) fn frame(&self) -> Option<&Frame<'a>> {
        self.frames.last()
    }

    pub(super) fn unit(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.unit)
    }

    pub(super) fn checked(&self) -> bool {
        self.frames.last().is_none_or(|frame| frame.checked)
    }

    /// The scope that statements bind names in.
    pub(super) fn binding_frame(&mut self) -> Option<&mut Frame<'a>> {
        self.frames.iter_mut().rev().find(|frame| frame.place != Place::Comprehension)
    }

    /// The definition that a node of the scope under the cursor makes.
    pub(super) fn definition_at(&self, range: TextRange) -> Option<DefRef> {
        let id = pytype_index::definition_at(self.db, self.file, self.unit(), range)?;
        Some(DefRef { file: self.file, id })
    }

    // Blocks.

    pub(super) fn block(&mut self, body: &'a [Stmt]) {
        let Some(block) = grouped_block(body, self.options) else {
            body.iter().for_each(|statement| self.statement(statement));
            return;
        };
        for place in block.unclear {
            let message = "These overloads do not count: the condition above them is not known";
            if self.frames.last().is_none_or(|frame| frame.checked) {
                self.found.push(Diagnostic::error(ErrorCode::Misc, place, message).from_parser());
            }
        }
        for part in block.parts {
            match part {
                BlockPart::Statement(statement) => self.statement(statement),
                BlockPart::Functions(functions) => match functions.as_slice() {
                    [alone] => {
                        self.define_function(alone);
                        self.function(alone);
                    }
                    several => self.function_group(several),
                },
                BlockPart::Conditions(statement) => self.conditions(statement),
            }
        }
    }

    fn conditions(&mut self, statement: &'a ast::StmtIf) {
        self.visit_expr(&statement.test);
        for clause in &statement.elif_else_clauses {
            clause.test.iter().for_each(|test| self.visit_expr(test));
        }
    }

    pub(super) fn inner_block(&mut self, body: &'a [Stmt]) {
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks += 1;
        }
        self.block(body);
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks -= 1;
        }
    }

    fn loop_block(&mut self, body: &'a [Stmt]) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.loops += 1;
        let around = std::mem::replace(&mut frame.loop_in_except_star, false);
        self.inner_block(body);
        if let Some(frame) = self.frames.last_mut() {
            frame.loops -= 1;
            frame.loop_in_except_star = around;
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.statement_inner(statement));
    }

    fn statement_inner(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.define_function(function);
                self.function(function);
            }
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => self.assign(assign),
            Stmt::AnnAssign(assign) => self.annotated_assign(assign),
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                self.visit_expr(&assign.target);
            }
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::For(repeat) => {
                if repeat.is_async && !self.in_coroutine() {
                    self.fail(
                        ErrorCode::Syntax,
                        repeat.range,
                        "\"async for\" needs an async function around it",
                    );
                }
                self.visit_expr(&repeat.iter);
                let declared = self.syntax.type_comment(statement).is_some();
                self.target(&repeat.target, declared);
                self.loop_block(&repeat.body);
                self.inner_block(&repeat.orelse);
            }
            Stmt::While(statement) => {
                self.visit_expr(&statement.test);
                self.loop_block(&statement.body);
                self.inner_block(&statement.orelse);
            }
            Stmt::If(statement) => {
                self.conditions(statement);
                for branch in pytype_index::reachable_branches(statement, self.options) {
                    self.inner_block(branch.body);
                }
            }
            Stmt::With(with) => {
                if with.is_async && !self.in_coroutine() {
                    self.fail(
                        ErrorCode::Syntax,
                        with.range,
                        "\"async with\" needs an async function around it",
                    );
                }
                let declared = self.syntax.type_comment(statement).is_some();
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.target(target, declared));
                }
                self.inner_block(&with.body);
            }
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::Match(statement) => {
                self.visit_expr(&statement.subject);
                let reachable = pytype_index::reachable_cases(statement, self.options);
                for (case, (is_reachable, _)) in statement.cases.iter().zip(reachable) {
                    self.visit_pattern(&case.pattern);
                    case.guard.iter().for_each(|guard| self.visit_expr(guard));
                    if is_reachable {
                        self.inner_block(&case.body);
                    }
                }
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => self.global(global),
            Stmt::Nonlocal(nonlocal) => self.nonlocal(nonlocal),
            Stmt::Expr(expression) => self.visit_expr(&expression.value),
            Stmt::Return(statement) => {
                self.check_return(statement);
                statement.value.iter().for_each(|value| self.visit_expr(value));
            }
            Stmt::Break(_) => self.check_loop_exit("break", statement.range()),
            Stmt::Continue(_) => self.check_loop_exit("continue", statement.range()),
            Stmt::Assert(assert) => {
                self.visit_expr(&assert.test);
                assert.msg.iter().for_each(|message| self.visit_expr(message));
            }
            Stmt::Raise(raise) => raise.exc.iter().chain(&raise.cause).for_each(|expr| self.visit_expr(expr)),
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.visit_expr(target)),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn try_statement(&mut self, statement: &'a ast::StmtTry) {
        self.inner_block(&statement.body);
        for handler in &statement.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            handler.type_.iter().for_each(|class| self.visit_expr(class));
            if let Some(name) = &handler.name {
                self.define_variable(name, name.range, false);
            }
            let Some(frame) = self.frames.last_mut() else { return };
            let around = (frame.in_except_star, frame.loop_in_except_star);
            if statement.is_star {
                (frame.in_except_star, frame.loop_in_except_star) = (true, true);
            }
            self.inner_block(&handler.body);
            if let Some(frame) = self.frames.last_mut() {
                (frame.in_except_star, frame.loop_in_except_star) = around;
            }
        }
        self.inner_block(&statement.orelse);
        self.inner_block(&statement.finalbody);
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
        let definition = self.definition_at(class.range);
        let (checked, unit) = (self.checked(), self.unit());
        let parameters = class.type_params.as_deref();
        self.with_type_parameters(parameters, class.name.range, |walk| {
            if let Some(arguments) = &class.arguments {
                arguments.args.iter().for_each(|base| walk.argument(base));
                arguments.keywords.iter().for_each(|keyword| walk.visit_expr(&keyword.value));
            }
        });
        self.define_class(&class.name, class.name.range);
        let id = definition.map(|at| classes::class_id(self.db, at));
        let kind = id.map(|id| names::class_kind(self.db, id));
        if kind.is_some_and(|kind| kind.is_typed_dict) {
            // The items of a typed dict are no definitions.
            return;
        }
        self.with_type_parameters(parameters, TextRange::default(), |walk| {
            walk.in_frame(Place::Class, checked, unit, class.range, |walk| {
                if let Some(frame) = walk.frames.last_mut() {
                    frame.class = id;
                }
                walk.block(&class.body);
                let later = walk.frames.last_mut().map(|frame| std::mem::take(&mut frame.later));
                later.unwrap_or_default().into_iter().for_each(|function| walk.function_body(function));
                walk.check_unset_finals();
            });
        });
    }

    /// Defaults and decorators belong to the scope around, the parameters and the body to its own.
    pub(super) fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        function.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
        function.parameters.iter().filter_map(|p| p.default()).for_each(|default| self.visit_expr(default));
        // Methods see the class's whole body.
        match self.frames.last_mut().filter(|frame| frame.place == Place::Class) {
            Some(class) => class.later.push(function),
            None => self.function_body(function),
        }
    }

    fn function_body(&mut self, function: &'a ast::StmtFunctionDef) {
        let unchecked = function.decorator_list.iter().any(|decorator| match &decorator.expression {
            Expr::Name(name) => name.id == "no_type_check",
            Expr::Attribute(attribute) => &attribute.attr == "no_type_check",
            _ => false,
        });
        let checked = !unchecked && (self.options.check_untyped_defs || self.is_annotated(function));
        let unit = match self.unit() {
            0 => self.definition_at(function.range).map_or(0, |at| at.id.body_unit()),
            unit => unit,
        };
        let in_class = matches!(self.frame().map(|frame| frame.place), Some(Place::Class));
        let parameters = &function.parameters;
        let first = parameters.posonlyargs.iter().chain(&parameters.args).next();
        let is_static = function.decorator_list.iter().any(|decorator| match &decorator.expression {
            Expr::Name(name) => name.id == "staticmethod" || name.id == "classmethod",
            _ => false,
        });
        let this = first.filter(|_| in_class && !is_static).map(|first| first.parameter.name.as_str());
        let place = Place::Function { name: &function.name, is_async: function.is_async, this };
        self.with_type_parameters(function.type_params.as_deref(), function.name.range, |walk| {
            walk.in_frame(place, checked, unit, function.range, |walk| {
                walk.parameters(parameters);
                walk.block(&walk.syntax.with_body(function).body);
            });
        });
    }

    fn is_annotated(&self, function: &ast::StmtFunctionDef) -> bool {
        function.returns.is_some()
            || function.parameters.iter().any(|parameter| {
                parameter.annotation().is_some() || self.syntax.parameter_comment(parameter.end()).is_some()
            })
            || self.syntax.signature_comment(function).is_some()
    }

    fn parameters(&mut self, parameters: &'a ast::Parameters) {
        for parameter in parameters {
            let name = &parameter.as_parameter().name;
            let Some(frame) = self.frames.last_mut() else { return };
            let entry = Entry::own(Meaning::Variable { inferred: false });
            if frame.names.insert(name.as_str(), entry).is_some() {
                let message = format!("There are two parameters called \"{name}\"");
                self.block_on(ErrorCode::Syntax, name.range, message);
            }
        }
    }

    fn type_alias(&mut self, alias: &'a ast::StmtTypeAlias) {
        if let Expr::Name(name) = &*alias.name {
            self.define_type_alias(&name.id, alias.range);
        }
        self.with_type_parameters(alias.type_params.as_deref(), alias.range, |_| {});
    }

    /// Runs `work` where the type parameters are known. Doubled ones are reported at `place`, if it
    /// is not empty.
    fn with_type_parameters(
        &mut self,
        parameters: Option<&'a ast::TypeParams>,
        place: TextRange,
        work: impl FnOnce(&mut Self),
    ) {
        let Some(parameters) = parameters else { return work(self) };
        let (checked, unit) = (self.checked(), self.unit());
        self.in_frame(Place::TypeParameters, checked, unit, parameters.range, |walk| {
            for parameter in &parameters.type_params {
                let name = match parameter {
                    ast::TypeParam::TypeVar(parameter) => &parameter.name,
                    ast::TypeParam::ParamSpec(parameter) => &parameter.name,
                    ast::TypeParam::TypeVarTuple(parameter) => &parameter.name,
                };
                let known = walk.frames.iter().any(|frame| {
                    frame.place == Place::TypeParameters && frame.names.contains_key(name.as_str())
                });
                if known && !place.is_empty() {
                    let message = format!("\"{name}\" is a type parameter already");
                    walk.fail(ErrorCode::Misc, place, message);
                }
                if let Some(frame) = walk.frames.last_mut() {
                    frame.names.insert(name.as_str(), Entry::own(Meaning::TypeVariable));
                }
            }
            work(walk);
        });
    }

    // Expressions.

    /// An argument or item: stars may stand there.
    fn argument(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Starred(starred) => self.visit_expr(&starred.value),
            other => self.visit_expr(other),
        }
    }

    fn call(&mut self, call: &'a ast::ExprCall) {
        self.visit_expr(&call.func);
        call.arguments.args.iter().for_each(|argument| self.argument(argument));
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg
                && !seen.insert(name.as_str())
            {
                let message = format!("The keyword argument \"{name}\" is given twice");
                self.block_on(ErrorCode::Syntax, keyword.range, message);
            }
            self.visit_expr(&keyword.value);
        }
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) {
        let checked = self.checked();
        let unit = self.unit();
        if let Some(parameters) = &lambda.parameters {
            parameters.iter().filter_map(|p| p.default()).for_each(|default| self.visit_expr(default));
        }
        self.in_frame(Place::Lambda, checked, unit, lambda.range, |walk| {
            lambda.parameters.iter().for_each(|parameters| walk.parameters(parameters));
            walk.visit_expr(&lambda.body);
        });
    }

    /// The first iterable belongs to the scope around, everything else to the comprehension's own.
    fn comprehension(
        &mut self,
        generators: &'a [ast::Comprehension],
        range: TextRange,
        is_generator: bool,
        elements: impl FnOnce(&mut Self),
    ) {
        if !is_generator && generators.iter().any(|generator| generator.is_async) && !self.in_coroutine() {
            self.fail(ErrorCode::Syntax, range, "\"async for\" needs an async function around it");
        }
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let (checked, unit) = (self.checked(), self.unit());
        self.in_frame(Place::Comprehension, checked, unit, range, |walk| {
            for (at, generator) in generators.iter().enumerate() {
                if at > 0 {
                    walk.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|condition| walk.visit_expr(condition));
            }
            elements(walk);
        });
    }

    fn expression(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::Name(_) => {}
            Expr::Call(call) => self.call(call),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(comp) => {
                self.comprehension(&comp.generators, comp.range, false, |walk| walk.argument(&comp.elt));
            }
            Expr::SetComp(comp) => {
                self.comprehension(&comp.generators, comp.range, false, |walk| walk.argument(&comp.elt));
            }
            Expr::Generator(comp) => {
                self.comprehension(&comp.generators, comp.range, true, |walk| walk.argument(&comp.elt));
            }
            Expr::DictComp(comp) => self.comprehension(&comp.generators, comp.range, false, |walk| {
                comp.key.iter().for_each(|key| walk.visit_expr(key));
                walk.visit_expr(&comp.value);
            }),
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.walrus(named);
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.argument(item)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.argument(item)),
            Expr::Set(set) => set.elts.iter().for_each(|item| self.argument(item)),
            Expr::Starred(starred) => {
                if self.checked() {
                    self.block_on(ErrorCode::Misc, starred.range, "A starred expression cannot stand here");
                }
            }
            Expr::Yield(item) => {
                self.check_yield("yield", item.range);
                item.value.iter().for_each(|value| self.visit_expr(value));
            }
            Expr::YieldFrom(source) => {
                self.check_yield("yield from", source.range);
                self.visit_expr(&source.value);
            }
            Expr::Await(wait) => {
                self.check_await(wait.range);
                self.visit_expr(&wait.value);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.expression(expr));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(pattern) => {
                if let Some(name) = &pattern.name {
                    self.define_variable(name, name.range, false);
                }
                pattern.pattern.iter().for_each(|inner| self.visit_pattern(inner));
            }
            Pattern::MatchStar(pattern) => {
                if let Some(name) = &pattern.name {
                    self.define_variable(name, name.range, false);
                }
            }
            Pattern::MatchMapping(mapping) => {
                visitor::walk_pattern(self, pattern);
                if let Some(name) = &mapping.rest {
                    self.define_variable(name, name.range, false);
                }
            }
            Pattern::MatchValue(_)
            | Pattern::MatchSingleton(_)
            | Pattern::MatchSequence(_)
            | Pattern::MatchClass(_)
            | Pattern::MatchOr(_) => visitor::walk_pattern(self, pattern),
        }
    }
}

/// Where findings about a statement as a whole stand: comments on the lines behind do not concern them.
pub(super) fn first_line(statement: TextRange) -> TextRange {
    TextRange::empty(statement.start())
}
