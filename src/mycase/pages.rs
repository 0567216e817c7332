//! A MyCase list, page by page (MyCase: Cursor-based-Pagination): follows `Link` rel="next" as given, only on the API's own
//! site, counts every item once, and keeps account of whether the list was whole.
//!
//! The next page is fetched and decoded while the caller works on the current one. Dropping a list stops that.

use super::error::MyCaseError;
use super::ids::IdHasher;
use super::link::next_target;
use super::loose::Part;
use super::reader::Reader;
use super::wire::Wire;
use crate::domain::{Scan, ScanDoubt};
use crate::http::{Failure, Reply, http_date};
use http::header::DATE;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use url::Url;

/// So many pages in a row without anything new mean that the list runs in a circle under ever new cursors.
const BARREN_PAGES: usize = 20;
/// Room is made beforehand for so many items at most.
const MOST_EXPECTED: usize = 100_000;
/// MyCase's total of a list's results (MyCase: Cases.json, header Item-Count).
const ITEM_COUNT: &str = "item-count";

/// Makes items of an answer.
pub(super) type Decode<S> = Arc<dyn Fn(&Reply) -> Result<Items<S>, MyCaseError> + Send + Sync>;

/// A list being read.
pub(super) struct Pages<S> {
    reader: Reader,
    decode: Decode<S>,
    /// The first page's address until it is asked for.
    first: Option<Url>,
    /// At most one page on its way; aborted when dropped.
    coming: JoinSet<Result<Page<S>, MyCaseError>>,
    asked: HashSet<Url>,
    pages: usize,
    barren: usize,
    known: HashSet<u64, IdHasher>,
    unusable: usize,
    announced: Option<usize>,
    moved: Option<(usize, usize)>,
    server_time: Option<Timestamp>,
    ended: bool,
}

/// One page.
struct Page<S> {
    path: String,
    items: Vec<(u64, S)>,
    unusable: usize,
    announced: Option<usize>,
    next: Option<Url>,
    date: Option<Timestamp>,
}

impl<S: Send + 'static> Pages<S> {
    /// A list of what `W` says.
    pub(super) fn of<W: Wire<Seen = S>>(reader: Reader, first: Url) -> Pages<S> {
        Pages::new(reader, first, Arc::new(decode::<W>))
    }

    pub(super) fn new(reader: Reader, first: Url, decode: Decode<S>) -> Pages<S> {
        Pages {
            reader,
            decode,
            first: Some(first),
            coming: JoinSet::new(),
            asked: HashSet::new(),
            pages: 0,
            barren: 0,
            known: HashSet::default(),
            unusable: 0,
            announced: None,
            moved: None,
            server_time: None,
            ended: false,
        }
    }

    /// The next items that were not seen before, never an empty list; `None` at the end, and after an error.
    pub(super) async fn next(&mut self) -> Option<Result<Vec<(u64, S)>, MyCaseError>> {
        if let Some(first) = self.first.take() {
            self.ask(first);
        }
        loop {
            let page = match self.coming.join_next().await? {
                Ok(page) => page,
                // The task was neither aborted nor can it be joined twice, so it panicked; that panic is this one's.
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => return None,
                },
            };
            match page.and_then(|page| self.take(page)) {
                Ok(items) if items.is_empty() => {}
                Ok(items) => return Some(Ok(items)),
                Err(error) => {
                    self.coming.abort_all();
                    self.coming = JoinSet::new();
                    return Some(Err(error));
                }
            }
        }
    }

    /// The whole list.
    pub(super) async fn all(mut self) -> Result<Vec<(u64, S)>, MyCaseError> {
        self.rest().await
    }

    /// What is left of the list; how the reading went can be asked afterwards.
    pub(super) async fn rest(&mut self) -> Result<Vec<(u64, S)>, MyCaseError> {
        let mut all = Vec::new();
        while let Some(items) = self.next().await {
            all.append(&mut items?);
        }
        Ok(all)
    }

    /// How the reading went so far.
    pub(super) fn scan(&self) -> Scan {
        let mut doubts = Vec::new();
        let read = self.known.len();
        if !self.ended {
            doubts.push(ScanDoubt::Partial);
        }
        if let Some((from, to)) = self.moved {
            doubts.push(ScanDoubt::CountMoved { from, to });
        }
        match self.announced {
            None => doubts.push(ScanDoubt::NoCount),
            Some(announced) if announced != read => doubts.push(ScanDoubt::CountDiffers { announced, read }),
            Some(_) => {}
        }
        if self.unusable > 0 {
            doubts.push(ScanDoubt::WithoutId { count: self.unusable });
        }
        Scan { read, announced: self.announced.filter(|_| self.moved.is_none()), doubts }
    }

    /// MyCase's clock when the first page was answered.
    pub(super) fn server_time(&self) -> Option<Timestamp> {
        self.server_time
    }

    fn ask(&mut self, url: Url) {
        self.asked.insert(url.clone());
        let (reader, decode) = (self.reader.clone(), self.decode.clone());
        self.coming.spawn(async move { reader.read(&url, |reply| page(reply, &url, &decode)).await });
    }

    /// Takes stock of a page, sends for the next, and keeps what is new.
    fn take(&mut self, page: Page<S>) -> Result<Vec<(u64, S)>, MyCaseError> {
        let Page { path, mut items, unusable, announced, next, date } = page;
        if self.pages == 0 {
            self.server_time = date;
        }
        self.pages += 1;
        self.unusable += unusable;
        match (self.announced, announced) {
            (None, count) => self.announced = count,
            (Some(from), Some(to)) if from != to && self.moved.is_none() => self.moved = Some((from, to)),
            (Some(_), _) => {}
        }
        if self.known.is_empty() {
            self.known.reserve(announced.unwrap_or_default().min(MOST_EXPECTED));
        }
        items.retain(|(id, _)| self.known.insert(*id));
        self.barren = if items.is_empty() { self.barren + 1 } else { 0 };
        match next {
            None => self.ended = true,
            Some(next) if self.barren >= BARREN_PAGES || self.asked.contains(&next) => {
                tracing::warn!(pages = self.pages, path, link = next.path(), "a MyCase list does not end");
                return Err(MyCaseError::EndlessList { path, pages: self.pages });
            }
            Some(next) => self.ask(next),
        }
        Ok(items)
    }
}

