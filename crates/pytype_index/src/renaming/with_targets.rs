//! Targets of `with` statements that are used again.
//!
//! `with open(a) as f: ...` followed by `with open(b, "rb") as f: ...` would give `f` two types.
//! Each statement gets a variable of its own where nothing else of the scope touches the name: it is
//! bound and read in such statements only, and there are no inner functions or classes. The last
//! one keeps the plain name.

use indexmap::IndexMap;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::TextSize;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::{Places, Quotes, captured, imported, place, quote};

/// Whether some name is the target of two `with` statements anywhere: most files have none.
pub fn may_repeat(body: &[Stmt]) -> bool {
    let mut targets = Targets { names: FxHashSet::default(), repeated: false };
    visitor::walk_body(&mut targets, body);
    targets.repeated
}

/// The names to change.
pub fn find(body: &[Stmt]) -> Quotes {
    let mut walk = Walk::default();
    walk.scope(|walk| visitor::walk_body(walk, body));
    walk.quotes
}

/// Looks for the names that statements bind.
struct Targets<'a> {
    names: FxHashSet<&'a str>,
    repeated: bool,
}

impl<'a> Visitor<'a> for Targets<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::With(with) => {
                for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.bind(target);
                }
                visitor::walk_body(self, &with.body);
            }
            Stmt::FunctionDef(function) => {
                let outer = std::mem::take(&mut self.names);
                visitor::walk_body(self, &function.body);
                self.names = outer;
            }
            other => visitor::walk_stmt(self, other),
        }
    }
    fn visit_expr(&mut self, _expr: &'a Expr) {}
    fn visit_annotation(&mut self, _annotation: &'a Expr) {}
}

impl<'a> Targets<'a> {
    fn bind(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.repeated |= !self.names.insert(&name.id),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.bind(item)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.bind(item)),
            Expr::Starred(starred) => self.bind(&starred.value),
            _ => {}
        }
    }
}

/// What one scope says about its names.
#[derive(Default)]
struct ScopeNames<'a> {
    /// For each name that statements bind, the places of each of its variables.
    variables: IndexMap<&'a str, Vec<Places>, FxBuildHasher>,
    /// Met where no statement around binds them.
    skipped: FxHashSet<&'a str>,
    /// There are inner definitions or star imports.
    gave_up: bool,
}

#[derive(Default)]
struct Walk<'a> {
    /// Bound by the statements around the place being visited.
    visible: Vec<&'a str>,
    scopes: Vec<ScopeNames<'a>>,
    quotes: Quotes,
}

impl<'a> Walk<'a> {
    fn scope(&mut self, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(ScopeNames::default());
        walk(self);
        let Some(names) = self.scopes.pop() else { return };
        if names.gave_up {
            return;
        }
        for (name, variables) in names.variables {
            if let Some((_last, others)) = variables.split_last()
                && !names.skipped.contains(name)
            {
                quote(others, &mut self.quotes);
            }
        }
    }

    fn give_up(&mut self) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.gave_up = true;
        }
    }

    fn skip(&mut self, name: &'a str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.skipped.insert(name);
        }
    }

    fn bind(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let text = name.id.as_str();
                if self.visible.contains(&text) {
                    self.meet(text, place(name));
                } else {
                    if let Some(scope) = self.scopes.last_mut() {
                        scope.variables.entry(text).or_default().push(Places::new());
                    }
                    self.visible.push(text);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.bind(item)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.bind(item)),
            Expr::Starred(starred) => self.bind(&starred.value),
            Expr::Attribute(attribute) => self.visit_expr(&attribute.value),
            Expr::Subscript(_) => visitor::walk_expr(self, target),
            _ => {}
        }
    }

    fn meet(&mut self, name: &'a str, place: TextSize) {
        if !self.visible.contains(&name) {
            return self.skip(name);
        }
        for scope in &mut self.scopes {
            if let Some(places) = scope.variables.get_mut(name).and_then(|variables| variables.last_mut()) {
                places.push(place);
            }
        }
    }

    fn function(&mut self, parameters: &'a ast::Parameters, walk: impl FnOnce(&mut Self)) {
        self.give_up();
        self.scope(|inner| {
            for parameter in parameters {
                inner.skip(parameter.name().as_str());
                if let Some(default) = parameter.default() {
                    inner.visit_expr(default);
                }
            }
            walk(inner);
        });
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                }
                let outer = self.visible.len();
                let targets = || with.items.iter().filter_map(|item| item.optional_vars.as_deref());
                targets().for_each(|target| self.bind(target));
                targets().for_each(|target| self.visit_expr(target));
                visitor::walk_body(self, &with.body);
                self.visible.truncate(outer);
            }
            Stmt::FunctionDef(function) => {
                self.function(&function.parameters, |inner| visitor::walk_body(inner, &function.body));
                function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
            }
            Stmt::ClassDef(class) => {
                self.give_up();
                self.scope(|inner| {
                    class.decorator_list.iter().for_each(|decorator| inner.visit_decorator(decorator));
                    if let Some(arguments) = &class.arguments {
                        inner.visit_arguments(arguments);
                    }
                    visitor::walk_body(inner, &class.body);
                });
            }
            Stmt::Import(import) => import.names.iter().for_each(|alias| self.skip(imported(alias))),
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if &alias.name == "*" {
                        self.give_up();
                    }
                    self.skip(imported(alias));
                }
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.meet(&name.id, place(name)),
            other => visitor::walk_expr(self, other),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.meet(name, name.range.start());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(name) = captured(pattern) {
            self.meet(name, name.range.start());
        }
        visitor::walk_pattern(self, pattern);
    }
}
