//! The firm's cases and the people on them.
//!
//! What goes wrong in life goes wrong here at a fixed share, by the case's place in the row: see [`Trouble`]. Everything else
//! is drawn from the seed. Times lie before the world's start: most cases moved within the last eleven months, some not for
//! years.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::names::{COMPANIES, FIRST, LAST};
use super::offices::{FAMILY, FAMILY_STAGES, INJURY, INJURY_STAGES, ODD_STAGE, WORKERS, WORKERS_STAGES, offices};
use super::people::{Phones, email, some_address};
use crate::sandbox::mycase::{Case, CaseStaff, Client, Company, CustomValue, Document, DocumentVersion, Firm};
use crate::sandbox::random::Random;
use crate::sandbox::server::Options;

const DAY: i64 = 24 * 60 * 60;
const CLOSED_PERCENT: u64 = 12;
const NOT_MOVED_FOR_A_YEAR_PERCENT: u64 = 9;
/// So many cases have a document each.
const DOCUMENTS: u64 = 30;

/// What is unusual about a case; the first four need a person's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    NoLead,
    NoPhone,
    OddStage,
    TwoClientsNobodyPays,
    LeadHasLeft,
    TwoClients,
    WithCompany,
}

/// By place in the row, so that a world of forty cases has one of nearly each.
fn trouble(place: u64) -> Trouble {
    match (place % 100, (place / 100) % 2) {
        (7, _) => Trouble::NoLead,
        (13, _) => Trouble::NoPhone,
        (19, 0) => Trouble::OddStage,
        (19, _) => Trouble::TwoClientsNobodyPays,
        (31, 0) => Trouble::LeadHasLeft,
        (5 | 37 | 61, _) => Trouble::TwoClients,
        (23, _) => Trouble::WithCompany,
        _usual => Trouble::None,
    }
}

/// Everything that is drawn from while cases are made.
struct Maker<'a> {
    firm: Firm,
    random: &'a mut Random,
    start: Timestamp,
    phones: Phones,
    taken: HashSet<String>,
    attorneys: Vec<u64>,
    paralegals: Vec<u64>,
    companies: Vec<u64>,
    fields: Fields,
}

/// Ids of the custom fields that cases have values of, and the carriers as (key, option).
struct Fields {
    enabled: u64,
    injury: u64,
    claim: u64,
    carrier: u64,
    carriers: Vec<(String, String)>,
}

/// A firm with its cases.
pub(in crate::sandbox) fn firm(options: &Options, random: &mut Random) -> Firm {
    let firm = offices(options.seed, options.start, random);
    let ids = |kind: &str| firm.staff.values().filter(|s| s.kind == kind).map(|s| s.id).collect();
    let (attorneys, paralegals) = (ids("Attorney"), ids("Paralegal"));
    let fields = fields(&firm);
    let mut maker = Maker {
        firm,
        random,
        start: options.start,
        phones: Phones::new(),
        taken: HashSet::new(),
        attorneys,
        paralegals,
        companies: Vec::new(),
        fields,
    };
    maker.add_companies();
    for place in 0..options.cases as u64 {
        maker.add_case(place);
    }
    maker.add_documents();
    maker.firm
}

fn fields(firm: &Firm) -> Fields {
    let id = |name: &str| firm.custom_field_id(name).unwrap_or(0);
    let carrier = id("Insurance Carrier");
    let options = firm.custom_fields.get(&carrier).map(|field| &field.list_options);
    Fields {
        enabled: id("Portal Enabled"),
        injury: id("Date of Injury"),
        claim: id("Claim Number"),
        carrier,
        carriers: options.into_iter().flatten().map(|option| (option.key.clone(), option.option.clone())).collect(),
    }
}

