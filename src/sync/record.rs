//! What a run remembers: links touched or adopted, the plan that waits, exceptions, the report.

use super::apply::Trouble;
use super::study::Looked;
use super::{Engine, RunError, RunReport, success};
use crate::domain::{CaseException, CaseId, Holds, Kind, Link, Ordered, PlanName, Reason, ReasonCode, RunId};
use crate::plan::{Change, Held, Plan, Reach};
use crate::store::{PlanSlot, SavedPlan, StoreError, Writer};
use jiff::ToSpan;
use std::collections::{BTreeMap, BTreeSet};

/// Plans end after this many days.
const PLAN_DAYS: i64 = 7;

/// What was learned of linked cases without a write to the portal.
pub(crate) fn observations(engine: &Engine, w: &mut Writer<'_>, plan: &Plan) -> Result<(), StoreError> {
    let links = engine.store().links()?;
    for seen in &plan.observations {
        if seen.unlink {
            w.remove_link(seen.case)?;
            continue;
        }
        let Some(mut link) = links.get(seen.case)? else { continue };
        if let Some(state) = &seen.seen {
            link.seen = state.clone();
        }
        if let Some(missing) = seen.missing {
            link.missing = missing;
        }
        w.touch_link(&link)?;
    }
    Ok(())
}

/// Portal records that are taken as a case's own.
pub(crate) fn adoptions(engine: &Engine, w: &mut Writer<'_>, plan: &Plan) -> Result<(), StoreError> {
    let now = engine.hands.clock.now();
    let links = engine.store().links()?;
    for adopted in &plan.adoptions {
        let linked_at = links.get(adopted.case)?.map_or(now, |link| link.linked_at);
        let (portal_id, seen) = (adopted.portal_id.clone(), adopted.seen.clone());
        let link = Link::after(adopted.case, portal_id, &adopted.record, seen, linked_at, &engine.hands.prints);
        w.put_link(&link, &adopted.record)?;
    }
    Ok(())
}

/// Refreshes the one plan that waits: of the cases that were looked at, what is held now; of the others, what was held.
pub(crate) fn waiting(
    engine: &Engine,
    w: &mut Writer<'_>,
    ask: &super::RunAsk,
    looked: &Looked,
    held: Option<&Held>,
    run: RunId,
) -> Result<Option<(PlanName, usize)>, StoreError> {
    let before = engine.store().plan(PlanSlot::Waiting)?.filter(|plan| plan.expires_at > engine.hands.clock.now());
    let mut changes: Vec<Change> = held.map(|held| held.changes.clone()).unwrap_or_default();
    let own: BTreeSet<CaseId> = changes.iter().map(|change| change.case).ordered();
    let untouched = before.iter().flat_map(|before| &before.changes).filter(|change| !looked.at(change.case));
    changes.extend(untouched.cloned());
    let merged = before.as_ref().filter(|_| changes.iter().any(|change| !own.contains(&change.case)));
    changes.sort_by_key(|change| (change.case, change.hold.is_some()));
    if changes.is_empty() {
        w.remove_plan(PlanSlot::Waiting)?;
        return Ok(None);
    }
    let mut plan = saved(engine, changes, &named(&ask.reach, own, merged), Some(run));
    plan.over = held.map(|held| held.over.clone()).unwrap_or_default();
    // A yes reads once more, in the same way: else what only a comparison finds would seem to have moved.
    plan.verify = ask.verify || merged.is_some_and(|before| before.verify);
    plan.rewrite = ask.rewrite || merged.is_some_and(|before| before.rewrite);
    if let Some(before) = &before {
        plan.left = before.left.iter().copied().filter(|case| plan.changes.iter().any(|change| change.case == *case)).ordered();
        if before.name == plan.name {
            (plan.saved_at, plan.reminded_at) = (before.saved_at, before.reminded_at);
        }
    }
    if let Some(before) = merged.filter(|_| ask.reach == Reach::Changed) {
        // Looking often keeps no plan alive, and what was over its limit stays so.
        (plan.saved_at, plan.reminded_at, plan.expires_at) = (before.saved_at, before.reminded_at, before.expires_at);
        let known: Vec<Kind> = plan.over.iter().map(|line| line.kind).collect();
        plan.over.extend(before.over.iter().filter(|line| !known.contains(&line.kind)).cloned());
    }
    let (name, cases) = (plan.name.clone(), plan.changes.len());
    w.put_plan(PlanSlot::Waiting, &plan)?;
    Ok(Some((name, cases)))
}

