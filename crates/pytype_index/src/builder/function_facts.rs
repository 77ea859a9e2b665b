//! What a function's body says of the world outside of it.

use indexmap::IndexMap;
use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr, Stmt, visitor::Visitor};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::FileFacts;
use super::functions::instance_parameter;
use crate::syntax::RawNode;
use crate::{DefinitionFlags, ImportEdge, ImportPlace, SelfAttribute, reachability};

/// See the module's documentation.
#[derive(Default)]
pub(crate) struct FunctionFacts {
    pub flags: DefinitionFlags,
    /// Attributes assigned through the first parameter, each with the assignment that counts.
    pub attributes: IndexMap<Name, (SelfAttribute, RawNode), FxBuildHasher>,
    /// Names declared `global` and assigned.
    pub globals: SmallVec<[Name; 2]>,
    pub imports: Vec<ImportEdge>,
}

impl FunctionFacts {
    /// What a function says that stands in no other.
    pub fn of_outermost(
        function: &ast::StmtFunctionDef,
        in_class: bool,
        facts: FileFacts<'_>,
    ) -> FunctionFacts {
        FunctionFacts::of(function, instance_parameter(function, in_class), true, facts)
    }

    /// Whether the function defines something outside of itself.
    pub fn is_open(&self) -> bool {
        !self.attributes.is_empty() || !self.globals.is_empty()
    }

    /// Reads the body of `function`. `this` is the parameter that stands for the instance.
    ///
    /// An outermost function is read with everything nested in it; one that is nested itself only
    /// as far as its own attributes need it, so that the depth of nesting does not multiply the work.
    pub fn of<'s>(
        function: &'s ast::StmtFunctionDef,
        this: Option<&'s str>,
        outermost: bool,
        facts: FileFacts<'_>,
    ) -> FunctionFacts {
        let span = body_range(&function.body);
        let may_yield = facts
            .text
            .get(std::ops::Range::<usize>::from(span))
            .is_none_or(|t| memchr::memmem::find(t.as_bytes(), b"yield").is_some());
        let mut walker = BodyWalker {
            facts,
            found: FunctionFacts::default(),
            this,
            declared: SmallVec::new(),
            own_level: true,
            may_yield,
            nested: outermost || this.is_some(),
        };
        walker.block(&function.body);
        let mut found = walker.found;
        if !found.attributes.is_empty() || found.flags.contains(DefinitionFlags::GENERATOR) {
            found.imports.iter_mut().for_each(|import| import.place = ImportPlace::InOpenFunction);
        }
        found
    }
}

/// From the first statement of a body to the end of the last.
pub(crate) fn body_range(body: &[Stmt]) -> TextRange {
    match (body.first(), body.last()) {
        (Some(first), Some(last)) => TextRange::new(first.start(), last.end()),
        _ => TextRange::default(),
    }
}

/// A body with the lines of comments and the empty lines before it, as long as none may declare a
/// type, and the comment behind its last statement: an edit there is one inside of the body.
pub(super) fn with_comments(body: TextRange, text: &str) -> TextRange {
    let before = text.get(..usize::from(body.start())).unwrap_or("");
    let mut start = before.len() - before.rsplit('\n').next().map_or(0, str::len);
    if before[start..].trim_start().is_empty() {
        while let Some(line) = before[..start].split_inclusive('\n').next_back() {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') && !content.contains("type:") {
                start -= line.len();
            } else {
                break;
            }
        }
    } else {
        // In the line of the header.
        start = before.len();
    }
    let after = text.get(usize::from(body.end())..).unwrap_or("");
    let rest = after.split(['\n', '\r']).next().unwrap_or("");
    let is_comment = matches!(rest.trim_start().chars().next(), None | Some('#'));
    let end = if is_comment { body.end() + TextSize::of(rest) } else { body.end() };
    TextRange::new(TextSize::try_from(start).unwrap_or(body.start()), end)
}

