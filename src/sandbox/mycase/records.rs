//! What a MyCase firm holds, as plain records.
//!
//! Names follow MyCase's reference; ids are MyCase's numbers. How a record is written out is `wire.rs`' business.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// A case (MyCase: Cases.json).
#[derive(Clone, Debug)]
pub struct Case {
    /// MyCase's number.
    pub id: u64,
    /// Unique within the firm.
    pub name: String,
    /// The firm's own number for it.
    pub case_number: Option<String>,
    /// Free text.
    pub description: String,
    /// When it was opened.
    pub opened_date: Option<Date>,
    /// When it was closed.
    pub closed_date: Option<Date>,
    /// Statute of limitations.
    pub sol_date: Option<Date>,
    /// Id of the practice area.
    pub practice_area: Option<u64>,
    /// Id of the stage.
    pub stage: Option<u64>,
    /// Open, not closed.
    pub open: bool,
    /// In cents.
    pub outstanding_cents: i64,
    /// Id of a client or company.
    pub billing_contact: Option<u64>,
    /// One of MyCase's billing types.
    pub billing_type: &'static str,
    /// Ids of the people on it.
    pub clients: Vec<u64>,
    /// Ids of the companies on it.
    pub companies: Vec<u64>,
    /// The firm's people on it.
    pub staff: Vec<CaseStaff>,
    /// Values of custom fields.
    pub custom: Vec<CustomValue>,
    /// Not shown to the connected person: lists leave it out, and it answers 404.
    pub hidden: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it, a note or a document of it last changed.
    pub updated_at: Timestamp,
}

/// One of the firm's people on a case.
#[derive(Clone, Debug)]
pub struct CaseStaff {
    /// Id of the person.
    pub id: u64,
    /// Leads the case.
    pub lead_lawyer: bool,
    /// Brought the case.
    pub originating_lawyer: bool,
}

/// A value of a custom field.
#[derive(Clone, Debug)]
pub struct CustomValue {
    /// Id of the field.
    pub field: u64,
    /// Text, number or yes/no; of a list its key or its option.
    pub value: Value,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last set.
    pub updated_at: Timestamp,
}

/// A postal address.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Address {
    /// Street and number.
    pub address1: String,
    /// Suite or flat.
    pub address2: String,
    /// Town.
    pub city: String,
    /// Two letters.
    pub state: String,
    /// Five digits.
    pub zip_code: String,
    /// Country.
    pub country: String,
}

/// A person (MyCase: Clients.json).
#[derive(Clone, Debug)]
pub struct Client {
    /// MyCase's number.
    pub id: u64,
    /// First name.
    pub first_name: String,
    /// Middle name, mostly empty.
    pub middle_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// As somebody typed it.
    pub cell_phone: Option<String>,
    /// As somebody typed it.
    pub work_phone: Option<String>,
    /// As somebody typed it.
    pub home_phone: Option<String>,
    /// Where they live.
    pub address: Address,
    /// Date of birth.
    pub birthdate: Option<Date>,
    /// Id of a people group.
    pub people_group: Option<u64>,
    /// No longer used.
    pub archived: bool,
    /// The firm's notes on the person.
    pub notes: String,
    /// Ids of their cases.
    pub cases: Vec<u64>,
    /// Values of custom fields.
    pub custom: Vec<CustomValue>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A company (MyCase: Companies.json).
#[derive(Clone, Debug)]
pub struct Company {
    /// MyCase's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// As somebody typed it.
    pub main_phone: String,
    /// Where it is.
    pub address: Address,
    /// Ids of its cases.
    pub cases: Vec<u64>,
    /// Ids of its people.
    pub clients: Vec<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One of the firm's people (MyCase: Staff.json).
#[derive(Clone, Debug)]
pub struct Staff {
    /// MyCase's number.
    pub id: u64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address; the portals know people by it.
    pub email: String,
    /// `Attorney`, `Paralegal` or `Staff`.
    pub kind: String,
    /// What the card says.
    pub title: String,
    /// Works here.
    pub active: bool,
    /// As somebody typed it.
    pub work_phone: String,
    /// In dollars.
    pub hourly_rate: f64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Something that is hardly more than a name: a stage, practice area, people group or case role.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Named {
    /// MyCase's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A custom field (MyCase: CustomFields.json).
#[derive(Clone, Debug, serde::Serialize)]
pub struct CustomField {
    /// MyCase's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `case`, `client` or `company`.
    pub parent_type: &'static str,
    /// `short_text`, `long_text`, `numeric`, `boolean`, `date`, `list` or `currency`.
    pub field_type: &'static str,
    /// The options of a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list_options: Vec<ListOption>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An option of a list field.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ListOption {
    /// MyCase's key.
    pub key: String,
    /// What people see.
    pub option: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An office of the firm.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Office {
    /// MyCase's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Fax number.
    pub fax_phone: String,
    /// Phone number.
    pub main_phone: String,
    /// Where it is.
    pub address: Address,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A document (MyCase: Documents.json).
#[derive(Clone, Debug)]
pub struct Document {
    /// MyCase's number.
    pub id: u64,
    /// The case it belongs to, if any.
    pub case: Option<u64>,
    /// The last part of the path.
    pub name: String,
    /// The name of the file.
    pub filename: String,
    /// Folders and name.
    pub path: String,
    /// Free text.
    pub description: String,
    /// The day it is filed under.
    pub assigned_date: Option<String>,
    /// Its versions, oldest first; never none.
    pub versions: Vec<DocumentVersion>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A version of a document. It exists before its bytes.
#[derive(Clone, Debug)]
pub struct DocumentVersion {
    /// MyCase's number.
    pub id: u64,
    /// What the upload address ends in.
    pub token: String,
    /// Length in bytes, once uploaded.
    pub length: Option<u64>,
    /// SHA-256 of the bytes in hexadecimal, once uploaded.
    pub sha256: Option<String>,
    /// The bytes, when they are no more than a few megabytes.
    pub bytes: Option<Bytes>,
    /// How often somebody tried to put bytes here, refused and broken attempts too.
    pub attempts: u64,
    /// How often bytes were put here.
    pub uploads: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A note (MyCase: Notes.json).
#[derive(Clone, Debug)]
pub struct Note {
    /// MyCase's number.
    pub id: u64,
    /// The case it belongs to.
    pub case: u64,
    /// Subject.
    pub subject: String,
    /// Text.
    pub note: String,
    /// The moment it is filed under, as given.
    pub date: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A webhook subscription (MyCase: Webhooks.json). The sandbox keeps it and delivers nothing.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Webhook {
    /// MyCase's id.
    pub id: String,
    /// What it hears of.
    pub model: String,
    /// Where to.
    pub url: String,
    /// Which changes.
    pub actions: Vec<String>,
    /// The shared secret.
    pub hmac_key: String,
}
