//! Seals rows for one firm and opens them again; ties every row to its place. Knows no table's meaning.

use super::tables::SealedTable;
use super::{StoreError, Vault};
use crate::domain::FirmId;
use redb::Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use zeroize::Zeroizing;

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
        let mut plain = Zeroizing::new(Vec::with_capacity(1024));
        serde_json::to_writer(&mut *plain, value).map_err(|_| StoreError::Row { table: table.name })?;
        Ok(self.vault.seal(&self.context(table.name, key), &plain)?)
    }

    /// The value again; [`StoreError::Row`] when the row was changed or moved.
    pub(super) fn open<K: Key, T: DeserializeOwned>(
        &self,
        table: &SealedTable<K>,
        key: &impl RowKey,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let broken = || StoreError::Row { table: table.name };
        let plain = self.vault.open(&self.context(table.name, key), sealed).map_err(|_| broken())?;
        serde_json::from_slice(&plain).map_err(|_| broken())
    }

    fn context(&self, table: &'static str, key: &impl RowKey) -> String {
        format!("{}/{table}/{}", self.firm, key.text())
    }
}
