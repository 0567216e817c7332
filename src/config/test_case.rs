//! `[[tests]]` as typed values: a case that somebody made up, and what is expected of it. Nothing here is a real
//! person's, so all of it may be printed. What is left out stays absent; which default then applies says `plan`'s
//! `firm_tests`, which knows the firm's rules.

use crate::domain::{CaseStatus, NameKey, Office, ReasonCode};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// One `[[tests]]` entry, checked for form.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// What it shows.
    pub name: String,
    /// The case.
    pub given: TestGiven,
    /// What is expected.
    pub expect: TestExpect,
    /// The file it stands in, as people know it.
    pub file: String,
    /// The line in that file.
    pub line: u32,
    /// The bytes of its header in that file.
    pub span: Range<usize>,
    /// The bytes of its `case` in that file.
    pub case_span: Range<usize>,
}

/// What a test says of the case. Absent is not the same as empty: an absent value gets a default, an empty one is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestGiven {
    /// `id`.
    pub id: Option<u64>,
    /// `name`, `case_number`, `description`, `practice_area`, `case_stage`, `outstanding_balance`, `billing_type`.
    pub texts: BTreeMap<&'static str, String>,
    /// `opened_date`, `closed_date`, `sol_date`, `created_date`.
    pub dates: BTreeMap<&'static str, Date>,
    /// `status`.
    pub status: Option<CaseStatus>,
    /// `updated_at`.
    pub updated_at: Option<TestMoment>,
    /// `client` or `clients`.
    pub clients: Option<Vec<TestPerson>>,
    /// `companies`, by name.
    pub companies: Vec<String>,
    /// `billing_contact`.
    pub billing: Option<TestBilling>,
    /// `staff`, and `lead_attorney` before them.
    pub staff: Option<Vec<TestStaff>>,
    /// `custom`, with the names as written.
    pub custom: BTreeMap<NameKey, TestCustom>,
    /// `office`.
    pub office: Option<Office>,
    /// `now`.
    pub now: Option<TestMoment>,
    /// `was`: the case is linked, and the portal shows this.
    pub was: Option<TestWas>,
}

/// A person on the case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestPerson {
    /// MyCase's id.
    pub id: Option<u64>,
    /// The keys of [`PERSON_TEXTS`].
    pub texts: BTreeMap<&'static str, String>,
    /// Birth date.
    pub birthdate: Option<Date>,
    /// The person's custom fields.
    pub custom: BTreeMap<NameKey, TestCustom>,
}

/// A custom field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCustom {
    /// The field's name as written.
    pub name: String,
    /// The value; `true` and `false` for yes and no.
    pub text: String,
}

/// A member of the firm on the case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestStaff {
    /// MyCase's id.
    pub id: Option<u64>,
    /// First and last name.
    pub name: Option<String>,
    /// The address; empty for none.
    pub email: Option<String>,
    /// MyCase's type.
    pub kind: Option<String>,
    /// Whether the person is active.
    pub active: Option<bool>,
    /// Leads the case.
    pub lead_lawyer: bool,
    /// Brought the case.
    pub originating_lawyer: bool,
}

/// Who the bill goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestBilling {
    /// A client's or a company's id.
    Id(u64),
    /// The full name of a person, or the name of a company, on the case; empty for nobody.
    Named(String),
}

/// A moment, in the firm's zone when it says none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestMoment {
    /// With an offset.
    At(Timestamp),
    /// In the firm's zone.
    Local(DateTime),
}

impl TestMoment {
    /// The moment, in this zone when it says none.
    pub fn within(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            TestMoment::At(at) => Some(at),
            TestMoment::Local(local) => local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp()),
        }
    }
}

/// What the portal showed before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestWas {
    /// The portal's stage.
    pub stage: Option<String>,
    /// The portal's practice area.
    pub practice_area: Option<String>,
    /// Whether the portal's record is open.
    pub open: Option<bool>,
    /// How long MyCase has said what it says now (`stood`).
    pub stood: Option<Duration>,
}

/// What is expected; only what is named is compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestExpect {
    /// `stage`, `practice_area`, `attorney`, `phone`, `email` and fields, by name; `None`: nothing.
    pub texts: BTreeMap<String, Option<String>>,
    /// `client`: full names; empty: nobody.
    pub clients: Option<Vec<String>>,
    /// `attention`: codes that are expected among the reasons; empty: none at all.
    pub attention: Option<Vec<ReasonCode>>,
    /// `closed`: the portal's record is closed afterwards.
    pub closed: Option<bool>,
    /// `imported`: the portal has the case afterwards.
    pub imported: Option<bool>,
}

/// The texts that `case` may give.
pub const CASE_TEXTS: &[&str] =
    &["name", "case_number", "description", "practice_area", "case_stage", "outstanding_balance", "billing_type"];

/// The days that `case` may give.
pub const CASE_DATES: &[&str] = &["opened_date", "closed_date", "sol_date", "created_date"];

/// The texts that a client may have. `name` is first and last name in one.
pub const PERSON_TEXTS: &[&str] = &[
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "email",
    "cell_phone_number",
    "home_phone_number",
    "work_phone_number",
    "contact_group",
    "people_group",
];

/// What `expect` may name beside the portal's fields.
pub const EXPECTED: &[&str] = &["stage", "practice_area", "client", "phone", "email", "attorney", "attention", "closed", "imported"];
