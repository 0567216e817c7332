//! What clients gave to the portal: files and messages, as the portal lists them. Their texts and names are personal data.

use super::{CaseId, ItemId, PortalId};
use jiff::Timestamp;
use std::fmt;
use url::Url;

/// Which case a file or message belongs to, as far as the portal says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bearing {
    /// MyCase's id as casebridge wrote it, when it is one (a number).
    pub case: Option<CaseId>,
    /// The portal's id of the record.
    pub portal_id: Option<PortalId>,
    /// The id people read.
    pub readable_id: Option<String>,
}

/// A file as the portal lists it. Every field but the id may be unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct PortalFile {
    /// The portal's id.
    pub id: ItemId,
    /// Whose case it is.
    pub bearing: Bearing,
    /// Where its bytes are; an address may be signed and short-lived.
    pub url: Option<Url>,
    /// Its length in bytes as the portal says.
    pub size: Option<u64>,
    /// Its name as the client's device gave it: may hold a path, or anything.
    pub name: Option<String>,
    /// E.g. `pdf`; names may lack it.
    pub extension: Option<String>,
    /// When it was sent.
    pub created_at: Option<Timestamp>,
}

/// A message as the portal lists it. Every field but the id may be unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct PortalMessage {
    /// The portal's id.
    pub id: ItemId,
    /// Whose case it is about.
    pub bearing: Bearing,
    /// Its text.
    pub content: Option<String>,
    /// Who wrote it.
    pub sender: Option<String>,
    /// When it was sent; when the portal does not say, when it was made.
    pub sent_at: Option<Timestamp>,
}

impl fmt::Debug for PortalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalFile").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}

impl fmt::Debug for PortalMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalMessage").field("id", &self.id).field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}
