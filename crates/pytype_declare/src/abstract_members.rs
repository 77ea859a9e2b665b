//! Which members of a class are abstract: declared so and defined by nothing nearer.

use pytype_index::{DefRef, DefinitionFlags};
use pytype_source::Name;
use pytype_types::{AttributeFlags, ClassFlags, ClassId, ClassOrigin};
use rustc_hash::FxHashSet;

use crate::classes::class_header;
use crate::kept::Question;
use crate::member_lookup::Sort;
use crate::member_table::{class_body, member_table};
use crate::names::scope_access::definition;
use crate::{Context, DeclareDb, syntax};

/// The abstract members that a class leaves to its subclasses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AbstractMembers {
    /// Sorted.
    pub names: Vec<Name>,
    /// Those that are abstract only because a protocol's method does nothing.
    pub implicit: Vec<Name>,
    /// Some are declared in the class itself.
    pub in_class_itself: bool,
}

impl AbstractMembers {
    pub fn is_abstract(&self) -> bool {
        !self.names.is_empty()
    }
}

/// The abstract members of `class`.
pub fn abstract_members(db: &dyn DeclareDb, class: ClassId, key: ()) -> &AbstractMembers {
    let kept = db.kept_declarations().and_then(|kept| {
        kept.class_answer(
            db,
            class,
            Question::AbstractMembers,
            |known| &known.abstract_members,
            || find_members(db, class),
        )
    });
    kept.unwrap_or_else(|| abstract_members_query(db, class, key))
}

#[salsa::tracked(returns(ref))]
fn abstract_members_query(db: &dyn DeclareDb, class: ClassId, _key: ()) -> AbstractMembers {
    find_members(db, class)
}

fn find_members(db: &dyn DeclareDb, class: ClassId) -> AbstractMembers {
    let header = class_header(db, class, ());
    let mut found = AbstractMembers::default();
    if header.info.flags.intersects(ClassFlags::TYPED_DICT | ClassFlags::NEW_TYPE) {
        return found;
    }
    let file = match class.origin() {
        ClassOrigin::Definition(at) | ClassOrigin::InlineBase(at, _) => Some(at.file),
        ClassOrigin::Intersection(_) => None,
    };
    let may_have: Vec<bool> = header.info.mro.iter().map(|owner| has_abstract(db, *owner)).collect();
    let (Some(file), true) = (file, may_have.contains(&true)) else { return found };
    let ctx = Context::of_declarations(db, file);
    let mut concrete: FxHashSet<Name> = FxHashSet::default();
    for (owner, may_have) in header.info.mro.iter().zip(may_have) {
        for (name, member) in member_table(db, *owner).members.iter() {
            if !concrete.insert(name) || !may_have {
                continue;
            }
            if let Some(implicit) = abstractness(&ctx, *owner, name, member) {
                found.names.push(name);
                if implicit {
                    found.implicit.push(name);
                }
                found.in_class_itself |= *owner == class;
            }
        }
    }
    found.names.sort_unstable();
    found.names.dedup();
    found
}

/// Whether a member of a class that [may have such](has_abstract) is abstract; then whether only implicitly.
fn abstractness(ctx: &Context<'_>, owner: ClassId, name: Name, member: &crate::Member) -> Option<bool> {
    let header = class_header(ctx.db, owner, ());
    let facts = ctx.facts_of(owner, name, *member);
    if facts.flags.contains(AttributeFlags::ABSTRACT) {
        return Some(false);
    }
    let Sort::Function(info, _) = facts.sort else { return None };
    let stub = header.info.flags.contains(ClassFlags::STUB);
    if !header.info.is_protocol() || stub || info.is_overloaded() {
        return None;
    }
    let first: DefRef = info.items.first()?.definition;
    syntax::has_trivial_body(ctx.db, first).then_some(true)
}

/// Whether a class could declare anything abstract: protocols can, and classes with a decorator
/// that reads as `abstractmethod`.
fn has_abstract(db: &dyn DeclareDb, class: ClassId) -> bool {
    if class_header(db, class, ()).info.is_protocol() {
        return true;
    }
    class_body(db, class, ()).members.values().any(|member| {
        let crate::MemberKind::Body(at) = member.kind else { return false };
        definition(db, at).is_some_and(|found| found.flags.contains(DefinitionFlags::MAYBE_ABSTRACT))
    })
}
