//! What a protocol asks for.

use pytype_source::Name;
use pytype_types::ClassId;

use crate::classes::class_header;
use crate::member_table::member_table;
use crate::{DeclareDb, MemberKind, Node, names};

/// Names that no protocol asks for.
const EXCLUDED: &[&str] = &[
    "__abstractmethods__",
    "__annotations__",
    "__dict__",
    "__doc__",
    "__init__",
    "__module__",
    "__new__",
    "__slots__",
    "__subclasshook__",
    "__weakref__",
    "__class_getitem__",
];

/// The names that a protocol asks for, its own and inherited, sorted.
#[salsa::tracked(returns(ref))]
pub(crate) fn protocol_members(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Vec<Name> {
    let mut found = Vec::new();
    for owner in &class_header(db, class, ()).info.mro {
        if owner.is("builtins.object") || !class_header(db, *owner, ()).info.is_protocol() {
            continue;
        }
        for (name, member) in member_table(db, *owner).members.iter() {
            let auxiliary = match member.kind {
                MemberKind::Body(at) => matches!(
                    names::binding_of(db, at).map(|binding| binding.node),
                    Some(Node::Alias(_) | Node::TypeVariable(_) | Node::Module(_) | Node::NamespaceModule(_))
                ),
                MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_) => false,
            };
            if !auxiliary && !EXCLUDED.contains(&name.as_str()) {
                found.push(name);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
