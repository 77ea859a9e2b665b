//! One name for several variables.
//!
//! Where mypy lets a name be used again for something else, each use becomes a variable of its own:
//! the names in the tree get a quote for each of the others (`x`, `x'`, `x''`), as no name in a
//! program has. All that reads the tree then sees different variables. Whole-file attributes stay as
//! they are: the variable that other modules see keeps the plain name.

mod redefinitions;
mod with_targets;

use pytype_source::ParsedFile;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, Identifier, ModModule, Pattern};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashMap;

/// Where the names of one variable stand.
type Places = Vec<TextSize>;

/// How many quotes the name at a place gets.
type Quotes = FxHashMap<TextSize, usize>;

/// Which redefinitions a file may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RenamingRules {
    /// A later `with` statement may give its variable another type.
    pub with_targets: bool,
    /// A later assignment in the same block may give a variable another type.
    pub assignments: bool,
}

/// The tree of `file` with its names changed; `None` if all of them stay.
pub(crate) fn renamed(file: &ParsedFile, rules: RenamingRules) -> Option<ModModule> {
    let mut module = None;
    if rules.with_targets && with_targets::may_repeat(&file.module().body) {
        let quotes = with_targets::find(&file.module().body);
        rename(file, &mut module, quotes);
    }
    if rules.assignments {
        let body = &module.as_ref().unwrap_or(file.module()).body;
        let quotes = redefinitions::find(body);
        rename(file, &mut module, quotes);
    }
    module
}

fn rename(file: &ParsedFile, module: &mut Option<ModModule>, quotes: Quotes) {
    if !quotes.is_empty() {
        let module = module.get_or_insert_with(|| file.module().clone());
        Renamer { quotes }.visit_body(&mut module.body);
    }
}

/// The variables of one name, all but the one that keeps the name.
fn quote(variables: &[Places], quotes: &mut Quotes) {
    for (index, places) in variables.iter().enumerate() {
        quotes.extend(places.iter().map(|place| (*place, index + 1)));
    }
}

struct Renamer {
    quotes: Quotes,
}

impl Renamer {
    fn identifier(&self, identifier: &mut Identifier) {
        if let Some(count) = self.quotes.get(&identifier.range.start()) {
            identifier.id = quoted(&identifier.id, *count);
            identifier.node_index = AtomicNodeIndex::NONE;
        }
    }
}

fn quoted(name: &ast::name::Name, count: usize) -> ast::name::Name {
    ast::name::Name::new(format!("{name}{}", "'".repeat(count)))
}

impl Transformer for Renamer {
    fn visit_expr(&self, expr: &mut Expr) {
        if let Expr::Name(name) = expr
            && let Some(count) = self.quotes.get(&name.range.start())
        {
            name.id = quoted(&name.id, *count);
            name.node_index = AtomicNodeIndex::NONE;
        }
        transformer::walk_expr(self, expr);
    }

    fn visit_annotation(&self, _annotation: &mut Expr) {}

    fn visit_except_handler(&self, handler: &mut ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &mut inner.name {
            self.identifier(name);
        }
        transformer::walk_except_handler(self, handler);
    }

    fn visit_pattern(&self, pattern: &mut Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_mut(),
            Pattern::MatchStar(pattern) => pattern.name.as_mut(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_mut(),
            Pattern::MatchValue(_)
            | Pattern::MatchSingleton(_)
            | Pattern::MatchSequence(_)
            | Pattern::MatchClass(_)
            | Pattern::MatchOr(_) => None,
        };
        if let Some(name) = name {
            self.identifier(name);
        }
        transformer::walk_pattern(self, pattern);
    }
}

/// The name that a pattern captures.
fn captured(pattern: &Pattern) -> Option<&Identifier> {
    match pattern {
        Pattern::MatchAs(pattern) => pattern.name.as_ref(),
        Pattern::MatchStar(pattern) => pattern.name.as_ref(),
        Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
        Pattern::MatchValue(_)
        | Pattern::MatchSingleton(_)
        | Pattern::MatchSequence(_)
        | Pattern::MatchClass(_)
        | Pattern::MatchOr(_) => None,
    }
}

/// The name that an import binds: what is written, dots included.
fn imported(alias: &ast::Alias) -> &str {
    alias.asname.as_ref().unwrap_or(&alias.name).as_str()
}

/// Where an expression that is a name stands.
fn place(name: &ast::ExprName) -> TextSize {
    name.start()
}
