//! What a portal says of its own records, as far as it can be listed.

use super::PortalId;
use jiff::Timestamp;

/// One portal record as the portal lists it. Every field but the id may be unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct PortalCase {
    /// The portal's id.
    pub portal_id: PortalId,
    /// MyCase's id as casebridge wrote it, when it is one (a number).
    pub integration_id: Option<String>,
    /// The id people read.
    pub readable_id: Option<String>,
    /// The case's name.
    pub name: Option<String>,
    /// The portal's stage.
    pub stage: Option<String>,
    /// The portal's practice area.
    pub practice_area: Option<String>,
    /// Open or closed; `None` when the portal does not say.
    pub open: Option<bool>,
    /// Whether the portal marks it deleted.
    pub deleted: bool,
    /// The lead attorney's e-mail address, when listed.
    pub attorney: Option<String>,
    /// When the portal says it last changed.
    pub updated_at: Option<Timestamp>,
}

impl std::fmt::Debug for PortalCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalCase").field("portal_id", &self.portal_id).field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// All records of a portal, or as many as could be read.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The records in the order of the portal.
    pub cases: Vec<PortalCase>,
    /// Whether the list was read to its end without a doubt; only then does it prove absence.
    pub whole: bool,
}
