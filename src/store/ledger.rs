//! What clients gave to the portal and how far each item has come on its way into MyCase: one row per file and message,
//! kept for good, so that none arrives twice.
//!
//! It remembers and decides nothing: what a row means for the next request is decided in `sync::carry`. Rows are sealed
//! (names of files, addresses that may be written to); beside them a small clear row stands for every item that is not
//! settled, so that a run finds what is owed without unsealing what is done.

use super::meta::MetaFact;
use super::tables::{Bytes, DOCUMENTS, DOCUMENTS_OPEN, MESSAGES, MESSAGES_OPEN, META_FACTS, SealedTable};
use super::{Store, StoreError, Writer};
use crate::domain::{CaseException, CaseId, DocumentId, Fingerprint, ItemId, NoteId, PortalId, Reason};
use jiff::Timestamp;
use redb::{ReadableTable, ReadableTableMetadata};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Files and messages count apart: their ids may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Files.
    Documents,
    /// Messages.
    Messages,
}

/// One item of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The MyCase case it goes to, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// How far it has come.
    pub state: CarryState,
    /// Why it needs attention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<CarryTrouble>,
    /// How often it was tried and did not arrive.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries: u32,
    /// Met on the first reading of the list: what stands in MyCase already counts as delivered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub first: bool,
}

/// How far an item has come. What stands here is durable before the request that follows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarryState {
    /// Older than the firm's file wants; left alone.
    Older,
    /// It was owed, and the portal no longer lists it.
    Gone,
    /// It stood in MyCase when it was first met.
    AlreadyThere,
    /// Owed; surely nothing of it is in MyCase.
    Owed,
    /// MyCase was asked to make its record, and the answer is not known: look before asking again.
    Begun {
        /// A document's path in the case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// When MyCase was asked.
        asked_at: Timestamp,
    },
    /// The document's record is in MyCase; its bytes belong at `place`. They may be put there again and again.
    Posted {
        /// The record.
        document: DocumentId,
        /// Its path in the case.
        path: String,
        /// Where the bytes go.
        place: PutAt,
    },
    /// The document is in MyCase.
    Document {
        /// The record.
        document: DocumentId,
        /// Its path in the case.
        path: String,
        /// Its length in bytes.
        length: u64,
        /// SHA-256 of what was sent, in hexadecimal.
        sha256: String,
        /// When it arrived.
        at: Timestamp,
    },
    /// The message is a note in MyCase.
    Note {
        /// The note.
        note: NoteId,
        /// When it arrived.
        at: Timestamp,
    },
}

/// Where a document's bytes go (MyCase: Documents.json, `put_url` and `put_headers`). Who has it may write there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAt {
    /// The address.
    pub url: String,
    /// The headers that go along.
    pub headers: BTreeMap<String, String>,
}

/// Why an item needs attention, and for which cases: more than one when it cannot be told whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryTrouble {
    /// The cases.
    pub cases: Vec<CaseId>,
    /// The reason, without personal data.
    pub reason: Reason,
}

/// An item that is not settled: what a run must know of it before it unseals anything. In clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    /// The page of the portal's list it was last seen on, from 0.
    pub page: u32,
    /// What it waits for.
    pub wait: Wait,
    /// Whether it needs attention.
    pub attention: bool,
}

/// What an open item waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// The time to try (again), to the second.
    Until(#[serde(with = "jiff::fmt::serde::timestamp::second::required")] Timestamp),
    /// Its case is linked, and it is clear which one it is.
    Link(BearingKeys),
    /// `documents.max_size` allows so many bytes.
    Size(u64),
    /// The case opens again, or files of closed cases are carried.
    Open(CaseId),
}

/// By what an item finds its case: ids, and the print of the id people read (0 for none).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BearingKeys {
    /// MyCase's id as the portal bears it.
    pub case: Option<CaseId>,
    /// The portal's id of the record.
    pub portal_id: Option<PortalId>,
    /// `domain::readable_print` of the readable id.
    pub readable: u64,
}

/// How many items there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CarriedCounts {
    /// Files.
    pub documents: ShelfCounts,
    /// Messages.
    pub messages: ShelfCounts,
}

/// How many items a shelf has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShelfCounts {
    /// All that were ever met.
    pub known: usize,
    /// Those not settled.
    pub open: usize,
    /// Of these, those that need attention.
    pub attention: usize,
}

/// How far the portal's list of files has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesPlace(pub ReadSoFar);

/// How far the portal's list of messages has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesPlace(pub ReadSoFar);

/// How far a list has been read: to its end once, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSoFar {
    /// When it was first read to its end.
    pub first_at: Timestamp,
    /// Items from before this moment were left alone; `None`: none were.
    pub cutoff: Option<Timestamp>,
    /// The last full page; `None` makes the next run read the whole list.
    pub last: Option<LastPage>,
}

