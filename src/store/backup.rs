//! A copy of a state as of one moment, without the tokens: a restored old pair would kill the live grant.
//!
//! It reads one snapshot, so who writes meanwhile waits for nobody; the pages that they free are kept until it is done.

use super::copy::{Seals, copy};
use super::fresh::Fresh;
use super::meta::MetaFact;
use super::{Store, StoreError, Writer};
use camino::Utf8Path;
use jiff::Timestamp;
use redb::{Durability, ReadableTableMetadata};
use serde::{Deserialize, Serialize};

/// The file is a backup; when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupOf {
    /// As of when.
    pub at: Timestamp,
}

impl MetaFact for BackupOf {
    const NAME: &'static str = "backup_of";
}

impl Store {
    /// Writes a backup into a file that is not there yet (0600); answers how many linked cases it holds.
    ///
    /// Crash before it returns: no file of that name, or a whole one.
    pub fn backup(&self, path: &Utf8Path, now: Timestamp) -> Result<u64, StoreError> {
        let snapshot = self.read()?;
        let fresh = Fresh::fill(path, self.firm(), |db| {
            let mut tx = db.begin_write()?;
            tx.set_durability(Durability::Immediate)?;
            copy(snapshot.tx(), &tx, &Seals::Kept)?;
            tx.commit()?;
            let mut writer = Writer::new(db.begin_write()?, self.sealer())?;
            writer.put_meta(&BackupOf { at: now })?;
            writer.commit()
        })?;
        fresh.name(path)?;
        Ok(snapshot.table(super::tables::LINKS)?.len()?)
    }
}
