//! Types in functions that lead back to themselves.
//!
//! At module level, a typed dict may have items of its own type. In a function mypy gives up: what
//! is left when nothing more can be resolved is taken in its order, and each name that does not stand
//! for a type by then is an error, and `Any`.

use pytype_index::{DefId, DefRef, DefinitionFlags, ScopeId, ScopeKind};
use pytype_source::{File, Name};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use rustc_hash::FxHashSet;

use crate::annotations::parse_nested_annotation;
use crate::names::resolver::Resolver;
use crate::names::{AssignmentMeaning, classify_assignment, scope_access};
use crate::{DeclareDb, Node, names, syntax};

/// Whether `target` cannot be resolved where it is written for `before`, or in the class body `scope`.
pub(crate) fn is_unresolved(
    db: &dyn DeclareDb,
    file: File,
    scope: ScopeId,
    before: Option<DefId>,
    target: DefRef,
) -> bool {
    if target.file != file || target.id.unit == 0 {
        return false;
    }
    let Some(found) = scope_access::definition(db, target) else { return false };
    if !is_function(db, file, found.scope) {
        return false;
    }
    let around = scope_access::scope(db, file, scope).map(|around| around.kind);
    let owner = match around {
        Some(ScopeKind::Class(class)) => Some(class),
        _ => before,
    };
    owner.is_some_and(|owner| unresolved_in(db, file, found.scope).contains(&(owner, target.id)))
}

fn is_function(db: &dyn DeclareDb, file: File, scope: ScopeId) -> bool {
    scope_access::scope(db, file, scope).is_some_and(|scope| matches!(scope.kind, ScopeKind::Function(_)))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ItemKind {
    Variable,
    /// Others can need it.
    Type,
    /// The same; it is refused whole if it takes part in a cycle.
    Alias,
}

/// A definition of the function that is resolved by way of others.
struct Item {
    id: DefId,
    /// The definitions of the function that it needs.
    needs: Vec<DefId>,
    kind: ItemKind,
}

/// Which names are errors in which definition.
#[salsa::tracked(returns(ref))]
fn unresolved_in(db: &dyn DeclareDb, file: File, scope: ScopeId) -> Vec<(DefId, DefId)> {
    let items = items(db, file, scope);
    let mut open: FxHashSet<DefId> =
        items.iter().filter(|item| item.kind != ItemKind::Variable).map(|item| item.id).collect();
    loop {
        let before = open.len();
        for item in &items {
            if item.needs.iter().all(|need| !open.contains(need)) {
                open.remove(&item.id);
            }
        }
        if open.len() == before {
            break;
        }
    }
    let mut found = Vec::new();
    let left = open.clone();
    for item in &items {
        let before = found.len();
        found.extend(item.needs.iter().filter(|need| open.contains(need)).map(|need| (item.id, *need)));
        if found.len() == before && item.kind == ItemKind::Alias && left.contains(&item.id) {
            found.extend(item.needs.iter().find(|need| left.contains(need)).map(|need| (item.id, *need)));
        }
        open.remove(&item.id);
    }
    found
}

/// What a function defines, in order.
fn items(db: &dyn DeclareDb, file: File, scope: ScopeId) -> Vec<Item> {
    let Some(here) = scope_access::scope(db, file, scope) else { return Vec::new() };
    let mut ids: Vec<DefId> =
        here.symbols.values().filter_map(|symbol| symbol.definitions.first().copied()).collect();
    ids.sort_unstable_by_key(|id| id.ordinal);
    ids.into_iter().filter_map(|id| item(db, DefRef { file, id }, scope)).collect()
}

fn item(db: &dyn DeclareDb, at: DefRef, scope: ScopeId) -> Option<Item> {
    let mut needs = Needs { db, file: at.file, scope, found: Vec::new(), depth: 0 };
    let kind = if let Some(class) = syntax::class(db, at) {
        needs.class(at, class);
        ItemKind::Type
    } else {
        needs.assignment(at)?
    };
    Some(Item { id: at.id, needs: needs.found, kind })
}

struct Needs<'db> {
    db: &'db dyn DeclareDb,
    file: File,
    scope: ScopeId,
    found: Vec<DefId>,
    depth: u32,
}

impl Needs<'_> {
    fn class(&mut self, at: DefRef, class: &ast::StmtClassDef) {
        for base in class.arguments.iter().flat_map(|arguments| &arguments.args) {
            self.visit_expr(base);
        }
        let Some(Node::Class(id)) = names::binding_of(self.db, at).map(|binding| binding.node) else {
            return;
        };
        let kind = Resolver::new(self.db).class_kind(id);
        // A class that derives from a named tuple has no further fields.
        let is_named_tuple = || {
            let mut bases = class.arguments.iter().flat_map(|arguments| &arguments.args);
            bases.any(|base| match base {
                Expr::Name(name) => name.id == "NamedTuple",
                Expr::Attribute(attribute) => &attribute.attr == "NamedTuple",
                _ => false,
            })
        };
        let has_fields = kind.is_typed_dict || kind.is_tuple && is_named_tuple();
        if !has_fields {
            return;
        }
        for statement in &class.body {
            if let Stmt::AnnAssign(field) = statement {
                self.visit_expr(&field.annotation);
            }
        }
    }

    /// The needs of an assignment, and what it makes; `None` for variables without a declaration.
    fn assignment(&mut self, at: DefRef) -> Option<ItemKind> {
        let assignment = syntax::assignment(self.db, at)?;
        match classify_assignment(self.db, at) {
            AssignmentMeaning::Variable => {
                let flags = scope_access::definition(self.db, at)?.flags;
                let annotation =
                    assignment.annotation.filter(|_| flags.contains(DefinitionFlags::ANNOTATED))?;
                self.visit_expr(annotation);
                Some(ItemKind::Variable)
            }
            AssignmentMeaning::NamedTuple { .. }
            | AssignmentMeaning::TypedDict
            | AssignmentMeaning::NewType => {
                self.value(assignment.value?);
                Some(ItemKind::Type)
            }
            AssignmentMeaning::TypeAliasType | AssignmentMeaning::Alias { .. } => {
                self.value(assignment.value?);
                Some(ItemKind::Alias)
            }
            AssignmentMeaning::TypeVariable(_) | AssignmentMeaning::Enum | AssignmentMeaning::Module => None,
        }
    }

    /// A call's first argument is the name of what it makes.
    fn value(&mut self, value: &Expr) {
        match value {
            Expr::Call(call) => call.arguments.args.iter().skip(1).for_each(|argument| self.field(argument)),
            other => self.visit_expr(other),
        }
    }

    /// Names of fields are strings, too.
    fn field(&mut self, argument: &Expr) {
        match argument {
            Expr::List(list) => list.elts.iter().for_each(|field| self.field(field)),
            Expr::Tuple(pair) => pair.elts.iter().skip(1).for_each(|part| self.visit_expr(part)),
            Expr::Dict(dict) => dict.iter_values().for_each(|item| self.visit_expr(item)),
            other => self.visit_expr(other),
        }
    }

    fn name(&mut self, name: &str) {
        let here = scope_access::scope(self.db, self.file, self.scope);
        let symbol = here.and_then(|here| here.symbols.get(Name::new(name)));
        self.found.extend(symbol.and_then(|symbol| symbol.definitions.first()));
    }
}

impl Visitor<'_> for Needs<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.name(&name.id),
            Expr::Call(_) => self.value(expr),
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
