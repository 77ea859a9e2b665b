//! The walk that follows definitions and references.

use pytype_config::ModuleOptions;
use pytype_index::{FileIndex, ScopeId, Syntax};
use pytype_infer::InferDb;
use pytype_infer::flow::units::Outcomes;
use pytype_modules::Resolution;
use pytype_source::{Diagnostic, ErrorCode, File, Name, WrittenName, name};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::names::{NameSet, Numbering};
use super::tracker::{ScopeKind, Tracker};

/// Names that every module has.
static MODULE_ATTRIBUTES: [WrittenName; 6] = [
    WrittenName::new("__name__"),
    WrittenName::new("__doc__"),
    WrittenName::new("__path__"),
    WrittenName::new("__file__"),
    WrittenName::new("__package__"),
    WrittenName::new("__annotations__"),
];

/// `try` statements with a `finally` are walked twice; nested deeper than this, once.
const MAX_REPEATED_TRIES: u32 = 6;

pub(super) fn walk_module(db: &dyn InferDb, file: File, outcomes: &Outcomes) -> Vec<Diagnostic> {
    let syntax = pytype_index::whole_syntax(db, file);
    let builtins = match pytype_modules::resolve(db, name!("builtins")) {
        Resolution::Found(builtins) => Some(pytype_index::file_index(db, builtins)),
        _ => None,
    };
    let mut walk = Walk {
        options: db.module_options(file),
        syntax,
        builtins,
        outcomes,
        numbering: Numbering::default(),
        tracker: Tracker::new(),
        loops: Vec::new(),
        tries: 0,
        repeated_tries: 0,
        found: Vec::new(),
    };
    MODULE_ATTRIBUTES.iter().for_each(|name| walk.record(name.get()));
    let body = syntax.module_body();
    let failing = body.iter().position(|statement| match statement {
        Stmt::Assert(assert) => pytype_index::truth_of(&assert.test, walk.options).is_false(),
        _ => false,
    });
    walk.block(failing.map_or(body, |at| body.get(..=at).unwrap_or(body)));
    walk.found
}

/// A loop around the cursor.
#[derive(Default)]
struct Loop {
    has_break: bool,
    /// What is defined at every `break`.
    at_breaks: Option<NameSet>,
}

