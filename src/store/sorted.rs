//! Puts many rows that come in the order of their keys: through one place in the table that moves along with them, at a third of
//! the cost of looking for each row's own place from the root, and the same in a large table as in a small one.

use super::StoreError;
use redb::{CursorError, Key, Table, Value};
use std::ops::Bound;

/// A row that is ready for its table.
pub(super) type Row<K> = Result<(K, Vec<u8>), StoreError>;

/// So few are cheaper one by one.
const FEW: usize = 8;

/// Puts rows into a table, each in the place of the one that is there. Rows in another order, or among others, get there as well:
/// from the first on that does not follow the one before it, each looks for its own place.
pub(super) fn put<K>(table: &mut Table<'_, K, &'static [u8]>, rows: &mut dyn Iterator<Item = Row<K>>) -> Result<(), StoreError>
where
    K: Key + Copy + for<'k> Value<SelfType<'k> = K>,
{
    let few = rows.size_hint().0 < FEW;
    let mut waits = rows.next().transpose()?;
    if let Some((first, _)) = waits.as_ref().filter(|_| !few) {
        let mut cursor = table.lower_bound_mut(Bound::Included(*first))?;
        while let Some((key, row)) = waits.take() {
            match cursor.insert_before(key, row.as_slice()) {
                Ok(()) => waits = rows.next().transpose()?,
                Err(CursorError::UnorderedKey) => {
                    waits = Some((key, row));
                    break;
                }
                Err(error) => return Err(redb::Error::from(error).into()),
            }
        }
        cursor.close()?;
    }
    while let Some((key, row)) = waits {
        table.insert(key, row.as_slice())?;
        waits = rows.next().transpose()?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::super::tables::LINKS;
    use super::*;
    use proptest::prelude::*;
    use redb::ReadableTable;
    use std::collections::BTreeMap;

    fn row(key: u64, round: u8) -> (u64, Vec<u8>) {
        (key, vec![round; usize::from(round) * 40 + 1])
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_in_any_order_get_where_they_would_one_by_one(
            rounds in proptest::collection::vec((proptest::collection::vec(0_u64..300, 0..120), any::<bool>()), 1..5),
        ) {
            let store = samples::store();
            let mut expected = BTreeMap::new();
            for (round, (mut keys, sorted)) in (1..).zip(rounds) {
                if sorted {
                    keys.sort_unstable();
                }
                expected.extend(keys.iter().map(|key| row(*key, round)));
                store.write(|w| put(&mut w.table(LINKS)?, &mut keys.iter().map(|key| Ok(row(*key, round))))).unwrap();
            }
            let there = store.write(|w| {
                let table = w.table(LINKS)?;
                let rows = table.iter()?.map(|row| row.map(|(key, row)| (key.value(), row.value().to_vec())));
                Ok(rows.collect::<Result<BTreeMap<_, _>, _>>()?)
            });
            prop_assert_eq!(there.unwrap(), expected);
        }
    }

    #[test]
    fn a_row_that_cannot_be_made_ends_it_and_nothing_is_written() {
        let store = samples::store();
        let rows = || (0..20).map(|key| if key < 15 { Ok(row(key, 1)) } else { Err(StoreError::Row { table: "links" }) });
        assert!(store.write(|w| put(&mut w.table(LINKS)?, &mut rows())).is_err());
        assert!(store.links().unwrap().is_empty().unwrap());
        store.write(|w| put(&mut w.table(LINKS)?, &mut rows().take(15))).unwrap();
        assert_eq!(store.links().unwrap().len().unwrap(), 15);
    }
}
