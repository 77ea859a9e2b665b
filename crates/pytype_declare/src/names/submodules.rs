//! Which submodules a file can reach as attributes of their packages.
//!
//! `a.b` names the module `a.b` when the file imports it, or something that the file imports does,
//! however far away: at run time it would be an attribute of the package by then.

use pytype_index::ImportEdge;
use pytype_modules::Resolution;
use pytype_source::{File, Name};
use rustc_hash::FxHashSet;

use crate::DeclareDb;

/// Whether `from` may use the module `fullname`, a submodule of `package`, as an attribute.
pub(crate) fn is_visible(db: &dyn DeclareDb, from: File, package: File, fullname: Name) -> bool {
    package.is_package(db) && is_imported(db, from, fullname)
}

/// Whether `from`, or something it imports, imports the module `fullname`.
pub(crate) fn is_imported(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    imports_directly(db, from, fullname)
        || (matches!(pytype_modules::resolve(db, fullname), Resolution::Found(_) | Resolution::Namespace)
            && reachable_submodules(db, from).contains(&fullname))
}

fn imports_directly(db: &dyn DeclareDb, from: File, fullname: Name) -> bool {
    let imports = pytype_index::imports(db, from).iter();
    imports.flat_map(ImportEdge::candidates).any(|module| {
        let rest = module.strip_prefix(fullname.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// The dotted modules that `file` imports, directly or through others.
#[salsa::tracked(returns(ref))]
fn reachable_submodules(db: &dyn DeclareDb, file: File) -> FxHashSet<Name> {
    let mut reached: FxHashSet<Name> = FxHashSet::default();
    let mut seen: FxHashSet<File> = FxHashSet::from_iter([file]);
    let mut pending = vec![file];
    while let Some(next) = pending.pop() {
        let imports = pytype_index::imports(db, next).iter();
        for imported in imports.flat_map(ImportEdge::candidates) {
            let mut module = Some(imported);
            while let Some(name) = module {
                if !reached.insert(name) {
                    break;
                }
                if let Resolution::Found(target) = pytype_modules::resolve(db, name)
                    && seen.insert(target)
                {
                    pending.push(target);
                }
                module = name.parent();
            }
        }
    }
    reached
}
