//! Who bears which print: finds what several bear without sorting what one bears, which is nearly all of it.

/// Prints (as of [`crate::domain::phone_print`]; 0 is no print) with who bears them.
#[derive(Debug)]
pub(super) struct Bearers<W> {
    all: Vec<(u64, W)>,
    sorted: bool,
}

impl<W> Default for Bearers<W> {
    fn default() -> Bearers<W> {
        Bearers { all: Vec::new(), sorted: false }
    }
}

/// Places of a [`Marks`] for each print, at least: of prints that one bears, one in sixteen is taken for shared and sorted in vain.
const PLACES: usize = 16;

impl<W: Copy + Ord> Bearers<W> {
    /// One more; the same may come twice.
    pub(super) fn push(&mut self, print: u64, who: W) {
        if print != 0 {
            self.all.push((print, who));
            self.sorted = false;
        }
    }

    /// Everybody who bears a print. Sorts when somebody came since: for a few questions after everybody came.
    pub(super) fn of(&mut self, print: u64) -> impl Iterator<Item = W> + '_ {
        if !self.sorted {
            self.all.sort_unstable();
            self.sorted = true;
        }
        let first = self.all.partition_point(|entry| entry.0 < print);
        self.all.iter().skip(first).take_while(move |entry| entry.0 == print).map(|entry| entry.1)
    }

    /// Each print's bearers, sorted and each once, where there are several.
    pub(super) fn several(&self) -> Vec<Vec<W>> {
        let (mut once, mut again) = (Marks::for_many(self.all.len()), Marks::for_many(self.all.len()));
        for (print, _) in &self.all {
            if once.mark(*print) {
                again.mark(*print);
            }
        }
        let mut alike: Vec<(u64, W)> = self.all.iter().copied().filter(|(print, _)| again.has(*print)).collect();
        alike.sort_unstable();
        alike.dedup();
        alike.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1).map(|group| group.iter().map(|entry| entry.1).collect()).collect()
    }
}

/// Which prints were met; some that were not seem so, since several share a mark. Prints are spread evenly as they are.
struct Marks {
    words: Vec<u64>,
    shift: u32,
}

impl Marks {
    fn for_many(prints: usize) -> Marks {
        let places = (prints.max(4) * PLACES).next_power_of_two();
        Marks { words: vec![0; places / 64], shift: 64 - places.trailing_zeros() }
    }

    /// Whether it was marked before.
    fn mark(&mut self, print: u64) -> bool {
        let (word, bit) = self.place(print);
        let before = self.has(print);
        self.words.get_mut(word).into_iter().for_each(|word| *word |= bit);
        before
    }

    fn has(&self, print: u64) -> bool {
        let (word, bit) = self.place(print);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(&self, print: u64) -> (usize, u64) {
        let place = print >> self.shift;
        ((place / 64) as usize, 1 << (place % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Prints as hashes are: spread over all 64 bits; each of the few stands for itself.
    fn print(few: u64) -> u64 {
        few.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    proptest! {
        #[test]
        fn several_bear_a_print_when_they_do_and_of_tells_all_of_them(came in proptest::collection::vec((0_u64..200, 0_u8..4), 0..300)) {
            let mut bearers = Bearers::default();
            let mut by_print: BTreeMap<u64, BTreeSet<u8>> = BTreeMap::new();
            for (few, who) in came {
                bearers.push(print(few), who);
                by_print.entry(print(few)).or_default().insert(who);
            }
            by_print.remove(&0);
            let several = |found: Vec<Vec<u8>>| found.into_iter().collect::<BTreeSet<_>>();
            let expected = by_print.values().filter(|who| who.len() > 1).map(|who| who.iter().copied().collect()).collect();
            prop_assert_eq!(several(bearers.several()), several(expected));
            for few in 0..200 {
                let found: BTreeSet<u8> = bearers.of(print(few)).collect();
                prop_assert_eq!(found, by_print.get(&print(few)).cloned().unwrap_or_default());
            }
        }
    }

    #[test]
    fn prints_that_share_a_mark_are_not_taken_for_one() {
        let mut bearers = Bearers::default();
        (1..=50_u64).for_each(|n| bearers.push(n, n));
        assert!(bearers.several().is_empty(), "all of them share the first mark");
    }
}
