//! What a restored backup may still be believed of, and what not: since it was made the portal and MyCase went on.
//!
//! - **Tokens**: never those of the file. The pair in force stays, when the state that was there has one of the same MyCase
//!   firm; else a person connects again.
//! - **The portal**: the next run counts as a first one. It reads the portal's list, adopts by integration id whatever was
//!   made since, compares every linked record, and waits for one yes.
//! - **The journal**: what stood there may have been sent since. A create is looked up before anything else; everything else is
//!   planned anew. Saved plans are dropped: what still differs is planned again.
//! - **Files and messages**: the lists are read whole, as the first time, and what is not settled is looked for in MyCase before
//!   it is delivered.
//! - **What people decided since** stands, when the state that was there can be read: a pause, secrets, the file in use.

use super::changes::CHANGES;
use super::connection;
use crate::domain::Kind;
use crate::store::{
    Accepted, AccountMyCase, AccountPortal, BackupOf, Carried, CarryState, Connected, ConnectionBroken, ConnectionWarned, EntryState,
    FilesPlace, FirstConnected, FirstRunDone, JournalEntry, ListsSeen, LookAgain, MessagesPlace, MetaFact, Pause, PersonInactive, PlanSlot,
    PortalKeyRefused, RefreshBegun, RefreshTrouble, Refusals, Shelf, Store, StoreError, TokenRefused, Writer,
};

/// Makes a restored state safe to go on with; `live` is the state that was in its place, when there is one that can be read.
/// Answers whether the firm is still connected.
///
/// Crash before its one transaction: the restored file is as it was, and is not in its place yet.
pub fn restored(copy: &Store, live: Option<&Store>) -> Result<bool, StoreError> {
    let same_firm = |live: &&Store| -> Result<bool, StoreError> { Ok(mycase_firm(live)? == mycase_firm(copy)?) };
    let connected = match live {
        Some(live) if same_firm(&live)? => live.tokens()?.map(|tokens| (live, tokens)),
        _ => None,
    };
    let (journal, open) = (copy.journal()?, open_items(copy)?);
    let names = live.map(Store::secret_names).transpose()?.unwrap_or_default();
    copy.write(|w| {
        w.remove_meta::<BackupOf>()?;
        w.remove_tokens()?;
        connection::clear(w)?;
        w.remove_meta::<Connected>()?;
        w.remove_meta::<PersonInactive>()?;
        if let Some((live, tokens)) = &connected {
            w.put_tokens(tokens)?;
            stays_connected(w, live)?;
        }
        if let Some(live) = live {
            decided_since(w, copy, live)?;
            for name in &names {
                live.secret(name)?.map_or(Ok(()), |secret| w.put_secret(name, &secret))?;
            }
        }
        looks_anew(w, &journal)?;
        open.iter().try_for_each(|(shelf, id, row, wait)| w.put_carried(*shelf, id, row, Some(wait.clone())))
    })?;
    Ok(connected.is_some())
}

/// Which firm of MyCase a state belongs to.
fn mycase_firm(store: &Store) -> Result<Option<String>, StoreError> {
    Ok(store.meta::<AccountMyCase>()?.map(|account| account.firm_uuid.unwrap_or(account.url)))
}

/// What is known of the connection goes with its tokens.
fn stays_connected(w: &mut Writer<'_>, live: &Store) -> Result<(), StoreError> {
    keep::<Connected>(w, live)?;
    keep::<PersonInactive>(w, live)?;
    keep::<ConnectionBroken>(w, live)?;
    keep::<RefreshBegun>(w, live)?;
    keep::<RefreshTrouble>(w, live)?;
    keep::<TokenRefused>(w, live)?;
    keep::<ConnectionWarned>(w, live)
}

/// A rotated portal key is another key of the same place; another place is what the backup was not made for.
fn decided_since(w: &mut Writer<'_>, copy: &Store, live: &Store) -> Result<(), StoreError> {
    keep::<Pause>(w, live)?;
    keep::<Accepted>(w, live)?;
    if copy.meta::<FirstConnected>()?.is_none() {
        keep::<FirstConnected>(w, live)?;
    }
    w.raise_runs(live.last_number()?)?;
    let place = |account: &AccountPortal| (account.kind.clone(), account.host.clone());
    match (copy.meta::<AccountPortal>()?, live.meta::<AccountPortal>()?) {
        (Some(then), Some(now)) if place(&then) == place(&now) => w.put_meta(&now),
        _ => Ok(()),
    }
}

fn keep<F: MetaFact>(w: &mut Writer<'_>, live: &Store) -> Result<(), StoreError> {
    live.meta::<F>()?.map_or(Ok(()), |fact| w.put_meta(&fact))
}

/// The next run of each kind takes nothing for granted.
fn looks_anew(w: &mut Writer<'_>, journal: &[JournalEntry]) -> Result<(), StoreError> {
    w.remove_meta::<FirstRunDone>()?;
    w.remove_meta::<ListsSeen>()?;
    w.remove_meta::<LookAgain>()?;
    w.remove_meta::<Refusals>()?;
    w.remove_meta::<PortalKeyRefused>()?;
    w.remove_meta::<FilesPlace>()?;
    w.remove_meta::<MessagesPlace>()?;
    w.remove_cursor(CHANGES)?;
    w.remove_plan(PlanSlot::Waiting)?;
    w.remove_plan(PlanSlot::Preview)?;
    for JournalEntry { change, .. } in journal {
        match change.kinds.contains(Kind::Create) {
            true => w.set_entry_state(change.case, EntryState::Sent)?,
            false => w.remove_entry(change.case)?,
        }
    }
    Ok(())
}

/// An item with its shelf, its row to be, and what it waits for.
type OpenRow = (Shelf, crate::domain::ItemId, Carried, (u32, crate::store::Wait));

/// What is not settled counts as met for the first time: whether it has arrived meanwhile is looked up.
fn open_items(store: &Store) -> Result<Vec<OpenRow>, StoreError> {
    let mut rows = Vec::new();
    for shelf in [Shelf::Documents, Shelf::Messages] {
        for (id, open) in store.carried_open(shelf)? {
            let Some(row) = store.carried(shelf, &id)?.filter(|row| row.state == CarryState::Owed) else { continue };
            rows.push((shelf, id, Carried { first: true, ..row }, (open.page, open.wait)));
        }
    }
    Ok(rows)
}
