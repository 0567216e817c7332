//! Makes the plan: looks at each case as it comes, keeps what changes, and puts the plan together at the end.
//!
//! Streams: a case in step with its link leaves a few fingerprints and nothing else. It never reads or writes; what it
//! needs of the state (a link, the record last sent) the caller hands in. Every case is looked at once a run.

use super::absence::{self, Absence, Verdict};
use super::adopt::{self, Shelf, Standing};
use super::closure::Door;
use super::compare::{Base, Goal};
use super::context::{Context, Reach};
use super::crowd::Crowd;
use super::draft::Draft;
use super::fate::{self, Fate};
use super::memory::{self, Since};
use super::{Change, Observation, reasons};
use crate::config::{Firm, OutOfScopeRule};
use crate::domain::{CaseId, Kind, Kinds, Link, Listing, PersonId, PortalId, Reason, Record, Scan, ScanDoubt, SeenState};
use crate::mapping::{Scope, Wanted};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a look at one case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Dealt with; the caller may forget the case.
    Settled,
    /// The same, and while neither the case, the rules nor the link move, nothing will ever follow from it: the caller may call
    /// [`Planner::stands`] in another run in place of looking.
    InStep,
    /// Something may have to be sent, of about these kinds: the caller fetches the record last sent (of a linked case)
    /// and the why, and calls [`Planner::draft`].
    Differs(Kinds),
}

/// Makes one plan. See the module for how it is fed.
pub struct Planner {
    pub(super) context: Context,
    pub(super) shelf: Option<Shelf>,
    /// The portal's list was there before the first case was looked at.
    pub(super) listed_first: bool,
    pub(super) crowd: Crowd,
    pub(super) drafts: BTreeMap<CaseId, Draft>,
    pub(super) reasons: BTreeMap<CaseId, Vec<Reason>>,
    pub(super) observations: BTreeMap<CaseId, Observation>,
    /// Linked cases that were not shown, with what follows if the scan was whole.
    pub(super) absent: BTreeMap<CaseId, (Verdict, Option<Observation>)>,
    /// Cases that wait for something to have stood long enough, and until when.
    pub(super) look_again: BTreeMap<CaseId, Timestamp>,
    pub(super) unchanged: usize,
    pub(super) open_linked: usize,
}

impl Planner {
    /// A planner for one run.
    pub fn new(mut context: Context) -> Planner {
        Planner {
            listed_first: context.listing.is_some(),
            shelf: context.listing.take().map(Shelf::new),
            context,
            crowd: Crowd::default(),
            drafts: BTreeMap::new(),
            reasons: BTreeMap::new(),
            observations: BTreeMap::new(),
            absent: BTreeMap::new(),
            look_again: BTreeMap::new(),
            unchanged: 0,
            open_linked: 0,
        }
    }

