//! What clients gave to the portal and how far each item has come on its way into MyCase: one row per file and message,
//! kept for good, so that none arrives twice.
//!
//! It remembers and decides nothing: what a row means for the next request is decided in `sync::carry`. Rows are sealed
//! (names of files, addresses that may be written to); beside them a small clear row stands for every item that is not
//! settled, so that a run finds what is owed without unsealing what is done.

use super::carried::{Carried, CarriedCounts, FilesPlace, MessagesPlace, OpenItem, ReadSoFar, Shelf, ShelfCounts, Wait};
use super::meta::MetaFact;
use super::tables::{Bytes, DOCUMENTS, DOCUMENTS_OPEN, MESSAGES, MESSAGES_OPEN, META_FACTS, SealedTable};
use super::{Store, StoreError, Writer};
use crate::domain::{CaseException, CaseId, ItemId, Reason};
use redb::{ReadableTable, ReadableTableMetadata};
use std::collections::{BTreeMap, BTreeSet};

impl Shelf {
    pub(super) fn rows(self) -> &'static SealedTable<&'static str> {
        match self {
            Shelf::Documents => &DOCUMENTS,
            Shelf::Messages => &MESSAGES,
        }
    }

    pub(super) fn open(self) -> Bytes<&'static str> {
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

    /// Shows every item's row, in the order of the ids.
    pub fn walk_carried(&self, shelf: Shelf, mut see: impl FnMut(Carried)) -> Result<(), StoreError> {
        let snapshot = self.read()?;
        for row in snapshot.table(shelf.rows().rows)?.iter()? {
            let (id, sealed) = row?;
            see(snapshot.sealer().open(shelf.rows(), &id.value(), sealed.value())?);
        }
        Ok(())
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
            let (mut open, mut attention) = (0, 0);
            for row in snapshot.table(shelf.open())?.iter()? {
                let item = open_item(row?.1.value())?;
                open += usize::from(item.wait != Wait::Listed);
                attention += usize::from(item.attention);
            }
            let known = snapshot.table(shelf.rows().rows)?.len()? as usize;
            Ok(ShelfCounts { known, open, attention })
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
        match open {
            Some((page, wait)) => self.put_open(shelf, id, &OpenItem { page, wait, attention: row.trouble.is_some() }),
            None => {
                self.table(shelf.open())?.remove(id.as_str())?;
                Ok(())
            }
        }
    }

    pub(super) fn put_open(&mut self, shelf: Shelf, id: &ItemId, open: &OpenItem) -> Result<(), StoreError> {
        let bytes = postcard::to_stdvec(open).map_err(|_| StoreError::Row { table: "documents_open" })?;
        self.table(shelf.open())?.insert(id.as_str(), bytes.as_slice())?;
        Ok(())
    }

    /// Every item that is not settled, as this transaction sees it.
    pub(super) fn open_items(&self, shelf: Shelf) -> Result<Vec<(ItemId, OpenItem)>, StoreError> {
        let rows = self.table(shelf.open())?;
        let open = |row: Result<(redb::AccessGuard<'_, &str>, redb::AccessGuard<'_, &[u8]>), _>| {
            let (id, row) = row?;
            Ok((ItemId(id.value().to_owned()), open_item(row.value())?))
        };
        rows.iter()?.map(open).collect()
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

pub(super) fn open_item(row: &[u8]) -> Result<OpenItem, StoreError> {
    postcard::from_bytes(row).map_err(|_| StoreError::Row { table: "documents_open" })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::{BearingKeys, CarryState, CarryTrouble, LastPage};
    use super::super::{Vault, migrate, samples, tables};
    use super::*;
    use crate::domain::{Fingerprint, Holds, ReasonCode};
    use jiff::Timestamp;
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
