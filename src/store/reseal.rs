//! The same state under another vault key, or for the firm under another name: every sealed row is opened and sealed anew in a
//! fresh file, and every fingerprint that is kept is made anew from the record it is of.
//!
//! Fingerprints of what is not kept cannot be made anew. They only spare work, so they are forgotten: the next runs read whole
//! lists once and try once more what the portal refused. Of the portal's key one print stands, with the key it was made under:
//! else a firm's file could point at another account in that very moment and nobody would notice.

use super::copy::{Seals, copy};
use super::fresh::Fresh;
use super::sealer::Sealer;
use super::tables::{LINKS, SENT};
use super::{Accepted, AccountPortal, ListsSeen, OpenItem, Refusals, ScopePrint, Shelf, Store, StoreError, Vault, Wait, Writer};
use crate::domain::{FirmId, Link, Ordered, Record};
use camino::Utf8Path;
use redb::{Durability, ReadableTable};
use serde_json::Value;
use std::sync::Arc;

impl Store {
    /// Writes the whole state anew, for this firm and under this key, beside `path`. Nothing of this one changes.
    pub fn reseal(&self, path: &Utf8Path, firm: &FirmId, vault: Arc<Vault>) -> Result<Fresh, StoreError> {
        let sealer = Sealer::new(vault, firm.clone());
        let snapshot = self.read()?;
        Fresh::fill(path, firm, |db| {
            let mut tx = db.begin_write()?;
            tx.set_durability(Durability::Immediate)?;
            copy(snapshot.tx(), &tx, &Seals::Anew(self.sealer(), &sealer))?;
            tx.commit()?;
            let mut writer = Writer::new(db.begin_write()?, &sealer)?;
            writer.mark_owner()?;
            links(&mut writer)?;
            account(&mut writer, self.sealer())?;
            forget(&mut writer)?;
            if firm != self.firm() {
                bear_name(&mut writer, self.firm(), firm)?;
            }
            writer.commit()
        })
    }
}

/// Every fingerprint of a link is of the record as last sent.
fn links(w: &mut Writer<'_>) -> Result<(), StoreError> {
    let prints = w.sealer.prints();
    let cases: Vec<u64> = keys(w)?;
    for case in cases {
        let row = w.table(LINKS)?.get(case)?.map(|row| super::links::decode(row.value())).transpose()?;
        let (Some(link), Some(record)) = (row, w.unseal::<_, Record>(&SENT, case)?) else { continue };
        let Link { contact, rest, phones, readable, .. } =
            Link::after(link.case, link.portal_id.clone(), &record, link.seen.clone(), link.linked_at, &prints);
        w.touch_link(&Link { contact, rest, phones, readable, ..link })?;
    }
    Ok(())
}

fn keys(w: &Writer<'_>) -> Result<Vec<u64>, StoreError> {
    w.table(LINKS)?.iter()?.map(|row| Ok(row?.0.value())).collect()
}

fn account(w: &mut Writer<'_>, old: &Sealer) -> Result<(), StoreError> {
    let Some(bound) = w.meta::<AccountPortal>()? else { return Ok(()) };
    let made_with = bound.made_with.clone().or_else(|| Some(old.print_key()));
    w.put_meta(&AccountPortal { made_with, ..bound })
}

/// What spares work and bears prints of what is not kept.
fn forget(w: &mut Writer<'_>) -> Result<(), StoreError> {
    w.remove_meta::<ListsSeen>()?;
    w.remove_meta::<Refusals>()?;
    w.remove_meta::<ScopePrint>()?;
    w.forget_places()?;
    for shelf in [Shelf::Documents, Shelf::Messages] {
        for (id, OpenItem { page, wait, attention }) in w.open_items(shelf)? {
            if let Wait::Link(mut keys) = wait {
                keys.readable = 0;
                w.put_open(shelf, &id, &OpenItem { page, wait: Wait::Link(keys), attention })?;
            }
        }
    }
    Ok(())
}

/// The firm's own name where the state says it: what was read beside its file, and the reports of its runs.
fn bear_name(w: &mut Writer<'_>, old: &FirmId, new: &FirmId) -> Result<(), StoreError> {
    if let Some(mut accepted) = w.meta::<Accepted>()? {
        let renamed = |name: String| name.strip_prefix(&format!("{old}.")).map_or(name.clone(), |rest| format!("{new}.{rest}"));
        accepted.beside = accepted.beside.into_iter().map(|(name, text)| (renamed(name), text)).ordered();
        w.put_meta(&accepted)?;
    }
    w.change_runs(|report| {
        if let Some(firm) = report.get_mut("firm") {
            *firm = Value::from(new.as_str());
        }
    })
}
