//! Whether a reading of all cases was whole: only a whole scan proves that something is absent.

use serde::{Deserialize, Serialize};

/// How one reading of a MyCase list went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Different items read.
    pub read: usize,
    /// What every page announced (MyCase: header Item-Count), when all announced the same.
    pub announced: Option<usize>,
    /// Why the scan does not prove absence; empty when it was whole.
    pub doubts: Vec<ScanDoubt>,
}

impl Scan {
    /// Whether the scan shows everything there is.
    pub fn is_whole(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// Why a scan does not prove absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ScanDoubt {
    /// The count that the pages announced moved while they were read.
    #[error("the number of cases moved from {from} to {to} while they were read")]
    CountMoved {
        /// The first count.
        from: usize,
        /// A later one.
        to: usize,
    },
    /// Not as many were read as announced.
    #[error("MyCase announced {announced} cases, and {read} were read")]
    CountDiffers {
        /// What was announced.
        announced: usize,
        /// What was read.
        read: usize,
    },
    /// Items without a usable id; what they are is unknown.
    #[error("{count} cases came without a usable id")]
    WithoutId {
        /// How many.
        count: usize,
    },
    /// No page announced a count.
    #[error("MyCase did not say how many cases there are")]
    NoCount,
    /// Fewer than 90% of the last whole scan.
    #[error("MyCase shows {fewer} cases fewer than the last time ({before} then)")]
    Shrunk {
        /// How many fewer.
        fewer: usize,
        /// How many there were.
        before: usize,
    },
    /// Only some cases were asked for.
    #[error("only some cases were read")]
    Partial,
}
