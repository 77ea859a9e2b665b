//! What a frozen run keeps of this layer's answers.
//!
//! Indexes are kept to the end. Trees are large, and once a file has been checked hardly anybody asks
//! for them: then they are let go. Each thread holds those that it has asked for until it is between
//! two tasks, where it has no reference into them.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use pytype_source::{File, LastAnswers, OwnPerFile, ParsedFile, PerFile, Slots};

use crate::builder::Built;
use crate::{FileIndex, Syntax};

/// See [`crate::IndexDb::kept_indexes`]. Clones share what is known of interfaces; each has its own
/// open files.
#[derive(Default)]
pub struct KeptIndexes {
    shared: Arc<Shared>,
    /// The interfaces that this handle has asked for.
    own: OwnPerFile<Arc<Interface>>,
    /// How many of the files that have been checked this handle holds nothing of any more.
    dropped: usize,
    open: OnceCell<Box<OpenFile>>,
    /// The indexes that were asked for last.
    last: LastAnswers<(File, u32), FileIndex>,
}

/// A clone begins with nothing of its own.
impl Clone for KeptIndexes {
    fn clone(&self) -> KeptIndexes {
        KeptIndexes { shared: self.shared.clone(), ..KeptIndexes::default() }
    }
}

/// What all handles share.
#[derive(Default)]
struct Shared {
    files: PerFile<SharedFile>,
    /// The files that have been checked, and how many they are.
    checked: Mutex<Vec<File>>,
    checked_count: AtomicUsize,
}

#[derive(Default)]
struct SharedFile {
    /// The index of the interface.
    built: OnceLock<Arc<Built>>,
    /// The interface itself: until the file has been checked, and again if somebody still needs it.
    interface: Mutex<Option<Arc<Interface>>>,
}

impl SharedFile {
    fn interface(&self, make: impl FnOnce() -> Interface) -> Arc<Interface> {
        if let Some(known) = &*lock(&self.interface) {
            return known.clone();
        }
        let made = Arc::new(make());
        self.built.get_or_init(|| made.syntax.shared_built().clone());
        lock(&self.interface).get_or_insert(made).clone()
    }
}

/// What the tree of an interface has not that the file has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lacking {
    Nothing,
    /// Closed bodies.
    Bodies,
    /// Names as they are written, and maybe closed bodies.
    WrittenNames,
}

/// The syntax of one file's interface.
pub(crate) struct Interface {
    pub syntax: Syntax,
    pub lacks: Lacking,
    /// The bodies that belong to the interface.
    open_bodies: Slots<Syntax>,
}

impl Interface {
    pub(crate) fn new(syntax: Syntax, lacks: Lacking) -> Interface {
        Interface { syntax, lacks, open_bodies: Slots::default() }
    }

    /// [`Self::open_body`], if it was made before.
    pub(crate) fn known_body(&self, unit: u32) -> Option<&Syntax> {
        self.open_bodies.known(unit as usize)
    }

    /// The syntax of a body that belongs to the interface.
    pub(crate) fn open_body(
        &self,
        unit: u32,
        count: impl FnOnce() -> usize,
        make: impl Fn() -> Syntax,
    ) -> Option<&Syntax> {
        Some(self.open_bodies.at(unit as usize, count)?.get_or_init(|| Box::new(make())))
    }
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
    /// The syntax of a file's interface, if this handle has asked for it before.
    #[inline]
    pub(crate) fn known_interface(&self, file: File) -> Option<&Interface> {
        self.own.get(file).map(|interface| &**interface)
    }

    /// The syntax of a file's interface, made by `make` if it is not there.
    pub(crate) fn interface(&self, file: File, make: impl FnOnce() -> Interface) -> &Interface {
        self.own.get_or_init(file, || self.shared.files.of(file).interface(make))
    }

    /// The index of a file's interface, if it was made before.
    #[inline]
    pub(crate) fn known_built(&self, file: File) -> Option<&Built> {
        self.shared.files.of(file).built.get().map(|built| &**built)
    }

    /// The syntax of a body of an open file, if it was made before.
    #[inline]
    pub(crate) fn known_body(&self, file: File, unit: u32) -> Option<&Syntax> {
        let mut next = self.open.get();
        while let Some(open) = next {
            if open.file == file {
                return open.bodies.known(unit as usize);
            }
            next = open.next.get();
        }
        None
    }

    /// The index of a unit, if it is one of those that were asked for last.
    #[inline]
    pub fn last_index(&self, file: File, unit: u32) -> Option<&FileIndex> {
        self.last.get(last_number(file, unit), (file, unit))
    }

    /// The index of a unit, if it was made before: of an interface, or of a body of an open file.
    #[inline]
    pub fn known_index(&self, file: File, unit: u32) -> Option<&FileIndex> {
        let index = match unit {
            0 => &self.known_built(file)?.index,
            _ => &self.known_body(file, unit)?.built().index,
        };
        Some(self.last.keep(last_number(file, unit), (file, unit), index))
    }

    /// The syntax of a unit, if it was made before, as [`Self::known_index`].
    #[inline]
    pub fn known_syntax(&self, file: File, unit: u32) -> Option<&Syntax> {
        if unit == 0 { Some(&self.known_interface(file)?.syntax) } else { self.known_body(file, unit) }
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
    /// checked, but for `unfinished`, which has bodies left; and of the interfaces of all files that any thread
    /// has finished with.
    pub fn close_files(&mut self, unfinished: Option<File>) {
        self.last.forget();
        let mut next = self.open.take();
        while let Some(mut open) = next {
            next = open.next.take();
            if Some(open.file) == unfinished {
                self.open = open.into();
            }
        }
        self.drop_checked();
    }

    /// Says that a file has been checked: whoever holds its tree lets go of it.
    pub fn mark_checked(&self, file: File) {
        lock(&self.shared.files.of(file).interface).take();
        let mut checked = lock(&self.shared.checked);
        checked.push(file);
        self.shared.checked_count.store(checked.len(), Ordering::Release);
    }

    fn drop_checked(&mut self) {
        if self.dropped == self.shared.checked_count.load(Ordering::Acquire) {
            return;
        }
        let checked = lock(&self.shared.checked);
        for file in &checked[self.dropped..] {
            self.own.take(*file);
        }
        self.dropped = checked.len();
    }
}

/// A thread mostly goes back and forth between a body and the interfaces of a few files.
#[inline]
fn last_number(file: File, unit: u32) -> u32 {
    file.number() << 1 | u32::from(unit != 0)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
