//! What a run says of itself when it is over: kept in the state, logged, and answered to whoever asked.

use crate::domain::{CaseId, FirmId, PlanName, RunId};
use crate::plan::Counts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A finished run (the JSON answer of `sync` and `approve`; keys may be added, not changed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// The firm.
    pub firm: FirmId,
    /// The run.
    pub run: RunId,
    /// What set it off.
    pub trigger: Trigger,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: Timestamp,
    /// Whether the reading of MyCase was whole.
    pub complete: bool,
    /// Cases by the weightiest kind of their change, as planned.
    pub counts: ReportCounts,
    /// Cases whose change reached the portal.
    pub written: usize,
    /// Portal records taken as a case's own.
    pub adopted: usize,
    /// Files or messages that reached MyCase; only documents and messages runs say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred: Option<usize>,
    /// Requests made to each side.
    pub requests: Requests,
    /// How long it took.
    pub duration_seconds: f64,
    /// The plan that waits for approval.
    pub waiting_plan: Option<PlanName>,
    /// Cases that wait for approval.
    pub waiting: usize,
    /// Cases that wait for contact hours.
    pub later: usize,
    /// Approved cases that were dropped because they have moved since (`approve`).
    pub moved: Vec<CaseId>,
    /// What failed, case by case.
    pub failures: Vec<Failure>,
    /// Sentences for people.
    pub notes: Vec<String>,
    /// Why the run as a whole did not come to its end.
    pub error: Option<RunFailure>,
}

/// Why a run as a whole did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// A word for machines: `not-connected`, `reconnect`, `mycase`, `portal`, ...
    pub code: String,
    /// A sentence for people.
    pub text: String,
}

/// What set a run off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// `schedule.cases`.
    Schedule,
    /// `schedule.verify`, or `sync --verify`.
    Verify,
    /// `sync`.
    ByHand,
    /// `approve`.
    Approval,
    /// Contact hours began.
    ContactHours,
    /// `schedule.changes`.
    Changes,
    /// `schedule.documents`, or `sync --documents`.
    Documents,
    /// `schedule.messages`, or `sync --messages`.
    Messages,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything that may be done is done.
    Done,
    /// Something is held, or all of it.
    Waiting,
    /// Something failed.
    Failed,
}

/// The counts of a plan, and how many cases failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportCounts {
    /// New records.
    pub create: usize,
    /// Everything else.
    pub update: usize,
    /// Moves.
    pub stage: usize,
    /// Phone, e-mail, name.
    pub contact: usize,
    /// Closes.
    pub close: usize,
    /// Reopens.
    pub reopen: usize,
    /// In step.
    pub unchanged: usize,
    /// Cases that need attention.
    pub exceptions: usize,
    /// Cases whose change failed.
    pub failed: usize,
}

impl ReportCounts {
    /// A plan's counts and the failures.
    pub fn new(plan: Counts, failed: usize) -> ReportCounts {
        let Counts { create, update, stage, contact, close, reopen, unchanged, exceptions } = plan;
        ReportCounts { create, update, stage, contact, close, reopen, unchanged, exceptions, failed }
    }
}

/// Requests made to each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Requests {
    /// To MyCase.
    pub mycase: u64,
    /// To the portal.
    pub portal: u64,
}

/// One case whose change failed; `text` holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The case.
    pub case: CaseId,
    /// What happened, with the portal's own words scrubbed.
    pub text: String,
}

impl Trigger {
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Trigger::Schedule => "schedule",
            Trigger::Verify => "verify",
            Trigger::ByHand => "by-hand",
            Trigger::Approval => "approval",
            Trigger::ContactHours => "contact-hours",
            Trigger::Changes => "changes",
            Trigger::Documents => "documents",
            Trigger::Messages => "messages",
        }
    }

    /// What people call such a run.
    pub fn name(self) -> &'static str {
        match self {
            Trigger::Schedule => "scheduled run",
            Trigger::Verify => "comparison of everything",
            Trigger::ByHand => "run by hand",
            Trigger::Approval => "approved plan",
            Trigger::ContactHours => "run when contact hours began",
            Trigger::Changes => "look at what changed",
            Trigger::Documents => "fetching of files",
            Trigger::Messages => "fetching of messages",
        }
    }
}
