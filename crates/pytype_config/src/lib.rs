//! Every option: its value, and where the value came from.

mod error_codes;
mod options;

pub use error_codes::ErrorCodeSet;
pub use options::{FollowImports, ModuleOptions};
