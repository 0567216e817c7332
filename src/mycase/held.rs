//! Reads what a case holds besides itself: its documents and notes, to find again what a lost answer left behind.

use super::error::MyCaseError;
use super::pages::Pages;
use super::reader::Reader;
use super::wire::Wire;
use super::wire_held::{WireDocument, WireNote};
use crate::domain::{CaseId, DocumentId, NoteId, ScanDoubt};
use jiff::Timestamp;
use std::fmt;

/// A list of a case's things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    /// Each once, in MyCase's order.
    pub items: Vec<T>,
    /// Whether these are all: only then is what is not among them absent.
    pub whole: bool,
}

/// A document of a case (MyCase: Documents.json, DocumentResponse). Any field but the id may be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenDocument {
    /// MyCase's id.
    pub id: DocumentId,
    /// Its name as people see it.
    pub name: Option<String>,
    /// Its folders.
    pub path: Option<String>,
    /// Its description; may hold what we wrote there to know it again.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A note of a case (MyCase: Notes.json, NoteResponse). Any field but the id may be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenNote {
    /// MyCase's id.
    pub id: NoteId,
    /// Its text.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl Reader {
    /// The documents of a case; `None` when MyCase answers 404, which is also what a lost permission looks like. Read 25 at a
    /// time: this list declares no page size (MyCase: Documents.json).
    pub async fn case_documents(&self, case: CaseId) -> Result<Option<Seen<SeenDocument>>, MyCaseError> {
        self.held::<WireDocument>(case, "documents").await
    }

    /// The notes of a case; the same holds.
    pub async fn case_notes(&self, case: CaseId) -> Result<Option<Seen<SeenNote>>, MyCaseError> {
        self.held::<WireNote>(case, "notes").await
    }

    async fn held<W: Wire>(&self, case: CaseId, what: &str) -> Result<Option<Seen<W::Seen>>, MyCaseError> {
        let mut pages = Pages::of::<W>(self.clone(), self.url(&["cases", &case.to_string(), what], &[]));
        let items = match pages.rest().await {
            Ok(items) => items,
            Err(MyCaseError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        // A list that says no count and was read to its end is all there is.
        let whole = pages.scan().doubts.iter().all(|doubt| *doubt == ScanDoubt::NoCount);
        Ok(Some(Seen { items: items.into_iter().map(|(_, item)| item).collect(), whole }))
    }
}

impl fmt::Debug for SeenDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenDocument").field("id", &self.id).field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for SeenNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenNote").field("id", &self.id).field("created_at", &self.created_at).finish_non_exhaustive()
    }
}
