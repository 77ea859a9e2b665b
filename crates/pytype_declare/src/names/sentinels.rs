//! Sentinels (PEP 661): `X = sentinel("X")`, whose name is also its type.

use pytype_index::{DefRef, DefinitionFlags, ScopeKind};
use pytype_types::{LiteralValue, Ty};

use super::resolver::Resolver;
use super::shapes::Shape;
use super::{scope_access, special};
use crate::{DeclareDb, Node};

/// How many names may stand between a sentinel and another name of it.
const MAX_STEPS: u32 = 20;

/// The type of the sentinel that a variable holds, if it is one: defined by a call at the top level
/// of a module or class, or another name of such a variable.
pub fn sentinel_type(db: &dyn DeclareDb, at: DefRef) -> Option<Ty> {
    resolve(db, at, MAX_STEPS)
}

fn resolve(db: &dyn DeclareDb, at: DefRef, steps: u32) -> Option<Ty> {
    if at.id.unit != 0 {
        return None;
    }
    let assignment = super::shapes_of(db, at.file, at.id.unit).assignments.get(&at.id)?;
    let resolver = Resolver::new(db);
    match &assignment.value {
        Shape::Call(call) if call.first_string.is_some() => {
            let callee = resolver.lookup_path_at(at, &call.callee)?;
            if !special::SENTINEL.contains(&callee.fullname.as_str()) {
                return None;
            }
            let found = plain_definition(db, at)?;
            let class = resolver.alias_class(callee)?;
            let fullname = super::fullname_of(db, at);
            let shown = match scope_access::scope(db, at.file, found.scope)?.kind {
                ScopeKind::Module => found.name,
                ScopeKind::Class(outer) => {
                    let outer = scope_access::definition(db, DefRef { id: outer, ..at })?;
                    outer.name.member(found.name)
                }
                ScopeKind::Function(_)
                | ScopeKind::TypeParameters(_)
                | ScopeKind::Lambda
                | ScopeKind::Comprehension => return None,
            };
            Some(Ty::literal(LiteralValue::Sentinel { fullname, shown }, Ty::plain_instance(class)))
        }
        Shape::Reference(path) if steps > 0 => {
            plain_definition(db, at)?;
            let Node::Variable(target) = resolver.lookup_path_at(at, path)?.node else { return None };
            if target == at { None } else { resolve(db, target, steps - 1) }
        }
        Shape::Call(_)
        | Shape::Reference(_)
        | Shape::Subscript(_)
        | Shape::Or(..)
        | Shape::None
        | Shape::Other => None,
    }
}

/// The definition, when nothing is annotated and it is the first of its name.
fn plain_definition(db: &dyn DeclareDb, at: DefRef) -> Option<&pytype_index::Definition> {
    let found = scope_access::definition(db, at)?;
    (!found.flags.intersects(DefinitionFlags::ANNOTATED | DefinitionFlags::UNPACKED)).then_some(found)
}
