//! Every table of a firm's file, drawn. No logic.
//!
//! "clear" is readable by whoever reads the file: ids, names of stages and practice areas, open/closed, times, counts.
//! "sealed" is XChaCha20-Poly1305 under the vault key; the firm, the table and the key are authenticated with it, so a
//! row moved to another place does not open. Sealed rows are JSON inside, so a new optional field needs no migration.
//!
//! ```text
//! table               key                      value                                            written by
//! ------------------  -----------------------  -----------------------------------------------  ---------------------------------------
//! meta                name                     clear: "format" u32, "firm" text                 opening a new file, migrations
//!                                              sealed: "check" and every fact of meta.rs        whoever learns the fact
//! links               case                     clear: layout byte + Link (postcard)             apply (with journal), adoption, looking
//! sent                case                     sealed: Record as last sent                      apply, adoption; never by looking
//! journal             case                     clear: run, seq, state, not before (postcard)    a run before its first write; apply
//! journal_changes     case                     sealed: Change, Approval                         a run before its first write
//! plans               "waiting" | "preview"    sealed: PlanHead                                 a run that holds; `plan`
//! plan_changes        (slot, index)            sealed: Change                                   the same
//! exceptions          case                     sealed: CaseException                            a run, for the cases it looked at
//! cursors             name                     clear: i64 microseconds since 1970               a run after a whole read
//! tokens              "mycase"                 sealed: Tokens                                   connect, refresh; backups leave it out
//! secrets             name                     sealed: text                                     `secret set`
//! history             seq                      sealed: who, what, when, which fields            apply (with link and journal)
//! history_by_case     (case, seq)              nothing                                          the same
//! history_values      (second, seq)            sealed: Record before and after                  the same; pruned after 90 days
//! unapproved          (second, seq)            clear: bits of kinds                             the same, for writes nobody approved; pruned after 2 days
//! runs                run                      sealed: the report (JSON)                        the end of a run; the last 1000
//! counters            name                     clear: u64 ("run", runs that found nothing)      a run's beginning; empty runs
//! documents           portal's file id         sealed: Carried (from which case, how far)       a documents run
//! documents_open      the same                 clear: page, what it waits for (postcard)        the same; only files not settled
//! messages            portal's message id      sealed: Carried                                  a messages run
//! messages_open       the same                 clear: page, what it waits for (postcard)        the same; only messages not settled
//! ```

use redb::{Key, TableDefinition, WriteTransaction};

/// A table of byte values.
pub(super) type Bytes<K> = TableDefinition<'static, K, &'static [u8]>;

/// A table whose values are sealed for their table and key.
pub(super) struct SealedTable<K: Key + 'static> {
    /// Its name, part of what is authenticated.
    pub(super) name: &'static str,
    /// The table.
    pub(super) rows: Bytes<K>,
}

const fn sealed<K: Key + 'static>(name: &'static str) -> SealedTable<K> {
    SealedTable { name, rows: TableDefinition::new(name) }
}

/// The format number and the firm, in clear.
pub(super) const META: Bytes<&str> = META_FACTS.rows;
/// Everything else in the same table.
pub(super) const META_FACTS: SealedTable<&str> = sealed("meta");
pub(super) const LINKS: Bytes<u64> = TableDefinition::new("links");
pub(super) const SENT: SealedTable<u64> = sealed("sent");
pub(super) const JOURNAL: Bytes<u64> = TableDefinition::new("journal");
pub(super) const JOURNAL_CHANGES: SealedTable<u64> = sealed("journal_changes");
pub(super) const PLANS: SealedTable<&str> = sealed("plans");
pub(super) const PLAN_CHANGES: SealedTable<(&str, u32)> = sealed("plan_changes");
pub(super) const EXCEPTIONS: SealedTable<u64> = sealed("exceptions");
pub(super) const CURSORS: TableDefinition<&str, i64> = TableDefinition::new("cursors");
pub(super) const TOKENS: SealedTable<&str> = sealed("tokens");
pub(super) const SECRETS: SealedTable<&str> = sealed("secrets");
pub(super) const HISTORY: SealedTable<u64> = sealed("history");
pub(super) const HISTORY_BY_CASE: TableDefinition<(u64, u64), ()> = TableDefinition::new("history_by_case");
pub(super) const HISTORY_VALUES: SealedTable<(u64, u64)> = sealed("history_values");
pub(super) const UNAPPROVED: TableDefinition<(u64, u64), u8> = TableDefinition::new("unapproved");
pub(super) const RUNS: SealedTable<u64> = sealed("runs");
pub(super) const COUNTERS: TableDefinition<&str, u64> = TableDefinition::new("counters");
pub(super) const DOCUMENTS: SealedTable<&str> = sealed("documents");
pub(super) const DOCUMENTS_OPEN: Bytes<&str> = TableDefinition::new("documents_open");
pub(super) const MESSAGES: SealedTable<&str> = sealed("messages");
pub(super) const MESSAGES_OPEN: Bytes<&str> = TableDefinition::new("messages_open");

/// Makes every table, so that readers never meet a missing one.
pub(super) fn make_all(tx: &WriteTransaction) -> Result<(), redb::TableError> {
    for table in [META, PLANS.rows, TOKENS.rows, SECRETS.rows] {
        tx.open_table(table)?;
    }
    for table in [LINKS, SENT.rows, JOURNAL, JOURNAL_CHANGES.rows, EXCEPTIONS.rows, HISTORY.rows, RUNS.rows] {
        tx.open_table(table)?;
    }
    tx.open_table(PLAN_CHANGES.rows)?;
    tx.open_table(CURSORS)?;
    tx.open_table(HISTORY_BY_CASE)?;
    tx.open_table(HISTORY_VALUES.rows)?;
    tx.open_table(UNAPPROVED)?;
    tx.open_table(COUNTERS)?;
    make_ledger(tx)
}

/// Makes the tables of what is carried back into MyCase: new in format 2.
pub(super) fn make_ledger(tx: &WriteTransaction) -> Result<(), redb::TableError> {
    for table in [DOCUMENTS.rows, DOCUMENTS_OPEN, MESSAGES.rows, MESSAGES_OPEN] {
        tx.open_table(table)?;
    }
    Ok(())
}
