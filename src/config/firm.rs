//! What a checked firm file means: every default filled in, every name in its normal form, every rule decided.
//!
//! Only `check` makes a [`Firm`]; nothing here can fail. Lines are 1-based lines of the firm file, 0 when a default applied.

use super::{Profile, SecretRef, TestCase};
use crate::domain::{CaseId, FirmId, NameKey};
use jiff::Span;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

use crate::config::cron::Cron;

/// One firm, as its file means it.
#[derive(Debug, Clone)]
pub struct Firm {
    /// The id, from the file's name.
    pub id: FirmId,
    /// Shown to people.
    pub name: String,
    /// The firm's zone.
    pub time_zone: TimeZone,
    /// `false`: connected, plans work, nothing runs by itself ("Connected - Inactive").
    pub active: bool,
    /// `[mycase]`.
    pub mycase: MyCaseSettings,
    /// `[portal]`.
    pub portal: PortalSettings,
    /// `[schedule]`.
    pub schedule: Schedule,
    /// `[lookback]`.
    pub lookback: Lookback,
    /// `[cases]`.
    pub cases: CasesRule,
    /// `[testing] cases`: while not empty, nothing else is touched.
    pub testing: BTreeSet<CaseId>,
    /// `[clients]`.
    pub clients: ClientsRule,
    /// `[staff]`.
    pub staff: StaffRule,
    /// `[closure]`.
    pub closure: Closure,
    /// `[stages]`.
    pub stages: StagesRule,
    /// `[practice_areas]`.
    pub practice_areas: NameMap,
    /// The profile's default fields with the firm's laid over them, by the portal's name; switched-off ones are absent.
    pub fields: BTreeMap<String, FieldRule>,
    /// `[documents]`.
    pub documents: DocumentsRule,
    /// `[messages]`.
    pub messages: MessagesRule,
    /// `[limits]`.
    pub limits: Limits,
    /// `[[tests]]` of the file and of `<firm>.tests.toml`.
    pub tests: Vec<TestCase>,
    /// The file's name as people see it, e.g. `acme.firm.toml`.
    pub file: String,
    /// Every name of MyCase's stages and practice areas that the file says, in the order of the lines.
    pub names: Vec<NamedInFile>,
    /// SHA-256 of the texts that all of this was made of: the file, the folder's defaults, the portal's profile.
    pub made_of: [u8; 32],
}

/// One of MyCase's names where the firm file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedInFile {
    /// Of which list.
    pub list: NameList,
    /// As the file spells it.
    pub name: String,
    /// The line in the firm file; 0 when another file said it.
    pub line: u32,
}

/// A list of MyCase's whose entries have ids and names (MyCase: CaseStages.json, PracticeAreas.json).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameList {
    /// Case stages.
    Stages,
    /// Practice areas.
    PracticeAreas,
}

/// `[mycase]`: the account the cases are read from.
#[derive(Debug, Clone)]
pub struct MyCaseSettings {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretRef,
    /// As registered with MyCase; matched exactly.
    pub redirect_uri: Url,
    /// The firm's own address, compared with what MyCase says (MyCase: Firm.json, `url`).
    pub web_url: Option<Url>,
    /// API root with `/v1`, no slash at the end.
    pub api_url: Url,
    /// Where a person allows access.
    pub authorize_url: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: Url,
}

/// `[portal]`: the account the cases are shown in.
#[derive(Debug, Clone)]
pub struct PortalSettings {
    /// `case-status`, `hona`, or a profile's name.
    pub kind: String,
    /// The line of `kind`.
    pub kind_line: u32,
    /// The profile with the firm's overrides applied.
    pub profile: Arc<Profile>,
    /// The portal's key.
    pub api_key: SecretRef,
    /// The profile's or the firm's own; no slash at the end.
    pub base_url: Url,
    /// What a portal that cannot be listed already holds.
    pub existing: Option<Existing>,
    /// When clients may be contacted.
    pub contact_hours: ContactHours,
    /// What to do about changes made in the portal by hand.
    pub drift: Drift,
    /// `[portal.stages]`: the portal's stages in the client's order, by the portal's practice area as spelled there.
    pub stages: BTreeMap<String, Vec<String>>,
}

/// `portal.existing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing {
    /// The portal is empty.
    None,
    /// The path of an exported list, relative to the firm file.
    List(String),
}

/// `portal.contact_hours`, in the firm's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactHours {
    /// At any time.
    Always,
    /// Only then.
    Within(Hours),
}

