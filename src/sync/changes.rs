//! A changes run: reads only what moved since the last look, and acts on that. A quiet tick costs five requests and leaves
//! nothing behind but a count.
//!
//! # What counts as moved
//!
//! - Cases, by their own `updated_at`; they come with the look itself.
//! - Clients: their cases are read one by one where that may matter (linked, needing attention, waiting, asked for), since a
//!   client's new phone does not move the case.
//! - Staff, stages, practice areas: when something moved that rules may use ([`super::lists`]), all cases are read.
//! - What a run said must be looked at again: a stage or a closing that has not stood long enough, a change that the portal
//!   refused half a day ago, an approved one that could not be sent; and, whenever something moved, cases that share a phone or
//!   a readable id with others, since what they wait for is another case's move.
//!
//! # The cursor
//!
//! It is MyCase's own clock (the `Date` of the earliest first page of a look) less an overlap, so no clock of ours decides; when
//! MyCase does not say, ours less more. It moves in the transaction that closes the run, after everything before it was read
//! and kept, and every reading of all cases sets it, too; an approval and a run of named cases do not. An error leaves it: the
//! stretch is read again.
//!
//! # Decisions
//!
//! - Before a first run has completed a changes run does nothing and says so: it must not set off an import.
//! - Without a cursor (a state from before there were changes runs) all cases are read, still as a changes run.
//! - Reading one by one ends where a page of all cases is cheaper: more cases than [`ONE_BY_ONE`] for each page of a whole
//!   reading, or more than [`MOST_ONE_BY_ONE`].
//! - A changes run concludes no absence and writes none of the facts of whole runs (first run, last scan). What waits for
//!   approval, for attention or in the journal, of cases it did not look at, stays; and what waits for approval goes on
//!   waiting when its case moves: a limit is not worn down by looking often.

