//! Reports of runs, the numbers runs bear, and counts of runs that found nothing. It keeps JSON and reads none of it but
//! `trigger`.

use super::tables::{COUNTERS, RUNS};
use super::{Store, StoreError, Writer};
use crate::domain::RunId;
use jiff::Timestamp;
use redb::{ReadableTable, ReadableTableMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many reports are kept: at one every quarter of an hour, ten days.
pub const KEEP_RUNS: u64 = 1000;

const RUN: &str = "run";

#[derive(Serialize, Deserialize)]
pub(super) struct Row<R> {
    at: Timestamp,
    report: R,
}

impl Store {
    /// The last reports, the newest first.
    pub fn runs(&self, last: usize) -> Result<Vec<(RunId, Value)>, StoreError> {
        self.newest().map(|rows| rows.take(last).collect::<Result<_, _>>())?
    }

    /// The newest report whose `trigger` is one of these; looks through those that are kept.
    pub fn last_run(&self, triggers: &[&str]) -> Result<Option<(RunId, Value)>, StoreError> {
        let fits = |report: &Value| report.get("trigger").and_then(Value::as_str).is_some_and(|found| triggers.contains(&found));
        self.newest()?.find(|row| row.as_ref().map_or(true, |(_, report)| fits(report))).transpose()
    }

    /// Shows the reports that are kept, the newest first, until `see` says that it has seen enough (`false`).
    pub fn walk_runs(&self, mut see: impl FnMut(Value) -> bool) -> Result<(), StoreError> {
        for row in self.newest()? {
            if !see(row?.1) {
                break;
            }
        }
        Ok(())
    }

    /// The number that the last run bears.
    pub fn last_number(&self) -> Result<u64, StoreError> {
        self.counter(RUN)
    }

    /// A counter; 0 when it was never bumped.
    pub fn counter(&self, name: &str) -> Result<u64, StoreError> {
        Ok(self.read()?.table(COUNTERS)?.get(name)?.map_or(0, |count| count.value()))
    }

    fn newest(&self) -> Result<impl Iterator<Item = Result<(RunId, Value), StoreError>>, StoreError> {
        let rows = self.read()?.table(RUNS.rows)?.range::<u64>(..)?;
        Ok(rows.rev().map(|row| {
            let (run, sealed) = row?;
            let row: Row<Value> = self.sealer().open(&RUNS, &run.value(), sealed.value())?;
            Ok((RunId(run.value()), row.report))
        }))
    }
}

impl Writer<'_> {
    /// The next run's number. Crash before the commit: the number is given again, and nothing bears it. After: never again.
    pub fn next_run(&mut self) -> Result<RunId, StoreError> {
        self.bump_counter(RUN).map(RunId)
    }

    /// Keeps a run's report; forgets the oldest above [`KEEP_RUNS`]. Crash before the commit: the run is not reported,
    /// though what it did is in links and history. After: it is.
    pub fn put_run(&mut self, run: RunId, at: Timestamp, report: &impl Serialize) -> Result<(), StoreError> {
        self.seal_into(&RUNS, run.0, &Row { at, report })?;
        let mut rows = self.table(RUNS.rows)?;
        while rows.len()? > KEEP_RUNS {
            rows.pop_first()?;
        }
        Ok(())
    }

    /// Changes every report that is kept. Crash before the commit: they are as they were. After: changed.
    pub(super) fn change_runs(&mut self, mut change: impl FnMut(&mut Value)) -> Result<(), StoreError> {
        let runs: Vec<u64> = self.table(RUNS.rows)?.iter()?.map(|row| row.map(|(run, _)| run.value())).collect::<Result<_, _>>()?;
        for run in runs {
            let Some(mut row) = self.unseal::<_, Row<Value>>(&RUNS, run)? else { continue };
            change(&mut row.report);
            self.seal_into(&RUNS, run, &row)?;
        }
        Ok(())
    }

    /// Raises the number of the last run: no later run bears one up to it. Crash before the commit: not raised. After: raised.
    pub fn raise_runs(&mut self, to: u64) -> Result<(), StoreError> {
        let mut counters = self.table(COUNTERS)?;
        let count = counters.get(RUN)?.map_or(0, |count| count.value());
        counters.insert(RUN, count.max(to))?;
        Ok(())
    }

    /// Counts one more and gives the new count: a run that found nothing is counted, not stored. Crash before the commit:
    /// not counted. After: counted.
    pub fn bump_counter(&mut self, name: &str) -> Result<u64, StoreError> {
        let mut counters = self.table(COUNTERS)?;
        let count = counters.get(name)?.map_or(0, |count| count.value()) + 1;
        counters.insert(name, count)?;
        Ok(count)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::domain::CaseId;
    use serde_json::json;

    fn put(store: &Store, trigger: &str) -> RunId {
        let put = |w: &mut Writer<'_>| {
            let run = w.next_run()?;
            w.put_run(run, samples::now(), &json!({ "trigger": trigger, "n": run.0 })).map(|()| run)
        };
        store.write(put).unwrap()
    }

    #[test]
    fn runs_are_numbered_and_reported_newest_first() {
        let store = samples::store();
        let (first, second) = (put(&store, "schedule"), put(&store, "verify"));
        assert_eq!((first, second), (RunId(1), RunId(2)));
        let runs: Vec<RunId> = store.runs(10).unwrap().into_iter().map(|(run, _)| run).collect();
        assert_eq!(runs, [second, first]);
        assert_eq!(store.runs(1).unwrap(), [(second, json!({ "trigger": "verify", "n": 2 }))]);
        assert_eq!(store.last_run(&["schedule", "by-hand"]).unwrap().unwrap().0, first);
        assert_eq!(store.last_run(&["approval"]).unwrap(), None);
    }

    #[test]
    fn a_number_that_was_not_committed_is_given_again() {
        let store = samples::store();
        let failed = store.write(|w| w.next_run().and(Err::<(), _>(StoreError::Unsettled { case: CaseId(1) })));
        assert!(failed.is_err());
        assert_eq!(store.write(|w| w.next_run()).unwrap(), RunId(1));
    }

    #[test]
    fn the_oldest_reports_are_forgotten_and_their_numbers_never_return() {
        let store = samples::store();
        let many = |w: &mut Writer<'_>| (1..=KEEP_RUNS + 5).try_for_each(|run| w.put_run(RunId(run), samples::now(), &json!({})));
        store.write(many).unwrap();
        let runs = store.runs(usize::MAX).unwrap();
        assert_eq!((runs.len() as u64, runs.last().unwrap().0), (KEEP_RUNS, RunId(6)));
    }

    #[test]
    fn a_run_that_found_nothing_is_only_counted() {
        let store = samples::store();
        assert_eq!(store.counter("documents").unwrap(), 0);
        assert_eq!(store.write(|w| w.bump_counter("documents")).unwrap(), 1);
        assert_eq!(store.write(|w| w.bump_counter("documents")).unwrap(), 2);
        assert_eq!((store.counter("documents").unwrap(), store.runs(9).unwrap().len()), (2, 0));
    }
}
