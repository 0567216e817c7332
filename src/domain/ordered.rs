//! Ordered maps and sets, filled one by one. `collect` would bring a sort of its own with each place that calls it, 5 kB of program
//! each, and would be no faster for what is small.

use std::collections::{BTreeMap, BTreeSet};

/// What [`Ordered::ordered`] can fill.
pub(crate) trait InOrder<T>: Default {
    /// Takes one more; the last of equal keys stays.
    fn take(&mut self, item: T);
}

impl<K: Ord, V> InOrder<(K, V)> for BTreeMap<K, V> {
    fn take(&mut self, (key, value): (K, V)) {
        self.insert(key, value);
    }
}

impl<T: Ord> InOrder<T> for BTreeSet<T> {
    fn take(&mut self, item: T) {
        self.insert(item);
    }
}

/// `collect` for ordered maps and sets.
pub(crate) trait Ordered: Iterator + Sized {
    /// All items in their order.
    fn ordered<C: InOrder<Self::Item>>(self) -> C {
        let mut all = C::default();
        self.for_each(|item| all.take(item));
        all
    }

    /// The same of what can fail; the first failure ends it.
    fn ordered_or<T, E, C: InOrder<T>>(mut self) -> Result<C, E>
    where
        Self: Iterator<Item = Result<T, E>>,
    {
        let mut all = C::default();
        self.try_for_each(|item| item.map(|item| all.take(item)))?;
        Ok(all)
    }
}

impl<I: Iterator> Ordered for I {}
