//! `state rekey`: another vault key. Every firm's state is sealed anew under it, one after the other, each in one step.
//!
//! The former key stays beside the new one (`vault.key.old`) until every state is done, and until then a state that does not open
//! under the new key is opened under the former: at no moment is a state without its key, and the same command goes on with what
//! is left. Where `casebridge.toml` says where the key is, the new one is given in a file, and a person puts it in its place when
//! every state is done.

use crate::domain::{FirmId, sentence};
use crate::operations::{House, OperationError};
use crate::store::{self, Store, StoreError, Vault, free_name};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use std::sync::Arc;

/// Which key is to be the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKey<'a> {
    /// One that is made now.
    Made,
    /// The one in this file.
    Given(&'a Utf8Path),
}

/// What became of the states. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Rekeyed {
    /// Sealed anew now.
    pub firms: Vec<FirmId>,
    /// Sealed under the new key before.
    pub already: Vec<FirmId>,
    /// Not sealed anew, and why.
    pub failed: Vec<(FirmId, String)>,
    /// An earlier call was broken off, and this one went on with its key.
    pub resumed: bool,
    /// Where the former key is now: backups from before need it.
    pub former_key: Option<Utf8PathBuf>,
    /// The file whose key a person has to put where `casebridge.toml` says.
    pub to_install: Option<Utf8PathBuf>,
}

/// Seals every state anew. Nobody may have one open.
pub fn rekey(house: &House, new: NewKey<'_>) -> Result<Rekeyed, OperationError> {
    if let Some((from, to)) = store::half_way(&house.paths.state).into_iter().next() {
        // It bears no name that is sealed anew here, and would be left under a key that is retired.
        return Err(StoreError::Renaming { firm: from, to }.into());
    }
    let mut done = Rekeyed::default();
    let (former, now, own) = match (&house.daemon.vault_key, new) {
        (Some(_), NewKey::Made) => {
            let text = "casebridge.toml says where the vault key is, so casebridge does not make the new one: give it with --new-key FILE";
            return Err(OperationError::Asked(text.to_owned()));
        }
        (Some(_), NewKey::Given(file)) => (house.vault()?, load(file)?, false),
        (None, new) => {
            done.resumed = !begin(house, new)?;
            (load(&house.former_key_file())?, load(&house.key_file())?, true)
        }
    };
    for firm in house.with_states() {
        match seal_anew(house, &firm, &former, &now) {
            Ok(true) => done.firms.push(firm),
            Ok(false) => done.already.push(firm),
            Err(error) => done.failed.push((firm, sentence(&error))),
        }
    }
    if own && done.failed.is_empty() {
        remove_strays(house)?;
        let retired = free_name(&format!("{}.retired-", house.key_file()), "", house.clock.now()).map_err(StoreError::from)?;
        fs_err::rename(house.former_key_file(), &retired).map_err(StoreError::from)?;
        store::sync_names(&retired)?;
        done.former_key = Some(retired);
    }
    if let (false, NewKey::Given(file)) = (own, new) {
        done.to_install = Some(file.to_owned());
    }
    Ok(done)
}

/// Keys in the making that a crash left: whoever deletes the former key later must not miss a copy of it.
fn remove_strays(house: &House) -> Result<(), StoreError> {
    let key = house.key_file();
    let before = format!("{}.", key.file_name().unwrap_or_default());
    for entry in house.paths.state.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_name().starts_with(&before) && entry.file_name().ends_with(".new") {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Puts the new key beside the former one; false when an earlier call did.
fn begin(house: &House, new: NewKey<'_>) -> Result<bool, OperationError> {
    let (key, former) = (house.key_file(), house.former_key_file());
    if !key.exists() {
        return Err(OperationError::Asked(format!("there is no vault key to replace: {key} is not there")));
    }
    let given = match new {
        NewKey::Made => None,
        NewKey::Given(file) => Some(file),
    };
    Ok(store::begin_rotation(&key, &former, given).map_err(StoreError::Vault)?)
}

fn load(path: &Utf8Path) -> Result<Arc<Vault>, OperationError> {
    Ok(Arc::new(store::load_key(path).map_err(StoreError::Vault)?.vault))
}

/// True when it was sealed anew; false when it was sealed so already.
///
/// Crash before its last step: the state is as it was. After: it is under the new key.
fn seal_anew(house: &House, firm: &FirmId, former: &Arc<Vault>, now: &Arc<Vault>) -> Result<bool, StoreError> {
    let path = house.state_file(firm);
    match Store::open_as_it_is(&path, firm, now.clone()) {
        Ok(_) => return Ok(false),
        Err(StoreError::WrongKey { .. }) => {}
        Err(error) => return Err(error),
    }
    let store = Store::open_as_it_is(&path, firm, former.clone())?;
    let fresh = store.reseal(&path, firm, now.clone())?;
    fresh.replace(&path, None)?;
    drop(store);
    Ok(true)
}
