//! What an earlier run left in the journal, held against what would be planned today.
//!
//! What was left *intended* keeps its approval when the same change would be planned today; else it is dropped, and today's
//! change takes its way through the brakes. A yes waits while nobody can decide about the case. What may have been sent, and
//! would be another change today, is not forgotten: today's change says anew whatever the portal may hold of it. What clients
//! notice waits for contact hours also when it was allowed within them, or to go outside them, and was not sent then.

use super::apply::{self, Errand, confirm};
use super::cases::{hours_open, next_opening};
use super::study::Studied;
use super::{Engine, RunError};
use crate::plan::{ApprovedPlan, Change, Counts, Overtaken, guard};
use crate::planted::{self, Plant};
use crate::portal;
use crate::store::{Approval, EntryState, JournalEntry, Links, StoreError, Writer};
use std::collections::BTreeSet;

/// A change of the journal, and the same change as it would be planned today.
type Pair = (Change, Option<Change>);

/// What is to be done with what was left.
#[derive(Debug)]
pub(super) struct Resumed {
    /// What goes on under the approval it had.
    pub(super) groups: Vec<(Approval, ApprovedPlan)>,
    /// What was sent and is overtaken by another change of today's plan.
    overtaken: Vec<JournalEntry>,
    /// What goes on when contact hours begin.
    later: Vec<JournalEntry>,
}

/// What becomes of one entry.
enum Fate {
    /// It stays in the journal as it is.
    Stays,
    /// It stays, and nothing else is sent for its case.
    Blocks,
    /// It goes on, as it would be planned today.
    GoesOn(Box<Change>),
    /// It stays until what overtakes it goes.
    Overtaken,
    /// It is forgotten.
    Dropped,
    /// It is in the portal already.
    TookEffect,
}

impl Resumed {
    /// Takes what is resumed out of the plan; `planned` are the plan's counts.
    pub(super) fn of(engine: &Engine, studied: &mut Studied, planned: &mut Counts, errand: &Errand) -> Result<Resumed, RunError> {
        let now = engine.hands.clock.now();
        let mut going: Vec<(Approval, Vec<Pair>)> = Vec::new();
        let (mut overtaken, mut later, mut dropped, mut taken) = (Vec::new(), Vec::new(), Vec::new(), BTreeSet::new());
        let closed = !hours_open(engine);
        let links = engine.store().links()?;
        for entry in engine.store().journal()? {
            let case = entry.change.case;
            match fate(engine, &links, studied, planned, &entry)? {
                Fate::Stays => {}
                Fate::Blocks => drop(taken.insert(case)),
                Fate::Overtaken => overtaken.push(entry),
                Fate::Dropped => dropped.push(case),
                Fate::TookEffect => confirm_sent(engine, &links, &entry, errand)?,
                Fate::GoesOn(fresh) => {
                    taken.insert(case);
                    if entry.not_before.is_some_and(|at| at > now) {
                        continue;
                    }
                    if closed && guard::is_noticed(&fresh) {
                        later.push(JournalEntry { not_before: next_opening(engine), ..entry });
                        continue;
                    }
                    let pair = (entry.change, Some(*fresh));
                    match going.iter_mut().find(|(approval, _)| *approval == entry.approval) {
                        Some((_, pairs)) => pairs.push(pair),
                        None => going.push((entry.approval, vec![pair])),
                    }
                }
            }
        }
        studied.plan.changes.retain(|change| !taken.contains(&change.case));
        studied.plan.swaps.retain(|change| !taken.contains(&change.case));
        if !dropped.is_empty() {
            engine.store().write(|w| dropped.iter().try_for_each(|case| w.remove_entry(*case)))?;
        }
        let groups = going.into_iter().map(|(approval, pairs)| (approval, guard::resume(pairs, &engine.hands.prints).approved));
        Ok(Resumed { groups: groups.collect(), overtaken, later })
    }

    /// How many changes wait for contact hours since this run.
    pub(super) fn later(&self) -> usize {
        self.later.len()
    }

    /// Puts what goes on, now or later, into the journal anew.
    pub(super) fn journal(&self, w: &mut Writer<'_>, errand: &Errand) -> Result<(), StoreError> {
        self.later.iter().try_for_each(|entry| w.put_entry(entry))?;
        self.groups.iter().try_for_each(|(approval, approved)| apply::journal(w, errand.run, approved, approval))
    }

    /// What another change overtakes that goes now, or when it may: it may have reached the portal, so the history has it.
    pub(super) fn overtake(&self, engine: &Engine, w: &mut Writer<'_>, by: &ApprovedPlan, errand: &Errand) -> Result<(), StoreError> {
        let mut goes = self.overtaken.iter().filter(|entry| by.has(entry.change.case));
        goes.try_for_each(|entry| apply::remember(engine, w, &entry.change, &entry.approval, errand))
    }
}

fn fate(engine: &Engine, links: &Links, studied: &mut Studied, planned: &mut Counts, entry: &JournalEntry) -> Result<Fate, RunError> {
    let (change, case) = (&entry.change, entry.change.case);
    let sent = entry.state == EntryState::Sent;
    if sent && !portal::can_repeat(&engine.firm.portal.profile, change) {
        // Nobody knows yet what became of it.
        return Ok(Fate::Blocks);
    }
    if !studied.looked.at(case) {
        return Ok(Fate::Stays);
    }
    let by_person = entry.approval != Approval::ByLimits;
    if planted::is(Plant::ForgetsTheYes) && !sent && by_person {
        return Ok(Fate::Dropped);
    }
    let (plan, prints) = (&mut studied.plan, &engine.hands.prints);
    let shown = studied.shown.contains(&case);
    if let Some(fresh) = plan.counterpart(change).filter(|fresh| fresh.key(prints) == change.key(prints)) {
        return Ok(Fate::GoesOn(Box::new(fresh.clone())));
    }
    if !sent {
        return Ok(if by_person && plan.keeps_waiting(change, shown) { Fate::Stays } else { Fate::Dropped });
    }
    Ok(match plan.overtakes(change, links.sent(case)?.as_ref(), shown) {
        Overtaken::Not => Fate::Dropped,
        // The swap is still asked for: a yes to it goes over what was sent.
        Overtaken::Undecided if plan.swap_says(change) => Fate::Overtaken,
        Overtaken::Undecided => Fate::Blocks,
        Overtaken::TookEffect => Fate::TookEffect,
        Overtaken::ByCreate => {
            plan.makes_again(change);
            Fate::Overtaken
        }
        Overtaken::By(anew) => {
            // What overtook an earlier change, and is what today's plan would say over that: it is no new question.
            let same = anew.key(prints) == change.key(prints);
            plan.put((*anew).clone(), planned);
            if same { Fate::GoesOn(anew) } else { Fate::Overtaken }
        }
    })
}

/// The portal shows what was sent: link, history, out of the journal.
fn confirm_sent(engine: &Engine, links: &Links, entry: &JournalEntry, errand: &Errand) -> Result<(), RunError> {
    let Some(portal_id) = entry.change.portal_id.clone() else { return Ok(()) };
    engine.store().write(|w| confirm(engine, links, w, &entry.change, portal_id, &entry.approval, errand))?;
    Ok(())
}
