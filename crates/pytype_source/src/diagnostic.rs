//! Findings as plain values.
//!
//! Whoever finds something returns a [`Diagnostic`]; nobody prints. Suppression comments, error
//! code switches, duplicates and order are dealt with when a file's findings are assembled.

use ruff_text_size::TextRange;

use crate::{ErrorCode, File};

/// How much a finding weighs: errors decide the exit status, notes never do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Error,
    Note,
}

/// One finding in one file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    /// `None` for a note that belongs to no code (such as `reveal_type`).
    pub code: Option<ErrorCode>,
    /// Where it stands: its first line is the line mypy reports.
    pub range: TextRange,
    /// The lines on which a `# type: ignore` silences it, when they are not the first line of
    /// `range` alone: mypy accepts the comment on any line from the first of the *statement's
    /// origin* span to its last for some errors.
    pub origin: Option<TextRange>,
    /// What is wrong, in one sentence without the code.
    pub message: String,
    /// Explanations that follow the finding; each is printed as a note on its own line.
    pub notes: Vec<Note>,
    /// A blocking error stops the whole run with exit status 2 (syntax errors, duplicate modules).
    pub blocking: bool,
    /// Shown once in a run, however often the same text is found in the file.
    pub only_once: bool,
    /// No `# type: ignore` silences it: mypy's parser reports it, before it knows of comments.
    pub from_parser: bool,
}

/// An explanation attached to a finding, at the same place unless it names another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Note {
    pub message: String,
    pub place: Option<(File, TextRange)>,
}

impl Diagnostic {
    /// An error with `code` at `range`.
    pub fn error(code: ErrorCode, range: TextRange, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: Some(code),
            range,
            origin: None,
            message: message.into(),
            notes: Vec::new(),
            blocking: false,
            only_once: false,
            from_parser: false,
        }
    }

    /// A note at `range`; give it a code with [`Diagnostic::with_code`] when one can silence it.
    pub fn note(range: TextRange, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Note,
            code: None,
            range,
            origin: None,
            message: message.into(),
            notes: Vec::new(),
            blocking: false,
            only_once: false,
            from_parser: false,
        }
    }

    #[must_use]
    pub fn with_code(mut self, code: ErrorCode) -> Diagnostic {
        self.code = Some(code);
        self
    }

    #[must_use]
    pub fn with_note(mut self, message: impl Into<String>) -> Diagnostic {
        self.notes.push(Note { message: message.into(), place: None });
        self
    }

    #[must_use]
    pub fn with_origin(mut self, origin: TextRange) -> Diagnostic {
        self.origin = Some(origin);
        self
    }

    #[must_use]
    pub fn from_parser(mut self) -> Diagnostic {
        self.from_parser = true;
        self
    }

    #[must_use]
    pub fn blocking(mut self) -> Diagnostic {
        self.blocking = true;
        self
    }
}
