//! Values by names, in the order in which the names came.

use crate::Name;

/// A map from names that remembers their order. Made for tables that are asked far more often than they are
/// changed, mostly for names that they do not have: then little more than one line of memory is looked at.
#[derive(Clone, Debug)]
pub struct NameMap<V> {
    names: Vec<Name>,
    values: Vec<V>,
    /// Where each name stands, by its number; empty as long as there are few names.
    buckets: Box<[Option<Bucket>]>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    name: Name,
    at: u32,
}

/// So many names are looked through one after the other.
const FEW: usize = 8;

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        NameMap { names: Vec::new(), values: Vec::new(), buckets: Box::default() }
    }
}

impl<V: PartialEq> PartialEq for NameMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names && self.values == other.values
    }
}

impl<V: Eq> Eq for NameMap<V> {}

impl<V> NameMap<V> {
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    #[inline]
    pub fn get(&self, name: Name) -> Option<&V> {
        self.values.get(self.position(name)?)
    }

    pub fn get_mut(&mut self, name: Name) -> Option<&mut V> {
        let at = self.position(name)?;
        self.values.get_mut(at)
    }

    #[inline]
    pub fn contains(&self, name: Name) -> bool {
        self.position(name).is_some()
    }

    /// Sets the value of a name, which keeps its place if it has one.
    pub fn insert(&mut self, name: Name, value: V) {
        match self.position(name) {
            Some(at) => self.values[at] = value,
            None => self.push(name, value),
        }
    }

    /// The value of a name, which gets the last place and the default if it has none.
    pub fn get_or_default(&mut self, name: Name) -> &mut V
    where
        V: Default,
    {
        let at = self.position(name).unwrap_or_else(|| {
            self.push(name, V::default());
            self.values.len() - 1
        });
        &mut self.values[at]
    }

    /// Takes a name out; those behind it move up.
    pub fn remove(&mut self, name: Name) -> Option<V> {
        let at = self.position(name)?;
        self.names.remove(at);
        let value = self.values.remove(at);
        self.find_places();
        Some(value)
    }

    pub fn names(&self) -> std::iter::Copied<std::slice::Iter<'_, Name>> {
        self.names.iter().copied()
    }

    pub fn values(&self) -> std::slice::Iter<'_, V> {
        self.values.iter()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Name, &V)> {
        self.names().zip(&self.values)
    }

    pub fn shrink_to_fit(&mut self) {
        self.names.shrink_to_fit();
        self.values.shrink_to_fit();
    }

    #[inline]
    fn position(&self, name: Name) -> Option<usize> {
        if self.buckets.is_empty() {
            return self.names.iter().position(|known| *known == name);
        }
        let mut at = first_bucket(name, self.buckets.len());
        while let Some(bucket) = self.buckets[at] {
            if bucket.name == name {
                return Some(bucket.at as usize);
            }
            at = (at + 1) & (self.buckets.len() - 1);
        }
        None
    }

    fn push(&mut self, name: Name, value: V) {
        let at = self.names.len();
        self.names.push(name);
        self.values.push(value);
        if at < FEW {
            return;
        }
        // A quarter of the buckets stays empty, so that looking for what is not there ends soon.
        if at >= self.buckets.len() / 4 * 3 {
            self.find_places();
        } else {
            put(&mut self.buckets, Bucket { name, at: at as u32 });
        }
    }

    /// Makes the buckets anew, with room for as many names again.
    fn find_places(&mut self) {
        self.buckets = Box::default();
        if self.names.len() > FEW {
            self.buckets = vec![None; (self.names.len() * 2).next_power_of_two()].into_boxed_slice();
            for (at, name) in self.names.iter().enumerate() {
                put(&mut self.buckets, Bucket { name: *name, at: at as u32 });
            }
        }
    }
}

/// The bucket to begin with, of so many, which are a power of two.
#[inline]
fn first_bucket(name: Name, buckets: usize) -> usize {
    (name.number().wrapping_mul(0x9E37_79B9) >> (u32::BITS - buckets.ilog2())) as usize & (buckets - 1)
}

fn put(buckets: &mut [Option<Bucket>], bucket: Bucket) {
    let mut at = first_bucket(bucket.name, buckets.len());
    while buckets[at].is_some() {
        at = (at + 1) & (buckets.len() - 1);
    }
    buckets[at] = Some(bucket);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(names: &[&str]) -> NameMap<usize> {
        let mut map = NameMap::default();
        names.iter().enumerate().for_each(|(at, name)| map.insert(Name::new(name), at));
        map
    }

    #[test]
    fn a_name_keeps_its_place() {
        let mut few = map(&["b", "a"]);
        few.insert(Name::new("b"), 5);
        assert_eq!(few.names().map(Name::as_str).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(few.get(Name::new("b")), Some(&5));
        *few.get_or_default(Name::new("c")) += 1;
        assert_eq!(few.values().copied().collect::<Vec<_>>(), [5, 1, 1]);
    }

    #[test]
    fn many_names_are_found_and_taken_out() {
        let names: Vec<String> = (0..1000).map(|number| format!("name_{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for count in [FEW - 1, FEW, FEW + 1, 100, 1000] {
            let mut map = map(&names[..count]);
            for (at, name) in names.iter().enumerate() {
                assert_eq!(map.get(Name::new(name)).copied(), (at < count).then_some(at));
            }
            assert_eq!(map.remove(Name::new(names[1])), Some(1));
            assert_eq!(map.len(), count - 1);
            for (at, name) in names[..count].iter().enumerate() {
                assert_eq!(map.get(Name::new(name)).copied(), (at != 1).then_some(at));
            }
        }
    }
}
