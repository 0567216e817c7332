//! Which case and which portal record belong together, and what the portal was last told.
//!
//! Links are read by the hundred thousand in every run, so they are in clear and compact (postcard behind a byte that says
//! the layout); the record as last sent holds personal data, is sealed, and is read only for cases that change.
//!
//! A row may say by which text its case was found in step ([`crate::domain::InStep`]). That is of this very row: whoever writes
//! a link, whatever of it, writes it without.

use super::tables::{LINKS, SENT};
use super::{Store, StoreError, Writer, sorted};
use crate::domain::{CaseId, Fingerprint, Link, Record};
use redb::{AccessGuard, Range, ReadOnlyTable, ReadableTable, ReadableTableMetadata, StorageError};

/// The layout of a link's row. Another field in `Link` means another layout here, decoded beside this one.
const LAYOUT: u8 = 1;
/// The same with the print of the text by which the case was found in step before it.
const IN_STEP: u8 = 2;

/// All links as of one moment. Keep it for the reading only: while it lives, the file cannot use the pages again that
/// later writes free.
pub struct Links {
    store: Store,
    links: ReadOnlyTable<u64, &'static [u8]>,
    sent: ReadOnlyTable<u64, &'static [u8]>,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links")
    }
}

/// Links in the order of their cases.
pub struct LinkIter(Range<'static, u64, &'static [u8]>);

impl std::fmt::Debug for LinkIter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkIter")
    }
}

/// Looks up links one after the other; cheaper than [`Links::get`] while the cases come in the order of their ids.
pub struct LinkWalk<'a> {
    links: &'a Links,
    rest: Option<Range<'static, u64, &'static [u8]>>,
    /// `ahead` is the first row from here on; below it nothing is known.
    floor: u64,
    ahead: Option<(u64, AccessGuard<'static, &'static [u8]>)>,
    found: u64,
}

impl std::fmt::Debug for LinkWalk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkWalk")
    }
}

/// How many rows are passed by before a new descent from the root is cheaper.
const PASS_BY: usize = 16;

impl LinkWalk<'_> {
    /// A case's link, like [`Links::get`]; in any order, in the order of the ids at two thirds of the cost.
    pub fn get(&mut self, CaseId(case): CaseId) -> Result<Option<Link>, StoreError> {
        if self.rest.is_none() || case < self.floor {
            self.seek(case)?;
        }
        for _ in 0..PASS_BY {
            match &self.ahead {
                Some((at, _)) if *at < case => self.advance()?,
                _ => return self.counted(case),
            }
        }
        self.seek(case)?;
        self.counted(case)
    }

    /// The links of all cases but those `shown`, when each that was shown was looked up here once: as [`Links::others`]. When as
    /// many were found as there are, no other is left, as on nearly every night, and nothing need be read a second time.
    pub fn others(&self, shown: impl FnMut(CaseId) -> bool) -> Result<Vec<Link>, StoreError> {
        if self.found == self.links.links.len()? { Ok(Vec::new()) } else { self.links.others(shown)?.collect() }
    }

    fn counted(&mut self, case: u64) -> Result<Option<Link>, StoreError> {
        let link = self.here(case)?;
        self.found += u64::from(link.is_some());
        Ok(link)
    }

    fn here(&self, case: u64) -> Result<Option<Link>, StoreError> {
        let row = self.ahead.as_ref().filter(|(at, _)| *at == case);
        row.map(|(_, row)| decode(row.value())).transpose()
    }

    fn seek(&mut self, case: u64) -> Result<(), StoreError> {
        self.rest = Some(self.links.links.range(case..)?);
        self.floor = case;
        self.next()
    }

    fn advance(&mut self) -> Result<(), StoreError> {
        self.floor = self.ahead.as_ref().map_or(self.floor, |(at, _)| at.saturating_add(1));
        self.next()
    }

    fn next(&mut self) -> Result<(), StoreError> {
        let next = self.rest.as_mut().and_then(Iterator::next).transpose()?;
        self.ahead = next.map(|(case, row)| (case.value(), row));
        Ok(())
    }
}

impl Store {
    /// A snapshot of the links.
    pub fn links(&self) -> Result<Links, StoreError> {
        let snapshot = self.read()?;
        Ok(Links { store: self.clone(), links: snapshot.table(LINKS)?, sent: snapshot.table(SENT.rows)? })
    }
}

impl Links {
    /// A case's link.
    pub fn get(&self, case: CaseId) -> Result<Option<Link>, StoreError> {
        self.links.get(case.0)?.map(|row| decode(row.value())).transpose()
    }

    /// The record as last sent or adopted, unsealed.
    pub fn sent(&self, case: CaseId) -> Result<Option<Record>, StoreError> {
        ReadableTable::get(&self.sent, case.0)?.map(|row| self.store.sealer().open(&SENT, &case.0, row.value())).transpose()
    }

    /// Every link in the order of the cases' ids.
    pub fn iter(&self) -> Result<LinkIter, StoreError> {
        Ok(LinkIter(self.links.range::<u64>(..)?))
    }

