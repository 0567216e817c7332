//! What the tasks of one run share, and what differs between files and messages.

use super::fate::Fate;
use super::join::Joiner;
use super::since;
use crate::config::{Firm, OperationName, Since};
use crate::domain::{Bearing, CaseId, ItemId, PortalFile, PortalMessage, Reason};
use crate::mycase;
use crate::portal::{PortalError, PortalReader};
use crate::store::{
    Carried, CarryState, Connected, FilesPlace, FirstConnected, MessagesPlace, ReadSoFar, Shelf, Store, StoreError, Wait, Writer,
};
use crate::sync::{Engine, Hands, RunError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tries after which the waits no longer grow, and the waits.
const WAITS: [SignedDuration; 4] =
    [SignedDuration::from_mins(15), SignedDuration::from_hours(1), SignedDuration::from_hours(6), SignedDuration::from_hours(24)];
/// What was asked of MyCase without an answer is looked up this much later: its lists may lag behind.
pub(super) const LOOK_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// The same when a person runs it, who would otherwise be told to come back.
const LOOK_AFTER_BY_HAND: SignedDuration = SignedDuration::from_secs(10);

/// One run's tools.
pub(super) struct Kit {
    pub(super) firm: Arc<Firm>,
    pub(super) hands: Arc<Hands>,
    pub(super) portal: PortalReader,
    pub(super) mycase: mycase::Reader,
    pub(super) writer: mycase::Writer,
    /// A person asked: what waits for a time is tried now.
    pub(super) by_hand: bool,
}

impl Kit {
    pub(super) fn new(engine: &Engine, by_hand: bool) -> Result<Kit, RunError> {
        let (portal, mycase, writer) = (engine.portal_reader()?, engine.mycase()?, engine.mycase_writer()?);
        Ok(Kit { firm: engine.firm.clone(), hands: engine.hands.clone(), portal, mycase, writer, by_hand })
    }

    pub(super) fn store(&self) -> &Store {
        &self.hands.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.hands.clock.now()
    }

    /// The portal's name, as marks bear it.
    pub(super) fn title(&self) -> &str {
        &self.firm.portal.profile.title
    }

    /// How long after a lost answer its absence in a whole list counts.
    pub(super) fn patience(&self) -> SignedDuration {
        if self.by_hand { LOOK_AFTER_BY_HAND } else { LOOK_AFTER }
    }

    /// When an item that did not arrive is tried again.
    pub(super) fn again(&self, tries: u32) -> Wait {
        let wait = WAITS[(tries.max(1) as usize - 1).min(WAITS.len() - 1)];
        Wait::Until(self.now() + wait)
    }

    /// Items from before this moment are left alone.
    pub(super) fn cutoff(&self, since: Since) -> Result<Option<Timestamp>, RunError> {
        let first = self.store().meta::<FirstConnected>()?.map(|first| first.at);
        let connected = first.or(self.store().meta::<Connected>()?.map(|connected| connected.at));
        let connected = connected.ok_or_else(|| RunError::NotConnected(self.firm.id.clone()))?;
        Ok(since::cutoff(since, connected, &self.firm.time_zone))
    }

    /// Keeps an item's row, durably, before what follows from it.
    pub(super) fn keep<I: Item>(&self, job: &Job<I>, wait: Timestamp) -> Result<(), Fate> {
        self.put(job, Some(Wait::Until(wait))).map_err(Fate::ends)
    }

    /// Nothing more is to be done for an item: how it ended is kept, and what went wrong on the way is forgotten.
    pub(super) fn close<I: Item>(&self, job: &mut Job<I>, state: CarryState) -> Result<(), Fate> {
        job.row.state = state;
        (job.row.trouble, job.row.tries, job.row.first) = (None, 0, false);
        self.put(job, None).map_err(Fate::ends)
    }

    /// Nothing of an item is in MyCase, and the portal no longer lists it: it is owed again when it is listed again.
    pub(super) fn unlisted<I: Item>(&self, job: &mut Job<I>) -> Result<(), Fate> {
        job.row = job.row.clone().unlisted();
        self.put(job, Some(Wait::Listed)).map_err(Fate::ends)
    }

    /// Keeps an item's row. Blocks for the disk, like every write of the state.
    pub(super) fn put<I: Item>(&self, job: &Job<I>, wait: Option<Wait>) -> Result<(), StoreError> {
        self.store().write(|w| w.put_carried(I::SHELF, &job.id, &job.row, wait.map(|wait| (job.page, wait))))
    }
}

/// A file or a message.
pub(super) trait Item: Sized + Send + Sync + 'static {
    /// Its shelf of the ledger.
    const SHELF: Shelf;
    /// The list it stands in.
    const LIST: OperationName;

    fn id(&self) -> &ItemId;
    fn bearing(&self) -> &Bearing;
    /// When the client gave it.
    fn at(&self) -> Option<Timestamp>;
    /// Why it is not carried although its case is known.
    fn hold(&self, firm: &Firm, joiner: &Joiner, case: CaseId) -> Option<(Wait, Reason)>;
    /// From when on they count.
    fn since(firm: &Firm) -> Since;
    /// One page of the portal's list.
    fn page(portal: &PortalReader, page: u32) -> impl Future<Output = Result<Vec<Option<Self>>, PortalError>> + Send;
    /// How far the list has been read.
    fn read_so_far(store: &Store) -> Result<Option<ReadSoFar>, StoreError>;
    /// Keeps that.
    fn put_read_so_far(w: &mut Writer<'_>, place: ReadSoFar) -> Result<(), StoreError>;
}

/// An item to deliver, or to look up.
pub(super) struct Job<I> {
    pub(super) id: ItemId,
    pub(super) case: CaseId,
    /// The page it was seen on.
    pub(super) page: u32,
    pub(super) row: Carried,
    /// `None` when the portal no longer lists it.
    pub(super) item: Option<I>,
    /// When the portal listed it.
    pub(super) listed_at: Timestamp,
}

/// What is to be done, case by case; within a case the oldest first, so that it gets the plain name.
pub(super) fn by_case<I: Item>(jobs: Vec<Job<I>>) -> BTreeMap<CaseId, Vec<Job<I>>> {
    let mut cases: BTreeMap<CaseId, Vec<Job<I>>> = BTreeMap::new();
    jobs.into_iter().for_each(|job| cases.entry(job.case).or_default().push(job));
    cases.values_mut().for_each(|jobs| jobs.sort_by_key(|job| job.item.as_ref().and_then(I::at)));
    cases
}

impl Item for PortalFile {
    const SHELF: Shelf = Shelf::Documents;
    const LIST: OperationName = OperationName::ListFiles;

    fn id(&self) -> &ItemId {
        &self.id
    }

    fn bearing(&self) -> &Bearing {
        &self.bearing
    }

    fn at(&self) -> Option<Timestamp> {
        self.created_at
    }

    fn hold(&self, firm: &Firm, joiner: &Joiner, case: CaseId) -> Option<(Wait, Reason)> {
        let rule = &firm.documents;
        if !rule.carry_closed && !joiner.is_open(case) {
            return Some((Wait::Open(case), super::reasons::closed()));
        }
        let size = self.size.filter(|size| *size > rule.max_size)?;
        Some((Wait::Size(size), super::reasons::too_large(rule.max_size)))
    }

    fn since(firm: &Firm) -> Since {
        firm.documents.since
    }

    async fn page(portal: &PortalReader, page: u32) -> Result<Vec<Option<Self>>, PortalError> {
        portal.file_page(page).await
    }

    fn read_so_far(store: &Store) -> Result<Option<ReadSoFar>, StoreError> {
        Ok(store.meta::<FilesPlace>()?.map(|place| place.0))
    }

    fn put_read_so_far(w: &mut Writer<'_>, place: ReadSoFar) -> Result<(), StoreError> {
        w.put_meta(&FilesPlace(place))
    }
}

impl Item for PortalMessage {
    const SHELF: Shelf = Shelf::Messages;
    const LIST: OperationName = OperationName::ListMessages;

    fn id(&self) -> &ItemId {
        &self.id
    }

    fn bearing(&self) -> &Bearing {
        &self.bearing
    }

    fn at(&self) -> Option<Timestamp> {
        self.sent_at
    }

    fn hold(&self, _: &Firm, _: &Joiner, _: CaseId) -> Option<(Wait, Reason)> {
        None
    }

    fn since(firm: &Firm) -> Since {
        firm.messages.since
    }

    async fn page(portal: &PortalReader, page: u32) -> Result<Vec<Option<Self>>, PortalError> {
        portal.message_page(page).await
    }

    fn read_so_far(store: &Store) -> Result<Option<ReadSoFar>, StoreError> {
        Ok(store.meta::<MessagesPlace>()?.map(|place| place.0))
    }

    fn put_read_so_far(w: &mut Writer<'_>, place: ReadSoFar) -> Result<(), StoreError> {
        w.put_meta(&MessagesPlace(place))
    }
}
