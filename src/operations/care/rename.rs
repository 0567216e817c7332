//! `rename OLD NEW`: a firm's state follows the new name of its file. Rows are sealed for the firm's name, so the state is sealed
//! anew in one new file. The file bears its new name first: a daemon that starts on the old one would begin with an empty state.
//! One that met the new one already has made such an empty state; it gives way.
//!
//! Two names cannot change in one step, so the old file goes aside first, under a name that says where to:
//! - crash before that: the old state is in its place, and nothing else is;
//! - crash between: the state is aside, whole. Nobody makes an empty one under either name meanwhile (`StoreError::Renaming`), and
//!   the same command goes on;
//! - crash after the new one has its name: it is in force, and the same command removes the old one.

use crate::domain::FirmId;
use crate::operations::{House, OperationError};
use crate::store::{CarriedCounts, Store, StoreError, sync_names};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde::Serialize;

/// A state that bears another name now. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// The name before.
    pub from: FirmId,
    /// The name now.
    pub to: FirmId,
    /// How many linked cases it holds.
    pub linked: u64,
    /// Backups under the former name, when there are any: they are that name's.
    pub backups: Option<Utf8PathBuf>,
}

/// Renames. Nobody may have either state open.
pub fn rename(house: &House, from: &FirmId, to: &FirmId) -> Result<Renamed, OperationError> {
    let (old, new) = (house.state_file(from), house.state_file(to));
    let aside = Utf8PathBuf::from(format!("{old}.renamed-to-{to}"));
    if from == to {
        return Err(OperationError::Asked(format!("{from} is its name already")));
    }
    if house.keys_of_old()?.is_some() {
        return Err(OperationError::Asked(
            "a new vault key is not in force everywhere yet: run `casebridge state rekey` again first".to_owned(),
        ));
    }
    let file = house.paths.firms.join(format!("{from}.firm.toml"));
    if file.exists() {
        let text = format!(
            "{file} is still there: rename it to {to}.firm.toml first, with what lies beside it ({from}.tests.toml, {from}.catalog.toml)"
        );
        return Err(OperationError::Asked(text));
    }
    let half_way = aside.exists() && !old.exists();
    if !half_way {
        there_is(&old, from)?;
    }
    match (gives_way(house, &new, to)?, half_way) {
        (true, true) => fs::rename(&aside, &old).map_err(StoreError::from)?,
        (true, false) | (false, true) => {}
        (false, false) => {
            let text = format!("{to} has a state already ({new}): two states cannot be made one");
            return Err(OperationError::Asked(format!("{text}; if that firm is to go, casebridge state erase {to}")));
        }
    }
    if old.exists() {
        let vault = house.vault()?;
        let store = Store::open_as_it_is(&old, from, vault.clone())?;
        let fresh = store.reseal(&new, to, vault)?;
        fs::rename(&old, &aside).map_err(StoreError::from)?;
        sync_names(&old)?;
        fresh.name(&new)?;
        drop(store);
    }
    if let Some(status) = &house.paths.status {
        // It would go on saying that a file is in use which is there no longer.
        match fs::remove_file(status.join(format!("{from}.txt"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::from(error).into()),
            _ => {}
        }
    }
    fs::remove_file(&aside).map_err(StoreError::from)?;
    sync_names(&old)?;
    let linked = Store::open_as_it_is(&new, to, house.vault()?)?.links()?.len()? as u64;
    let backups = Some(house.backups(from)).filter(|folder| folder.exists());
    Ok(Renamed { from: from.clone(), to: to.clone(), linked, backups })
}

/// Whether nothing is in the way under the new name: a state that nothing ever happened in is removed, any other is not touched.
fn gives_way(house: &House, path: &Utf8Path, id: &FirmId) -> Result<bool, OperationError> {
    if !path.exists() {
        return Ok(true);
    }
    let store = Store::open_as_it_is(path, id, house.vault()?)?;
    let unused = is_unused(&store)?;
    if unused {
        fs::remove_file(path).map_err(StoreError::from)?;
    }
    Ok(unused)
}

fn is_unused(store: &Store) -> Result<bool, StoreError> {
    let nothing_linked = store.links()?.is_empty()? && store.journal_len()? == 0 && store.history(None, 1)?.is_empty();
    let nothing_carried = store.carried_counts()? == CarriedCounts::default();
    Ok(nothing_linked && nothing_carried && store.tokens()?.is_none() && store.secret_names()?.is_empty())
}

fn there_is(path: &Utf8Path, id: &FirmId) -> Result<(), OperationError> {
    if path.exists() { Ok(()) } else { Err(OperationError::Asked(format!("{id} has no state: {path} is not there"))) }
}
