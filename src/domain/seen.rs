//! What MyCase says of a case, in normal form. Every field but the id may be missing.

use super::{CaseId, CompanyId, FieldId, PersonId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::fmt;

/// Open or closed (MyCase: Cases.json, `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseStatus {
    /// "open".
    Open,
    /// "closed".
    Closed,
    /// Anything else, also null.
    Unknown,
}

/// A case as read from MyCase (MyCase: Cases.json, CaseResponse, with `field[client]` expanded).
#[derive(Clone, PartialEq)]
pub struct SeenCase {
    /// MyCase's id.
    pub id: CaseId,
    /// The case's name.
    pub name: Option<String>,
    /// The case number the firm gave.
    pub case_number: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// When it was opened.
    pub opened_date: Option<Date>,
    /// When it was closed.
    pub closed_date: Option<Date>,
    /// Statute of limitations.
    pub sol_date: Option<Date>,
    /// The practice area's name.
    pub practice_area: Option<String>,
    /// The stage's name.
    pub stage: Option<String>,
    /// Open or closed.
    pub status: CaseStatus,
    /// Outstanding balance in the firm's currency, as MyCase wrote it.
    pub outstanding_balance: Option<String>,
    /// Billing type.
    pub billing_type: Option<String>,
    /// The billing contact's id: a client's or a company's.
    pub billing_contact: Option<u64>,
    /// The clients in MyCase's order.
    pub clients: Vec<SeenClient>,
    /// The companies on the case.
    pub companies: Vec<CompanyId>,
    /// The staff on the case.
    pub staff: Vec<CaseStaff>,
    /// Custom field values; the same field may stand twice.
    pub custom: Vec<CustomValue>,
    /// The office.
    pub office: Option<Office>,
    /// When MyCase last changed the case.
    pub updated_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl SeenCase {
    /// A case of which nothing but its id is known.
    pub fn bare(id: CaseId) -> SeenCase {
        SeenCase {
            id,
            name: None,
            case_number: None,
            description: None,
            opened_date: None,
            closed_date: None,
            sol_date: None,
            practice_area: None,
            stage: None,
            status: CaseStatus::Unknown,
            outstanding_balance: None,
            billing_type: None,
            billing_contact: None,
            clients: Vec::new(),
            companies: Vec::new(),
            staff: Vec::new(),
            custom: Vec::new(),
            office: None,
            updated_at: None,
            created_at: None,
        }
    }
}

impl fmt::Debug for SeenCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SeenCase { id, stage, practice_area, status, .. } = self;
        write!(f, "SeenCase({id} {status:?} {practice_area:?} {stage:?})")
    }
}

/// A client as nested in a case (MyCase: Cases.json, ClientNestedResponse).
#[derive(Clone, PartialEq, Eq)]
pub struct SeenClient {
    /// MyCase's id.
    pub id: PersonId,
    /// First name.
    pub first_name: Option<String>,
    /// Middle name or initial.
    pub middle_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail as written in MyCase.
    pub email: Option<String>,
    /// Cell phone as written in MyCase.
    pub cell_phone: Option<String>,
    /// Home phone as written in MyCase.
    pub home_phone: Option<String>,
    /// Work phone as written in MyCase.
    pub work_phone: Option<String>,
    /// Birth date.
    pub birthdate: Option<Date>,
    /// Contact group's name.
    pub contact_group: Option<String>,
}

impl SeenClient {
    /// A client of whom only the id is known.
    pub fn bare(id: PersonId) -> SeenClient {
        SeenClient {
            id,
            first_name: None,
            middle_name: None,
            last_name: None,
            email: None,
            cell_phone: None,
            home_phone: None,
            work_phone: None,
            birthdate: None,
            contact_group: None,
        }
    }
}

impl fmt::Debug for SeenClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeenClient({})", self.id)
    }
}

/// A member of the firm on a case (MyCase: Cases.json, StaffNestedResponse).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseStaff {
    /// MyCase's id.
    pub id: StaffId,
    /// Leads the case.
    pub lead_lawyer: bool,
    /// Brought the case.
    pub originating_lawyer: bool,
}

/// A custom field's value on a case or a client (MyCase: Cases.json, CustomFieldValueResponse).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CustomValue {
    /// Which field.
    pub field: FieldId,
    /// The value as text; `true` and `false` for yes and no; a list's value is its key or its option.
    pub text: String,
    /// When it was set; of two values of one field the newest counts.
    pub updated_at: Option<Timestamp>,
}

impl fmt::Debug for CustomValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomValue({})", self.field)
    }
}

/// The firm's office that keeps the case (MyCase: Cases.json, `office`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Office {
    /// Its name.
    pub name: Option<String>,
    /// Its main phone.
    pub main_phone: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its state.
    pub state: Option<String>,
}
