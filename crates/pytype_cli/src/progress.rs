//! A bar on the terminal for runs that take a while.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a run goes on without a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts files that are done; shows nothing unless stderr is a terminal and a second has passed.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    done: AtomicUsize,
}

impl Progress {
    pub fn new(files: usize, is_terminal: bool, started: Instant) -> Progress {
        let bar = if is_terminal {
            let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
            if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files {elapsed}") {
                bar.set_style(style);
            }
            bar
        } else {
            ProgressBar::hidden()
        };
        Progress { bar, started, done: AtomicUsize::new(if is_terminal { 0 } else { HIDDEN }) }
    }

    /// One file more is done.
    pub fn file_done(&self) {
        let done = self.done.load(Ordering::Relaxed);
        if done >= HIDDEN {
            return;
        }
        self.done.fetch_add(1, Ordering::Relaxed);
        if self.bar.is_hidden() && self.started.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(done as u64 + 1);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Counts from here on mean that nothing is ever shown.
const HIDDEN: usize = usize::MAX / 2;
