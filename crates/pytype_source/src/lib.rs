//! Files, their text and syntax, names and findings: what every other crate stands on.
//!
//! Invariant: nothing here knows what a Python name *means*.

mod db;
mod diagnostic;
pub mod encoding;
mod error_code;
mod file_system;
mod frozen;
mod ignore_comments;
mod interning;
mod kept;
mod name;
mod name_map;
mod nesting;
mod syntax_tree;
mod text;

pub use db::{File, FileOrigin, SourceDb, SourceText, source_text};
pub use diagnostic::{Diagnostic, Note, Severity};
pub use error_code::ErrorCode;
pub use file_system::{
    DirEntry, DiskFileSystem, EmbeddedTypeshed, FileKind, FileSystem, OverlayFileSystem, TYPESHED_ROOT,
};
pub use frozen::{OwnPerFile, PerFile, Slots};
pub use ignore_comments::{IgnoreTag, ignore_tag_in};
pub use interning::{HashIndex, Numbered, OwnNumbers};
pub use kept::{Kept, KeptByNumber, KeptCopies, LastAnswers};
pub use name::{Name, NamedNode, WrittenName};
pub use name_map::NameMap;
pub use syntax_tree::{ParsedFile, parse, parse_again, parse_text};
pub use text::Text;
