//! The format of a firm's file, and the ladder from older formats to this one, a step at a time.
//!
//! Every step is one transaction together with the new format number. Crash before or within a step: the file has the
//! format before it, and the next opening climbs on. After: it has the new one. A newer format is refused untouched.

use super::{StoreError, tables};
use crate::domain::FirmId;
use redb::{Database, ReadableDatabase, WriteTransaction};

/// The format this casebridge writes.
pub const FORMAT: u32 = 3;

const NAME: &str = "format";

/// From a format to the next.
pub(super) type Step = fn(&WriteTransaction) -> Result<(), StoreError>;

/// `STEPS[n]` leads from format `n + 1` to `n + 2`.
pub(super) const STEPS: [Step; FORMAT as usize - 1] = [to_2, to_3];

/// Format 2 has the ledger of documents and messages. Nothing else changes, so a crash within leaves format 1 whole.
fn to_2(tx: &WriteTransaction) -> Result<(), StoreError> {
    Ok(tables::make_ledger(tx)?)
}

/// In format 3 a link's row may say by which text its case was found in step. No row need be changed.
fn to_3(_: &WriteTransaction) -> Result<(), StoreError> {
    Ok(())
}

/// The file's format; `None` when it was never written.
pub(super) fn format(db: &Database) -> Result<Option<u32>, StoreError> {
    let tx = db.begin_read()?;
    if tx.list_tables()?.next().is_none() {
        return Ok(None);
    }
    let row = match tx.open_table(tables::META) {
        Ok(meta) => meta.get(NAME)?,
        // A redb file of something else.
        Err(_) => return Err(StoreError::Row { table: "meta" }),
    };
    let row = row.ok_or(StoreError::Row { table: "meta" })?;
    let number = row.value().try_into().map_err(|_| StoreError::Row { table: "meta" })?;
    Ok(Some(u32::from_be_bytes(number)))
}

/// Writes the format number.
pub(super) fn stamp(tx: &WriteTransaction, format: u32) -> Result<(), StoreError> {
    tx.open_table(tables::META)?.insert(NAME, format.to_be_bytes().as_slice())?;
    Ok(())
}

/// Climbs from `found` to the format above the last step.
pub(super) fn climb(db: &Database, firm: &FirmId, found: u32, steps: &[Step]) -> Result<(), StoreError> {
    let known = steps.len() as u32 + 1;
    if found > known || found == 0 {
        return Err(StoreError::Newer { firm: firm.clone(), found, known });
    }
    for (step, to) in steps.iter().zip(2..).skip(found as usize - 1) {
        let mut tx = db.begin_write()?;
        tx.set_two_phase_commit(true);
        step(&tx)?;
        stamp(&tx, to)?;
        tx.commit()?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use redb::ReadableTable;

    fn at(format: u32) -> Database {
        let db = Database::builder().create_with_backend(redb::backends::InMemoryBackend::new()).unwrap();
        let tx = db.begin_write().unwrap();
        tables::make_all(&tx).unwrap();
        stamp(&tx, format).unwrap();
        tx.commit().unwrap();
        db
    }

    fn count(tx: &WriteTransaction) -> Result<(), StoreError> {
        let mut table = tx.open_table(tables::COUNTERS)?;
        let steps = table.get("steps")?.map_or(0, |n| n.value());
        table.insert("steps", steps + 1)?;
        Ok(())
    }

    fn fail(_: &WriteTransaction) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    fn steps_taken(db: &Database) -> u64 {
        let table = db.begin_read().unwrap().open_table(tables::COUNTERS).unwrap();
        table.get("steps").unwrap().map_or(0, |n| n.value())
    }

    #[test]
    fn an_older_format_climbs_step_by_step_and_only_the_steps_it_lacks() {
        let firm = "acme".parse().unwrap();
        let db = at(2);
        climb(&db, &firm, 2, &[count, count, count]).unwrap();
        assert_eq!((format(&db).unwrap(), steps_taken(&db)), (Some(4), 2));
        climb(&db, &firm, 4, &[count, count, count]).unwrap();
        assert_eq!(steps_taken(&db), 2);
    }

    #[test]
    fn a_step_that_fails_leaves_the_format_before_it() {
        let db = at(1);
        assert!(climb(&db, &"acme".parse().unwrap(), 1, &[count, fail]).is_err());
        assert_eq!((format(&db).unwrap(), steps_taken(&db)), (Some(2), 1));
    }

    #[test]
    fn a_newer_format_is_refused_in_words() {
        let db = at(FORMAT + 1);
        let error = climb(&db, &"acme".parse().unwrap(), FORMAT + 1, &STEPS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the state of acme has format 4, and this casebridge knows formats up to 3: use the newer casebridge again"
        );
    }
}
