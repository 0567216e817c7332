//! MyCase's records as its API writes them, from its OpenAPI files.
//!
//! These types serve answers only and are shared with nobody: casebridge has its own, so a misspelt field shows.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::firm::Firm;
use super::records::{Address, Case, CaseStaff, Client, Company, CustomValue, Document, Note, Office, Staff};

/// A reference to something by id.
#[derive(Debug, Serialize)]
pub(super) struct Id {
    id: u64,
}

/// The fields of a nested client that `field[client]` may ask for (MyCase: Cases.json, ClientNestedResponse).
const CLIENT_FIELDS: [&str; 14] = [
    "id",
    "first_name",
    "last_name",
    "middle_initial",
    "middle_name",
    "email",
    "cell_phone_number",
    "work_phone_number",
    "home_phone_number",
    "fax_phone_number",
    "contact_group",
    "birthdate",
    "created_at",
    "updated_at",
];

/// How much of nested things a request wants to see.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    client: Vec<&'static str>,
    field_type: bool,
}

impl Wanted {
    /// From the two `field[...]` parameters; the parameter and the word that MyCase does not know, otherwise.
    pub(super) fn of(client: Option<&str>, custom_field: Option<&str>) -> Result<Self, (&'static str, String)> {
        let mut wanted = Self::default();
        for word in words(client) {
            match CLIENT_FIELDS.iter().find(|known| **known == word) {
                Some(known) => wanted.client.push(known),
                None => return Err(("field[client]", word.to_owned())),
            }
        }
        for word in words(custom_field) {
            match word {
                "id" => {}
                "field_type" => wanted.field_type = true,
                other => return Err(("field[custom_field]", other.to_owned())),
            }
        }
        Ok(wanted)
    }
}

fn words(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// A case as `/cases` writes it.
#[derive(Debug, Serialize)]
pub(super) struct CaseBody<'a> {
    id: u64,
    name: &'a str,
    case_number: Option<&'a str>,
    description: &'a str,
    opened_date: Option<Date>,
    closed_date: Option<Date>,
    sol_date: Option<Date>,
    practice_area: Option<&'a str>,
    case_stage: Option<&'a str>,
    status: &'static str,
    outstanding_balance: f64,
    billing_contact: Option<Id>,
    billing_type: &'static str,
    clients: Vec<NestedClient<'a>>,
    companies: Vec<Id>,
    staff: Vec<StaffOnCase>,
    custom_field_values: Vec<CustomBody<'a>>,
    office: Option<&'a Office>,
    updated_at: Timestamp,
    created_at: Timestamp,
}

/// The firm's person on a case.
#[derive(Debug, Serialize)]
struct StaffOnCase {
    id: u64,
    lead_lawyer: bool,
    originating_lawyer: bool,
    case_rate: Option<String>,
}

impl From<&CaseStaff> for StaffOnCase {
    fn from(staff: &CaseStaff) -> Self {
        Self { id: staff.id, lead_lawyer: staff.lead_lawyer, originating_lawyer: staff.originating_lawyer, case_rate: None }
    }
}

impl<'a> CaseBody<'a> {
    /// The case with as much of its people and fields as the request wants.
    pub(super) fn new(firm: &'a Firm, case: &'a Case, wanted: &'a Wanted) -> Self {
        Self {
            id: case.id,
            name: &case.name,
            case_number: case.case_number.as_deref(),
            description: &case.description,
            opened_date: case.opened_date,
            closed_date: case.closed_date,
            sol_date: case.sol_date,
            practice_area: case.practice_area.and_then(|id| firm.practice_areas.get(&id)).map(|area| area.name.as_str()),
            case_stage: case.stage.and_then(|id| firm.stages.get(&id)).map(|stage| stage.name.as_str()),
            status: if case.open { "open" } else { "closed" },
            outstanding_balance: case.outstanding_cents as f64 / 100.0,
            billing_contact: case.billing_contact.map(|id| Id { id }),
            billing_type: case.billing_type,
            clients: case.clients.iter().map(|id| NestedClient::new(firm, *id, wanted)).collect(),
            companies: case.companies.iter().map(|id| Id { id: *id }).collect(),
            staff: case.staff.iter().map(StaffOnCase::from).collect(),
            custom_field_values: customs(firm, &case.custom, wanted.field_type),
            office: firm.office.as_ref(),
            updated_at: case.updated_at,
            created_at: case.created_at,
        }
    }
}

