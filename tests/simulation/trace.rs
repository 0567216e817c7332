//! What happened, line by line: kept as one number, and word for word where somebody wants to read it. Two tellings of a seed
//! must come to the same number.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// A story's lines.
pub(crate) struct Trace {
    sum: DefaultHasher,
    lines: u64,
    told: Option<Vec<String>>,
}

impl Trace {
    /// An empty one; `told` keeps the words.
    pub(crate) fn new(told: bool) -> Trace {
        // Not RandomState: these keys are the same in every process.
        Trace { sum: DefaultHasher::new(), lines: 0, told: told.then(Vec::new) }
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: &str) {
        line.hash(&mut self.sum);
        self.lines += 1;
        if let Some(told) = &mut self.told {
            told.push(line.to_owned());
        }
    }

    /// The number of all lines, and how many.
    pub(crate) fn sum(&self) -> (u64, u64) {
        (self.sum.finish(), self.lines)
    }

    /// The words.
    pub(crate) fn words(&mut self) -> Vec<String> {
        self.told.take().unwrap_or_default()
    }
}
