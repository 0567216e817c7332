//! One account, one state: a firm's state belongs to one MyCase firm and one portal account, and says so before anything is
//! read or written for another.

use super::{Engine, RunError};
use crate::domain::Fingerprinter;
use crate::store::{AccountMyCase, AccountPortal, FirstRunDone, PlanSlot, PrintKey};
use secrecy::ExposeSecret;

/// Checks that the file points at the accounts the state belongs to; binds the portal account at the first use.
/// MyCase's side is bound by `connect`: a token belongs to one firm.
pub(crate) fn bind(engine: &Engine) -> Result<(), RunError> {
    match bound_elsewhere(engine)? {
        Some(found) => Ok(engine.store().write(|w| w.put_meta(&found))?),
        None => Ok(()),
    }
}

/// An error when the state is bound to another portal account than the file names; the account when it is bound to none yet.
pub(crate) fn bound_elsewhere(engine: &Engine) -> Result<Option<AccountPortal>, RunError> {
    let found = account(engine)?;
    match engine.store().meta::<AccountPortal>()? {
        None => Ok(Some(found)),
        Some(bound) if bound == found => Ok(None),
        // The state was renamed or sealed anew since: the print is made anew with it, once it is known to be of this key.
        Some(bound) if is_of(&bound, engine)? => Ok(Some(found)),
        // Nothing of that account is in the state yet: a mistyped key is mended by the right one.
        Some(_) if is_blank(engine)? => Ok(Some(found)),
        Some(bound) => {
            let same_place = bound.kind == found.kind && bound.host == found.host;
            let name = |account: &AccountPortal, key: &str| {
                if same_place { format!("{} with {key} key", account.host) } else { format!("{} at {}", account.kind, account.host) }
            };
            let (bound, found) = (name(&bound, "another"), name(&found, "this"));
            Err(RunError::OtherAccount { firm: engine.firm.id.clone(), what: "portal account", bound, found })
        }
    }
}

/// The portal account as the file names it.
pub(crate) fn account(engine: &Engine) -> Result<AccountPortal, RunError> {
    account_under(engine, &engine.hands.prints)
}

fn account_under(engine: &Engine, prints: &Fingerprinter) -> Result<AccountPortal, RunError> {
    let portal = &engine.firm.portal;
    let key = engine.portal_key()?;
    let key_print = prints.of([b"portal-key".as_slice(), key.expose_secret().as_bytes()]);
    let host = portal.base_url.origin().ascii_serialization();
    Ok(AccountPortal { kind: portal.kind.clone(), host, key_print, identity: None, made_with: None })
}

/// Whether nothing was ever linked with, or sent to, the account the state is bound to.
fn is_blank(engine: &Engine) -> Result<bool, RunError> {
    let store = engine.store();
    Ok(store.meta::<FirstRunDone>()?.is_none() && store.journal_len()? == 0 && store.links()?.is_empty()?)
}

/// Whether an account that was bound under another print key is the one the file names.
fn is_of(bound: &AccountPortal, engine: &Engine) -> Result<bool, RunError> {
    let Some(PrintKey(key)) = &bound.made_with else { return Ok(false) };
    let found = account_under(engine, &Fingerprinter::new(key))?;
    Ok(found == AccountPortal { made_with: None, ..bound.clone() })
}

/// Forgets the accounts: the next use binds the state to what the file says now. The next run reads the portal's list and
/// compares everything, since it counts as a first one. Links stay where only the key is another; in another place their
/// records are not, so the next run adopts what is there and asks about the rest.
pub fn rebind(engine: &Engine) -> Result<(), RunError> {
    let found = account(engine)?;
    let moved = engine.store().meta::<AccountPortal>()?.is_some_and(|bound| bound.kind != found.kind || bound.host != found.host);
    let owed = if moved { engine.store().journal()? } else { Vec::new() };
    engine.store().write(|w| {
        if moved {
            w.remove_all_links()?;
            w.remove_plan(PlanSlot::Waiting)?;
            owed.iter().try_for_each(|entry| w.remove_entry(entry.change.case))?;
            w.forget_carried()?;
        }
        w.put_meta(&found)?;
        w.remove_meta::<AccountMyCase>()?;
        w.remove_meta::<FirstRunDone>()
    })?;
    Ok(())
}