/// A client within a case: its id, or the fields asked for.
#[derive(Debug)]
struct NestedClient<'a> {
    id: u64,
    client: Option<&'a Client>,
    firm: &'a Firm,
    fields: &'a [&'static str],
}

impl<'a> NestedClient<'a> {
    fn new(firm: &'a Firm, id: u64, wanted: &'a Wanted) -> Self {
        let fields: &[&str] = if wanted.client.is_empty() { &["id"] } else { &wanted.client };
        Self { id, client: firm.clients.get(&id), firm, fields }
    }
}

impl Serialize for NestedClient<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for field in self.fields {
            let Some(client) = self.client else {
                if *field == "id" {
                    map.serialize_entry("id", &self.id)?;
                }
                continue;
            };
            match *field {
                "id" => map.serialize_entry("id", &self.id)?,
                "first_name" => map.serialize_entry(field, &client.first_name)?,
                "last_name" => map.serialize_entry(field, &client.last_name)?,
                "middle_name" | "middle_initial" => map.serialize_entry(field, &client.middle_name)?,
                "email" => map.serialize_entry(field, &client.email)?,
                "cell_phone_number" => map.serialize_entry(field, &client.cell_phone)?,
                "work_phone_number" => map.serialize_entry(field, &client.work_phone)?,
                "home_phone_number" => map.serialize_entry(field, &client.home_phone)?,
                "contact_group" => map.serialize_entry(field, &group_name(self.firm, client))?,
                "birthdate" => map.serialize_entry(field, &client.birthdate)?,
                "created_at" => map.serialize_entry(field, &client.created_at)?,
                "updated_at" => map.serialize_entry(field, &client.updated_at)?,
                _unused => map.serialize_entry(field, &None::<&str>)?,
            }
        }
        map.end()
    }
}

fn group_name<'a>(firm: &'a Firm, client: &Client) -> Option<&'a str> {
    client.people_group.and_then(|id| firm.people_groups.get(&id)).map(|group| group.name.as_str())
}

/// A value of a custom field.
#[derive(Debug, Serialize)]
struct CustomBody<'a> {
    custom_field: CustomFieldRef,
    value: &'a Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct CustomFieldRef {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_type: Option<&'static str>,
}

fn customs<'a>(firm: &Firm, values: &'a [CustomValue], with_type: bool) -> Vec<CustomBody<'a>> {
    values
        .iter()
        .map(|value| CustomBody {
            custom_field: CustomFieldRef {
                id: value.field,
                field_type: firm.custom_fields.get(&value.field).filter(|_| with_type).map(|field| field.field_type),
            },
            value: &value.value,
            created_at: value.created_at,
            updated_at: value.updated_at,
        })
        .collect()
}

/// A client as `/clients` writes it.
#[derive(Debug, Serialize)]
pub(super) struct ClientBody<'a> {
    id: u64,
    email: Option<&'a str>,
    first_name: &'a str,
    middle_initial: &'a str,
    middle_name: &'a str,
    last_name: &'a str,
    address: &'a Address,
    cell_phone_number: Option<&'a str>,
    work_phone_number: Option<&'a str>,
    home_phone_number: Option<&'a str>,
    fax_phone_number: Option<&'a str>,
    contact_group: Option<&'a str>,
    people_group: Option<Id>,
    notes: &'a str,
    birthdate: Option<Date>,
    archived: bool,
    cases: Vec<Id>,
    custom_field_values: Vec<CustomBody<'a>>,
    updated_at: Timestamp,
    created_at: Timestamp,
}

impl<'a> ClientBody<'a> {
    pub(super) fn new(firm: &'a Firm, client: &'a Client) -> Self {
        Self {
            id: client.id,
            email: client.email.as_deref(),
            first_name: &client.first_name,
            middle_initial: &client.middle_name,
            middle_name: &client.middle_name,
            last_name: &client.last_name,
            address: &client.address,
            cell_phone_number: client.cell_phone.as_deref(),
            work_phone_number: client.work_phone.as_deref(),
            home_phone_number: client.home_phone.as_deref(),
            fax_phone_number: None,
            contact_group: group_name(firm, client),
            people_group: client.people_group.map(|id| Id { id }),
            notes: &client.notes,
            birthdate: client.birthdate,
            archived: client.archived,
            cases: client.cases.iter().map(|id| Id { id: *id }).collect(),
            custom_field_values: customs(firm, &client.custom, false),
            updated_at: client.updated_at,
            created_at: client.created_at,
        }
    }
}

