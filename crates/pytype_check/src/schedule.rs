//! Which work comes next: the interfaces of components, and the bodies of files.
//!
//! A component's interface is ready to be inferred when those it depends on are done, and its
//! files' bodies when it is done itself. So no thread waits for what another one is doing, and while
//! one infers the interface of a large component, the others check bodies that need nothing of it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Work for one thread.
pub(crate) enum Work<B> {
    /// The interface of the component with this number.
    Interface(usize),
    Bodies(B),
}

/// See the module's documentation. Components are numbered so that each has a greater number than
/// those it depends on.
pub(crate) struct Schedule<B> {
    /// For each component, those that depend on it.
    dependents: Vec<Vec<usize>>,
    /// For each component, how much work depends on it, its own included.
    weights: Vec<u64>,
    state: Mutex<State<B>>,
    changed: Condvar,
}

struct State<B> {
    /// For each component, how many it still waits for.
    waiting_for: Vec<usize>,
    /// Interfaces that can be inferred: those with the most behind them first.
    interfaces: BinaryHeap<(u64, Reverse<usize>)>,
    /// Bodies that can be checked: the longest first.
    bodies: BinaryHeap<Weighed<B>>,
    /// What has been handed out and is not done.
    under_way: usize,
    /// Some work failed beyond repair.
    stopped: bool,
}

/// Some bodies, by length; in the order in which they came where that is the same.
struct Weighed<B> {
    key: (u64, Reverse<usize>),
    bodies: B,
}

impl<B> PartialEq for Weighed<B> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl<B> Eq for Weighed<B> {}
impl<B> PartialOrd for Weighed<B> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<B> Ord for Weighed<B> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl<B> Schedule<B> {
    /// `needs` has, for each component, those that it depends on; `lengths` how long each is.
    pub(crate) fn new(needs: &[Vec<usize>], lengths: &[u64]) -> Schedule<B> {
        let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
        for (component, needed) in needs.iter().enumerate() {
            needed.iter().for_each(|needed| dependents[*needed].push(component));
        }
        let mut weights = lengths.to_vec();
        for component in (0..needs.len()).rev() {
            let behind = dependents[component].iter().map(|dependent| weights[*dependent]).max();
            weights[component] += behind.unwrap_or(0);
        }
        let waiting_for: Vec<usize> = needs.iter().map(Vec::len).collect();
        let ready = (0..needs.len()).filter(|component| waiting_for[*component] == 0);
        let interfaces = ready.map(|component| (weights[component], Reverse(component))).collect();
        let state =
            State { waiting_for, interfaces, bodies: BinaryHeap::new(), under_way: 0, stopped: false };
        Schedule { dependents, weights, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Does work until all is done. `run` gets the number of bodies to add when it infers an
    /// interface: their lengths, and what they are.
    pub(crate) fn work(&self, mut run: impl FnMut(Work<B>) -> Vec<(u64, B)>) {
        let stop = StopOnPanic(self);
        while let Some(work) = self.next() {
            let done = match &work {
                Work::Interface(component) => Some(*component),
                Work::Bodies(_) => None,
            };
            let bodies = run(work);
            self.done(done, bodies);
        }
        std::mem::forget(stop);
    }

    /// Waits for work; `None` when all is done.
    fn next(&self) -> Option<Work<B>> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some((_, Reverse(component))) = state.interfaces.pop() {
                state.under_way += 1;
                return Some(Work::Interface(component));
            }
            if let Some(next) = state.bodies.pop() {
                state.under_way += 1;
                return Some(Work::Bodies(next.bodies));
            }
            if state.under_way == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Some work is done: the interface of `component`, if it was one.
    fn done(&self, component: Option<usize>, bodies: Vec<(u64, B)>) {
        let mut state = self.lock();
        state.under_way -= 1;
        let first = component.unwrap_or(0) << 20;
        for (at, (length, bodies)) in bodies.into_iter().enumerate() {
            state.bodies.push(Weighed { key: (length, Reverse(first + at)), bodies });
        }
        for dependent in component.iter().flat_map(|component| &self.dependents[*component]) {
            state.waiting_for[*dependent] -= 1;
            if state.waiting_for[*dependent] == 0 {
                state.interfaces.push((self.weights[*dependent], Reverse(*dependent)));
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<B>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody waits for the work of a thread that failed.
struct StopOnPanic<'s, B>(&'s Schedule<B>);

impl<B> Drop for StopOnPanic<'_, B> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.changed.notify_all();
    }
}
