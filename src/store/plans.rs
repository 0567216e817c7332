//! Saved plans: the one that waits for approval and the one `plan` showed last. Sealed, a row per change.
//!
//! It keeps them; whether a plan has ended or moved is decided in `plan`.

use super::tables::{PLAN_CHANGES, PLANS};
use super::{Store, StoreError, Writer};
use crate::domain::{CaseId, PlanName, RunId};
use crate::plan::{Change, LimitLine};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which saved plan. There is never more than one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanSlot {
    /// What a run held; waits for approval.
    Waiting,
    /// What `plan` showed last, so that `approve` can take it by name.
    Preview,
}

impl PlanSlot {
    fn key(self) -> &'static str {
        match self {
            PlanSlot::Waiting => "waiting",
            PlanSlot::Preview => "preview",
        }
    }
}

/// A saved plan, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPlan {
    /// Its name.
    pub name: PlanName,
    /// When it was saved first.
    pub saved_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it would do.
    pub changes: Vec<Change>,
    /// The limits and what was planned against them.
    pub over: Vec<LimitLine>,
    /// The run that held it.
    pub run: Option<RunId>,
    /// When somebody was last reminded of it.
    pub reminded_at: Option<Timestamp>,
    /// The cases it was made for, when some were named; else all.
    pub named: Option<BTreeSet<CaseId>>,
    /// Whether it compared everything with the portal.
    pub verify: bool,
    /// Whether it sends every linked case anew.
    pub rewrite: bool,
    /// Its cases that a person left out of a yes: they wait for another one, whatever the limits.
    pub left: BTreeSet<CaseId>,
}

/// A saved plan without its changes: what `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanHead {
    /// Its name.
    pub name: PlanName,
    /// When it was saved first.
    pub saved_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many cases it concerns.
    pub cases: usize,
    /// The limits and what was planned against them.
    pub over: Vec<LimitLine>,
    /// The run that held it.
    pub run: Option<RunId>,
    /// When somebody was last reminded of it.
    pub reminded_at: Option<Timestamp>,
    /// The cases it was made for, when some were named; else all.
    #[serde(default)]
    pub named: Option<BTreeSet<CaseId>>,
    /// Whether it compared everything with the portal.
    #[serde(default)]
    pub verify: bool,
    /// Whether it sends every linked case anew.
    #[serde(default)]
    pub rewrite: bool,
    /// Its cases that a person left out of a yes.
    #[serde(default)]
    pub left: BTreeSet<CaseId>,
}

impl Store {
    /// A saved plan.
    pub fn plan(&self, slot: PlanSlot) -> Result<Option<SavedPlan>, StoreError> {
        let snapshot = self.read()?;
        let Some(head) = snapshot.unseal(&PLANS, slot.key())? else { return Ok(None) };
        let PlanHead { name, saved_at, expires_at, cases, over, run, reminded_at, named, verify, rewrite, left } = head;
        let mut changes = Vec::with_capacity(cases);
        for row in snapshot.table(PLAN_CHANGES.rows)?.range((slot.key(), 0)..=(slot.key(), u32::MAX))? {
            let (key, sealed) = row?;
            changes.push(snapshot.sealer().open(&PLAN_CHANGES, &key.value(), sealed.value())?);
        }
        Ok(Some(SavedPlan { name, saved_at, expires_at, changes, over, run, reminded_at, named, verify, rewrite, left }))
    }

    /// A saved plan without its changes; unseals one row.
    pub fn plan_head(&self, slot: PlanSlot) -> Result<Option<PlanHead>, StoreError> {
        self.read()?.unseal(&PLANS, slot.key())
    }
}

impl Writer<'_> {
    /// Saves a plan in place of the slot's former. Crash before the commit: the former stands whole. After: this one.
    pub fn put_plan(&mut self, slot: PlanSlot, plan: &SavedPlan) -> Result<(), StoreError> {
        self.remove_plan(slot)?;
        let SavedPlan { name, saved_at, expires_at, changes, over, run, reminded_at, named, verify, rewrite, left } = plan;
        let head = PlanHead {
            name: name.clone(),
            saved_at: *saved_at,
            expires_at: *expires_at,
            cases: changes.len(),
            over: over.clone(),
            run: *run,
            reminded_at: *reminded_at,
            named: named.clone(),
            verify: *verify,
            rewrite: *rewrite,
            left: left.clone(),
        };
        self.seal_into(&PLANS, slot.key(), &head)?;
        (0..).zip(changes).try_for_each(|(index, change)| self.seal_into(&PLAN_CHANGES, (slot.key(), index), change))
    }

    /// Notes that somebody was reminded; no plan, no effect. Crash before the commit: they are reminded again. After: not.
    pub fn set_reminded(&mut self, slot: PlanSlot, at: Timestamp) -> Result<(), StoreError> {
        let Some(mut head) = self.unseal::<_, PlanHead>(&PLANS, slot.key())? else { return Ok(()) };
        head.reminded_at = Some(at);
        self.seal_into(&PLANS, slot.key(), &head)
    }

    /// Forgets a saved plan. Crash before the commit: it stands whole. After: it is gone.
    pub fn remove_plan(&mut self, slot: PlanSlot) -> Result<(), StoreError> {
        self.table(PLANS.rows)?.remove(slot.key())?;
        self.table(PLAN_CHANGES.rows)?.retain_in((slot.key(), 0)..=(slot.key(), u32::MAX), |_, _| false)?;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_saved_plan_comes_back_with_its_changes_in_order() {
        let store = samples::store();
        let (waiting, preview) = (samples::plan(&[1, 300, 70_000]), samples::plan(&[9]));
        store.write(|w| w.put_plan(PlanSlot::Waiting, &waiting).and_then(|()| w.put_plan(PlanSlot::Preview, &preview))).unwrap();
        assert_eq!(store.plan(PlanSlot::Waiting).unwrap(), Some(waiting));
        assert_eq!(store.plan(PlanSlot::Preview).unwrap(), Some(preview));
        assert_eq!(store.plan_head(PlanSlot::Waiting).unwrap().unwrap().cases, 3);
    }

    #[test]
    fn a_plan_takes_the_place_of_the_one_before_and_leaves_the_other_slot() {
        let store = samples::store();
        store.write(|w| w.put_plan(PlanSlot::Waiting, &samples::plan(&[1, 2, 3]))).unwrap();
        store.write(|w| w.put_plan(PlanSlot::Preview, &samples::plan(&[4]))).unwrap();
        store.write(|w| w.put_plan(PlanSlot::Waiting, &samples::plan(&[2]))).unwrap();
        assert_eq!(store.plan(PlanSlot::Waiting).unwrap(), Some(samples::plan(&[2])));
        store.write(|w| w.remove_plan(PlanSlot::Waiting)).unwrap();
        assert_eq!(store.plan(PlanSlot::Waiting).unwrap(), None);
        assert_eq!(store.plan(PlanSlot::Preview).unwrap(), Some(samples::plan(&[4])));
    }

    #[test]
    fn a_reminder_is_noted_on_the_plan() {
        let store = samples::store();
        let plan = samples::plan(&[1]);
        store.write(|w| w.put_plan(PlanSlot::Waiting, &plan)).unwrap();
        store.write(|w| w.set_reminded(PlanSlot::Waiting, samples::now())).unwrap();
        let reminded = SavedPlan { reminded_at: Some(samples::now()), ..plan };
        assert_eq!(store.plan(PlanSlot::Waiting).unwrap(), Some(reminded));
    }
}
