//! What a thread of a frozen run keeps of this layer's answers.

use pytype_source::{File, Kept};

use crate::{FileIndex, Syntax};

/// See [`crate::IndexDb::kept_indexes`].
#[derive(Default)]
pub struct KeptIndexes {
    /// By file and unit.
    pub(crate) indexes: Kept<(File, u32), FileIndex>,
    pub(crate) syntaxes: Kept<(File, u32), Syntax>,
}
