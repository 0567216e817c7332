//! The values inside `case` and `expect` of a test, read with everything that is wrong about them. A value within a value
//! stands at the place of the outer key: a table on one line has one line.

use crate::config::raw::{Map, Place, RawAny};
use crate::config::{
    CASE_DATES, CASE_TEXTS, PERSON_TEXTS, TestBilling, TestCustom, TestExpect, TestGiven, TestMoment, TestPerson, TestStaff, TestWas,
    nearest, values,
};
use crate::domain::{CaseStatus, NameKey, Office, Ordered, ReasonCode};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Value;

/// Something wrong in a test.
pub(super) struct Finding {
    pub(super) place: Place,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

/// What `case` may give beside its texts and days.
const CASE_REST: &[&str] = &[
    "id",
    "status",
    "updated_at",
    "client",
    "clients",
    "companies",
    "billing_contact",
    "staff",
    "lead_attorney",
    "custom",
    "office",
    "now",
    "was",
];
const STAFF: &[&str] = &["id", "name", "email", "type", "active", "lead_lawyer", "originating_lawyer"];
const OFFICE: &[&str] = &["name", "main_phone", "city", "state"];
const WAS: &[&str] = &["stage", "practice_area", "open", "stood"];

/// Every word for what can need attention in one case by itself.
const CODES: &[&str] = &[
    "no-lead-attorney",
    "no-client",
    "client-unclear",
    "company-client",
    "no-usable-phone",
    "shared-phone",
    "stage-not-mapped",
    "practice-area-not-mapped",
    "required-field-empty",
    "bad-value",
    "status-unknown",
    "out-of-scope",
    "closed-by-hand",
];

/// A table of a test that is being read.
struct Table<'a> {
    values: BTreeMap<&'a str, (&'a Value, &'a Place)>,
    found: &'a mut Vec<Finding>,
}

