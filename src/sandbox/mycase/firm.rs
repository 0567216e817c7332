//! The MyCase firm: every record by its id, in id order, which is also the order of MyCase's lists here.
//!
//! It only holds and finds; what happens to times when something changes is `changes.rs`' business.

use std::collections::BTreeMap;

use super::records::{Case, Client, Company, CustomField, Document, Named, Note, Office, Staff, Webhook};

/// A firm and all it holds.
#[derive(Debug, Default)]
pub struct Firm {
    /// The firm's name.
    pub name: String,
    /// The address that identifies it, e.g. `https://harlowpike.mycase.com`.
    pub url: String,
    /// Given with the first tokens.
    pub uuid: String,
    /// Id of the person who connects casebridge.
    pub me: u64,
    /// Its cases.
    pub cases: BTreeMap<u64, Case>,
    /// Its people.
    pub clients: BTreeMap<u64, Client>,
    /// Its companies.
    pub companies: BTreeMap<u64, Company>,
    /// Those who work there.
    pub staff: BTreeMap<u64, Staff>,
    /// Its stages.
    pub stages: BTreeMap<u64, Named>,
    /// Its practice areas.
    pub practice_areas: BTreeMap<u64, Named>,
    /// Its people groups.
    pub people_groups: BTreeMap<u64, Named>,
    /// Its case roles.
    pub case_roles: BTreeMap<u64, Named>,
    /// Its custom fields.
    pub custom_fields: BTreeMap<u64, CustomField>,
    /// Its only office.
    pub office: Option<Office>,
    /// Its documents.
    pub documents: BTreeMap<u64, Document>,
    /// Its notes.
    pub notes: BTreeMap<u64, Note>,
    /// Its webhook subscriptions.
    pub webhooks: BTreeMap<String, Webhook>,
    pub(crate) last_id: u64,
    pub(crate) counted: Option<Counted>,
}

/// How many cases a filter leaves, as long as nothing changes: a scan of 100,000 cases asks a hundred times.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(super) filter: String,
    pub(super) version: u64,
    pub(super) count: usize,
}

impl Firm {
    /// The next number for a new record.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A case by its number.
    #[must_use]
    pub fn case(&self, id: u64) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// The name of a case's stage.
    #[must_use]
    pub fn stage_of(&self, case: u64) -> Option<&str> {
        let stage = self.cases.get(&case)?.stage?;
        self.stages.get(&stage).map(|s| s.name.as_str())
    }

    /// The name of a case's practice area.
    #[must_use]
    pub fn practice_area_of(&self, case: u64) -> Option<&str> {
        let area = self.cases.get(&case)?.practice_area?;
        self.practice_areas.get(&area).map(|a| a.name.as_str())
    }

    /// The id of a stage by its name, without regard to case as in MyCase.
    #[must_use]
    pub fn stage_id(&self, name: &str) -> Option<u64> {
        by_name(&self.stages, name)
    }

    /// The id of a practice area by its name, without regard to case as in MyCase.
    #[must_use]
    pub fn practice_area_id(&self, name: &str) -> Option<u64> {
        by_name(&self.practice_areas, name)
    }

    /// The id of a custom field by its name, without regard to case.
    #[must_use]
    pub fn custom_field_id(&self, name: &str) -> Option<u64> {
        self.custom_fields.values().find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| f.id)
    }
}

fn by_name(all: &BTreeMap<u64, Named>, name: &str) -> Option<u64> {
    all.values().find(|n| n.name.eq_ignore_ascii_case(name)).map(|n| n.id)
}
