//! One run over a firm's cases, from what an earlier run left open to the report.
//!
//! The order is the contract (see the page in [`crate::sync`]): accounts, journal, reading, planning, brakes, one
//! transaction that remembers everything decided, applying, settling, report.

use super::apply::{Applied, Errand, apply, journal};
use super::begun::{Begun, Done};
use super::changes::Moves;
use super::closing::{Closing, LookLater, finish};
use super::report::{Failure, RunReport};
use super::resume::Resumed;
use super::settle::settle;
use super::study::{Studied, Study, study};
use super::{Engine, Progress, RunError, Trigger, bind::bind, record, refusals};
use crate::domain::{CaseException, CaseId, PlanName};
use crate::plan::guard::{self, Filter};
use crate::plan::{ApprovedPlan, Change, Counts, DayBook, Judged, Plan, Reach};
use crate::planted::{self, Plant};
use crate::store::{Approval, EntryState, JournalEntry, PlanSlot, StoreError};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct RunAsk {
    /// What set it off.
    pub trigger: Trigger,
    /// Which cases.
    pub reach: Reach,
    /// Compare with what the portal says, too.
    pub verify: bool,
    /// Send every linked case anew.
    pub rewrite: bool,
}

/// What an approval is for.
#[derive(Debug, Clone)]
pub struct ApprovalAsk {
    /// The plan's name.
    pub plan: PlanName,
    /// What of it.
    pub filter: Filter,
    /// Who says yes.
    pub who: String,
    /// Outside contact hours, too.
    pub now: bool,
}

/// A plan with what the brakes say of it; nothing was written anywhere.
pub struct Preview {
    /// What was read.
    pub(crate) studied: Studied,
    /// What the brakes say.
    pub judged: Judged,
}

/// What a run would do. Holds no writer.
pub async fn preview(engine: &Engine, reach: Reach, verify: bool, progress: &Progress) -> Result<Preview, RunError> {
    bind(engine)?;
    let studied = study(engine, Study::of(reach, verify, false), progress).await?;
    let (book, left_out) = (day_book(engine)?, record::left_out(engine, &studied.plan)?);
    let judged = guard::judge(&studied.plan, &engine.firm.limits, &book, hours_open(engine), &left_out);
    Ok(Preview { studied, judged })
}

impl Preview {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.studied.plan
    }

    /// The names of the cases that the plan speaks of, for a person's terminal only.
    pub fn names(&self) -> &BTreeMap<CaseId, String> {
        &self.studied.names
    }
}

/// Keeps a plan under its name, for seven days or until the next `plan`.
pub fn save_preview(engine: &Engine, preview: &Preview, reach: &Reach, verify: bool) -> Result<PlanName, RunError> {
    let plan = &preview.studied.plan;
    let mut changes: Vec<Change> = plan.changes.iter().chain(&plan.swaps).cloned().collect();
    changes.sort_by_key(|change| (change.case, change.hold.is_some()));
    let mut saved = record::saved(engine, changes, reach, None);
    saved.verify = verify;
    let name = saved.name.clone();
    engine.store().write(|w| w.put_plan(PlanSlot::Preview, &saved))?;
    Ok(name)
}

/// Runs. What goes wrong as a whole is in the report, too, and in the state.
pub async fn run(engine: &Engine, ask: RunAsk, progress: &Progress) -> RunReport {
    let _one_at_a_time = engine.hands.running.lock().await;
    run_begun(engine, &ask, None, Begun::now(engine, ask.trigger), progress).await
}

/// A run that has begun; whoever calls it keeps others from running. `moves`: all there is to look at, of a changes run.
pub(super) async fn run_begun(engine: &Engine, ask: &RunAsk, moves: Option<Moves>, begun: Begun, progress: &Progress) -> RunReport {
    let mut done = Done::default();
    let result = match begun.run {
        Ok(run) => sync(engine, ask, moves, &Errand { run, trigger: ask.trigger }, progress, &mut done).await,
        Err(ref error) => Err(RunError::Case(error.clone())),
    };
    begun.report(engine, done, result)
}

/// Applies a saved plan. What goes wrong as a whole is in the report, too, and in the state.
pub async fn approve(engine: &Engine, ask: ApprovalAsk, progress: &Progress) -> RunReport {
    let _one_at_a_time = engine.hands.running.lock().await;
    let (begun, mut done) = (Begun::now(engine, Trigger::Approval), Done::default());
    let result = match begun.run {
        Ok(run) => approval(engine, &ask, &Errand { run, trigger: Trigger::Approval }, progress, &mut done).await,
        Err(ref error) => Err(RunError::Case(error.clone())),
    };
    begun.report(engine, done, result)
}

