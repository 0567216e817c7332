//! The sections of a firm file. The comments become the schema's descriptions; defaults stand in `defaults.toml` only.

use super::{At, FromToml, Map, Maybe, RawSecret, Reader, section, words};
use schemars::JsonSchema;
use toml::Spanned;
use toml::de::DeValue;

section! {
    /// A firm file of casebridge: `firms.d/<firm>.firm.toml`.
    RawFirm {
        /// Who the firm is.
        firm: RawFirmSection,
        /// The MyCase account the cases are read from.
        mycase: RawMyCase,
        /// The portal account the cases are shown in.
        portal: RawPortal,
        /// When runs start: five-field cron as on Unix (0 and 7 = Sunday), in the firm's zone unless a zone follows; or "off".
        schedule: RawSchedule,
        /// Which cases a run may newly import, by their last change in MyCase; linked cases are kept in step however old.
        lookback: RawLookback,
        /// Which cases are in scope.
        cases: RawCases,
        /// The test cases before going live.
        testing: RawTesting,
        /// Who the client is, and which number is the login.
        clients: RawClients,
        /// Who leads a case, who goes along.
        staff: RawStaff,
        /// What closing, reopening and deleting mean.
        closure: RawClosure,
        /// Which portal stage shows which MyCase stage.
        stages: RawStages,
        /// Which portal practice area shows which MyCase practice area.
        practice_areas: RawPracticeAreas,
        /// Portal field = where it comes from; laid over the profile's own defaults; "" switches one off.
        fields: Maybe<Map<RawField>>,
        /// Portal files into MyCase.
        documents: RawDocuments,
        /// Portal messages into MyCase.
        messages: RawMessages,
        /// The brakes, per run and per day; shares are of the open linked cases.
        limits: RawLimits,
        /// Examples that `casebridge test` runs, offline.
        tests: Maybe<Vec<At<RawTest>>>,
    }
}

section! {
    /// `defaults.toml` beside `firms.d`: for all firms; a firm's own value wins.
    RawFirmDefaults {
        /// When runs start.
        schedule: RawSchedule,
        /// The brakes.
        limits: RawLimits,
        /// Portal files into MyCase.
        documents: RawDocuments,
        /// Portal messages into MyCase.
        messages: RawMessages,
    }
}

section! {
    RawFirmSection {
        /// The firm's name, shown to people.
        name: Maybe<String>,
        /// The firm's time zone by its IANA name, e.g. "America/New_York".
        time_zone: Maybe<String>,
        /// "inactive": connected, plans and tests work, nothing runs by itself; "active": runs by its schedule.
        status: Maybe<RawStatus>,
    }
}

words! {
    /// `firm.status`.
    RawStatus {
        /// Nothing runs by itself.
        Inactive = "inactive",
        /// Runs by its schedule.
        Active = "active",
    }
}

section! {
    RawMyCase {
        /// OAuth client id, from MyCase.
        client_id: Maybe<String>,
        /// Where the OAuth client secret is kept; never the secret itself.
        client_secret: Maybe<RawSecret>,
        /// The redirect address exactly as registered with MyCase.
        redirect_uri: Maybe<String>,
        /// The firm's own address, e.g. "https://acme.mycase.com"; checked against what MyCase says the firm is.
        web_url: Maybe<String>,
        /// MyCase's API with its version; set only for the sandbox.
        api_url: Maybe<String>,
        /// Where a person allows access; set only for the sandbox.
        authorize_url: Maybe<String>,
        /// Where tokens are exchanged; set only for the sandbox.
        token_url: Maybe<String>,
    }
}

section! {
    RawPortal {
        /// "case-status", "hona", or the name of a profile in the daemon's profile folder.
        kind: Maybe<String>,
        /// Where the portal's key is kept; never the key itself.
        api_key: Maybe<RawSecret>,
        /// Overrides the profile's address; only hosts that the daemon's [allow] names, and loopback.
        base_url: Maybe<String>,
        /// Required where the portal cannot be listed (Hona): "none", or the path of an exported list to adopt.
        existing: Maybe<String>,
        /// "always", or hours like "08:00-20:00 mon-sat": what clients can notice waits for them.
        contact_hours: Maybe<String>,
        /// What to do about changes made in the portal by hand.
        drift: Maybe<RawDrift>,
        /// The portal's stages as spelled there, in the client's order, by the portal's practice area.
        stages: Maybe<Map<Vec<At<String>>>>,
        /// Single keys of the portal's profile, for an account whose API differs.
        overrides: Maybe<RawTable>,
    }
}

