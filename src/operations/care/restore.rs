//! `state restore`: a backup in the place of a firm's state. What was there keeps its own name beside it; what the backup may
//! still be believed of is `sync`'s matter.

use crate::domain::FirmId;
use crate::operations::{House, OperationError};
use crate::store::{self, Fresh, Store, StoreError, free_name};
use crate::sync;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::Serialize;

/// A state that was restored. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The firm.
    pub firm: FirmId,
    /// As of when the backup is, when the file says so.
    pub backup_of: Option<Timestamp>,
    /// How many linked cases it holds.
    pub linked: u64,
    /// Where the state is now that was there before.
    pub aside: Option<Utf8PathBuf>,
    /// Whether the firm is connected: its tokens of now were kept.
    pub connected: bool,
    /// Why nothing could be taken over from the state that was there, when it could not be read.
    pub unread: Option<String>,
}

/// Restores a file, when it is sound, this firm's and of this vault key; else everything stays as it is. Nobody may have the
/// state open.
///
/// Crash before its last step: the state that was there is in its place. After: the restored one.
pub fn restore(house: &House, id: &FirmId, file: &Utf8Path) -> Result<Restored, OperationError> {
    let path = house.state_file(id);
    let keys = house.keys()?;
    let Some(vault) = keys.first() else {
        let text = format!("{} is not there, and no backup opens without it: put the vault key back first", house.key_file());
        return Err(OperationError::Asked(text));
    };
    let copy = Fresh::copy_of(file, id, &path)?;
    let checked = store::check(&copy, Some(id), &keys)?;
    if !checked.is_sound() {
        let findings: Vec<String> = checked.findings.iter().map(|finding| format!("{}; {}", finding.text, finding.fix)).collect();
        return Err(OperationError::Asked(format!("{file} cannot be restored as {id}, nothing was changed: {}", findings.join("; "))));
    }
    let (live, unread) = match there(&path, id, vault) {
        Ok(live) => (live, None),
        Err(theirs @ (StoreError::Busy { .. } | StoreError::Renaming { .. })) => return Err(theirs.into()),
        Err(error) => (None, Some(crate::domain::sentence(&error))),
    };
    let store = copy.open(id, vault.clone())?;
    let connected = sync::restored(&store, live.as_ref())?;
    let linked = store.links()?.len()? as u64;
    drop(store);
    let aside = path.exists().then(|| free_name(&format!("{path}.before-restore-"), "", house.clock.now())).transpose();
    let aside = aside.map_err(StoreError::from)?;
    copy.replace(&path, aside.as_deref())?;
    drop(live);
    Ok(Restored { firm: id.clone(), backup_of: checked.backup_of, linked, aside, connected, unread })
}

/// The state that is there, if one is; left as it is when it is damaged.
fn there(path: &Utf8Path, id: &FirmId, vault: &std::sync::Arc<store::Vault>) -> Result<Option<Store>, StoreError> {
    store::not_half_way(path, id)?;
    if !path.exists() {
        return Ok(None);
    }
    Store::open_as_it_is(path, id, vault.clone()).map(Some)
}