struct Walk<'a> {
    options: &'a ModuleOptions,
    syntax: &'a Syntax,
    builtins: Option<&'a FileIndex>,
    outcomes: &'a Outcomes,
    numbering: Numbering,
    tracker: Tracker,
    loops: Vec<Loop>,
    tries: u32,
    repeated_tries: u32,
    found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    // Findings.

    fn used_before_definition(&mut self, name: Name, place: TextRange) {
        let message = format!("\"{name}\" is used before it is defined");
        self.found.push(Diagnostic::error(ErrorCode::UsedBeforeDef, place, message));
    }

    fn may_be_undefined(&mut self, name: Name, place: TextRange) {
        let message = format!("\"{name}\" may not be defined here: some path does not assign it");
        self.found.push(Diagnostic::error(ErrorCode::PossiblyUndefined, place, message));
    }

    // Definitions and references.

    /// Defines a name without looking at what read it before.
    fn record(&mut self, name: Name) {
        let number = self.numbering.number(name);
        self.tracker.define(number);
    }

    fn define(&mut self, name: Name) {
        let number = self.numbering.number(name);
        if self.tracker.scope_kind() != ScopeKind::Class {
            for place in self.tracker.take_unresolved(number) {
                if self.loops.is_empty() {
                    self.used_before_definition(name, place);
                } else {
                    self.may_be_undefined(name, place);
                }
            }
        }
        self.tracker.define(number);
    }

    fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.define(Name::of(name)),
            Expr::Starred(starred) => self.target(&starred.value),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.target(t)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.target(t)),
            _ => {}
        }
    }

    fn is_builtin(&self, name: Name) -> bool {
        let module = self.builtins.and_then(|index| index.scope(ScopeId::MODULE));
        module.is_some_and(|scope| scope.symbols.contains(name))
    }

    fn reference(&mut self, name: Name, place: TextRange) {
        if self.tracker.scope_kind() == ScopeKind::Module && self.is_builtin(name) {
            return;
        }
        let number = self.numbering.number(name);
        if self.tracker.may_be_undefined(number)
            && self.tracker.in_finally == self.tracker.keeps_ended_branches
        {
            self.may_be_undefined(name, place);
            // Once for each path is enough.
            self.tracker.define(number);
        } else if self.tracker.is_defined_elsewhere(number) {
            if self.loops.is_empty() && self.tries == 0 {
                self.used_before_definition(name, place);
            } else {
                self.may_be_undefined(name, place);
            }
        } else if self.tracker.is_undefined(number) {
            self.tracker.record_unresolved(number, place);
        }
    }

    // Statements.

    fn block(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.statement_inner(statement));
    }

    fn statement_inner(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => {
                self.define(Name::of(&class.name));
                self.tracker.enter_scope(ScopeKind::Class);
                self.block(&class.body);
                self.tracker.leave_scope();
            }
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|t| self.target(t));
                self.visit_expr(&assign.value);
                assign.targets.iter().for_each(|t| self.visit_expr(t));
            }
            Stmt::AnnAssign(assign) => {
                self.target(&assign.target);
                assign.value.iter().for_each(|value| self.visit_expr(value));
                self.visit_expr(&assign.target);
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                self.visit_expr(&assign.target);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.record(Name::of(name));
                }
            }
            Stmt::For(statement) => self.for_loop(statement),
            Stmt::While(statement) => self.while_loop(statement),
            Stmt::If(statement) => {
                self.if_chain(&statement.test, &statement.body, &statement.elif_else_clauses)
            }
            Stmt::With(statement) => {
                for item in &statement.items {
                    self.visit_expr(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.target(target));
                }
                self.block(&statement.body);
            }
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::Match(statement) => self.match_statement(statement),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => {
                for alias in import.names.iter().filter(|alias| &alias.name != "*") {
                    self.record(Name::of(alias.asname.as_ref().unwrap_or(&alias.name)));
                }
            }
            Stmt::Global(global) => global.names.iter().for_each(|name| self.define(Name::of(name))),
            Stmt::Nonlocal(nonlocal) => nonlocal.names.iter().for_each(|name| self.define(Name::of(name))),
            Stmt::Expr(expression) => {
                // What was not reached is not there.
                if self.outcomes.get(&expression.range.start()) != Some(&true) {
                    self.tracker.skip_branch();
                }
                self.visit_expr(&expression.value);
            }
            Stmt::Assert(assert) => {
                self.visit_expr(&assert.test);
                assert.msg.iter().for_each(|message| self.visit_expr(message));
                if is_literal(&assert.test, false) {
                    self.tracker.skip_branch();
                }
            }
            Stmt::Return(statement) => {
                statement.value.iter().for_each(|value| self.visit_expr(value));
                self.tracker.skip_branch();
            }
            Stmt::Raise(raise) => {
                raise.exc.iter().chain(&raise.cause).for_each(|expr| self.visit_expr(expr));
                self.tracker.skip_branch();
            }
            Stmt::Continue(_) => self.tracker.skip_branch(),
            Stmt::Break(_) => {
                self.note_break();
                self.tracker.skip_branch();
            }
            Stmt::Delete(statement) => statement.targets.iter().for_each(|target| self.visit_expr(target)),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn import(&mut self, import: &'a ast::StmtImport) {
        for alias in &import.names {
            let bound = match &alias.asname {
                Some(name) => Name::of(name),
                None => Name::new(alias.name.split('.').next().unwrap_or(&alias.name)),
            };
            self.record(bound);
        }
    }

    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        self.define(Name::of(&function.name));
        if self.options.check_untyped_defs || self.is_annotated(function) {
            let body = &self.syntax.with_body(function).body;
            self.function_body(&function.parameters, |walk| walk.block(body));
        }
        function.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
    }

    fn is_annotated(&self, function: &ast::StmtFunctionDef) -> bool {
        function.returns.is_some()
            || function.parameters.iter().any(|parameter| {
                parameter.annotation().is_some() || self.syntax.parameter_comment(parameter.end()).is_some()
            })
            || self.syntax.signature_comment(function).is_some()
    }

    /// Defaults belong to the scope around, the parameters and the body to their own.
    fn function_body(&mut self, parameters: &'a ast::Parameters, body: impl FnOnce(&mut Self)) {
        parameters.iter().filter_map(|p| p.default()).for_each(|default| self.visit_expr(default));
        self.tracker.enter_scope(ScopeKind::Function);
        for parameter in parameters {
            self.define(Name::of(&parameter.as_parameter().name));
        }
        body(self);
        self.tracker.leave_scope();
    }

    fn if_chain(&mut self, test: &'a Expr, body: &'a [Stmt], rest: &'a [ast::ElifElseClause]) {
        let truth = pytype_index::truth_of(test, self.options);
        self.visit_expr(test);
        self.tracker.open_branches();
        if !truth.is_false() {
            self.block(body);
            self.tracker.next_branch();
        }
        if truth.is_true() || self.outcomes.get(&test.range().start()) == Some(&false) {
            self.tracker.skip_branch();
        } else if let Some((next, rest)) = rest.split_first() {
            match &next.test {
                Some(test) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                    self.if_chain(test, &next.body, rest);
                }),
                None => self.block(&next.body),
            }
        }
        self.tracker.close_branches();
    }

    fn for_loop(&mut self, statement: &'a ast::StmtFor) {
        self.visit_expr(&statement.iter);
        self.target(&statement.target);
        self.visit_expr(&statement.target);
        self.tracker.open_branches();
        self.loops.push(Loop::default());
        self.block(&statement.body);
        self.tracker.next_branch();
        self.tracker.close_branches();
        if !statement.orelse.is_empty() {
            let current = self.loops.last_mut();
            let (has_break, at_breaks) =
                current.map_or((false, None), |current| (current.has_break, current.at_breaks.take()));
            if has_break {
                self.tracker.open_branches();
                if let Some(names) = at_breaks {
                    self.tracker.define_all(&names);
                }
                self.tracker.next_branch();
            }
            self.block(&statement.orelse);
            if has_break {
                self.tracker.close_branches();
            }
        }
        self.loops.pop();
    }

    fn while_loop(&mut self, statement: &'a ast::StmtWhile) {
        self.visit_expr(&statement.test);
        self.tracker.open_branches();
        self.loops.push(Loop::default());
        self.block(&statement.body);
        // The body of `while True` runs at least once.
        if !is_literal(&statement.test, true) {
            self.tracker.next_branch();
        }
        self.tracker.close_branches();
        if !statement.orelse.is_empty() {
            let has_break = self.loops.last().is_some_and(|current| current.has_break);
            if has_break {
                self.tracker.open_branches();
                self.tracker.next_branch();
            }
            self.block(&statement.orelse);
            if has_break {
                self.tracker.close_branches();
            }
        }
        self.loops.pop();
    }

    fn note_break(&mut self) {
        let always = self.tracker.branch().always();
        let Some(current) = self.loops.last_mut() else { return };
        current.has_break = true;
        match &mut current.at_breaks {
            Some(names) => names.intersect(always),
            None => current.at_breaks = Some(always.clone()),
        }
    }

    /// What a `finally` sees differs from what follows it: in the former any part of the `try` may
    /// have been left early. So the statement is walked once for each.
    fn try_statement(&mut self, statement: &'a ast::StmtTry) {
        self.tries += 1;
        if !statement.finalbody.is_empty() && self.repeated_tries < MAX_REPEATED_TRIES {
            self.repeated_tries += 1;
            let before = self.tracker.snapshot();
            let flags = (self.tracker.keeps_ended_branches, self.tracker.in_finally);
            self.tracker.keeps_ended_branches = true;
            self.try_blocks(statement);
            self.tracker.restore(before);
            (self.tracker.keeps_ended_branches, self.tracker.in_finally) = flags;
            self.try_blocks(statement);
            self.repeated_tries -= 1;
        } else {
            self.try_blocks(statement);
        }
        self.tries -= 1;
    }

    fn try_blocks(&mut self, statement: &'a ast::StmtTry) {
        self.tracker.open_branches();
        self.block(&statement.body);
        self.block(&statement.orelse);
        for handler in &statement.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            self.tracker.next_branch();
            handler.type_.iter().for_each(|class| self.visit_expr(class));
            handler.name.iter().for_each(|name| self.define(Name::of(name)));
            self.block(&handler.body);
            if let Some(name) = &handler.name {
                let number = self.numbering.number(Name::of(name));
                self.tracker.delete(number);
            }
        }
        self.tracker.close_branches();
        if !statement.finalbody.is_empty() {
            self.tracker.in_finally = true;
            self.block(&statement.finalbody);
            self.tracker.in_finally = false;
        }
    }

    fn match_statement(&mut self, statement: &'a ast::StmtMatch) {
        self.visit_expr(&statement.subject);
        self.tracker.open_branches();
        let reachable = pytype_index::reachable_cases(statement, self.options);
        for (case, (is_reachable, _)) in statement.cases.iter().zip(reachable) {
            self.visit_pattern(&case.pattern);
            case.guard.iter().for_each(|guard| self.visit_expr(guard));
            if is_reachable {
                self.block(&case.body);
            } else {
                self.tracker.skip_branch();
            }
            if !case.pattern.is_irrefutable() {
                self.tracker.next_branch();
            }
        }
        self.tracker.close_branches();
    }

    fn comprehension(&mut self, generators: &'a [ast::Comprehension], elements: impl FnOnce(&mut Self)) {
        self.tracker.enter_scope(ScopeKind::Comprehension);
        generators.iter().for_each(|generator| self.target(&generator.target));
        for generator in generators {
            self.visit_expr(&generator.iter);
            self.visit_expr(&generator.target);
            generator.ifs.iter().for_each(|condition| self.visit_expr(condition));
        }
        elements(self);
        self.tracker.leave_scope();
    }

    fn expression(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.reference(Name::of(name), name.range),
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.target(&named.target);
            }
            Expr::Lambda(lambda) => {
                // A lambda has no annotations.
                if self.options.check_untyped_defs {
                    match &lambda.parameters {
                        Some(parameters) => {
                            self.function_body(parameters, |walk| walk.visit_expr(&lambda.body));
                        }
                        None => {
                            self.tracker.enter_scope(ScopeKind::Function);
                            self.visit_expr(&lambda.body);
                            self.tracker.leave_scope();
                        }
                    }
                }
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, |walk| walk.visit_expr(&comp.elt)),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, |walk| walk.visit_expr(&comp.elt)),
            Expr::Generator(comp) => self.comprehension(&comp.generators, |walk| walk.visit_expr(&comp.elt)),
            Expr::DictComp(comp) => self.comprehension(&comp.generators, |walk| {
                comp.key.iter().for_each(|key| walk.visit_expr(key));
                walk.visit_expr(&comp.value);
            }),
            Expr::If(conditional) => {
                self.visit_expr(&conditional.test);
                self.visit_expr(&conditional.body);
                self.visit_expr(&conditional.orelse);
            }
            Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::BytesLiteral(_) => {}
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
                pattern.name.iter().for_each(|name| self.define(Name::of(name)));
                pattern.pattern.iter().for_each(|inner| self.visit_pattern(inner));
            }
            Pattern::MatchStar(pattern) => pattern.name.iter().for_each(|name| self.define(Name::of(name))),
            Pattern::MatchMapping(mapping) => {
                visitor::walk_pattern(self, pattern);
                mapping.rest.iter().for_each(|rest| self.reference(Name::of(rest), rest.range));
            }
            Pattern::MatchValue(_)
            | Pattern::MatchSingleton(_)
            | Pattern::MatchSequence(_)
            | Pattern::MatchClass(_)
            | Pattern::MatchOr(_) => visitor::walk_pattern(self, pattern),
        }
    }
}

/// Whether an expression is `True` (or `False`), or an integer that is as good.
fn is_literal(expr: &Expr, truth: bool) -> bool {
    match expr {
        Expr::BooleanLiteral(literal) => literal.value == truth,
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(int), .. }) => {
            (*int != 0) == truth
        }
        _ => false,
    }
}
