//! What a planner is told before it looks at cases: the firm, the moment, and how far this run reaches.

use crate::config::Firm;
use crate::domain::{CaseId, Fingerprinter, Listing};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything a planner knows beforehand.
#[derive(Debug, Clone)]
pub struct Context {
    /// The firm's rules.
    pub firm: Arc<Firm>,
    /// The firm's fingerprints, the same as its links were made with.
    pub prints: Fingerprinter,
    /// The moment of the plan.
    pub now: Timestamp,
    /// Whether a first run has not completed yet.
    pub first: bool,
    /// Cases whose last change is before this are not newly imported, unless asked for.
    pub lookback: Timestamp,
    /// Which cases this run may touch.
    pub reach: Reach,
    /// Send every linked case in scope anew.
    pub rewrite: bool,
    /// What the portal (or the firm's exported list) says of its records: on a first run, `verify`, lost links. A
    /// listing that is not whole adopts, but then nothing is created.
    pub listing: Option<Listing>,
    /// How many cases the last whole scan showed.
    pub last_scan: Option<usize>,
    /// Cases asked for earlier (`import = "selected"`); they are imported however old.
    pub selected: BTreeSet<CaseId>,
}

/// Which cases a run may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All; only then may absence mean something.
    Everything,
    /// Those that changed since the last look.
    Changed,
    /// Only these, asked for by id or URL.
    Cases(BTreeSet<CaseId>),
}

impl Context {
    /// Whether this run may touch the case at all: `[testing]`, the cases asked for. (`never` comes with the case.)
    pub(super) fn concerns(&self, case: CaseId) -> bool {
        let testing = &self.firm.testing;
        let reached = match &self.reach {
            Reach::Everything | Reach::Changed => true,
            Reach::Cases(cases) => cases.contains(&case),
        };
        reached && (testing.is_empty() || testing.contains(&case))
    }

    /// Whether a person named this very case: then neither age nor `import = "selected"` leaves it out.
    pub(super) fn asked_for(&self, case: CaseId) -> bool {
        let named = matches!(&self.reach, Reach::Cases(cases) if cases.contains(&case));
        named || self.selected.contains(&case) || self.firm.testing.contains(&case)
    }
}
