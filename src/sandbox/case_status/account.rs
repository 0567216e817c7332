//! A Case Status account: its cases, the files and messages its clients sent, and the people and stages it knows.
//!
//! What the firm's people do there by hand is done with the methods here; they move `updated_at` and send nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::given::{PortalFile, PortalMessage};
use crate::sandbox::random::Random;
use crate::sandbox::seed;
use crate::sandbox::world::NotThere;

/// A case in the portal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortalCase {
    /// Case Status' number.
    pub id: u64,
    /// MyCase's id, as whoever made the record gave it.
    pub integration_id: Option<String>,
    /// What people call it.
    pub readable_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Free text that clients read.
    pub description: Option<String>,
    /// Its practice area.
    pub practice_area: Option<String>,
    /// Its stage.
    pub status: Option<String>,
    /// Its date.
    pub case_date: Option<String>,
    /// Information; closes nothing.
    pub closed_date: Option<String>,
    /// The lead's address.
    pub attorney_email: Option<String>,
    /// Others' addresses.
    pub attorney_emails: Vec<String>,
    /// Paralegals' addresses.
    pub paralegal_emails: Vec<String>,
    /// Who can log in.
    pub clients: Vec<PortalClient>,
    /// The firm's own fields.
    pub extra: Map<String, Value>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What the report still shows of it, and until when; nothing at all for a new one.
    #[serde(skip)]
    pub(super) still: Option<Still>,
}

/// An older state that the report has not left behind yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Still {
    pub(super) until: Timestamp,
    pub(super) shown: Option<Box<PortalCase>>,
}

/// A client of a portal case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortalClient {
    /// Case Status' number.
    pub id: u64,
    /// MyCase's id.
    pub integration_id: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// E.164; the login.
    pub cell_phone: Option<String>,
}

/// The account.
#[derive(Debug)]
pub struct CaseStatus {
    /// Its key.
    pub api_key: String,
    /// Its cases.
    pub cases: BTreeMap<u64, PortalCase>,
    /// Files, oldest first.
    pub files: BTreeMap<u64, PortalFile>,
    /// Messages, oldest first.
    pub messages: BTreeMap<u64, PortalMessage>,
    /// Addresses of the firm's people it knows, in small letters.
    pub staff: BTreeSet<String>,
    /// Practice areas and their stages.
    pub stages: Vec<(String, Vec<String>)>,
    /// How many surveys it has sent: one at every stage change of an open case.
    pub surveys: u64,
    pub(super) by_integration: HashMap<String, Vec<u64>>,
    last_id: u64,
}

impl CaseStatus {
    pub(in crate::sandbox) fn new(seed: u64, staff: &[String]) -> Self {
        let mut random = Random::new(seed ^ 0x6373_0000_0000_0000);
        Self {
            api_key: format!("cs-{}", random.hex()),
            cases: BTreeMap::new(),
            files: BTreeMap::new(),
            messages: BTreeMap::new(),
            staff: staff.iter().map(|email| email.to_lowercase()).collect(),
            stages: seed::portal_stages(),
            surveys: 0,
            by_integration: HashMap::new(),
            last_id: 70_000,
        }
    }

