//! A change of one case with its before and after, and the plan that holds all of a run's changes in order.

use super::compare::same_people;
use crate::domain::{
    CaseException, CaseId, FieldName, Fingerprint, Fingerprinter, FirmId, Kind, Kinds, Missing, PersonId, PlanName, PortalId, Record,
    ScanDoubt, SeenState,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a plan wants done to one case, complete: the applier decides nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The case.
    pub case: CaseId,
    /// Every kind it has; never empty.
    pub kinds: Kinds,
    /// The portal's record; `None` for a create.
    pub portal_id: Option<PortalId>,
    /// What the portal was last told or says. `None` for a create, and with a `portal_id` for a rewrite: whatever the
    /// portal holds, everything of `after` that the kinds name is sent anew.
    pub before: Option<Record>,
    /// What the portal will hold.
    pub after: Record,
    /// What MyCase says, remembered with the link.
    pub seen: SeenState,
    /// Why, as sentences without personal data that name the file's line where a rule decided. For who reads the plan: what is
    /// approved is sent without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// Set when a limit is not the question but a person must say yes to this very case.
    pub hold: Option<Hold>,
}

/// Why a change waits for a person whatever the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// The firm's rule now names another person; only `approve --only contact` sends it. Such a change stands in
    /// [`Plan::swaps`]. It has the kind contact only, and its `after` is its `before` with the other clients; or it makes a
    /// record that was perhaps made before, for the other person.
    ClientChanged,
}

/// What makes two changes the same: case, before and after. A saved change and a fresh one with equal keys are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeKey(pub Fingerprint);

/// Why a case is told anew what is wanted of it today.
const UNHEARD: &str = "a change of it was sent whose answer was lost; this says anew whatever that may have changed";

impl Change {
    /// The weightiest kind; what answers call `kind`.
    pub fn kind(&self) -> Kind {
        self.kinds.weightiest().unwrap_or(Kind::Update)
    }

    /// The names of the fields that change; of a create, all that have a value.
    pub fn fields(&self) -> Vec<FieldName> {
        let empty = Record::bare(self.after.open);
        self.before.as_ref().unwrap_or(&empty).differing_fields(&self.after)
    }

    /// The key under the firm's fingerprint key. Of a client swap only the clients count, so it stays the same while
    /// the rest of the case goes on.
    pub fn key(&self, prints: &Fingerprinter) -> ChangeKey {
        let case = self.case.0.to_be_bytes();
        if self.hold == Some(Hold::ClientChanged) {
            let clients = |record: Option<&Record>| record.map(|record| prints.contact(&record.clients).0).unwrap_or_default();
            let (before, after) = (clients(self.before.as_ref()), clients(Some(&self.after)));
            return ChangeKey(prints.of([b"swap".as_slice(), &case, &before, &after]));
        }
        let record = |record: &Record| {
            let Record { practice_area, stage, open, .. } = record;
            let mut parts = Vec::with_capacity(64);
            parts.push(u8::from(*open));
            for name in [practice_area, stage] {
                // 0xfe and 0xff are in no UTF-8 text, so no name can be taken for a missing one or for two.
                parts.extend_from_slice(name.as_deref().map_or([0xfe].as_slice(), str::as_bytes));
                parts.push(0xff);
            }
            parts.extend_from_slice(&prints.contact(&record.clients).0);
            parts.extend_from_slice(&prints.rest(record).0);
            parts
        };
        let before = self.before.as_ref().map(record).unwrap_or_default();
        let linked = [u8::from(self.portal_id.is_some())];
        ChangeKey(prints.of([case.as_slice(), &linked, &before, &record(&self.after)]))
    }
}

