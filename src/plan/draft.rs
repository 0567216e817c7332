//! Drafts what one case comes to: a new record, an adoption, what differs, a swap of its client, a closing.
//!
//! A draft is not yet a change: what only shows across cases (`finish.rs`) has the last word.

use super::adopt::{self, Own, Standing};
use super::closure::Door;
use super::compare::{Base, Goal};
use super::context::Context;
use super::fate::{self, Fate};
use super::memory::{self, Since};
use super::planner::Planner;
use super::{Adoption, Change, Hold, reasons, stages};
use crate::config::Drift;
use crate::domain::{Kind, Link, PortalId, Reason, Record, SeenState};
use crate::mapping::{OutOfScope, Scope, SeenStatus, Wanted};

/// What one case may come to; the checks across cases have the last word.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) change: Option<Change>,
    pub(super) swap: Option<Change>,
    pub(super) adoption: Option<Adoption>,
    /// The adoption is of a record that no link knew.
    pub(super) taken_over: bool,
}

impl Planner {
    pub(super) fn draft_new(&mut self, wanted: Wanted, why: Vec<String>) {
        let case = wanted.case;
        let draft = match fate::of(&self.context, self.shelf.as_ref(), &wanted) {
            Fate::Nothing => return,
            Fate::Attention(reasons) => return self.note(case, reasons),
            Fate::Create(reasons) => {
                self.note(case, reasons);
                let seen = memory::next(&wanted, None, self.context.now);
                let record = fate::first_record(&self.context.firm, wanted);
                self.crowd.wanted(case, &record, &self.context.prints);
                let kinds = [Kind::Create].into_iter().collect();
                let change = Change { case, kinds, portal_id: None, before: None, after: record, seen, why, hold: None };
                Draft { change: Some(change), ..Draft::default() }
            }
            Fate::Adopt(at) => {
                let record = fate::first_record(&self.context.firm, wanted.clone());
                let Some(draft) = self.draft_adoption(at, &wanted, record, why) else { return };
                draft
            }
        };
        self.drafts.insert(case, draft);
    }

    fn draft_adoption(&mut self, at: usize, wanted: &Wanted, assumed: Record, why: Vec<String>) -> Option<Draft> {
        let Context { firm, prints, now, .. } = &self.context;
        let listed = self.shelf.as_ref()?.record(at)?;
        let before = adopt::overlay(&assumed, listed, firm);
        let goal = Goal::of(firm, wanted, &Base::of_record(&before), &[], &Since::of(wanted, None, *now), *now);
        let after = if goal.door == Door::Rests { before.clone() } else { goal.record(&before, wanted) };
        let seen = memory::next(wanted, None, *now);
        let (case, portal_id) = (wanted.case, listed.portal_id.clone());
        let adoption = Adoption { case, portal_id: portal_id.clone(), record: before.clone(), seen: seen.clone() };
        let kinds = before.differs(&after);
        let door = goal.door;
        self.crowd.wanted(case, crowd_part(&before, &after), prints);
        self.wait_for(wanted, &Base::of_record(&before), &[], None);
        if let Some(shelf) = &mut self.shelf {
            shelf.mark_linked(&portal_id);
        }
        self.open_linked += usize::from(before.open);
        if door != Door::Rests {
            self.note(case, wanted.reasons.iter().cloned());
        }
        if door == Door::ByHand {
            self.note(case, [reasons::closed_by_hand()]);
        }
        let change = Change { case, kinds, portal_id: Some(portal_id), before: Some(before), after, seen, why, hold: None };
        self.unchanged += usize::from(kinds.is_empty() && !self.reasons.contains_key(&case));
        Some(Draft { change: (!kinds.is_empty()).then_some(change), swap: None, adoption: Some(adoption), taken_over: true })
    }

    pub(super) fn draft_linked(&mut self, wanted: Wanted, link: &Link, sent: Option<Record>, mut why: Vec<String>) {
        if let Scope::Out(out) = wanted.scope {
            return self.draft_out(link, sent, out);
        }
        match self.shelf.as_ref().map_or(Standing::Unknown, |shelf| shelf.standing(link)) {
            Standing::Moved | Standing::Gone => {
                // The old link's record does not count twice among the open ones.
                self.open_linked -= usize::from(link.open).min(self.open_linked);
                why.push("the portal no longer holds the record that was linked".into());
                self.draft_new(wanted, why);
                if !self.drafts.contains_key(&link.case) {
                    self.crowd.link(link);
                }
            }
            Standing::Listed(at) => self.draft_difference(&wanted, link, sent, Some(at), why),
            Standing::Unknown => self.draft_difference(&wanted, link, sent, None, why),
        }
    }

    fn draft_out(&mut self, link: &Link, sent: Option<Record>, why: OutOfScope) {
        self.crowd.link(link);
        let reason = reasons::out_of_scope(why);
        match sent {
            Some(sent) => self.draft_close(link, sent, vec![reason.text]),
            None => self.note(link.case, [reason]),
        }
    }

    pub(super) fn draft_close(&mut self, link: &Link, sent: Record, why: Vec<String>) {
        let mut after = sent.clone();
        after.open = false;
        if let Some(stage) = stages::closing_stage(&self.context.firm, after.practice_area.as_deref()) {
            after.stage = Some(stage.to_owned());
        }
        let (case, seen, portal_id) = (link.case, link.seen.clone(), Some(link.portal_id.clone()));
        let kinds = sent.differs(&after);
        if !kinds.is_empty() {
            let change = Change { case, kinds, portal_id, before: Some(sent), after, seen, why, hold: None };
            self.drafts.insert(case, Draft { change: Some(change), ..Draft::default() });
        }
    }

