//! Cases of which an answer to a write was lost. A change may take several requests, and is sent again as a whole: each of them
//! may then change nothing, once, and nobody could know better.

use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// From the first request that is heard again on, the others follow within this time: storms of 429 are waited out.
const TOGETHER: SignedDuration = SignedDuration::from_mins(30);

/// The cases.
#[derive(Default)]
pub(crate) struct Unheard(BTreeMap<u64, Again>);

/// What was heard of a case since.
#[derive(Default)]
struct Again {
    requests: BTreeSet<String>,
    until: Option<Timestamp>,
    /// The write that was lost showed the case to another person: it is sent again when somebody says yes again, and other
    /// changes of the case may go before it.
    asks: bool,
}

impl Unheard {
    /// An answer was lost, to a write that showed the case to another person (`asks`) or not.
    pub(crate) fn add(&mut self, case: u64, asks: bool) {
        let again = self.0.entry(case).or_default();
        *again = Again { asks: asks || again.asks, ..Again::default() };
    }

    /// A request was answered, and changed nothing (`idle`) or something; says whether it may repeat one whose answer was lost. One
    /// that leaves something unsaid (`silent`: nobody knew the staff) repeats that only in a part: the rest may be repeated later.
    pub(crate) fn excuses(&mut self, case: u64, request: String, silent: bool, idle: bool, now: Timestamp) -> bool {
        let Some(again) = self.0.get_mut(&case) else { return false };
        if silent || again.asks && !idle {
            return true;
        }
        if now > *again.until.get_or_insert(now + TOGETHER) {
            self.0.remove(&case);
            return false;
        }
        again.requests.insert(request)
    }
}