words! {
    /// `portal.drift`.
    RawDrift {
        /// Say it.
        Report = "report",
        /// Put it right.
        Correct = "correct",
    }
}

section! {
    RawSchedule {
        /// The nightly run, over `lookback.later`.
        cases: Maybe<String>,
        /// Only what changed since the last look, e.g. "*/15 7-19 * * 1-5".
        changes: Maybe<String>,
        /// Compare everything: changed by hand, deleted, lost links.
        verify: Maybe<String>,
        /// Portal files into MyCase.
        documents: Maybe<String>,
        /// Portal messages into MyCase.
        messages: Maybe<String>,
    }
}

section! {
    RawLookback {
        /// Until a first run has completed, and after `reset`; e.g. "10 years".
        first: Maybe<String>,
        /// Later; e.g. "12 months".
        later: Maybe<String>,
    }
}

section! {
    RawCases {
        /// "all", or "selected": only cases asked for by id or URL, or already linked.
        import: Maybe<RawImport>,
        /// When not empty: only these MyCase practice areas.
        practice_areas: Maybe<Vec<At<String>>>,
        /// Never these MyCase practice areas.
        skip_practice_areas: Maybe<Vec<At<String>>>,
        /// Never these MyCase stages, e.g. ["Potential Client"].
        skip_stages: Maybe<Vec<At<String>>>,
        /// Never these cases: ids or MyCase URLs.
        never: Maybe<Vec<At<RawCase>>>,
        /// Only cases where this is true, e.g. "custom.Portal Enabled".
        enabled_by: Maybe<String>,
    }
}

words! {
    /// `cases.import`.
    RawImport {
        /// Every case in scope.
        All = "all",
        /// Only cases asked for, or already linked.
        Selected = "selected",
    }
}

section! {
    RawTesting {
        /// While not empty, nothing else is touched: ids or MyCase URLs.
        cases: Maybe<Vec<At<RawCase>>>,
    }
}

section! {
    RawClients {
        /// "sole-or-billing", "billing-contact", "group:NAME" (exactly one person of that people group) or "all".
        who: Maybe<String>,
        /// Tried in this order: the first that is a valid number is the login.
        phone: Maybe<Vec<At<RawPhone>>>,
        /// ISO code of the country for numbers written without one, e.g. "US".
        country: Maybe<String>,
        /// One number on two different people.
        shared_phone: Maybe<RawSharedPhone>,
        /// The client is a company.
        company_cases: Maybe<RawCompanyCases>,
    }
}

words! {
    /// A phone in MyCase.
    RawPhone {
        /// Cell phone.
        Cell = "cell",
        /// Home phone.
        Home = "home",
        /// Work phone: often shared, so it gives a warning.
        Work = "work",
    }
}

words! {
    /// `clients.shared_phone`.
    RawSharedPhone {
        /// Both cases need attention.
        Attention = "attention",
        /// It is sent.
        Allow = "allow",
    }
}

words! {
    /// `clients.company_cases`.
    RawCompanyCases {
        /// The case needs attention.
        Attention = "attention",
        /// The billing contact is the client.
        BillingContact = "billing-contact",
    }
}

section! {
    RawStaff {
        /// Which flag of MyCase makes the lead attorney: the first that is there, active or not.
        lead: Maybe<Vec<At<RawLead>>>,
        /// "attention", or the e-mail address that leads when nobody does.
        lead_missing: Maybe<String>,
        /// MyCase staff types that go along as paralegals.
        paralegals: Maybe<Vec<At<String>>>,
        /// MyCase staff type = the portal's role name.
        roles: Maybe<Map<String>>,
        /// MyCase address = portal address.
        email: Maybe<Map<String>>,
    }
}

words! {
    /// A flag of MyCase.
    RawLead {
        /// The lead attorney.
        LeadLawyer = "lead_lawyer",
        /// Who brought the case.
        OriginatingLawyer = "originating_lawyer",
    }
}