/// The last full page of a list, as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastPage {
    /// Its number, from 0.
    pub page: u32,
    /// How many items it held: a page that holds fewer is the last.
    pub length: usize,
    /// Of their ids in order.
    pub print: Fingerprint,
}

impl MetaFact for FilesPlace {
    const NAME: &'static str = "files_place";
}

impl MetaFact for MessagesPlace {
    const NAME: &'static str = "messages_place";
}

impl fmt::Debug for CarryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CarryState::Older => f.write_str("Older"),
            CarryState::Gone => f.write_str("Gone"),
            CarryState::AlreadyThere => f.write_str("AlreadyThere"),
            CarryState::Owed => f.write_str("Owed"),
            CarryState::Begun { path: _, asked_at } => write!(f, "Begun({asked_at})"),
            CarryState::Posted { document, .. } => write!(f, "Posted({document})"),
            CarryState::Document { document, length, .. } => write!(f, "Document({document}, {length} bytes)"),
            CarryState::Note { note, .. } => write!(f, "Note({note})"),
        }
    }
}

impl fmt::Debug for PutAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutAt(***)")
    }
}

impl Carried {
    /// An item that is owed and was never tried.
    pub fn owed(first: bool) -> Carried {
        Carried { case: None, state: CarryState::Owed, trouble: None, tries: 0, first }
    }

    /// An item that is left alone for good.
    pub fn settled(state: CarryState) -> Carried {
        Carried { case: None, state, trouble: None, tries: 0, first: false }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Shelf {
    fn rows(self) -> &'static SealedTable<&'static str> {
        match self {
            Shelf::Documents => &DOCUMENTS,
            Shelf::Messages => &MESSAGES,
        }
    }

    fn open(self) -> Bytes<&'static str> {
        match self {
            Shelf::Documents => DOCUMENTS_OPEN,
            Shelf::Messages => MESSAGES_OPEN,
        }
    }

    /// The word for one item: "file", "message".
    pub fn word(self) -> &'static str {
        match self {
            Shelf::Documents => "file",
            Shelf::Messages => "message",
        }
    }
}

impl Store {
    /// One item's row.
    pub fn carried(&self, shelf: Shelf, id: &ItemId) -> Result<Option<Carried>, StoreError> {
        self.read()?.unseal(shelf.rows(), id.as_str())
    }

    /// Which of these items have a row; unseals nothing.
    pub fn carried_known<'i>(&self, shelf: Shelf, ids: impl IntoIterator<Item = &'i ItemId>) -> Result<BTreeSet<ItemId>, StoreError> {
        let snapshot = self.read()?;
        let rows = snapshot.table(shelf.rows().rows)?;
        let mut known = BTreeSet::new();
        for id in ids {
            if ReadableTable::get(&rows, id.as_str())?.is_some() {
                known.insert(id.clone());
            }
        }
        Ok(known)
    }

    /// Every item that is not settled; unseals nothing.
    pub fn carried_open(&self, shelf: Shelf) -> Result<BTreeMap<ItemId, OpenItem>, StoreError> {
        let rows = self.read()?.table(shelf.open())?;
        let mut open = BTreeMap::new();
        for row in rows.iter()? {
            let (id, row) = row?;
            open.insert(ItemId(id.value().to_owned()), open_item(row.value())?);
        }
        Ok(open)
    }

    /// The cases whose files or messages need attention, each reason once for all items it is true of.
    pub fn carried_attention(&self) -> Result<Vec<CaseException>, StoreError> {
        self.exceptions_of(|_, _, reason| reason.clone())
    }

    /// The same with the items named by the portal's ids, each on its own.
    pub fn carried_attention_by_item(&self) -> Result<Vec<CaseException>, StoreError> {
        self.exceptions_of(|shelf, id, reason| Reason { text: format!("{} ({} {id})", reason.text, shelf.word()), ..reason.clone() })
    }

    fn exceptions_of(&self, said: impl Fn(Shelf, &ItemId, &Reason) -> Reason) -> Result<Vec<CaseException>, StoreError> {
        let snapshot = self.read()?;
        let mut by_case: BTreeMap<CaseId, BTreeSet<Reason>> = BTreeMap::new();
        for shelf in [Shelf::Documents, Shelf::Messages] {
            for row in snapshot.table(shelf.open())?.iter()? {
                let (id, row) = row?;
                if !open_item(row.value())?.attention {
                    continue;
                }
                let id = ItemId(id.value().to_owned());
                let carried: Option<Carried> = snapshot.unseal(shelf.rows(), id.as_str())?;
                let Some(trouble) = carried.and_then(|carried| carried.trouble) else { continue };
                for case in &trouble.cases {
                    by_case.entry(*case).or_default().insert(said(shelf, &id, &trouble.reason));
                }
            }
        }
        Ok(by_case.into_iter().map(|(case, reasons)| CaseException { case, reasons: reasons.into_iter().collect() }).collect())
    }

    /// How many items there are; unseals nothing.
    pub fn carried_counts(&self) -> Result<CarriedCounts, StoreError> {
        let snapshot = self.read()?;
        let count = |shelf: Shelf| -> Result<ShelfCounts, StoreError> {
            let open = snapshot.table(shelf.open())?;
            let mut attention = 0;
            for row in open.iter()? {
                attention += usize::from(open_item(row?.1.value())?.attention);
            }
            let known = snapshot.table(shelf.rows().rows)?.len()? as usize;
            Ok(ShelfCounts { known, open: open.len()? as usize, attention })
        };
        Ok(CarriedCounts { documents: count(Shelf::Documents)?, messages: count(Shelf::Messages)? })
    }
}

