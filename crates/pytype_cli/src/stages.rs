//! `--stats`: what a run took, stage by stage.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// Measures the stages of a run.
pub struct Stages {
    started: Instant,
    last: Instant,
    last_processor: Option<Duration>,
    rows: Vec<Row>,
    /// What threads were busy with, for how long together.
    work: Vec<(&'static str, Duration)>,
}

struct Row {
    stage: &'static str,
    time: Duration,
    /// The time of all processors together, where the system tells.
    processor: Option<Duration>,
    /// The memory in use at the end of the stage, in bytes, where the system tells.
    memory: Option<u64>,
}

impl Stages {
    pub fn start() -> Stages {
        let now = Instant::now();
        Stages {
            started: now,
            last: now,
            last_processor: processor_time(),
            rows: Vec::new(),
            work: Vec::new(),
        }
    }

    /// When the run began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The stage that went on until now is over.
    pub fn end(&mut self, stage: &'static str) {
        let now = Instant::now();
        let processor = processor_time();
        self.rows.push(Row {
            stage,
            time: now - self.last,
            processor: difference(processor, self.last_processor),
            memory: status_value("VmRSS:"),
        });
        self.last = now;
        self.last_processor = processor;
    }

    /// A thread was busy with some kind of work.
    pub fn spent(&mut self, work: &'static str, time: Duration) {
        match self.work.iter_mut().find(|(known, _)| *known == work) {
            Some((_, sum)) => *sum += time,
            None => self.work.push((work, time)),
        }
    }

    /// The table.
    pub fn table(&self, counts: &[(&str, usize)]) -> String {
        let mut text = row("stage", ["time", "processors", "memory"]);
        for stage in &self.rows {
            let columns = [time(stage.time), optional_time(stage.processor), memory(stage.memory)];
            text.push_str(&row(stage.stage, columns.each_ref().map(String::as_str)));
        }
        let columns = [
            time(self.last - self.started),
            optional_time(self.last_processor),
            memory(status_value("VmHWM:")),
        ];
        text.push_str(&row("all", columns.each_ref().map(String::as_str)));
        for (work, spent) in &self.work {
            text.push_str(&row(work, ["", &time(*spent), ""]));
        }
        for (what, count) in counts {
            let _ = writeln!(text, "{what:<16} {count:>12}");
        }
        text
    }
}

fn row(name: &str, columns: [&str; 3]) -> String {
    let [first, second, third] = columns;
    let line = format!("{name:<16} {first:>12} {second:>12} {third:>12}");
    format!("{}\n", line.trim_end())
}

fn difference(now: Option<Duration>, before: Option<Duration>) -> Option<Duration> {
    now?.checked_sub(before?)
}

fn optional_time(of: Option<Duration>) -> String {
    of.map_or_else(|| "-".to_owned(), time)
}

/// What all threads of this process have used of the processors, in the ticks that Linux counts:
/// hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
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
