//! Types in the order in which they came, each once.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::Ty;

/// Up to so many types, looking at each of them costs less than a table.
const FEW: usize = 8;

/// See the module's documentation.
#[derive(Default)]
pub(crate) struct DistinctTypes {
    items: SmallVec<[Ty; FEW]>,
    /// The same types, once there are more than a few.
    table: FxHashSet<Ty>,
}

impl DistinctTypes {
    pub(crate) fn contains(&self, ty: Ty) -> bool {
        if self.items.len() <= FEW { self.items.contains(&ty) } else { self.table.contains(&ty) }
    }

    /// Adds a type; returns whether it was not there.
    #[inline]
    pub(crate) fn insert(&mut self, ty: Ty) -> bool {
        if self.contains(ty) {
            return false;
        }
        self.items.push(ty);
        if self.items.len() > FEW {
            self.insert_into_table(ty);
        }
        true
    }

    fn insert_into_table(&mut self, ty: Ty) {
        if self.items.len() == FEW + 1 {
            self.table.extend(self.items.iter().copied());
        } else {
            self.table.insert(ty);
        }
    }

    pub(crate) fn extend(&mut self, types: impl IntoIterator<Item = Ty>) {
        for ty in types {
            self.insert(ty);
        }
    }

    pub(crate) fn as_slice(&self) -> &[Ty] {
        &self.items
    }
}
