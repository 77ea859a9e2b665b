//! Tasks on all cores.
//!
//! A worker is one handle of the database that lives as long as the run, so that what it keeps of
//! the database's answers serves every task it does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Database;

/// See the module's documentation.
pub(crate) struct Workers {
    handles: Vec<Mutex<Database>>,
}

impl Workers {
    /// One for each thread of the pool this runs in.
    pub(crate) fn new(db: &Database) -> Workers {
        let count = rayon::current_num_threads().max(1);
        Workers { handles: (0..count).map(|_| Mutex::new(db.clone())).collect() }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.handles.len()
    }

    /// Does every task, taking them in order. The results stand in the order of the tasks.
    pub(crate) fn map<T: Sync, R: Send>(
        &self,
        tasks: &[T],
        run: impl Fn(&Database, &T) -> R + Sync,
    ) -> Vec<R> {
        self.map_with(tasks, |db, task, ()| run(db, task))
    }

    /// As [`map`](Workers::map); `run` is also given what its worker keeps from task to task.
    pub(crate) fn map_with<T: Sync, R: Send, S: Default>(
        &self,
        tasks: &[T],
        run: impl Fn(&Database, &T, &mut S) -> R + Sync,
    ) -> Vec<R> {
        let tasks = Queue::new(tasks);
        let done: Mutex<Vec<(usize, R)>> = Mutex::default();
        self.each(|db| {
            let mut kept = S::default();
            let mut own = Vec::new();
            while let Some((at, task)) = tasks.take() {
                own.push((at, run(db, task, &mut kept)));
                db.close_files(None);
            }
            lock(&done).extend(own);
        });
        in_order(done)
    }

    /// Runs `work` once for each handle, each on a thread of the pool.
    pub(crate) fn each(&self, work: impl Fn(&mut Database) + Sync) {
        let work = &work;
        rayon::scope(|scope| {
            for handle in &self.handles {
                // A failure is caught within a task; no handle is ever left half done.
                scope.spawn(move |_| work(&mut lock(handle)));
            }
        });
    }
}

/// What a mutex holds: it is never left half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_order<R>(done: Mutex<Vec<(usize, R)>>) -> Vec<R> {
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Tasks that several threads take, each once.
struct Queue<'t, T> {
    tasks: &'t [T],
    next: AtomicUsize,
}

impl<'t, T> Queue<'t, T> {
    fn new(tasks: &'t [T]) -> Queue<'t, T> {
        Queue { tasks, next: AtomicUsize::new(0) }
    }

    /// The next task and its number.
    fn take(&self) -> Option<(usize, &'t T)> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        Some((at, self.tasks.get(at)?))
    }
}
