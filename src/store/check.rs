//! Whether a state file is sound and agrees with itself: its pages, its format, whose it is, every row, and what one table
//! says of another. It looks at a copy and mends nothing.

mod rows;
mod together;

use super::fresh::Fresh;
use super::tables::META;
use super::{BackupOf, FORMAT, Store, StoreError, Vault, migrate};
use crate::domain::FirmId;
use jiff::Timestamp;
use redb::ReadableDatabase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a look at a state file found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checked {
    /// Whose it says it is.
    pub firm: Option<FirmId>,
    /// Its format.
    pub format: Option<u32>,
    /// As of when, when it is a backup.
    pub backup_of: Option<Timestamp>,
    /// How many rows each table has; empty when they could not be read.
    pub rows: BTreeMap<String, u64>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// Something that is wrong with a state file; without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The table, when it is of one.
    pub table: Option<String>,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub fix: String,
}

const RESTORE: &str = "restore a backup: casebridge state restore FIRM FILE";

impl Checked {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn wrong(&mut self, table: Option<&str>, text: impl Into<String>, fix: &str) {
        let fix = self.firm.as_ref().map_or_else(|| fix.to_owned(), |firm| fix.replace("FIRM", firm.as_str()));
        self.findings.push(Finding { table: table.map(str::to_owned), text: text.into(), fix });
    }
}

/// Looks at a copy that nobody else has. `expected`: whose it should be; `vaults`: the keys there are, the one in force first.
pub fn check(copy: &Fresh, expected: Option<&FirmId>, vaults: &[Arc<Vault>]) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let found = match label(copy) {
        Ok((format, firm)) => {
            checked.format = Some(format);
            firm
        }
        Err(error) => {
            unreadable(&mut checked, error)?;
            return Ok(checked);
        }
    };
    checked.firm = found.parse().ok();
    match (&checked.firm, expected) {
        (None, _) => checked.wrong(Some("meta"), "it does not say whose it is", RESTORE),
        (Some(firm), Some(expected)) if firm != expected => {
            let text = format!("it holds the state of {firm}, not of {expected}");
            let fix =
                format!("put {firm}'s file back in its place; a firm's state follows a new name by: casebridge rename {firm} {expected}");
            checked.wrong(None, text, &fix);
        }
        _ => {}
    }
    let Some(firm) = checked.firm.clone() else { return Ok(checked) };
    let Some(vault) = vaults.first() else {
        checked.wrong(None, "the vault key is not here, so that no row could be opened", "check it where the key is");
        return Ok(checked);
    };
    match copy.open(&firm, vault.clone()) {
        Ok(store) => content(&store, &mut checked)?,
        Err(error @ StoreError::WrongKey { .. }) => {
            let former = vaults.iter().skip(1).any(|vault| copy.open(&firm, vault.clone()).is_ok());
            let text = if former { "it is sealed with the former vault key".to_owned() } else { error.to_string() };
            let fix = if former { "casebridge state rekey goes on with it" } else { "put the key back that it was sealed with" };
            checked.wrong(None, text, fix);
        }
        Err(error) => unreadable(&mut checked, error)?,
    }
    Ok(checked)
}

/// Format and firm, in clear.
fn label(copy: &Fresh) -> Result<(u32, String), StoreError> {
    let db = copy.database()?;
    let format = migrate::format(&db)?.ok_or(StoreError::Row { table: "meta" })?;
    let row = db.begin_read()?.open_table(META)?.get("firm")?.ok_or(StoreError::Row { table: "meta" })?;
    Ok((format, String::from_utf8_lossy(row.value()).into_owned()))
}

/// What keeps a file from being read at all; what is the machine's fault is an error.
fn unreadable(checked: &mut Checked, error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Unsound(_) => checked.wrong(None, "its bytes are not what was last written: it is damaged", RESTORE),
        StoreError::Row { table: "meta" } => checked.wrong(None, "it is no state of casebridge", "name a backup or a state file"),
        StoreError::Newer { found, .. } => {
            let text = format!("it has format {found}, and this casebridge knows formats up to {FORMAT}");
            checked.wrong(None, text, "use the newer casebridge");
        }
        StoreError::OtherFirm { found, .. } => checked.wrong(None, format!("it holds the state of {found}"), "name that firm"),
        StoreError::Storage(error) => checked.wrong(None, format!("its tables cannot be read: {error}"), RESTORE),
        other => return Err(other),
    }
    Ok(())
}

/// Every row of an open state, and what its tables say of each other.
pub(super) fn content(store: &Store, checked: &mut Checked) -> Result<(), StoreError> {
    checked.backup_of = match store.meta::<BackupOf>() {
        Ok(fact) => fact.map(|fact| fact.at),
        Err(StoreError::Row { .. }) => None,
        Err(other) => return Err(other),
    };
    let snapshot = store.read()?;
    rows::rows(&snapshot, checked)?;
    together::together(&snapshot, checked)?;
    Ok(())
}
