//! The brakes: what of a plan may go without asking, what waits for a person, and the only maker of an approved plan.
//!
//! It decides by numbers and by a person's yes, never by what a change says. It keeps nothing between runs: what was
//! written without approval in the last day comes in as a [`DayBook`].

use super::change::{LimitLine, of_case};
use super::{Change, ChangeKey, Hold, Plan};
use crate::config::{Limit, Limits};
use crate::domain::{CaseId, Fingerprinter, Kind, Kinds, Ordered};
use crate::planted::{self, Plant};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Changes that may be sent, in the order of the case ids, one per case, without why. Only this module makes one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApprovedPlan {
    changes: Arc<[Change]>,
}

impl ApprovedPlan {
    fn of(changes: impl IntoIterator<Item = Change>) -> ApprovedPlan {
        ApprovedPlan { changes: changes.into_iter().map(|change| Change { why: Vec::new(), ..change }).collect() }
    }

    /// The changes in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether one of a case is among them.
    pub fn has(&self, case: CaseId) -> bool {
        of_case(&self.changes, case).is_some()
    }

    /// The changes in order, for those who send them at once.
    pub fn shared(&self) -> Arc<[Change]> {
        Arc::clone(&self.changes)
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// How many changes of each kind were written without a person's approval in the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayBook([usize; 6]);

impl DayBook {
    /// From counts in the order of [`Kind::ALL`].
    pub fn new(counts: [usize; 6]) -> DayBook {
        DayBook(counts)
    }

    /// The count of a kind.
    pub fn of(&self, kind: Kind) -> usize {
        self.0.get(kind as usize).copied().unwrap_or(0)
    }

    /// Counts a change under every kind it has.
    pub fn add(&mut self, kinds: Kinds) {
        for kind in kinds.iter() {
            if let Some(count) = self.0.get_mut(kind as usize) {
                *count += 1;
            }
        }
    }
}

/// What becomes of a plan. Every change of the plan stands in exactly one of the parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Goes now.
    pub approved: ApprovedPlan,
    /// Waits for a person; `None` when nothing does.
    pub held: Option<Held>,
    /// Approved by the limits, but only within contact hours.
    pub later: ApprovedPlan,
    /// Every limit with what is planned against it.
    pub limits: Vec<LimitLine>,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The changes, by case; a case's own change stands before the swap of its client.
    pub changes: Vec<Change>,
    /// The limits that are exceeded.
    pub over: Vec<LimitLine>,
    /// Why they wait.
    pub why: HeldWhy,
}

/// Why changes wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldWhy {
    /// A first import waits for one yes, whole.
    FirstImport,
    /// Kinds are over their limits.
    OverLimits,
    /// Only clients that are now other people.
    ClientsChanged,
    /// What a person left out of an earlier yes.
    LeftOut,
}

/// Applies the limits. `hours_open`: clients may be contacted now. `left_out`: cases that a person left out of a yes.
pub fn judge(plan: &Plan, limits: &Limits, book: &DayBook, hours_open: bool, left_out: &BTreeSet<CaseId>) -> Judged {
    part(&mut plan.clone(), limits, book, hours_open, left_out)
}

/// The same; the plan's changes and swaps go over into the parts.
pub fn part(plan: &mut Plan, limits: &Limits, book: &DayBook, hours_open: bool, left_out: &BTreeSet<CaseId>) -> Judged {
    let lines = limit_lines(plan, limits, book);
    let over: Vec<LimitLine> = lines.iter().filter(|line| line.exceeded).cloned().collect();
    let over_kinds: Kinds = over.iter().map(|line| line.kind).collect();
    let whole = plan.first && !limits.first_import_goes && !plan.changes.is_empty() && !planted::is(Plant::FirstImportGoes);
    // One change per case, so whoever meets a kind over its limit is held with all of the case.
    let holds = |change: &mut Change| whole || change.hold.is_some() || left_out.contains(&change.case) || change.kinds.meets(over_kinds);
    let mut goes = std::mem::take(&mut plan.changes);
    let mut changes: Vec<Change> = goes.extract_if(.., holds).collect();
    let why = match (whole, over.is_empty()) {
        (true, _) => HeldWhy::FirstImport,
        (false, false) => HeldWhy::OverLimits,
        (false, true) if changes.is_empty() => HeldWhy::ClientsChanged,
        (false, true) => HeldWhy::LeftOut,
    };
    changes.append(&mut plan.swaps);
    changes.sort_by_key(|change| (change.case, change.hold.is_some()));
    let held = (!changes.is_empty()).then_some(Held { changes, over, why });
    let (approved, later) = by_hours(goes, hours_open);
    Judged { approved, held, later, limits: lines }
}

/// Which part of a saved plan a person says yes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only changes whose weightiest kind is one of these, as the plan groups them. Naming contact is also the only
    /// way to say yes to a client who is now another person.
    pub only: Option<Kinds>,
    /// Only cases in this practice area, before or after (the portal's name, in any spelling of case).
    pub practice_area: Option<String>,
    /// Not these cases.
    pub except: BTreeSet<CaseId>,
}

impl Filter {
    /// Whether the person means this change.
    pub fn takes(&self, change: &Change) -> bool {
        let kind = match (self.only, change.hold) {
            (Some(only), Some(Hold::ClientChanged)) => only.contains(Kind::Contact),
            (Some(only), None) => only.contains(change.kind()),
            (None, None) => true,
            (None, Some(Hold::ClientChanged)) => false,
        };
        let area = self.practice_area.as_deref().is_none_or(|wanted| {
            let records = change.before.iter().chain([&change.after]);
            records.filter_map(|record| record.practice_area.as_deref()).any(|area| same_name(area, wanted))
        });
        kind && area && !self.except.contains(&change.case)
    }
}