async fn sync(
    engine: &Engine,
    ask: &RunAsk,
    moves: Option<Moves>,
    errand: &Errand,
    progress: &Progress,
    done: &mut Done,
) -> Result<(), RunError> {
    bind(engine)?;
    let mut exceptions = settle_left(engine, &ask.reach, errand, progress, done).await?;
    let what = Study { reach: ask.reach.clone(), verify: ask.verify, rewrite: ask.rewrite, moves };
    let mut studied = study(engine, what, progress).await?;
    not_found(&studied, done);
    let mut planned = studied.plan.counts();
    let resumed = Resumed::of(engine, &mut studied, &mut planned, errand)?;
    exceptions.extend(studied.rested.take_out(engine, &mut studied.plan, &mut planned));
    let judged = judge(engine, &mut studied.plan, ask.reach == Reach::Changed)?;
    let plan = &studied.plan;
    let held = judged.held.as_ref();
    done.waiting = engine.store().write(|w| {
        w.put_in_step(&studied.in_step)?;
        record::observations(engine, w, plan)?;
        record::adoptions(engine, w, plan)?;
        resumed.journal(w, errand)?;
        resumed.overtake(engine, w, &judged.approved, errand)?;
        journal(w, errand.run, &judged.approved, &Approval::ByLimits)?;
        record::waiting(engine, w, ask, &studied.looked, held, errand.run)
    })?;
    let later: Vec<CaseId> = judged.later.changes().iter().map(|change| change.case).collect();
    done.later = later.len() + resumed.later();
    read(&studied, planned, done);
    let mut groups = resumed.groups;
    groups.push((Approval::ByLimits, judged.approved));
    let ended_early = send(engine, groups, errand, progress, done, &mut exceptions).await?;
    let first_complete = done.waiting.is_none() && done.later == 0 && !ended_early;
    let later = LookLater { until: studied.until, contact_hours: later };
    let closing = Closing { studied: &studied, reach: &ask.reach, verify: ask.verify, first_complete, later: Some(later) };
    done.counts.exceptions = finish(engine, closing, exceptions)?;
    Ok(())
}

async fn approval(engine: &Engine, ask: &ApprovalAsk, errand: &Errand, progress: &Progress, done: &mut Done) -> Result<(), RunError> {
    bind(engine)?;
    let saved = record::saved_plan(engine, &ask.plan)?;
    let reach = saved.named.clone().map_or(Reach::Everything, Reach::Cases);
    let mut exceptions = settle_left(engine, &reach, errand, progress, done).await?;
    let mut studied = study(engine, Study::of(reach.clone(), saved.verify, saved.rewrite), progress).await?;
    let mut planned = studied.plan.counts();
    let resumed = Resumed::of(engine, &mut studied, &mut planned, errand)?;
    let plan = &studied.plan;
    let hours_open = ask.now || hours_open(engine);
    let verdict = guard::approve(&saved.changes, plan, &ask.filter, hours_open, &engine.hands.prints);
    let who = Approval::Person { who: ask.who.clone(), at: engine.hands.clock.now(), plan: saved.name.clone() };
    let not_before = if hours_open { None } else { next_opening(engine) };
    done.waiting = engine.store().write(|w| {
        record::observations(engine, w, plan)?;
        record::adoptions(engine, w, plan)?;
        resumed.journal(w, errand)?;
        resumed.overtake(engine, w, &verdict.approved, errand)?;
        resumed.overtake(engine, w, &verdict.later, errand)?;
        journal(w, errand.run, &verdict.approved, &who)?;
        for (seq, change) in verdict.later.changes().iter().enumerate() {
            let seq = (verdict.approved.changes().len() + seq) as u64;
            w.put_entry(&JournalEntry {
                seq,
                run: errand.run,
                change: change.clone(),
                approval: who.clone(),
                state: EntryState::Intended,
                not_before,
            })?;
        }
        record::rest_of(w, engine, &saved, &verdict.left)
    })?;
    done.later = verdict.later.changes().len() + resumed.later();
    read(&studied, planned, done);
    done.moved = verdict.moved;
    let mut groups = resumed.groups;
    groups.push((who, verdict.approved));
    let ended_early = send(engine, groups, errand, progress, done, &mut exceptions).await?;
    let all_said = ask.filter.only.is_none() && ask.filter.practice_area.is_none();
    let first_complete = all_said && done.later == 0 && !ended_early;
    // What moved beside the plan was read and not acted on: the next run must see it as moved.
    let closing = Closing { studied: &studied, reach: &reach, verify: saved.verify, first_complete, later: None };
    done.counts.exceptions = finish(engine, closing, exceptions)?;
    Ok(())
}

/// Sends what is approved, and remembers what the portal refused of it. Answers whether sending ended early.
async fn send(
    engine: &Engine,
    groups: Vec<(Approval, ApprovedPlan)>,
    errand: &Errand,
    progress: &Progress,
    done: &mut Done,
    exceptions: &mut Vec<CaseException>,
) -> Result<bool, RunError> {
    let ended_early = apply_groups(engine, &groups, errand, progress, done, exceptions).await;
    refusals::remember(engine, groups.iter().flat_map(|(_, approved)| approved.changes()), exceptions)?;
    ended_early
}

