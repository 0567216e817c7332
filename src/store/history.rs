//! What was written to the portal, case by case, and the day memory the limits look at.
//!
//! An entry stays; the values before and after it are kept 90 days and then forgotten. It does not judge.

use super::tables::{HISTORY, HISTORY_BY_CASE, HISTORY_VALUES, UNAPPROVED};
use super::{Approval, Store, StoreError, Writer, sorted};
use crate::domain::{CaseId, FieldName, Kind, Kinds, Record, RunId};
use jiff::{SignedDuration, Timestamp};
use redb::ReadableTable;
use serde::{Deserialize, Serialize};

/// How long values before and after a change are kept.
pub const KEEP_VALUES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The limits look back 24 hours; a day more survives clocks that jump.
const KEEP_UNAPPROVED: SignedDuration = SignedDuration::from_hours(48);

/// One change that reached the portal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When it was confirmed.
    pub at: Timestamp,
    /// The run that wrote it.
    pub run: RunId,
    /// The case.
    pub case: CaseId,
    /// Every kind it had.
    pub kinds: Kinds,
    /// Those of its kinds that the client can see or feel.
    pub visible: Kinds,
    /// What set the run off, as in its report.
    pub trigger: String,
    /// Who allowed it.
    pub approval: Approval,
    /// The names of the fields that changed.
    pub fields: Vec<FieldName>,
    /// The portal's stage before and after.
    pub stage: (Option<String>, Option<String>),
    /// The record before; `None` for a create, or when it is no longer kept.
    #[serde(skip)]
    pub before: Option<Record>,
    /// The record after; `None` when it is no longer kept.
    #[serde(skip)]
    pub after: Option<Record>,
}

/// The record before and after a change.
pub type Values<'a> = (Option<&'a Record>, Option<&'a Record>);

