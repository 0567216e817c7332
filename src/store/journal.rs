//! Approved changes that are not known to be done: written before the first request of a run, removed one by one.
//!
//! It remembers; what an open entry means for the portal is decided in `sync`. At most one entry per case.

use super::tables::{JOURNAL, JOURNAL_CHANGES};
use super::{Store, StoreError, Writer, sorted};
use crate::domain::{CaseId, Ordered, PlanName, RunId};
use crate::plan::Change;
use jiff::Timestamp;
use redb::{ReadableTable, ReadableTableMetadata};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One approved change that is not known to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Its place within the run.
    pub seq: u64,
    /// The run that wrote it down.
    pub run: RunId,
    /// What is to be done.
    pub change: Change,
    /// Who allowed it.
    pub approval: Approval,
    /// How far it got.
    pub state: EntryState,
    /// Not before this moment (contact hours).
    pub not_before: Option<Timestamp>,
}

/// Who allowed a change.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Approval {
    /// Nobody had to: it was within the limits.
    ByLimits,
    /// A person.
    Person {
        /// Who, as the shell knows them.
        who: String,
        /// When.
        at: Timestamp,
        /// The plan that was approved.
        plan: PlanName,
    },
}

impl std::fmt::Debug for Approval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Approval::ByLimits => f.write_str("ByLimits"),
            Approval::Person { plan, at, .. } => write!(f, "Person({plan}, {at})"),
        }
    }
}

/// How far a change got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    /// No request was made for it.
    Intended,
    /// A request may have been made, with unknown outcome.
    Sent,
}

/// The part that changes while a change is applied; in clear, so that a step costs no sealing.
#[derive(Serialize, Deserialize)]
pub(super) struct Progress {
    run: RunId,
    seq: u64,
    state: EntryState,
    /// Seconds since 1970.
    not_before: Option<i64>,
}

impl Progress {
    pub(super) fn read(row: &[u8]) -> Result<Progress, StoreError> {
        postcard::from_bytes(row).map_err(|_| StoreError::Row { table: "journal" })
    }

    fn row(&self) -> Result<Vec<u8>, StoreError> {
        postcard::to_stdvec(self).map_err(|_| StoreError::Row { table: "journal" })
    }
}

impl Store {
    /// Every entry in the order in which it was meant to be done: by run, then by place.
    pub fn journal(&self) -> Result<Vec<JournalEntry>, StoreError> {
        let snapshot = self.read()?;
        let changes = snapshot.table(JOURNAL_CHANGES.rows)?;
        let mut entries = Vec::new();
        for row in snapshot.table(JOURNAL)?.iter()? {
            let (case, progress) = row?;
            let Progress { run, seq, state, not_before } = Progress::read(progress.value())?;
            let sealed = ReadableTable::get(&changes, case.value())?.ok_or(StoreError::Row { table: "journal_changes" })?;
            let (change, approval) = snapshot.sealer().open(&JOURNAL_CHANGES, &case.value(), sealed.value())?;
            let not_before = not_before.and_then(|at| Timestamp::from_second(at).ok());
            entries.push(JournalEntry { seq, run, change, approval, state, not_before });
        }
        entries.sort_by_key(|entry| (entry.run, entry.seq));
        Ok(entries)
    }

    /// The cases that have an entry; unseals nothing.
    pub fn journal_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        self.read()?.table(JOURNAL)?.iter()?.map(|row| Ok(CaseId(row?.0.value()))).collect()
    }

    /// How many entries there are; unseals nothing.
    pub fn journal_len(&self) -> Result<usize, StoreError> {
        Ok(self.read()?.table(JOURNAL)?.len()? as usize)
    }
}