/// The cases that a yes reads. A changes run names those it holds: a few are read sooner than all.
fn named(reach: &Reach, own: BTreeSet<CaseId>, merged: Option<&SavedPlan>) -> Reach {
    const MOST_NAMED: usize = 200;
    let named = match reach {
        Reach::Everything => return Reach::Everything,
        Reach::Cases(cases) => cases.clone(),
        Reach::Changed => own,
    };
    let all = match merged {
        None => Some(named),
        Some(before) => before.named.as_ref().map(|others| named.union(others).copied().ordered()),
    };
    match all {
        Some(cases) if *reach != Reach::Changed || cases.len() <= MOST_NAMED => Reach::Cases(cases),
        Some(_) | None => Reach::Everything,
    }
}

/// Cases that the saved plan holds and that would still be sent something: a changes run lets none of them slip through
/// because so few are under every limit.
pub(crate) fn held_before(engine: &Engine, plan: &Plan) -> Result<BTreeSet<CaseId>, StoreError> {
    let saved = engine.store().plan(PlanSlot::Waiting)?.filter(|saved| saved.expires_at > engine.hands.clock.now());
    let held: BTreeSet<CaseId> =
        saved.iter().flat_map(|saved| &saved.changes).filter(|change| change.hold.is_none()).map(|change| change.case).ordered();
    Ok(plan.changes.iter().map(|change| change.case).filter(|case| held.contains(case)).ordered())
}

/// Cases that a person left out of a yes and whose change is still the same: they wait for another yes.
pub(crate) fn left_out(engine: &Engine, plan: &Plan) -> Result<BTreeSet<CaseId>, StoreError> {
    let (now, prints) = (engine.hands.clock.now(), &engine.hands.prints);
    let Some(saved) = engine.store().plan(PlanSlot::Waiting)?.filter(|saved| saved.expires_at > now) else { return Ok(BTreeSet::new()) };
    let same = |change: &Change| plan.counterpart(change).is_some_and(|fresh| fresh.key(prints) == change.key(prints));
    let left = saved.changes.iter().filter(|change| change.hold.is_none() && saved.left.contains(&change.case) && same(change));
    Ok(left.map(|change| change.case).ordered())
}

/// A plan to be saved, named after what it would do.
pub(crate) fn saved(engine: &Engine, changes: Vec<Change>, reach: &Reach, run: Option<RunId>) -> SavedPlan {
    let now = engine.hands.clock.now();
    let named = match reach {
        Reach::Cases(cases) => Some(cases.clone()),
        Reach::Everything | Reach::Changed => None,
    };
    let name = crate::plan::name_of(&changes, &engine.hands.prints);
    SavedPlan {
        name,
        saved_at: now,
        expires_at: now + (PLAN_DAYS * 24).hours(),
        changes,
        over: Vec::new(),
        run,
        reminded_at: None,
        named,
        verify: false,
        rewrite: false,
        left: BTreeSet::new(),
    }
}

/// After an approval: what was left out of the yes still waits.
pub(crate) fn rest_of(
    w: &mut Writer<'_>,
    engine: &Engine,
    plan: &SavedPlan,
    left: &[Change],
) -> Result<Option<(PlanName, usize)>, StoreError> {
    let is_waiting = engine.store().plan(PlanSlot::Waiting)?.is_some_and(|waiting| waiting.name == plan.name);
    if !is_waiting {
        w.remove_plan(PlanSlot::Preview)?;
        return Ok(engine.store().plan(PlanSlot::Waiting)?.map(|waiting| (waiting.name, waiting.changes.len())));
    }
    if left.is_empty() {
        w.remove_plan(PlanSlot::Waiting)?;
        return Ok(None);
    }
    let name = crate::plan::name_of(left, &engine.hands.prints);
    let cases = left.iter().map(|change| change.case).ordered();
    let rest = SavedPlan { name: name.clone(), changes: left.to_vec(), left: cases, ..plan.clone() };
    w.put_plan(PlanSlot::Waiting, &rest)?;
    Ok(Some((name, left.len())))
}

