//! The file system of a run: the disk, with what the command line puts over it.

use std::sync::Arc;

use pytype_config::GlobalOptions;
use pytype_source::{DiskFileSystem, FileSystem, OverlayFileSystem};

use crate::Source;

/// The disk and the embedded stubs, and the program given with `-c` over them.
pub fn file_system_of_run(options: &GlobalOptions) -> Arc<dyn FileSystem> {
    let Some(program) = &options.command else { return Arc::new(DiskFileSystem) };
    let overlay = OverlayFileSystem::over(Arc::new(DiskFileSystem));
    overlay.write(Source::COMMAND_PATH, program.as_str());
    Arc::new(overlay)
}