/// Hours of a day on some weekdays; `from` is inside, `until` is not. `until` before `from` runs over midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// The first minute.
    pub from: Time,
    /// The first minute after.
    pub until: Time,
    /// The days on which the hours begin.
    pub days: Vec<Weekday>,
}

/// `portal.drift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// Say it.
    Report,
    /// Put it right.
    Correct,
}

/// `[schedule]`; `None` is off.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The nightly run.
    pub cases: Option<Cron>,
    /// Only what changed since the last look.
    pub changes: Option<Cron>,
    /// Compare everything.
    pub verify: Option<Cron>,
    /// Portal files into MyCase.
    pub documents: Option<Cron>,
    /// Portal messages into MyCase.
    pub messages: Option<Cron>,
}

/// `[lookback]`: which cases a run may newly import, by their last change.
#[derive(Debug, Clone, Copy)]
pub struct Lookback {
    /// Until a first run has completed, and after `reset`.
    pub first: Span,
    /// Later.
    pub later: Span,
}

/// `[cases]`: which cases are in scope.
#[derive(Debug, Clone, Default)]
pub struct CasesRule {
    /// `import = "selected"`: only cases asked for, or already linked.
    pub selected_only: bool,
    /// When not empty: only these.
    pub practice_areas: BTreeSet<NameKey>,
    /// Never these.
    pub skip_practice_areas: BTreeSet<NameKey>,
    /// Never these stages.
    pub skip_stages: BTreeSet<NameKey>,
    /// Never these cases.
    pub never: BTreeSet<CaseId>,
    /// Only cases where this source is true.
    pub enabled_by: Option<SourceName>,
}

/// `[clients]`: who the client is, and which number is the login.
#[derive(Debug, Clone)]
pub struct ClientsRule {
    /// `who`.
    pub who: Who,
    /// The order in which phones are tried; never empty.
    pub phone: Vec<PhoneKind>,
    /// ISO code for numbers written without a country.
    pub country: String,
    /// One number on two people is allowed.
    pub shared_phone_allowed: bool,
    /// For a company's case the billing contact is taken.
    pub company_takes_billing_contact: bool,
}

/// `clients.who`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The only person on the case and no company, else the billing contact when it is a person on the case.
    SoleOrBilling,
    /// The billing contact.
    BillingContact,
    /// Exactly one person of that people group.
    Group(NameKey),
    /// Everybody on the case.
    All,
}

/// A phone field in MyCase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneKind {
    /// `cell_phone_number`.
    Cell,
    /// `home_phone_number`.
    Home,
    /// `work_phone_number`.
    Work,
}

/// `[staff]`: who leads, who goes along.
#[derive(Debug, Clone)]
pub struct StaffRule {
    /// Which flags make a lead, in order.
    pub lead: Vec<Lead>,
    /// What when nobody leads.
    pub lead_missing: LeadMissing,
    /// MyCase staff types that go along as paralegals.
    pub paralegals: BTreeSet<NameKey>,
    /// MyCase type to the portal's role name.
    pub roles: BTreeMap<NameKey, String>,
    /// MyCase address (lower-case) to portal address.
    pub email: BTreeMap<String, String>,
}

/// A flag of MyCase that can make somebody the lead attorney (MyCase: Cases.json, StaffNestedResponse).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// `lead_lawyer`.
    LeadLawyer,
    /// `originating_lawyer`.
    OriginatingLawyer,
}

/// `staff.lead_missing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadMissing {
    /// The case needs attention.
    Attention,
    /// This address leads.
    Email(String),
}

/// `[closure]`.
#[derive(Debug, Clone)]
pub struct Closure {
    /// `closed = "close"`.
    pub close: bool,
    /// `reopened = "reopen"`.
    pub reopen: bool,
    /// `deleted`.
    pub deleted: DeletedRule,
    /// `out_of_scope`.
    pub out_of_scope: OutOfScopeRule,
    /// Closed or reopened must have stood this long.
    pub settle: Duration,
    /// Portal stage to set before closing.
    pub stage: Option<String>,
    /// MyCase stages whose cases are not closed by themselves.
    pub by_hand: BTreeSet<NameKey>,
    /// Closed when first seen: create and close; else left out.
    pub import_closed: bool,
}

/// `closure.deleted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletedRule {
    /// Say it.
    Report,
    /// Close the portal record.
    Close,
    /// Nothing.
    Ignore,
}

/// `closure.out_of_scope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfScopeRule {
    /// Say it.
    Report,
    /// Close the portal record.
    Close,
}