/// A portal record that exists and is taken as a case's own; costs no portal request. Also of a linked case, when the
/// portal's own list shows that the link remembers it wrongly (changed by hand, or made anew under another id).
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
    /// Cases whose client is now another person than the portal knows, or perhaps knows: at most one per case, beside the case's
    /// own change, never sent but by `approve --only contact`.
    pub swaps: Vec<Change>,
    /// Records to be taken as a case's own.
    pub adoptions: Vec<Adoption>,
    /// How many of them no case was linked to before.
    #[serde(default)]
    pub taken_over: usize,
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
    /// Cases that come to something else by themselves, and when: a stage or a closing that has not stood long enough. A
    /// run that reads only what moved must read them again then.
    #[serde(default)]
    pub look_again: BTreeMap<CaseId, Timestamp>,
}

/// What became of a change that was sent with unknown outcome, as far as a later plan can tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Overtaken {
    /// Nothing is known of it, or a person has to say yes to it anew.
    Not,
    /// It made a record, which today's plan makes otherwise.
    ByCreate,
    /// Nobody can say what the case should be now: it goes on being unknown.
    Undecided,
    /// The portal shows it, and it is what the case should be.
    TookEffect,
    /// The case has moved on: this says anew whatever the portal may hold of it.
    By(Box<Change>),
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

/// The change of a case, where changes stand in the order of their cases.
pub(super) fn of_case(changes: &[Change], case: CaseId) -> Option<&Change> {
    changes.binary_search_by_key(&case, |change| change.case).ok().and_then(|at| changes.get(at))
}

impl Plan {
    /// The plan's name: equal plans bear equal names.
    pub fn name(&self, prints: &Fingerprinter) -> PlanName {
        name_of(self.changes.iter().chain(&self.swaps), prints)
    }

    /// This plan's change (or swap, for a swap) of the same case, to hold a saved or journalled change against.
    pub fn counterpart(&self, change: &Change) -> Option<&Change> {
        let own = of_case(&self.changes, change.case);
        let swap = of_case(&self.swaps, change.case);
        match (change.hold, &change.before) {
            (None, _) => own,
            (Some(_), Some(_)) => swap,
            // That a record was perhaps made before for another person stands in the journal, not in a plan.
            (Some(_), None) => swap.or(own),
        }
    }

    /// What today's plan makes of a change that was sent with unknown outcome and that it would not make today.
    /// `known`: the case's record as it was last confirmed; `shown`: MyCase showed the case.
    pub fn overtakes(&self, sent: &Change, known: Option<&Record>, shown: bool) -> Overtaken {
        let before = match (&sent.before, sent.hold) {
            (Some(before), None) => before,
            (None, _) if sent.portal_id.is_none() => return self.overtakes_create(sent, shown),
            _ => return Overtaken::Not,
        };
        let fresh = self.counterpart(sent);
        let adopted = self.adoptions.iter().find(|adopted| adopted.case == sent.case);
        // Whoever the clients are is asked: a yes says them anew, and until then nothing is said of them.
        let asked = of_case(&self.swaps, sent.case).is_some();
        let kinds = if asked { sent.kinds.without(Kind::Contact) } else { sent.kinds };
        if fresh.is_none() && adopted.is_none() && (!shown || kinds.is_empty() || self.holds_back(sent.case, kinds)) {
            return Overtaken::Undecided;
        }
        if let Some(anew) = fresh.filter(|fresh| fresh.before.is_none()) {
            return Overtaken::By(Box::new(anew.clone()));
        }
        // `before` is a stand-in when this change overtook another itself, so it never says what the case should be.
        let known = known.unwrap_or(before);
        let after = fresh.map(|fresh| &fresh.after).or(adopted.map(|adopted| &adopted.record)).unwrap_or(known);
        // Only what the portal itself showed proves that it arrived; that the same is wanted today proves nothing.
        if fresh.is_none() && adopted.is_some() && sent.after.differs(after).is_empty() {
            return Overtaken::TookEffect;
        }
        let base = fresh.and_then(|fresh| fresh.before.as_ref()).unwrap_or(known);
        let silent = |record: &Record| Record { clients: after.clients.clone(), ..record.clone() };
        let (before, said) = if asked { (&silent(before), &silent(&sent.after)) } else { (before, &sent.after) };
        let either = base.either(before, after).either(said, after);
        let template = fresh.unwrap_or(sent);
        let why = fresh.map_or_else(|| vec![UNHEARD.to_owned()], |fresh| fresh.why.clone());
        let kinds = either.differs(after);
        if kinds.is_empty() {
            return Overtaken::Undecided;
        }
        Overtaken::By(Box::new(Change { kinds, before: Some(either), after: after.clone(), hold: None, why, ..template.clone() }))
    }