    fn draft_difference(&mut self, wanted: &Wanted, link: &Link, sent: Option<Record>, at: Option<usize>, why: Vec<String>) {
        let Context { firm, prints, now, rewrite, .. } = &self.context;
        let (case, now, rewrite) = (link.case, *now, *rewrite);
        let since = Since::of(wanted, Some(&link.seen), now);
        let Some(sent) = sent else { return self.draft_blind(wanted, link, &since, why) };
        let view = at.and_then(|at| self.shelf.as_ref()?.record(at)).map(|listed| adopt::overlay(&sent, listed, firm));
        let mut known = sent.clone();
        // A portal record that is open or closed as MyCase says is never a matter of hand.
        if let Some(view) = view.as_ref().filter(|view| is_mycase_state(view.open, wanted.state)) {
            known.open = view.open;
        }
        // Where nothing was said the portal puts a value of its own; that is no matter of hand either.
        if let Some(view) = &view {
            known.stage = known.stage.or_else(|| view.stage.clone());
            known.practice_area = known.practice_area.or_else(|| view.practice_area.clone());
        }
        let goal = Goal::of(firm, wanted, &Base::of_record(&known), &link.clients, &since, now);
        let mut after = goal.record(&known, wanted);
        let (before, mut said) = match &view {
            Some(view) => adopt::sort_out(&known, view, &after, firm.portal.drift == Drift::Correct),
            None => (known.clone(), Vec::new()),
        };
        let rests = !before.open && !after.open;
        if rests {
            after = before.clone();
            // Only that somebody opened it again is worth saying.
            if view.as_ref().is_none_or(|view| !view.open) {
                said.clear();
            }
        }
        let kinds = match rewrite && !rests {
            true => adopt::content(&after, goal.contact).union(before.differs(&after)),
            false => before.differs(&after),
        };
        let mut found: Vec<Reason> = if rests { Vec::new() } else { wanted.reasons.clone() };
        found.extend((!said.is_empty()).then(|| reasons::changed_by_hand(&said)));
        found.extend((goal.door == Door::ByHand).then(reasons::closed_by_hand));
        found.extend(goal.swap.then(reasons::client_changed));
        if self.shelf.as_ref().is_some_and(|shelf| shelf.own(case) == Own::Several) {
            found.push(reasons::two_portal_records());
        }
        let (seen, portal_id) = (memory::next(wanted, Some(&link.seen), now), link.portal_id.clone());
        let swap = goal.swap.then(|| swap_of(wanted, &before, portal_id.clone(), seen.clone(), why.clone()));
        let adoption =
            (before != sent).then(|| Adoption { case, portal_id: portal_id.clone(), record: before.clone(), seen: seen.clone() });
        self.crowd.wanted(case, crowd_part(&before, &after), prints);
        self.unchanged += usize::from(kinds.is_empty() && found.is_empty());
        self.note(case, found);
        let before = (!rewrite).then_some(before);
        let change = Change { case, kinds, portal_id: Some(portal_id), before, after, seen, why, hold: None };
        self.drafts.insert(case, Draft { change: (!kinds.is_empty()).then_some(change), swap, adoption, taken_over: false });
    }

    /// Without the record last sent, what is held back could not be kept: then nothing goes; else everything that
    /// differs is sent anew.
    fn draft_blind(&mut self, wanted: &Wanted, link: &Link, since: &Since, why: Vec<String>) {
        let Context { firm, prints, now, .. } = &self.context;
        let goal = Goal::of(firm, wanted, &Base::of_link(link), &link.clients, since, *now);
        let (case, kinds) = (link.case, goal.kinds(link, wanted, prints));
        let seen = memory::next(wanted, Some(&link.seen), *now);
        let after = goal.record(&wanted.record, wanted);
        let (swap, complete) = (goal.swap, goal.contact && goal.rest);
        self.note(case, wanted.reasons.iter().cloned().chain(swap.then(reasons::client_changed)));
        self.crowd.link(link);
        if complete && !kinds.is_empty() {
            let portal_id = Some(link.portal_id.clone());
            let change = Change { case, kinds, portal_id, before: None, after, seen, why, hold: None };
            self.drafts.insert(case, Draft { change: Some(change), ..Draft::default() });
        }
    }
}

/// What of a case counts for what is shared. A case that closes counts with what the portal has: it rests from then on,
/// so what it would newly share is only kept from it, and keeps nothing from others.
fn crowd_part<'a>(before: &'a Record, after: &'a Record) -> &'a Record {
    if after.open { after } else { before }
}

fn is_mycase_state(open: bool, state: SeenStatus) -> bool {
    match state {
        SeenStatus::Open => open,
        SeenStatus::Closed => !open,
        SeenStatus::Unknown => false,
    }
}

fn swap_of(wanted: &Wanted, before: &Record, portal_id: PortalId, seen: SeenState, why: Vec<String>) -> Change {
    let mut after = before.clone();
    after.clients.clone_from(&wanted.record.clients);
    Change {
        case: wanted.case,
        kinds: [Kind::Contact].into_iter().collect(),
        portal_id: Some(portal_id),
        before: Some(before.clone()),
        after,
        seen,
        why,
        hold: Some(Hold::ClientChanged),
    }
}