impl Store {
    /// The newest entries of a case, or of all, the newest first; with their values while those are kept.
    pub fn history(&self, case: Option<CaseId>, limit: usize) -> Result<Vec<HistoryEntry>, StoreError> {
        let snapshot = self.read()?;
        let seqs: Vec<u64> = match case {
            Some(CaseId(case)) => {
                let rows = snapshot.table(HISTORY_BY_CASE)?.range((case, 0)..=(case, u64::MAX))?;
                rows.rev().take(limit).map(|row| row.map(|(key, _)| key.value().1)).collect::<Result<_, _>>()?
            }
            None => {
                let rows = snapshot.table(HISTORY.rows)?.range::<u64>(..)?;
                rows.rev().take(limit).map(|row| row.map(|(seq, _)| seq.value())).collect::<Result<_, _>>()?
            }
        };
        let mut entries = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let mut entry: HistoryEntry = snapshot.unseal(&HISTORY, seq)?.ok_or(StoreError::Row { table: HISTORY.name })?;
            if let Some(values) = snapshot.unseal(&HISTORY_VALUES, (second(entry.at), seq))? {
                (entry.before, entry.after) = values;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// How many changes with each kind were written since then (its second included) without a person's approval, in the
    /// order of [`Kind::ALL`]. A change with two kinds counts for both. Reads only that stretch, and unseals nothing.
    pub fn written_without_approval(&self, since: Timestamp) -> Result<[usize; 6], StoreError> {
        let mut counts = [0; 6];
        for row in self.read()?.table(UNAPPROVED)?.range((second(since), 0)..)? {
            let kinds = row?.1.value();
            for (count, kind) in counts.iter_mut().zip(Kind::ALL) {
                *count += usize::from(kinds & bit(kind) != 0);
            }
        }
        Ok(counts)
    }
}

impl Writer<'_> {
    /// Keeps changes that reached the portal, in their order, in one transaction with link and journal. Crash before the
    /// commit: the journal still owes them, and settling it adds the entries. After: each is there once. The values come
    /// beside each entry, which has none: records are not copied to be kept.
    pub fn add_histories<'a>(&mut self, entries: impl IntoIterator<Item = (HistoryEntry, Values<'a>)>) -> Result<(), StoreError> {
        let mut rows = self.table(HISTORY.rows)?;
        let next = rows.last()?.map_or(0, |(seq, _)| seq.value() + 1);
        let keyed = |(seq, (entry, values)): (u64, (HistoryEntry, Values<'a>))| ((second(entry.at), seq), entry, values);
        let entries: Vec<_> = (next..).zip(entries).map(keyed).collect();
        let mut sealed = entries.iter().map(|((_, seq), entry, _)| Ok((*seq, self.sealer.seal(&HISTORY, seq, entry)?)));
        sorted::put(&mut rows, &mut sealed)?;
        let mut sealed = entries.iter().map(|(moment, _, values)| Ok((*moment, self.sealer.seal(&HISTORY_VALUES, moment, values)?)));
        sorted::put(&mut self.table(HISTORY_VALUES.rows)?, &mut sealed)?;
        let (mut by_case, mut unapproved) = (self.table(HISTORY_BY_CASE)?, self.table(UNAPPROVED)?);
        for (moment, entry, _) in &entries {
            by_case.insert((entry.case.0, moment.1), ())?;
            if entry.approval == Approval::ByLimits {
                let kinds = entry.kinds.iter().fold(0, |kinds, kind| kinds | bit(kind));
                unapproved.insert(moment, kinds)?;
            }
        }
        Ok(())
    }

    /// One of them, with the values in it.
    #[cfg(test)]
    pub(super) fn add_history(&mut self, entry: &HistoryEntry) -> Result<(), StoreError> {
        self.add_histories([(entry.clone(), (entry.before.as_ref(), entry.after.as_ref()))])
    }

    /// Forgets values older than [`KEEP_VALUES`] and day memory older than two days; gives how many values. Crash before
    /// the commit: they are forgotten the next time. After: they are gone.
    pub fn prune_history(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let before = |keep: SignedDuration| (0, 0)..(second(now.saturating_sub(keep).unwrap_or(Timestamp::MIN)), 0);
        let mut pruned = 0;
        let mut values = self.table(HISTORY_VALUES.rows)?;
        values.retain_in(before(KEEP_VALUES), |_, _| {
            pruned += 1;
            false
        })?;
        self.table(UNAPPROVED)?.retain_in(before(KEEP_UNAPPROVED), |_, _| false)?;
        Ok(pruned)
    }
}

fn second(at: Timestamp) -> u64 {
    at.as_second().max(0).unsigned_abs()
}

/// A kind's bit in the day memory; part of the file's format, so it does not follow the enum.
fn bit(kind: Kind) -> u8 {
    match kind {
        Kind::Create => 1,
        Kind::Close => 2,
        Kind::Reopen => 4,
        Kind::Contact => 8,
        Kind::Stage => 16,
        Kind::Update => 32,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;

    fn hours_ago(hours: i64) -> Timestamp {
        samples::now() - SignedDuration::from_hours(hours)
    }

    fn add(store: &Store, case: u64, at: Timestamp) -> HistoryEntry {
        let entry = HistoryEntry { at, ..samples::history(case) };
        store.write(|w| w.add_history(&entry)).unwrap();
        entry
    }

    #[test]
    fn a_cases_history_is_its_own_and_newest_first() {
        let store = samples::store();
        let (first, _, third) = (add(&store, 1, hours_ago(3)), add(&store, 2, hours_ago(2)), add(&store, 1, hours_ago(1)));
        assert_eq!(store.history(Some(CaseId(1)), 10).unwrap(), [third.clone(), first]);
        assert_eq!(store.history(None, 1).unwrap(), [third]);
        assert_eq!(store.history(None, 10).unwrap().len(), 3);
    }

    #[test]
    fn after_ninety_days_values_are_forgotten_and_the_entry_stays() {
        let store = samples::store();
        let old = add(&store, 1, hours_ago(90 * 24 + 1));
        let young = add(&store, 1, hours_ago(90 * 24 - 1));
        assert_eq!(store.write(|w| w.prune_history(samples::now())).unwrap(), 1);
        assert_eq!(store.history(Some(CaseId(1)), 10).unwrap(), [young, HistoryEntry { before: None, after: None, ..old }]);
    }

    #[test]
    fn the_day_memory_counts_what_nobody_approved_within_the_day() {
        let store = samples::store();
        add(&store, 1, hours_ago(25));
        add(&store, 2, hours_ago(24));
        add(&store, 3, hours_ago(1));
        let approved = HistoryEntry { approval: samples::by_person(), ..samples::history(4) };
        store.write(|w| w.add_history(&approved)).unwrap();
        let expected = Kind::ALL.map(|kind| if samples::history(1).kinds.contains(kind) { 2 } else { 0 });
        assert_eq!(store.written_without_approval(hours_ago(24)).unwrap(), expected);
        store.write(|w| w.prune_history(samples::now())).unwrap();
        assert_eq!(store.written_without_approval(hours_ago(24)).unwrap(), expected);
    }
}
