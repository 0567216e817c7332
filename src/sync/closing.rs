//! The transaction that closes a run: what needs attention, what a first run has behind it, from where on changes runs look and
//! at what they must look again.
//!
//! Crash before it: what the run sent is in links and history, and the next run reads the same stretch again. After it: it does
//! not.

use super::changes::CHANGES;
use super::study::{Looked, Studied};
use super::{Engine, RunError, record, refusals};
use crate::domain::{CaseException, CaseId, ReasonCode};
use crate::plan::Reach;
use crate::store::{FirstRunDone, LastScan, LookAgain, LookbackFirst, StoreError};
use jiff::Timestamp;

/// What was planned and how it was read, for the closing transaction.
pub(super) struct Closing<'a> {
    /// What was read and planned.
    pub(super) studied: &'a Studied,
    /// Which cases the run was for.
    pub(super) reach: &'a Reach,
    /// Whether everything was compared with the portal.
    pub(super) verify: bool,
    /// Whether nothing of the plan is left to do, as far as this run knows.
    pub(super) first_complete: bool,
    /// What later changes runs need to know; an approval acts on its plan only and says nothing of the rest.
    pub(super) later: Option<LookLater>,
}

/// What later changes runs need to know of this one.
pub(super) struct LookLater {
    /// Until when, on MyCase's own clock, all that moved was seen and acted on.
    pub(super) until: Option<Timestamp>,
    /// Cases that wait for contact hours.
    pub(super) contact_hours: Vec<CaseId>,
}

/// After a whole scan what a first run had to do is done; the count, the exceptions, the look back, and from where on and
/// at what changes runs look are remembered. Values of the history that are older than they are kept go, too. Answers how
/// many of the cases looked at need attention.
pub(super) fn finish(engine: &Engine, closing: Closing<'_>, mut exceptions: Vec<CaseException>) -> Result<usize, RunError> {
    let Closing { studied, reach, verify, first_complete, later } = closing;
    let Studied { plan, scan, looked, .. } = studied;
    exceptions.extend(plan.exceptions.iter().cloned());
    if !studied.listed {
        record::still_standing(engine, looked, &mut exceptions)?;
    }
    let exceptions = record::merged(exceptions);
    let now = engine.hands.clock.now();
    let whole = matches!(reach, Reach::Everything) && scan.is_whole() && plan.doubts.is_empty();
    // What is approved and not sent yet still belongs to the first run: it looks back further than later ones. What waits
    // until somebody has put the case right does not keep it open.
    let needs_attention = |case: CaseId| exceptions.binary_search_by_key(&case, |exception| exception.case).is_ok();
    let complete = first_complete && engine.store().journal_cases()?.into_iter().all(needs_attention);
    // A run that came to no record at all, e.g. because a list of MyCase was empty that night, was no import.
    let imported = !engine.store().links()?.is_empty()?;
    let again = later.as_ref().map(|later| look_again(engine, studied, &exceptions, &later.contact_hours)).transpose()?;
    let of_others = record::of_others(engine, looked, &exceptions)?;
    engine.store().write(|w| {
        match looked {
            Looked::All => w.replace_exceptions(&exceptions)?,
            Looked::Only(cases) => w.replace_exceptions_of(cases.iter().copied(), &of_others)?,
        }
        w.prune_history(now)?;
        w.put_meta(&studied.names_ever)?;
        if let Some(again) = &again {
            w.put_meta(again)?;
        }
        if let Some(until) = later.as_ref().and_then(|later| later.until) {
            w.put_cursor(CHANGES, until)?;
            studied.lists.iter().try_for_each(|lists| w.put_meta(lists))?;
        }
        if verify && *looked == Looked::All {
            // Compared is what clients gave, too: the next runs over documents and messages read the portal's whole lists.
            w.forget_places()?;
        }
        if whole {
            w.put_meta(&LastScan { count: scan.read, at: now })?;
        }
        if whole && complete && engine.firm.testing.is_empty() {
            w.put_meta(&LookbackFirst(false))?;
            if plan.first && imported {
                w.put_meta(&FirstRunDone { at: now })?;
            }
        }
        Ok(())
    })?;
    Ok(exceptions.iter().filter(|exception| looked.at(exception.case)).count())
}

/// Which cases the next changes runs must read again, and from when on, in place of what was known of those looked at.
fn look_again(engine: &Engine, studied: &Studied, exceptions: &[CaseException], contact_hours: &[CaseId]) -> Result<LookAgain, StoreError> {
    let now = engine.hands.clock.now();
    let mut again = engine.store().meta::<LookAgain>()?.unwrap_or_default();
    // What was due was asked for; what MyCase did not show then, a whole run looks into.
    again.0.retain(|case, at| !(studied.looked.at(*case) || studied.complete && *at <= now));
    let refused = |exception: &&CaseException| exception.reasons.iter().any(|reason| reason.code == ReasonCode::Refused);
    let refused: Vec<CaseId> = exceptions.iter().filter(refused).map(|exception| exception.case).collect();
    let mut soonest = |case: CaseId, at: Timestamp| {
        let known = again.0.entry(case).or_insert(at);
        *known = at.min(*known);
    };
    studied.plan.look_again.iter().for_each(|(case, at)| soonest(*case, *at));
    refusals::rested_until(engine)?.into_iter().filter(|(case, _)| refused.contains(case)).for_each(|(case, at)| soonest(case, at));
    if let Some(opening) = super::cases::next_opening(engine) {
        contact_hours.iter().for_each(|case| soonest(*case, opening));
    }
    Ok(again)
}
