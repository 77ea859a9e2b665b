//! The command `pytype-rs`: arguments in, findings and an exit status out.

mod argument_files;
mod arguments;
mod check;
mod engine;
mod explain;
mod progress;
mod stages;
mod terminal;

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Nothing found, or only notes.
    Clean,
    /// Errors found.
    Errors,
    /// The run could not be done, or not to its end: wrong usage, wrong configuration, a blocking error.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(match status {
            Status::Clean => 0,
            Status::Errors => 1,
            Status::Failed => 2,
        })
    }
}

/// Runs the command with the process's arguments.
pub fn main() -> ExitCode {
    let arguments = match argument_files::expanded(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(message) => return fail(&message).into(),
    };
    let matches = match arguments::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // `--help` and `--version` arrive here too, as errors of status 0.
            let status = if error.use_stderr() { Status::Failed } else { Status::Clean };
            let _ = error.print();
            return status.into();
        }
    };
    match matches.subcommand() {
        Some(("check", matches)) => check::run(&arguments::parsed(matches)).into(),
        Some(("explain", matches)) => explain::run(matches).into(),
        _ => fail("name what to do: `pytype-rs check` or `pytype-rs explain`").into(),
    }
}

/// Says on stderr why nothing was done.
fn fail(message: &str) -> Status {
    eprintln!("pytype-rs: error: {message}");
    Status::Failed
}