    /// Lays the portal's list beside the plan, when a run that began without it turns out to create records: records
    /// that are there are adopted first. Call it when all cases were looked at and before the new ones are drafted.
    pub fn shelve<'a>(&mut self, listing: Listing, links: impl IntoIterator<Item = &'a PortalId>) {
        let mut shelf = Shelf::new(listing);
        links.into_iter().for_each(|portal_id| shelf.mark_linked(portal_id));
        self.shelf = Some(shelf);
    }

    /// Looks at one case as mapping wants it, with its link if it has one.
    pub fn look(&mut self, wanted: &Wanted, link: Option<&Link>) -> Look {
        if let Some(shelf) = &mut self.shelf {
            shelf.explain(wanted.case);
        }
        match link {
            Some(link) => self.look_linked(wanted, link),
            None => self.look_new(wanted),
        }
    }

    /// Looks at a linked case that [`Look::InStep`] was once said of, when neither it, nor the rules, nor the link moved since;
    /// not in a run that has the portal's list beside it, or sends anew.
    pub fn stands(&mut self, link: &Link) {
        self.open_linked += usize::from(link.open);
        self.unchanged += usize::from(self.context.concerns(link.case));
        self.crowd.link(link);
    }

    /// Drafts what a look said differs. `sent`: the record the portal was last told, of a linked case.
    pub fn draft(&mut self, wanted: Wanted, link: Option<Link>, sent: Option<Record>, why: Vec<String>) {
        match link {
            Some(link) => self.draft_linked(wanted, &link, sent, why),
            None => self.draft_new(wanted, why),
        }
    }

    /// What an unlinked case would be created with if the portal's list had nothing to say of it; nothing is kept.
    pub fn would_create(&self, wanted: &Wanted) -> Option<Change> {
        let Fate::Create(_) = fate::of(&self.context, None, wanted) else { return None };
        let after = fate::first_record(&self.context.firm, wanted.clone());
        let (kinds, seen) = ([Kind::Create].into_iter().collect(), memory::next(wanted, None, self.context.now));
        Some(Change { case: wanted.case, kinds, portal_id: None, before: None, after, seen, why: Vec::new(), hold: None })
    }

    /// Whether the case was looked at in this run; after the scan, linked cases that were not are absent. Call it when
    /// all were looked at: the first call after a look sorts.
    pub fn was_read(&mut self, case: CaseId) -> bool {
        self.crowd.has(case)
    }

    /// Whether MyCase should be asked for an absent case itself, because that is all the proof still wants.
    pub fn wants_proof(&self, link: &Link) -> bool {
        self.context.reach == Reach::Everything && self.context.concerns(link.case) && absence::wants_proof(link, self.context.now)
    }

    /// A linked case that the scan of everything did not show. [`Look::Differs`]: its record is to be closed; fetch the
    /// record last sent and call [`Planner::close_absent`]. A scan in doubt makes all of it void.
    pub fn absent(&mut self, link: &Link, absence: Absence) -> Look {
        let context = &self.context;
        if context.reach != Reach::Everything || !context.concerns(link.case) || context.firm.cases.never.contains(&link.case) {
            return Look::Settled;
        }
        let verdict = absence::judge(&context.firm, link, absence, context.now);
        let observation = absence::observation(link, &verdict);
        let closes = matches!(verdict, Verdict::Close(_));
        self.absent.insert(link.case, (verdict, observation));
        if closes { Look::Differs([Kind::Close].into_iter().collect()) } else { Look::Settled }
    }

    /// Drafts the closing of an absent case's record.
    pub fn close_absent(&mut self, link: &Link, sent: Option<Record>) {
        match sent {
            Some(sent) => self.draft_close(link, sent, vec!["MyCase answers that the case is gone; it was closed before".into()]),
            // Without knowing what the portal holds nothing is sent; a person is told instead.
            None => {
                if let Some((Verdict::Close(missing), observation)) = self.absent.remove(&link.case) {
                    self.absent.insert(link.case, (Verdict::Report(missing, reasons::gone(false)), observation));
                }
            }
        }
    }

    /// Why the scan does not prove absence: its own doubts, a run that did not reach everything, or fewer than 90% of
    /// the last whole scan.
    pub fn doubts(&self, scan: &Scan) -> Vec<ScanDoubt> {
        let mut doubts = scan.doubts.clone();
        if self.context.reach != Reach::Everything {
            if !doubts.contains(&ScanDoubt::Partial) {
                doubts.push(ScanDoubt::Partial);
            }
        } else if let Some(before) = self.context.last_scan.filter(|before| scan.read * 10 < before * 9) {
            doubts.push(ScanDoubt::Shrunk { fewer: before - scan.read, before });
        }
        doubts
    }

    fn look_new(&mut self, wanted: &Wanted) -> Look {
        match fate::of(&self.context, self.shelf.as_ref(), wanted) {
            Fate::Nothing => Look::Settled,
            Fate::Attention(reasons) => {
                // It counts in the crowd: what it shares with others should be known before it is put right.
                let mut known = wanted.record.clone();
                if !wanted.contact_decided {
                    known.clients.clear();
                }
                self.crowd.wanted(wanted.case, &known, &self.context.prints);
                self.reasons.insert(wanted.case, reasons);
                Look::Settled
            }
            Fate::Adopt(_) => Look::Differs(Kind::ALL.into_iter().collect()),
            Fate::Create(_) => Look::Differs([Kind::Create].into_iter().collect()),
        }
    }

    fn look_linked(&mut self, wanted: &Wanted, link: &Link) -> Look {
        self.open_linked += usize::from(link.open);
        if let Some(shelf) = &mut self.shelf {
            shelf.mark_linked(&link.portal_id);
        }
        if wanted.scope == Scope::Never || !self.context.concerns(wanted.case) {
            return self.leave(link);
        }
        let moved = self.remember(wanted, link);
        let waits = self.wait_for(wanted, &Base::of_link(link), &link.clients, Some(&link.seen));
        // What the portal's list says of it is no part of what it could be known by.
        let for_good = !moved && !waits && self.shelf.is_none();
        let in_step = if for_good { Look::InStep } else { Look::Settled };
        match self.glance(wanted, link) {
            Glance::Leave => self.leave(link),
            Glance::InStep if wanted.reasons.is_empty() => {
                self.unchanged += 1;
                self.leave(link);
                in_step
            }
            Glance::InStep => {
                self.note(wanted.case, wanted.reasons.iter().cloned());
                self.leave(link)
            }
            Glance::Rests => {
                self.unchanged += 1;
                self.leave(link);
                in_step
            }
            Glance::Attention(reason) => {
                self.note(wanted.case, [reason]);
                self.leave(link)
            }
            Glance::ByHand => {
                self.note(wanted.case, wanted.reasons.iter().cloned().chain([reasons::closed_by_hand()]));
                self.leave(link)
            }
            Glance::Differs(kinds) => Look::Differs(kinds),
        }
    }

    /// The quick comparison of a linked case with what its link remembers. Allocates nothing for a case in step.
    fn glance(&self, wanted: &Wanted, link: &Link) -> Glance {
        let Context { firm, prints, now, rewrite, .. } = &self.context;
        if let Scope::Out(why) = wanted.scope {
            return match firm.closure.out_of_scope {
                _ if !link.open => Glance::Leave,
                OutOfScopeRule::Report => Glance::Attention(reasons::out_of_scope(why)),
                OutOfScopeRule::Close => Glance::Differs([Kind::Close].into_iter().collect()),
            };
        }
        let goal = Goal::of(firm, wanted, &Base::of_link(link), &link.clients, &Since::of(wanted, Some(&link.seen), *now), *now);
        let kinds = goal.kinds(link, wanted, prints);
        if let Some(shelf) = &self.shelf {
            match shelf.standing(link) {
                Standing::Unknown => {}
                Standing::Moved => return Glance::Differs(kinds),
                Standing::Gone if goal.door == Door::Rests => return Glance::Rests,
                Standing::Gone if self.context.asked_for(link.case) => return Glance::Differs([Kind::Create].into_iter().collect()),
                Standing::Gone => return Glance::Attention(reasons::record_gone()),
                Standing::Listed(_) if shelf.own(link.case) == adopt::Own::Several => return Glance::Differs(kinds),
                Standing::Listed(at) if goal.door == Door::Rests => {
                    let opened = shelf.record(at).is_some_and(|record| record.open == Some(true));
                    return if opened { Glance::Differs(kinds) } else { Glance::Rests };
                }
                Standing::Listed(at) if shelf.differs(at, link, &wanted.record, firm, prints) => return Glance::Differs(kinds),
                Standing::Listed(_) => {}
            }
        }
        match goal.door {
            Door::Rests => Glance::Rests,
            _ if !kinds.is_empty() || goal.swap || *rewrite => Glance::Differs(kinds),
            Door::ByHand => Glance::ByHand,
            Door::StaysOpen | Door::Closes | Door::Opens => Glance::InStep,
        }
    }

    fn leave(&mut self, link: &Link) -> Look {
        self.crowd.link(link);
        Look::Settled
    }

    /// What the state has to remember of a linked case whatever becomes of it; whether there is something.
    fn remember(&mut self, wanted: &Wanted, link: &Link) -> bool {
        let seen = memory::moved(wanted, &link.seen, self.context.now);
        let missing = link.missing.is_some().then_some(None);
        let moved = seen.is_some() || missing.is_some();
        if moved {
            self.observations.insert(link.case, Observation { case: link.case, seen, missing, unlink: false });
        }
        moved
    }

    /// Remembers until when a case waits for its stage, or for its being open or closed, to have stood long enough; whether it
    /// does.
    pub(super) fn wait_for(&mut self, wanted: &Wanted, base: &Base<'_>, known: &[PersonId], seen: Option<&SeenState>) -> bool {
        let Context { firm, now, .. } = &self.context;
        let at = if wanted.scope == Scope::In { settles_at(firm, wanted, base, known, seen, *now) } else { None };
        self.look_again.extend(at.map(|at| (wanted.case, at)));
        at.is_some()
    }

    pub(super) fn note(&mut self, case: CaseId, reasons: impl IntoIterator<Item = Reason>) {
        let mut reasons = reasons.into_iter().peekable();
        if reasons.peek().is_some() {
            self.reasons.entry(case).or_default().extend(reasons);
        }
    }
}

/// When something that is wanted today and has not stood long enough will have; `None` when nothing waits for that.
fn settles_at(
    firm: &Firm,
    wanted: &Wanted,
    base: &Base<'_>,
    known: &[PersonId],
    seen: Option<&SeenState>,
    now: Timestamp,
) -> Option<Timestamp> {
    let settles = [firm.stages.settle, firm.closure.settle];
    if settles.iter().all(std::time::Duration::is_zero) {
        return None;
    }
    let since = Since::of(wanted, seen, now);
    let ends = [since.stage, since.open].into_iter().zip(settles).filter_map(|(since, long)| since.checked_add(long).ok());
    let at = |then: Timestamp| {
        let Goal { practice_area, stage, open, door, .. } = Goal::of(firm, wanted, base, known, &since, then);
        (practice_area, stage, open, door)
    };
    let today = at(now);
    ends.filter(|end| *end > now && at(*end) != today).min()
}

/// What a quick look at a linked case came to.
enum Glance {
    Leave,
    InStep,
    Rests,
    Attention(Reason),
    ByHand,
    Differs(Kinds),
}