    /// The links of all cases but those `shown`, which are passed by without being decoded.
    pub fn others<'a>(
        &self,
        mut shown: impl FnMut(CaseId) -> bool + 'a,
    ) -> Result<impl Iterator<Item = Result<Link, StoreError>> + 'a, StoreError> {
        let rows = self.links.range::<u64>(..)?;
        Ok(rows.filter_map(move |row| match row {
            Ok((case, _)) if shown(CaseId(case.value())) => None,
            Ok((_, row)) => Some(decode(row.value())),
            Err(error) => Some(Err(error.into())),
        }))
    }

    /// The cases that were found in step, by which text, in the order of their ids.
    pub fn in_step(&self) -> Result<Vec<(CaseId, Fingerprint)>, StoreError> {
        let mut known = Vec::with_capacity(self.len()?);
        for row in self.links.range::<u64>(..)? {
            let (case, row) = row?;
            known.extend(part(row.value())?.0.map(|print| (CaseId(case.value()), print)));
        }
        Ok(known)
    }

    /// Looks up many cases that come mostly in the order of their ids, as MyCase's pages do.
    pub fn walk(&self) -> LinkWalk<'_> {
        LinkWalk { links: self, rest: None, floor: 0, ahead: None, found: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> Result<usize, StoreError> {
        Ok(self.links.len()? as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.links.is_empty()?)
    }
}

impl Iterator for LinkIter {
    type Item = Result<Link, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let decoded = |row: Result<(AccessGuard<'_, u64>, AccessGuard<'_, &[u8]>), StorageError>| decode(row?.1.value());
        self.0.next().map(decoded)
    }
}

impl Writer<'_> {
    /// Keeps a link with the record that was sent or adopted. Crash before the commit: the portal was told and the link
    /// does not say so; the journal, changed in the same transaction, still does. After: both agree.
    pub fn put_link(&mut self, link: &Link, sent: &Record) -> Result<(), StoreError> {
        self.put_links(&[(link.clone(), sent)])
    }

    /// The same of several; best in the order of their cases.
    pub fn put_links(&mut self, rows: &[(Link, &Record)]) -> Result<(), StoreError> {
        sorted::put(&mut self.table(LINKS)?, &mut rows.iter().map(|(link, _)| Ok((link.case.0, encode(link)?))))?;
        let sealed = |(link, sent): &(Link, &Record)| Ok((link.case.0, self.sealer.seal(&SENT, &link.case.0, *sent)?));
        sorted::put(&mut self.table(SENT.rows)?, &mut rows.iter().map(sealed))
    }

    /// Keeps what was learned of a linked case (seen, missing) and leaves the record as last sent. Crash before the
    /// commit: the next run learns it again. After: it is known.
    pub fn touch_link(&mut self, link: &Link) -> Result<(), StoreError> {
        let row = encode(link)?;
        self.table(LINKS)?.insert(link.case.0, row.as_slice())?;
        Ok(())
    }

    /// Keeps by which texts these cases were found in step. Crash before the commit: each is read once more. After: only when
    /// something moved.
    pub fn put_in_step(&mut self, cases: &[(CaseId, Fingerprint)]) -> Result<(), StoreError> {
        let mut links = self.table(LINKS)?;
        for (case, print) in cases {
            let Some(row) = links.get(case.0)?.map(|row| known_by(*print, row.value())).transpose()? else { continue };
            links.insert(case.0, row.as_slice())?;
        }
        Ok(())
    }

    /// Forgets a link and its record. Crash before the commit: the case is still linked. After: it is as never seen.
    pub fn remove_link(&mut self, case: CaseId) -> Result<(), StoreError> {
        self.table(LINKS)?.remove(case.0)?;
        self.table(SENT.rows)?.remove(case.0)?;
        Ok(())
    }

    /// Forgets every link (`reset`, `rebind`). Crash before the commit: all are there. After: none.
    pub fn remove_all_links(&mut self) -> Result<(), StoreError> {
        self.table(LINKS)?.retain(|_, _| false)?;
        self.table(SENT.rows)?.retain(|_, _| false)?;
        Ok(())
    }
}

fn encode(link: &Link) -> Result<Vec<u8>, StoreError> {
    let mut row = Vec::with_capacity(160);
    row.push(LAYOUT);
    postcard::to_extend(link, row).map_err(|_| StoreError::Row { table: "links" })
}

pub(super) fn decode(row: &[u8]) -> Result<Link, StoreError> {
    postcard::from_bytes(part(row)?.1).map_err(|_| StoreError::Row { table: "links" })
}

/// The print of a row, if it bears one, and its link.
fn part(row: &[u8]) -> Result<(Option<Fingerprint>, &[u8]), StoreError> {
    match row.split_first() {
        Some((&LAYOUT, link)) => Some((None, link)),
        Some((&IN_STEP, rest)) => rest.split_first_chunk().map(|(print, link)| (Some(Fingerprint(*print)), link)),
        _ => None,
    }
    .ok_or(StoreError::Row { table: "links" })
}

