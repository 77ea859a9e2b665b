//! `__slots__`: the attributes that instances are limited to.

use pytype_index::{DefRef, DefinitionKind};
use pytype_source::{Name, name};
use pytype_types::{ClassId, ClassOrigin};
use ruff_python_ast::{Expr, Stmt};

use crate::classes::class_header;
use crate::names::scope_access::{definition, scope};
use crate::{DeclareDb, syntax};

/// The names that instances of `class` may have: the class's own `__slots__` with those of its
/// ancestors; `None` when anything is allowed or the names cannot be read off.
pub fn declared_slots(db: &dyn DeclareDb, class: ClassId) -> Option<&[Name]> {
    slots(db, class, ()).as_deref()
}

/// Whether the class's body itself gives instances slots, which decide their layout.
pub fn has_own_slots(db: &dyn DeclareDb, class: ClassId) -> bool {
    if declared_slots(db, class).is_none_or(<[Name]>::is_empty) {
        return false;
    }
    let bases = class_header(db, class, ()).info.bases;
    let inherited = |name: &Name| {
        bases
            .iter()
            .filter_map(|base| base.as_instance())
            .any(|base| declared_slots(db, base.class).is_some_and(|slots| slots.contains(name)))
    };
    own_slots(db, class).is_some_and(|names| names.iter().any(|name| !inherited(name)))
}

#[salsa::tracked(returns(ref))]
fn slots(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Option<Vec<Name>> {
    let header = class_header(db, class, ());
    let above = header.info.mro.get(1..).unwrap_or(&[]);
    let above = above.split_last().map_or(&[][..], |(_, rest)| rest);
    let mut names = own_slots(db, class)?;
    for ancestor in above {
        names.extend(slots(db, *ancestor, ()).iter().flatten());
        if slots(db, *ancestor, ()).is_none() {
            return None;
        }
    }
    Some(names)
}

fn own_slots(db: &dyn DeclareDb, class: ClassId) -> Option<Vec<Name>> {
    let ClassOrigin::Definition(at) = class.origin() else { return None };
    let header = class_header(db, class, ());
    if header.attrs.as_ref().is_some_and(|spec| spec.slots) {
        let fields = crate::class_transforms::attrs_fields(db, class, ());
        return Some(fields.fields.iter().map(|field| field.name).collect());
    }
    if let Some(spec) = &header.dataclass
        && spec.slots
    {
        let fields = crate::class_transforms::dataclasses::dataclass_fields(db, class, ());
        return Some(fields.fields.iter().map(|field| field.name).collect());
    }
    written_slots(db, at, class).cloned()
}

/// The names that the class statement at `at` lists in `__slots__`, if it has that and they can be read off.
pub(crate) fn written_slots(db: &dyn DeclareDb, at: DefRef, class: ClassId) -> Option<&Vec<Name>> {
    let DefinitionKind::Class { body } = definition(db, at)?.kind else { return None };
    // Most classes have none, and are not read again to find that out.
    scope(db, at.file, body)?.symbols.get(name!("__slots__"))?;
    read_off(db, class, ()).as_ref()
}

#[salsa::tracked(returns(ref))]
fn read_off(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Option<Vec<Name>> {
    let ClassOrigin::Definition(at) = class.origin() else { return None };
    let statement = syntax::class(db, at)?;
    let value = statement.body.iter().rev().find_map(|statement| match statement {
        Stmt::Assign(s) => match s.targets.as_slice() {
            [Expr::Name(name)] if name.id == "__slots__" => Some(s.value.as_ref()),
            _ => None,
        },
        Stmt::AnnAssign(s) => match s.target.as_ref() {
            Expr::Name(name) if name.id == "__slots__" => s.value.as_deref(),
            _ => None,
        },
        _ => None,
    })?;
    let items: Vec<&Expr> = match value {
        Expr::StringLiteral(_) => vec![value],
        Expr::List(list) => list.elts.iter().collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        Expr::Set(set) => set.elts.iter().collect(),
        Expr::Dict(dict) => dict.items.iter().map(|item| item.key.as_ref()).collect::<Option<Vec<_>>>()?,
        _ => return None,
    };
    items
        .into_iter()
        .map(|item| match item {
            // `__dict__` lets instances have any attribute.
            Expr::StringLiteral(text) if text.value.to_str() != "__dict__" => {
                Some(Name::new(text.value.to_str()))
            }
            _ => None,
        })
        .collect()
}