impl Writer<'_> {
    /// Keeps an item's row, open while it waits for something and settled otherwise. The clear row's `attention` follows
    /// from the row.
    ///
    /// Crash before the commit: the former row stands, so the step it remembers is taken again (each is safe to take
    /// again: see `sync::carry`). After: this one.
    pub fn put_carried(&mut self, shelf: Shelf, id: &ItemId, row: &Carried, open: Option<(u32, Wait)>) -> Result<(), StoreError> {
        self.seal_into(shelf.rows(), id.as_str(), row)?;
        let mut rows = self.table(shelf.open())?;
        match open {
            Some((page, wait)) => {
                let open = OpenItem { page, wait, attention: row.trouble.is_some() };
                let bytes = postcard::to_stdvec(&open).map_err(|_| StoreError::Row { table: "documents_open" })?;
                rows.insert(id.as_str(), bytes.as_slice())?;
            }
            None => {
                rows.remove(id.as_str())?;
            }
        }
        Ok(())
    }

    /// Forgets where the readings of both lists stopped, not that there was one: the next ones read everything.
    ///
    /// Crash before the commit: the places stand. After: they are forgotten.
    pub fn forget_places(&mut self) -> Result<(), StoreError> {
        if let Some(FilesPlace(place)) = self.unseal(&META_FACTS, FilesPlace::NAME)? {
            self.put_meta(&FilesPlace(ReadSoFar { last: None, ..place }))?;
        }
        match self.unseal(&META_FACTS, MessagesPlace::NAME)? {
            Some(MessagesPlace(place)) => self.put_meta(&MessagesPlace(ReadSoFar { last: None, ..place })),
            None => Ok(()),
        }
    }

    /// Forgets every item and how far the lists were read: the firm is on another portal account, whose ids mean other
    /// things. Crash before the commit: all stand. After: none does.
    pub fn forget_carried(&mut self) -> Result<(), StoreError> {
        for shelf in [Shelf::Documents, Shelf::Messages] {
            self.table(shelf.rows().rows)?.retain(|_, _| false)?;
            self.table(shelf.open())?.retain(|_, _| false)?;
        }
        self.remove_meta::<FilesPlace>()?;
        self.remove_meta::<MessagesPlace>()
    }
}

