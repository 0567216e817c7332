//! Applies an approved plan, change by change, and decides nothing.
//!
//! What is written when, and what a crash leaves:
//!
//! 1. Before the first request all changes stand in the journal as *intended* (one transaction). A crash before it: nothing
//!    happened. A crash after it: the next run finds them, checks each against MyCase again and sends what is the same.
//! 2. A batch is marked *sent* durably, then sent. A crash from here on leaves "sent" entries whose outcome is unknown, also
//!    those that were never sent: `settle` looks before anything is repeated.
//! 3. Links, history and the removal from the journal of a batch are one transaction, and so is the mark of the next batch:
//!    waiting for the disk is most of what a large import takes here. A crash before it: as in 2. After it: the batch is
//!    done, and 2 holds for the next.
//!
//! Races and decisions: a portal that refuses the key, or a batch that got no answer at all, ends the applying; the
//! rest stays intended with its approval. A refusal concerns its case only. When the process stops, the batch in flight
//! finishes and the rest waits in the journal.

use super::report::Failure;
use super::{Engine, Progress, RunError, Trigger, Work};
use crate::domain::{CaseId, Kind, Link, PortalId, RunId};
use crate::plan::{ApprovedPlan, Change};
use crate::planted::{self, Plant};
use crate::portal::{Part, PortalWriter, WriteError, Written};
use crate::store::{Approval, EntryState, HistoryEntry, Links, StoreError, Values, Writer};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;

/// Why applying ends early when the process does.
const STOPPING: &str = "casebridge is stopping; the rest waits and goes on at the next start";

/// What applying came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Cases whose change reached the portal.
    pub written: usize,
    /// Cases whose change did not.
    pub failures: Vec<Failure>,
    /// Cases the portal refused or no longer holds: they need attention.
    pub troubled: Vec<(CaseId, Trouble)>,
    /// Whether some outcome is unknown and must be settled by looking.
    pub unknown: bool,
    /// Set when applying ended early; the rest waits in the journal.
    pub stopped: Option<&'static str>,
    /// It ended early because the portal gave no answer: what was sent can still be looked up.
    pub silent: bool,
    /// The portal refused the key: its words.
    pub key_refused: Option<String>,
    /// Cases whose change was sent before, and nobody heard what became of it.
    unheard: BTreeSet<CaseId>,
}

/// What is wrong with a case whose change failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The portal refused it.
    Refused,
    /// The portal no longer holds the record.
    Gone,
}

/// By whom and in which run.
#[derive(Debug, Clone)]
pub(crate) struct Errand {
    /// The run.
    pub run: RunId,
    /// What set it off.
    pub trigger: Trigger,
}

/// Puts what is approved into the journal, inside the caller's transaction. What comes after a change whose outcome is not
/// known counts as sent itself until its own is.
pub(crate) fn journal(w: &mut Writer<'_>, run: RunId, approved: &ApprovedPlan, approval: &Approval) -> Result<(), StoreError> {
    w.put_changes(run, approved.changes(), approval)
}

/// Sends every change of the plan. They stand in the journal already.
pub(crate) async fn apply(
    engine: &Engine,
    approved: &ApprovedPlan,
    approval: &Approval,
    errand: &Errand,
    progress: &Progress,
) -> Result<Applied, RunError> {
    let mut applied = Applied::default();
    let changes = approved.shared();
    if changes.is_empty() {
        return Ok(applied);
    }
    let writer = Arc::new(engine.portal_writer(approved)?);
    // About a second's worth at the portal's own rate: a crash leaves little to look up, and a commit costs little.
    let profile = &engine.firm.portal.profile;
    let batch_size = (profile.requests_per_second as usize).clamp(8, 1024);
    let mut batches = changes.chunks(batch_size);
    let mut done = 0;
    let mut batch = batches.next().unwrap_or_default();
    if engine.hands.stopping() {
        applied.stopped = Some(STOPPING);
    } else {
        applied.unheard = engine.store().write(|w| {
            let unheard = w.sent_among(changes.iter().map(|change| change.case))?;
            mark_sent(w, batch).map(|()| unheard)
        })?;
    }
    while applied.stopped.is_none() && !batch.is_empty() {
        let results = send(&writer, &changes, done..done + batch.len(), profile.in_flight as usize).await;
        let next = batches.next().unwrap_or_default();
        let silent = results.iter().all(|result| matches!(result, Err(WriteError::NotSent { .. } | WriteError::Unknown { .. })));
        let lost = applied.unknown || results.iter().any(|result| matches!(result, Err(WriteError::Unknown { .. })));
        // One lost answer says nothing of the portal; a batch without any answer does.
        if silent && (batch.len() > 1 || !lost) {
            applied.stopped = Some("the portal could not be reached; the rest waits and is sent by the next run");
            applied.silent = true;
        } else if engine.hands.stopping() && !next.is_empty() {
            applied.stopped = Some(STOPPING);
        }
        conclude(engine, batch, results, next, approval, errand, &mut applied)?;
        done += batch.len();
        progress.applied(Work::Writing, done, changes.len());
        batch = next;
    }
    Ok(applied)
}

