//! A change of one case with its before and after, and the plan that holds all of a run's changes in order.

use crate::domain::{
    CaseException, CaseId, Fingerprint, Fingerprinter, FirmId, Kind, Kinds, Missing, PlanName, PortalId, Record, ScanDoubt, SeenState,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a plan wants done to one case, complete: the applier decides nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The case.
    pub case: CaseId,
    /// Every kind it has; never empty.
    pub kinds: Kinds,
    /// The portal's record; `None` for a create.
    pub portal_id: Option<PortalId>,
    /// What the portal was last told or says; `None` for a create.
    pub before: Option<Record>,
    /// What the portal will hold.
    pub after: Record,
    /// What MyCase says, remembered with the link.
    pub seen: SeenState,
    /// Why, as sentences without personal data that name the file's line where a rule decided.
    pub why: Vec<String>,
    /// Set when a limit is not the question but a person must say yes to this very case.
    pub hold: Option<Hold>,
}

/// Why a change waits for a person whatever the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// The firm's rule now names another person; only `approve --only contact` sends it.
    ClientChanged,
}

/// What makes two changes the same: case, before and after. A saved change and a fresh one with equal keys are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeKey(pub Fingerprint);

impl Change {
    /// The weightiest kind; what answers call `kind`.
    pub fn kind(&self) -> Kind {
        self.kinds.weightiest().unwrap_or(Kind::Update)
    }

    /// The names of the fields that change; of a create, all that have a value.
    pub fn fields(&self) -> Vec<String> {
        let empty = Record {
            practice_area: None,
            stage: None,
            open: self.after.open,
            closed_date: None,
            clients: Vec::new(),
            attorney: None,
            team: Vec::new(),
            fields: Default::default(),
            extra: Default::default(),
        };
        self.before.as_ref().unwrap_or(&empty).differing_fields(&self.after)
    }

    /// The key under the firm's fingerprint key.
    pub fn key(&self, prints: &Fingerprinter) -> ChangeKey {
        let record = |record: &Record| {
            let Record { practice_area, stage, open, .. } = record;
            let mut parts = Vec::with_capacity(64);
            parts.push(u8::from(*open));
            for name in [practice_area, stage] {
                parts.extend_from_slice(name.as_deref().unwrap_or("\u{0}").as_bytes());
                parts.push(0xff);
            }
            parts.extend_from_slice(&prints.contact(&record.clients).0);
            parts.extend_from_slice(&prints.rest(record).0);
            parts
        };
        let before = self.before.as_ref().map(record).unwrap_or_default();
        ChangeKey(prints.of([self.case.0.to_be_bytes().as_slice(), &before, &record(&self.after)]))
    }
}

/// A portal record that exists and is taken as a case's own; costs no portal request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adoption {
    /// The case.
    pub case: CaseId,
    /// The portal's id of the record.
    pub portal_id: PortalId,
    /// What the portal holds, as far as it can be read; what cannot be read is taken to be as wanted.
    pub record: Record,
    /// What MyCase says.
    pub seen: SeenState,
}

/// What a run learned of a linked case and only the state has to remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The case.
    pub case: CaseId,
    /// What MyCase says now; `None` leaves it.
    pub seen: Option<SeenState>,
    /// Missing since, or found again; outer `None` leaves it.
    pub missing: Option<Option<Missing>>,
    /// The portal record is gone: forget the link.
    pub unlink: bool,
}

/// Everything a run would do, in the order of the case ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The firm.
    pub firm: FirmId,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whether a first run has not completed yet.
    pub first: bool,
    /// Why the reading does not prove absence; empty when it was whole.
    pub doubts: Vec<ScanDoubt>,
    /// What would be sent, at most one per case.
    pub changes: Vec<Change>,
    /// Records to be taken as a case's own.
    pub adoptions: Vec<Adoption>,
    /// What only the state has to remember.
    pub observations: Vec<Observation>,
    /// What needs attention.
    pub exceptions: Vec<CaseException>,
    /// Cases in scope that are in step.
    pub unchanged: usize,
    /// Open linked cases: what shares are shares of.
    pub open_linked: usize,
    /// Sentences for people: adopted records whose contact data could not be compared, unconfirmed operations, ...
    pub notes: Vec<String>,
}

/// How many cases of each kind (by the weightiest kind), and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
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
}

/// One limit and what was planned against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitLine {
    /// The kind.
    pub kind: Kind,
    /// How many are allowed; `None` for no limit.
    pub limit: Option<u32>,
    /// How many are planned, with what was written without approval in the last 24 hours.
    pub planned: usize,
    /// Whether the kind is over its limit.
    pub exceeded: bool,
}

impl Plan {
    /// The plan's name: equal plans bear equal names.
    pub fn name(&self, prints: &Fingerprinter) -> PlanName {
        let keys: Vec<ChangeKey> = self.changes.iter().map(|change| change.key(prints)).collect();
        let print = prints.of(keys.iter().map(|key| key.0.0.as_slice()));
        PlanName(format!("p-{:08x}", print.short() >> 32))
    }

    /// The counts.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { unchanged: self.unchanged, exceptions: self.exceptions.len(), ..Counts::default() };
        for change in &self.changes {
            *counts.of(change.kind()) += 1;
        }
        counts
    }
}

impl Counts {
    /// The count of a kind.
    pub fn of(&mut self, kind: Kind) -> &mut usize {
        match kind {
            Kind::Create => &mut self.create,
            Kind::Close => &mut self.close,
            Kind::Reopen => &mut self.reopen,
            Kind::Contact => &mut self.contact,
            Kind::Stage => &mut self.stage,
            Kind::Update => &mut self.update,
        }
    }
}
