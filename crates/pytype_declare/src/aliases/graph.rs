//! Which aliases mention which, and which lead back to themselves.

use pytype_index::DefRef;
use pytype_types::AliasId;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, Operator};
use rustc_hash::FxHashSet;

use super::definition::{alias_place, value_of};
use crate::annotations::analyze::{args_of, flatten_bit_or, is_dotted};
use crate::annotations::parse_nested_annotation;
use crate::annotations::special_forms::{SpecialForm, special_form};
use crate::local_cycles::is_unresolved;
use crate::{DeclareDb, Node, names};

/// The aliases whose names stand in the value of an alias.
#[salsa::tracked(returns(ref))]
fn mentioned(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> Vec<AliasId> {
    let at = alias.definition();
    let Some(value) = value_of(db, at) else { return Vec::new() };
    let place = alias_place(db, at);
    let mut collector = Collector { db, at, scope: place.scope, found: Vec::new(), depth: 0 };
    collector.visit_expr(value);
    collector.found
}

struct Collector<'db> {
    db: &'db dyn DeclareDb,
    at: DefRef,
    scope: pytype_index::ScopeId,
    found: Vec<AliasId>,
    depth: u32,
}

impl Visitor<'_> for Collector<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.name(expr),
            Expr::Attribute(_) => self.name(expr),
            Expr::StringLiteral(text) => {
                if let Some(inner) = parse_nested_annotation(text.value.to_str(), self.depth) {
                    self.depth += 1;
                    self.visit_expr(&inner);
                    self.depth -= 1;
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl Collector<'_> {
    fn name(&mut self, expr: &Expr) {
        let binding = names::lookup_expr_before(self.db, self.at.file, self.scope, expr, Some(self.at.id));
        if let Some(Node::Alias(alias)) = binding.map(|binding| binding.node)
            && !self.found.contains(&alias)
            && !is_unresolved(self.db, self.at.file, self.scope, Some(self.at.id), alias.definition())
        {
            self.found.push(alias);
        }
    }
}

/// The other aliases through which an alias leads back to itself.
pub(super) fn circle_of(db: &dyn DeclareDb, alias: AliasId) -> Vec<AliasId> {
    let mut circle = Vec::new();
    let mut seen = FxHashSet::default();
    let mut pending: Vec<AliasId> = mentioned(db, alias, ()).clone();
    while let Some(next) = pending.pop() {
        if seen.insert(next) {
            if next != alias && is_recursive(db, next) {
                circle.push(next);
            }
            pending.extend(mentioned(db, next, ()).iter().copied());
        }
    }
    circle.retain(|other| leads_back(db, *other, alias));
    circle
}

fn leads_back(db: &dyn DeclareDb, from: AliasId, to: AliasId) -> bool {
    let mut seen = FxHashSet::default();
    let mut pending: Vec<AliasId> = mentioned(db, from, ()).clone();
    while let Some(next) = pending.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            pending.extend(mentioned(db, next, ()).iter().copied());
        }
    }
    false
}

/// Whether an alias leads back to itself.
pub fn is_recursive(db: &dyn DeclareDb, alias: AliasId) -> bool {
    recursive(db, alias, ())
}

#[salsa::tracked(returns(copy))]
fn recursive(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> bool {
    let mut seen = FxHashSet::default();
    let mut pending: Vec<AliasId> = mentioned(db, alias, ()).clone();
    while let Some(next) = pending.pop() {
        if next == alias {
            return true;
        }
        if seen.insert(next) {
            pending.extend(mentioned(db, next, ()).iter().copied());
        }
    }
    false
}

/// Whether an alias is itself, or an item of the union or of the unpacked tuple that it is, however
/// many aliases lie between.
pub(super) fn is_item_of_itself(db: &dyn DeclareDb, alias: AliasId) -> bool {
    let mut seen = FxHashSet::default();
    let mut pending: Vec<AliasId> = items(db, alias, ()).clone();
    while let Some(next) = pending.pop() {
        if next == alias {
            return true;
        }
        if seen.insert(next) {
            pending.extend(items(db, next, ()).iter().copied());
        }
    }
    false
}

/// Of the aliases that are items of each other in a circle, only one is reported: the first in the
/// file, or the last when the first names the others in a string (which mypy looks at later).
pub(super) fn reports_cycle(db: &dyn DeclareDb, alias: AliasId) -> bool {
    let mut circle = vec![alias];
    let mut pending: Vec<AliasId> = items(db, alias, ()).clone();
    let mut seen = FxHashSet::default();
    while let Some(next) = pending.pop() {
        if seen.insert(next) {
            if next != alias && leads_to(db, next, alias) {
                circle.push(next);
            }
            pending.extend(items(db, next, ()).iter().copied());
        }
    }
    circle.retain(|other| other.definition().file == alias.definition().file);
    circle.sort_by_key(|other| other.definition().id);
    let quoted = circle.first().is_some_and(|first| names_in_string(db, *first));
    let reporter = if quoted { circle.last() } else { circle.first() };
    reporter == Some(&alias)
}

fn leads_to(db: &dyn DeclareDb, from: AliasId, to: AliasId) -> bool {
    let mut seen = FxHashSet::default();
    let mut pending: Vec<AliasId> = items(db, from, ()).clone();
    while let Some(next) = pending.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            pending.extend(items(db, next, ()).iter().copied());
        }
    }
    false
}

/// Whether a string stands in the value of an alias.
fn names_in_string(db: &dyn DeclareDb, alias: AliasId) -> bool {
    struct Strings(bool);
    impl Visitor<'_> for Strings {
        fn visit_expr(&mut self, expr: &Expr) {
            self.0 |= matches!(expr, Expr::StringLiteral(_));
            walk_expr(self, expr);
        }
    }
    let mut strings = Strings(false);
    if let Some(value) = value_of(db, alias.definition()) {
        strings.visit_expr(value);
    }
    strings.0
}

/// The aliases that an alias is, or that are items of the union that it is.
#[salsa::tracked(returns(ref))]
fn items(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> Vec<AliasId> {
    let at = alias.definition();
    let Some(value) = value_of(db, at) else { return Vec::new() };
    let mut collector = Collector { db, at, scope: alias_place(db, at).scope, found: Vec::new(), depth: 0 };
    collector.item(value);
    collector.found
}

impl Collector<'_> {
    fn item(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => self.name(expr),
            Expr::StringLiteral(text) => {
                if let Some(inner) = parse_nested_annotation(text.value.to_str(), self.depth) {
                    self.depth += 1;
                    self.item(&inner);
                    self.depth -= 1;
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                let mut operands = Vec::new();
                flatten_bit_or(operation, &mut operands);
                operands.into_iter().for_each(|operand| self.item(operand));
            }
            Expr::Subscript(subscript) if is_dotted(&subscript.value) => {
                let args = args_of(&subscript.slice).items;
                match self.form(&subscript.value) {
                    Some(SpecialForm::Union | SpecialForm::Optional) => {
                        args.iter().for_each(|arg| self.item(arg));
                    }
                    Some(SpecialForm::Annotated) => args.iter().take(1).for_each(|arg| self.item(arg)),
                    Some(SpecialForm::Tuple) => args.iter().for_each(|arg| {
                        if let Expr::Starred(starred) = arg {
                            self.item(&starred.value);
                        }
                    }),
                    Some(_) => {}
                    None => self.name(&subscript.value),
                }
            }
            _ => {}
        }
    }

    fn form(&self, head: &Expr) -> Option<SpecialForm> {
        let found = names::lookup_expr_before(self.db, self.at.file, self.scope, head, Some(self.at.id))?;
        special_form(found.fullname)
    }
}