/// Applies each group under its approval, then settles what is unknown and sends once more what did not take effect.
/// Answers whether applying ended early.
async fn apply_groups(
    engine: &Engine,
    groups: &[(Approval, ApprovedPlan)],
    errand: &Errand,
    progress: &Progress,
    done: &mut Done,
    exceptions: &mut Vec<CaseException>,
) -> Result<bool, RunError> {
    let (mut unknown, mut ended_early) = (false, false);
    for (approval, approved) in groups {
        let applied = apply(engine, approved, approval, errand, progress).await?;
        unknown |= applied.unknown;
        let silent = applied.silent;
        ended_early = take(applied, done, exceptions);
        match ended_early {
            true if silent => break,
            true => return Ok(true),
            false => {}
        }
    }
    if !unknown {
        return Ok(ended_early);
    }
    let settled = settle(engine, &Reach::Everything, errand, progress).await?;
    done.written += settled.confirmed;
    done.failures.extend(settled.failures);
    exceptions.extend(settled.exceptions);
    let mut still_unknown = false;
    // What an earlier run sent is not what today's plan wants, or it would be among these.
    for entry in settled.redo.into_iter().filter(|entry| groups.iter().any(|(_, approved)| approved.has(entry.change.case))) {
        let again = guard::resume([(entry.change.clone(), Some(entry.change.clone()))], &engine.hands.prints).approved;
        let applied = apply(engine, &again, &entry.approval, errand, progress).await?;
        if applied.unknown {
            still_unknown = true;
            done.failures.push(Failure {
                case: entry.change.case,
                text: "the portal's answer was lost twice; the next run looks what became of it".to_owned(),
            });
        }
        if take(applied, done, exceptions) {
            return Ok(true);
        }
    }
    Ok(still_unknown || ended_early)
}

fn take(applied: Applied, done: &mut Done, exceptions: &mut Vec<CaseException>) -> bool {
    let Applied { written, failures, troubled, unknown: _, stopped, silent: _, key_refused, .. } = applied;
    done.written += written;
    done.key_refused = key_refused.or(done.key_refused.take());
    for (case, trouble) in troubled {
        let words = failures.iter().find(|failure| failure.case == case).map_or("", |failure| failure.text.as_str());
        exceptions.push(record::trouble(case, trouble, words));
    }
    done.failures.extend(failures);
    done.notes.extend(stopped.map(str::to_owned));
    stopped.is_some()
}

/// What an earlier run left *sent* is settled before anything is read.
async fn settle_left(
    engine: &Engine,
    reach: &Reach,
    errand: &Errand,
    progress: &Progress,
    done: &mut Done,
) -> Result<Vec<CaseException>, RunError> {
    let settled = settle(engine, reach, errand, progress).await?;
    done.written += settled.confirmed;
    // What only a person can look up is said by the runs over all cases, not every quarter of an hour.
    if *reach != Reach::Changed {
        done.failures.extend(settled.failures);
    }
    Ok(settled.exceptions)
}

/// What reading and planning came to.
fn read(studied: &Studied, planned: Counts, done: &mut Done) {
    done.notes.extend(studied.plan.notes.iter().cloned());
    done.complete = studied.complete;
    done.counts = planned;
    done.adopted = studied.plan.taken_over;
}

/// Cases that were asked for by name and are not there.
fn not_found(studied: &Studied, done: &mut Done) {
    let text = "MyCase does not show this case to the person who connected: it is deleted, or that person may not see it";
    done.failures.extend(studied.not_found.iter().map(|case| Failure { case: *case, text: text.to_owned() }));
}

/// The plan's changes go over into what is answered. `goes_on_waiting`: what a saved plan holds of the cases looked at stays held,
/// whatever the limits say of so few.
fn judge(engine: &Engine, plan: &mut Plan, goes_on_waiting: bool) -> Result<Judged, RunError> {
    let left_out = if goes_on_waiting { record::held_before(engine, plan)? } else { record::left_out(engine, plan)? };
    Ok(guard::part(plan, &engine.firm.limits, &day_book(engine)?, hours_open(engine), &left_out))
}

fn day_book(engine: &Engine) -> Result<DayBook, StoreError> {
    let since = engine.hands.clock.now() - 24.hours();
    let mut book =
        if planted::is(Plant::ForgetsTheDay) { DayBook::default() } else { DayBook::new(engine.store().written_without_approval(since)?) };
    // What may have gone already counts, though no history has it yet.
    let under_way = engine.store().journal()?.into_iter().filter(|entry| entry.approval == Approval::ByLimits);
    under_way.for_each(|entry| book.add(entry.change.kinds));
    Ok(book)
}

pub(super) fn hours_open(engine: &Engine) -> bool {
    engine.firm.portal.contact_hours.is_open(engine.hands.clock.now(), &engine.firm.time_zone)
}

pub(super) fn next_opening(engine: &Engine) -> Option<Timestamp> {
    engine.firm.portal.contact_hours.next_opening(engine.hands.clock.now(), &engine.firm.time_zone)
}
