//! What the names in a body's expressions hold, computed only when asked for. The machine that runs expressions keeps what it
//! is given, so it is given a copy; who only looks a name up ([`super::view`]) needs none.

use crate::config::{CLIENT_NAMES, Each, MEMBER_NAMES};
use crate::domain::{CaseId, PortalId, Record, RecordClient, TeamMember};
use jiff::civil::Date;
use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A case as expressions see it. The names are those of `config::EXPRESSION_NAMES` and the record's fields.
pub(super) struct CaseContext {
    pub(super) case: CaseId,
    pub(super) portal_id: Option<PortalId>,
    pub(super) record: Arc<Record>,
}

/// A context with one name more: `client` or `member`.
struct Inner {
    name: &'static str,
    value: Value,
    outer: Value,
}

impl CaseContext {
    /// As a value, to evaluate in.
    pub(super) fn value(case: CaseId, portal_id: Option<PortalId>, record: Arc<Record>) -> Value {
        Value::from_object(CaseContext { case, portal_id, record })
    }
}

/// A context in which `each` is one element.
pub(super) fn inner(each: Each, value: Value, outer: &Value) -> Value {
    Value::from_object(Inner { name: each.name(), value, outer: outer.clone() })
}

/// What a name holds, where it stands.
pub(super) enum Held<'a> {
    Text(Option<&'a str>),
    Id(u64),
    Flag(bool),
    Day(Option<Date>),
    Texts(Vec<&'a str>),
    Named(&'a BTreeMap<String, String>),
    Clients(&'a [RecordClient]),
    Team(&'a [TeamMember]),
}

impl Held<'_> {
    /// As the expressions' machine keeps it.
    pub(super) fn value(self) -> Value {
        match self {
            Held::Text(text) => text.map_or_else(|| Value::from(()), Value::from),
            Held::Id(id) => Value::from(id.to_string()),
            Held::Flag(flag) => Value::from(flag),
            Held::Day(day) => day.map_or_else(|| Value::from(()), |day| Value::from(day.to_string())),
            Held::Texts(texts) => Value::from_iter(texts),
            Held::Named(texts) => Value::from_pairs(texts.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            Held::Clients(clients) => clients.iter().map(client).collect(),
            Held::Team(team) => team.iter().map(member).collect(),
        }
    }
}

/// What a name holds of a case; `None` when there is no such name.
pub(super) fn of_case<'a>(case: CaseId, portal_id: Option<&'a PortalId>, record: &'a Record, name: &str) -> Option<Held<'a>> {
    let Record { practice_area, stage, open, closed_date, clients, attorney, team, fields, extra } = record;
    Some(match name {
        "case_id" | "integration_id" => Held::Id(case.0),
        "portal_id" => Held::Text(portal_id.map(PortalId::as_str)),
        "practice_area" => Held::Text(practice_area.as_deref()),
        "stage" => Held::Text(stage.as_deref()),
        "open" => Held::Flag(*open),
        "state" => Held::Text(Some(if *open { "open" } else { "closed" })),
        "closed_date" => Held::Day(*closed_date),
        "attorney_email" => Held::Text(attorney.as_deref()),
        "attorney_emails" => Held::Texts(attorney_emails(record)),
        "paralegal_emails" => Held::Texts(team.iter().filter(|member| !member.attorney).map(|member| &*member.email).collect()),
        "team" => Held::Team(team),
        "clients" => Held::Clients(clients),
        "fields" => Held::Named(fields),
        "extra" => Held::Named(extra),
        field => return fields.get(field).map(|value| Held::Text(Some(value))),
    })
}

/// What a name holds of a client.
pub(super) fn of_client<'a>(client: &'a RecordClient, name: &str) -> Option<Held<'a>> {
    let RecordClient { id, first_name, last_name, email, phone } = client;
    Some(match name {
        "id" => Held::Id(id.0),
        "first_name" => Held::Text(Some(first_name)),
        "last_name" => Held::Text(Some(last_name)),
        "email" => Held::Text(email.as_deref()),
        "phone" => Held::Text(phone.as_deref()),
        _ => return None,
    })
}

/// What a name holds of a member of the firm.
pub(super) fn of_member<'a>(member: &'a TeamMember, name: &str) -> Option<Held<'a>> {
    match name {
        "email" => Some(Held::Text(Some(&member.email))),
        "role" => Some(Held::Text(Some(&member.role))),
        _ => None,
    }
}

/// A client as expressions see it.
pub(super) fn client(client: &RecordClient) -> Value {
    Value::from_pairs(CLIENT_NAMES.into_iter().filter_map(|name| Some((name, of_client(client, name)?.value()))))
}

/// A member of the firm as expressions see it.
pub(super) fn member(member: &TeamMember) -> Value {
    Value::from_pairs(MEMBER_NAMES.into_iter().filter_map(|name| Some((name, of_member(member, name)?.value()))))
}

/// The lead's address first, then those of the other attorneys, each once.
fn attorney_emails(record: &Record) -> Vec<&str> {
    let others = record.team.iter().filter(|member| member.attorney).map(|member| &*member.email);
    let mut emails: Vec<&str> = Vec::with_capacity(record.team.len() + 1);
    for email in record.attorney.as_deref().into_iter().chain(others) {
        if !emails.contains(&email) {
            emails.push(email);
        }
    }
    emails
}

impl Object for CaseContext {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        of_case(self.case, self.portal_id.as_ref(), &self.record, key).map(Held::value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

impl Object for Inner {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if key == self.name {
            return Some(self.value.clone());
        }
        self.outer.as_object()?.get_value_by_str(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

impl fmt::Debug for CaseContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaseContext({})", self.case)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inner({})", self.name)
    }
}
