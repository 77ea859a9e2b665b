//! Interning identifiers without a lock for each of them.

use std::cell::RefCell;
use std::hash::Hasher;

use pytype_source::Name;
use rustc_hash::FxHasher;

const SLOTS: usize = 4096;

thread_local! {
    /// The names this thread met last, each at the place its hash gives it.
    static RECENT: RefCell<Vec<Option<Name>>> = RefCell::new(vec![None; SLOTS]);
}

/// [`Name::new`], asking the shared table only for names that this thread has not met lately.
pub(crate) fn intern(text: &str) -> Name {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    let slot = (hasher.finish() >> 20) as usize % SLOTS;
    RECENT.with_borrow_mut(|recent| match recent.get_mut(slot) {
        Some(Some(name)) if name.as_str() == text => *name,
        Some(place) => {
            let name = Name::new(text);
            *place = Some(name);
            name
        }
        None => Name::new(text),
    })
}
