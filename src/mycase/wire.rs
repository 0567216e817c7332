//! MyCase's JSON, and how it becomes domain values. Nothing else knows MyCase's field names.

use super::loose::{Bare, Loose, Many, Part};
use super::meant::As;
use crate::domain::{
    CaseId, CaseStaff, CaseStatus, CompanyId, CustomField, CustomValue, FieldId, FullClient, GroupId, Named, Office, PersonId, SeenCase,
    SeenClient, Staff, StaffId, email,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a nested client is asked for (MyCase: Cases.json, `field[client]`).
pub(super) const CLIENT_FIELDS: &str = "id,first_name,last_name,middle_name,middle_initial,email,cell_phone_number,work_phone_number,\
home_phone_number,contact_group,birthdate";

/// An item of a MyCase list. A bare id is none.
pub(super) trait Wire: DeserializeOwned + Bare + Send + 'static {
    /// What it becomes.
    type Seen: Send + 'static;
    /// Its id and what it says; `None` without a usable id.
    fn seen(self) -> Option<(u64, Self::Seen)>;
}

/// MyCase: Cases.json, CaseResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireCase {
    id: As<u64>,
    name: Loose,
    case_number: Loose,
    description: Loose,
    opened_date: As<Date>,
    closed_date: As<Date>,
    sol_date: As<Date>,
    practice_area: Loose,
    case_stage: Loose,
    status: Loose,
    outstanding_balance: Loose,
    billing_contact: As<u64>,
    billing_type: Loose,
    clients: Many<Part<WireNestedClient>>,
    companies: Many<As<u64>>,
    staff: Many<Part<WireCaseStaff>>,
    custom_field_values: Many<Part<WireCustomValue>>,
    office: Part<WireOffice>,
    updated_at: As<Timestamp>,
    created_at: As<Timestamp>,
}

impl Wire for WireCase {
    type Seen = SeenCase;
    fn seen(self) -> Option<(u64, SeenCase)> {
        let id = self.id.number()?;
        let case = SeenCase {
            id: CaseId(id),
            name: self.name.text(),
            case_number: self.case_number.text(),
            description: self.description.text(),
            opened_date: self.opened_date.day(),
            closed_date: self.closed_date.day(),
            sol_date: self.sol_date.day(),
            practice_area: self.practice_area.text(),
            stage: self.case_stage.text(),
            status: status(self.status),
            outstanding_balance: self.outstanding_balance.text(),
            billing_type: self.billing_type.text(),
            billing_contact: self.billing_contact.number(),
            clients: self.clients.0.into_iter().filter_map(|client| client.0?.seen()).collect(),
            companies: self.companies.0.iter().filter_map(|company| company.number().map(CompanyId)).collect(),
            staff: self.staff.0.into_iter().filter_map(|staff| staff.0?.seen()).collect(),
            custom: custom_values(self.custom_field_values),
            office: self.office.0.map(WireOffice::seen),
            updated_at: self.updated_at.moment(),
            created_at: self.created_at.moment(),
        };
        Some((id, case))
    }
}

fn status(status: Loose) -> CaseStatus {
    match status.text() {
        Some(text) if text.eq_ignore_ascii_case("open") => CaseStatus::Open,
        Some(text) if text.eq_ignore_ascii_case("closed") => CaseStatus::Closed,
        Some(_) | None => CaseStatus::Unknown,
    }
}

/// MyCase: Cases.json, ClientNestedResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireNestedClient {
    id: As<u64>,
    first_name: Loose,
    middle_name: Loose,
    middle_initial: Loose,
    last_name: Loose,
    email: Loose,
    cell_phone_number: Loose,
    home_phone_number: Loose,
    work_phone_number: Loose,
    birthdate: As<Date>,
    contact_group: Loose,
}

impl Bare for WireNestedClient {
    fn bare(id: As<u64>) -> Option<WireNestedClient> {
        Some(WireNestedClient { id, ..WireNestedClient::default() })
    }
}

impl WireNestedClient {
    fn seen(self) -> Option<SeenClient> {
        Some(SeenClient {
            id: PersonId(self.id.number()?),
            first_name: self.first_name.text(),
            middle_name: self.middle_name.text().or_else(|| self.middle_initial.text()),
            last_name: self.last_name.text(),
            email: self.email.text(),
            cell_phone: self.cell_phone_number.text(),
            home_phone: self.home_phone_number.text(),
            work_phone: self.work_phone_number.text(),
            birthdate: self.birthdate.day(),
            contact_group: self.contact_group.text(),
        })
    }
}

/// MyCase: Cases.json, StaffNestedResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireCaseStaff {
    id: As<u64>,
    lead_lawyer: As<bool>,
    originating_lawyer: As<bool>,
}

