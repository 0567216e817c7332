//! What travels between the control socket and the event loop, and over the socket. Values only.
//!
//! The JSON forms are a contract: keys may be added, not changed (design: commands, "Answers in JSON").

use crate::domain::FirmId;
use crate::operations::{Answer, Ask, Caller, FirmStatus, Secret};
use crate::sync::{Progress, Step};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// A request for the event loop; the answer goes back through `reply`.
#[derive(Debug)]
pub enum Message {
    /// A request for one firm.
    Ask {
        /// The firm.
        firm: FirmId,
        /// What is asked.
        ask: Ask,
        /// Who asks.
        by: Caller,
        /// Where steps of a run are shown.
        progress: Progress,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Answer, Refusal>>,
    },
    /// Read the folder now; answered when it is read and each file judged.
    Reload {
        /// Where the answer goes.
        reply: oneshot::Sender<ReloadAnswer>,
    },
    /// How everything stands, with a page of the firms.
    Status {
        /// The page after this firm; the first without.
        after: Option<FirmId>,
        /// Where the answer goes.
        reply: oneshot::Sender<StatusAnswer>,
    },
    /// How everything stands, as Prometheus text.
    Metrics {
        /// Where the answer goes.
        reply: oneshot::Sender<Result<String, Refusal>>,
    },
    /// Whether the loop turns.
    Alive {
        /// Where the answer goes.
        reply: oneshot::Sender<Alive>,
    },
    /// Which firm waits for a redirect from MyCase that bears this state.
    Connecting {
        /// The state.
        state: Secret,
        /// Where the answer goes.
        reply: oneshot::Sender<Option<FirmId>>,
    },
}

/// The loop turns: whoever gets this knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alive {
    /// The folder was read and the daemon is not about to end. Says nothing of any one firm.
    pub ready: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// A word for machines: an operation's code, or `no-such-firm`, `no-file`, `busy`, `stopping`, `usage`, `panicked`.
    pub code: String,
    /// A sentence for people.
    pub text: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &str, text: impl Into<String>) -> Refusal {
        Refusal { code: code.to_owned(), text: text.into() }
    }
}

/// So many firms of a status at a time: 500 in one answer would hold the loop up, and leave its memory in pieces.
pub(crate) const STATUS_PAGE: usize = 25;

/// `status` of everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StatusAnswer {
    /// The firms in the order of their ids.
    pub firms: Vec<FirmStatus>,
    /// The daemon itself.
    pub daemon: Option<DaemonStatus>,
    /// Files in the firms folder whose names look like a mistake, and other things that concern no one firm.
    pub problems: Vec<serde_json::Value>,
}

/// The daemon itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// Its version.
    pub version: String,
    /// Its process id.
    pub process: u32,
    /// Since when it runs.
    pub since: Timestamp,
    /// Whether the system tells it of changed files; else it looks every few seconds.
    pub watching: bool,
}

/// `reload --wait`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReloadAnswer {
    /// Every firm file's verdict in the order of the firms' ids.
    pub files: Vec<FileReport>,
    /// What concerns no one firm: `casebridge.toml`, odd names, the folder itself.
    pub problems: Vec<serde_json::Value>,
}

impl ReloadAnswer {
    /// Whether every file on disk is what runs.
    pub fn is_good(&self) -> bool {
        let is_error = |problem: &serde_json::Value| problem.get("severity").is_some_and(|severity| severity == "error");
        self.files.iter().all(|file| file.verdict != Verdict::Rejected) && !self.problems.iter().any(is_error)
    }
}

/// One firm's file after a reload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// The firm.
    pub firm: FirmId,
    /// The file's name.
    pub file: String,
    /// What came of it.
    pub verdict: Verdict,
    /// One more per change of meaning.
    pub generation: u64,
    /// What is wrong with it, and warnings, as `check` says it.
    pub problems: Vec<serde_json::Value>,
    /// What the edit means, one sentence each.
    pub notes: Vec<String>,
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It means something else than before, and is in use.
    Accepted,
    /// It means what it meant.
    Unchanged,
    /// It has problems; the last good version stays in use.
    Rejected,
    /// It is gone.
    Removed,
    /// The firm's state is not open: it is being opened, or another process holds it. The file is taken when it is.
    Waiting,
}

/// One line of a streamed answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// A step of the run.
    Progress(Step),
    /// The last line.
    Answer(Answer),
    /// Or this.
    Error(Refusal),
}
