//! The command `pytype-rs`.

use std::process::ExitCode;

/// Most of a run's memory is small and short-lived, or interned for good; these allocators are the
/// faster ones for both, most of all on many threads.
#[cfg(not(windows))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
#[cfg(windows)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pytype_cli::main()
}
