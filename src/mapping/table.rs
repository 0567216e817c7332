//! One case field by field for a person who asked: what MyCase has, which rule decided, what it comes to. Unlike
//! [`Mapper::explain`] it holds values, so client data: who may see it is the caller's to say.

use super::{Because, Mapper, Wanted};
use crate::domain::{CaseStaff, CaseStatus, Kind, Record, SeenCase, SeenClient};
use std::collections::BTreeMap;
use std::fmt;

/// One field of the portal.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldRow {
    /// The rule, its line, and the field's name (as in `Record::differing_fields`).
    pub because: Because,
    /// What MyCase has; `None` when it has nothing, or when no single value there is meant (a template).
    pub seen: Option<String>,
    /// What the firm's file makes of it; `None` for nothing, and where the portal's stays.
    pub wanted: Option<String>,
}

impl fmt::Debug for FieldRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldRow({})", self.because)
    }
}

impl Mapper {
    /// Every field of the case; `wanted` is what [`Mapper::map`] made of it.
    pub fn table(&self, case: &SeenCase, wanted: &Wanted) -> Vec<FieldRow> {
        let looked = self.look(case, &mut Vec::new());
        let facts = self.facts(case, &looked);
        let values = self.fields.seen(&facts);
        let seen = |field: &str| match field {
            "state" => Some(status(case.status).to_owned()),
            "practice_area" => case.practice_area.clone(),
            "stage" => case.stage.clone(),
            "clients" => joined(case.clients.iter().map(person).chain(case.companies.iter().map(|id| format!("company {id}")))),
            "phone" => joined(case.clients.iter().filter_map(phones)),
            "email" => {
                joined(case.clients.iter().filter_map(|client| Some(format!("{} (person {})", client.email.as_deref()?, client.id))))
            }
            "attorney" => {
                joined(case.staff.iter().filter(|staff| staff.lead_lawyer || staff.originating_lawyer).map(|one| self.member(one)))
            }
            "team" => joined(case.staff.iter().map(|one| self.member(one))),
            other => values.get(other).map(|value| value.clone().into_owned()),
        };
        let wish = |field: &str| match field {
            "practice_area" if !wanted.practice_area_decided => None,
            "state" if case.status == CaseStatus::Unknown => None,
            "clients" | "phone" | "email" if !wanted.contact_decided => None,
            field => value_of(&wanted.record, field),
        };
        let row = |because: Because| FieldRow { seen: seen(&because.field), wanted: wish(&because.field), because };
        told_once(self.explain(case)).into_iter().map(row).collect()
    }

    /// `Ann Lee (staff 7, lead attorney)`.
    fn member(&self, one: &CaseStaff) -> String {
        let name = self.reference.staff.get(&one.id).map(|staff| format!("{} {}", staff.first_name, staff.last_name));
        let marks = [(one.lead_lawyer, ", lead attorney"), (one.originating_lawyer, ", originating attorney")];
        let marks: String = marks.into_iter().filter_map(|(marked, word)| marked.then_some(word)).collect();
        let id = format!("staff {}{marks}", one.id);
        name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).map_or(id.clone(), |name| format!("{name} ({id})"))
    }
}

/// One row for a field, also when several people have it; the e-mail address follows the phone.
fn told_once(told: Vec<Because>) -> Vec<Because> {
    let mut rows: Vec<Because> = Vec::with_capacity(told.len() + 1);
    for because in told {
        match rows.last_mut().filter(|last| last.field == because.field) {
            Some(last) => last.why = format!("{}; {}", last.why, because.why),
            None => rows.push(because),
        }
    }
    if let Some(at) = rows.iter().rposition(|because| because.kind == Kind::Contact) {
        let why = "the client's e-mail address, in small letters".to_owned();
        rows.insert(at + 1, Because { field: "email".to_owned(), kind: Kind::Contact, why, place: None, rule: None });
    }
    rows
}

/// What a record has in a field that is named as in `Record::differing_fields`; several people's values stand in one line.
pub fn value_of(record: &Record, field: &str) -> Option<String> {
    let Record { practice_area, stage, open, closed_date: _, clients, attorney, team, fields, extra } = record;
    let own = |fields: &BTreeMap<String, String>| fields.get(field).cloned();
    match field {
        "state" => Some(if *open { "open" } else { "closed" }.to_owned()),
        "practice_area" => practice_area.clone(),
        "stage" => stage.clone(),
        "clients" => joined(clients.iter().map(|one| named(&one.first_name, &one.last_name, one.id))),
        "first_name" => joined(clients.iter().map(|client| client.first_name.clone())),
        "last_name" => joined(clients.iter().map(|client| client.last_name.clone())),
        "email" => joined(clients.iter().filter_map(|client| client.email.clone())),
        "phone" => joined(clients.iter().filter_map(|client| client.phone.clone())),
        "attorney" => attorney.clone(),
        "team" => joined(team.iter().map(|member| format!("{} ({})", member.email, member.role))),
        _ => own(fields).or_else(|| own(extra)),
    }
}

fn status(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Open => "open",
        CaseStatus::Closed => "closed",
        CaseStatus::Unknown => "neither open nor closed",
    }
}

fn person(client: &SeenClient) -> String {
    named(client.first_name.as_deref().unwrap_or_default(), client.last_name.as_deref().unwrap_or_default(), client.id)
}

/// `Jane Doe (person 55)`.
fn named(first: &str, last: &str, id: crate::domain::PersonId) -> String {
    let name = [first.trim(), last.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { format!("person {id}") } else { format!("{name} (person {id})") }
}

/// `(212) 736-5000 (cell of person 55)`.
fn phones(client: &SeenClient) -> Option<String> {
    let written = [("cell", &client.cell_phone), ("home", &client.home_phone), ("work", &client.work_phone)];
    joined(written.into_iter().filter_map(|(word, phone)| Some(format!("{} ({word} of person {})", phone.as_deref()?, client.id))))
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.filter(|part| !part.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
