//! Settles writes whose outcome is unknown, by looking at the portal; never by repeating a create blindly.
//!
//! An entry stands in the journal as *sent* when its answer was lost, when the portal said the record exists already, or
//! when the process died with the batch in flight. After the time the portal needs to show a write, one whole listing
//! decides for all of them:
//!
//! - a create whose integration id is listed once took effect: it is linked as sent, or as the portal says where that
//!   can be seen; a closing that did not follow its create goes to *intended* under the same approval;
//! - listed twice: a person must look; nothing is sent;
//! - not listed: it did not take effect and goes back to *intended*;
//! - a close or reopen is decided by the listed state.
//!
//! What may be repeated stays *sent* until it is repeated, or until a change that came after it is in the portal.
//!
//! Where the portal cannot be listed, or its list is empty while cases are linked with records there, only what may be repeated
//! goes on; for the rest nothing else is sent for its case, and it is said until a person has looked and runs the case by name.
//! A crash in here changes nothing: entries leave *sent* in one transaction with what was learned.

use super::apply::{Errand, confirm};
use super::report::Failure;
use super::{Engine, Progress, RunError};
use crate::domain::{CaseException, CaseId, Holds, Kind, Listing, PortalCase, PortalId, Reason, ReasonCode};
use crate::plan::{Change, Reach, overlay};
use crate::planted::{self, Plant};
use crate::portal;
use crate::store::{EntryState, JournalEntry};
use std::collections::BTreeMap;

/// What settling came to.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Cases whose change turned out to be in the portal.
    pub confirmed: usize,
    /// Cases whose change is to be sent (again).
    pub redo: Vec<JournalEntry>,
    /// Cases that cannot be told yet.
    pub failures: Vec<Failure>,
    /// Cases that need a person.
    pub exceptions: Vec<CaseException>,
}

/// What the listing says of one entry.
enum Verdict {
    TookEffect(PortalId, Box<Change>),
    DidNot,
    Twice,
}

/// Settles every *sent* entry of the journal. Cases that `reach` names were looked up by a person, where only a person can.
pub(crate) async fn settle(engine: &Engine, reach: &Reach, errand: &Errand, progress: &Progress) -> Result<Settled, RunError> {
    let mut settled = Settled::default();
    let sent: Vec<JournalEntry> = engine.store().journal()?.into_iter().filter(|entry| entry.state == EntryState::Sent).collect();
    let (repeatable, to_look_up): (Vec<_>, Vec<_>) = sent
        .into_iter()
        .partition(|entry| planted::is(Plant::CreatesBlindly) || portal::can_repeat(&engine.firm.portal.profile, &entry.change));
    // They stay *sent*: should the case move on before they are repeated, what was sent must not be forgotten.
    settled.redo.extend(repeatable);
    if to_look_up.is_empty() {
        return Ok(settled);
    }
    let profile = &engine.firm.portal.profile;
    if !profile.is_listable() {
        ask_for(engine, reach, to_look_up, "this portal cannot be listed", &mut settled)?;
        return Ok(settled);
    }
    progress.say("looking up what became of requests whose answer was lost");
    tokio::time::sleep(if planted::is(Plant::LooksTooEarly) { std::time::Duration::ZERO } else { profile.settles_in }).await;
    let listing = super::study::read_listing(engine, progress).await?;
    if !listing.whole {
        return Err(RunError::ListNotWhole);
    }
    if listing.cases.is_empty() && !engine.store().links()?.is_empty()? {
        ask_for(engine, reach, to_look_up, "the portal's list is empty although records were made there", &mut settled)?;
        return Ok(settled);
    }
    let listed = by_case(&listing);
    for entry in to_look_up {
        decide(engine, entry, &listed, errand, &mut settled)?;
    }
    Ok(settled)
}

/// Nothing that casebridge can read tells what became of these: a person looks, and names the case to a run.
fn ask_for(engine: &Engine, reach: &Reach, to_look_up: Vec<JournalEntry>, why: &str, settled: &mut Settled) -> Result<(), RunError> {
    let looked_up = |entry: &JournalEntry| matches!(reach, Reach::Cases(cases) if cases.contains(&entry.change.case));
    let (looked_up, unclear): (Vec<_>, Vec<_>) = to_look_up.into_iter().partition(looked_up);
    put_back(engine, &looked_up)?;
    settled.redo.extend(looked_up);
    settled.failures.extend(unclear.iter().map(|entry| undecidable(&entry.change, why)));
    Ok(())
}

