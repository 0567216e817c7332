//! `state check`: a look at a copy of a state file, or of a backup.

use crate::domain::FirmId;
use crate::operations::{House, OperationError};
use crate::store::{self, Checked, Fresh};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

/// What a look at one file found. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedFile {
    /// The file.
    pub file: Utf8PathBuf,
    /// What was found.
    #[serde(flatten)]
    pub checked: Checked,
}

/// Looks at a copy of a file; busy when somebody works on it. `expected`: whose it should be.
pub fn check_file(house: &House, expected: Option<&FirmId>, file: &Utf8Path) -> Result<CheckedFile, OperationError> {
    // Of a file of its own only the file says whose it is; the name is for words about who has it open.
    let stem = file.file_stem().unwrap_or_default().to_ascii_lowercase();
    let named = expected.cloned().or_else(|| stem.parse().ok()).or_else(|| "unknown".parse().ok());
    let named = named.ok_or_else(|| OperationError::Asked(format!("{file} is no state file")))?;
    let copy = Fresh::copy_of(file, &named, &house.paths.state.join(format!("{named}.redb.check")))?;
    Ok(CheckedFile { file: file.to_owned(), checked: store::check(&copy, expected, &house.keys()?)? })
}
