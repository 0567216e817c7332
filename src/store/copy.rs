//! Copies a state into an empty file, table by table and as of one moment: as it is, or with every sealed row sealed anew for
//! another key or name. Opens no row's meaning.
//!
//! A table that is not copied here would be lost by a backup, a rename and a new key: `every_table_is_copied` compares.

use super::StoreError;
use super::sealer::{RowKey, Sealer};
use super::tables::{self, SealedTable};
use redb::{Key, ReadTransaction, ReadableTable, TableDefinition, Value, WriteTransaction};

/// What becomes of sealed rows on the way.
pub(super) enum Seals<'a> {
    /// They stay as they are: the same firm, the same key. Tokens are left out.
    Kept,
    /// They are opened by the first and sealed by the second.
    Anew(&'a Sealer, &'a Sealer),
}

/// Copies everything into a file that has no table yet.
pub(super) fn copy(from: &ReadTransaction, to: &WriteTransaction, seals: &Seals<'_>) -> Result<(), StoreError> {
    tables::make_all(to)?;
    meta(from, to, seals)?;
    for table in [tables::LINKS, tables::JOURNAL] {
        clear(from, to, table)?;
    }
    for table in [tables::SENT, tables::JOURNAL_CHANGES, tables::EXCEPTIONS, tables::HISTORY, tables::RUNS] {
        sealed(from, to, &table, seals)?;
    }
    for table in [tables::PLANS, tables::SECRETS, tables::DOCUMENTS, tables::MESSAGES] {
        sealed(from, to, &table, seals)?;
    }
    if matches!(seals, Seals::Anew(..)) {
        sealed(from, to, &tables::TOKENS, seals)?;
    }
    sealed(from, to, &tables::PLAN_CHANGES, seals)?;
    sealed(from, to, &tables::HISTORY_VALUES, seals)?;
    clear(from, to, tables::CURSORS)?;
    clear(from, to, tables::HISTORY_BY_CASE)?;
    clear(from, to, tables::UNAPPROVED)?;
    clear(from, to, tables::COUNTERS)?;
    clear(from, to, tables::DOCUMENTS_OPEN)?;
    clear(from, to, tables::MESSAGES_OPEN)
}

/// Of this table two rows are in clear: the format stays, the firm is the new one.
fn meta(from: &ReadTransaction, to: &WriteTransaction, seals: &Seals<'_>) -> Result<(), StoreError> {
    let rows = from.open_table(tables::META)?;
    let mut copied = to.open_table(tables::META)?;
    for row in rows.iter()? {
        let (key, value) = row?;
        match (key.value(), seals) {
            ("format", _) | (_, Seals::Kept) => copied.insert(key.value(), value.value())?,
            ("firm", Seals::Anew(_, to)) => copied.insert("firm", to.firm().as_str().as_bytes())?,
            (name, Seals::Anew(old, new)) => {
                copied.insert(name, anew(old, new, tables::META_FACTS.name, &name, value.value())?.as_slice())?
            }
        };
    }
    Ok(())
}

fn sealed<K: Key>(from: &ReadTransaction, to: &WriteTransaction, table: &SealedTable<K>, seals: &Seals<'_>) -> Result<(), StoreError>
where
    for<'k> K::SelfType<'k>: RowKey,
{
    let Seals::Anew(old, new) = seals else { return clear::<K, &[u8]>(from, to, table.rows) };
    let mut copied = to.open_table(table.rows)?;
    for row in from.open_table(table.rows)?.iter()? {
        let (key, value) = row?;
        let value = anew(old, new, table.name, &key.value(), value.value())?;
        copied.insert(key.value(), value.as_slice())?;
    }
    Ok(())
}

fn anew(old: &Sealer, new: &Sealer, table: &'static str, key: &impl RowKey, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let plain = old.open_bytes(table, key, value)?;
    new.seal_bytes(table, key, &plain)
}

fn clear<K: Key, V: Value>(from: &ReadTransaction, to: &WriteTransaction, table: TableDefinition<'static, K, V>) -> Result<(), StoreError> {
    let mut copied = to.open_table(table)?;
    for row in from.open_table(table)?.iter()? {
        let (key, value) = row?;
        copied.insert(key.value(), value.value())?;
    }
    Ok(())
}
