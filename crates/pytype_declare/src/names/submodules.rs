//! Which submodules a file can reach as attributes of their packages.
//!
//! `a.b` names the module `a.b` when the file imports it, or something that the file imports does,
//! however far away: at run time it would be an attribute of the package by then.

use pytype_index::{ImportEdge, ImportForm};
use pytype_modules::Resolution;
use pytype_source::{File, FileOrigin, Name};
use rustc_hash::FxHashSet;

use crate::DeclareDb;

/// Whether `from` may use the module `fullname`, a submodule of `package`, as an attribute.
pub(crate) fn is_visible(db: &dyn DeclareDb, from: File, package: File, fullname: Name) -> bool {
    package.is_package(db) && is_imported(db, from, fullname)
}

/// Whether `from`, or something it imports, imports the module `fullname`.
pub(crate) fn is_imported(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    imported_modules(db, from).contains(&fullname)
        || (matches!(pytype_modules::resolve(db, fullname), Resolution::Found(_) | Resolution::Namespace)
            && is_imported_beyond(db, from, fullname))
}

/// Whether `from` has an `import` of the module `fullname`, or of one inside of it, and there is none.
pub(crate) fn is_missing_import(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    let names_it = |edge: &ImportEdge| {
        let rest = edge.module.strip_prefix(&*fullname);
        edge.form == ImportForm::Module && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    pytype_index::imports(db, from).iter().any(names_it)
        && matches!(pytype_modules::resolve(db, fullname), Resolution::NotFound)
}

/// The dotted modules that a file imports. The packages around them count as imported by `import a.b.c` only: mypy
/// does not take them for dependencies of `from a.b.c import d`, although they are loaded as well.
#[salsa::tracked(returns(deref))]
fn imported_modules(db: &dyn DeclareDb, file: File) -> Vec<Name> {
    let mut modules: Vec<Name> = Vec::new();
    let mut seen: FxHashSet<Name> = FxHashSet::default();
    for edge in pytype_index::imports(db, file) {
        modules.extend(edge.candidates().filter(|name| seen.insert(*name)));
        let mut around = edge.module.parent().filter(|_| edge.form == ImportForm::Module);
        while let Some(package) = around {
            if seen.insert(package) {
                modules.push(package);
            }
            around = package.parent();
        }
    }
    modules
}

/// Whether `from` imports the package around the module `fullname`, and that imports the module: so it is most often.
fn is_imported_by_package(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    let package = fullname.parent().filter(|package| imported_modules(db, from).contains(package));
    match package.map(|package| pytype_modules::resolve(db, package)) {
        Some(Resolution::Found(package)) => imported_modules(db, package).contains(&fullname),
        _ => false,
    }
}

/// Whether something that `from` imports, however far away, imports the module `fullname`.
///
/// The search goes through libraries last: they are many, read for nothing else, and seldom import
/// what is asked for. The standard library imports nothing but itself.
#[salsa::tracked(returns(copy))]
fn is_imported_beyond(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    if is_imported_by_package(db, from, fullname) {
        return true;
    }
    let is_standard = match pytype_modules::resolve(db, fullname) {
        Resolution::Found(asked) => asked.is_typeshed(db),
        Resolution::Namespace
        | Resolution::Skipped { .. }
        | Resolution::Untyped
        | Resolution::StubsNotInstalled { .. }
        | Resolution::NotFound => false,
    };
    let mut seen: FxHashSet<File> = FxHashSet::from_iter([from]);
    let mut pending = vec![from];
    let mut libraries: Vec<File> = Vec::new();
    while let Some(next) = pending.pop().or_else(|| libraries.pop()) {
        let modules = imported_modules(db, next);
        if modules.contains(&fullname) {
            return true;
        }
        for module in modules {
            if let Resolution::Found(target) = pytype_modules::resolve(db, *module)
                && seen.insert(target)
            {
                match target.origin(db) {
                    FileOrigin::Checked | FileOrigin::Followed => pending.push(target),
                    FileOrigin::Typeshed if !is_standard => {}
                    FileOrigin::Silent | FileOrigin::Typeshed => libraries.push(target),
                }
            }
        }
    }
    false
}
