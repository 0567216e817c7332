//! Every row of every table: does it open, and does it say something.

use super::{Checked, RESTORE};
use crate::domain::{CaseException, Record, Tokens};
use crate::plan::Change;
use crate::store::journal::Progress;
use crate::store::runs::Row;
use crate::store::sealer::RowKey;
use crate::store::snapshot::Snapshot;
use crate::store::tables::{self, SealedTable};
use crate::store::{Approval, Carried, HistoryEntry, PlanHead, StoreError, ledger, links};
use redb::{Key, ReadableTable, ReadableTableMetadata, TableDefinition, Value};
use serde::de::DeserializeOwned;

pub(super) fn rows(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    meta(snapshot, checked)?;
    clear(snapshot, checked, "links", tables::LINKS, |row| links::decode(row).is_ok())?;
    sealed::<_, Record>(snapshot, checked, &tables::SENT)?;
    clear(snapshot, checked, "journal", tables::JOURNAL, |row| Progress::read(row).is_ok())?;
    sealed::<_, (Change, Approval)>(snapshot, checked, &tables::JOURNAL_CHANGES)?;
    sealed::<_, PlanHead>(snapshot, checked, &tables::PLANS)?;
    sealed::<_, Change>(snapshot, checked, &tables::PLAN_CHANGES)?;
    sealed::<_, CaseException>(snapshot, checked, &tables::EXCEPTIONS)?;
    count(snapshot, checked, "cursors", tables::CURSORS)?;
    sealed::<_, Tokens>(snapshot, checked, &tables::TOKENS)?;
    sealed::<_, String>(snapshot, checked, &tables::SECRETS)?;
    sealed::<_, HistoryEntry>(snapshot, checked, &tables::HISTORY)?;
    count(snapshot, checked, "history_by_case", tables::HISTORY_BY_CASE)?;
    sealed::<_, (Option<Record>, Option<Record>)>(snapshot, checked, &tables::HISTORY_VALUES)?;
    count(snapshot, checked, "unapproved", tables::UNAPPROVED)?;
    sealed::<_, Row<serde_json::Value>>(snapshot, checked, &tables::RUNS)?;
    count(snapshot, checked, "counters", tables::COUNTERS)?;
    sealed::<_, Carried>(snapshot, checked, &tables::DOCUMENTS)?;
    clear(snapshot, checked, "documents_open", tables::DOCUMENTS_OPEN, |row| ledger::open_item(row).is_ok())?;
    sealed::<_, Carried>(snapshot, checked, &tables::MESSAGES)?;
    clear(snapshot, checked, "messages_open", tables::MESSAGES_OPEN, |row| ledger::open_item(row).is_ok())
}

/// Of this table two rows are in clear.
fn meta(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let sealer = snapshot.sealer();
    each(snapshot, checked, "meta", tables::META, |name, row| {
        matches!(name, "format" | "firm") || sealer.open::<_, serde_json::Value>(&tables::META_FACTS, &name, row).is_ok()
    })
}

fn sealed<K: Key, T: DeserializeOwned>(snapshot: &Snapshot<'_>, checked: &mut Checked, table: &SealedTable<K>) -> Result<(), StoreError>
where
    for<'k> K::SelfType<'k>: RowKey,
{
    let sealer = snapshot.sealer();
    each(snapshot, checked, table.name, table.rows, |key, row: &[u8]| sealer.open::<_, T>(table, &key, row).is_ok())
}

fn clear<K: Key>(
    snapshot: &Snapshot<'_>,
    checked: &mut Checked,
    name: &'static str,
    table: tables::Bytes<K>,
    reads: impl Fn(&[u8]) -> bool,
) -> Result<(), StoreError> {
    each(snapshot, checked, name, table, |_, row: &[u8]| reads(row))
}

fn each<K: Key>(
    snapshot: &Snapshot<'_>,
    checked: &mut Checked,
    name: &'static str,
    table: tables::Bytes<K>,
    reads: impl Fn(K::SelfType<'_>, &[u8]) -> bool,
) -> Result<(), StoreError> {
    let (mut count, mut broken) = (0, 0);
    for row in snapshot.table(table)?.iter()? {
        let (key, value) = row?;
        count += 1;
        broken += u64::from(!reads(key.value(), value.value()));
    }
    checked.rows.insert(name.to_owned(), count);
    if broken > 0 {
        let text = format!("{broken} of its {count} rows cannot be opened or read");
        checked.wrong(Some(name), text, RESTORE);
    }
    Ok(())
}

fn count<K: Key, V: Value>(
    snapshot: &Snapshot<'_>,
    checked: &mut Checked,
    name: &'static str,
    table: TableDefinition<'static, K, V>,
) -> Result<(), StoreError> {
    checked.rows.insert(name.to_owned(), snapshot.table(table)?.len()?);
    Ok(())
}
