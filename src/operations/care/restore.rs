//! `state restore`: a backup in the place of a firm's state. What was there keeps its own name beside it; what the backup may
//! still be believed of is `sync`'s matter.

use crate::domain::FirmId;
use crate::operations::{House, OperationError};
use crate::store::{self, Fresh, Store, StoreError, Vault, free_name};
use crate::sync;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

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

/// As what a backup was made, where that differs from now.
#[derive(Debug, Clone, Default)]
pub struct MadeAs<'a> {
    /// The firm's id then.
    pub from: Option<FirmId>,
    /// The file of the vault key of then.
    pub key: Option<&'a Utf8Path>,
}

/// Restores a file, when it is sound, this firm's and of this vault key (or of the id and key of then); else everything stays as
/// it is. Nobody may have the state open.
///
/// Crash before its last step: the state that was there is in its place. After: the restored one.
pub fn restore(house: &House, id: &FirmId, file: &Utf8Path, made: MadeAs<'_>) -> Result<Restored, OperationError> {
    let path = house.state_file(id);
    let keys = house.keys()?;
    let Some(vault) = keys.first() else {
        let text = format!("{} is not there, and no backup opens without it: put the vault key back first", house.key_file());
        return Err(OperationError::Asked(text));
    };
    let copy = Fresh::copy_of(file, id, &path)?;
    let (copy, backup_of) = sealed_for_now(house, id, copy, (file, &made), &keys)?;
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
    Ok(Restored { firm: id.clone(), backup_of, linked, aside, connected, unread })
}

/// The copy when it is sound, sealed for the id and key of now; and as of when it is.
fn sealed_for_now(
    house: &House,
    id: &FirmId,
    copy: Fresh,
    (file, made): (&Utf8Path, &MadeAs<'_>),
    keys: &[Arc<Vault>],
) -> Result<(Fresh, Option<Timestamp>), OperationError> {
    let from = made.from.as_ref().unwrap_or(id);
    if from != id && house.has_state(from) {
        let text = format!("{from} has a state of its own, so that it is not {id} under a former id; nothing was changed");
        return Err(OperationError::Asked(text));
    }
    let then = made.key.map(|key| Ok::<_, StoreError>(vec![Arc::new(store::load_key(key).map_err(StoreError::Vault)?.vault)]));
    let then = then.transpose()?.unwrap_or_else(|| keys.to_vec());
    let checked = store::check(&copy, Some(from), &then)?;
    if !checked.is_sound() {
        let findings: Vec<String> = checked.findings.iter().map(|finding| format!("{}; {}", finding.text, finding.fix)).collect();
        let other = |firm: &FirmId| format!("; when {firm} is {id}'s id from before a rename: --from {firm}");
        let wrong_key = || then.first().is_some_and(|key| matches!(copy.open(from, key.clone()), Err(StoreError::WrongKey { .. })));
        let advice = match &checked.firm {
            Some(firm) if firm != from => other(firm),
            Some(_) if made.key.is_none() && wrong_key() => {
                format!("; when it was made before a `state rekey`: --key {}", former_key(house))
            }
            _ => String::new(),
        };
        let text = format!("{file} cannot be restored as {id}, nothing was changed: {}{advice}", findings.join("; "));
        return Err(OperationError::Asked(text));
    }
    let (Some(now), Some(then)) = (keys.first(), then.first()) else { return Ok((copy, checked.backup_of)) };
    if from == id && made.key.is_none() {
        return Ok((copy, checked.backup_of));
    }
    let anew = copy.open(from, then.clone())?.reseal(&house.state_file(id), id, now.clone())?;
    Ok((anew, checked.backup_of))
}

/// The key that was retired last, else what such a file is called.
fn former_key(house: &House) -> String {
    let before = format!("{}.retired-", house.key_file());
    let names = house.paths.state.read_dir_utf8().into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path().to_string());
    names.filter(|name| name.starts_with(&before)).max().unwrap_or_else(|| format!("{before}..."))
}

/// The state that is there, if one is; left as it is when it is damaged.
fn there(path: &Utf8Path, id: &FirmId, vault: &Arc<Vault>) -> Result<Option<Store>, StoreError> {
    store::not_half_way(path, id)?;
    if !path.exists() {
        return Ok(None);
    }
    Store::open_as_it_is(path, id, vault.clone()).map(Some)
}
