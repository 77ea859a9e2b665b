//! Assignments that make a new variable of an old name (`allow_redefinition_old`).
//!
//! An assignment does so in the block of the one before, if that was read in between: not within
//! `try`, not behind an inner function or class, not in a loop that is left early. The first variable
//! of a function keeps the name, as it may be a parameter; elsewhere it is the last, which others see.

use indexmap::IndexMap;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::TextSize;
use rustc_hash::FxBuildHasher;

use super::{Places, Quotes, captured, imported, place, quote};

/// The names to change.
pub fn find(body: &[Stmt]) -> Quotes {
    let mut walk = Walk::default();
    walk.scope(false, |walk| walk.block(body));
    walk.quotes
}

/// What is known of one name in a scope.
#[derive(Default)]
struct NameState {
    /// The block in which an assignment makes a new variable, once something has been assigned.
    assigned: Option<Option<Block>>,
    /// The places of each of its variables; nothing is kept for names that only others define.
    variables: Option<Vec<Places>>,
    /// How often the current variable was read.
    reads: Option<u32>,
}

/// A block, and how many loops are around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Block {
    id: u32,
    loops: u32,
}

#[derive(Default)]
struct Walk<'a> {
    scopes: Vec<IndexMap<&'a str, NameState, FxBuildHasher>>,
    blocks: Vec<Block>,
    last_block: u32,
    loops: u32,
    tries: u32,
    quotes: Quotes,
}

impl<'a> Walk<'a> {
    fn scope(&mut self, is_function: bool, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(IndexMap::default());
        walk(self);
        let names = self.scopes.pop().unwrap_or_default();
        for (name, state) in names {
            // A local `_` stands for anything anyway.
            let Some(variables) = state.variables.filter(|_| !is_function || name != "_") else { continue };
            let others = match is_function {
                true => variables.split_first().map(|(_kept, others)| others),
                false => variables.split_last().map(|(_kept, others)| others),
            };
            quote(others.unwrap_or_default(), &mut self.quotes);
        }
    }

    fn block(&mut self, body: &'a [Stmt]) {
        self.in_block(|walk| visitor::walk_body(walk, body));
    }

    fn in_block(&mut self, walk: impl FnOnce(&mut Self)) {
        self.last_block += 1;
        self.blocks.push(Block { id: self.last_block, loops: self.loops });
        walk(self);
        self.blocks.pop();
    }

    fn in_loop(&mut self, walk: impl FnOnce(&mut Self)) {
        self.loops += 1;
        walk(self);
        self.loops -= 1;
    }

    fn state(&mut self, name: &'a str) -> Option<&mut NameState> {
        Some(self.scopes.last_mut()?.entry(name).or_default())
    }

    /// No variable that is there becomes another one later: an inner definition may mean either.
    fn keep_all(&mut self) {
        for state in self.scopes.last_mut().into_iter().flat_map(IndexMap::values_mut) {
            if let Some(block) = &mut state.assigned {
                *block = None;
            }
        }
    }

    /// The same for those of the current loop, which may be left early.
    fn keep_in_loop(&mut self) {
        let loops = self.loops;
        for state in self.scopes.last_mut().into_iter().flat_map(IndexMap::values_mut) {
            if let Some(block) = &mut state.assigned
                && block.is_some_and(|block| block.loops == loops)
            {
                *block = None;
            }
        }
    }

    /// Whether an assignment to this name makes a new variable.
    fn assigns(&mut self, name: &'a str, may_change: bool) -> bool {
        let here = self.blocks.last().copied();
        let may_change = may_change && self.tries == 0;
        let Some(state) = self.state(name) else { return false };
        if state.reads == Some(0) {
            return false;
        }
        match state.assigned {
            None => {
                state.assigned = Some(if may_change { here } else { None });
                true
            }
            Some(block) => block.is_some() && block == here,
        }
    }

    fn defines(&mut self, name: &'a str, place: TextSize) {
        if let Some(state) = self.state(name) {
            state.variables.get_or_insert_default().push(vec![place]);
            state.reads = Some(0);
        }
    }

    fn keeps(&mut self, name: &'a str, place: TextSize) {
        if let Some(state) = self.state(name)
            && let Some(variables) = &mut state.variables
        {
            match variables.last_mut() {
                Some(places) => places.push(place),
                None => variables.push(vec![place]),
            }
        }
    }