impl Bare for WireCaseStaff {
    fn bare(id: As<u64>) -> Option<WireCaseStaff> {
        Some(WireCaseStaff { id, ..WireCaseStaff::default() })
    }
}

impl WireCaseStaff {
    fn seen(self) -> Option<CaseStaff> {
        Some(CaseStaff {
            id: StaffId(self.id.number()?),
            lead_lawyer: self.lead_lawyer.flag().unwrap_or(false),
            originating_lawyer: self.originating_lawyer.flag().unwrap_or(false),
        })
    }
}

/// MyCase: Cases.json, CustomFieldValueResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireCustomValue {
    custom_field: As<u64>,
    value: Loose,
    updated_at: As<Timestamp>,
}

impl Bare for WireCustomValue {}

/// A value that was emptied stays as an empty text: it may be newer than another value of the same field.
fn custom_values(values: Many<Part<WireCustomValue>>) -> Vec<CustomValue> {
    let seen = |value: WireCustomValue| {
        let field = FieldId(value.custom_field.number()?);
        Some(CustomValue { field, text: value.value.text().unwrap_or_default(), updated_at: value.updated_at.moment() })
    };
    values.0.into_iter().filter_map(|value| seen(value.0?)).collect()
}

/// MyCase: Cases.json, `office`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireOffice {
    name: Loose,
    main_phone: Loose,
    address: Part<WireAddress>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireAddress {
    city: Loose,
    state: Loose,
}

impl Bare for WireOffice {}
impl Bare for WireAddress {}

impl WireOffice {
    fn seen(self) -> Office {
        let WireAddress { city, state } = self.address.0.unwrap_or_default();
        Office { name: self.name.text(), main_phone: self.main_phone.text(), city: city.text(), state: state.text() }
    }
}

/// MyCase: CaseStages.json, PracticeAreas.json, PeopleGroups.json.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireNamed {
    id: As<u64>,
    name: Loose,
}

impl Wire for WireNamed {
    type Seen = Named;
    fn seen(self) -> Option<(u64, Named)> {
        let id = self.id.number()?;
        Some((id, Named { id, name: self.name.text()? }))
    }
}

/// MyCase: Staff.json, StaffResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireStaff {
    id: As<u64>,
    email: Loose,
    first_name: Loose,
    last_name: Loose,
    #[serde(rename = "type")]
    kind: Loose,
    active: As<bool>,
}

impl Wire for WireStaff {
    type Seen = Staff;
    fn seen(self) -> Option<(u64, Staff)> {
        let id = self.id.number()?;
        let staff = Staff {
            id: StaffId(id),
            email: self.email.text().and_then(|text| email(&text)),
            kind: self.kind.text(),
            first_name: self.first_name.text().unwrap_or_default(),
            last_name: self.last_name.text().unwrap_or_default(),
            active: self.active.flag().unwrap_or(true),
        };
        Some((id, staff))
    }
}

/// MyCase: CustomFields.json, CustomFieldResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireCustomField {
    id: As<u64>,
    name: Loose,
    parent_type: Loose,
    list_options: Many<Part<WireOption>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireOption {
    key: Loose,
    option: Loose,
}

impl Bare for WireOption {}

impl Wire for WireCustomField {
    type Seen = CustomField;
    fn seen(self) -> Option<(u64, CustomField)> {
        let id = self.id.number()?;
        let option = |option: WireOption| Some((option.key.text()?, option.option.text()?));
        let field = CustomField {
            id: FieldId(id),
            name: self.name.text()?,
            parent: self.parent_type.text().unwrap_or_default().to_lowercase(),
            options: self.list_options.0.into_iter().filter_map(|part| option(part.0?)).collect(),
        };
        Some((id, field))
    }
}

/// MyCase: Clients.json, ClientResponse; only what a nested client does not say.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireClient {
    id: As<u64>,
    people_group: As<u64>,
    archived: As<bool>,
    custom_field_values: Many<Part<WireCustomValue>>,
}

impl Wire for WireClient {
    type Seen = FullClient;
    fn seen(self) -> Option<(u64, FullClient)> {
        let id = self.id.number()?;
        let client = FullClient {
            group: self.people_group.number().map(GroupId),
            archived: self.archived.flag().unwrap_or(false),
            custom: custom_values(self.custom_field_values),
        };
        Some((id, client))
    }
}

/// MyCase: Firm.json, FirmResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireFirm {
    pub(super) name: Loose,
    pub(super) url: Loose,
}

impl Bare for WireFirm {}
impl Bare for WireCase {}
impl Bare for WireNamed {}
impl Bare for WireStaff {}
impl Bare for WireCustomField {}
impl Bare for WireClient {}
