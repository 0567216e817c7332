//! How far each reading has come, on the other side's clock. Which overlap a reading needs is not its matter.

use super::tables::CURSORS;
use super::{Store, StoreError, Writer};
use jiff::Timestamp;

impl Store {
    /// A cursor, to the microsecond.
    pub fn cursor(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = self.read()?.table(CURSORS)?.get(name)?;
        row.map(|at| Timestamp::from_microsecond(at.value()).map_err(|_| StoreError::Row { table: "cursors" })).transpose()
    }
}

impl Writer<'_> {
    /// Moves a cursor, after everything before it was read and kept. Crash before the commit: the stretch is read again.
    /// After: it is not.
    pub fn put_cursor(&mut self, name: &str, at: Timestamp) -> Result<(), StoreError> {
        self.table(CURSORS)?.insert(name, at.as_microsecond())?;
        Ok(())
    }

    /// Forgets a cursor: everything is read again. Crash before the commit: it still stands. After: it is gone.
    pub fn remove_cursor(&mut self, name: &str) -> Result<(), StoreError> {
        self.table(CURSORS)?.remove(name)?;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;

    #[test]
    fn a_cursor_stays_where_it_was_put_until_it_is_forgotten() {
        let store = samples::store();
        assert_eq!(store.cursor("changes").unwrap(), None);
        store.write(|w| w.put_cursor("changes", samples::now())).unwrap();
        assert_eq!(store.cursor("changes").unwrap(), Some(samples::now()));
        store.write(|w| w.remove_cursor("changes")).unwrap();
        assert_eq!(store.cursor("changes").unwrap(), None);
    }
}
