//! From the portal's list to what is to be delivered: reads the pages that may be new, gives every item on them a row in
//! the ledger, and finds the items of open rows that are due. Asks MyCase nothing.

use super::join::{Join, Joiner, keys};
use super::kit::{Item, Job, Kit};
use super::place::{Endless, Walk};
use super::{reasons, since};
use crate::domain::{CaseId, ItemId, Ordered, Reason};
use crate::portal::PortalError;
use crate::store::{Carried, CarryState, CarryTrouble, LastPage, OpenItem, ReadSoFar, Wait};
use crate::sync::{Progress, RunError, Work};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Rows that are written in one transaction: waiting for the disk is most of what a first reading takes here.
const ROWS_AT_ONCE: usize = 500;

/// An item's row to be; while it is open, the page it was seen on and what it waits for.
type Row = (ItemId, Carried, Option<(u32, Wait)>);

/// What one reading of the list came to.
pub(super) struct Gathered<I> {
    /// To deliver or to look up, in the order of the list.
    pub(super) jobs: Vec<Job<I>>,
    /// Items met for the first time that are older than the file wants.
    pub(super) older: usize,
    /// Open items whose case is not linked.
    pub(super) unlinked: usize,
    /// Items without an id, when the whole list was read.
    pub(super) without_id: usize,
    /// Whether any row was written.
    pub(super) news: bool,
    /// The process is about to end; the place was not moved.
    pub(super) stopped: bool,
}

/// The reading's tools and what it has found so far.
struct Reading<'k, I> {
    kit: &'k Kit,
    progress: &'k Progress,
    cutoff: Option<Timestamp>,
    first: bool,
    /// The file wants older items than before: those that were left alone are judged anew.
    reopen: bool,
    joiner: Option<Joiner>,
    open: BTreeMap<ItemId, OpenItem>,
    /// Open items that are to be looked up in the list.
    due: BTreeSet<ItemId>,
    /// Open items that the list shows.
    listed: HashSet<ItemId>,
    /// Items of this reading that have their row, or will have it.
    met: HashSet<ItemId>,
    rows: Vec<Row>,
    found: Gathered<I>,
}

/// Reads the list, or what of it may be new; `whole` reads all of it.
pub(super) async fn gather<I: Item>(kit: &Kit, whole: bool, progress: &Progress) -> Result<Gathered<I>, RunError> {
    let before = I::read_so_far(kit.store())?;
    let cutoff = kit.cutoff(I::since(&kit.firm))?;
    let reopen = before.is_some_and(|before| since::wants_older(before.cutoff, cutoff));
    let found = Gathered { jobs: Vec::new(), older: 0, unlinked: 0, without_id: 0, news: false, stopped: false };
    let mut reading = Reading {
        kit,
        progress,
        cutoff,
        first: before.is_none(),
        reopen,
        joiner: None,
        open: kit.store().carried_open(I::SHELF)?,
        due: BTreeSet::new(),
        listed: HashSet::new(),
        met: HashSet::new(),
        rows: Vec::new(),
        found,
    };
    reading.find_due()?;
    let known = before.and_then(|before| before.last).filter(|_| !whole && !reopen);
    let mut walk = reading.walk(known).await?;
    if !reading.found.stopped && !walk.is_whole() && !reading.due.is_empty() {
        reading.look_again().await?;
        if !reading.found.stopped && !reading.due.is_empty() {
            walk = reading.walk(None).await?;
        }
    }
    if !reading.found.stopped {
        if walk.is_whole() {
            reading.no_longer_listed()?;
        }
        let first_at = before.map_or_else(|| kit.now(), |before| before.first_at);
        reading.flush(Some(ReadSoFar { first_at, cutoff, last: walk.last() }), before)?;
    } else {
        reading.flush(None, before)?;
    }
    Ok(reading.found)
}

