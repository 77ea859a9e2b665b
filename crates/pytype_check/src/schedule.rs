//! Which work comes next: the interfaces of components, and the bodies of files.
//!
//! A component's interface is ready to be inferred when those it depends on are done, each of its files
//! being a part of it, and its files' bodies when all of it is done. So threads seldom wait for what another one
//! is doing: only within one interface.
//!
//! As long as no long chain of components waits, bodies come before interfaces: what they need is at hand then,
//! and can be let go.
//!
//! A thread stays with a file whose bodies it checks until none is left, so that each file is opened
//! once, and can be let go early. Only when there is no other file do several work on one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Work for one thread.
pub(crate) enum Work<B> {
    /// A part of the interface of a component: the numbers of both.
    Interface(usize, usize),
    Bodies(B),
}

/// See the module's documentation. Components are numbered so that each has a greater number than
/// those it depends on.
pub(crate) struct Schedule<B> {
    /// For each component, those that depend on it.
    dependents: Vec<Vec<usize>>,
    /// For each component, how much text it has.
    lengths: Vec<u64>,
    /// For each component, how much work depends on it, its own included.
    weights: Vec<u64>,
    state: Mutex<State<B>>,
    changed: Condvar,
}

struct State<B> {
    /// For each component, how many it still waits for.
    waiting_for: Vec<usize>,
    /// Parts of interfaces that can be inferred: those with the most behind them first.
    interfaces: BinaryHeap<(u64, Reverse<usize>, Reverse<usize>)>,
    /// For each component, how many parts of its interface are not done.
    missing: Vec<usize>,
    /// For each component, the bodies that can be checked once its interface is done.
    held: Vec<Vec<FileBodies<B>>>,
    /// Files whose bodies can be checked.
    files: Vec<FileBodies<B>>,
    /// Those of them that no thread has begun with: the longest first.
    untouched: BinaryHeap<(u64, Reverse<usize>)>,
    /// Those that some thread works on and that have bodies left.
    begun: Vec<usize>,
    /// How much text the components have whose interfaces are not done.
    left: u64,
    /// The longest chain of components is begun while there is so many times as much to do: what one thread
    /// does with it, the others do beside it, and as much again to be sure.
    reserve: u64,
    /// What has been handed out and is not done.
    under_way: usize,
    /// Some work failed beyond repair.
    stopped: bool,
}

/// The bodies of one file, in parts, each with its length.
pub(crate) struct FileBodies<B>(VecDeque<(u64, B)>);

impl<B> FileBodies<B> {
    pub(crate) fn new(parts: impl IntoIterator<Item = (u64, B)>) -> FileBodies<B> {
        FileBodies(parts.into_iter().collect())
    }

    fn length(&self) -> u64 {
        self.0.iter().map(|(length, _)| length).sum()
    }
}

impl<B> State<B> {
    /// The next bodies for a thread that is at work on the file `at`.
    fn next_bodies(&mut self, at: &mut Option<usize>) -> Option<B> {
        if at.is_none_or(|at| self.files[at].0.is_empty()) {
            *at = match self.untouched.pop() {
                Some((_, Reverse(next))) => {
                    self.begun.push(next);
                    Some(next)
                }
                None => self.begun.iter().copied().max_by_key(|at| (self.files[*at].length(), Reverse(*at))),
            };
        }
        let file = (*at)?;
        let (_, bodies) = self.files[file].0.pop_front()?;
        if self.files[file].0.is_empty() {
            self.begun.retain(|begun| *begun != file);
        }
        Some(bodies)
    }

    /// Whether so much waits for some interface that bodies have to wait. Otherwise they come first: a file's
    /// syntax and types are at hand when its interface has just been inferred, and are let go early.
    fn is_urgent(&self) -> bool {
        self.interfaces.peek().is_some_and(|(weight, ..)| weight * self.reserve >= self.left)
    }

    fn next_interface(&mut self) -> Option<Work<B>> {
        let (_, Reverse(component), Reverse(part)) = self.interfaces.pop()?;
        Some(Work::Interface(component, part))
    }

    fn add_interface(&mut self, component: usize, weight: u64) {
        let parts = 0..self.missing[component];
        self.interfaces.extend(parts.map(|part| (weight, Reverse(component), Reverse(part))));
    }

    fn add(&mut self, bodies: FileBodies<B>) {
        self.untouched.push((bodies.length(), Reverse(self.files.len())));
        self.files.push(bodies);
    }
}

impl<B> Schedule<B> {
    /// `needs` has, for each component, those that it depends on; `lengths` how long each is; `parts` how
    /// many parts its interface has. `threads` is how many will ask for work.
    pub(crate) fn new(needs: &[Vec<usize>], lengths: &[u64], parts: &[usize], threads: usize) -> Schedule<B> {
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
        let ready: Vec<usize> = (0..needs.len()).filter(|component| waiting_for[*component] == 0).collect();
        let mut state = State {
            waiting_for,
            interfaces: BinaryHeap::new(),
            missing: parts.iter().map(|parts| (*parts).max(1)).collect(),
            held: needs.iter().map(|_| Vec::new()).collect(),
            files: Vec::new(),
            untouched: BinaryHeap::new(),
            begun: Vec::new(),
            left: lengths.iter().sum(),
            reserve: 2 * threads as u64,
            under_way: 0,
            stopped: false,
        };
        ready.into_iter().for_each(|component| state.add_interface(component, weights[component]));
        Schedule {
            dependents,
            lengths: lengths.to_vec(),
            weights,
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Does work until all is done. `run` gives the bodies to add when it infers an interface.
    pub(crate) fn work(&self, mut run: impl FnMut(Work<B>) -> Vec<FileBodies<B>>) {
        let stop = StopOnPanic(self);
        let mut file = None;
        while let Some(work) = self.next(&mut file) {
            let done = match &work {
                Work::Interface(component, _) => Some(*component),
                Work::Bodies(_) => None,
            };
            let bodies = run(work);
            self.done(done, bodies);
        }
        std::mem::forget(stop);
    }

    /// Waits for work; `None` when all is done. `file` is where the thread is at work.
    fn next(&self, file: &mut Option<usize>) -> Option<Work<B>> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            let work = if state.is_urgent() {
                state.next_interface().or_else(|| state.next_bodies(file).map(Work::Bodies))
            } else {
                state.next_bodies(file).map(Work::Bodies).or_else(|| state.next_interface())
            };
            if work.is_some() {
                state.under_way += 1;
                return work;
            }
            if state.under_way == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Some work is done: a part of the interface of `component`, if it was one.
    fn done(&self, component: Option<usize>, bodies: Vec<FileBodies<B>>) {
        let mut state = self.lock();
        state.under_way -= 1;
        if let Some(component) = component {
            state.held[component].extend(bodies);
            state.missing[component] -= 1;
            if state.missing[component] == 0 {
                state.left -= self.lengths[component];
                let ready = std::mem::take(&mut state.held[component]);
                ready.into_iter().for_each(|bodies| state.add(bodies));
                self.release_dependents(&mut state, component);
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    fn release_dependents(&self, state: &mut State<B>, component: usize) {
        for dependent in &self.dependents[component] {
            state.waiting_for[*dependent] -= 1;
            if state.waiting_for[*dependent] == 0 {
                state.add_interface(*dependent, self.weights[*dependent]);
            }
        }
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
