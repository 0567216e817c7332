//! What the names in a body's expressions hold, computed only when asked for. The machine that runs expressions keeps what it
//! is given, so it is given a copy; who only looks a name up ([`super::view`]) needs none.

use crate::config::Each;
use crate::domain::{CaseId, PortalId, Record, RecordClient, TeamMember};
use minijinja::Value;
use minijinja::value::{Enumerator, Object};
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

/// A client as expressions see it: id (text), first_name, last_name, email, phone.
pub(super) fn client(client: &RecordClient) -> Value {
    let RecordClient { id, first_name, last_name, email, phone } = client;
    let named = [
        ("id", Value::from(id.to_string())),
        ("first_name", Value::from(first_name.as_str())),
        ("last_name", Value::from(last_name.as_str())),
        ("email", text(email.as_deref())),
        ("phone", text(phone.as_deref())),
    ];
    Value::from_pairs(named)
}

/// A member of the firm as expressions see it: email, role.
pub(super) fn member(member: &TeamMember) -> Value {
    let TeamMember { email, role, attorney: _ } = member;
    Value::from_pairs([("email", Value::from(email.clone())), ("role", Value::from(role.clone()))])
}

/// What a name holds of a case.
pub(super) fn named(case: CaseId, portal_id: Option<&PortalId>, record: &Record, name: &str) -> Option<Value> {
    let Record { practice_area, stage, open, closed_date, clients, attorney, team, fields, extra } = record;
    let value = match name {
        "case_id" | "integration_id" => Value::from(case.to_string()),
        "portal_id" => text(portal_id.map(PortalId::as_str)),
        "practice_area" => text(practice_area.as_deref()),
        "stage" => text(stage.as_deref()),
        "open" => Value::from(*open),
        "state" => Value::from(state(*open)),
        "closed_date" => text(closed_date.map(|date| date.to_string()).as_deref()),
        "attorney_email" => text(attorney.as_deref()),
        "attorney_emails" => Value::from_iter(attorney_emails(record)),
        "paralegal_emails" => Value::from_iter(paralegal_emails(record)),
        "team" => team.iter().map(member).collect(),
        "clients" => clients.iter().map(client).collect(),
        "fields" => Value::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        "extra" => Value::from_pairs(extra.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        field => return fields.get(field).map(|value| Value::from(value.as_str())),
    };
    Some(value)
}

/// The word for a record's state.
pub(super) fn state(open: bool) -> &'static str {
    if open { "open" } else { "closed" }
}

/// The lead's address first, then those of the other attorneys, each once.
pub(super) fn attorney_emails(record: &Record) -> Vec<&str> {
    let others = record.team.iter().filter(|member| member.attorney).map(|member| &*member.email);
    let mut emails: Vec<&str> = Vec::with_capacity(record.team.len() + 1);
    for email in record.attorney.as_deref().into_iter().chain(others) {
        if !emails.contains(&email) {
            emails.push(email);
        }
    }
    emails
}

/// The addresses of those who are no attorneys.
pub(super) fn paralegal_emails(record: &Record) -> impl Iterator<Item = &str> {
    record.team.iter().filter(|member| !member.attorney).map(|member| &*member.email)
}

impl Object for CaseContext {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        named(self.case, self.portal_id.as_ref(), &self.record, key)
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

fn text(text: Option<&str>) -> Value {
    text.map_or_else(|| Value::from(()), Value::from)
}