use super::begun::Begun;
use super::study::from_mycase;
use super::{Engine, Progress, RunAsk, RunError, RunReport, Trigger, bind::bind, cases, lists, success};
use crate::domain::{CaseId, Ordered, ReasonCode, Scan, ScanDoubt, SeenCase};
use crate::mycase::{CaseQuery, Moved, Reader};
use crate::plan::Reach;
use crate::store::{EntryState, FirstRunDone, LastScan, ListsSeen, LookAgain, PlanSlot, Selected, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The cursor's name; also the counter of ticks that found nothing.
pub(crate) const CHANGES: &str = "changes";
/// How much of what was seen is read again: MyCase may show a change a little after the time it bears.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// The same when MyCase does not say what time it is.
const OVERLAP_OF_OUR_CLOCK: SignedDuration = SignedDuration::from_mins(10);
/// More moved cases than these are not kept in memory: all are read instead, page by page.
const MOST_MOVED: usize = 2000;
/// So many cases read one by one cost about what a page of a whole reading does.
const ONE_BY_ONE: usize = 20;
/// However large the firm, not more cases than these are read one by one.
const MOST_ONE_BY_ONE: usize = 200;
/// Cases that share something with others, read again when something moved.
const MOST_SHARING: usize = 50;

/// What a run that reads only what moved looks at.
#[derive(Debug)]
pub(crate) struct Moves {
    /// Moved cases, as the look itself brought them.
    pub read: Vec<SeenCase>,
    /// Cases to be read one by one.
    pub others: BTreeSet<CaseId>,
    /// All cases are read instead.
    pub whole: bool,
    /// Until when, on MyCase's own clock, all that moved was seen; `None` when a list moved while it was read, and for a whole
    /// reading, which says it itself.
    pub until: Option<Timestamp>,
}

impl Default for Moves {
    /// Nothing is known of what moved: all cases are read.
    fn default() -> Moves {
        Moves { read: Vec::new(), others: BTreeSet::new(), whole: true, until: None }
    }
}

/// What a tick comes to before anything but the five lists was read.
enum Tick {
    /// No first run has completed yet.
    FirstRunPending,
    /// Nothing moved that concerns the firm; something else may have, until this moment.
    Quiet(Option<Timestamp>),
    /// Something moved.
    Moved(Moves),
}

/// Reads what moved since the last look and acts on it. What goes wrong as a whole is in the report, too, and in the state; a
/// tick that finds nothing is counted (`"changes"`), not stored, and its report bears run 0.
pub async fn changes(engine: &Engine, progress: &Progress) -> RunReport {
    let _one_at_a_time = engine.hands.running.lock().await;
    let begun = Begun::unnumbered(engine, Trigger::Changes);
    match tick(engine).await {
        Ok(Tick::FirstRunPending) => {
            begun.quiet(engine, vec!["no first run has completed yet: until then only what the whole run plans may be imported".to_owned()])
        }
        Ok(Tick::Quiet(until)) => match count(engine, until) {
            Ok(()) => begun.quiet(engine, Vec::new()),
            Err(error) => begun.numbered(engine).report(engine, Default::default(), Err(error.into())),
        },
        Ok(Tick::Moved(moves)) => {
            let ask = RunAsk { trigger: Trigger::Changes, reach: Reach::Changed, verify: false, rewrite: false };
            cases::run_begun(engine, &ask, Some(moves), begun.numbered(engine), progress).await
        }
        Err(error) => begun.numbered(engine).report(engine, Default::default(), Err(error)),
    }
}

/// A tick that found nothing is counted; what moved and concerns nobody need not be read again.
fn count(engine: &Engine, until: Option<Timestamp>) -> Result<(), StoreError> {
    engine.store().write(|w| {
        if let Some(until) = until {
            w.put_cursor(CHANGES, until)?;
        }
        w.bump_counter(CHANGES)?;
        success::note_at(w, Trigger::Changes, engine.hands.clock.now())
    })
}

async fn tick(engine: &Engine) -> Result<Tick, RunError> {
    bind(engine)?;
    if engine.store().meta::<FirstRunDone>()?.is_none() {
        return Ok(Tick::FirstRunPending);
    }
    let reader = engine.mycase()?;
    let Some(since) = engine.store().cursor(CHANGES)? else { return Ok(Tick::Moved(Moves::default())) };
    let began = engine.hands.clock.now();
    let look = look(engine, &reader, since, began).await?;
    Ok(sort_out(engine, look)?)
}

/// What the five lists say.
struct Sight {
    read: Vec<SeenCase>,
    /// There are more moved cases than are kept.
    too_many: bool,
    moved: Moved,
    until: Option<Timestamp>,
}

/// Five lists at once, as far as the budget lets them.
async fn look(engine: &Engine, reader: &Reader, since: Timestamp, began: Timestamp) -> Result<Sight, RunError> {
    let mut pages = reader.cases(CaseQuery { updated_after: Some(since) });
    let cases = async {
        let mut read = Vec::new();
        while let Some(page) = pages.next().await {
            read.extend(page?);
            if read.len() > MOST_MOVED {
                break;
            }
        }
        Ok(read)
    };
    let (read, moved) = tokio::try_join!(cases, reader.changed(since)).map_err(|error| from_mycase(engine, error))?;
    let server_time = pages.server_time().zip(moved.server_time).map(|(cases, others)| cases.min(others));
    let too_many = read.len() > MOST_MOVED;
    // The earliest of five answers: what moved before it is in all of them.
    let until = covers(&pages.scan()).then(|| seen_until(server_time, began, began));
    Ok(Sight { read, too_many, moved, until })
}

/// What of it concerns the firm, and how it is read.
fn sort_out(engine: &Engine, sight: Sight) -> Result<Tick, StoreError> {
    let Sight { mut read, too_many, moved, until } = sight;
    let store = engine.store();
    let quiet = read.is_empty() && moved.clients.is_empty() && moved.staff.is_empty();
    let quiet = quiet && moved.stages.is_empty() && moved.practice_areas.is_empty();
    let (firm, seen) = (&engine.firm, store.meta::<ListsSeen>()?.unwrap_or_default());
    let whole = too_many || lists::matters(&seen, &moved, &engine.hands.prints);
    let concerns = |case: CaseId| !firm.cases.never.contains(&case) && (firm.testing.is_empty() || firm.testing.contains(&case));
    read.retain(|case| concerns(case.id));
    read.sort_by_key(|case| case.id);
    let mut others = due(engine)?;
    others.extend(cases_of(engine, &moved)?);
    let shown: BTreeSet<CaseId> = read.iter().map(|case| case.id).ordered();
    others.retain(|case| concerns(*case) && !shown.contains(case));
    if !whole && read.is_empty() && others.is_empty() {
        return Ok(Tick::Quiet(until.filter(|_| !quiet)));
    }
    others.extend(sharing(engine)?.into_iter().filter(|case| concerns(*case) && !shown.contains(case)));
    let pages = store.meta::<LastScan>()?.map_or(1, |scan| scan.count.div_ceil(1000)).max(1);
    let dear = others.len() > (pages * ONE_BY_ONE).min(MOST_ONE_BY_ONE);
    match whole || dear {
        true => Ok(Tick::Moved(Moves::default())),
        false => Ok(Tick::Moved(Moves { read, others, whole: false, until })),
    }
}

/// Cases that must be looked at again by now, though they may not have moved: those a run said so of, and approved changes
/// that could not be sent.
fn due(engine: &Engine) -> Result<BTreeSet<CaseId>, StoreError> {
    let now = engine.hands.clock.now();
    let again = engine.store().meta::<LookAgain>()?.unwrap_or_default().0;
    let again = again.into_iter().filter(|(_, at)| *at <= now).map(|(case, _)| case);
    let journal = engine.store().journal()?.into_iter();
    // What may have been sent is looked at by runs over all cases, unless it waited for this moment.
    let left = journal.filter(|entry| entry.not_before.map_or(entry.state == EntryState::Intended, |at| at <= now));
    Ok(again.chain(left.map(|entry| entry.change.case)).ordered())
}

/// The cases of people who moved, where that may matter: of a case that is neither linked nor wanted nor waiting nothing
/// follows from a client's new number.
fn cases_of(engine: &Engine, moved: &Moved) -> Result<BTreeSet<CaseId>, StoreError> {
    let mut cases: BTreeSet<CaseId> = moved.clients.iter().flat_map(|(_, cases)| cases.iter().copied()).ordered();
    if cases.is_empty() {
        return Ok(cases);
    }
    let store = engine.store();
    let mut known: BTreeSet<CaseId> = store.exceptions()?.into_iter().map(|exception| exception.case).ordered();
    known.extend(store.plan(PlanSlot::Waiting)?.into_iter().flat_map(|plan| plan.changes).map(|change| change.case));
    known.extend(store.journal_cases()?);
    known.extend(store.meta::<Selected>()?.unwrap_or_default().0);
    known.extend(engine.firm.testing.iter().copied());
    let links = store.links()?;
    let mut relevant = BTreeSet::new();
    for case in std::mem::take(&mut cases) {
        if known.contains(&case) || links.get(case)?.is_some() {
            relevant.insert(case);
        }
    }
    Ok(relevant)
}

/// Cases that need attention for what they share with others: another case's move may have put it right.
fn sharing(engine: &Engine) -> Result<Vec<CaseId>, StoreError> {
    let shares = |code: ReasonCode| matches!(code, ReasonCode::SharedPhone | ReasonCode::SameReadableId);
    let all = engine.store().exceptions()?.into_iter();
    let sharing = all.filter(|exception| exception.reasons.iter().any(|reason| shares(reason.code)));
    Ok(sharing.map(|exception| exception.case).take(MOST_SHARING).collect())
}

/// Until when, on MyCase's own clock, everything was seen by a reading that began at `began` and whose first page was
/// answered at `answered` (our clock), when MyCase's showed `server_time`.
pub(crate) fn seen_until(server_time: Option<Timestamp>, began: Timestamp, answered: Timestamp) -> Timestamp {
    let (from, back) = match server_time {
        Some(server_time) => (server_time, answered.duration_since(began).max(SignedDuration::ZERO) + OVERLAP),
        None => (began, OVERLAP_OF_OUR_CLOCK),
    };
    from.checked_sub(back).unwrap_or(Timestamp::MIN)
}

/// Whether a list was the same from its first page to its last: else something may have slipped between two pages.
pub(crate) fn covers(scan: &Scan) -> bool {
    !scan.doubts.iter().any(|doubt| matches!(doubt, ScanDoubt::CountMoved { .. } | ScanDoubt::CountDiffers { .. }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_look_begins_two_minutes_before_this_one_on_mycases_clock_whatever_ours_shows() {
        let (ours, theirs) = (at("2026-03-02T15:00:00Z"), at("2026-03-02T19:30:00Z"));
        assert_eq!(seen_until(Some(theirs), ours, ours), at("2026-03-02T19:28:00Z"));
    }

    #[test]
    fn what_was_read_before_the_first_page_moves_the_beginning_back_by_so_long() {
        let (began, answered) = (at("2026-03-02T15:00:00Z"), at("2026-03-02T15:05:00Z"));
        assert_eq!(seen_until(Some(answered), began, answered), at("2026-03-02T14:58:00Z"));
        assert_eq!(seen_until(Some(answered), answered, began), at("2026-03-02T15:03:00Z"), "a clock set back adds nothing");
    }

    #[test]
    fn without_mycases_word_ours_counts_with_ten_minutes_to_spare() {
        let (began, answered) = (at("2026-03-02T15:00:00Z"), at("2026-03-02T15:05:00Z"));
        assert_eq!(seen_until(None, began, answered), at("2026-03-02T14:50:00Z"));
    }

    #[test]
    fn a_list_that_moved_while_it_was_read_covers_nothing() {
        let scan = |doubts| Scan { read: 3, announced: None, doubts };
        assert!(covers(&scan(vec![ScanDoubt::Partial, ScanDoubt::NoCount])));
        assert!(!covers(&scan(vec![ScanDoubt::CountMoved { from: 3, to: 4 }])));
        assert!(!covers(&scan(vec![ScanDoubt::Partial, ScanDoubt::CountDiffers { announced: 4, read: 3 }])));
    }
}