struct BodyWalker<'s, 'a> {
    facts: FileFacts<'a>,
    found: FunctionFacts,
    /// What the instance is called here, if it can be reached.
    this: Option<&'s str>,
    /// Names declared `global` in the function under the cursor.
    declared: SmallVec<[&'s str; 4]>,
    /// In the function itself, not in one nested in it.
    own_level: bool,
    may_yield: bool,
    /// Whether to go into nested functions.
    nested: bool,
}

impl<'s> BodyWalker<'s, '_> {
    fn block(&mut self, body: &'s [Stmt]) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            for statement in body {
                self.statement(statement);
            }
        });
    }

    fn statement(&mut self, statement: &'s Stmt) {
        if self.may_yield && self.own_level && !self.found.flags.contains(DefinitionFlags::GENERATOR) {
            let mut finder = YieldFinder { found: false };
            ast::visitor::walk_stmt(&mut finder, statement);
            self.found.flags.set(DefinitionFlags::GENERATOR, finder.found);
        }
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Global(global) => self.declared.extend(global.names.iter().map(|name| name.as_str())),
            Stmt::Assign(assign) => {
                let declared = self.facts.comments.of_assignment(assign.end()).is_some();
                assign.targets.iter().for_each(|t| self.target(t, RawNode::Assign(assign), declared));
            }
            Stmt::AnnAssign(assign) => self.target(&assign.target, RawNode::AnnAssign(assign), true),
            Stmt::For(statement) => {
                self.target(&statement.target, RawNode::For(statement), false);
                self.block(&statement.body);
                self.block(&statement.orelse);
            }
            Stmt::While(statement) => {
                self.block(&statement.body);
                self.block(&statement.orelse);
            }
            Stmt::If(statement) => {
                for branch in reachability::reachable_branches(statement, self.facts.options) {
                    self.block(branch.body);
                }
            }
            Stmt::With(statement) => {
                for item in &statement.items {
                    if let Some(target) = &item.optional_vars {
                        self.target(target, RawNode::With(statement, item), false);
                    }
                }
                self.block(&statement.body);
            }
            Stmt::Try(statement) => {
                self.block(&statement.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
                    self.block(&handler.body);
                }
                self.block(&statement.orelse);
                self.block(&statement.finalbody);
            }
            Stmt::Match(statement) => {
                let reachable = reachability::reachable_cases(statement, self.facts.options);
                for (case, (reachable, _)) in statement.cases.iter().zip(reachable) {
                    if reachable {
                        self.block(&case.body);
                    }
                }
            }
            Stmt::Import(import) => {
                self.found.imports.extend(self.facts.import_edges(import, ImportPlace::InFunction));
            }
            Stmt::ImportFrom(import) => {
                self.found.imports.push(self.facts.import_from_edge(import, ImportPlace::InFunction));
            }
            Stmt::Return(_)
            | Stmt::Delete(_)
            | Stmt::TypeAlias(_)
            | Stmt::AugAssign(_)
            | Stmt::Raise(_)
            | Stmt::Assert(_)
            | Stmt::Nonlocal(_)
            | Stmt::Expr(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// A nested function sees the instance as long as no parameter of its own hides it.
    fn function(&mut self, function: &'s ast::StmtFunctionDef) {
        if !self.nested {
            return;
        }
        let this = self.this.filter(|this| !function.parameters.includes(this));
        self.nested_block(&function.body, this);
    }

    /// What methods of a nested class assign belongs to that class.
    fn class(&mut self, class: &'s ast::StmtClassDef) {
        if self.nested {
            self.nested_block(&class.body, None);
        }
    }

    fn nested_block(&mut self, body: &'s [Stmt], this: Option<&'s str>) {
        let outer_this = std::mem::replace(&mut self.this, this);
        let outer_level = std::mem::replace(&mut self.own_level, false);
        let outer_declared = std::mem::take(&mut self.declared);
        self.block(body);
        self.this = outer_this;
        self.own_level = outer_level;
        self.declared = outer_declared;
    }

    fn target(&mut self, target: &'s Expr, node: RawNode, annotated: bool) {
        match target {
            Expr::Attribute(attribute) => {
                let this = self.this;
                if matches!(&*attribute.value, Expr::Name(n) if Some(n.id.as_str()) == this) {
                    self.attribute(Name::of(&attribute.attr), node, annotated);
                }
            }
            Expr::Name(name) if self.declared.contains(&name.id.as_str()) => {
                let name = Name::of(name);
                if !self.found.globals.contains(&name) {
                    self.found.globals.push(name);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.inner_target(t, node)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.inner_target(t, node)),
            Expr::Starred(starred) => self.inner_target(&starred.value, node),
            _ => {}
        }
    }

    fn inner_target(&mut self, target: &'s Expr, node: RawNode) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.target(target, node, false));
    }

    fn attribute(&mut self, name: Name, node: RawNode, annotated: bool) {
        let new = (SelfAttribute { name, annotated }, node);
        let known = self.found.attributes.entry(name).or_insert(new);
        if annotated && !known.0.annotated {
            *known = new;
        }
    }
}

/// Looks for `yield` in the expressions of one statement, not in the blocks below it.
struct YieldFinder {
    found: bool,
}

impl<'x> Visitor<'x> for YieldFinder {
    fn visit_body(&mut self, _body: &'x [Stmt]) {}
    fn visit_expr(&mut self, expr: &'x Expr) {
        match expr {
            Expr::Lambda(_) | Expr::Name(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) => {}
            Expr::Yield(_) | Expr::YieldFrom(_) => self.found = true,
            _ if self.found => {}
            _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || ast::visitor::walk_expr(self, expr)),
        }
    }
}
