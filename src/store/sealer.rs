//! Seals rows for one firm and opens them again; ties every row to its place. Knows no table's meaning.

use super::plain::Plain;
use super::tables::SealedTable;
use super::{PrintKey, StoreError, Vault};
use crate::domain::{Fingerprinter, FirmId};
use redb::Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Room for a row while it is written: nearly all fit, and what does not moves, and is wiped where it stood.
const ROOM: usize = 2048;

/// Seals a firm's rows.
#[derive(Clone)]
pub(super) struct Sealer {
    vault: Arc<Vault>,
    firm: FirmId,
}

/// A key as the text that is authenticated with its row.
pub(super) trait RowKey {
    fn text(&self) -> String;
}

impl RowKey for u64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl RowKey for &str {
    fn text(&self) -> String {
        (*self).to_owned()
    }
}

impl<A: RowKey> RowKey for (A, u32) {
    fn text(&self) -> String {
        format!("{}/{}", self.0.text(), self.1)
    }
}

impl RowKey for (u64, u64) {
    fn text(&self) -> String {
        format!("{}/{}", self.0, self.1)
    }
}

impl Sealer {
    pub(super) fn new(vault: Arc<Vault>, firm: FirmId) -> Sealer {
        Sealer { vault, firm }
    }

    pub(super) fn firm(&self) -> &FirmId {
        &self.firm
    }

    /// A value as JSON, sealed for this table and key.
    pub(super) fn seal<K: Key, T: Serialize + ?Sized>(
        &self,
        table: &SealedTable<K>,
        key: &impl RowKey,
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        let json = |row: &mut Plain| serde_json::to_writer(row, value).map_err(|_| StoreError::Row { table: table.name });
        self.vault.seal_written(&self.context(table.name, key), ROOM, json)
    }

    /// Bytes, sealed for this table and key.
    pub(super) fn seal_bytes(&self, table: &'static str, key: &impl RowKey, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.vault.seal(&self.context(table, key), plain)?)
    }

    /// The bytes of a row again; [`StoreError::Row`] when it was changed or moved.
    pub(super) fn open_bytes(&self, table: &'static str, key: &impl RowKey, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.vault.open(&self.context(table, key), sealed).map_err(|_| StoreError::Row { table })
    }

    /// What the firm's fingerprints are made under.
    pub(super) fn print_key(&self) -> PrintKey {
        PrintKey(*self.vault.print_key(&self.firm))
    }

    /// Makes the firm's fingerprints.
    pub(super) fn prints(&self) -> Fingerprinter {
        self.vault.fingerprinter(&self.firm)
    }

    /// The value again; [`StoreError::Row`] when the row was changed or moved.
    pub(super) fn open<K: Key, T: DeserializeOwned>(
        &self,
        table: &SealedTable<K>,
        key: &impl RowKey,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let plain = self.open_bytes(table.name, key, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Row { table: table.name })
    }

    fn context(&self, table: &'static str, key: &impl RowKey) -> String {
        format!("{}/{table}/{}", self.firm, key.text())
    }
}