impl<I: Item> Reading<'_, I> {
    /// Which open rows are to be looked at; those of cases that are not linked are counted.
    fn find_due(&mut self) -> Result<(), RunError> {
        let now = self.kit.now();
        let (mut due, mut unlinked) = (BTreeSet::new(), 0);
        let open = std::mem::take(&mut self.open);
        for (id, item) in &open {
            let is_due = match &item.wait {
                Wait::Until(at) => *at <= now || self.kit.by_hand,
                Wait::Size(size) => *size <= self.kit.firm.documents.max_size,
                Wait::Open(case) => self.kit.firm.documents.carry_closed || self.joiner()?.is_open(*case),
                Wait::Link(keys) => match self.joiner()?.join(keys) {
                    Join::Case(_) => true,
                    Join::Unclear(_) => !item.attention,
                    Join::NotLinked => item.attention,
                },
                Wait::Listed => false,
            };
            if is_due {
                due.insert(id.clone());
            } else {
                unlinked += usize::from(matches!(item.wait, Wait::Link(_)) && !item.attention);
            }
        }
        (self.open, self.due, self.found.unlinked) = (open, due, unlinked);
        Ok(())
    }

    /// The links, read when they are first needed: a quiet tick needs none.
    fn joiner(&mut self) -> Result<&Joiner, RunError> {
        let joiner = match self.joiner.take() {
            Some(joiner) => joiner,
            None => Joiner::new(&self.kit.store().links()?, &self.kit.firm.testing)?,
        };
        Ok(self.joiner.insert(joiner))
    }

    async fn walk(&mut self, known: Option<LastPage>) -> Result<Walk, RunError> {
        let mut walk = Walk::new(known, self.kit.hands.prints.clone());
        self.found.without_id = 0;
        let (mut read, mut turned) = (0, 0);
        while let Some(page) = walk.next() {
            if self.kit.hands.stopping() {
                self.found.stopped = true;
                break;
            }
            let items = self.page(page).await?;
            let ids: Vec<Option<&ItemId>> = items.iter().map(|item| item.as_ref().map(I::id)).collect();
            walk.take(&ids).map_err(|endless| self.endless(endless))?;
            (read, turned) = (read + items.len(), turned + 1);
            self.progress.listed(Work::Gathering, read, turned);
            self.take(page, items)?;
        }
        Ok(walk)
    }

    async fn page(&self, page: u32) -> Result<Vec<Option<I>>, RunError> {
        I::page(&self.kit.portal, page).await.map_err(|error| RunError::Portal(Box::new(error)))
    }

    fn endless(&self, Endless { pages }: Endless) -> RunError {
        let text = format!("its list of {}s does not end: after {pages} pages it only repeats itself", I::SHELF.word());
        RunError::Portal(Box::new(PortalError::Unexpected { text }))
    }

    /// Looks for what is still due on the pages it was last seen on, each page once.
    async fn look_again(&mut self) -> Result<(), RunError> {
        let pages: BTreeSet<u32> = self.due.iter().filter_map(|id| self.open.get(id)).map(|open| open.page).ordered();
        for page in pages {
            if self.kit.hands.stopping() {
                self.found.stopped = true;
                break;
            }
            if !self.due.iter().any(|id| self.open.get(id).is_some_and(|open| open.page == page)) {
                continue;
            }
            let items = self.page(page).await?;
            self.take(page, items)?;
        }
        Ok(())
    }

    /// Every item of a page has its row after this, or is among those that will.
    fn take(&mut self, page: u32, items: Vec<Option<I>>) -> Result<(), RunError> {
        let new = items.iter().flatten().map(I::id).filter(|id| !self.open.contains_key(*id) && !self.met.contains(*id));
        let known = self.kit.store().carried_known(I::SHELF, new)?;
        for item in items {
            let Some(item) = item else {
                self.found.without_id += 1;
                continue;
            };
            let id = item.id().clone();
            if self.open.contains_key(&id) {
                self.listed.insert(id.clone());
                if self.due.remove(&id) || self.comes_anew(&id, &item) {
                    self.met.insert(id.clone());
                    let row = self.kit.store().carried(I::SHELF, &id)?;
                    self.judge(row.unwrap_or_else(|| Carried::owed(self.first)), item, page, false)?;
                }
            } else if !self.met.contains(&id) {
                if !known.contains(&id) {
                    self.met.insert(id);
                    self.judge(Carried::owed(self.first), item, page, true)?;
                } else if self.reopen && self.was_left_alone(&id)? {
                    self.met.insert(id);
                    self.judge(Carried::owed(true), item, page, true)?;
                }
            }
        }
        if self.rows.len() >= ROWS_AT_ONCE { self.flush_rows() } else { Ok(()) }
    }

    /// Whether an item was not listed for a while, or waits for its case and bears other ids now: its record got an
    /// integration id, or it was moved.
    fn comes_anew(&self, id: &ItemId, item: &I) -> bool {
        match self.open.get(id).filter(|_| !self.met.contains(id)).map(|open| &open.wait) {
            Some(Wait::Listed) => true,
            Some(Wait::Link(before)) => *before != keys(item.bearing(), &self.kit.hands.prints),
            _ => false,
        }
    }

    fn was_left_alone(&self, id: &ItemId) -> Result<bool, RunError> {
        Ok(self.kit.store().carried(I::SHELF, id)?.is_some_and(|row| row.state == CarryState::Older))
    }

    /// What becomes of an item that is listed: a job, or a row that says why not.
    fn judge(&mut self, mut row: Carried, item: I, page: u32, new: bool) -> Result<(), RunError> {
        let begun = !matches!(row.state, CarryState::Owed);
        let id = item.id().clone();
        if let (Some(case), true) = (row.case, begun) {
            let testing = &self.kit.firm.testing;
            if testing.is_empty() || testing.contains(&case) {
                self.job(row, item, case, page);
            } else {
                self.row(id, row, Some((page, self.kit.again(2))));
            }
            return Ok(());
        }
        if let (Some(cutoff), Some(at)) = (self.cutoff, item.at())
            && at < cutoff
        {
            self.found.older += 1;
            self.row(id, Carried::settled(CarryState::Older), None);
            return Ok(());
        }
        let keys = keys(item.bearing(), &self.kit.hands.prints);
        let case = match self.joiner()?.join(&keys) {
            Join::Case(case) => case,
            Join::NotLinked => {
                self.found.unlinked += 1;
                (row.case, row.trouble) = (None, None);
                self.row(id, row, Some((page, Wait::Link(keys))));
                return Ok(());
            }
            Join::Unclear(cases) => {
                (row.case, row.trouble) = (None, Some(CarryTrouble { cases, reason: reasons::whose(I::SHELF.word()) }));
                self.row(id, row, Some((page, Wait::Link(keys))));
                return Ok(());
            }
        };
        row.case = Some(case);
        if let Some((wait, reason)) = self.held(&row, &item, case)? {
            row.trouble = Some(CarryTrouble { cases: vec![case], reason });
            self.row(id, row, Some((page, wait)));
            return Ok(());
        }
        if new {
            self.row(id, row.clone(), Some((page, Wait::Until(self.kit.now()))));
        }
        self.job(row, item, case, page);
        Ok(())
    }

    /// Why an item is not carried although its case is known.
    fn held(&mut self, row: &Carried, item: &I, case: CaseId) -> Result<Option<(Wait, Reason)>, RunError> {
        if row.first && item.at().is_none() && self.cutoff.is_some() {
            return Ok(Some((self.kit.again(u32::MAX), reasons::undated(I::SHELF.word()))));
        }
        let firm = self.kit.firm.clone();
        Ok(item.hold(&firm, self.joiner()?, case))
    }

    fn job(&mut self, row: Carried, item: I, case: CaseId, page: u32) {
        let (id, listed_at) = (item.id().clone(), self.kit.now());
        self.found.jobs.push(Job { id, case, page, row, item: Some(item), listed_at });
    }

    fn row(&mut self, id: ItemId, row: Carried, open: Option<(u32, Wait)>) {
        self.rows.push((id, row, open));
    }

    /// After a reading of the whole list: what was owed and is no longer listed is owed again when it is listed again;
    /// what MyCase was asked for has to be looked up.
    fn no_longer_listed(&mut self) -> Result<(), RunError> {
        let missing = |(id, open): &(&ItemId, &OpenItem)| !self.listed.contains(*id) && open.wait != Wait::Listed;
        let gone: Vec<(ItemId, u32)> = self.open.iter().filter(missing).map(|(id, open)| (id.clone(), open.page)).collect();
        for (id, page) in gone {
            let due = self.due.remove(&id);
            let Some(row) = self.kit.store().carried(I::SHELF, &id)? else { continue };
            match (&row.state, row.case) {
                (CarryState::Begun { .. } | CarryState::Posted { .. }, Some(case)) => {
                    if due {
                        self.found.jobs.push(Job { id, case, page, row, item: None, listed_at: self.kit.now() });
                    }
                }
                _ => self.row(id, row.unlisted(), Some((page, Wait::Listed))),
            }
        }
        Ok(())
    }

    /// Writes the rows and, in the same transaction, how far the list has been read.
    ///
    /// Crash before: the pages are read again. After: what is owed stands in the ledger.
    fn flush(&mut self, place: Option<ReadSoFar>, before: Option<ReadSoFar>) -> Result<(), RunError> {
        let moved = place.filter(|place| Some(*place) != before);
        if self.rows.is_empty() && moved.is_none() {
            return Ok(());
        }
        self.found.news |= !self.rows.is_empty();
        let rows = std::mem::take(&mut self.rows);
        self.kit.store().write(|w| {
            for (id, row, open) in rows {
                w.put_carried(I::SHELF, &id, &row, open)?;
            }
            moved.map_or(Ok(()), |place| I::put_read_so_far(w, place))
        })?;
        Ok(())
    }

    fn flush_rows(&mut self) -> Result<(), RunError> {
        self.flush(None, None)
    }
}