impl<'a> Table<'a> {
    fn of(map: &'a Map<RawAny>, found: &'a mut Vec<Finding>) -> Table<'a> {
        Table { values: map.iter().map(|(key, value)| (key.value.as_str(), (&value.value.0, &key.place))).ordered(), found }
    }

    /// A table within: everything in it is at `place`.
    fn within<'b>(value: &'b Value, place: &'b Place, key: &str, found: &'b mut Vec<Finding>) -> Option<Table<'b>> {
        let Value::Table(inner) = value else {
            found.push(wrong(place, key, "a table, e.g. { name = \"...\" }"));
            return None;
        };
        Some(Table { values: inner.iter().map(|(key, value)| (key.as_str(), (value, place))).ordered(), found })
    }

    /// Names the keys that are not known. `what` begins the sentence, e.g. `a case of MyCase`.
    fn known(&mut self, what: &str, known: &[&str]) {
        for (key, (_, place)) in self.values.iter().filter(|(key, _)| !known.contains(*key)) {
            let (message, help) = (format!("{what} has no {key:?}"), nearest::did_you_mean(key, known));
            self.found.push(Finding { place: (*place).clone(), code: "unknown-key", message, help });
        }
    }

    /// The value turned by `turn`; a value that cannot be turned is told with what it should be.
    fn read<T>(&mut self, key: &str, wanted: &str, turn: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let (value, place) = self.values.get(key)?;
        let turned = turn(value);
        if turned.is_none() {
            self.found.push(wrong(place, key, wanted));
        }
        turned
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, "a text", text_of)
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, "true or false", Value::as_bool)
    }

    fn id(&mut self, key: &str) -> Option<u64> {
        self.read(key, "a whole number", |value| u64::try_from(value.as_integer()?).ok())
    }

    fn date(&mut self, key: &str) -> Option<Date> {
        self.read(key, "a day, e.g. 2026-01-31", |value| text_of(value)?.parse().ok())
    }

    fn moment(&mut self, key: &str) -> Option<TestMoment> {
        self.read(key, "a moment, e.g. 2026-01-31T09:00:00Z, or a day", |value| moment_of(&text_of(value)?))
    }

    /// Some texts by their names.
    fn texts(&mut self, keys: &[&'static str]) -> BTreeMap<&'static str, String> {
        keys.iter().filter_map(|key| Some((*key, self.text(key)?))).ordered()
    }

    fn custom(&mut self) -> BTreeMap<NameKey, TestCustom> {
        let Some((value, place)) = self.values.get("custom").copied() else { return BTreeMap::new() };
        let Some(table) = Table::within(value, place, "custom", self.found) else { return BTreeMap::new() };
        let Table { values, found } = table;
        let mut custom = BTreeMap::new();
        for (name, (value, place)) in values {
            let text = value.as_bool().map(|yes| yes.to_string()).or_else(|| text_of(value));
            match text {
                Some(text) => drop(custom.insert(NameKey::new(name), TestCustom { name: name.to_owned(), text })),
                None => found.push(wrong(place, name, "a text, a number, a day, true or false")),
            }
        }
        custom
    }

    /// One table, or each table of a list.
    fn each<T>(&mut self, key: &str, mut turn: impl FnMut(&mut Table<'_>) -> T) -> Option<Vec<T>> {
        let (value, place) = self.values.get(key).copied()?;
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice);
        let mut turned = Vec::with_capacity(values.len());
        for value in values {
            turned.extend(Table::within(value, place, key, self.found).map(|mut table| turn(&mut table)));
        }
        Some(turned)
    }
}

/// What `case` says.
pub(super) fn given(map: &Map<RawAny>, found: &mut Vec<Finding>) -> TestGiven {
    let mut table = Table::of(map, found);
    let known: Vec<&str> = CASE_TEXTS.iter().chain(CASE_DATES).chain(CASE_REST).copied().collect();
    table.known("a case of MyCase", &known);
    let clients = table.each("clients", person);
    let lead = table.each("lead_attorney", |table| TestStaff { lead_lawyer: true, originating_lawyer: true, ..staff(table) });
    let others = table.each("staff", staff);
    let status = table.read("status", "\"open\" or \"closed\"; \"\" for neither", |value| match value.as_str()? {
        "open" => Some(CaseStatus::Open),
        "closed" => Some(CaseStatus::Closed),
        "" => Some(CaseStatus::Unknown),
        _ => None,
    });
    let companies = table.read("companies", "names, e.g. [\"Roe Inc\"]", |value| value.as_array()?.iter().map(text_of).collect());
    let billing = table.read("billing_contact", "a name on the case, or its id", |value| match value {
        Value::Integer(id) => u64::try_from(*id).ok().map(TestBilling::Id),
        value => text_of(value).map(TestBilling::Named),
    });
    TestGiven {
        id: table.id("id"),
        texts: table.texts(CASE_TEXTS),
        dates: CASE_DATES.iter().filter_map(|key| Some((*key, table.date(key)?))).ordered(),
        status,
        updated_at: table.moment("updated_at"),
        clients: table.each("client", person).or(clients),
        companies: companies.unwrap_or_default(),
        billing,
        staff: match (lead, others) {
            (None, None) => None,
            (lead, others) => Some(lead.into_iter().chain(others).flatten().collect()),
        },
        custom: table.custom(),
        office: table.each("office", office).and_then(|offices| offices.into_iter().next()),
        now: table.moment("now"),
        was: table.each("was", was).and_then(|was| was.into_iter().next()),
    }
}

fn person(table: &mut Table<'_>) -> TestPerson {
    let known: Vec<&str> = PERSON_TEXTS.iter().copied().chain(["id", "birthdate", "custom"]).collect();
    table.known("a client", &known);
    TestPerson { id: table.id("id"), texts: table.texts(PERSON_TEXTS), birthdate: table.date("birthdate"), custom: table.custom() }
}

fn staff(table: &mut Table<'_>) -> TestStaff {
    table.known("a member of the staff", STAFF);
    TestStaff {
        id: table.id("id"),
        name: table.text("name"),
        email: table.text("email"),
        kind: table.text("type"),
        active: table.flag("active"),
        lead_lawyer: table.flag("lead_lawyer").unwrap_or_default(),
        originating_lawyer: table.flag("originating_lawyer").unwrap_or_default(),
    }
}

fn office(table: &mut Table<'_>) -> Office {
    table.known("an office", OFFICE);
    let [name, main_phone, city, state] = ["name", "main_phone", "city", "state"].map(|key| table.text(key));
    Office { name, main_phone, city, state }
}

fn was(table: &mut Table<'_>) -> TestWas {
    table.known("`was`, what the portal showed before,", WAS);
    TestWas {
        stage: table.text("stage"),
        practice_area: table.text("practice_area"),
        open: table.flag("open"),
        stood: table.read("stood", "a length of time, e.g. \"10 minutes\"", |value| values::duration(value.as_str()?).ok()),
    }
}

/// What `expect` says; `names` are those that the portal and the file know.
pub(super) fn expected(map: &Map<RawAny>, names: &[String], found: &mut Vec<Finding>) -> TestExpect {
    let mut table = Table::of(map, found);
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    table.known("`expect`", &known);
    let list = |value: &Value| match value {
        Value::Boolean(false) => Some(Vec::new()),
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        value => value.as_str().map(|text| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }),
    };
    let clients = table.read("client", "a full name, a list of them, or false for nobody", list);
    let words = table.read("attention", "a code, a list of codes, or false for none", list);
    let (closed, imported) = (table.flag("closed"), table.flag("imported"));
    let fixed = ["client", "attention", "closed", "imported"];
    let others: Vec<&str> = table.values.keys().copied().filter(|key| !fixed.contains(key) && known.contains(key)).collect();
    let text = |value: &Value| match value {
        Value::Boolean(false) => Some(None),
        Value::Boolean(true) => Some(Some("true".to_owned())),
        value => text_of(value).map(|text| (!text.trim().is_empty()).then_some(text)),
    };
    let mut texts = BTreeMap::new();
    for key in others {
        texts.extend(table.read(key, "a text, or false for nothing", text).map(|value| (key.to_owned(), value)));
    }
    TestExpect { texts, clients, attention: words.map(|words| codes(&words, &mut table)), closed, imported }
}

fn codes(words: &[String], table: &mut Table<'_>) -> Vec<ReasonCode> {
    let mut codes = Vec::new();
    for word in words {
        let code = ReasonCode::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word)).ok();
        match (code.filter(|_| CODES.contains(&word.as_str())), table.values.get("attention")) {
            (Some(code), _) => codes.push(code),
            (None, Some((_, place))) => {
                let (message, help) = (format!("{word:?} is no code of what needs attention"), nearest::did_you_mean(word, CODES));
                table.found.push(Finding { place: (*place).clone(), code: "unknown-code", message, help });
            }
            (None, None) => {}
        }
    }
    codes
}

fn wrong(place: &Place, key: &str, wanted: &str) -> Finding {
    let (message, help) = (format!("{key} of this test cannot be read"), format!("write {wanted}"));
    Finding { place: place.clone(), code: "wrong-type", message, help }
}

/// Texts, numbers and dates as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Datetime(at) => Some(at.to_string()),
        Value::Boolean(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

fn moment_of(text: &str) -> Option<TestMoment> {
    if let Ok(at) = text.parse() {
        return Some(TestMoment::At(at));
    }
    let local = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|day| day.at(12, 0, 0, 0)))?;
    Some(TestMoment::Local(local))
}
