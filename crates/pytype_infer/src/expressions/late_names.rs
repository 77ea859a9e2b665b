//! Names of a function or module that are read above the place where it binds them.
//!
//! mypy binds the names of a function in the order of its text: what is read before the function
//! binds the name means what the name means outside of the function, if it means anything there.
//! (`used-before-def` is told apart from that.) So it is with the level of a module, around which
//! there are only the builtins.

use pytype_declare::Binding;
use pytype_index::{DefNode, Scope, ScopeId, ScopeKind};
use pytype_source::Name;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::Checker;
use crate::flow::KnownName;

/// A name that a function or module binds and that means something outside as well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LateName {
    /// From here on its own binding counts.
    pub bound_at: TextSize,
    pub outside: Binding,
}

impl Checker<'_> {
    /// What `name`, of which `known` is known, means at `range` if the function or module around binds it only
    /// further down.
    #[inline]
    pub(crate) fn meaning_before(&self, known: KnownName, name: Name, range: TextRange) -> Option<Binding> {
        let read_at = range.start().max(self.expressions.bound_up_to);
        if read_at >= known.bound_at || self.definition_at(range).is_some() {
            return None;
        }
        self.outside_meanings.borrow().get(&(self.scope(), name)).copied()
    }

    /// What `name` means in the scope `start`, if the function or module around binds it only later.
    pub(crate) fn late_name(&self, start: ScopeId, name: Name) -> Option<LateName> {
        if start == ScopeId::MODULE && self.is_stub {
            return None;
        }
        let index = pytype_index::index_of(self.db, self.file, start.unit);
        let mut current = Some(start);
        while let Some(id) = current {
            if id == ScopeId::MODULE && id != start {
                return None;
            }
            let here = match index.scope(id).filter(|_| id.unit == start.unit) {
                Some(here) => here,
                None => pytype_index::scope(self.db, self.file, id),
            };
            if here.globals.contains(&name) || here.nonlocals.contains(&name) {
                return None;
            }
            match here.kind {
                ScopeKind::Module if id == start => return self.late_name_of_module(here, name),
                ScopeKind::Module => return None,
                ScopeKind::Class(_) if id != start => {}
                ScopeKind::Function(_) => {
                    if let Some(symbol) = here.symbols.get(name) {
                        let first = symbol.definitions.first()?;
                        let syntax = pytype_index::syntax_of_unit(self.db, self.file, first.unit);
                        let bound_at = binding_position(syntax.node(*first)?)?;
                        let around = self.scope_around_classes(here.parent?)?;
                        let outside = self.ctx.lookup(self.file, around, name, None)?;
                        return Some(LateName { bound_at, outside });
                    }
                }
                ScopeKind::Class(_)
                | ScopeKind::TypeParameters(_)
                | ScopeKind::Lambda
                | ScopeKind::Comprehension => {
                    if here.symbols.contains(name) {
                        return None;
                    }
                }
            }
            current = here.parent;
        }
        None
    }

    /// A name of the module that is one of the builtins until the module binds it.
    fn late_name_of_module(&self, module: &Scope, name: Name) -> Option<LateName> {
        let first = module.symbols.get(name)?.definitions.first()?;
        let syntax = pytype_index::syntax_of_unit(self.db, self.file, first.unit);
        let bound_at = binding_position(syntax.node(*first)?)?;
        if bound_at <= self.statement_start {
            return None;
        }
        let outside = pytype_declare::names::builtin(self.db.as_declare_db(), name)?;
        Some(LateName { bound_at, outside })
    }

    /// The innermost scope from `scope` outwards that is no class body: functions do not see what those bind.
    fn scope_around_classes(&self, scope: ScopeId) -> Option<ScopeId> {
        let mut current = scope;
        loop {
            let here = pytype_index::scope(self.db, self.file, current);
            if !matches!(here.kind, ScopeKind::Class(_)) {
                return Some(current);
            }
            current = here.parent?;
        }
    }
}

/// Where a definition begins to count; `None` for those that always do.
fn binding_position(node: DefNode<'_>) -> Option<TextSize> {
    match node {
        DefNode::Assign(statement) => Some(statement.end()),
        DefNode::AnnAssign(statement) => Some(statement.end()),
        DefNode::Named(named) => Some(named.end()),
        DefNode::For(statement) => Some(statement.iter.end()),
        DefNode::With(_, item) => Some(item.end()),
        DefNode::Handler(handler) => Some(handler.name.as_ref()?.start()),
        DefNode::Pattern(name) => Some(name.start()),
        DefNode::Class(class) => Some(class.start()),
        DefNode::Function(function) => Some(function.start()),
        DefNode::Alias(alias) => Some(alias.start()),
        DefNode::FromAlias(import, _) => Some(import.start()),
        DefNode::TypeAlias(_) | DefNode::Parameter(_) | DefNode::TypeParam(_) | DefNode::Comprehension(_) => {
            None
        }
    }
}