/// The row with this print.
fn known_by(Fingerprint(print): Fingerprint, row: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (_, link) = part(row)?;
    Ok([&[IN_STEP], print.as_slice(), link].concat())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_link_comes_back_as_it_was_with_the_record_that_was_sent() {
        let store = samples::store();
        let (link, record) = (samples::link(7), samples::record(7));
        store.write(|w| w.put_link(&link, &record)).unwrap();
        let links = store.links().unwrap();
        assert_eq!(links.get(CaseId(7)).unwrap(), Some(link));
        assert!(links.sent(CaseId(7)).unwrap() == Some(record));
        assert!(links.get(CaseId(8)).unwrap().is_none() && links.sent(CaseId(8)).unwrap().is_none());
    }

    #[test]
    fn touching_a_link_leaves_what_was_sent() {
        let store = samples::store();
        store.write(|w| w.put_link(&samples::link(7), &samples::record(7))).unwrap();
        let mut seen = samples::link(7);
        seen.seen.open = false;
        store.write(|w| w.touch_link(&seen)).unwrap();
        let links = store.links().unwrap();
        assert_eq!(links.get(CaseId(7)).unwrap(), Some(seen));
        assert!(links.sent(CaseId(7)).unwrap().is_some());
    }

    #[test]
    fn a_link_is_known_by_a_text_until_anything_of_it_is_written() {
        let store = samples::store();
        let (print, other) = (Fingerprint([7; 16]), Fingerprint([8; 16]));
        let known = || store.links().unwrap().in_step().unwrap();
        store.write(|w| [3, 7].iter().try_for_each(|n| w.put_link(&samples::link(*n), &samples::record(*n)))).unwrap();
        assert!(known().is_empty());
        store.write(|w| w.put_in_step(&[(CaseId(3), print), (CaseId(7), print), (CaseId(9), print)])).unwrap();
        assert_eq!(known(), [(CaseId(3), print), (CaseId(7), print)], "nothing is known of a case that is not linked");
        assert_eq!(store.links().unwrap().get(CaseId(7)).unwrap(), Some(samples::link(7)), "the link is as it was");
        store.write(|w| w.put_in_step(&[(CaseId(7), other)])).unwrap();
        assert_eq!(known(), [(CaseId(3), print), (CaseId(7), other)]);
        store.write(|w| w.touch_link(&samples::link(3))).unwrap();
        assert_eq!(known(), [(CaseId(7), other)]);
        store.write(|w| w.put_link(&samples::link(7), &samples::record(7))).unwrap();
        assert!(known().is_empty());
    }

    #[test]
    fn a_snapshot_does_not_see_what_is_written_after_it() {
        let store = samples::store();
        store.write(|w| w.put_link(&samples::link(7), &samples::record(7))).unwrap();
        let before = store.links().unwrap();
        store.write(|w| w.remove_link(CaseId(7))).unwrap();
        assert_eq!(before.len().unwrap(), 1);
        assert!(store.links().unwrap().is_empty().unwrap() && store.links().unwrap().sent(CaseId(7)).unwrap().is_none());
    }

    #[test]
    fn links_come_in_the_order_of_their_cases() {
        let store = samples::store();
        let put = |w: &mut Writer<'_>| [300, 2, 70_000].iter().try_for_each(|n| w.put_link(&samples::link(*n), &samples::record(*n)));
        store.write(put).unwrap();
        let cases: Vec<u64> = store.links().unwrap().iter().unwrap().map(|link| link.unwrap().case.0).collect();
        assert_eq!(cases, [2, 300, 70_000]);
        store.write(|w| w.remove_all_links()).unwrap();
        assert!(store.links().unwrap().is_empty().unwrap());
    }

    #[test]
    fn a_walk_finds_what_lookups_find_in_whatever_order_it_is_asked() {
        let store = samples::store();
        let put = |w: &mut Writer<'_>| (1..200).try_for_each(|n| w.touch_link(&samples::link(n * n % 1009 * 3)));
        store.write(put).unwrap();
        let links = store.links().unwrap();
        let mut walk = links.walk();
        let forth = 0..3100;
        let jumping = (0..3100).map(|n| n * 761 % 3100);
        for case in forth.clone().chain(forth.rev()).chain(jumping).map(CaseId) {
            assert_eq!(walk.get(case).unwrap(), links.get(case).unwrap(), "{case}");
        }
    }

    #[test]
    fn what_a_walk_has_not_found_is_left_over() {
        let store = samples::store();
        store.write(|w| (1..40).try_for_each(|n| w.touch_link(&samples::link(n)))).unwrap();
        let links = store.links().unwrap();
        let left = |looked_at: &[u64]| -> Vec<u64> {
            let mut walk = links.walk();
            looked_at.iter().for_each(|case| drop(walk.get(CaseId(*case)).unwrap()));
            walk.others(|case| looked_at.contains(&case.0)).unwrap().iter().map(|link| link.case.0).collect()
        };
        let all: Vec<u64> = (1..40).collect();
        assert!(left(&all).is_empty());
        assert!(left(&[all.as_slice(), &[70, 80]].concat()).is_empty());
        assert_eq!(left(&all[2..]), [1, 2]);
        // A case that has no link makes up for none that has.
        assert_eq!(left(&[&all[1..], &[70]].concat()), [1]);
        assert_eq!(left(&[]), all);
    }
}
