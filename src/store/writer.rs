//! One transaction on a firm's state. The typed writes stand with their tables; here is what they share.

use super::StoreError;
use super::sealer::{RowKey, Sealer};
use super::tables::SealedTable;
use redb::{Durability, Key, ReadableTable, Table, TableDefinition, Value, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One transaction: what is written in it becomes durable together when [`super::Store::write`] returns, or not at all.
pub struct Writer<'a> {
    tx: WriteTransaction,
    pub(super) sealer: &'a Sealer,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl<'a> Writer<'a> {
    /// Durable at commit, and in two phases: in one, a page of the last commit found damaged after an unclean stop makes
    /// redb fall back to the commit before without a word, and a confirmed write would be forgotten. Costs one sync more.
    pub(super) fn new(mut tx: WriteTransaction, sealer: &'a Sealer) -> Result<Writer<'a>, StoreError> {
        tx.set_durability(Durability::Immediate)?;
        tx.set_two_phase_commit(true);
        Ok(Writer { tx, sealer })
    }

    pub(super) fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit()?)
    }

    pub(super) fn tx(&self) -> &WriteTransaction {
        &self.tx
    }

    pub(super) fn table<K: Key, V: Value>(&self, table: TableDefinition<'static, K, V>) -> Result<Table<'_, K, V>, StoreError> {
        Ok(self.tx.open_table(table)?)
    }

    /// Seals a value for its place and puts it there.
    pub(super) fn seal_into<'k, K: Key, T: Serialize + ?Sized>(
        &self,
        table: &SealedTable<K>,
        key: K::SelfType<'k>,
        value: &T,
    ) -> Result<(), StoreError>
    where
        K::SelfType<'k>: RowKey,
    {
        let sealed = self.sealer.seal(table, &key, value)?;
        self.table(table.rows)?.insert(key, sealed.as_slice())?;
        Ok(())
    }

    /// One row as this transaction sees it, unsealed.
    pub(super) fn unseal<'k, K: Key, T: DeserializeOwned>(
        &self,
        table: &SealedTable<K>,
        key: K::SelfType<'k>,
    ) -> Result<Option<T>, StoreError>
    where
        K::SelfType<'k>: RowKey,
    {
        let text = key.text();
        let rows = self.table(table.rows)?;
        let found = rows.get(key)?;
        found.map(|row| self.sealer.open(table, &text.as_str(), row.value())).transpose()
    }
}