fn page<S>(reply: &Reply, url: &Url, decode: &Decode<S>) -> Result<Page<S>, MyCaseError> {
    let next = next_page(reply, url)?;
    let Items { usable: items, unusable } = decode(reply)?;
    let announced = reply.headers.get(ITEM_COUNT).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let date = reply.headers.get(DATE).and_then(http_date);
    Ok(Page { path: reply.asked.path.clone(), items, unusable, announced, next, date })
}

/// The next page's address, if there is one and it lies on the API's own site: the token must not go elsewhere.
fn next_page(reply: &Reply, from: &Url) -> Result<Option<Url>, MyCaseError> {
    let Some(target) = next_target(&reply.headers) else { return Ok(None) };
    let path = || reply.asked.path.clone();
    let unreadable = |_| {
        let text = "the link to the next page is no address".to_owned();
        MyCaseError::Unreadable(Failure { asked: reply.asked.clone(), status: Some(reply.status), text, source: None })
    };
    let mut next = from.join(&target).map_err(unreadable)?;
    next.set_fragment(None);
    if next.origin() != from.origin() {
        return Err(MyCaseError::ForeignLink { path: path(), site: next.origin().ascii_serialization() });
    }
    Ok(Some(next))
}

/// The items of a bare list, and how many have no usable id.
pub(super) struct Items<S> {
    pub(super) usable: Vec<(u64, S)>,
    pub(super) unusable: usize,
}

pub(super) fn decode<W: Wire>(reply: &Reply) -> Result<Items<W::Seen>, MyCaseError> {
    // Checking the letters once is cheaper than text by text. Only an object is an item: serde would take a list for one, field
    // by field in our order.
    let items = std::str::from_utf8(&reply.body).ok().and_then(|text| serde_json::from_str::<Vec<Part<W>>>(text).ok());
    if let Some(items) = items {
        let all = items.len();
        let mut usable = Vec::with_capacity(all);
        usable.extend(items.into_iter().filter_map(|item| item.0?.seen()));
        return Ok(Items { unusable: all - usable.len(), usable });
    }
    decode_slowly::<W>(reply)
}

/// The same item by item, for a body with an item in it that cannot be read, with a mark before it, or with broken letters.
fn decode_slowly<W: Wire>(reply: &Reply) -> Result<Items<W::Seen>, MyCaseError> {
    let text = String::from_utf8_lossy(&reply.body);
    let unreadable = |why: &str| MyCaseError::Unreadable(reply.failure(why.to_owned()));
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Array(items)) => {
            let all = items.len();
            // Written out and read by the same reader: a second one for values would be there for this alone.
            let again = |item: Value| serde_json::from_str::<Part<W>>(&item.to_string()).ok()?.0?.seen();
            let read = |item: Value| if item.is_object() { again(item) } else { None };
            let usable: Vec<_> = items.into_iter().filter_map(read).collect();
            Ok(Items { unusable: all - usable.len(), usable })
        }
        Ok(_) => Err(unreadable("the answer is not a list")),
        Err(_) => Err(unreadable("the answer is not whole JSON")),
    }
}
