//! `state erase`: a firm leaves, and nothing of it stays in the state folder.
//!
//! "Gone" means that the files are removed. A disk may keep their old blocks for a while; what is sensitive in them is sealed
//! under the vault key, which other firms still need, so a copy of the disk together with that key could still be read.

use crate::domain::FirmId;
use crate::load;
use crate::operations::{House, OperationError};
use crate::store::{StoreError, nobody_has, sync_names};
use camino::Utf8PathBuf;
use fs_err as fs;
use serde::Serialize;

/// Something of a firm on the disk. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Where.
    pub path: Utf8PathBuf,
    /// What it is.
    pub what: &'static str,
}

/// A firm that left. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The firm.
    pub firm: FirmId,
    /// Why it may leave: its file "is gone", or "says that it is inactive".
    pub because: &'static str,
    /// What was removed.
    pub removed: Vec<Leftover>,
    /// What was looked for afterwards, in words.
    pub looked_for: Vec<String>,
    /// What is still there all the same; nothing, or the files could not be removed.
    pub left: Vec<Leftover>,
}

impl House {
    /// Where a firm's backups are.
    pub fn backups(&self, id: &FirmId) -> Utf8PathBuf {
        self.paths.state.join("backups").join(id.as_str())
    }
}

/// What there is of a firm, and the places that were looked at. An error while the firm's file is in use.
pub fn looked_for(house: &House, id: &FirmId) -> Result<(Vec<Leftover>, Vec<String>), OperationError> {
    let (state, backups) = (&house.paths.state, house.backups(id));
    let mut found = Vec::new();
    let mut names: Vec<String> = match state.read_dir_utf8() {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.file_name().to_owned()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(StoreError::from(error).into()),
    };
    names.sort();
    let (own, to_be) = (format!("{id}.redb"), format!(".redb.renamed-to-{id}"));
    for name in names.iter().filter(|name| **name == own || name.starts_with(&format!("{own}.")) || name.ends_with(&to_be)) {
        found.push(Leftover { path: state.join(name), what: kind(name, &own) });
    }
    let mut places = vec![format!("{}* (the state, and what was set aside of it)", house.state_file(id)), format!("{backups}/ (backups)")];
    if backups.exists() {
        found.push(Leftover { path: backups, what: "backups" });
    }
    places.push(format!("{}/ (files on their way: they have no names and end with the process)", state.join("tmp")));
    if let Some(status) = &house.paths.status {
        for name in [format!("{id}.txt"), format!(".{id}.txt.new")] {
            let path = status.join(name);
            if path.exists() {
                found.push(Leftover { path, what: "status text" });
            }
        }
        places.push(format!("{status}/{id}.txt (status text)"));
    }
    Ok((found, places))
}

/// Removes everything of a firm whose file is gone or inactive, and looks again. Nobody may have its state open.
///
/// Crash before it returns: some of it may be left; the same command removes the rest.
pub fn erase(house: &House, id: &FirmId) -> Result<Erased, OperationError> {
    let because = may_leave(house, id)?;
    let (found, looked_for_places) = looked_for(house, id)?;
    let state = house.state_file(id);
    let lock = state.exists().then(|| nobody_has(&state, id)).transpose()?;
    for Leftover { path, .. } in &found {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.map_err(StoreError::from)?;
    }
    drop(lock);
    // What is gone stays gone after a power cut, in each folder it was in.
    found.iter().try_for_each(|Leftover { path, .. }| sync_names(path))?;
    let (left, _) = looked_for(house, id)?;
    Ok(Erased { firm: id.clone(), because, removed: found, looked_for: looked_for_places, left })
}

/// A firm that may still run does not leave; of another it is said why it may.
fn may_leave(house: &House, id: &FirmId) -> Result<&'static str, OperationError> {
    let view = house.check_folder(&load::read_folder(&house.paths), house.clock.now());
    let Some(verdict) = view.firms.get(id) else { return Ok("is gone") };
    let file = house.paths.firms.join(format!("{id}.firm.toml"));
    let why = match &verdict.checked {
        Some(firm) if !firm.active => return Ok("says that it is inactive"),
        Some(_) => "says that the firm is active",
        None => "has problems, so it cannot be told whether the firm is inactive",
    };
    Err(OperationError::Asked(format!("{file} {why}: move it away, or write status = \"inactive\" in it, and then erase")))
}

fn kind(name: &str, own: &str) -> &'static str {
    let Some(rest) = name.strip_prefix(own) else { return "a state half-way to this name" };
    match rest {
        "" => "the state",
        rest if rest.starts_with(".damaged-") => "a damaged state that was set aside",
        rest if rest.starts_with(".before-restore-") => "a state from before a restore",
        rest if rest.starts_with(".renamed-to-") => "a state half-way to another name",
        rest if rest.ends_with(".new") => "a file in the making that a crash left",
        _ => "something beside the state",
    }
}