/// `[stages]`.
#[derive(Debug, Clone)]
pub struct StagesRule {
    /// For stages that no map has.
    pub not_in_map: NotInMap,
    /// Internal stages: the client keeps seeing the stage before.
    pub hide: BTreeSet<NameKey>,
    /// Portal stage of a new case that stands in a hidden stage.
    pub start: Option<String>,
    /// A stage must have stood this long before it is sent.
    pub settle: Duration,
    /// `[stages.map]`.
    pub map: BTreeMap<NameKey, MapEntry>,
    /// `[stages.for."AREA"]`, by MyCase's practice area.
    pub by_area: BTreeMap<NameKey, BTreeMap<NameKey, MapEntry>>,
}

/// A map of names with what to do about others.
#[derive(Debug, Clone)]
pub struct NameMap {
    /// For names that the map has not.
    pub not_in_map: NotInMap,
    /// The entries.
    pub map: BTreeMap<NameKey, MapEntry>,
}

/// One line of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapEntry {
    /// MyCase's name as the file spells it.
    pub from: Box<str>,
    /// The portal's name, sent as spelled.
    pub to: Box<str>,
    /// The line in the firm file.
    pub line: u32,
}

/// `not_in_map`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotInMap {
    /// The portal's name is MyCase's.
    SameName,
    /// The case needs attention.
    Attention,
    /// The portal's value stays.
    Keep,
}

/// Where one portal field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    /// The source.
    pub source: FieldSource,
    /// Whether the field is the firm's own and goes into `extra`.
    pub extra: bool,
    /// Whether the portal requires it.
    pub required: bool,
    /// The line in the firm file; 0 when the profile's default applies.
    pub line: u32,
}

/// A source of a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource {
    /// The first that is not empty.
    First(Vec<SourceName>),
    /// A minijinja template, compiled and checked with the file.
    Template(String),
}

/// A source that `casebridge fields` lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceName {
    /// `case.NAME`.
    Case(String),
    /// `client.NAME`: of the first client.
    Client(String),
    /// `lead_attorney.NAME`.
    LeadAttorney(String),
    /// `office.NAME`.
    Office(String),
    /// `custom.NAME`, by the custom field's name.
    Custom(NameKey),
}

/// `[documents]`.
#[derive(Debug, Clone)]
pub struct DocumentsRule {
    /// Folder in the MyCase case.
    pub folder: String,
    /// Which files count.
    pub since: Since,
    /// Largest file, in bytes.
    pub max_size: u64,
    /// Whether files of closed cases are carried.
    pub carry_closed: bool,
}

/// `[messages]`.
#[derive(Debug, Clone)]
pub struct MessagesRule {
    /// Which messages count.
    pub since: Since,
    /// Template of the note's subject.
    pub subject: String,
}

/// From when on files and messages count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Since the firm was connected.
    Connected,
    /// Since this day in the firm's zone.
    Day(Date),
    /// All there are.
    Everything,
}

/// `[limits]`: the brakes.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// `first_import = "go"`: a first import does not wait.
    pub first_import_goes: bool,
    /// New records.
    pub create: Limit,
    /// Moves between stages or practice areas.
    pub change_stage: Limit,
    /// Closes.
    pub close: Limit,
    /// Reopens.
    pub reopen: Limit,
    /// Phone, e-mail, name.
    pub contact: Limit,
    /// Everything else.
    pub update: Limit,
}

/// One limit as written, e.g. `10%, at least 5, at most 50`.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// `no limit`.
    None,
    /// A share of the open linked cases, kept between bounds.
    Bounded(Share),
}

/// A share with bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Percent of the open linked cases; `None` when only a number is given.
    pub percent: Option<f64>,
    /// Never less.
    pub at_least: u32,
    /// Never more.
    pub at_most: Option<u32>,
}

impl Limit {
    /// How many changes are allowed when `open_linked` cases are open and linked; `None` for no limit. A share is
    /// rounded down, then raised to `at_least`, then cut to `at_most`.
    pub fn allows(&self, open_linked: usize) -> Option<u32> {
        let Limit::Bounded(Share { percent, at_least, at_most }) = self else { return None };
        // Multiplied first: 29% of 100 is 29, and 29.0 / 100.0 * 100.0 is not.
        let share = percent.map(|percent| (percent * open_linked as f64 / 100.0).floor() as u32);
        let base = share.or(*at_most).unwrap_or(*at_least).max(*at_least);
        Some(at_most.map_or(base, |most| base.min(most)))
    }
}
