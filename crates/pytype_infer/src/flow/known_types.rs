//! The types of places, as one frame of the binder knows them.

use smallvec::SmallVec;

use super::binder::{Current, Place};

/// Types by places, in the order of the places. Most frames know few, and make them known in this order.
#[derive(Clone, Default, Debug)]
pub struct KnownTypes(SmallVec<[(Place, Current); 3]>);

impl KnownTypes {
    fn find(&self, place: Place) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last >= place => self.0.binary_search_by_key(&place, |(known, _)| *known),
            _ => Err(self.0.len()),
        }
    }

    pub fn get(&self, place: Place) -> Option<Current> {
        let at = self.find(place).ok()?;
        self.0.get(at).map(|(_, current)| *current)
    }

    pub fn get_mut(&mut self, place: Place) -> Option<&mut Current> {
        let at = self.find(place).ok()?;
        self.0.get_mut(at).map(|(_, current)| current)
    }

    pub fn insert(&mut self, place: Place, current: Current) {
        match self.find(place) {
            Ok(at) => self.0[at].1 = current,
            Err(at) => self.0.insert(at, (place, current)),
        }
    }

    pub fn remove(&mut self, place: Place) {
        if let Ok(at) = self.find(place) {
            self.0.remove(at);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Place, Current)> {
        self.0.iter().copied()
    }

    /// The places, in order.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.0.iter().map(|(place, _)| *place)
    }
}
