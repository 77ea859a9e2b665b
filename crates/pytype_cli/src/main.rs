//! The command `pytype-rs`.

use std::process::ExitCode;

/// Most of a run's memory is small and short-lived, or interned for good; this allocator is
/// the faster one for both, most of all on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pytype_cli::main()
}