fn decide(
    engine: &Engine,
    entry: JournalEntry,
    listed: &BTreeMap<CaseId, Vec<&PortalCase>>,
    errand: &Errand,
    settled: &mut Settled,
) -> Result<(), RunError> {
    let case = entry.change.case;
    match verdict(engine, &entry.change, listed.get(&case).map(Vec::as_slice).unwrap_or_default()) {
        Verdict::TookEffect(portal_id, change) => {
            let links = engine.store().links()?;
            let closing = closing_left(&entry, &change, &portal_id);
            engine.store().write(|w| {
                confirm(engine, &links, w, &change, portal_id, &entry.approval, errand)?;
                closing.iter().try_for_each(|closing| w.put_entry(closing))
            })?;
            match closing {
                Some(closing) => settled.redo.push(closing),
                None => settled.confirmed += 1,
            }
        }
        Verdict::DidNot => {
            put_back(engine, std::slice::from_ref(&entry))?;
            settled.redo.push(entry);
        }
        Verdict::Twice => {
            engine.store().write(|w| w.remove_entry(case))?;
            settled.exceptions.push(CaseException { case, reasons: vec![twice()] });
        }
    }
    Ok(())
}

fn verdict(engine: &Engine, change: &Change, found: &[&PortalCase]) -> Verdict {
    let [record] = found else {
        return if found.is_empty() { Verdict::DidNot } else { Verdict::Twice };
    };
    let mut change = change.clone();
    if change.kinds.contains(Kind::Create) {
        // A record is there, ours or one that somebody else made: what the list shows of it is what it holds, and what is
        // still to be sent of it, e.g. the closing of a closed case, follows.
        change.after = overlay(&change.after, record, &engine.firm);
        return Verdict::TookEffect(record.portal_id.clone(), Box::new(change));
    }
    let state_is_there = record.open.is_some_and(|open| open == change.after.open);
    let only_state = change.kinds.iter().all(|kind| matches!(kind, Kind::Close | Kind::Reopen));
    if only_state && state_is_there { Verdict::TookEffect(record.portal_id.clone(), Box::new(change)) } else { Verdict::DidNot }
}

/// The closing that went with the create of a closed case and did not follow it: it keeps the create's approval.
fn closing_left(entry: &JournalEntry, made: &Change, portal_id: &PortalId) -> Option<JournalEntry> {
    if !made.kinds.contains(Kind::Create) || entry.change.after.open || !made.after.open {
        return None;
    }
    let kinds = made.after.differs(&entry.change.after);
    let (portal_id, before) = (Some(portal_id.clone()), Some(made.after.clone()));
    let change = Change { kinds, portal_id, before, ..entry.change.clone() };
    Some(JournalEntry { change, state: EntryState::Intended, ..entry.clone() })
}

fn by_case(listing: &Listing) -> BTreeMap<CaseId, Vec<&PortalCase>> {
    let mut by_case: BTreeMap<CaseId, Vec<&PortalCase>> = BTreeMap::new();
    for record in listing.cases.iter().filter(|record| !record.deleted) {
        if let Some(case) = record.integration_id.as_deref().and_then(|id| id.trim().parse().ok()) {
            by_case.entry(case).or_default().push(record);
        }
    }
    by_case
}

fn put_back(engine: &Engine, entries: &[JournalEntry]) -> Result<(), RunError> {
    if !entries.is_empty() {
        engine.store().write(|w| entries.iter().try_for_each(|entry| w.set_entry_state(entry.change.case, EntryState::Intended)))?;
    }
    Ok(())
}

fn undecidable(change: &Change, why: &str) -> Failure {
    let what = if change.kinds.contains(Kind::Create) { "its create" } else { "its change" };
    let text =
        format!("the answer to {what} was lost, and {why}: look in the portal, and if it is not there run `casebridge sync` for this case");
    Failure { case: change.case, text }
}

fn twice() -> Reason {
    Reason {
        code: ReasonCode::TwoPortalRecords,
        holds: Holds::Everything,
        no_create: true,
        text: "two portal records carry this case's id".to_owned(),
        fix: "keep one of them in the portal, delete the other, then run `casebridge sync --verify`".to_owned(),
    }
}
