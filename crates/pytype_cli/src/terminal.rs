//! Whether output goes to a terminal, and in colour.

use std::io::{IsTerminal, Write};

use pytype_config::{ColorChoice, Environment, GlobalOptions, OutputFormat};

/// What is known about the two output streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terminal {
    pub stdout: bool,
    pub stderr: bool,
}

impl Terminal {
    pub fn of_process() -> Terminal {
        Terminal { stdout: std::io::stdout().is_terminal(), stderr: std::io::stderr().is_terminal() }
    }

    /// Whether output is coloured: as the user says, else as the environment says, else when
    /// both streams are terminals.
    pub fn color(self, options: &GlobalOptions, environment: &Environment) -> bool {
        match options.color {
            ColorChoice::Always => return true,
            ColorChoice::Never => return false,
            ColorChoice::Auto => {}
        }
        if !options.color_output {
            return false;
        }
        if let Some(value) = environment.variable("MYPY_FORCE_COLOR") {
            return is_set(value);
        }
        if environment.non_empty("NO_COLOR").is_some() {
            return false;
        }
        if let Some(value) = environment.variable("FORCE_COLOR")
            && is_set(value)
        {
            return true;
        }
        self.stdout && self.stderr && environment.variable("TERM") != Some("dumb")
    }

    /// The format of findings: as the user says, else by where they go.
    pub fn format(self, options: &GlobalOptions) -> OutputFormat {
        match options.output_format {
            Some(format) => format,
            // mypy's way to show source lines works on its own lines.
            None if options.pretty || !self.stdout => OutputFormat::Concise,
            None => OutputFormat::Full,
        }
    }
}

/// A number other than zero, or any text.
fn is_set(value: &str) -> bool {
    match value.trim().parse::<i64>() {
        Ok(number) => number != 0,
        Err(_) => !value.is_empty(),
    }
}

/// Writes to stdout. A reader that has gone away is no reason to fail: the exit status still tells.
pub fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(terminal: bool, options: &GlobalOptions, variables: &[(&str, &str)]) -> bool {
        let environment = Environment {
            variables: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Environment::default()
        };
        Terminal { stdout: terminal, stderr: terminal }.color(options, &environment)
    }

    #[test]
    fn colours() {
        let options = GlobalOptions::default();
        assert!(color(true, &options, &[]));
        assert!(!color(false, &options, &[]));
        assert!(!color(true, &options, &[("NO_COLOR", "1")]));
        assert!(color(false, &options, &[("FORCE_COLOR", "1")]));
        assert!(!color(false, &options, &[("FORCE_COLOR", "0")]));
        assert!(color(false, &options, &[("MYPY_FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
        assert!(!color(true, &GlobalOptions { color_output: false, ..options.clone() }, &[]));
        let always = GlobalOptions { color: ColorChoice::Always, ..options };
        assert!(color(false, &always, &[("NO_COLOR", "1")]));
    }
}