/// The saved plan of this name, or words on what there is instead.
pub(crate) fn saved_plan(engine: &Engine, name: &PlanName) -> Result<SavedPlan, RunError> {
    let now = engine.hands.clock.now();
    let (waiting, preview) = (engine.store().plan(PlanSlot::Waiting)?, engine.store().plan(PlanSlot::Preview)?);
    let found = [&waiting, &preview].into_iter().flatten().find(|plan| plan.name == *name);
    match found {
        Some(plan) if plan.expires_at > now => Ok(plan.clone()),
        Some(_) => Err(RunError::NoSuchPlan(format!(
            "plan {name} is older than {PLAN_DAYS} days and has ended; run `casebridge plan {}` for a fresh one",
            engine.firm.id
        ))),
        None => {
            let instead = match waiting {
                Some(plan) => format!("the plan that waits is {}", plan.name),
                None => "no plan waits for approval".to_owned(),
            };
            Err(RunError::NoSuchPlan(format!("there is no plan {name} (it was replaced, dropped or applied): {instead}")))
        }
    }
}

/// A case that the portal refused or lost, for the list of what needs attention.
pub(crate) fn trouble(case: CaseId, trouble: Trouble, words: &str) -> CaseException {
    let (code, text, fix) = match trouble {
        Trouble::Refused => {
            (ReasonCode::Refused, words, "correct it in MyCase, in the portal or in the firm file; the next run tries again")
        }
        Trouble::Gone => (
            ReasonCode::PortalRecordGone,
            "the portal no longer holds the linked record",
            "restore it in the portal, or add the case to `never`; casebridge does not make it anew by itself",
        ),
    };
    CaseException {
        case,
        reasons: vec![Reason { code, holds: Holds::Everything, no_create: true, text: text.to_owned(), fix: fix.to_owned() }],
    }
}

/// What only a look at the portal's list finds: a run that did not look leaves it standing.
const FOUND_BY_LOOKING: [ReasonCode; 4] =
    [ReasonCode::ChangedByHand, ReasonCode::PortalRecordGone, ReasonCode::LookalikeInPortal, ReasonCode::TwoPortalRecords];

/// What earlier runs found in the portal's list and this one, which did not look, cannot judge, of the cases looked at; what
/// it found anew, e.g. by a 404, is said once.
pub(crate) fn still_standing(engine: &Engine, looked: &Looked, exceptions: &mut Vec<CaseException>) -> Result<(), StoreError> {
    let anew: BTreeSet<(CaseId, ReasonCode)> =
        exceptions.iter().flat_map(|found| found.reasons.iter().map(|reason| (found.case, reason.code))).ordered();
    for CaseException { case, mut reasons } in engine.store().exceptions()?.into_iter().filter(|known| looked.at(known.case)) {
        reasons.retain(|reason| FOUND_BY_LOOKING.contains(&reason.code) && !anew.contains(&(case, reason.code)));
        if !reasons.is_empty() {
            exceptions.push(CaseException { case, reasons });
        }
    }
    Ok(())
}

/// What was found, for the list: of a case that was not looked at (its lost answer was looked up, say) beside what is known of
/// it already.
pub(crate) fn of_others(engine: &Engine, looked: &Looked, exceptions: &[CaseException]) -> Result<Vec<CaseException>, StoreError> {
    let mut all = exceptions.to_vec();
    for other in exceptions.iter().filter(|found| !looked.at(found.case)) {
        all.extend(engine.store().exception(other.case)?.map(|mut known| {
            known.reasons.retain(|reason| other.reasons.iter().all(|found| found.code != reason.code));
            known
        }));
    }
    Ok(merged(all))
}

/// One entry per case, in the order of the cases.
pub(crate) fn merged(exceptions: Vec<CaseException>) -> Vec<CaseException> {
    let mut by_case: BTreeMap<CaseId, BTreeSet<Reason>> = BTreeMap::new();
    for CaseException { case, reasons } in exceptions {
        by_case.entry(case).or_default().extend(reasons);
    }
    by_case.into_iter().map(|(case, reasons)| CaseException { case, reasons: reasons.into_iter().collect() }).collect()
}

/// Keeps the report. Who started the run says it aloud: the daemon in its log, the command line as its answer.
pub(crate) fn remember(engine: &Engine, report: &RunReport) {
    let (firm, run, trigger) = (report.firm.as_str(), report.run.0, report.trigger.word());
    if let Err(error) = engine.store().write(|w| {
        w.put_run(report.run, report.started_at, report)?;
        success::note(w, report)
    }) {
        tracing::error!(firm, run, %error, "the run's report could not be kept");
    }
    tracing::debug!(firm, run, trigger, written = report.written, failed = report.failures.len(), "run ended");
}
