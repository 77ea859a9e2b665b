//! Every option: its value, and where the value came from.

mod configuration;
mod error_codes;
mod global;
mod options;

pub use configuration::Configuration;
pub use error_codes::ErrorCodeSet;
pub use global::{ColorChoice, GlobalOptions, JunitFormat, OutputFormat};
pub use options::{FollowImports, ModuleOptions};
