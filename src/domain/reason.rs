//! What cannot be decided about a case: a reason, what it holds back, and what a person can do.

use super::{CaseId, Kind, Kinds};
use serde::{Deserialize, Serialize};

/// Why a case needs attention. The word (`code`) is part of the JSON answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// No lead attorney on the case, or one without an e-mail address.
    NoLeadAttorney,
    /// Who leads the case, or everybody on it, is not in MyCase's list of staff.
    StaffUnknown,
    /// No client on the case at all.
    NoClient,
    /// The firm's rule does not say who the client is.
    ClientUnclear,
    /// The client is a company.
    CompanyClient,
    /// No valid phone among those the firm's file names.
    NoUsablePhone,
    /// One phone number on two different people.
    SharedPhone,
    /// The rule now names another person than the one the portal knows.
    ClientChanged,
    /// The MyCase stage is not in the map.
    StageNotMapped,
    /// The practice area is not in the map.
    PracticeAreaNotMapped,
    /// A field that the portal requires came out empty.
    RequiredFieldEmpty,
    /// A value that does not have the form the field needs (a date, an address).
    BadValue,
    /// Two linked cases bear one readable id.
    SameReadableId,
    /// MyCase's status is neither open nor closed.
    StatusUnknown,
    /// Two portal records carry this case's id.
    TwoPortalRecords,
    /// A portal record without an id bears this case's name or readable id.
    LookalikeInPortal,
    /// The portal no longer holds the linked record.
    PortalRecordGone,
    /// The linked portal record was changed in the portal by hand.
    ChangedByHand,
    /// A linked case that `[cases]` now leaves out.
    OutOfScope,
    /// A linked case that MyCase no longer shows.
    GoneFromMyCase,
    /// Closed in MyCase in a stage that the firm closes by hand.
    ClosedByHand,
    /// The portal refused the case's last change.
    Refused,
    /// A client's file is larger than `documents.max_size`.
    FileTooLarge,
    /// The portal lists a client's file and no longer gives it.
    FileVanished,
    /// A client's file came with another length than was announced, or lies where it must not be fetched.
    FileNotWhole,
    /// MyCase refused a client's file or message.
    CarryRefused,
    /// A client's file is for a case that is closed (`documents.closed_cases = "attention"`).
    FileForClosedCase,
    /// Which case a client's file or message belongs to cannot be told, or whether it is older than the connection.
    CarryUnclear,
    /// A stage or practice area was renamed in MyCase and the firm's file still uses the old name.
    Renamed,
}

/// What a reason holds back; everything else of the case goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Nothing; it is only said.
    #[default]
    Nothing,
    /// The stage.
    Stage,
    /// The clients.
    Contact,
    /// Closing or reopening.
    State,
    /// Attorney, team and fields.
    Rest,
    /// Every write for the case.
    Everything,
}

impl Holds {
    /// Whether a change of these kinds is held back.
    pub fn any_of(self, kinds: Kinds) -> bool {
        match self {
            Holds::Nothing => false,
            Holds::Stage => kinds.contains(Kind::Stage),
            Holds::Contact => kinds.contains(Kind::Contact),
            Holds::State => kinds.contains(Kind::Close) || kinds.contains(Kind::Reopen),
            Holds::Rest => kinds.contains(Kind::Update),
            Holds::Everything => true,
        }
    }
}

/// One reason why a case needs attention.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// What it holds back.
    #[serde(skip)]
    pub holds: Holds,
    /// Whether a new portal record may not be made while it stands.
    #[serde(skip)]
    pub no_create: bool,
    /// One sentence, without personal data.
    pub text: String,
    /// What a person can do.
    pub fix: String,
}

/// A case that needs attention, with every reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseException {
    /// The case.
    pub case: CaseId,
    /// Its reasons, in the order of their codes.
    pub reasons: Vec<Reason>,
}
