//! Puts the plan together: what only shows when all cases were looked at has the last word on every draft.

use super::absence::Verdict;
use super::adopt::Foreign;
use super::context::Reach;
use super::crowd::Found;
use super::draft::Draft;
use super::planner::Planner;
use super::{Change, Plan, reasons};
use crate::config::Profile;
use crate::domain::{CaseException, CaseId, Kind, Link, PortalId, Reason, Scan};
use std::borrow::Borrow;

impl Planner {
    /// The plan. `others`: the links of cases that were not looked at (links of cases that were are skipped, so all
    /// links will do): their phones, readable ids and portal records count too.
    pub fn finish<L: Borrow<Link>>(mut self, scan: &Scan, others: impl IntoIterator<Item = L>) -> Plan {
        for link in others {
            let link = link.borrow();
            if self.crowd.has(link.case) {
                continue;
            }
            self.open_linked += usize::from(link.open);
            if let Some(shelf) = &mut self.shelf {
                shelf.mark_linked(&link.portal_id);
            }
            self.crowd.other(link);
        }
        let doubts = self.doubts(scan);
        self.settle_absences(doubts.is_empty());
        let mut notes = Vec::new();
        self.refuse_creates(&mut notes);
        self.hold_shared();
        if doubts.is_empty() {
            notes.extend(self.foreign());
        }
        self.put_together(doubts, notes)
    }

    /// Absence counts only after a whole scan.
    fn settle_absences(&mut self, proved: bool) {
        for (case, (verdict, observation)) in std::mem::take(&mut self.absent) {
            if !proved {
                self.drafts.remove(&case);
                continue;
            }
            if let Some(observation) = observation {
                self.observations.insert(case, observation);
            }
            match verdict {
                Verdict::Report(_, reason) => self.reasons.entry(case).or_default().push(reason),
                Verdict::Nothing | Verdict::Remember(_) | Verdict::Close(_) | Verdict::Ignore(_) => {}
            }
        }
    }

    /// No record is made beside one that looks like it, nor from half a list.
    fn refuse_creates(&mut self, notes: &mut Vec<String>) {
        let Some(shelf) = &self.shelf else { return };
        let whole = shelf.is_whole();
        let (mut alike, mut waiting) = (Vec::new(), Vec::new());
        self.drafts.retain(|case, draft| {
            let Some(change) = draft.change.as_ref().filter(|change| change.kinds.contains(Kind::Create)) else { return true };
            let lookalike = shelf.lookalike(&change.after);
            if lookalike {
                alike.push(*case);
            }
            waiting.extend((!lookalike && !whole).then_some(*case));
            whole && !lookalike
        });
        for case in alike {
            self.reasons.entry(case).or_default().push(reasons::lookalike());
        }
        self.look_again.extend(waiting.iter().map(|case| (*case, self.context.now)));
        if !waiting.is_empty() {
            notes.push(format!(
                "the portal's list could not be read to its end, so {} not created in this run",
                cases(waiting.len(), "case is", "cases are")
            ));
        }
    }

