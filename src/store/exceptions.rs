//! The cases that need attention, as the last look at each found them. Sealed, though reasons name nobody.

use super::tables::EXCEPTIONS;
use super::{Store, StoreError, Writer};
use crate::domain::{CaseException, CaseId, Ordered};
use redb::{ReadableTable, ReadableTableMetadata};
use std::collections::BTreeMap;

impl Store {
    /// Every case that needs attention, in the order of the ids. What a reason holds back is not kept (`Reason::holds`,
    /// `Reason::no_create` come back as their defaults).
    pub fn exceptions(&self) -> Result<Vec<CaseException>, StoreError> {
        Ok(self.read()?.unseal_all(&EXCEPTIONS)?.into_iter().map(|(_, exception)| exception).collect())
    }

    /// One case's reasons.
    pub fn exception(&self, case: CaseId) -> Result<Option<CaseException>, StoreError> {
        self.read()?.unseal(&EXCEPTIONS, case.0)
    }

    /// How many cases need attention; unseals nothing.
    pub fn exceptions_len(&self) -> Result<usize, StoreError> {
        Ok(self.read()?.table(EXCEPTIONS.rows)?.len()? as usize)
    }
}

impl Writer<'_> {
    /// These cases need attention and no others: after a run that looked at all. Rows that stay the same are not written.
    ///
    /// Crash before the commit: the former ones stand. After: these.
    pub fn replace_exceptions(&mut self, found: &[CaseException]) -> Result<(), StoreError> {
        let cases: Vec<u64> =
            self.table(EXCEPTIONS.rows)?.iter()?.map(|row| row.map(|(case, _)| case.value())).collect::<Result<_, _>>()?;
        self.replace_exceptions_of(cases.into_iter().map(CaseId), found)
    }

    /// Of the `looked_at` cases, those `found` need attention and the others no longer do; the rest stays as it is.
    ///
    /// Crash before the commit: the former ones stand. After: these.
    pub fn replace_exceptions_of(
        &mut self,
        looked_at: impl IntoIterator<Item = CaseId>,
        found: &[CaseException],
    ) -> Result<(), StoreError> {
        let found: BTreeMap<CaseId, &CaseException> = found.iter().map(|exception| (exception.case, exception)).ordered();
        let mut rows = self.table(EXCEPTIONS.rows)?;
        for case in looked_at.into_iter().filter(|case| !found.contains_key(case)) {
            rows.remove(case.0)?;
        }
        for (case, exception) in found {
            let same = |row: redb::AccessGuard<'_, &[u8]>| {
                self.sealer
                    .open::<_, CaseException>(&EXCEPTIONS, &case.0, row.value())
                    .is_ok_and(|former| says_the_same(&former, exception))
            };
            if !rows.get(case.0)?.is_some_and(same) {
                rows.insert(case.0, self.sealer.seal(&EXCEPTIONS, &case.0, exception)?.as_slice())?;
            }
        }
        Ok(())
    }
}

/// Of what is kept: what a reason holds is not.
fn says_the_same(former: &CaseException, found: &CaseException) -> bool {
    let words = |exception: &CaseException| -> Vec<_> {
        exception.reasons.iter().map(|reason| (reason.code, reason.text.clone(), reason.fix.clone())).collect()
    };
    words(former) == words(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::domain::ReasonCode;

    fn cases(store: &Store) -> Vec<u64> {
        store.exceptions().unwrap().iter().map(|exception| exception.case.0).collect()
    }

    #[test]
    fn a_run_over_all_cases_replaces_every_exception() {
        let store = samples::store();
        store.write(|w| w.replace_exceptions(&[samples::exception(5), samples::exception(1)])).unwrap();
        assert_eq!(cases(&store), [1, 5]);
        store.write(|w| w.replace_exceptions(&[samples::exception(5), samples::exception(9)])).unwrap();
        assert_eq!(cases(&store), [5, 9]);
        assert_eq!(store.exceptions_len().unwrap(), 2);
    }

    #[test]
    fn a_run_over_some_cases_leaves_the_others_exceptions() {
        let store = samples::store();
        store.write(|w| w.replace_exceptions(&[samples::exception(1), samples::exception(2), samples::exception(3)])).unwrap();
        let mut moved = samples::exception(2);
        moved.reasons[0].code = ReasonCode::SharedPhone;
        store.write(|w| w.replace_exceptions_of([CaseId(1), CaseId(2)], &[moved])).unwrap();
        assert_eq!(cases(&store), [2, 3]);
        assert_eq!(store.exception(CaseId(2)).unwrap().unwrap().reasons[0].code, ReasonCode::SharedPhone);
        assert!(store.exception(CaseId(1)).unwrap().is_none());
    }
}
