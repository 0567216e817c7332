//! What a firm's file makes of one case. It says what is wanted and what could not be decided; it knows no link and
//! no portal, so closure, settling, "keep the stage before" and what to do out of scope are the planner's.

use crate::domain::{CaseId, Reason, Record};
use jiff::Timestamp;

/// One case as the firm's file wants it in the portal.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The case.
    pub case: CaseId,
    /// Whether `[cases]` takes it.
    pub scope: Scope,
    /// What the portal should hold. A group that was not decided holds whatever could be made out; do not send it.
    /// `stage` is the wished stage when [`StageWish::Set`]; `open` is MyCase's.
    pub record: Record,
    /// What to do about the stage.
    pub stage: StageWish,
    /// Whether `record.practice_area` was decided; else the portal's stays.
    pub practice_area_decided: bool,
    /// Whether `record.clients` was decided; else the portal's stay.
    pub contact_decided: bool,
    /// Open or closed in MyCase.
    pub state: SeenStatus,
    /// MyCase's stage as spelled there.
    pub mycase_stage: Option<String>,
    /// The name under which the firm's file knows the stage, when it was renamed in MyCase since.
    pub former_stage: Option<String>,
    /// MyCase's practice area as spelled there.
    pub mycase_practice_area: Option<String>,
    /// When MyCase last changed the case.
    pub updated_at: Option<Timestamp>,
    /// What could not be decided, in the order of the codes.
    pub reasons: Vec<Reason>,
}

/// Whether `[cases]` takes a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// It does.
    In,
    /// It does not, and why.
    Out(OutOfScope),
    /// `never`: nothing is said and nothing is touched.
    Never,
}

/// Which rule leaves a case out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfScope {
    /// `[testing] cases` is not empty and does not list it: nothing is said of it.
    Testing,
    /// `practice_areas` does not list its practice area.
    PracticeAreaNotListed,
    /// `skip_practice_areas` lists it.
    PracticeAreaSkipped,
    /// `skip_stages` lists its stage.
    StageSkipped,
    /// `enabled_by` is not true.
    NotEnabled,
}

/// What to do about the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageWish {
    /// `record.stage` is wished and there.
    Set,
    /// The portal's stage stays: a hidden stage, `not_in_map = "keep"`, or no stage in MyCase. What a new record then
    /// lacks is the planner's to say.
    Keep {
        /// The stage of a new record (`[stages] start`).
        start: Option<String>,
    },
    /// The stage is not in the map; a reason says so.
    Undecided,
}

/// Open or closed in MyCase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenStatus {
    /// Open.
    Open,
    /// Closed.
    Closed,
    /// Neither; a reason says so.
    Unknown,
}