    fn overtakes_create(&self, sent: &Change, shown: bool) -> Overtaken {
        match of_case(&self.changes, sent.case) {
            Some(fresh) if fresh.before.is_none() => Overtaken::ByCreate,
            None if !shown || self.holds_back(sent.case, sent.kinds) => Overtaken::Undecided,
            _ => Overtaken::Not,
        }
    }

    /// A record was perhaps made as `sent` says, and this plan makes it otherwise: whoever sees it then sees a change of these
    /// kinds, and another person sees it only when somebody says yes to that.
    pub fn makes_again(&mut self, sent: &Change) {
        let Ok(at) = self.changes.binary_search_by_key(&sent.case, |change| change.case) else { return };
        let change = &mut self.changes[at];
        change.kinds = change.kinds.union(sent.after.differs(&change.after));
        let known: Vec<PersonId> = sent.after.people().collect();
        if !same_people(&known, &change.after.clients) {
            change.hold = Some(Hold::ClientChanged);
            let change = self.changes.remove(at);
            let at = self.swaps.partition_point(|known| known.case < change.case);
            self.swaps.insert(at, change);
        }
    }

    /// Whether it cannot be decided today what these parts of the case should be. What holds back others says nothing of them.
    fn holds_back(&self, case: CaseId, kinds: Kinds) -> bool {
        let mut exceptions = self.exceptions.iter().filter(|exception| exception.case == case);
        exceptions.any(|exception| exception.reasons.iter().any(|reason| reason.holds.any_of(kinds)))
    }

    /// Whether a change that a person said yes to, and that was not sent, waits under that yes: today nobody can say if the
    /// case should still be changed so. `shown`: MyCase showed the case.
    pub fn keeps_waiting(&self, approved: &Change, shown: bool) -> bool {
        let perhaps_overlooked = !shown && !self.doubts.is_empty();
        self.counterpart(approved).is_none() && (perhaps_overlooked || self.holds_back(approved.case, approved.kinds))
    }

    /// Whether a swap of the case's client, when somebody says yes to it, says anew all that this may have changed.
    pub fn swap_says(&self, sent: &Change) -> bool {
        sent.kinds.without(Kind::Contact).is_empty() && of_case(&self.swaps, sent.case).is_some()
    }

    /// Puts a change in the place of the case's own; `counts` are the plan's, and stay right.
    pub fn put(&mut self, change: Change, counts: &mut Counts) {
        *counts.of(change.kind()) += 1;
        match self.changes.binary_search_by_key(&change.case, |known| known.case) {
            Ok(at) => {
                *counts.of(self.changes[at].kind()) -= 1;
                self.changes[at] = change;
            }
            Err(at) => self.changes.insert(at, change),
        }
    }

    /// The counts.
    pub fn counts(&self) -> Counts {
        Counts { unchanged: self.unchanged, exceptions: self.exceptions.len(), ..Counts::of_changes(&self.changes) }
    }
}

/// The name of a plan that holds these changes in this order.
pub fn name_of<'a>(changes: impl IntoIterator<Item = &'a Change>, prints: &Fingerprinter) -> PlanName {
    let keys: Vec<ChangeKey> = changes.into_iter().map(|change| change.key(prints)).collect();
    let print = prints.of(keys.iter().map(|key| key.0.0.as_slice()));
    PlanName(format!("p-{:08x}", print.short() >> 32))
}

impl Counts {
    /// The counts of some changes by their weightiest kind; nothing unchanged, no exceptions.
    pub fn of_changes<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Counts {
        let mut counts = Counts::default();
        changes.into_iter().for_each(|change| *counts.of(change.kind()) += 1);
        counts
    }

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
