//! Inheritance that goes in circles.
//!
//! In each circle of classes one link is cut: the one that leaves the class which comes first. The
//! question needs only names, so that it can be answered before any header of the circle is made.

use pytype_index::{DefId, DefRef, ScopeId};
use pytype_source::Name;
use pytype_types::{ClassId, ClassOrigin};
use ruff_python_ast::Expr;
use rustc_hash::FxHashSet;

use super::type_params::subscript_base;
use crate::DeclareDb;
use crate::names::bases;
use crate::names::resolver::Resolver;
use crate::names::shapes;

/// Whether the base expression `base` of the class `at` is a link that is cut.
pub(crate) fn closes_cycle(db: &dyn DeclareDb, at: DefRef, base: &Expr, scope: ScopeId) -> bool {
    let Some(path) = shapes::dotted(subscript_base(base)) else { return false };
    let resolver = Resolver::new(db);
    let Some(binding) = resolver.lookup_path(at.file, scope, &path, Some(at.id)) else { return false };
    resolver.alias_class(binding).is_some_and(|class| returns_to(&resolver, at, class))
}

/// Whether taking `metaclass` as the metaclass of the class `at` would close a circle.
pub(crate) fn metaclass_closes_cycle(db: &dyn DeclareDb, at: DefRef, metaclass: ClassId) -> bool {
    returns_to(&Resolver::new(db), at, metaclass)
}

/// Whether `from` leads back to `at` through classes that come later than `at`.
fn returns_to(resolver: &Resolver<'_>, at: DefRef, from: ClassId) -> bool {
    let order = order_of(resolver.db, at);
    let mut seen = FxHashSet::default();
    let mut pending = vec![from];
    while let Some(next) = pending.pop() {
        let ClassOrigin::Definition(here) = next.origin() else { continue };
        if here == at {
            return true;
        }
        if !seen.insert(here) || order_of(resolver.db, here) < order {
            continue;
        }
        bases::direct_links(resolver, here, &mut pending);
    }
    false
}

fn order_of(db: &dyn DeclareDb, at: DefRef) -> (Name, DefId) {
    (at.file.module(db), at.id)
}
