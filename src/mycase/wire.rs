//! MyCase's JSON, and how it becomes domain values. Nothing else knows MyCase's field names.

use super::loose::{Bare, Item, Many, Part};
use super::meant::As;
use crate::domain::{
    CaseId, CaseStaff, CaseStatus, CompanyId, CustomField, CustomValue, FieldId, FullClient, GroupId, Named, Office, Ordered, PersonId,
    SeenCase, SeenClient, Staff, StaffId, email,
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
    name: As<String>,
    case_number: As<String>,
    description: As<String>,
    opened_date: As<Date>,
    closed_date: As<Date>,
    sol_date: As<Date>,
    practice_area: As<String>,
    case_stage: As<String>,
    status: As<CaseStatus>,
    outstanding_balance: As<String>,
    billing_contact: As<u64>,
    billing_type: As<String>,
    clients: Many<WireNestedClient>,
    companies: Many<As<u64>>,
    staff: Many<WireCaseStaff>,
    custom_field_values: Many<WireCustomValue>,
    office: Part<WireOffice>,
    updated_at: As<Timestamp>,
    created_at: As<Timestamp>,
}

impl Wire for WireCase {
    type Seen = SeenCase;
    fn seen(self) -> Option<(u64, SeenCase)> {
        let id = self.id.0?;
        let case = SeenCase {
            id: CaseId(id),
            name: self.name.0,
            case_number: self.case_number.0,
            description: self.description.0,
            opened_date: self.opened_date.0,
            closed_date: self.closed_date.0,
            sol_date: self.sol_date.0,
            practice_area: self.practice_area.0,
            stage: self.case_stage.0,
            status: self.status.0.unwrap_or(CaseStatus::Unknown),
            outstanding_balance: self.outstanding_balance.0,
            billing_type: self.billing_type.0,
            billing_contact: self.billing_contact.0,
            clients: self.clients.0,
            companies: self.companies.0.into_iter().map(CompanyId).collect(),
            staff: self.staff.0,
            custom: self.custom_field_values.0,
            office: self.office.0.map(WireOffice::seen),
            updated_at: self.updated_at.0,
            created_at: self.created_at.0,
        };
        Some((id, case))
    }
}

/// MyCase: Cases.json, ClientNestedResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireNestedClient {
    id: As<u64>,
    first_name: As<String>,
    middle_name: As<String>,
    middle_initial: As<String>,
    last_name: As<String>,
    email: As<String>,
    cell_phone_number: As<String>,
    home_phone_number: As<String>,
    work_phone_number: As<String>,
    birthdate: As<Date>,
    contact_group: As<String>,
}

impl Bare for WireNestedClient {
    fn bare(id: As<u64>) -> Option<WireNestedClient> {
        Some(WireNestedClient { id, ..WireNestedClient::default() })
    }
}

impl Item for WireNestedClient {
    type Seen = SeenClient;
    fn seen(self) -> Option<SeenClient> {
        Some(SeenClient {
            id: PersonId(self.id.0?),
            first_name: self.first_name.0,
            middle_name: self.middle_name.0.or(self.middle_initial.0),
            last_name: self.last_name.0,
            email: self.email.0,
            cell_phone: self.cell_phone_number.0,
            home_phone: self.home_phone_number.0,
            work_phone: self.work_phone_number.0,
            birthdate: self.birthdate.0,
            contact_group: self.contact_group.0,
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

impl Item for WireCaseStaff {
    type Seen = CaseStaff;
    fn seen(self) -> Option<CaseStaff> {
        Some(CaseStaff {
            id: StaffId(self.id.0?),
            lead_lawyer: self.lead_lawyer.0.unwrap_or(false),
            originating_lawyer: self.originating_lawyer.0.unwrap_or(false),
        })
    }
}

/// MyCase: Cases.json, CustomFieldValueResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireCustomValue {
    custom_field: As<u64>,
    value: As<String>,
    updated_at: As<Timestamp>,
}

impl Bare for WireCustomValue {}

impl Item for WireCustomValue {
    type Seen = CustomValue;
    /// A value that was emptied stays as an empty text: it may be newer than another value of the same field.
    fn seen(self) -> Option<CustomValue> {
        let field = FieldId(self.custom_field.0?);
        Some(CustomValue { field, text: self.value.0.unwrap_or_default(), updated_at: self.updated_at.0 })
    }
}

/// MyCase: Cases.json, `office`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireOffice {
    name: As<String>,
    main_phone: As<String>,
    address: Part<WireAddress>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireAddress {
    city: As<String>,
    state: As<String>,
}

impl Bare for WireOffice {}
impl Bare for WireAddress {}

impl WireOffice {
    fn seen(self) -> Office {
        let WireAddress { city, state } = self.address.0.unwrap_or_default();
        Office { name: self.name.0, main_phone: self.main_phone.0, city: city.0, state: state.0 }
    }
}

/// MyCase: CaseStages.json, PracticeAreas.json, PeopleGroups.json.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireNamed {
    id: As<u64>,
    name: As<String>,
}

impl Wire for WireNamed {
    type Seen = Named;
    fn seen(self) -> Option<(u64, Named)> {
        let id = self.id.0?;
        Some((id, Named { id, name: self.name.0? }))
    }
}

/// MyCase: Staff.json, StaffResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireStaff {
    id: As<u64>,
    email: As<String>,
    first_name: As<String>,
    last_name: As<String>,
    #[serde(rename = "type")]
    kind: As<String>,
    active: As<bool>,
}

impl Wire for WireStaff {
    type Seen = Staff;
    fn seen(self) -> Option<(u64, Staff)> {
        let id = self.id.0?;
        let staff = Staff {
            id: StaffId(id),
            email: self.email.0.and_then(|text| email(&text)),
            kind: self.kind.0,
            first_name: self.first_name.0.unwrap_or_default(),
            last_name: self.last_name.0.unwrap_or_default(),
            active: self.active.0.unwrap_or(true),
        };
        Some((id, staff))
    }
}

/// MyCase: CustomFields.json, CustomFieldResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireCustomField {
    id: As<u64>,
    name: As<String>,
    parent_type: As<String>,
    list_options: Many<WireOption>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireOption {
    key: As<String>,
    option: As<String>,
}

impl Bare for WireOption {}

impl Item for WireOption {
    type Seen = (String, String);
    fn seen(self) -> Option<(String, String)> {
        Some((self.key.0?, self.option.0?))
    }
}

impl Wire for WireCustomField {
    type Seen = CustomField;
    fn seen(self) -> Option<(u64, CustomField)> {
        let id = self.id.0?;
        let field = CustomField {
            id: FieldId(id),
            name: self.name.0?,
            parent: self.parent_type.0.unwrap_or_default().to_lowercase(),
            options: self.list_options.0.into_iter().ordered(),
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
    custom_field_values: Many<WireCustomValue>,
}

impl Wire for WireClient {
    type Seen = FullClient;
    fn seen(self) -> Option<(u64, FullClient)> {
        let id = self.id.0?;
        let client = FullClient {
            group: self.people_group.0.map(GroupId),
            archived: self.archived.0.unwrap_or(false),
            custom: self.custom_field_values.0,
        };
        Some((id, client))
    }
}

/// MyCase: Firm.json, FirmResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireFirm {
    pub(super) name: As<String>,
    pub(super) url: As<String>,
}

impl Bare for WireFirm {}
impl Bare for WireCase {}
impl Bare for WireNamed {}
impl Bare for WireStaff {}
impl Bare for WireCustomField {}
impl Bare for WireClient {}