section! {
    RawClosure {
        /// A case closed in MyCase.
        closed: Maybe<RawClosed>,
        /// A case opened again in MyCase.
        reopened: Maybe<RawReopened>,
        /// A case deleted in MyCase.
        deleted: Maybe<RawDeleted>,
        /// A linked case that [cases] now leaves out.
        out_of_scope: Maybe<RawOutOfScope>,
        /// Closed or reopened must have stood this long, e.g. "2 hours".
        settle: Maybe<String>,
        /// Portal stage to set before closing; "" for none.
        stage: Maybe<String>,
        /// MyCase stages whose cases are not closed by themselves.
        by_hand: Maybe<Vec<At<String>>>,
        /// Closed when first seen: true creates and closes, false leaves out; the profile's default (Case Status true, Hona false).
        import_closed: Maybe<bool>,
    }
}

words! {
    /// `closure.closed`.
    RawClosed {
        /// Close it in the portal.
        Close = "close",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.reopened`.
    RawReopened {
        /// Open it in the portal.
        Reopen = "reopen",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.deleted`.
    RawDeleted {
        /// Say it.
        Report = "report",
        /// Close it in the portal.
        Close = "close",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.out_of_scope`.
    RawOutOfScope {
        /// Say it.
        Report = "report",
        /// Close it in the portal.
        Close = "close",
    }
}

section! {
    RawStages {
        /// For MyCase stages that no map has.
        not_in_map: Maybe<RawNotInMap>,
        /// Internal MyCase stages: the client keeps seeing the stage before.
        hide: Maybe<Vec<At<String>>>,
        /// Portal stage of a new case that stands in a hidden stage; "" for none.
        start: Maybe<String>,
        /// A stage must have stood this long before it is sent; 30 minutes when `schedule.changes` is on.
        settle: Maybe<String>,
        /// MyCase stage = portal stage; several may share one.
        map: Maybe<RawMap>,
        /// Overrides of the map for one MyCase practice area.
        by_area as "for": Maybe<Map<Map<String>>>,
    }
}

/// Names on the left, names on the right.
pub(crate) type RawMap = Map<String>;

section! {
    RawPracticeAreas {
        /// For MyCase practice areas that the map does not have.
        not_in_map: Maybe<RawNotInMap>,
        /// MyCase practice area = the portal's.
        map: Maybe<RawMap>,
    }
}

words! {
    /// For names that the map does not have.
    RawNotInMap {
        /// The portal's name is MyCase's; with [portal.stages] only a name listed there.
        SameName = "same-name",
        /// The case needs attention.
        Attention = "attention",
        /// The portal's value stays.
        Keep = "keep",
    }
}

section! {
    RawDocuments {
        /// Folder in the MyCase case.
        folder: Maybe<String>,
        /// Which files count: "connected" (from the connection on), a date like "2026-01-31", or "everything".
        since: Maybe<RawSince>,
        /// The largest file, e.g. "250 MB".
        max_size: Maybe<String>,
        /// Files of closed cases.
        closed_cases: Maybe<RawClosedCases>,
    }
}

words! {
    /// `documents.closed_cases`.
    RawClosedCases {
        /// They are carried.
        Carry = "carry",
        /// The case needs attention.
        Attention = "attention",
    }
}

section! {
    RawMessages {
        /// Which messages count: "connected" (from the connection on), a date like "2026-01-31", or "everything".
        since: Maybe<RawSince>,
        /// Template of the note's subject.
        subject: Maybe<String>,
    }
}

section! {
    RawLimits {
        /// Until a first run has completed: "approve" (a plan that writes waits for one yes) or "go".
        first_import: Maybe<RawFirstImport>,
        /// New portal records, e.g. "10%, at least 5, at most 50", "at most 5" or "no limit".
        create: Maybe<String>,
        /// Moves between stages or practice areas.
        change_stage: Maybe<String>,
        /// Closes.
        close: Maybe<String>,
        /// Reopens.
        reopen: Maybe<String>,
        /// Phone, e-mail, name: who can log in.
        contact: Maybe<String>,
        /// Everything else.
        update: Maybe<String>,
    }
}

words! {
    /// `limits.first_import`.
    RawFirstImport {
        /// Waits for one yes.
        Approve = "approve",
        /// Does not wait.
        Go = "go",
    }
}

section! {
    /// One example of what the rules of the file make of a case.
    RawTest {
        /// What it shows, one sentence.
        name: Maybe<String>,
        /// The case, e.g. { case_stage = "Intake", practice_area = "PI" }.
        case: Maybe<Map<RawAny>>,
        /// What is expected, e.g. { stage = "Getting Started" }.
        expect: Maybe<Map<RawAny>>,
    }
}

/// Where one portal field comes from.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum RawField {
    /// A source, e.g. "case.name"; "" switches the field off.
    One(String),
    /// Sources: the first that is not empty.
    First(Vec<At<String>>),
    /// A template.
    Template(RawTemplate),
}

/// A minijinja template.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawTemplate {
    /// E.g. "{{ case.case_number }} / {{ client.last_name }}".
    pub(crate) template: At<String>,
}

section! {
    RawTemplateTable {
        /// The template.
        template: Maybe<String>,
    }
}

impl FromToml for RawField {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawField> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawField::One(text.to_string())),
            DeValue::Array(_) => Vec::from_toml(value, path, reader).map(RawField::First),
            DeValue::Table(_) => {
                let table = RawTemplateTable::from_toml(value, path, reader)?;
                table.template.map(|template| RawField::Template(RawTemplate { template }))
            }
            _ => {
                reader.wrong_type(path, "a source like \"case.name\", a list of sources, or { template = \"...\" }", value);
                None
            }
        }
    }
}

/// "connected", "everything" or a day; a day may stand with or without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawSince(pub(crate) String);

impl FromToml for RawSince {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawSince> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawSince(text.to_string())),
            DeValue::Datetime(date) => Some(RawSince(date.to_string())),
            _ => {
                reader.wrong_type(path, "\"connected\", a date like \"2026-01-31\", or \"everything\"", value);
                None
            }
        }
    }
}

/// A case's id, as a number or in quotes, or its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawCase(pub(crate) String);

impl FromToml for RawCase {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawCase> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawCase(text.to_string())),
            DeValue::Integer(number) => Some(RawCase(number.to_string())),
            _ => {
                reader.wrong_type(path, "a case id or the address of a case's page", value);
                None
            }
        }
    }
}

/// A table whose keys others know (`[portal.overrides]`); who reads it takes it from the text again, with its places.
#[derive(Debug, Clone)]
pub(crate) struct RawTable;

impl FromToml for RawTable {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawTable> {
        if value.get_ref().is_table() {
            return Some(RawTable);
        }
        reader.wrong_type(path, "a table", value);
        None
    }
}

/// Any value, for `[[tests]]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawAny(pub(crate) toml::Value);

impl FromToml for RawAny {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawAny> {
        use serde::Deserialize;
        let read = toml::Value::deserialize(toml::de::ValueDeserializer::from(value.clone()));
        if read.is_err() {
            reader.wrong_type(path, "a text, a number, true or false, or a list", value);
        }
        read.ok().map(RawAny)
    }
}

macro_rules! plain_schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

plain_schema!(RawSince, "Since", { "type": "string" });
plain_schema!(RawCase, "Case", { "type": ["string", "integer"] });
plain_schema!(RawAny, "Any", {});
plain_schema!(RawTable, "Table", { "type": "object" });

/// Every section of a firm file with its keys, the top as "".
pub(crate) const FIRM_SECTIONS: &[(&str, &[&str])] = &[
    ("", RawFirm::KEYS),
    ("firm", RawFirmSection::KEYS),
    ("mycase", RawMyCase::KEYS),
    ("portal", RawPortal::KEYS),
    ("schedule", RawSchedule::KEYS),
    ("lookback", RawLookback::KEYS),
    ("cases", RawCases::KEYS),
    ("testing", RawTesting::KEYS),
    ("clients", RawClients::KEYS),
    ("staff", RawStaff::KEYS),
    ("closure", RawClosure::KEYS),
    ("stages", RawStages::KEYS),
    ("practice_areas", RawPracticeAreas::KEYS),
    ("documents", RawDocuments::KEYS),
    ("messages", RawMessages::KEYS),
    ("limits", RawLimits::KEYS),
];
