//! A Hona account: its contacts and projects by external id, and what it would have texted to people.
//!
//! Kept by external id, which Hona promises to be unique; an id that two records bear cannot be made here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::sandbox::random::Random;
use crate::sandbox::seed;
use crate::sandbox::world::NotThere;

/// A person in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HonaContact {
    /// Hona's id.
    pub id: String,
    /// MyCase's id of the client.
    pub external_id: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
}

/// A person on a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HonaParty {
    /// MyCase's id of the client.
    pub external_id: String,
    /// Their role.
    pub role: Option<String>,
}

/// One of the firm's people on a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HonaMember {
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Option<String>,
}

/// A project in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HonaProject {
    /// Hona's id.
    pub id: String,
    /// MyCase's id of the case.
    pub external_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its type.
    pub project_type: Option<String>,
    /// Its phase.
    pub phase: Option<String>,
    /// Whether the client is told.
    pub hona_enabled: bool,
    /// `Not Started`, `In Progress` or `Complete`.
    pub status: String,
    /// Who it is for.
    pub contacts: Vec<HonaParty>,
    /// Who works on it.
    pub team: Vec<HonaMember>,
}

/// The account.
#[derive(Debug)]
pub struct Hona {
    /// Its key.
    pub api_key: String,
    /// Contacts by external id.
    pub contacts: BTreeMap<String, HonaContact>,
    /// Projects by external id.
    pub projects: BTreeMap<String, HonaProject>,
    /// Addresses of the firm's people it knows, in small letters.
    pub staff: BTreeSet<String>,
    /// Project types and their phases.
    pub phases: Vec<(String, Vec<String>)>,
    /// Welcome texts: one for each new project that tells its client.
    pub welcome_texts: u64,
    /// Texts about a new phase.
    pub phase_texts: u64,
    /// Login links: one whenever a known contact's phone or e-mail changed.
    pub login_links: u64,
    random: Random,
}

impl Hona {
    pub(in crate::sandbox) fn new(seed: u64, staff: &[String]) -> Self {
        let mut random = Random::new(seed ^ 0x686f_6e61_0000_0000);
        Self {
            api_key: format!("hona-{}", random.hex()),
            contacts: BTreeMap::new(),
            projects: BTreeMap::new(),
            staff: staff.iter().map(|email| email.to_lowercase()).collect(),
            phases: seed::portal_stages(),
            welcome_texts: 0,
            phase_texts: 0,
            login_links: 0,
            random,
        }
    }

    pub(super) fn new_id(&mut self, kind: &str) -> String {
        format!("{kind}_{}", &self.random.hex()[..20])
    }

    /// Changes anything of a project by hand but its ids.
    pub fn edit_project(&mut self, external_id: &str, edit: impl FnOnce(&mut HonaProject)) -> Result<(), NotThere> {
        self.projects.get_mut(external_id).map(edit).ok_or_else(|| NotThere(format!("project {external_id}")))
    }

    /// Deletes a project by hand.
    pub fn remove_project(&mut self, external_id: &str) -> Result<HonaProject, NotThere> {
        self.projects.remove(external_id).ok_or_else(|| NotThere(format!("project {external_id}")))
    }

    /// Deletes a contact by hand.
    pub fn remove_contact(&mut self, external_id: &str) -> Result<HonaContact, NotThere> {
        self.contacts.remove(external_id).ok_or_else(|| NotThere(format!("contact {external_id}")))
    }
}
