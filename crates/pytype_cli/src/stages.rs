//! `--stats`: what a run took, stage by stage.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// Measures the stages of a run.
pub struct Stages {
    started: Instant,
    last: Instant,
    rows: Vec<Row>,
}

struct Row {
    stage: &'static str,
    time: Duration,
    /// The memory in use at the end of the stage, in bytes, where the system tells.
    memory: Option<u64>,
}

impl Stages {
    pub fn start() -> Stages {
        let now = Instant::now();
        Stages { started: now, last: now, rows: Vec::new() }
    }

    /// When the run began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The stage that went on until now is over.
    pub fn end(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.rows.push(Row { stage, time: now - self.last, memory: status_value("VmRSS:") });
        self.last = now;
    }

    /// The table.
    pub fn table(&self, counts: &[(&str, usize)]) -> String {
        let mut text = format!("{:<16} {:>12} {:>12}\n", "stage", "time", "memory");
        for row in &self.rows {
            let _ = writeln!(text, "{:<16} {:>12} {:>12}", row.stage, time(row.time), memory(row.memory));
        }
        let all = self.last - self.started;
        let _ = writeln!(text, "{:<16} {:>12} {:>12}", "all", time(all), memory(status_value("VmHWM:")));
        for (what, count) in counts {
            let _ = writeln!(text, "{what:<16} {count:>12}");
        }
        text
    }
}

fn time(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn memory(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), |bytes| format!("{:.1} MB", bytes as f64 / 1e6))
}

/// A value of Linux's account of this process, in bytes.
fn status_value(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}
