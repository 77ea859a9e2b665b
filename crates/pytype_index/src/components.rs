//! The module graph: which modules must be inferred together, and in which order.
//!
//! Modules that import each other form a component. Components depend on each other without
//! cycles. Stubs have nothing to infer and are components of their own.

use pytype_modules::Resolution;
use pytype_source::File;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{IndexDb, file_index};

/// A strongly connected component of the import graph, its files in mypy's order of processing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    pub files: Vec<File>,
}

/// The files that `file` imports: sources only, each once, in order of the first import.
#[salsa::tracked(returns(ref))]
fn imported_files(db: &dyn IndexDb, file: File) -> Vec<(File, bool)> {
    let mut found: Vec<(File, bool)> = Vec::new();
    let mut places: FxHashMap<File, usize> = FxHashMap::default();
    let mut add = |target: File, top_level: bool| {
        if target == file || target.is_stub(db) {
            return;
        }
        match places.get(&target) {
            Some(&at) => found[at].1 |= top_level,
            None => {
                places.insert(target, found.len());
                found.push((target, top_level));
            }
        }
    };
    for edge in &file_index(db, file).imports {
        // Importing `a.b.c` runs `a` and `a.b` too.
        let mut module = Some(edge.module);
        while let Some(name) = module {
            if let Resolution::Found(target) = db.resolve_module(name) {
                add(target, edge.top_level);
            }
            module = name.parent();
        }
    }
    found
}

/// The component that `file` belongs to.
#[salsa::tracked(returns(ref))]
pub fn component_of(db: &dyn IndexDb, file: File) -> Component {
    if file.is_stub(db) {
        return Component { files: vec![file] };
    }
    // Everything that `file` reaches, then what of it reaches `file`.
    let mut reached: Vec<File> = vec![file];
    let mut seen: FxHashSet<File> = reached.iter().copied().collect();
    let mut importers: FxHashMap<File, Vec<File>> = FxHashMap::default();
    let mut next = 0;
    while let Some(&from) = reached.get(next) {
        next += 1;
        for &(to, _) in imported_files(db, from) {
            importers.entry(to).or_default().push(from);
            if seen.insert(to) {
                reached.push(to);
            }
        }
    }
    let mut members: FxHashSet<File> = FxHashSet::default();
    let mut todo = vec![file];
    while let Some(at) = todo.pop() {
        if members.insert(at) {
            todo.extend(importers.get(&at).into_iter().flatten().filter(|f| !members.contains(f)));
        }
    }
    Component { files: ordered(db, members) }
}

/// The order within a component: as mypy, by dropping the weaker imports (those inside functions
/// and under `TYPE_CHECKING`) and following the rest; by name where that leaves a choice.
fn ordered(db: &dyn IndexDb, members: FxHashSet<File>) -> Vec<File> {
    let mut files: Vec<File> = members.iter().copied().collect();
    files.sort_by_key(|f| f.module(db));
    let mut placed: FxHashSet<File> = FxHashSet::default();
    let mut order = Vec::with_capacity(files.len());
    for &file in &files {
        place(db, file, &members, &mut placed, &mut order);
    }
    order
}

/// Places what `file` imports at its top level before it.
fn place(
    db: &dyn IndexDb,
    file: File,
    members: &FxHashSet<File>,
    placed: &mut FxHashSet<File>,
    order: &mut Vec<File>,
) {
    let mut stack: Vec<(File, usize)> = Vec::new();
    if !placed.insert(file) {
        return;
    }
    stack.push((file, 0));
    while let Some((at, index)) = stack.pop() {
        let imports = imported_files(db, at);
        match imports.get(index) {
            Some(&(to, top_level)) => {
                stack.push((at, index + 1));
                if top_level && members.contains(&to) && placed.insert(to) {
                    stack.push((to, 0));
                }
            }
            None => order.push(at),
        }
    }
}
