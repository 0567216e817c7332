//! The answer to `explain`: one case, field by field, with why it stands as it does. The JSON form is a contract: keys may be
//! added, not changed. Client values stand in it only when they were asked for; else there is a word in their place.

use crate::domain::{CaseId, FirmId, Kind, PlanName, PortalId, ReasonCode, RunId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// `casebridge explain`: `{firm, case, in_mycase, standing, summary, portal_id, linked_since, waits, attention, fields,
/// last_sent, notes}`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The firm.
    pub firm: FirmId,
    /// The firm's zone, e.g. `America/Chicago`.
    pub time_zone: Option<String>,
    /// The case.
    pub case: CaseId,
    /// Its name in MyCase; only with values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its page in MyCase, where the firm's address is known.
    pub url: Option<String>,
    /// What MyCase says of it.
    pub in_mycase: InMyCase,
    /// How it stands.
    pub standing: Standing,
    /// The same in one sentence.
    pub summary: String,
    /// The portal's id of its record; `None` when it is not linked.
    pub portal_id: Option<PortalId>,
    /// Since when it is linked.
    pub linked_since: Option<Timestamp>,
    /// Why something is not sent, or will not be, or not yet.
    pub waits: Vec<WaitView>,
    /// Why it needs attention.
    pub attention: Vec<ReasonView>,
    /// Every portal field; empty when MyCase does not show the case.
    pub fields: Vec<FieldView>,
    /// The last change that reached the portal.
    pub last_sent: Option<SentView>,
    /// Sentences for people: names that were renamed in MyCase, ...
    pub notes: Vec<String>,
}

/// What MyCase says of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InMyCase {
    /// Open.
    Open,
    /// Closed.
    Closed,
    /// Neither open nor closed.
    Unknown,
    /// It answers that there is none, which is also what a lost permission looks like.
    NotFound,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The portal has what MyCase says.
    InStep,
    /// The next run sends something.
    Differs,
    /// Something would be sent, and waits.
    Waits,
    /// It needs attention.
    NeedsAttention,
    /// The firm's file leaves it out, or leaves it as it is.
    LeftOut,
    /// Closed on both sides.
    Closed,
    /// MyCase does not show it.
    NotFound,
}

/// Why something is not sent (yet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitView {
    /// A word: `approval`, `contact-hours`, `settling`, `refused`, `answer-lost`, `inactive`, `paused`, `out-of-scope`, `never`,
    /// `too-old`, `not-selected`, `closed-before`, `closed`, `closing-ignored`, `reopening-ignored`, `closed-by-hand`, `new`,
    /// `not-created`, `missing`.
    pub code: String,
    /// One sentence without client data.
    pub text: String,
    /// The setting that decided, e.g. `[cases] skip_stages`.
    pub setting: Option<String>,
    /// Where the file says it, e.g. `acme.firm.toml:41`; `None` with a setting: its default.
    pub place: Option<String>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// The saved plan it waits in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanName>,
}

/// One reason why a case needs attention.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReasonView {
    /// The kind of reason.
    pub code: ReasonCode,
    /// One sentence without client data.
    pub text: String,
    /// What a person can do.
    pub fix: String,
}

/// One field of the portal. Without values, what is client data is `set` or, where it is not what was last sent, `changed`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// `state`, `practice_area`, `stage`, `clients`, `phone`, `email`, `attorney`, `team`, or a field's name.
    pub field: String,
    /// What MyCase has; `None` for nothing, and for a template, which has no single value.
    pub in_mycase: Option<String>,
    /// Which rule decided, as a sentence's end without client data.
    pub rule: String,
    /// The setting behind it, e.g. `[clients] who`.
    pub setting: Option<String>,
    /// Where the file says it, e.g. `acme.firm.toml:41`; `None`: a default, or MyCase itself.
    pub place: Option<String>,
    /// What the firm's file makes of it; `None` for nothing, and where the portal's stays.
    pub result: Option<String>,
    /// What the portal was last told, or had when it was taken over.
    pub sent: Option<String>,
    /// When the field was last sent; `None` when it was taken over, or never sent.
    pub sent_at: Option<Timestamp>,
    /// By which run.
    pub sent_run: Option<RunId>,
    /// Whether the portal has it.
    pub state: FieldState,
}

/// Whether the portal has what is wanted of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldState {
    /// It has, or what it has stays.
    InStep,
    /// It has not, and it would be sent.
    Differs,
    /// It has not, and something holds it back.
    Held,
    /// The case is not linked.
    NotInPortal,
}

/// A change that reached the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentView {
    /// When.
    pub at: Timestamp,
    /// The run.
    pub run: RunId,
    /// What set the run off.
    pub trigger: String,
    /// Who said yes; `None` when it was within the limits.
    pub approved_by: Option<String>,
    /// To which plan.
    pub plan: Option<PlanName>,
    /// Its kinds, the weightiest first.
    pub kinds: Vec<Kind>,
    /// Its fields.
    pub fields: Vec<String>,
}

impl fmt::Debug for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explained { firm, case, standing, waits, attention, fields, .. } = self;
        write!(f, "Explained({firm} {case} {standing:?} {waits:?} {attention:?} {fields:?})")
    }
}

impl fmt::Debug for FieldView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FieldView { field, state, rule, place, .. } = self;
        write!(f, "FieldView({field} {state:?} {rule} {place:?})")
    }
}
