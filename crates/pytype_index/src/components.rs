//! Which modules must be inferred together, and in which order.
//!
//! Modules that import each other form a component; components depend on each other without
//! cycles. Within one, mypy leaves out the imports that weigh least until an order appears.

use indexmap::IndexMap;
use pytype_source::File;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::IndexDb;
use crate::module_graph::{Weight, dependencies, is_member, reached_from};

/// A strongly connected component of the module graph, its files in mypy's order of processing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    pub files: Vec<File>,
}

/// The component that `file` belongs to: the same whichever file is asked about first.
#[salsa::tracked(returns(ref))]
pub fn component_of(db: &dyn IndexDb, file: File) -> Component {
    if !is_member(db, file) {
        return Component { files: vec![file] };
    }
    let program = program_components(db);
    let found = program.component_of(file);
    // A file that no checked file reaches.
    let found = found.or_else(|| local_components(db, file).component_of(file));
    Component { files: found.map_or_else(|| vec![file], <[File]>::to_vec) }
}

/// Components of a set of files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Components {
    /// In an order in which each comes behind those it depends on.
    sorted: Vec<Vec<File>>,
    place: FxHashMap<File, usize>,
}

impl Components {
    fn component_of(&self, file: File) -> Option<&[File]> {
        self.sorted.get(*self.place.get(&file)?).map(Vec::as_slice)
    }

    /// The components of the modules in `files`, which are numbered in this order.
    fn of(db: &dyn IndexDb, files: &[File]) -> Components {
        let graph = Graph::of(db, files);
        let every: Vec<usize> = (0..files.len()).collect();
        let sorted: Vec<Vec<File>> = graph
            .sorted_components(&every, Weight::Beyond)
            .into_iter()
            .map(|component| {
                graph.order(component, Weight::Beyond).into_iter().map(|module| files[module]).collect()
            })
            .collect();
        let mut place = FxHashMap::default();
        for (index, component) in sorted.iter().enumerate() {
            place.extend(component.iter().map(|file| (*file, index)));
        }
        Components { sorted, place }
    }
}

/// The components of everything the checked files reach.
#[salsa::tracked(returns(ref))]
fn program_components(db: &dyn IndexDb) -> Components {
    Components::of(db, &reached_from(db, &db.checked_files()))
}

/// The components of everything that one file reaches. Modules are numbered by name, so that the
/// answer does not depend on the file.
#[salsa::tracked(returns(ref))]
fn local_components(db: &dyn IndexDb, file: File) -> Components {
    let mut files = reached_from(db, &[file]);
    files.sort_by_key(|file| file.module(db));
    Components::of(db, &files)
}

/// The components of the program, each behind those it depends on: the order of a sequential run.
pub fn components_in_order(db: &dyn IndexDb) -> impl Iterator<Item = &[File]> {
    program_components(db).sorted.iter().map(Vec::as_slice)
}

/// For each of [`components_in_order`], by number, those that it depends on, ascending.
pub fn dependencies_of_components(db: &dyn IndexDb) -> Vec<Vec<usize>> {
    let program = program_components(db);
    let needs = |(own, component): (usize, &Vec<File>)| {
        let files = component.iter().flat_map(|file| dependencies(db, *file).keys());
        let places = files.filter_map(|file| program.place.get(file).copied());
        let mut needs: Vec<usize> = places.filter(|place| *place != own).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    };
    program.sorted.iter().enumerate().map(needs).collect()
}

/// Modules by number, with what each depends on.
struct Graph {
    edges: Vec<Vec<(usize, Weight)>>,
}

impl Graph {
    fn of(db: &dyn IndexDb, files: &[File]) -> Graph {
        let numbers: FxHashMap<File, usize> =
            files.iter().enumerate().map(|(at, file)| (*file, at)).collect();
        let edges = files.iter().map(|file| {
            let targets = dependencies(db, *file).iter();
            targets.filter_map(|(to, weight)| numbers.get(to).map(|to| (*to, *weight))).collect()
        });
        Graph { edges: edges.collect() }
    }

    /// The order in which the modules of a component are processed.
    fn order(&self, component: Vec<usize>, limit: Weight) -> Vec<usize> {
        if component.len() == 1 {
            return component;
        }
        let inside = Numbering::of(&component);
        let edges = component.iter().flat_map(|module| &self.edges[*module]);
        let mut weights: Vec<Weight> = edges
            .filter(|(to, weight)| *weight < limit && inside.has(*to))
            .map(|(_, weight)| *weight)
            .collect();
        weights.sort_unstable();
        weights.dedup();
        match weights.last() {
            // All the same: the module that was met last comes first.
            None => newest_first(component),
            Some(_) if weights.len() == 1 => newest_first(component),
            Some(&heaviest) => {
                let parts = self.sorted_components(&component, heaviest);
                parts.into_iter().flat_map(|part| self.order(part, heaviest)).collect()
            }
        }
    }

