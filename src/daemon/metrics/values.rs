//! What is told in numbers, as values.

use crate::daemon::machine::LaneName;
use crate::domain::Kind;
use crate::http::TrafficCounts;
use crate::operations::{Connection, FileState, NextRuns, RunState};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The daemon itself.
#[derive(Debug, Clone)]
pub(in crate::daemon) struct DaemonValues {
    /// Its version.
    pub(in crate::daemon) version: &'static str,
    /// Since when it runs.
    pub(in crate::daemon) since: Timestamp,
    /// When the folder was last looked at.
    pub(in crate::daemon) read_at: Option<Timestamp>,
    /// Whether nothing was wrong for all firms then.
    pub(in crate::daemon) files_good: bool,
    /// Bytes left for the states; `None` when the system does not say.
    pub(in crate::daemon) state_room: Option<u64>,
}

/// One firm in numbers.
#[derive(Debug, Clone)]
pub(in crate::daemon) struct FirmValues {
    /// Its id.
    pub(in crate::daemon) firm: String,
    /// Its file on disk; `None` until it is judged.
    pub(in crate::daemon) file: Option<FileState>,
    /// One more per change of meaning.
    pub(in crate::daemon) generation: u64,
    /// What its state says; `None` while it cannot be read.
    pub(in crate::daemon) stored: Option<StoredValues>,
    /// When what runs by itself is due.
    pub(in crate::daemon) next: NextRuns,
    /// Runs that are late.
    pub(in crate::daemon) overdue: usize,
    /// Ticks skipped because the last run still ran.
    pub(in crate::daemon) skipped: u64,
    /// What is known of its runs.
    pub(in crate::daemon) ran: RunValues,
    /// Cases whose change reached the portal.
    pub(in crate::daemon) changes: Vec<(Kind, u64)>,
    /// Requests, by side.
    pub(in crate::daemon) traffic: Vec<(&'static str, TrafficCounts)>,
}

/// What a firm's state says.
#[derive(Debug, Clone)]
pub(in crate::daemon) struct StoredValues {
    /// When the file in use was taken into use.
    pub(in crate::daemon) accepted_at: Option<Timestamp>,
    /// Whether the text in use is the one on disk; `None` when there is none on disk.
    pub(in crate::daemon) matches_disk: Option<bool>,
    /// The connection to MyCase.
    pub(in crate::daemon) connection: Connection,
    /// Since the tokens were last renewed.
    pub(in crate::daemon) token_age: Option<SignedDuration>,
    /// When the connection ends unless it is renewed before.
    pub(in crate::daemon) connection_ends: Option<Timestamp>,
    /// Whether the portal refused the firm's key when it was last asked.
    pub(in crate::daemon) key_refused: bool,
    /// Whether things run by themselves.
    pub(in crate::daemon) state: RunState,
    /// Plans that wait for approval.
    pub(in crate::daemon) waiting_plans: usize,
    /// Cases that wait in them.
    pub(in crate::daemon) waiting_cases: usize,
    /// Since when.
    pub(in crate::daemon) waiting_since: Option<Timestamp>,
    /// Cases that need attention.
    pub(in crate::daemon) attention: usize,
}

/// A firm's runs in numbers.
#[derive(Debug, Clone, Default)]
pub(in crate::daemon) struct RunValues {
    /// When a run of a lane last went well.
    pub(in crate::daemon) succeeded: BTreeMap<LaneName, Timestamp>,
    /// Runs since the start, by what set them off and how they ended.
    pub(in crate::daemon) runs: BTreeMap<(&'static str, &'static str), u64>,
    /// Files and messages that reached MyCase since the start.
    pub(in crate::daemon) transferred: BTreeMap<LaneName, u64>,
    /// How long the last run of a lane took, and all since the start together, in seconds.
    pub(in crate::daemon) took: BTreeMap<LaneName, (f64, f64)>,
}
