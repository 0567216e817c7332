//! One read of a firm's state: everything read through it is as of one moment. Writes nothing.

use super::StoreError;
use super::sealer::{RowKey, Sealer};
use super::tables::SealedTable;
use redb::{Key, ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, Value};
use serde::de::DeserializeOwned;

/// A moment of the state.
pub(super) struct Snapshot<'a> {
    tx: ReadTransaction,
    sealer: &'a Sealer,
}

impl<'a> Snapshot<'a> {
    pub(super) fn new(tx: ReadTransaction, sealer: &'a Sealer) -> Snapshot<'a> {
        Snapshot { tx, sealer }
    }

    pub(super) fn table<K: Key, V: Value>(&self, table: TableDefinition<'static, K, V>) -> Result<ReadOnlyTable<K, V>, StoreError> {
        Ok(self.tx.open_table(table)?)
    }

    /// One row, unsealed.
    pub(super) fn unseal<'k, K: Key, T: DeserializeOwned>(
        &self,
        table: &SealedTable<K>,
        key: K::SelfType<'k>,
    ) -> Result<Option<T>, StoreError>
    where
        K::SelfType<'k>: RowKey,
    {
        let rows = self.table(table.rows)?;
        let text = key.text();
        let found = ReadableTable::get(&rows, key)?;
        found.map(|row| self.sealer.open(table, &text.as_str(), row.value())).transpose()
    }

    /// Every row, unsealed, in the order of the keys.
    pub(super) fn unseal_all<T: DeserializeOwned>(&self, table: &SealedTable<u64>) -> Result<Vec<(u64, T)>, StoreError> {
        let rows = self.table(table.rows)?;
        let open = |row: Result<(redb::AccessGuard<'_, u64>, redb::AccessGuard<'_, &[u8]>), _>| {
            let (key, value) = row?;
            let key = key.value();
            Ok((key, self.sealer.open(table, &key, value.value())?))
        };
        rows.iter()?.map(open).collect()
    }

    /// The transaction itself, for what walks over every table.
    pub(super) fn tx(&self) -> &ReadTransaction {
        &self.tx
    }

    pub(super) fn sealer(&self) -> &'a Sealer {
        self.sealer
    }
}
