//! What tables of interned values are made of: values by their numbers, and numbers by a hash.
//!
//! Most of what is asked for is known already, and nothing is ever removed. So who looks for something takes no
//! lock, and only who adds something locks a part of the table.

mod hash_index;
mod numbered;

pub use hash_index::HashIndex;
pub use numbered::{Numbered, OwnNumbers};