fn open_item(row: &[u8]) -> Result<OpenItem, StoreError> {
    postcard::from_bytes(row).map_err(|_| StoreError::Row { table: "documents_open" })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::{Vault, migrate, samples, tables};
    use super::*;
    use crate::domain::{Holds, ReasonCode};
    use std::sync::Arc;

    fn id(text: &str) -> ItemId {
        ItemId(text.to_owned())
    }

    fn troubled(case: u64, code: ReasonCode) -> Carried {
        let reason = Reason { code, holds: Holds::Nothing, no_create: false, text: "too large".into(), fix: "raise it".into() };
        Carried { trouble: Some(CarryTrouble { cases: vec![CaseId(case)], reason }), ..Carried::owed(false) }
    }

    #[test]
    fn a_row_comes_back_and_is_open_until_it_is_settled() {
        let store = samples::store();
        let wait = Wait::Until(samples::now());
        store.write(|w| w.put_carried(Shelf::Documents, &id("a"), &samples::posted(), Some((3, wait.clone())))).unwrap();
        assert_eq!(store.carried(Shelf::Documents, &id("a")).unwrap(), Some(samples::posted()));
        assert_eq!(store.carried(Shelf::Messages, &id("a")).unwrap(), None, "files and messages count apart");
        let open = store.carried_open(Shelf::Documents).unwrap();
        assert_eq!(open[&id("a")].wait, Wait::Until(Timestamp::from_second(samples::now().as_second()).unwrap()));
        store.write(|w| w.put_carried(Shelf::Documents, &id("a"), &Carried::settled(CarryState::Older), None)).unwrap();
        assert!(store.carried_open(Shelf::Documents).unwrap().is_empty());
        assert_eq!(store.carried_known(Shelf::Documents, [&id("a"), &id("b")]).unwrap(), [id("a")].into());
    }

    #[test]
    fn what_needs_attention_is_grouped_by_case_and_named_by_item_when_asked() {
        let store = samples::store();
        let fill = |w: &mut Writer<'_>| {
            w.put_carried(Shelf::Documents, &id("8"), &troubled(7, ReasonCode::FileTooLarge), Some((0, Wait::Size(9))))?;
            w.put_carried(Shelf::Documents, &id("9"), &troubled(7, ReasonCode::FileTooLarge), Some((0, Wait::Size(9))))?;
            w.put_carried(Shelf::Documents, &id("10"), &Carried::owed(false), Some((0, Wait::Link(BearingKeys::default()))))?;
            w.put_carried(Shelf::Messages, &id("8"), &Carried::settled(CarryState::Older), None)
        };
        store.write(fill).unwrap();
        let grouped = store.carried_attention().unwrap();
        assert_eq!((grouped.len(), grouped[0].case, grouped[0].reasons.len()), (1, CaseId(7), 1));
        let named = store.carried_attention_by_item().unwrap();
        assert_eq!(
            named[0].reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>(),
            ["too large (file 8)", "too large (file 9)"]
        );
        let counts = store.carried_counts().unwrap();
        assert_eq!((counts.documents.known, counts.documents.open, counts.documents.attention), (3, 3, 2));
        assert_eq!((counts.messages.known, counts.messages.open), (1, 0));
    }

    #[test]
    fn neither_a_name_nor_an_address_shows_in_words_for_programmers() {
        let text = format!("{:?}", samples::posted());
        assert!(!text.contains("Featherstone") && !text.contains("access-to"), "{text}");
    }

    #[test]
    fn another_portal_account_begins_with_an_empty_ledger() {
        let store = samples::store();
        let last = Some(LastPage { page: 3, length: 10, print: Fingerprint([0; 16]) });
        let place = ReadSoFar { first_at: samples::now(), cutoff: None, last };
        store.write(|w| w.put_meta(&MessagesPlace(place)).and_then(|()| w.forget_places())).unwrap();
        assert_eq!(store.meta::<FilesPlace>().unwrap(), None, "there was no reading yet");
        assert_eq!(store.meta::<MessagesPlace>().unwrap(), Some(MessagesPlace(ReadSoFar { last: None, ..place })));
        let fill = |w: &mut Writer<'_>| {
            w.put_carried(Shelf::Documents, &id("a"), &samples::posted(), Some((0, Wait::Size(1))))?;
            w.put_meta(&FilesPlace(place))?;
            w.forget_carried()
        };
        store.write(fill).unwrap();
        assert_eq!(store.carried_counts().unwrap(), CarriedCounts::default());
        assert_eq!(store.meta::<FilesPlace>().unwrap(), None);
    }

    #[test]
    fn a_settled_old_item_costs_little() {
        let text = serde_json::to_string(&Carried::settled(CarryState::Older)).unwrap();
        assert_eq!(text, r#"{"state":"older"}"#);
    }

    #[test]
    fn a_file_of_format_1_opens_and_keeps_everything() {
        let dir = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(dir.path().join("acme.redb")).unwrap();
        let vault: Arc<Vault> = samples::vault();
        let store = Store::open(&path, &samples::firm(), vault.clone(), samples::now()).unwrap();
        store.write(|w| w.put_link(&samples::link(7), &samples::record(7)).and_then(|()| w.put_tokens(&samples::tokens("a")))).unwrap();
        drop(store);
        // As casebridge of format 1 left it: without the ledger's tables.
        let db = redb::Database::open(&path).unwrap();
        let tx = db.begin_write().unwrap();
        for table in [tables::DOCUMENTS.rows, tables::DOCUMENTS_OPEN, tables::MESSAGES.rows, tables::MESSAGES_OPEN] {
            assert!(tx.delete_table(table).unwrap());
        }
        migrate::stamp(&tx, 1).unwrap();
        tx.commit().unwrap();
        drop(db);
        let store = Store::open(&path, &samples::firm(), vault, samples::now()).unwrap();
        assert_eq!(store.links().unwrap().get(CaseId(7)).unwrap(), Some(samples::link(7)));
        assert_eq!(store.tokens().unwrap(), Some(samples::tokens("a")));
        assert_eq!(store.carried_counts().unwrap(), CarriedCounts::default());
        store.write(|w| w.put_carried(Shelf::Messages, &id("a"), &samples::posted(), None)).unwrap();
    }
}