    pub(super) fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The live cases that carry an integration id; more than one only when somebody made a second by hand.
    #[must_use]
    pub fn by_integration_id(&self, integration_id: &str) -> Vec<&PortalCase> {
        let ids = self.by_integration.get(integration_id).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.cases.get(id)).filter(|case| case.deleted_at.is_none()).collect()
    }

    /// Live cases, open and closed.
    #[must_use]
    pub fn live(&self) -> usize {
        self.cases.values().filter(|case| case.deleted_at.is_none()).count()
    }

    pub(super) fn insert(&mut self, case: PortalCase) {
        if let Some(integration_id) = &case.integration_id {
            self.by_integration.entry(integration_id.clone()).or_default().push(case.id);
        }
        self.cases.insert(case.id, case);
    }

    /// Moves a case by hand to a stage, which need not be one the account has.
    pub fn set_status(&mut self, id: u64, status: &str, now: Timestamp) -> Result<(), NotThere> {
        self.edit(id, now, |case| case.status = Some(status.to_owned()))
    }

    /// Changes anything of a case by hand but its ids.
    pub fn edit(&mut self, id: u64, now: Timestamp, edit: impl FnOnce(&mut PortalCase)) -> Result<(), NotThere> {
        let case = self.cases.get_mut(&id).ok_or_else(|| NotThere(format!("portal case {id}")))?;
        edit(case);
        case.updated_at = now;
        Ok(())
    }

    /// Deletes a case by hand: the report shows it with a time of deletion.
    pub fn delete(&mut self, id: u64, now: Timestamp) -> Result<(), NotThere> {
        self.edit(id, now, |case| case.deleted_at = Some(now))
    }

    /// Makes a case vanish without a trace.
    pub fn remove(&mut self, id: u64) -> Result<PortalCase, NotThere> {
        self.take(id).ok_or_else(|| NotThere(format!("portal case {id}")))
    }

    pub(super) fn take(&mut self, id: u64) -> Option<PortalCase> {
        let case = self.cases.remove(&id)?;
        if let Some(ids) = case.integration_id.as_ref().and_then(|text| self.by_integration.get_mut(text)) {
            ids.retain(|other| *other != id);
        }
        Some(case)
    }

    /// Adds a case somebody made by hand, with or without an integration id, and says its id. The rules of the API do not
    /// hold: this is also how a second record with the same integration id comes about.
    pub fn add_by_hand(&mut self, name: &str, integration_id: Option<&str>, now: Timestamp) -> u64 {
        let id = self.new_id();
        let mut case = PortalCase::empty(id, now);
        case.name = Some(name.to_owned());
        case.readable_id = Some(format!("HAND-{id}"));
        case.integration_id = integration_id.map(str::to_owned);
        case.practice_area = self.stages.first().map(|(area, _)| area.clone());
        case.status = self.stages.first().and_then(|(_, stages)| stages.first().cloned());
        self.insert(case);
        id
    }

    /// A client sends a file. With no bytes it is `size` bytes of a pattern. How it disappoints is set in `files` afterwards.
    pub fn add_file(&mut self, case: u64, file_name: &str, size: u64, bytes: Option<Bytes>, now: Timestamp) -> u64 {
        let id = self.new_id();
        let file = PortalFile::plain(id, case, file_name, size, bytes, now);
        self.files.insert(id, file);
        id
    }

    /// A client sends a message.
    pub fn add_message(&mut self, case: u64, sender_name: &str, content: &str, now: Timestamp) -> u64 {
        let id = self.new_id();
        let message = PortalMessage {
            id,
            case,
            content: content.to_owned(),
            sender_name: sender_name.to_owned(),
            sent_at: now,
            nulls: BTreeSet::new(),
        };
        self.messages.insert(id, message);
        id
    }

    /// Takes a file away: lists leave it out and its address leads nowhere.
    pub fn remove_file(&mut self, id: u64) -> Result<PortalFile, NotThere> {
        self.files.remove(&id).ok_or_else(|| NotThere(format!("file {id}")))
    }

    /// Takes a message away.
    pub fn remove_message(&mut self, id: u64) -> Result<PortalMessage, NotThere> {
        self.messages.remove(&id).ok_or_else(|| NotThere(format!("message {id}")))
    }
}

impl PortalCase {
    pub(super) fn empty(id: u64, now: Timestamp) -> Self {
        Self {
            id,
            integration_id: None,
            readable_id: None,
            name: None,
            description: None,
            practice_area: None,
            status: None,
            case_date: None,
            closed_date: None,
            attorney_email: None,
            attorney_emails: Vec::new(),
            paralegal_emails: Vec::new(),
            clients: Vec::new(),
            extra: Map::new(),
            closed_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
            still: None,
        }
    }
}
