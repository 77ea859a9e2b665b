//! What a frozen run keeps of this layer's answers.

use std::cell::OnceCell;
use std::sync::Arc;

use once_cell::race::OnceBox;
use pytype_source::{File, ParsedFile, PerFile, Slots};

use crate::Syntax;

/// See [`crate::IndexDb::kept_indexes`]. Clones share what is known of interfaces; each has its own
/// open files.
#[derive(Default)]
pub struct KeptIndexes {
    interfaces: Arc<PerFile<FileSyntaxes>>,
    open: OnceCell<Box<OpenFile>>,
}

impl Clone for KeptIndexes {
    fn clone(&self) -> KeptIndexes {
        KeptIndexes { interfaces: self.interfaces.clone(), open: OnceCell::new() }
    }
}

/// The syntax of one file's interface.
#[derive(Default)]
struct FileSyntaxes {
    interface: OnceBox<Interface>,
    /// The bodies that belong to the interface.
    open_bodies: Slots<Syntax>,
}

/// See [`FileSyntaxes`].
pub(crate) struct Interface {
    pub syntax: Syntax,
    /// No body is missing in its tree.
    pub is_whole: bool,
}

/// A file that one thread checks: with all of its bodies.
pub(crate) struct OpenFile {
    file: File,
    /// As it was parsed.
    pub parsed: ParsedFile,
    /// The interface's syntax, with nothing missing in the tree.
    pub whole: Syntax,
    bodies: Slots<Syntax>,
    next: OnceCell<Box<OpenFile>>,
}

impl OpenFile {
    pub(crate) fn new(file: File, parsed: ParsedFile, whole: Syntax) -> OpenFile {
        OpenFile { file, parsed, whole, bodies: Slots::default(), next: OnceCell::new() }
    }

    /// The syntax of a body that says nothing to the outside.
    pub(crate) fn body(
        &self,
        unit: u32,
        count: impl FnOnce() -> usize,
        make: impl Fn() -> Syntax,
    ) -> Option<&Syntax> {
        Some(self.bodies.at(unit as usize, count)?.get_or_init(|| Box::new(make())))
    }
}

impl KeptIndexes {
    /// The syntax of a file's interface, made by `make` if it was not asked for before.
    pub(crate) fn interface(&self, file: File, make: impl Fn() -> Interface) -> &Interface {
        self.interfaces.of(file).interface.get_or_init(|| Box::new(make()))
    }

    /// The syntax of a body that belongs to the interface.
    pub(crate) fn open_body(
        &self,
        file: File,
        unit: u32,
        count: impl FnOnce() -> usize,
        make: impl Fn() -> Syntax,
    ) -> Option<&Syntax> {
        let slot = self.interfaces.of(file).open_bodies.at(unit as usize, count)?;
        Some(slot.get_or_init(|| Box::new(make())))
    }

    /// A file with all its bodies, until [`Self::close_files`].
    pub(crate) fn open_file(&self, file: File, open: impl Fn() -> OpenFile) -> &OpenFile {
        let mut slot = &self.open;
        while let Some(known) = slot.get() {
            if known.file == file {
                return known;
            }
            slot = &known.next;
        }
        slot.get_or_init(|| Box::new(open()))
    }

    /// Lets go of the trees and bodies of the files that this handle has opened, as they have been
    /// checked; `unfinished` is one with bodies left.
    pub fn close_files(&mut self, unfinished: Option<File>) {
        let mut next = self.open.take();
        while let Some(mut open) = next {
            next = open.next.take();
            if Some(open.file) == unfinished {
                self.open = open.into();
            }
        }
    }
}
