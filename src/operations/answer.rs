//! What operations answer. The JSON forms are a contract: keys may be added, not changed (design: commands).

use super::Due;
use crate::config::{Firm, Problem};
use crate::domain::{CaseException, FirmId, PlanName, ReasonCode};
pub use crate::sync::{ConnectEnded, Connected};
use crate::sync::{Connection, Doing, LastSuccess, RunReport, Trigger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer to one [`super::Ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// `plan`.
    Plan(Box<PlanAnswer>),
    /// `sync` and `approve`.
    Run(Box<RunReport>),
    /// `status` of one firm.
    Status(Box<FirmStatus>),
    /// Every case that needs attention, one by one.
    Exceptions(Vec<CaseException>),
    /// `explain`.
    Explained(Box<super::Explained>),
    /// `history`.
    History(Box<super::History>),
    /// `catalog`.
    Catalog(Box<super::CatalogAnswer>),
    /// `check --online`.
    Online(Box<crate::config::Online>),
    /// `state export --for-plan`.
    Counts(Box<crate::plan::CaseCounts>),
    /// `state backup`.
    BackedUp(Box<super::BackedUp>),
    /// `state handover`.
    Handover(Box<super::Handover>),
    /// `connect`: the address to open.
    Authorize {
        /// The address.
        url: String,
        /// Where MyCase will send the browser.
        redirect_uri: String,
        /// Whether the daemon's own page catches it.
        #[serde(default)]
        caught_by_daemon: bool,
    },
    /// `connect`: done.
    Connected(Connected),
    /// How connecting goes.
    Connecting(Box<super::ConnectView>),
    /// The last runs.
    Runs(super::Runs),
    /// The plan that waits, counted.
    Waiting(Option<Box<super::WaitingPlan>>),
    /// The stage map with its counts.
    StageMap(Box<super::StageMap>),
    /// Done, with one sentence for people.
    Done {
        /// The sentence.
        text: String,
    },
}

/// `plan`: the plan in every form, rendered where the firm's data is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// Its name; `approve` takes it.
    pub plan: PlanName,
    /// Whether anything would be written.
    pub has_changes: bool,
    /// The JSON answer.
    pub json: serde_json::Value,
    /// For a terminal.
    pub text: String,
    /// For a pull request.
    pub markdown: String,
}

impl Answer {
    /// Says of an answer about connecting who catches the redirect; only the daemon knows that.
    #[must_use]
    pub(crate) fn caught_by_daemon(mut self, caught: bool) -> Answer {
        match &mut self {
            Answer::Authorize { caught_by_daemon, .. } => *caught_by_daemon = caught,
            Answer::Connecting(view) => view.caught_by_daemon = caught,
            _ => {}
        }
        self
    }
}

/// How one firm stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirmStatus {
    /// The firm.
    pub firm: FirmId,
    /// Its name.
    pub name: String,
    /// The firm's zone, e.g. `America/Chicago`; `None` while no version of the file was good.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Where a case stands in MyCase: this, a slash, its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases_url: Option<String>,
    /// The connection to MyCase.
    pub connection: Connection,
    /// Since when somebody's permission is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_since: Option<Timestamp>,
    /// When it ends unless it is renewed before; the daemon renews it every few hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_ends: Option<Timestamp>,
    /// Why a person must connect again; only with `connection` = `reconnect`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconnect: Option<ReconnectView>,
    /// Whether things run by themselves.
    pub status: RunState,
    /// Why paused, and until when.
    pub pause: Option<PauseView>,
    /// The firm's file.
    pub file: FileView,
    /// The next runs, by schedule.
    pub next: NextRuns,
    /// What runs now, begun by the daemon or through it.
    #[serde(default)]
    pub running: Vec<Running>,
    /// The soonest of them; without a daemon what the schedule says.
    #[serde(default)]
    pub next_due: Option<Due>,
    /// What should have run by now and did not.
    #[serde(default)]
    pub overdue: Vec<Due>,
    /// The last run that read cases.
    pub last: Option<RunReport>,
    /// When runs of each sort last went well: everything read, nothing failed, also when there was nothing to do.
    #[serde(default)]
    pub last_success: LastSuccess,
    /// Cases that need attention.
    pub exceptions: usize,
    /// Why, grouped: ten cases with one cause are one line.
    pub attention: Vec<Attention>,
    /// The plan that waits for approval.
    pub waiting_plan: Option<PlanName>,
    /// Cases that wait in it.
    pub waiting: usize,
    /// Since when they wait.
    #[serde(default)]
    pub waiting_since: Option<Timestamp>,
    /// Why the firm's state cannot be had (another process holds it, it is damaged): nothing runs for the firm until it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_error: Option<String>,
    /// Sentences for people: what the last edit means, ...
    pub notes: Vec<String>,
}

impl FirmStatus {
    /// A firm of which nothing but the file's name is known.
    pub fn bare(id: &FirmId, file: FileView) -> FirmStatus {
        FirmStatus {
            firm: id.clone(),
            name: id.to_string(),
            time_zone: None,
            cases_url: None,
            connection: Connection::NotConnected,
            connection_since: None,
            connection_ends: None,
            reconnect: None,
            status: RunState::Inactive,
            pause: None,
            file,
            next: NextRuns::default(),
            running: Vec::new(),
            next_due: None,
            overdue: Vec::new(),
            last: None,
            last_success: LastSuccess::default(),
            exceptions: 0,
            attention: Vec::new(),
            waiting_plan: None,
            waiting: 0,
            waiting_since: None,
            state_error: None,
            notes: Vec::new(),
        }
    }

    /// A firm of which no more is known than what its file says.
    pub fn of_file(firm: &Firm, file: FileView) -> FirmStatus {
        FirmStatus {
            name: firm.name.clone(),
            time_zone: firm.time_zone.iana_name().map(str::to_owned),
            status: if firm.active { RunState::Active } else { RunState::Inactive },
            ..FirmStatus::bare(&firm.id, file)
        }
    }
}

/// A run under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// What set it off.
    pub trigger: Trigger,
    /// Who asked for it; `None` when it began by itself.
    pub by: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// How far it is; `None` before it has said anything.
    pub doing: Option<Doing>,
}

/// Why and since when a person must connect again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconnectView {
    /// Since when.
    pub since: Timestamp,
    /// What MyCase said.
    pub why: String,
}

/// Whether things run by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Runs by its schedule.
    Active,
    /// "Connected - Inactive".
    Inactive,
    /// Somebody paused it.
    Paused,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseView {
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// The firm's file as far as it is in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// Whether what is on disk is what runs.
    pub state: FileState,
    /// One more per change of meaning.
    pub generation: u64,
    /// Since when it is so.
    pub since: Option<Timestamp>,
    /// What is wrong with the file on disk (as `check` says it).
    pub problems: Vec<serde_json::Value>,
    /// SHA-256 of the version in use, as `sha256sum` says it of that file.
    #[serde(default)]
    pub sha256: Option<String>,
    /// SHA-256 of the file as it lies in the folder.
    #[serde(default)]
    pub sha256_on_disk: Option<String>,
    /// The commit that the folder is of, when it lies in a git tree.
    #[serde(default)]
    pub commit: Option<String>,
}

impl FileView {
    /// A file that was never in use.
    pub fn new(state: FileState, problems: Vec<serde_json::Value>) -> FileView {
        FileView { state, generation: 0, since: None, problems, sha256: None, sha256_on_disk: None, commit: None }
    }
}

/// Whether what is on disk is what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// Yes.
    Current,
    /// The file on disk has problems; the last good version runs.
    Rejected,
    /// The file is gone; nothing runs.
    Removed,
    /// Not known yet: the firm's state is being opened, or another process holds it. Nothing runs meanwhile.
    Opening,
}

/// The next run of each schedule; `None` is off or not active.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NextRuns {
    /// `schedule.cases`.
    pub cases: Option<Timestamp>,
    /// `schedule.changes`.
    pub changes: Option<Timestamp>,
    /// `schedule.verify`.
    pub verify: Option<Timestamp>,
    /// `schedule.documents`.
    pub documents: Option<Timestamp>,
    /// `schedule.messages`.
    pub messages: Option<Timestamp>,
}

/// One cause and how many cases have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// The kind of reason.
    pub code: ReasonCode,
    /// The reason in words.
    pub text: String,
    /// What a person can do.
    pub fix: String,
    /// How many cases.
    pub cases: usize,
    /// The first few of them.
    pub examples: Vec<crate::domain::CaseId>,
}

/// Problems as answers bear them: as `check` says them.
pub fn problem_values(problems: &[Problem]) -> Vec<serde_json::Value> {
    problems.iter().filter_map(|problem| serde_json::to_value(problem).ok()).collect()
}