fn same_name(a: &str, b: &str) -> bool {
    crate::domain::NameKey::new(a) == crate::domain::NameKey::new(b)
}

/// What a person's yes comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Goes now.
    pub approved: ApprovedPlan,
    /// Approved, but only within contact hours.
    pub later: ApprovedPlan,
    /// Cases that have moved since the plan was saved; they were dropped.
    pub moved: Vec<CaseId>,
    /// Changes the person did not mean; they go on waiting.
    pub left: Vec<Change>,
}

/// Approves what of a saved plan a fresh one still holds, whatever the limits. Nothing is sent that was not saved.
pub fn approve(saved: &[Change], fresh: &Plan, filter: &Filter, hours_open: bool, prints: &Fingerprinter) -> Approval {
    let fresh: BTreeMap<ChangeKey, &Change> = fresh.changes.iter().chain(&fresh.swaps).map(|change| (change.key(prints), change)).ordered();
    let (taken, mut left): (Vec<&Change>, Vec<&Change>) = saved.iter().partition(|change| filter.takes(change));
    let mut chosen: BTreeMap<CaseId, Change> = BTreeMap::new();
    let mut moved = BTreeSet::new();
    for change in taken {
        match fresh.get(&change.key(prints)) {
            None => {
                moved.insert(change.case);
            }
            // A case's own change and the swap of its client never go together: each was planned on the other's absence.
            Some(_) if chosen.contains_key(&change.case) => left.push(change),
            Some(fresh) => {
                chosen.insert(change.case, (*fresh).clone());
            }
        }
    }
    left.sort_by_key(|change| (change.case, change.hold.is_some()));
    let (approved, later) = by_hours(chosen.into_values().collect(), hours_open);
    Approval { approved, later, moved: moved.into_iter().collect(), left: left.into_iter().cloned().collect() }
}

/// What is left of an approved plan after a crash or after contact hours began.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    /// Still the same: goes on under the approval it had.
    pub approved: ApprovedPlan,
    /// Cases whose change is no longer what was approved; a later run plans them anew.
    pub dropped: Vec<CaseId>,
}

/// Takes up what an approved plan left: pairs of a journalled change and what the case would be sent by a fresh look
/// (`None`: nothing). What is no longer the same is dropped.
pub fn resume(left: impl IntoIterator<Item = (Change, Option<Change>)>, prints: &Fingerprinter) -> Resumed {
    let mut approved = BTreeMap::new();
    let mut dropped = BTreeSet::new();
    for (journalled, fresh) in left {
        match fresh.filter(|fresh| fresh.key(prints) == journalled.key(prints)) {
            Some(fresh) => {
                approved.insert(fresh.case, fresh);
            }
            None => {
                dropped.insert(journalled.case);
            }
        }
    }
    Resumed { approved: ApprovedPlan::of(approved.into_values()), dropped: dropped.into_iter().collect() }
}

/// Every limit, in the order of the kinds.
fn limit_lines(plan: &Plan, limits: &Limits, book: &DayBook) -> Vec<LimitLine> {
    let line = |kind: Kind| {
        let now = plan.changes.iter().filter(|change| change.kinds.contains(kind)).count();
        // A first import that may go does not count against the limit of creates either.
        let import_goes = limits.first_import_goes || planted::is(Plant::FirstImportGoes);
        let limit = if kind == Kind::Create && plan.first && import_goes { &Limit::None } else { limit_of(limits, kind) };
        line_of(kind, limit, now, book.of(kind), plan.open_linked)
    };
    Kind::ALL.into_iter().map(line).collect()
}

/// The limit on one kind, held against so many changes.
pub(super) fn limit_line(limits: &Limits, kind: Kind, planned: usize, open_linked: usize) -> LimitLine {
    line_of(kind, limit_of(limits, kind), planned, 0, open_linked)
}

fn line_of(kind: Kind, limit: &Limit, now: usize, before: usize, open_linked: usize) -> LimitLine {
    let (limit, planned) = (limit.allows(open_linked), now + before);
    let exceeded = now > 0 && limit.is_some_and(|limit| planned > limit as usize) && !planted::is(Plant::NoLimits);
    LimitLine { kind, limit, planned, exceeded }
}

fn limit_of(limits: &Limits, kind: Kind) -> &Limit {
    let Limits { first_import_goes: _, create, change_stage, close, reopen, contact, update } = limits;
    match kind {
        Kind::Create => create,
        Kind::Close => close,
        Kind::Reopen => reopen,
        Kind::Contact => contact,
        Kind::Stage => change_stage,
        Kind::Update => update,
    }
}

/// Whether a client may notice it, so that it waits for contact hours.
pub fn is_noticed(change: &Change) -> bool {
    let noticed: Kinds = [Kind::Create, Kind::Close, Kind::Reopen, Kind::Contact, Kind::Stage].into_iter().collect();
    change.kinds.meets(noticed)
}

/// What goes now, and what waits for contact hours.
fn by_hours(mut changes: Vec<Change>, hours_open: bool) -> (ApprovedPlan, ApprovedPlan) {
    let later: Vec<Change> = changes.extract_if(.., |change| !hours_open && is_noticed(change)).collect();
    (ApprovedPlan::of(changes), ApprovedPlan::of(later))
}