    /// The strongly connected components of some modules, looking only at edges that weigh more
    /// than `limit`: in layers, each behind those it depends on, and the newest first in each.
    fn sorted_components(&self, modules: &[usize], limit: Weight) -> Vec<Vec<usize>> {
        let components = self.strong_components(modules, limit);
        let mut owner: FxHashMap<usize, usize> = FxHashMap::default();
        for (number, component) in components.iter().enumerate() {
            owner.extend(component.iter().map(|module| (*module, number)));
        }
        let mut waiting_for = vec![0usize; components.len()];
        let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); components.len()];
        for (number, component) in components.iter().enumerate() {
            let mut needs: Vec<usize> = component
                .iter()
                .flat_map(|module| self.edges_below(*module, limit))
                .filter_map(|to| owner.get(&to).copied())
                .filter(|to| *to != number)
                .collect();
            needs.sort_unstable();
            needs.dedup();
            waiting_for[number] = needs.len();
            needs.iter().for_each(|to| dependents[*to].push(number));
        }
        let mut components: Vec<Option<Vec<usize>>> = components.into_iter().map(Some).collect();
        let mut layer: Vec<usize> = (0..components.len()).filter(|at| waiting_for[*at] == 0).collect();
        let mut sorted = Vec::with_capacity(components.len());
        while !layer.is_empty() {
            let mut next = Vec::new();
            for done in &layer {
                for dependent in &dependents[*done] {
                    waiting_for[*dependent] -= 1;
                    if waiting_for[*dependent] == 0 {
                        next.push(*dependent);
                    }
                }
            }
            let mut parts: Vec<Vec<usize>> = layer.iter().filter_map(|at| components[*at].take()).collect();
            parts.sort_by_key(|part| std::cmp::Reverse(part.iter().min().copied()));
            sorted.extend(parts);
            layer = next;
        }
        sorted
    }

    fn edges_below(&self, module: usize, limit: Weight) -> impl Iterator<Item = usize> + '_ {
        self.edges[module].iter().filter(move |(_, weight)| *weight < limit).map(|(to, _)| *to)
    }

    /// Tarjan's algorithm, with a stack of its own.
    fn strong_components(&self, modules: &[usize], limit: Weight) -> Vec<Vec<usize>> {
        let numbering = Numbering::of(modules);
        let mut state = Search { found: vec![None; modules.len()], ..Search::default() };
        for start in 0..modules.len() {
            if state.found[start].is_some() {
                continue;
            }
            state.enter(start);
            let mut walk = vec![(start, 0)];
            while let Some((at, edge)) = walk.pop() {
                let Some((to, weight)) = self.edges[modules[at]].get(edge) else {
                    state.leave(at, walk.last().map(|(parent, _)| *parent));
                    continue;
                };
                walk.push((at, edge + 1));
                let Some(to) = numbering.get(*to).filter(|_| *weight < limit) else { continue };
                match state.found[to] {
                    None => {
                        state.enter(to);
                        walk.push((to, 0));
                    }
                    Some(seen) if seen.open => state.lower(at, seen.index),
                    Some(_) => {}
                }
            }
        }
        let global = |part: Vec<usize>| part.into_iter().map(|at| modules[at]).collect();
        state.components.into_iter().map(global).collect()
    }
}

fn newest_first(mut modules: Vec<usize>) -> Vec<usize> {
    modules.sort_unstable_by_key(|module| std::cmp::Reverse(*module));
    modules
}

/// Places of some modules in a list of them.
struct Numbering(IndexMap<usize, (), FxBuildHasher>);

impl Numbering {
    fn of(modules: &[usize]) -> Numbering {
        Numbering(modules.iter().map(|module| (*module, ())).collect())
    }
    fn has(&self, module: usize) -> bool {
        self.0.contains_key(&module)
    }
    fn get(&self, module: usize) -> Option<usize> {
        self.0.get_index_of(&module)
    }
}

/// What a search for components knows.
#[derive(Default)]
struct Search {
    found: Vec<Option<Seen>>,
    stack: Vec<usize>,
    entered: usize,
    components: Vec<Vec<usize>>,
}

#[derive(Clone, Copy)]
struct Seen {
    index: usize,
    /// The earliest one that can be reached from it.
    low: usize,
    /// Its component is not complete.
    open: bool,
}

impl Search {
    fn enter(&mut self, at: usize) {
        self.found[at] = Some(Seen { index: self.entered, low: self.entered, open: true });
        self.entered += 1;
        self.stack.push(at);
    }

    fn lower(&mut self, at: usize, to: usize) {
        if let Some(seen) = &mut self.found[at] {
            seen.low = seen.low.min(to);
        }
    }

    fn leave(&mut self, at: usize, parent: Option<usize>) {
        let Some(seen) = self.found[at] else { return };
        if let Some(parent) = parent {
            self.lower(parent, seen.low);
        }
        if seen.low != seen.index {
            return;
        }
        let from = self.stack.iter().rposition(|on_stack| *on_stack == at).unwrap_or(0);
        let component = self.stack.split_off(from);
        for member in &component {
            if let Some(seen) = &mut self.found[*member] {
                seen.open = false;
            }
        }
        self.components.push(component);
    }
}
