//! The case of a test, complete: what the test says, and what holds for the rest.
//!
//! What a test leaves out: the case is open, is called "Test Case", bears the number "TEST-1" and was opened 30 days
//! ago; it has no practice area and no stage. One person is on it, with a name, an e-mail address and a valid number in
//! every phone field, who is the billing contact and in the people group of `[clients] who`; a client that the test gives
//! has what it leaves out, too, but one phone of its own empties the others. One attorney with an address leads it. The
//! yes-or-no field of `[cases] enabled_by` is yes. While `[testing] cases` lists cases, it is the first of them. The moment
//! is [`TEST_NOW`]. A value given as "" is empty. Every address and number is one that nobody has.

use crate::config::{Firm, SourceName, TestBilling, TestCustom, TestGiven, TestPerson, TestStaff, Who};
use crate::domain::{
    CaseId, CaseStaff, CaseStatus, CompanyId, CustomField, CustomValue, FieldId, FullClient, GroupId, NameKey, Named, PersonId, Reference,
    SeenCase, SeenClient, Staff, StaffId, email,
};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// The moment of a test that gives none: 15 January 2026, 15:00 UTC.
pub const TEST_NOW: Timestamp = Timestamp::constant(1_768_489_200, 0);

/// Companies are counted from here, so that their ids are nobody else's.
const FIRST_COMPANY: u64 = 1_001;

const PHONES: [&str; 3] = ["cell_phone_number", "home_phone_number", "work_phone_number"];

/// A test's case with everything that MyCase would say beside it.
pub(super) struct Scene {
    pub(super) case: SeenCase,
    pub(super) reference: Reference,
    pub(super) now: Timestamp,
}

impl Scene {
    /// What a test gives, and the rest by default.
    pub(super) fn of(firm: &Firm, given: &TestGiven) -> Scene {
        let now = given.now.and_then(|now| now.within(&firm.time_zone)).unwrap_or(TEST_NOW);
        let mut maker = Maker { firm, given, reference: Reference::default(), fields: BTreeMap::new() };
        let case = maker.case(now);
        Scene { case, reference: maker.reference, now }
    }
}

struct Maker<'a> {
    firm: &'a Firm,
    given: &'a TestGiven,
    reference: Reference,
    /// Custom fields by name.
    fields: BTreeMap<NameKey, FieldId>,
}

