//! Statements: which of them bind, and which blocks are there at all.

use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::{Builder, NewDefinition};
use crate::function_groups::{BlockPart, grouped_block};
use crate::syntax::RawNode;
use crate::{DefId, DefinitionFlags, DefinitionKind, ScopeKind, Truth, reachability};

/// The name in `x = x`, an assignment that mypy takes for none at module level.
pub(crate) fn identity_assignment(assign: &ast::StmtAssign) -> Option<&ast::ExprName> {
    match (&*assign.targets, &*assign.value) {
        ([Expr::Name(target)], Expr::Name(value)) if target.id == value.id => Some(target),
        _ => None,
    }
}

impl Builder<'_> {
    /// The module's own statements: nothing behind an assertion that fails on this platform or
    /// version belongs to the program.
    pub(super) fn module_block(&mut self, body: &[Stmt]) {
        let ends_program = |statement: &Stmt| match statement {
            Stmt::Assert(assert) => reachability::truth_of(&assert.test, self.facts.options).is_false(),
            _ => false,
        };
        let end = body.iter().position(ends_program).map_or(body.len(), |at| at + 1);
        self.block(body.get(..end).unwrap_or(body));
    }

    /// The statements of a function's or class's body.
    pub(super) fn block(&mut self, body: &[Stmt]) {
        let Some(block) = grouped_block(body, self.facts.options) else {
            for statement in body {
                self.statement(statement);
            }
            return;
        };
        for part in block.parts {
            match part {
                BlockPart::Statement(statement) => self.statement(statement),
                BlockPart::Functions(functions) => {
                    for (at, function) in functions.into_iter().enumerate() {
                        self.joins_previous = at > 0;
                        let hidden =
                            block.checker_only.iter().any(|place| place.contains_range(function.range));
                        self.checker_only(hidden, |b| b.function(function));
                    }
                }
                BlockPart::Conditions(statement) => self.conditions(statement),
            }
        }
    }

    fn conditions(&mut self, statement: &ast::StmtIf) {
        self.expression(&statement.test);
        let tests = statement.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
        tests.for_each(|test| self.expression(test));
    }

    /// The statements of a block within a body.
    fn inner_block(&mut self, body: &[Stmt]) {
        self.block_depth += 1;
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.block(body));
        self.block_depth -= 1;
    }

    fn loop_block(&mut self, body: &[Stmt]) {
        self.loop_depth += 1;
        self.inner_block(body);
        self.loop_depth -= 1;
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => self.assign(assign),
            Stmt::AnnAssign(assign) => self.annotated_assign(assign),
            Stmt::AugAssign(assign) => {
                self.expression(&assign.value);
                self.expression(&assign.target);
                self.dunder_all_augmented(assign);
            }
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::For(statement) => {
                self.expression(&statement.iter);
                let mut flags = DefinitionFlags::HAS_VALUE | DefinitionFlags::LOOP_TARGET;
                if self.facts.comments.of_header(statement.iter.end()).is_some() {
                    flags |= DefinitionFlags::ANNOTATED;
                }
                self.target(&statement.target, flags, RawNode::For(statement));
                self.loop_block(&statement.body);
                self.inner_block(&statement.orelse);
            }
            Stmt::While(statement) => {
                self.expression(&statement.test);
                self.loop_block(&statement.body);
                self.inner_block(&statement.orelse);
            }
            Stmt::If(statement) => self.if_statement(statement),
            Stmt::With(statement) => {
                self.with_items(statement);
                self.inner_block(&statement.body);
            }
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::Match(statement) => self.match_statement(statement),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => {
                let here = self.here();
                let names = global.names.iter().map(Name::of);
                self.scope_mut(here).globals.extend(names);
            }
            Stmt::Nonlocal(nonlocal) => {
                let here = self.here();
                let names = nonlocal.names.iter().map(Name::of);
                self.scope_mut(here).nonlocals.extend(names);
            }
            Stmt::Expr(statement) => {
                self.expression(&statement.value);
                self.dunder_all_call(&statement.value);
            }
            Stmt::Return(statement) => statement.value.iter().for_each(|e| self.expression(e)),
            Stmt::Delete(statement) => statement.targets.iter().for_each(|e| self.expression(e)),
            Stmt::Raise(statement) => {
                statement.exc.iter().chain(&statement.cause).for_each(|e| self.expression(e));
            }
            Stmt::Assert(statement) => {
                self.expression(&statement.test);
                statement.msg.iter().for_each(|e| self.expression(e));
            }
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn assign(&mut self, assign: &ast::StmtAssign) {
        self.expression(&assign.value);
        let mut flags = DefinitionFlags::HAS_VALUE;
        if assign.targets.len() == 1 && maybe_special(&assign.value) {
            flags |= DefinitionFlags::MAYBE_SPECIAL;
        }
        if self.facts.comments.of_assignment(assign.end()).is_some() {
            flags |= DefinitionFlags::ANNOTATED;
        }
        for target in &assign.targets {
            self.target(target, flags, RawNode::Assign(assign));
        }
        if let Some(name) = identity_assignment(assign)
            && self.at_module_level()
            && let Some((_, ordinal)) = self.ranges.iter().rev().find(|(range, _)| *range == name.range)
        {
            self.identities.push((Name::of(name), DefId { unit: self.unit, ordinal: *ordinal }));
        }
        if let [Expr::Name(name)] = &*assign.targets {
            self.dunder_all_assigned(name, &assign.value);
        }
    }

    fn with_items(&mut self, statement: &ast::StmtWith) {
        let mut flags = DefinitionFlags::HAS_VALUE;
        let end = statement.items.last().map(Ranged::end);
        if end.is_some_and(|end| self.facts.comments.of_header(end).is_some()) {
            flags |= DefinitionFlags::ANNOTATED;
        }
        for item in &statement.items {
            self.expression(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.target(target, flags, RawNode::With(statement, item));
            }
        }
    }

    fn annotated_assign(&mut self, assign: &ast::StmtAnnAssign) {
        let mut flags = DefinitionFlags::ANNOTATED | DefinitionFlags::MAYBE_SPECIAL;
        if let Some(value) = &assign.value {
            self.expression(value);
            flags |= DefinitionFlags::HAS_VALUE;
        }
        self.target(&assign.target, flags, RawNode::AnnAssign(assign));
        if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
            self.dunder_all_assigned(name, value);
        }
    }

    fn type_alias(&mut self, alias: &ast::StmtTypeAlias) {
        let Expr::Name(name) = &*alias.name else { return };
        let id = self.bind_or_hide(NewDefinition {
            name: Name::of(name),
            kind: DefinitionKind::TypeAliasStatement,
            flags: DefinitionFlags::HAS_VALUE,
            node: RawNode::TypeAlias(alias),
            range: alias.range,
        });
        if let Some(params) = &alias.type_params {
            let here = self.here();
            self.type_parameters(params, id, here, Some(alias.range));
        }
    }

    fn if_statement(&mut self, statement: &ast::StmtIf) {
        self.conditions(statement);
        for branch in reachability::reachable_branches(statement, self.facts.options) {
            self.checker_only(branch.truth == Truth::MypyTrue, |b| b.inner_block(branch.body));
        }
    }

    /// Runs `work` on a block; `only` tells that the program itself never goes there.
    fn checker_only(&mut self, only: bool, work: impl FnOnce(&mut Self)) {
        let before = self.type_checking;
        self.type_checking |= only;
        work(self);
        self.type_checking = before;
    }

    fn try_statement(&mut self, statement: &ast::StmtTry) {
        self.inner_block(&statement.body);
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            if let Some(test) = &handler.type_ {
                self.expression(test);
            }
            if let Some(name) = &handler.name {
                self.bind(NewDefinition {
                    name: Name::of(name),
                    kind: DefinitionKind::Variable,
                    flags: DefinitionFlags::HAS_VALUE | DefinitionFlags::EXCEPTION_NAME,
                    node: RawNode::Handler(handler),
                    range: name.range,
                });
            }
            self.inner_block(&handler.body);
        }
        self.inner_block(&statement.orelse);
        self.inner_block(&statement.finalbody);
    }

    fn match_statement(&mut self, statement: &ast::StmtMatch) {
        self.expression(&statement.subject);
        let reachable = reachability::reachable_cases(statement, self.facts.options);
        for (case, (reachable, checker_only)) in statement.cases.iter().zip(reachable) {
            self.pattern(&case.pattern);
            if let Some(guard) = &case.guard {
                self.expression(guard);
            }
            if reachable {
                self.checker_only(checker_only, |b| b.inner_block(&case.body));
            }
        }
    }

    fn class(&mut self, class: &ast::StmtClassDef) {
        class.decorator_list.iter().for_each(|d| self.expression(&d.expression));
        let here = self.here();
        // The body's scope is numbered first, so that the definition can name it.
        let unknown = DefId { unit: self.unit, ordinal: u32::MAX };
        let body = self.push_scope(ScopeKind::Class(unknown), Some(here), Some(class.range));
        let mut flags = DefinitionFlags::empty();
        if !class.decorator_list.is_empty() {
            flags |= DefinitionFlags::DECORATED;
        }
        let id = self.bind_or_hide(NewDefinition {
            name: Name::of(&class.name),
            kind: DefinitionKind::Class { body },
            flags,
            node: RawNode::Class(class),
            range: class.range,
        });
        self.scope_mut(body).kind = ScopeKind::Class(id);
        if let Some(params) = &class.type_params {
            let scope = self.type_parameters(params, id, here, None);
            self.scope_mut(body).parent = Some(scope);
        }
        if let Some(arguments) = &class.arguments {
            arguments.args.iter().for_each(|e| self.expression(e));
            arguments.keywords.iter().for_each(|k| self.expression(&k.value));
        }
        self.inside(body, |b| b.block(&class.body));
    }
}

/// Right-hand sides that could define something other than a variable.
fn maybe_special(value: &Expr) -> bool {
    match value {
        Expr::Call(_) | Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::NoneLiteral(_) => {
            true
        }
        Expr::BinOp(operation) => operation.op == ast::Operator::BitOr,
        _ => false,
    }
}
