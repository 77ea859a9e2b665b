//! What a frozen run keeps of this layer's answers.

use std::sync::Arc;

use once_cell::race::OnceBox;
use pytype_source::{File, PerFile, Slots};

use crate::Syntax;

/// See [`crate::IndexDb::kept_indexes`]. Clones share everything.
#[derive(Clone, Default)]
pub struct KeptIndexes(Arc<PerFile<FileSyntaxes>>);

/// The syntax of one file's units.
#[derive(Default)]
struct FileSyntaxes {
    interface: OnceBox<Syntax>,
    bodies: Slots<Syntax>,
}

impl KeptIndexes {
    /// The syntax of a unit, made by `make` if it was not asked for before.
    pub(crate) fn syntax(&self, file: File, unit: u32, make: impl Fn(u32) -> Syntax) -> &Syntax {
        let known = self.0.of(file);
        let interface = || known.interface.get_or_init(|| Box::new(make(0)));
        if unit == 0 {
            return interface();
        }
        let count = || interface().built().index.definitions.len() + 1;
        match known.bodies.at(unit as usize, count) {
            Some(slot) => slot.get_or_init(|| Box::new(make(unit))),
            None => interface(),
        }
    }
}
