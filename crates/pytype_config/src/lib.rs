//! Every option: its value, and where the value came from.
//!
//! [`table`] has one row for each option; configuration files ([`load()`]), comments in source files
//! ([`inline_options`]) and the command line are all read by it.

mod change;
mod configuration;
mod documentation;
mod error_codes;
mod exclude;
mod file;
mod global;
mod ini;
mod inline;
mod load;
mod options;
mod paths;
mod problem;
mod sections;
pub mod spec;
pub mod table;
mod value;

pub use change::{Change, Mode};
pub use configuration::Configuration;
pub use documentation::option_tables;
pub use error_codes::ErrorCodeSet;
pub use exclude::exclude_regex;
pub use global::{ColorChoice, GlobalOptions, JunitFormat, OutputFormat};
pub use inline::{InlineOptions, inline_options};
pub use load::{CommandLine, load, load_toml};
pub use options::{FollowImports, ModuleOptions};
pub use paths::{Environment, relative};
pub use problem::{Problem, ProblemKind};
pub use value::{Raw, Source, Value, ValueError, parse as parse_value};
