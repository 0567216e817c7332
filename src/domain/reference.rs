//! The reference lists of MyCase that a run reads once: staff, stages, practice areas, custom fields, people.

use super::{FieldId, GroupId, NameKey, PersonId, StaffId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A thing with an id and a name (MyCase: CaseStages.json, PracticeAreas.json, PeopleGroups.json).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// MyCase's id.
    pub id: u64,
    /// Its name as spelled in MyCase.
    pub name: String,
}

/// A member of the firm (MyCase: Staff.json).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// MyCase's id.
    pub id: StaffId,
    /// The address, trimmed and lower-case; `None` when there is none or it is no address.
    pub email: Option<String>,
    /// MyCase's type, e.g. "Attorney", "Paralegal".
    pub kind: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Whether the person is active; unknown counts as active.
    pub active: bool,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staff").field("id", &self.id).field("active", &self.active).finish_non_exhaustive()
    }
}

/// A custom field (MyCase: CustomFields.json).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomField {
    /// MyCase's id.
    pub id: FieldId,
    /// Its name as spelled in MyCase.
    pub name: String,
    /// What it belongs to, e.g. "case", "client", as MyCase says.
    pub parent: String,
    /// List options: key to shown text; empty when it is no list.
    pub options: BTreeMap<String, String>,
}

/// What only the full client record says (MyCase: Clients.json).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FullClient {
    /// The people group.
    pub group: Option<GroupId>,
    /// Whether MyCase archived the person.
    pub archived: bool,
    /// Custom field values of the person.
    pub custom: Vec<super::CustomValue>,
}

/// Everything a run reads once before it looks at cases. Empty parts were not needed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Reference {
    /// All staff, active or not.
    pub staff: BTreeMap<StaffId, Staff>,
    /// All case stages.
    pub stages: Vec<Named>,
    /// All practice areas.
    pub practice_areas: Vec<Named>,
    /// Custom fields by id.
    pub custom_fields: BTreeMap<FieldId, CustomField>,
    /// People groups; read only when a rule needs them.
    pub people_groups: Vec<Named>,
    /// Full clients; read only when a rule needs them.
    pub clients: BTreeMap<PersonId, FullClient>,
}

impl Reference {
    /// The custom fields of cases that bear this name; more than one when MyCase has the name twice.
    pub fn fields_named(&self, name: &NameKey) -> impl Iterator<Item = &CustomField> {
        self.custom_fields.values().filter(move |field| NameKey::new(&field.name) == *name)
    }
}
