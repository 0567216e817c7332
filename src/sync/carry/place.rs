//! Which pages of a portal's list to read, and when the end is reached. Pure: it is shown pages and says the next number.
//!
//! The lists have no since-filter, no promised order and no page count (portal-profile: Case Status). What is remembered
//! is the last full page and the ids it held, in order. While it holds the same, everything before it is taken to be as it
//! was and only what follows is read: two requests when nothing is new. When it does not, the whole list is read: an item
//! was deleted, or new ones come first, or the order is another.
//!
//! What this gives up: an item that slips to an earlier page while the pages are read (somebody deletes one at that
//! moment) is met by the next whole reading only, which `verify` asks for.

use crate::domain::{Fingerprint, Fingerprinter, ItemId};
use crate::store::LastPage;
use std::collections::HashSet;

/// Pages in a row that bring nothing new before the list counts as endless. One may come from items that move while the
/// list is read.
const STALE_PAGES: u32 = 3;
/// More pages than any account has.
const MOST_PAGES: u32 = 200_000;

/// The list goes on without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endless {
    /// Pages read.
    pub(super) pages: u32,
}

/// One reading of a list.
#[derive(Debug)]
pub(super) struct Walk {
    prints: Fingerprinter,
    /// Where a short reading begins, until its page was looked at.
    known: Option<LastPage>,
    next: Option<u32>,
    whole: bool,
    /// What a full page holds: as many as the first one read.
    full: Option<usize>,
    last: Option<LastPage>,
    seen: HashSet<ItemId>,
    stale: u32,
    read: u32,
}

impl Walk {
    /// A reading from the last full page known; of the whole list when there is none.
    pub(super) fn new(known: Option<LastPage>, prints: Fingerprinter) -> Walk {
        let next = Some(known.map_or(0, |last| last.page));
        Walk { prints, whole: known.is_none(), known, next, full: None, last: None, seen: HashSet::new(), stale: 0, read: 0 }
    }

    /// The page to read now, from 0; `None` at the end.
    pub(super) fn next(&self) -> Option<u32> {
        self.next
    }

    /// Whether every page is read, or will be.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// What to remember: the last full page.
    pub(super) fn last(&self) -> Option<LastPage> {
        self.last
    }

    /// Takes the page that [`Walk::next`] asked for; `None` is an item without an id.
    pub(super) fn take(&mut self, ids: &[Option<&ItemId>]) -> Result<(), Endless> {
        let Some(page) = self.next else { return Ok(()) };
        self.read += 1;
        let here = LastPage { page, length: ids.len(), print: self.print(ids) };
        if let Some(known) = self.known.take() {
            if known != here && page > 0 {
                self.whole = true;
                self.next = Some(0);
                return Ok(());
            }
            // Page 0 that holds something else is the beginning of the whole list.
            self.whole = known != here;
        }
        let full = *self.full.get_or_insert(here.length);
        if here.length == 0 || here.length < full {
            self.next = None;
            return Ok(());
        }
        if here.length == full {
            self.last = Some(here);
        }
        self.note_what_is_new(ids)?;
        self.next = Some(page + 1);
        Ok(())
    }

    fn note_what_is_new(&mut self, ids: &[Option<&ItemId>]) -> Result<(), Endless> {
        let before = self.seen.len();
        self.seen.extend(ids.iter().flatten().copied().cloned());
        self.stale = if self.seen.len() > before { 0 } else { self.stale + 1 };
        if self.stale >= STALE_PAGES || self.read >= MOST_PAGES { Err(Endless { pages: self.read }) } else { Ok(()) }
    }

