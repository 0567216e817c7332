//! What is due next, and what should have run and did not. The daemon knows better what it is about to start; without one the
//! schedule and the state say it.

use super::{FirmStatus, NextRuns, OperationError, RunState};
use crate::config::{Cron, Firm};
use crate::store::Store;
use crate::sync::{Connection, RunReport, Trigger};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A run that is so late has not just begun, and does not only wait for its place in the spread.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// Reports to look through: what ran before so many others says nothing of today, and each costs an unsealing.
const MOST: usize = 100;

/// A run by its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The key in `[schedule]`: `cases`, `changes`, `verify`, `documents` or `messages`.
    pub what: String,
    /// When it is due, or was.
    pub at: Timestamp,
}

impl Due {
    /// A run of this schedule.
    pub fn new(what: &str, at: Timestamp) -> Due {
        Due { what: what.to_owned(), at }
    }
}

impl NextRuns {
    /// The next that looks at every case: what an edit means is done then.
    pub fn of_all_cases(&self) -> Option<Timestamp> {
        [self.cases, self.verify].into_iter().flatten().min()
    }

    /// The soonest; of several at once the one that does the most.
    pub fn soonest(&self) -> Option<Due> {
        let NextRuns { cases, changes, verify, documents, messages } = *self;
        let runs = [("verify", verify), ("cases", cases), ("changes", changes), ("documents", documents), ("messages", messages)];
        let due = runs.into_iter().filter_map(|(what, at)| Some(Due::new(what, at?)));
        due.min_by_key(|due| due.at)
    }
}

/// What should have run since the firm's file was accepted and connected, and did not: for a state that no daemon works on.
pub fn overdue(firm: &Firm, store: &Store, status: &FirmStatus, now: Timestamp) -> Result<Vec<Due>, OperationError> {
    if status.status != RunState::Active || status.connection != Connection::Connected {
        return Ok(Vec::new());
    }
    let (mut cases, mut documents, mut messages, mut others, mut looked_at) = (None, None, None, None, 0);
    store.walk_runs(|value| {
        let Ok(report) = serde_json::from_value::<RunReport>(value) else { return true };
        let last = match report.trigger {
            Trigger::Documents => &mut documents,
            Trigger::Messages => &mut messages,
            // What a person or another program starts in the schedule's place does as much, when it reads everything.
            Trigger::Schedule | Trigger::Verify => &mut cases,
            Trigger::ByHand | Trigger::ContactHours if report.complete => &mut cases,
            Trigger::ByHand | Trigger::ContactHours | Trigger::Approval | Trigger::Changes => &mut others,
        };
        last.get_or_insert(report.ended_at());
        looked_at += 1;
        (cases.is_none() || documents.is_none() || messages.is_none()) && looked_at < MOST
    })?;
    let begun = [status.file.since, status.connection_since].into_iter().flatten().max();
    let missed = |what, cron: &Option<Cron>, last: Option<Timestamp>| {
        let at = cron.as_ref()?.next_after(last.into_iter().chain(begun).max()?)?;
        (at.duration_until(now) > LATE).then(|| Due::new(what, at))
    };
    let (schedule, success) = (&firm.schedule, status.last_success);
    let lines = [
        missed("cases", &schedule.cases, cases.or(success.cases)),
        missed("documents", &schedule.documents, documents.max(success.documents)),
        missed("messages", &schedule.messages, messages.max(success.messages)),
    ];
    Ok(lines.into_iter().flatten().collect())
}
