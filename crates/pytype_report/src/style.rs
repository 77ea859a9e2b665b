//! How findings are to look, whatever the format.

use std::borrow::Cow;

use pytype_config::GlobalOptions;

/// What the user asked for about the look of findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    pub color: bool,
    pub columns: bool,
    pub ends: bool,
    pub hide_codes: bool,
    pub code_links: bool,
    pub pretty: bool,
}

impl Style {
    pub fn new(options: &GlobalOptions, color: bool) -> Style {
        Style {
            color,
            columns: options.show_column_numbers || options.show_error_end,
            ends: options.show_error_end,
            hide_codes: options.hide_error_codes,
            code_links: options.show_error_code_links,
            pretty: options.pretty,
        }
    }
}

/// Colours of single words on a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    Error,
    Note,
    Code,
    Quoted,
    Link,
    Dim,
    Mark,
    Success,
    Failure,
}

impl Paint {
    /// `text` in this colour, or as it is.
    pub fn apply(self, text: &str, color: bool) -> Cow<'_, str> {
        if !color || text.is_empty() {
            return Cow::Borrowed(text);
        }
        let start = match self {
            Paint::Error | Paint::Failure => "\x1b[1;31m",
            Paint::Note => "\x1b[34m",
            Paint::Code => "\x1b[33m",
            Paint::Quoted => "\x1b[1m",
            Paint::Link => "\x1b[4m",
            Paint::Dim => "\x1b[2m",
            Paint::Mark => "\x1b[31m",
            Paint::Success => "\x1b[1;32m",
        };
        Cow::Owned(format!("{start}{text}\x1b[0m"))
    }
}