fn mark_sent(w: &mut Writer<'_>, batch: &[Change]) -> Result<(), StoreError> {
    let marked = if planted::is(Plant::SendsUnmarked) { &[] } else { batch };
    w.set_entry_states(marked.iter().map(|change| change.case), EntryState::Sent)
}

/// What a write came to.
type Outcome = Result<Written, WriteError>;

/// Sends a batch, as much at once as the portal's client lets through; the client keeps to the portal's rate. Results come in the
/// order of the batch.
async fn send(writer: &Arc<PortalWriter>, changes: &Arc<[Change]>, batch: Range<usize>, at_once: usize) -> Vec<Outcome> {
    let waiting = Arc::new(Mutex::new(batch.clone()));
    let results: Vec<Option<Outcome>> = batch.clone().map(|_| None).collect();
    let (results, first) = (Arc::new(Mutex::new(results)), batch.start);
    let mut tasks = JoinSet::new();
    // A task for each change would only wait for the others, and wake this one with each end.
    for _ in 0..at_once.clamp(1, batch.len().max(1)) {
        let (writer, changes, waiting, results) = (writer.clone(), changes.clone(), waiting.clone(), results.clone());
        tasks.spawn(async move {
            let next = || locked(&waiting).next();
            while let Some(at) = next() {
                let result = writer.apply(&changes[at]).await;
                locked(&results)[at - first] = Some(result);
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    let lost = || Err(WriteError::Unknown { text: "the request was broken off".to_owned() });
    std::mem::take(&mut *locked(&results)).into_iter().map(|result| result.unwrap_or_else(lost)).collect()
}

/// What is in there; a task that failed leaves nothing half done in it.
fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One transaction for a batch: what reached the portal is linked and remembered, what did not is put back or given up;
/// and the next batch is marked, unless applying ends here.
fn conclude(
    engine: &Engine,
    batch: &[Change],
    results: Vec<Outcome>,
    next: &[Change],
    approval: &Approval,
    errand: &Errand,
    applied: &mut Applied,
) -> Result<(), RunError> {
    let links = engine.store().links()?;
    engine.store().write(|w| {
        let mut done = Vec::with_capacity(batch.len());
        for (change, result) in batch.iter().zip(results) {
            match result {
                Err(WriteError::Unknown { .. }) if planted::is(Plant::LostIsDone) && change.portal_id.is_some() => {
                    done.push((change, change.portal_id.clone().unwrap_or(PortalId(String::new()))));
                }
                Ok(Written { portal_id }) => {
                    done.push((change, portal_id));
                    applied.written += 1;
                }
                Err(error) => {
                    if let WriteError::Refused { part, .. } = error {
                        confirm_part(engine, &links, w, (change, part), approval, errand)?;
                    }
                    give_up_or_back(w, change, error, applied)?;
                }
            }
        }
        confirm_all(engine, &links, w, done, approval, errand)?;
        if applied.stopped.is_none() { mark_sent(w, next) } else { Ok(()) }
    })?;
    Ok(())
}

/// History and link say how far a change got that was refused in the end: what casebridge did itself is nobody else's doing.
fn confirm_part(
    engine: &Engine,
    links: &Links,
    w: &mut Writer<'_>,
    (change, part): (&Change, Part),
    approval: &Approval,
    errand: &Errand,
) -> Result<(), StoreError> {
    let Some(before) = &change.before else {
        // A rewrite does not say what it found; a refused create made nothing.
        let acted = change.portal_id.is_some() && part != Part::default();
        return if acted { remember(engine, w, change, approval, errand) } else { Ok(()) };
    };
    let mut record = if part.up_to_date { change.after.clone() } else { before.clone() };
    record.open = before.open || part.opened || part.up_to_date;
    // Other people are in the portal by themselves now, but the record does not name them yet.
    if part.people && before.people().eq(change.after.people()) {
        record.clients.clone_from(&change.after.clients);
    }
    let kinds = before.differs(&record);
    let Some(link) = links.get(change.case)?.filter(|_| !kinds.is_empty()) else { return Ok(()) };
    let link = Link::after(change.case, link.portal_id, &record, link.seen, link.linked_at, &engine.hands.prints);
    w.put_links(&[(link, &record)])?;
    remember(engine, w, &Change { kinds, after: record, ..change.clone() }, approval, errand)
}

/// The change is in the portal: link, history, out of the journal.
pub(crate) fn confirm(
    engine: &Engine,
    links: &Links,
    w: &mut Writer<'_>,
    change: &Change,
    portal_id: PortalId,
    approval: &Approval,
    errand: &Errand,
) -> Result<(), StoreError> {
    confirm_all(engine, links, w, vec![(change, portal_id)], approval, errand)
}

/// The same of several.
fn confirm_all(
    engine: &Engine,
    links: &Links,
    w: &mut Writer<'_>,
    done: Vec<(&Change, PortalId)>,
    approval: &Approval,
    errand: &Errand,
) -> Result<(), StoreError> {
    let (mut rows, mut lines) = (Vec::with_capacity(done.len()), Vec::with_capacity(done.len()));
    let mut known = links.walk();
    for (change, portal_id) in done {
        engine.hands.counters.reached(change.kinds);
        let now = engine.hands.clock.now();
        let linked_at = known.get(change.case)?.map_or(now, |link| link.linked_at);
        let link = Link::after(change.case, portal_id, &change.after, change.seen.clone(), linked_at, &engine.hands.prints);
        rows.push((link, &change.after));
        lines.push((line(engine, change, approval, errand), values(change)));
    }
    w.put_links(&rows)?;
    w.add_histories(lines)?;
    w.remove_entries(rows.iter().map(|(link, _)| link.case))
}

/// A line of history. Also of a change that was sent with unknown outcome and that another one overtakes, and of one that was
/// refused after a part of it was accepted: it may have reached the client, and counts for the day's limits.
pub(crate) fn remember(
    engine: &Engine,
    w: &mut Writer<'_>,
    change: &Change,
    approval: &Approval,
    errand: &Errand,
) -> Result<(), StoreError> {
    w.add_histories([(line(engine, change, approval, errand), values(change))])
}

fn line(engine: &Engine, change: &Change, approval: &Approval, errand: &Errand) -> HistoryEntry {
    HistoryEntry {
        at: engine.hands.clock.now(),
        run: errand.run,
        case: change.case,
        kinds: change.kinds,
        visible: change.kinds.without(Kind::Update),
        trigger: errand.trigger.word().to_owned(),
        approval: approval.clone(),
        fields: change.fields(),
        stage: (change.before.as_ref().and_then(|before| before.stage.clone()), change.after.stage.clone()),
        before: None,
        after: None,
    }
}

/// What stands beside a line of history.
fn values(change: &Change) -> Values<'_> {
    (change.before.as_ref(), Some(&change.after))
}

fn give_up_or_back(w: &mut Writer<'_>, change: &Change, error: WriteError, applied: &mut Applied) -> Result<(), StoreError> {
    let case = change.case;
    // What was sent before and not heard of may have arrived, whatever becomes of this try: it goes on being unknown.
    let unheard = applied.unheard.contains(&case);
    let goes_back = |w: &mut Writer<'_>| if unheard { Ok(()) } else { w.set_entry_state(case, EntryState::Intended) };
    assert!(!planted::is(Plant::PanicsWhenRefused), "planted");
    match error {
        WriteError::Refused { status, text, .. } => {
            applied.failures.push(Failure { case, text: format!("the portal refused it ({status}): {text}") });
            applied.troubled.push((case, Trouble::Refused));
            if unheard { Ok(()) } else { w.remove_entry(case) }
        }
        WriteError::Gone => {
            applied.failures.push(Failure { case, text: "the portal no longer holds the record".to_owned() });
            applied.troubled.push((case, Trouble::Gone));
            w.remove_entry(case)
        }
        // Stays "sent": settled by looking, at the end of this run or at the start of the next.
        WriteError::Exists | WriteError::Unknown { .. } => {
            applied.unknown = true;
            Ok(())
        }
        WriteError::NotSent { text } => {
            applied.failures.push(Failure { case, text: format!("not sent, it is tried again: {text}") });
            goes_back(w)
        }
        WriteError::KeyRejected { text } => {
            applied.failures.push(Failure { case, text: format!("the portal does not accept the key: {text}") });
            applied.key_refused = Some(text);
            applied.stopped = Some("the portal does not accept the key; the rest waits and is sent by the next run");
            goes_back(w)
        }
    }
}