/// A company as `/companies` writes it.
#[derive(Debug, Serialize)]
pub(super) struct CompanyBody<'a> {
    id: u64,
    name: &'a str,
    email: &'a str,
    website: Option<&'a str>,
    main_phone_number: &'a str,
    fax_phone_number: Option<&'a str>,
    address: &'a Address,
    notes: &'a str,
    cases: Vec<Id>,
    clients: Vec<Id>,
    custom_field_values: [(); 0],
    archived: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> From<&'a Company> for CompanyBody<'a> {
    fn from(company: &'a Company) -> Self {
        Self {
            id: company.id,
            name: &company.name,
            email: &company.email,
            website: None,
            main_phone_number: &company.main_phone,
            fax_phone_number: None,
            address: &company.address,
            notes: "",
            cases: company.cases.iter().map(|id| Id { id: *id }).collect(),
            clients: company.clients.iter().map(|id| Id { id: *id }).collect(),
            custom_field_values: [],
            archived: false,
            created_at: company.created_at,
            updated_at: company.updated_at,
        }
    }
}

/// One of the firm's people as `/staff` and `/me` write them.
#[derive(Debug, Serialize)]
pub(super) struct StaffBody<'a> {
    id: u64,
    email: &'a str,
    first_name: &'a str,
    middle_initial: Option<&'a str>,
    last_name: &'a str,
    cell_phone_number: Option<&'a str>,
    work_phone_number: &'a str,
    home_phone_number: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    active: bool,
    default_hourly_rate: f64,
    updated_at: Timestamp,
    created_at: Timestamp,
}

impl<'a> From<&'a Staff> for StaffBody<'a> {
    fn from(staff: &'a Staff) -> Self {
        Self {
            id: staff.id,
            email: &staff.email,
            first_name: &staff.first_name,
            middle_initial: None,
            last_name: &staff.last_name,
            cell_phone_number: None,
            work_phone_number: &staff.work_phone,
            home_phone_number: None,
            kind: &staff.kind,
            title: &staff.title,
            active: staff.active,
            default_hourly_rate: staff.hourly_rate,
            updated_at: staff.updated_at,
            created_at: staff.created_at,
        }
    }
}

/// A document as `/documents` writes it; it tells neither size nor content.
#[derive(Debug, Serialize)]
pub(super) struct DocumentBody<'a> {
    id: u64,
    name: &'a str,
    filename: &'a str,
    path: &'a str,
    description: &'a str,
    assigned_date: Option<&'a str>,
    case: Option<Id>,
    created_at: Timestamp,
    updated_at: Timestamp,
    self_url: String,
    folder: Id,
}

impl<'a> From<&'a Document> for DocumentBody<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            id: document.id,
            name: &document.name,
            filename: &document.filename,
            path: &document.path,
            description: &document.description,
            assigned_date: document.assigned_date.as_deref(),
            case: document.case.map(|id| Id { id }),
            created_at: document.created_at,
            updated_at: document.updated_at,
            self_url: format!("/v1/documents/{}", document.id),
            folder: Id { id: folder_id(document) },
        }
    }
}

/// A number for a document's folder that is the same for all documents in it.
fn folder_id(document: &Document) -> u64 {
    let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let seed = 0xcbf2_9ce4_8422_2325 ^ document.case.unwrap_or(0);
    let hash = folder.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash % 900_000_000 + 100_000_000
}

/// A note as `/notes` writes it.
#[derive(Debug, Serialize)]
pub(super) struct NoteBody<'a> {
    id: u64,
    subject: &'a str,
    note: &'a str,
    archived: bool,
    date: &'a str,
    client: Option<Id>,
    company: Option<Id>,
    case: Id,
    created_by: Id,
    updated_by: Id,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> NoteBody<'a> {
    pub(super) fn new(firm: &Firm, note: &'a Note) -> Self {
        Self {
            id: note.id,
            subject: &note.subject,
            note: &note.note,
            archived: false,
            date: &note.date,
            client: None,
            company: None,
            case: Id { id: note.case },
            created_by: Id { id: firm.me },
            updated_by: Id { id: firm.me },
            created_at: note.created_at,
            updated_at: note.updated_at,
        }
    }
}