    fn print(&self, ids: &[Option<&ItemId>]) -> Fingerprint {
        self.prints.of(ids.iter().map(|id| id.map_or(b"".as_slice(), |id| id.as_str().as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A portal's list of so many items a page.
    struct List {
        items: Vec<u32>,
        size: usize,
    }

    struct Read {
        pages: Vec<u32>,
        met: Vec<u32>,
        last: Option<LastPage>,
        whole: bool,
    }

    impl List {
        fn of(items: impl IntoIterator<Item = u32>, size: usize) -> List {
            List { items: items.into_iter().collect(), size }
        }

        fn read(&self, known: Option<LastPage>) -> Read {
            let mut walk = Walk::new(known, Fingerprinter::new(&[1; 32]));
            let (mut pages, mut met) = (Vec::new(), Vec::new());
            while let Some(page) = walk.next() {
                let here: Vec<u32> = self.items.iter().copied().skip(page as usize * self.size).take(self.size).collect();
                let ids: Vec<ItemId> = here.iter().map(|item| ItemId(item.to_string())).collect();
                walk.take(&ids.iter().map(Some).collect::<Vec<_>>()).expect("an end");
                pages.push(page);
                met.extend(here);
            }
            met.sort_unstable();
            met.dedup();
            Read { pages, met, last: walk.last(), whole: walk.is_whole() }
        }
    }

    #[test]
    fn the_first_reading_reads_everything() {
        let read = List::of(0..35, 10).read(None);
        assert_eq!((read.pages, read.met.len(), read.whole), (vec![0, 1, 2, 3], 35, true));
        assert_eq!(read.last.map(|last| (last.page, last.length)), Some((2, 10)));
    }

    #[test]
    fn a_quiet_tick_is_at_most_two_pages_whatever_the_length() {
        for length in 0..45 {
            let list = List::of(0..length, 10);
            let first = list.read(None);
            assert_eq!(first.met.len(), length as usize);
            let quiet = list.read(first.last);
            assert!(quiet.pages.len() <= 2, "{length}: {:?}", quiet.pages);
            assert_eq!(quiet.last, first.last, "{length}");
            assert_eq!(quiet.whole, length == 0, "{length}");
        }
    }

    #[test]
    fn whatever_is_added_at_the_end_is_met_and_the_place_moves_on() {
        for length in 0..25 {
            for added in 1..25 {
                let first = List::of(0..length, 10).read(None);
                let list = List::of(0..length + added, 10);
                let read = list.read(first.last);
                assert!((length..length + added).all(|item| read.met.contains(&item)), "{length}+{added}");
                assert!(list.read(read.last).pages.len() <= 2, "{length}+{added}");
            }
        }
    }

    #[test]
    fn whatever_is_added_at_the_front_is_met_too() {
        for length in 0..25u32 {
            for added in 1..25 {
                let first = List::of((0..length).rev(), 10).read(None);
                let list = List::of((0..length + added).rev(), 10);
                let read = list.read(first.last);
                assert!((length..length + added).all(|item| read.met.contains(&item)), "{length}+{added}");
                assert!(list.read(read.last).pages.len() <= 2, "{length}+{added}");
            }
        }
    }

    #[test]
    fn one_that_is_deleted_makes_the_whole_list_be_read_or_concerns_nobody() {
        for length in 1..45u32 {
            for gone in 0..length {
                let first = List::of(0..length, 10).read(None);
                let left = (0..length + 1).filter(|item| *item != gone);
                let read = List::of(left, 10).read(first.last);
                assert!(read.met.contains(&length), "{length} without {gone}: the new one is met");
            }
        }
    }

    #[test]
    fn another_order_of_the_same_ids_makes_the_whole_list_be_read() {
        let first = List::of(0..30, 10).read(None);
        let read = List::of((0..20).chain((20..30).rev()), 10).read(first.last);
        assert_eq!((read.pages, read.whole), (vec![2, 0, 1, 2, 3], true));
    }

    #[test]
    fn a_list_that_shrank_below_the_place_is_read_whole() {
        let first = List::of(0..35, 10).read(None);
        let read = List::of(0..5, 10).read(first.last);
        assert_eq!((read.pages, read.met.len(), read.whole), (vec![2, 0, 1], 5, true));
    }

    #[test]
    fn pages_may_be_of_another_size_from_one_day_to_the_next() {
        let first = List::of(0..35, 10).read(None);
        for size in [1, 3, 9, 11, 25, 100] {
            let list = List::of(0..40, size);
            let read = list.read(first.last);
            assert_eq!((read.met.len(), read.whole), (40, true), "{size}");
            assert!(list.read(read.last).pages.len() <= 2, "{size}");
        }
    }

    #[test]
    fn a_page_that_repeats_forever_ends_with_an_error() {
        let id = ItemId("7".into());
        let page = [Some(&id)];
        let mut walk = Walk::new(None, Fingerprinter::new(&[1; 32]));
        let ended = (0..100).find_map(|_| walk.take(&page).err());
        assert_eq!(ended, Some(Endless { pages: 4 }));
        let mut walk = Walk::new(None, Fingerprinter::new(&[1; 32]));
        assert!((0..100).any(|_| walk.take(&[None, None]).is_err()), "also when no item has an id");
    }

    #[test]
    fn items_without_an_id_count_for_the_length_of_their_page() {
        let ids: Vec<ItemId> = (0..3).map(|n| ItemId(n.to_string())).collect();
        let mut walk = Walk::new(None, Fingerprinter::new(&[1; 32]));
        walk.take(&[Some(&ids[0]), None]).expect("goes on");
        walk.take(&[None, Some(&ids[1])]).expect("goes on");
        walk.take(&[Some(&ids[2])]).expect("the end");
        assert_eq!((walk.next(), walk.last().map(|last| last.page)), (None, Some(1)));
    }
}
