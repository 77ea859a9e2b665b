//! The graph of the program's modules, as far as it matters for the order of inference.
//!
//! Stubs of libraries are not in it: they declare all their types, so nobody has to wait for them.

use pytype_modules::{Resolution, module_exists, resolve};
use pytype_source::{File, FileOrigin, Name};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::{ImportEdge, ImportForm, ImportPlace, IndexDb, imports};

/// How much an import weighs when a cycle of modules is put in order: the smaller, the more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Weight {
    /// `from m import x` at the top level.
    High,
    /// `import m` at the top level, or `from package import m`.
    Medium,
    /// Inside a function; packages around an imported module.
    Low,
    /// Under `if TYPE_CHECKING`.
    CheckerOnly,
    /// More than any import: nothing is left out.
    Beyond,
}

/// The files of the graph that a file imports, in the order in which they are met, each with the most
/// its imports weigh.
pub(crate) type Dependencies = indexmap::IndexMap<File, Weight, FxBuildHasher>;

/// See [`Dependencies`].
#[salsa::tracked(returns(ref))]
pub(crate) fn dependencies(db: &dyn IndexDb, file: File) -> Dependencies {
    let mut named = named_modules(db, file);
    // Modules come before the packages around them.
    named.sort_by_cached_key(|(module, _)| std::cmp::Reverse(module.matches('.').count()));
    let mut found = Dependencies::default();
    let mut known: FxHashMap<Name, Option<File>> = FxHashMap::default();
    for (module, weight) in named {
        let target = known.entry(module).or_insert_with(|| member(db, module));
        if let Some(target) = target.filter(|target| *target != file) {
            let known = found.entry(target).or_insert(weight);
            *known = weight.min(*known);
        }
    }
    found
}

/// The modules that a file imports, whether there are such modules or not.
fn named_modules(db: &dyn IndexDb, file: File) -> Vec<(Name, Weight)> {
    let mut named: Vec<(Name, Weight)> = Vec::new();
    let without_bodies = match file.origin(db) {
        FileOrigin::Checked | FileOrigin::Followed => db.module_options(file).ignore_errors,
        FileOrigin::Silent | FileOrigin::Typeshed => true,
    };
    for edge in imports(db, file) {
        if !(without_bodies && edge.place == ImportPlace::InFunction) {
            add_edge(db, edge, &mut named);
        }
    }
    named
}

/// Whether some file of the program imports the module `name`, and there is none: mypy takes it for an
/// attribute of its package then, whoever asks.
pub fn is_missing_module(db: &dyn IndexDb, name: Name) -> bool {
    missing_modules(db).contains(&name)
}

#[salsa::tracked(returns(ref))]
fn missing_modules(db: &dyn IndexDb) -> FxHashSet<Name> {
    let is_missing = |module: &Name| match resolve(db, *module) {
        Resolution::Found(_) | Resolution::Namespace => false,
        Resolution::Skipped { .. }
        | Resolution::Untyped
        | Resolution::StubsNotInstalled { .. }
        | Resolution::NotFound => true,
    };
    let files = reached_from(db, &db.checked_files());
    let named = files.into_iter().flat_map(|file| named_modules(db, file));
    named.map(|(module, _)| module).filter(is_missing).collect()
}

/// The files of the graph that come in with `file`: the packages around it, and what it imports, in the order in
/// which they are met. Asked ahead of the search for components, on all cores, it is all that this search asks.
pub fn module_dependencies(db: &dyn IndexDb, file: File) -> impl Iterator<Item = File> {
    ancestors(db, file).chain(dependencies(db, file).keys().copied())
}

/// Whether a file is one of the graph.
pub(crate) fn is_member(db: &dyn IndexDb, file: File) -> bool {
    match file.origin(db) {
        FileOrigin::Checked | FileOrigin::Followed => true,
        FileOrigin::Silent => !file.is_stub(db),
        FileOrigin::Typeshed => false,
    }
}

fn member(db: &dyn IndexDb, module: Name) -> Option<File> {
    match resolve(db, module) {
        Resolution::Found(file) => is_member(db, file).then_some(file),
        Resolution::Namespace
        | Resolution::Skipped { .. }
        | Resolution::Untyped
        | Resolution::StubsNotInstalled { .. }
        | Resolution::NotFound => None,
    }
}

/// Adds what one import statement names.
fn add_edge(db: &dyn IndexDb, edge: &ImportEdge, named: &mut Vec<(Name, Weight)>) {
    let weight = |top_level: Weight| match edge.place {
        ImportPlace::TopLevel => top_level,
        ImportPlace::InOpenFunction | ImportPlace::InFunction => Weight::Low,
        ImportPlace::TypeCheckingOnly => Weight::CheckerOnly,
    };
    match edge.form {
        ImportForm::Module => {
            named.push((edge.module, weight(Weight::Medium)));
            let mut parents = Vec::new();
            let mut at = edge.module.parent();
            while let Some(parent) = at {
                parents.push((parent, weight(Weight::Low)));
                at = parent.parent();
            }
            named.extend(parents.into_iter().rev());
        }
        ImportForm::Star => named.push((edge.module, weight(Weight::High))),
        ImportForm::From => {
            let mut only_submodules = true;
            let may_have_submodules = match resolve(db, edge.module) {
                Resolution::Found(file) => file.is_package(db),
                Resolution::Namespace | Resolution::Skipped { .. } => true,
                Resolution::Untyped | Resolution::StubsNotInstalled { .. } | Resolution::NotFound => false,
            };
            for name in &edge.names {
                let submodule = may_have_submodules.then(|| edge.module.member(*name));
                match submodule.filter(|submodule| module_exists(db, *submodule)) {
                    Some(submodule) => named.push((submodule, weight(Weight::Medium))),
                    None => only_submodules = false,
                }
            }
            let own = if only_submodules { Weight::Low } else { Weight::High };
            named.push((edge.module, weight(own)));
        }
    }
}

/// The packages around a module, the nearest first.
fn ancestors(db: &dyn IndexDb, file: File) -> impl Iterator<Item = File> + '_ {
    // A file whose name has a dot of its own is in no package.
    let in_package = !file.path(db).file_stem().unwrap_or("").contains('.');
    let first = if in_package { file.module(db).parent() } else { None };
    std::iter::successors(first, |module| module.parent()).filter_map(|module| member(db, module))
}

/// All files of the graph reached from `roots`, in the order in which they are first met, breadth first.
pub(crate) fn reached_from(db: &dyn IndexDb, roots: &[File]) -> Vec<File> {
    let mut seen: FxHashSet<File> = FxHashSet::default();
    let mut order: Vec<File> = Vec::new();
    order.extend(roots.iter().copied().filter(|file| is_member(db, *file) && seen.insert(*file)));
    let mut next = 0;
    while let Some(&file) = order.get(next) {
        next += 1;
        for target in module_dependencies(db, file) {
            if seen.insert(target) {
                order.push(target);
            }
        }
    }
    order
}
