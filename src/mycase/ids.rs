//! Hashes MyCase's ids for sets of a hundred thousand: they are numbers already, and need no more than to be spread.

use std::hash::{BuildHasher, Hasher};

/// Makes [`Spread`]s.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IdHasher;

/// Spreads one number over all bits (the last steps of splitmix64).
#[derive(Debug, Default)]
pub(super) struct Spread(u64);

impl BuildHasher for IdHasher {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread(0)
    }
}

impl Hasher for Spread {
    fn write_u64(&mut self, id: u64) {
        let mut x = (self.0 ^ id).wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = x ^ (x >> 31);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
