//! When a run of each sort last went well: everything was read and nothing failed, also when there was nothing to do. Kept as
//! cursors, in the transaction that keeps or counts the run, so a run that finds nothing costs no further write.

use super::report::{RunReport, Trigger};
use crate::store::{Store, StoreError, Writer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const CASES: &str = "success_cases";
const DOCUMENTS: &str = "success_documents";
const MESSAGES: &str = "success_messages";

/// When runs last went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LastSuccess {
    /// Of cases, whatever set them off.
    pub cases: Option<Timestamp>,
    /// Of documents.
    pub documents: Option<Timestamp>,
    /// Of messages.
    pub messages: Option<Timestamp>,
}

/// Reads them. A state that an earlier version wrote knows none until the next run.
pub fn last_success(store: &Store) -> Result<LastSuccess, StoreError> {
    Ok(LastSuccess { cases: store.cursor(CASES)?, documents: store.cursor(DOCUMENTS)?, messages: store.cursor(MESSAGES)? })
}

/// Notes a run that went well; of another it keeps nothing. Crash before the commit: the last one that went well stands. After:
/// this one.
pub(super) fn note(writer: &mut Writer<'_>, report: &RunReport) -> Result<(), StoreError> {
    if report.went_well() { note_at(writer, report.trigger, report.ended_at()) } else { Ok(()) }
}

/// The same of a run that has no report.
pub(super) fn note_at(writer: &mut Writer<'_>, trigger: Trigger, at: Timestamp) -> Result<(), StoreError> {
    writer.put_cursor(cursor(trigger), at)
}

fn cursor(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Documents => DOCUMENTS,
        Trigger::Messages => MESSAGES,
        Trigger::Schedule | Trigger::Verify | Trigger::ByHand | Trigger::Approval | Trigger::ContactHours | Trigger::Changes => CASES,
    }
}

impl RunReport {
    /// Whether everything was read and nothing failed.
    pub fn went_well(&self) -> bool {
        self.error.is_none() && self.complete && self.failures.is_empty()
    }

    /// When it ended.
    pub fn ended_at(&self) -> Timestamp {
        let took = SignedDuration::try_from_secs_f64(self.duration_seconds.max(0.0)).unwrap_or_default();
        self.started_at.checked_add(took).unwrap_or(self.started_at)
    }
}
