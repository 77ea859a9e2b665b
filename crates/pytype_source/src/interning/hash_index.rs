//! Numbers by a hash.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How an index is divided, so that threads that add something seldom wait for each other.
const SHARDS: usize = 16;

/// How many buckets a shard has at first, and by what their number is multiplied when it grows.
const FIRST: usize = 16;
const GROWTH: usize = 2;

/// How often a shard can grow: beyond the numbers that there are.
const GENERATIONS: usize = 24;

/// The hash in the upper half, the number in the lower one; zero where there is nothing.
type Bucket = AtomicU64;

/// Numbers from one on by 32 bits of a hash, which any number of threads may look for and add to. A bucket is
/// one machine word, so that the first bucket and what has this number are all that most questions touch.
pub struct HashIndex {
    shards: [Shard; SHARDS],
}

/// One part of an index. Who only looks reads nothing that is written for each addition.
#[repr(align(64))]
struct Shard {
    /// Which of the generations is the newest.
    newest: AtomicUsize,
    /// Each has all that the one before has. The older ones stay, for those who look at them just now.
    generations: [OnceLock<Box<[Bucket]>>; GENERATIONS],
    adding: Adding,
}

/// How many numbers there are; to be locked by who adds one.
#[repr(align(64))]
struct Adding(Mutex<usize>);

impl HashIndex {
    pub const fn new() -> HashIndex {
        HashIndex { shards: [const { Shard::new() }; SHARDS] }
    }

    /// The number of `value`: one with this hash for which `is_same` holds, or what `store` gives, which is added.
    ///
    /// `store` must not ask the same index for anything.
    #[inline]
    pub fn find_or_add<V>(
        &self,
        hash: u32,
        value: V,
        is_same: impl Fn(NonZeroU32, &V) -> bool,
        store: impl FnOnce(V) -> NonZeroU32,
    ) -> NonZeroU32 {
        let shard = &self.shards[hash as usize % SHARDS];
        match shard.find(hash, |number| is_same(number, &value)) {
            Some(number) => number,
            None => shard.find_again_or_add(hash, value, is_same, store),
        }
    }
}

impl Default for HashIndex {
    fn default() -> Self {
        HashIndex::new()
    }
}

impl Shard {
    const fn new() -> Shard {
        Shard {
            newest: AtomicUsize::new(0),
            generations: [const { OnceLock::new() }; GENERATIONS],
            adding: Adding(Mutex::new(0)),
        }
    }

    #[inline]
    fn find(&self, hash: u32, is_same: impl Fn(NonZeroU32) -> bool) -> Option<NonZeroU32> {
        let buckets = self.generations.get(self.newest.load(Ordering::Acquire))?.get()?;
        let mut at = first_bucket(hash, buckets.len());
        loop {
            let bucket = buckets[at].load(Ordering::Acquire);
            let number = NonZeroU32::new(bucket as u32)?;
            if (bucket >> 32) as u32 == hash && is_same(number) {
                return Some(number);
            }
            at = (at + 1) & (buckets.len() - 1);
        }
    }

    /// Adds what was not there when somebody looked without the lock.
    #[cold]
    fn find_again_or_add<V>(
        &self,
        hash: u32,
        value: V,
        is_same: impl Fn(NonZeroU32, &V) -> bool,
        store: impl FnOnce(V) -> NonZeroU32,
    ) -> NonZeroU32 {
        // What is poisoned still holds: what could not be stored was not added.
        let mut count = self.adding.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = self.find(hash, |number| is_same(number, &value)) {
            return number;
        }
        let number = store(value);
        *count += 1;
        put(self.with_room_for(*count), hash, number);
        number
    }

    /// The newest buckets, of which an eighth is empty when they have `count` numbers. For who holds the lock.
    #[inline]
    fn with_room_for(&self, count: usize) -> &[Bucket] {
        let newest = self.newest.load(Ordering::Relaxed);
        match self.generations[newest].get() {
            Some(buckets) if count <= buckets.len() / 8 * 7 => buckets,
            _ => self.larger(newest),
        }
    }

    #[inline(never)]
    fn larger(&self, newest: usize) -> &[Bucket] {
        let Some(buckets) = self.generations[newest].get() else {
            return self.generations[newest].get_or_init(|| empty(FIRST));
        };
        let larger = self.generations[newest + 1].get_or_init(|| {
            let larger = empty(buckets.len() * GROWTH);
            for bucket in buckets {
                let bucket = bucket.load(Ordering::Relaxed);
                if let Some(number) = NonZeroU32::new(bucket as u32) {
                    put(&larger, (bucket >> 32) as u32, number);
                }
            }
            larger
        });
        self.newest.store(newest + 1, Ordering::Release);
        larger
    }
}

/// The bucket to begin with, of so many, which are a power of two. The lowest bits of the hash are the shard's.
#[inline]
fn first_bucket(hash: u32, buckets: usize) -> usize {
    (hash.wrapping_mul(0x9E37_79B9) >> (u32::BITS - buckets.ilog2())) as usize & (buckets - 1)
}

fn empty(size: usize) -> Box<[Bucket]> {
    (0..size).map(|_| Bucket::new(0)).collect()
}

/// Writes a number that is not there into the first empty bucket.
fn put(buckets: &[Bucket], hash: u32, number: NonZeroU32) {
    let mut at = first_bucket(hash, buckets.len());
    while buckets[at].load(Ordering::Relaxed) != 0 {
        at = (at + 1) & (buckets.len() - 1);
    }
    buckets[at].store(u64::from(hash) << 32 | u64::from(number.get()), Ordering::Release);
}

#[cfg(test)]
mod tests {
    use super::super::{Numbered, OwnNumbers};
    use super::*;

    #[test]
    fn threads_agree_on_the_numbers() {
        static VALUES: Numbered<u32> = Numbered::new();
        static INDEX: HashIndex = HashIndex::new();
        // Few hashes, so that many values have the same one.
        let number_of = |own: &OwnNumbers, value: u32| {
            let is_same = |number, value: &u32| VALUES.get(number) == Some(value);
            INDEX.find_or_add(value % 999, value, is_same, |value| VALUES.store(own, value))
        };
        let found: Vec<Vec<NonZeroU32>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let own = OwnNumbers::none();
                        (0..5000).map(|value| number_of(&own, value)).collect()
                    })
                })
                .collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|numbers| *numbers == found[0]));
        for (value, number) in found[0].iter().enumerate() {
            assert_eq!(VALUES.get(*number), Some(&(value as u32)));
        }
    }
}
