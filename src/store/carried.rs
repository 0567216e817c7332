//! What a row of the ledger says of a file or message, and what is remembered of the lists they stand in. Types only; where
//! they are kept is `ledger`'s matter.

use super::meta::MetaFact;
use crate::domain::{CaseId, DocumentId, Fingerprint, NoteId, PortalId, Reason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// It was owed, and the portal no longer listed it. States of before say so; such an item waits for [`Wait::Listed`].
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
    /// The portal lists it again: a list that once did not show it proves nothing.
    Listed,
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
    /// Those not settled; what the portal no longer lists does not count.
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

    /// The same item when nothing of it is in MyCase and the portal no longer lists it. Should it come back after MyCase
    /// was asked for it, what the case holds is looked at first.
    pub fn unlisted(self) -> Carried {
        Carried { case: self.case, ..Carried::owed(self.first || self.state != CarryState::Owed) }
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