impl Maker<'_> {
    fn add_companies(&mut self) {
        for name in COMPANIES {
            let id = self.firm.new_id();
            let at = self.ago(DAY * 2000);
            let host: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            let company = Company {
                id,
                name: name.to_owned(),
                email: format!("claims@{host}.example.com"),
                main_phone: self.phones.written(self.random),
                address: some_address(self.random),
                cases: Vec::new(),
                clients: Vec::new(),
                created_at: at,
                updated_at: at,
            };
            self.firm.companies.insert(id, company);
            self.companies.push(id);
        }
    }

    fn add_case(&mut self, place: u64) {
        let trouble = trouble(place);
        let (area, code, stages) = match self.random.below(100) {
            0..60 => (INJURY, "PI", &INJURY_STAGES[..]),
            60..85 => (FAMILY, "FL", &FAMILY_STAGES[..]),
            _rest => (WORKERS, "WC", &WORKERS_STAGES[..]),
        };
        let open = !self.random.chance(CLOSED_PERCENT);
        let (created_at, updated_at) = self.life();
        let opened = date(created_at);
        let id = self.firm.new_id();
        let clients = self.people(id, trouble, created_at);
        let other = *self.random.pick(&COMPANIES);
        let name = self.case_name(area, clients[0], other, place);
        let company = (trouble == Trouble::WithCompany).then(|| *self.random.pick(&self.companies));
        let case = Case {
            id,
            name,
            case_number: (place % 40 != 11).then(|| format!("{code}-{:02}-{:05}", opened.year() % 100, place + 1)),
            description: description(area, other),
            opened_date: Some(opened),
            closed_date: (!open).then(|| date(updated_at)),
            sol_date: (area == INJURY).then(|| opened.saturating_add(SignedDuration::from_hours(24 * 730))),
            practice_area: self.firm.practice_area_id(area),
            stage: self.stage(stages, trouble, open),
            open,
            outstanding_cents: self.random.below(900_000) as i64,
            billing_contact: self.billing_contact(trouble, &clients),
            billing_type: if area == FAMILY { "hourly" } else { "contingency" },
            companies: company.into_iter().collect(),
            staff: self.staff(trouble),
            custom: self.custom(area, opened, created_at),
            hidden: false,
            clients,
            created_at,
            updated_at,
        };
        if let Some(company) = company.and_then(|company| self.firm.companies.get_mut(&company)) {
            company.cases.push(id);
        }
        self.firm.cases.insert(id, case);
    }

    /// When a case was made and when it last moved.
    fn life(&mut self) -> (Timestamp, Timestamp) {
        let quiet = if self.random.chance(NOT_MOVED_FOR_A_YEAR_PERCENT) {
            DAY * 380 + self.random.below(DAY as u64 * 1800) as i64
        } else {
            self.random.below(DAY as u64 * 330) as i64 + 600
        };
        let age = quiet + DAY + self.random.below(DAY as u64 * 900) as i64;
        (self.ago(age), self.ago(quiet))
    }

    fn ago(&self, seconds: i64) -> Timestamp {
        Timestamp::from_second(self.start.as_second().saturating_sub(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn stage(&mut self, stages: &[(&str, u64)], trouble: Trouble, open: bool) -> Option<u64> {
        if trouble == Trouble::OddStage {
            return self.firm.stage_id(ODD_STAGE);
        }
        let all: u64 = stages.iter().map(|(_, share)| share).sum();
        // A closed case mostly stands in one of its last two stages.
        let mut at = if open || self.random.chance(20) { self.random.below(all) } else { all - 1 - self.random.below(2) };
        for (name, share) in stages {
            if at < *share {
                return self.firm.stage_id(name);
            }
            at -= share;
        }
        None
    }

    fn staff(&mut self, trouble: Trouble) -> Vec<CaseStaff> {
        let active = self.attorneys.len().saturating_sub(1).max(1);
        let lead = match trouble {
            Trouble::NoLead => None,
            Trouble::LeadHasLeft => self.attorneys.last().copied(),
            _other => Some(*self.random.pick(&self.attorneys[..active])),
        };
        let origin = *self.random.pick(&self.attorneys[..active]);
        let mut staff: Vec<CaseStaff> =
            lead.iter().map(|id| CaseStaff { id: *id, lead_lawyer: true, originating_lawyer: *id == origin }).collect();
        // A case without a lead has no originating lawyer either: nobody to fall back on.
        if lead.is_some_and(|lead| lead != origin) && self.random.chance(30) {
            staff.push(CaseStaff { id: origin, lead_lawyer: false, originating_lawyer: true });
        }
        let paralegal = *self.random.pick(&self.paralegals);
        staff.push(CaseStaff { id: paralegal, lead_lawyer: false, originating_lawyer: false });
        staff
    }

    fn people(&mut self, case: u64, trouble: Trouble, at: Timestamp) -> Vec<u64> {
        let cell = match trouble {
            Trouble::NoPhone => match self.random.below(3) {
                0 => None,
                1 => Some(String::new()),
                _other => Some("call after 5".to_owned()),
            },
            _other => Some(self.phones.written(self.random)),
        };
        let mut people = vec![self.add_person(case, cell, "Client", at)];
        if matches!(trouble, Trouble::TwoClients | Trouble::TwoClientsNobodyPays) {
            let cell = Some(self.phones.written(self.random));
            let group = if trouble == Trouble::TwoClients { "Guardian" } else { "Client" };
            people.push(self.add_person(case, cell, group, at));
        }
        people
    }

    fn add_person(&mut self, case: u64, cell_phone: Option<String>, group: &str, at: Timestamp) -> u64 {
        let id = self.firm.new_id();
        let (first, last) = (*self.random.pick(&FIRST), *self.random.pick(&LAST));
        let birth = self.random.below(60 * 365) as i64 + 19 * 365;
        let has_home = self.random.chance(15);
        let client = Client {
            id,
            first_name: first.to_owned(),
            middle_name: String::new(),
            last_name: last.to_owned(),
            email: (!self.random.chance(8)).then(|| email(first, last, id % 10_000, self.random)),
            cell_phone,
            work_phone: None,
            home_phone: has_home.then(|| self.phones.written(self.random)),
            address: some_address(self.random),
            birthdate: Some(date(self.ago(birth * DAY))),
            people_group: self.firm.people_groups.values().find(|g| g.name == group).map(|g| g.id),
            archived: false,
            notes: String::new(),
            cases: vec![case],
            custom: Vec::new(),
            created_at: at,
            updated_at: at,
        };
        self.firm.clients.insert(id, client);
        id
    }

    fn billing_contact(&mut self, trouble: Trouble, clients: &[u64]) -> Option<u64> {
        match trouble {
            Trouble::TwoClientsNobodyPays => None,
            Trouble::TwoClients | Trouble::WithCompany => Some(clients[0]),
            _other => self.random.chance(80).then_some(clients[0]),
        }
    }

    /// Names of cases are unique at MyCase; the second of a name gets a number.
    fn case_name(&mut self, area: &str, client: u64, other: &str, place: u64) -> String {
        let last = self.firm.clients.get(&client).map(|c| c.last_name.clone()).unwrap_or_default();
        let first = self.firm.clients.get(&client).map(|c| c.first_name.clone()).unwrap_or_default();
        let mut name = match area {
            INJURY => format!("{last} v. {other}"),
            FAMILY => format!("Marriage of {first} {last}"),
            _workers => format!("{first} {last} / {other}"),
        };
        if !self.taken.insert(name.clone()) {
            name = format!("{name} ({})", place + 1);
            self.taken.insert(name.clone());
        }
        name
    }

    fn custom(&mut self, area: &str, opened: Date, at: Timestamp) -> Vec<CustomValue> {
        let value = |field: u64, value: Value| CustomValue { field, value, created_at: at, updated_at: at };
        let mut values = vec![value(self.fields.enabled, json!(self.random.chance(92)))];
        if area != FAMILY {
            let days = 3 + self.random.below(90) as i64;
            let injured = opened.saturating_sub(SignedDuration::from_hours(24 * days));
            values.push(value(self.fields.injury, json!(injured.to_string())));
            values.push(value(self.fields.claim, json!(format!("CLM{:08}", self.random.below(100_000_000)))));
            let (key, option) = self.random.pick(&self.fields.carriers);
            // MyCase does not say whether a list's value is the key or the option; both occur.
            let text = if self.random.chance(50) { key } else { option };
            values.push(value(self.fields.carrier, json!(text)));
        }
        values
    }

    fn add_documents(&mut self) {
        let cases: Vec<(u64, Timestamp)> =
            self.firm.cases.values().take(DOCUMENTS as usize).map(|case| (case.id, case.updated_at)).collect();
        for (case, at) in cases {
            let id = self.firm.new_id();
            let text = format!("Fee agreement for case {case}\n");
            let version = DocumentVersion {
                id: self.firm.new_id(),
                token: self.random.hex(),
                length: Some(text.len() as u64),
                sha256: None,
                bytes: Some(text.into()),
                attempts: 1,
                uploads: 1,
                created_at: at,
            };
            let document = Document {
                id,
                case: Some(case),
                name: "Fee Agreement".to_owned(),
                filename: "fee-agreement.txt".to_owned(),
                path: "Intake/Fee Agreement".to_owned(),
                description: String::new(),
                assigned_date: Some(date(at).to_string()),
                versions: vec![version],
                created_at: at,
                updated_at: at,
            };
            self.firm.documents.insert(id, document);
        }
    }
}

fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn description(area: &str, other: &str) -> String {
    match area {
        INJURY => format!("Injury claim against {other}"),
        FAMILY => "Dissolution of marriage".to_owned(),
        _workers => format!("Work injury at {other}"),
    }
}
