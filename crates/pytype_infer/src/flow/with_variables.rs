//! Variables of `with` statements whose names are used again.
//!
//! `with open(a) as f: ...` followed by `with open(b, "rb") as f: ...` would give `f` two types.
//! As mypy does, each statement gets a variable of its own where nothing else of the function
//! touches the name: it is bound and read in such statements only, there are no inner functions or
//! classes, and the first statement keeps the name's own variable.

use indexmap::IndexMap;
use pytype_declare::{Binding, Node};
use pytype_source::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::TextRange;
use rustc_hash::{FxBuildHasher, FxHashSet};

/// A name that means a variable of its own inside of one `with` statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WithVariable {
    pub name: Name,
    /// The whole statement.
    pub statement: TextRange,
    /// The target that binds it.
    pub target: TextRange,
}

/// The variables of that kind in the body of a function (with its parameters), a class or a module.
pub fn with_variables(body: &[Stmt], parameters: Option<&ast::Parameters>) -> Vec<WithVariable> {
    if body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_))) {
        return Vec::new();
    }
    // Most bodies bind nothing twice: look before keeping books.
    let mut targets = Targets { names: FxHashSet::default(), repeated: false };
    visitor::walk_body(&mut targets, body);
    if !targets.repeated {
        return Vec::new();
    }
    let mut references = References::default();
    let parameters = parameters.into_iter().flat_map(|parameters| parameters.iter());
    references.skipped.extend(parameters.map(|parameter| parameter.name().as_str()));
    visitor::walk_body(&mut references, body);
    if references.gave_up {
        return Vec::new();
    }
    let skipped = references.skipped;
    let separate = |(name, places): (&str, Vec<Place>)| {
        // The variable of the name itself is known by its first definition.
        let shared = if skipped.contains(name) { places.len() } else { 1 };
        let name = Name::new(name);
        places.into_iter().skip(shared).map(move |place| WithVariable {
            name,
            statement: place.statement,
            target: place.target,
        })
    };
    references.bound_by_with.into_iter().flat_map(separate).collect()
}

/// Whether some name is the target of two `with` statements.
struct Targets<'a> {
    names: FxHashSet<&'a str>,
    repeated: bool,
}

impl<'a> Visitor<'a> for Targets<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::With(with) = statement {
            for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                self.bind(target);
            }
        }
        visitor::walk_stmt(self, statement);
    }
    fn visit_expr(&mut self, _expr: &'a Expr) {}
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

#[derive(Clone, Copy)]
struct Place {
    statement: TextRange,
    target: TextRange,
}

/// Which names are bound by `with` statements, and which are met outside of them.
#[derive(Default)]
struct References<'a> {
    /// Bound by the statements around the place being visited.
    visible: Vec<&'a str>,
    bound_by_with: IndexMap<&'a str, Vec<Place>, FxBuildHasher>,
    /// Met where no `with` statement binds them.
    skipped: FxHashSet<&'a str>,
    /// There are inner definitions or star imports.
    gave_up: bool,
}

impl<'a> References<'a> {
    fn bind(&mut self, target: &'a Expr, statement: TextRange) {
        match target {
            Expr::Name(name) => {
                let text = name.id.as_str();
                if !self.visible.contains(&text) {
                    let place = Place { statement, target: name.range };
                    self.bound_by_with.entry(text).or_default().push(place);
                    self.visible.push(text);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.bind(item, statement)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.bind(item, statement)),
            Expr::Starred(starred) => self.bind(&starred.value, statement),
            _ => {}
        }
    }

    fn meet(&mut self, name: &'a str) {
        if !self.visible.contains(&name) {
            self.skipped.insert(name);
        }
    }
}

impl<'a> Visitor<'a> for References<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                }
                let outer = self.visible.len();
                for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.bind(target, with.range);
                    self.visit_expr(target);
                }
                visitor::walk_body(self, &with.body);
                self.visible.truncate(outer);
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => self.gave_up = true,
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.skipped.insert(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.gave_up |= &alias.name == "*";
                    self.skipped.insert(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.meet(&name.id),
            other => visitor::walk_expr(self, other),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.meet(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let bound = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = bound {
            self.meet(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}

impl crate::Checker<'_> {
    /// The variable of a `with` statement that `name` means at `at`.
    pub(crate) fn with_variable(&self, name: Name, at: ruff_text_size::TextSize) -> Option<Binding> {
        let found = self
            .with_variables
            .iter()
            .rev()
            .find(|variable| variable.name == name && variable.statement.contains(at))?;
        let definition = self.definition_at(found.target)?;
        Some(Binding { node: Node::Variable(definition), found_in: Some(self.file), fullname: name })
    }
}