    /// Says which portal records belong to no case, when both sides were read whole.
    fn foreign(&self) -> Option<String> {
        let shelf = self.shelf.as_ref().filter(|shelf| self.listed_first && shelf.is_whole())?;
        let Foreign { without_id, other_id } = shelf.foreign();
        let count = without_id.len() + other_id.len();
        let named = |ids: &[PortalId], what: &str| {
            const MOST: usize = 5;
            let mut words: Vec<String> = ids.iter().take(MOST).map(ToString::to_string).collect();
            words.extend((ids.len() > MOST).then(|| format!("{} more", ids.len() - MOST)));
            (!ids.is_empty()).then(|| format!("{} {what} ({})", ids.len(), words.join(", ")))
        };
        let parts = [named(&without_id, "without a MyCase id"), named(&other_id, "with an id that is no case here")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let belong = cases(count, "portal record belongs", "portal records belong");
        (count > 0).then(|| format!("{belong} to no case that MyCase shows: {}; nothing is done about them", parts.join(", ")))
    }

    fn hold_shared(&mut self) {
        let Found { phones, readable } = self.crowd.find(self.context.firm.clients.shared_phone_allowed);
        for (case, reason) in phones {
            self.hold(case, reason, Kind::Contact);
        }
        for (case, reason) in readable {
            self.hold(case, reason, Kind::Update);
        }
        let Planner { crowd, drafts, context, .. } = self;
        let apart = !context.firm.clients.shared_phone_allowed;
        let mut keeps: Vec<(CaseId, Kind)> = Vec::new();
        for (case, draft) in drafts.iter_mut() {
            // A swap onto a number that is another person's on another case waits until that is put right.
            draft.swap.take_if(|swap| apart && crowd.shares(*case, &swap.after, &context.prints));
            let Some(closing) = draft.change.as_ref().filter(|change| change.kinds.contains(Kind::Close)) else { continue };
            if apart && closing.kinds.contains(Kind::Contact) && crowd.shares(*case, &closing.after, &context.prints) {
                keeps.push((*case, Kind::Contact));
            }
            if closing.kinds.contains(Kind::Update) && crowd.shares_readable(*case, &closing.after, &context.prints) {
                keeps.push((*case, Kind::Update));
            }
        }
        for (case, group) in keeps {
            let reason = if group == Kind::Contact { reasons::takes_a_phone() } else { reasons::takes_a_readable_id() };
            self.hold(case, reason, group);
        }
    }

    /// Says the reason and takes what it holds out of the case's draft.
    fn hold(&mut self, case: CaseId, reason: Reason, group: Kind) {
        let asked = match &self.context.reach {
            Reach::Everything => true,
            Reach::Changed => self.crowd.has(case),
            Reach::Cases(cases) => cases.contains(&case),
        };
        let firm = &self.context.firm;
        if !asked || !self.context.concerns(case) || firm.cases.never.contains(&case) {
            return;
        }
        let known = self.reasons.entry(case).or_default();
        let counted_in_step = known.is_empty() && self.drafts.get(&case).is_none_or(|draft| draft.change.is_none());
        self.unchanged -= usize::from(counted_in_step && self.crowd.has(case)).min(self.unchanged);
        known.push(reason);
        let Some(draft) = self.drafts.get_mut(&case) else { return };
        if group == Kind::Contact {
            draft.swap = None;
        }
        draft.change = draft.change.take().and_then(|change| without(change, group));
    }

    fn put_together(self, doubts: Vec<crate::domain::ScanDoubt>, mut notes: Vec<String>) -> Plan {
        let Planner { context, drafts, reasons, observations, look_again, unchanged, open_linked, .. } = self;
        let mut plan = Plan {
            firm: context.firm.id.clone(),
            made_at: context.now,
            first: context.first,
            doubts,
            changes: Vec::new(),
            swaps: Vec::new(),
            adoptions: Vec::new(),
            taken_over: 0,
            observations: observations.into_values().collect(),
            exceptions: reasons.into_iter().filter_map(exception).collect(),
            unchanged,
            open_linked,
            notes: Vec::new(),
            look_again,
        };
        for Draft { change, swap, adoption, taken_over: new } in drafts.into_values() {
            plan.changes.extend(change);
            plan.swaps.extend(swap);
            plan.adoptions.extend(adoption);
            plan.taken_over += usize::from(new);
        }
        if plan.taken_over > 0 {
            let one =
                "record already in the portal is taken over; its phone numbers, e-mail addresses and clients' names could not be compared";
            let many = "records already in the portal are taken over; their phone numbers, e-mail addresses and clients' names could not be compared";
            notes.push(cases(plan.taken_over, one, many));
        }
        notes.extend(what_clients_notice(&context.firm.portal.profile, &plan.changes));
        plan.notes = notes;
        plan
    }
}

/// What the portal may do to clients about these changes, one sentence for each kind, e.g. `50 stages to move: Case Status
/// sends the client a survey at every stage change`.
pub fn what_clients_notice(profile: &Profile, changes: &[Change]) -> Vec<String> {
    let of = |kind: Kind| changes.iter().filter(|change| change.kinds.contains(kind)).count();
    let kinds = Kind::ALL.into_iter().map(|kind| (kind, of(kind))).filter(|(_, count)| *count > 0);
    kinds.filter_map(|(kind, count)| Some(format!("{}: {}", super::render::group(kind, count), profile.may_contact_by(kind)?))).collect()
}

/// The change without what one group would send; `None` when nothing is left, or when it would make a new record.
fn without(mut change: Change, group: Kind) -> Option<Change> {
    if change.kinds.contains(Kind::Create) {
        return None;
    }
    if !change.kinds.contains(group) {
        return Some(change);
    }
    // A rewrite knows no before: what cannot be taken out holds all of it.
    let before = change.before.as_ref()?;
    if group == Kind::Contact {
        change.after.clients.clone_from(&before.clients);
    } else {
        change.after.attorney.clone_from(&before.attorney);
        change.after.team.clone_from(&before.team);
        change.after.fields.clone_from(&before.fields);
        change.after.extra.clone_from(&before.extra);
    }
    change.kinds = change.kinds.iter().filter(|kind| *kind != group).collect();
    (!change.kinds.is_empty()).then_some(change)
}

fn exception((case, mut reasons): (CaseId, Vec<Reason>)) -> Option<CaseException> {
    reasons.sort();
    reasons.dedup();
    (!reasons.is_empty()).then_some(CaseException { case, reasons })
}

fn cases(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
