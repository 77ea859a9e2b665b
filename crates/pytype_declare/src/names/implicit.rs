//! Names that nobody binds: what every module, class body and program has.

use pytype_modules::Resolution;
use pytype_source::{File, Name, name};

use crate::{Binding, DeclareDb, ImplicitName, Node};

const MODULE_NAMES: &[(&str, ImplicitName)] = &[
    ("__name__", ImplicitName::Text),
    ("__doc__", ImplicitName::Text),
    ("__file__", ImplicitName::Text),
    ("__package__", ImplicitName::Text),
    ("__path__", ImplicitName::SearchPath),
    ("__annotations__", ImplicitName::Annotations),
    ("__spec__", ImplicitName::ModuleSpec),
    ("__builtins__", ImplicitName::Builtins),
];

/// An implicit name of the module that `file` is.
pub(crate) fn in_module(db: &dyn DeclareDb, file: File, name: Name) -> Option<Binding> {
    if !name.starts_with("__") {
        return None;
    }
    let (_, implicit) = MODULE_NAMES.iter().find(|(text, _)| name == *text)?;
    if *implicit == ImplicitName::SearchPath && !file.is_package(db) {
        return None;
    }
    if *implicit == ImplicitName::Builtins
        && let Some(builtins) = builtins(db)
    {
        return Some(builtins);
    }
    let module = file.module(db);
    let implicit = match implicit {
        ImplicitName::ModuleSpec if module == "__main__" => ImplicitName::MainModuleSpec,
        other => *other,
    };
    Some(Binding { node: Node::Implicit(implicit), found_in: Some(file), fullname: module.member(name) })
}

/// What `__builtins__` is: the module.
pub(crate) fn builtins(db: &dyn DeclareDb) -> Option<Binding> {
    let module = name!("builtins");
    let Resolution::Found(found) = pytype_modules::resolve(db, module) else { return None };
    Some(Binding { node: Node::Module(found), found_in: Some(found), fullname: module })
}

/// The variables that every module has before its first statement: assignments to them define
/// nothing and must fit their types.
pub fn module_variables(
    db: &dyn DeclareDb,
    file: File,
) -> impl Iterator<Item = (&'static str, ImplicitName)> {
    let is_package = file.is_package(db);
    MODULE_NAMES.iter().copied().filter(move |(_, implicit)| match implicit {
        ImplicitName::SearchPath => is_package,
        ImplicitName::Text | ImplicitName::Annotations | ImplicitName::ModuleSpec => true,
        ImplicitName::MainModuleSpec
        | ImplicitName::Builtins
        | ImplicitName::RevealType
        | ImplicitName::RevealLocals
        | ImplicitName::Given(..) => false,
    })
}

/// `__qualname__` and `__module__` in a class body.
pub(crate) fn in_class_body(name: Name) -> Option<Binding> {
    let known = name == "__qualname__" || name == "__module__";
    known.then_some(Binding { node: Node::Implicit(ImplicitName::Text), found_in: None, fullname: name })
}

/// Functions that only a checker knows.
pub(crate) fn in_builtins(_db: &dyn DeclareDb, name: Name) -> Option<Binding> {
    let node = match name.as_str() {
        "reveal_type" => Node::Implicit(ImplicitName::RevealType),
        "reveal_locals" => Node::Implicit(ImplicitName::RevealLocals),
        _ => return None,
    };
    Some(Binding { node, found_in: None, fullname: name!("builtins").member(name) })
}