impl Maker<'_> {
    fn case(&mut self, now: Timestamp) -> SeenCase {
        let (firm, given) = (self.firm, self.given);
        let zoned = now.to_zoned(firm.time_zone.clone());
        let date = |key: &str| given.dates.get(key).copied();
        let text = |key: &str, default: Option<&str>| given.texts.get(key).map(String::as_str).or(default).and_then(filled);
        let closed_date = date("closed_date");
        let status = given.status.unwrap_or(if closed_date.is_some() { CaseStatus::Closed } else { CaseStatus::Open });
        let closed_today = (status == CaseStatus::Closed).then(|| zoned.date());
        let created = date("created_date").and_then(|day| day.at(12, 0, 0, 0).to_zoned(firm.time_zone.clone()).ok());
        let mut case = SeenCase::bare(case_id(firm, given));
        case.name = text("name", Some("Test Case"));
        case.case_number = text("case_number", Some("TEST-1"));
        case.description = text("description", None);
        case.opened_date = date("opened_date").or_else(|| zoned.date().checked_sub(30.days()).ok());
        case.closed_date = closed_date.or(closed_today);
        case.sol_date = date("sol_date");
        case.practice_area = text("practice_area", None);
        case.stage = text("case_stage", None);
        case.status = status;
        case.outstanding_balance = text("outstanding_balance", None);
        case.billing_type = text("billing_type", None);
        case.office.clone_from(&given.office);
        case.updated_at = given.updated_at.and_then(|at| at.within(&firm.time_zone));
        case.created_at = created.map(|at| at.timestamp());
        case.clients = self.clients();
        case.companies = (FIRST_COMPANY..).zip(&given.companies).map(|(id, _)| CompanyId(id)).collect();
        case.billing_contact = billing(given, &case);
        case.staff = self.staff();
        case.custom = self.custom(&given.custom);
        if let Some(SourceName::Custom(name)) = &firm.cases.enabled_by
            && !given.custom.contains_key(name)
        {
            let yes = TestCustom { name: name.to_string(), text: true.to_string() };
            case.custom.extend(self.custom(&BTreeMap::from([(name.clone(), yes)])));
        }
        case
    }

    /// Who is on the case: as given; else one person, or nobody when the case is a company's.
    fn clients(&mut self) -> Vec<SeenClient> {
        let one = [TestPerson::default()];
        let people = match &self.given.clients {
            Some(people) => people.as_slice(),
            None if self.given.companies.is_empty() => &one,
            None => &[],
        };
        let alone = people.len() == 1;
        (1..).zip(people).map(|(place, person)| self.client(place, person, alone)).collect()
    }

    fn client(&mut self, place: u64, person: &TestPerson, alone: bool) -> SeenClient {
        let id = PersonId(person.id.unwrap_or(place));
        let of = |key: &str| person.texts.get(key).map(String::as_str);
        let text = |key: &str| of(key).and_then(filled);
        let (first, last) = of("name").map_or(("Test", "Client"), |name| name.trim().rsplit_once(' ').unwrap_or((name, "")));
        let named = ["name", "first_name", "last_name"].iter().any(|key| person.texts.contains_key(*key));
        let name = |key: &str, part: &str| text(key).or_else(|| if named && of("name").is_none() { None } else { filled(part) });
        let own_phone = PHONES.iter().any(|key| person.texts.contains_key(*key));
        let number = format!("+120255501{:02}", place % 100);
        let phone = |key: &str| if own_phone { text(key) } else { Some(number.clone()) };
        let group = match (&self.firm.clients.who, of("people_group")) {
            (_, Some(group)) => filled(group),
            (Who::Group(name), None) if alone => Some(name.to_string()),
            (Who::Group(_) | Who::SoleOrBilling | Who::BillingContact | Who::All, None) => None,
        };
        let group = group.map(|name| self.group(&name));
        let custom = self.custom(&person.custom);
        self.reference.clients.insert(id, FullClient { group, archived: false, custom });
        SeenClient {
            id,
            first_name: name("first_name", first),
            middle_name: text("middle_name"),
            last_name: name("last_name", last),
            email: of("email").map_or_else(|| Some(format!("client{place}@example.com")), filled),
            cell_phone: phone(PHONES[0]),
            home_phone: phone(PHONES[1]),
            work_phone: phone(PHONES[2]),
            birthdate: person.birthdate,
            contact_group: text("contact_group"),
        }
    }

    fn group(&mut self, name: &str) -> GroupId {
        let groups = &mut self.reference.people_groups;
        if let Some(known) = groups.iter().find(|group| NameKey::new(&group.name) == NameKey::new(name)) {
            return GroupId(known.id);
        }
        let id = groups.len() as u64 + 1;
        groups.push(Named { id, name: name.to_owned() });
        GroupId(id)
    }

    /// Who of the firm is on the case: as given, else one attorney who leads it in every way.
    fn staff(&mut self) -> Vec<CaseStaff> {
        let lead = [TestStaff { lead_lawyer: true, originating_lawyer: true, ..TestStaff::default() }];
        let people = self.given.staff.as_deref().unwrap_or(&lead);
        let mut on_case = Vec::with_capacity(people.len());
        for (place, person) in (1..).zip(people) {
            let TestStaff { id, name, email: address, kind, active, lead_lawyer, originating_lawyer } = person;
            let id = StaffId(id.unwrap_or(place));
            let name = name.as_deref().unwrap_or("Test Attorney").trim();
            let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
            let staff = Staff {
                id,
                email: address.clone().map_or_else(|| Some(format!("staff{place}@example.com")), |address| email(&address)),
                kind: kind.as_deref().map_or_else(|| Some("Attorney".to_owned()), filled),
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                active: active.unwrap_or(true),
            };
            self.reference.staff.insert(id, staff);
            on_case.push(CaseStaff { id, lead_lawyer: *lead_lawyer, originating_lawyer: *originating_lawyer });
        }
        on_case
    }

    fn custom(&mut self, given: &BTreeMap<NameKey, TestCustom>) -> Vec<CustomValue> {
        let mut values = Vec::with_capacity(given.len());
        for (key, TestCustom { name, text }) in given {
            let next = FieldId(self.fields.len() as u64 + 1);
            let field = *self.fields.entry(key.clone()).or_insert(next);
            let known = CustomField { id: field, name: name.clone(), parent: "case".to_owned(), options: BTreeMap::new() };
            self.reference.custom_fields.entry(field).or_insert(known);
            values.push(CustomValue { field, text: text.clone(), updated_at: None });
        }
        values
    }
}

/// The id that the test gives; else one that `[testing]` lets through and `never` does not name.
fn case_id(firm: &Firm, given: &TestGiven) -> CaseId {
    let never = |id: &CaseId| firm.cases.never.contains(id);
    let listed = || firm.testing.iter().copied().find(|id| !never(id));
    given.id.map(CaseId).or_else(listed).or_else(|| (1..).map(CaseId).find(|id| !never(id))).unwrap_or(CaseId(1))
}

/// As given: by id, or by the name of somebody on the case. Else whoever is alone on it.
fn billing(given: &TestGiven, case: &SeenCase) -> Option<u64> {
    let full = |client: &SeenClient| {
        let parts = [client.first_name.as_deref(), client.last_name.as_deref()];
        NameKey::new(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    match &given.billing {
        Some(TestBilling::Id(id)) => Some(*id),
        Some(TestBilling::Named(name)) => {
            let name = NameKey::new(name);
            let person = case.clients.iter().find(|client| full(client) == name).map(|client| client.id.0);
            let company = given.companies.iter().position(|company| NameKey::new(company) == name);
            person.or_else(|| company.and_then(|at| case.companies.get(at)).map(|company| company.0))
        }
        None => match (case.clients.as_slice(), case.companies.as_slice()) {
            ([person], []) => Some(person.id.0),
            _ => None,
        },
    }
}

/// A text, unless it is blank.
fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