    fn reads(&mut self, name: &'a str, place: TextSize) {
        self.keeps(name, place);
        if let Some(state) = self.state(name) {
            state.reads = Some(state.reads.unwrap_or(0) + 1);
        }
    }

    fn target(&mut self, target: &'a Expr, is_nested: bool) {
        match target {
            Expr::Name(name) => {
                let (text, place) = (name.id.as_str(), place(name));
                if self.assigns(text, true) {
                    self.defines(text, place);
                } else {
                    self.keeps(text, place);
                }
                // What is unpacked may be a name for nothing, never read.
                if is_nested {
                    self.reads(text, place);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.target(item, true)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.target(item, true)),
            Expr::Starred(starred) => self.target(&starred.value, is_nested),
            Expr::Attribute(attribute) => self.visit_expr(&attribute.value),
            Expr::Subscript(_) => visitor::walk_expr(self, target),
            _ => {}
        }
    }

    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        self.keep_all();
        self.scope(true, |inner| {
            inner.in_block(|inner| {
                for parameter in &*function.parameters {
                    let name = parameter.name().as_str();
                    inner.assigns(name, name != "self");
                    if let Some(state) = inner.state(name) {
                        state.variables = Some(vec![Places::new()]);
                        state.reads = Some(0);
                    }
                }
                visitor::walk_body(inner, &function.body);
            });
        });
        function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        self.keep_all();
        self.scope(false, |inner| {
            class.decorator_list.iter().for_each(|decorator| inner.visit_decorator(decorator));
            if let Some(arguments) = &class.arguments {
                inner.visit_arguments(arguments);
            }
            inner.block(&class.body);
        });
    }

    fn try_statement(&mut self, statement: &'a ast::StmtTry) {
        self.tries += 1;
        self.block(&statement.body);
        self.tries -= 1;
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            self.in_block(|walk| {
                if let Some(class) = &handler.type_ {
                    walk.visit_expr(class);
                }
                if let Some(name) = &handler.name {
                    walk.defines(name, name.range.start());
                }
                visitor::walk_body(walk, &handler.body);
            });
        }
        self.block(&statement.orelse);
        self.block(&statement.finalbody);
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::While(statement) => self.in_loop(|walk| {
                walk.visit_expr(&statement.test);
                walk.block(&statement.body);
                walk.block(&statement.orelse);
            }),
            Stmt::For(statement) => {
                self.visit_expr(&statement.iter);
                self.target(&statement.target, true);
                self.visit_expr(&statement.target);
                self.in_loop(|walk| walk.block(&statement.body));
                self.block(&statement.orelse);
            }
            Stmt::If(statement) => {
                self.visit_expr(&statement.test);
                self.block(&statement.body);
                for clause in &statement.elif_else_clauses {
                    clause.test.iter().for_each(|test| self.visit_expr(test));
                    self.block(&clause.body);
                }
            }
            Stmt::Break(_) | Stmt::Continue(_) => self.keep_in_loop(),
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::With(statement) => {
                statement.items.iter().for_each(|item| self.visit_expr(&item.context_expr));
                for target in statement.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.target(target, false);
                }
                self.block(&statement.body);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.assigns(imported(alias), false);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.assigns(imported(alias), false);
                }
            }
            Stmt::Assign(statement) => {
                self.visit_expr(&statement.value);
                statement.targets.iter().for_each(|target| self.target(target, false));
            }
            Stmt::AnnAssign(statement) => {
                statement.value.iter().for_each(|value| self.visit_expr(value));
                self.target(&statement.target, false);
            }
            Stmt::Match(statement) => {
                self.visit_expr(&statement.subject);
                for case in &statement.cases {
                    self.in_block(|walk| {
                        walk.visit_pattern(&case.pattern);
                        case.guard.iter().for_each(|guard| walk.visit_expr(guard));
                        visitor::walk_body(walk, &case.body);
                    });
                }
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.reads(&name.id, place(name)),
            other => visitor::walk_expr(self, other),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(name) = captured(pattern) {
            self.reads(name, name.range.start());
        }
        visitor::walk_pattern(self, pattern);
    }
}