impl Writer<'_> {
    /// Writes down a change before its first request; takes the place of the case's former entry. One that was sent gives way
    /// only to one that counts as sent itself ([`StoreError::Unsettled`]). `not_before` is kept to the second.
    ///
    /// Crash before the commit: nothing was asked of the portal and nothing is owed. After: the change is owed, with its
    /// approval, until it is confirmed or dropped.
    pub fn put_entry(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        let JournalEntry { seq, run, change, approval, state, not_before } = entry;
        let gives_way =
            |former: Progress| former.state != EntryState::Sent || *state == EntryState::Sent || (former.run, former.seq) == (*run, *seq);
        if !progress_in(&self.table(JOURNAL)?, change.case)?.is_none_or(gives_way) {
            return Err(StoreError::Unsettled { case: change.case });
        }
        let not_before = not_before.map(|at| at.as_second());
        let row = Progress { run: *run, seq: *seq, state: *state, not_before }.row()?;
        self.table(JOURNAL)?.insert(change.case.0, row.as_slice())?;
        self.seal_into(&JOURNAL_CHANGES, change.case.0, &(change, approval))
    }

    /// The same of all changes of a run, in their order, which may go at once. One whose former entry was sent counts as sent.
    pub fn put_changes(&mut self, run: RunId, changes: &[Change], approval: &Approval) -> Result<(), StoreError> {
        let sent = self.sent_among(changes.iter().map(|change| change.case))?;
        let row = |(seq, change): (usize, &Change)| {
            let state = if sent.contains(&change.case) { EntryState::Sent } else { EntryState::Intended };
            Ok((change.case.0, Progress { run, seq: seq as u64, state, not_before: None }.row()?))
        };
        sorted::put(&mut self.table(JOURNAL)?, &mut changes.iter().enumerate().map(row))?;
        let sealed = |change: &Change| Ok((change.case.0, self.sealer.seal(&JOURNAL_CHANGES, &change.case.0, &(change, approval))?));
        sorted::put(&mut self.table(JOURNAL_CHANGES.rows)?, &mut changes.iter().map(sealed))
    }

    /// Notes how far a case's change got; no entry, no effect. `Sent` goes in, durably, before the request goes out.
    ///
    /// Crash before the commit of `Sent`: no request was made. After: one may have been made, and only looking tells.
    /// Crash before the commit of `Intended` (the portal surely has not got it): it is looked for once more. After: it is
    /// sent again.
    pub fn set_entry_state(&mut self, case: CaseId, state: EntryState) -> Result<(), StoreError> {
        self.set_entry_states([case], state)
    }

    /// The same of several.
    pub fn set_entry_states(&mut self, cases: impl IntoIterator<Item = CaseId>, state: EntryState) -> Result<(), StoreError> {
        let mut journal = self.table(JOURNAL)?;
        let found = along(&journal, cases.into_iter().ordered())?;
        let row = |(case, progress): (CaseId, Progress)| Ok((case.0, Progress { state, ..progress }.row()?));
        sorted::put(&mut journal, &mut found.into_iter().map(row))
    }

    /// The change is done, refused or dropped. Goes with the link and the history in one transaction. Crash before the
    /// commit: the entry stands and is settled by looking. After: nothing is owed.
    pub fn remove_entry(&mut self, case: CaseId) -> Result<(), StoreError> {
        self.remove_entries([case])
    }

    /// The same of several.
    pub fn remove_entries(&mut self, cases: impl IntoIterator<Item = CaseId>) -> Result<(), StoreError> {
        let done: BTreeSet<CaseId> = cases.into_iter().ordered();
        let (Some(first), Some(last)) = (done.first(), done.last()) else { return Ok(()) };
        // What is done lies together, mostly: one way along it is cheaper than one from the root to each.
        for table in [JOURNAL, JOURNAL_CHANGES.rows] {
            self.table(table)?.retain_in(first.0..=last.0, |case, _| !done.contains(&CaseId(case)))?;
        }
        Ok(())
    }

    /// Of which of these cases a change was sent, and nobody knows what became of it.
    pub fn sent_among(&self, cases: impl IntoIterator<Item = CaseId>) -> Result<BTreeSet<CaseId>, StoreError> {
        let found = along(&self.table(JOURNAL)?, cases.into_iter().ordered())?;
        Ok(found.into_iter().filter(|(_, entry)| entry.state == EntryState::Sent).map(|(case, _)| case).ordered())
    }
}

/// How far the changes of these cases got, in their order; as in `remove_entries` on one way along the journal.
fn along(journal: &impl ReadableTable<u64, &'static [u8]>, cases: BTreeSet<CaseId>) -> Result<Vec<(CaseId, Progress)>, StoreError> {
    let (Some(first), Some(last)) = (cases.first(), cases.last()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for row in journal.range(first.0..=last.0)? {
        let (case, progress) = row?;
        let case = CaseId(case.value());
        if cases.contains(&case) {
            found.push((case, Progress::read(progress.value())?));
        }
    }
    Ok(found)
}

fn progress_in(journal: &impl ReadableTable<u64, &'static [u8]>, case: CaseId) -> Result<Option<Progress>, StoreError> {
    journal.get(case.0)?.map(|row| Progress::read(row.value())).transpose()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn entries_come_back_in_the_order_they_were_meant_to_be_done() {
        let store = samples::store();
        let entries = [samples::entry(1, 0, 900), samples::entry(1, 1, 5), samples::entry(2, 0, 7)];
        store.write(|w| entries.iter().rev().try_for_each(|entry| w.put_entry(entry))).unwrap();
        assert_eq!(store.journal().unwrap(), entries);
        assert_eq!(store.journal_len().unwrap(), 3);
        assert_eq!(store.journal_cases().unwrap(), [CaseId(5), CaseId(7), CaseId(900)]);
    }

    #[test]
    fn an_entry_keeps_its_change_and_approval_while_its_state_moves() {
        let store = samples::store();
        let entry = samples::entry(1, 0, 5);
        store.write(|w| w.put_entry(&entry)).unwrap();
        store.write(|w| w.set_entry_state(CaseId(5), EntryState::Sent)).unwrap();
        assert_eq!(store.journal().unwrap(), [JournalEntry { state: EntryState::Sent, ..entry }]);
        store.write(|w| w.set_entry_state(CaseId(6), EntryState::Sent)).unwrap();
        store.write(|w| w.remove_entry(CaseId(5))).unwrap();
        assert!(store.journal().unwrap().is_empty());
    }

    #[test]
    fn a_change_with_unknown_outcome_is_not_overwritten_by_another() {
        let store = samples::store();
        store.write(|w| w.put_entry(&samples::entry(1, 0, 5))).unwrap();
        store.write(|w| w.put_entry(&samples::entry(2, 0, 5))).unwrap();
        store.write(|w| w.set_entry_state(CaseId(5), EntryState::Sent)).unwrap();
        let refused = store.write(|w| w.put_entry(&samples::entry(3, 0, 5)));
        assert!(matches!(refused, Err(StoreError::Unsettled { case: CaseId(5) })));
        store.write(|w| w.set_entry_state(CaseId(5), EntryState::Intended)).unwrap();
        store.write(|w| w.put_entry(&samples::entry(3, 0, 5))).unwrap();
        assert_eq!(store.journal().unwrap()[0].run, RunId(3));
    }
}
