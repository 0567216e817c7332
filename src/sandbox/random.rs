//! Chance that comes out the same every time: a splitmix64 generator, so that one seed always gives one world.
//!
//! Must never be used for anything secret, and must not draw from the clock or the machine.

/// A stream of numbers that depends on its seed alone.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A stream for this seed; neighbouring seeds give unrelated streams.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x5bf0_3635_dcd1_f2a9)
    }

    /// The next number, all 64 bits of it.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// True in `percent` of 100 calls.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the given things, which must not be none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(from.len() as u64) as usize;
        &from[at]
    }

    /// Thirty-two hexadecimal digits, for tokens and uuids of the sandbox.
    pub(super) fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    /// Something shaped like a uuid.
    pub(super) fn uuid(&mut self) -> String {
        let h = self.hex();
        format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
    }
}
