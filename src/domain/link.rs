//! A case in MyCase and a record in the portal that are known to belong together, and what the portal was last told.

use super::{CaseId, Fingerprint, Fingerprinter, Kind, Kinds, PersonId, PortalId, Record};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A linked case. Holds no personal data in clear: ids, names of stages and practice areas, open or closed, times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The case.
    pub case: CaseId,
    /// The portal's id of the record.
    pub portal_id: PortalId,
    /// The portal's practice area as last sent or adopted.
    pub practice_area: Option<String>,
    /// The portal's stage as last sent or adopted.
    pub stage: Option<String>,
    /// Open or closed in the portal as last sent or adopted.
    pub open: bool,
    /// Of who can log in, as last sent.
    pub contact: Fingerprint,
    /// Of attorney, team and fields, as last sent.
    pub rest: Fingerprint,
    /// Who can log in.
    pub clients: Vec<PersonId>,
    /// Short fingerprints of their phones, in the order of `clients`; 0 for none.
    pub phones: Vec<u64>,
    /// Short fingerprint of the readable id; 0 for none.
    pub readable: u64,
    /// What MyCase said of the case when it was last looked at.
    pub seen: SeenState,
    /// Set while whole scans do not show the case.
    pub missing: Option<Missing>,
    /// When the two were linked.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub linked_at: Timestamp,
}

/// What MyCase said of a case, and since when it is known to have said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenState {
    /// MyCase's practice area.
    pub practice_area: Option<String>,
    /// MyCase's stage.
    pub stage: Option<String>,
    /// First seen in this stage.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub stage_since: Timestamp,
    /// Open or closed in MyCase.
    pub open: bool,
    /// First seen open or closed like this.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub open_since: Timestamp,
}

/// A linked case that whole scans do not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The first such scan.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub first: Timestamp,
    /// Whether MyCase answered 404 for the case itself, an hour or more after the first.
    pub proved: bool,
}

impl Link {
    /// The link after `record` was sent or adopted.
    pub fn after(
        case: CaseId,
        portal_id: PortalId,
        record: &Record,
        seen: SeenState,
        linked_at: Timestamp,
        prints: &Fingerprinter,
    ) -> Link {
        Link {
            case,
            portal_id,
            practice_area: record.practice_area.clone(),
            stage: record.stage.clone(),
            open: record.open,
            contact: prints.contact(&record.clients),
            rest: prints.rest(record),
            clients: record.people().collect(),
            phones: record.clients.iter().map(|client| phone_print(client.phone.as_deref(), prints)).collect(),
            readable: readable_print(record, prints),
            seen,
            missing: None,
            linked_at,
        }
    }

    /// The kinds in which `wanted` differs from what the portal was last told.
    pub fn differs(&self, wanted: &Record, prints: &Fingerprinter) -> Kinds {
        let mut kinds = Kinds::NONE;
        if self.open != wanted.open {
            kinds.insert(if wanted.open { Kind::Reopen } else { Kind::Close });
        }
        if self.contact != prints.contact(&wanted.clients) {
            kinds.insert(Kind::Contact);
        }
        if self.stage != wanted.stage || self.practice_area != wanted.practice_area {
            kinds.insert(Kind::Stage);
        }
        if self.rest != prints.rest(wanted) {
            kinds.insert(Kind::Update);
        }
        kinds
    }
}

/// The short fingerprint of a phone in E.164, 0 for none: finds one number on two people without keeping numbers.
pub fn phone_print(phone: Option<&str>, prints: &Fingerprinter) -> u64 {
    phone.map_or(0, |phone| prints.of([b"phone".as_slice(), phone.as_bytes()]).short())
}

/// The short fingerprint of a record's readable id, 0 for none.
pub fn readable_print(record: &Record, prints: &Fingerprinter) -> u64 {
    record.fields.get("readable_id").map_or(0, |id| readable_text_print(id, prints))
}

/// The same of a readable id that somebody else bears.
pub fn readable_text_print(id: &str, prints: &Fingerprinter) -> u64 {
    prints.of([b"readable".as_slice(), id.as_bytes()]).short()
}
