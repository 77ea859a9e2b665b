//! What can be wrong with a configuration, as plain values; nobody here prints.

use std::fmt;

use camino::Utf8PathBuf;

/// How much a problem weighs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProblemKind {
    /// Wrong in itself: the run ends with status 2.
    Invalid,
    /// Right for mypy but not honoured here: the run ends with status 2, unless the user accepts that.
    Unsupported,
    /// Said once; the run goes on.
    Warning,
}

/// One thing wrong with a configuration file or the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    /// The file and, where one line is to blame, its number from 1.
    pub place: Option<(Utf8PathBuf, Option<u32>)>,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl Problem {
    /// A problem without a place in a file.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Problem {
        Problem { kind, place: None, message: message.into() }
    }

    /// A problem in a file.
    pub fn at(
        kind: ProblemKind,
        path: &Utf8PathBuf,
        line: Option<u32>,
        message: impl Into<String>,
    ) -> Problem {
        Problem { kind, place: Some((path.clone(), line)), message: message.into() }
    }

    /// Whether the run must end, given whether the user accepts unsupported options.
    pub fn is_fatal(&self, ignore_unsupported: bool) -> bool {
        match self.kind {
            ProblemKind::Invalid => true,
            ProblemKind::Unsupported => !ignore_unsupported,
            ProblemKind::Warning => false,
        }
    }

    /// The problem as a line of text, labelled by whether it ends the run.
    pub fn line(&self, ignore_unsupported: bool) -> String {
        let label = if self.is_fatal(ignore_unsupported) { "error" } else { "warning" };
        match &self.place {
            Some((path, Some(line))) => format!("{path}:{line}: {label}: {}", self.message),
            Some((path, None)) => format!("{path}: {label}: {}", self.message),
            None => format!("pytype-rs: {label}: {}", self.message),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(false))
    }
}
