//! What the names in a body's expressions hold, computed only when asked for.

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
    Value::from_pairs([("email", Value::from(email.as_str())), ("role", Value::from(role.as_str()))])
}

impl Object for CaseContext {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let Record { practice_area, stage, open, closed_date, clients, attorney, team, fields, extra } = &*self.record;
        let value = match key {
            "case_id" | "integration_id" => Value::from(self.case.to_string()),
            "portal_id" => text(self.portal_id.as_ref().map(PortalId::as_str)),
            "practice_area" => text(practice_area.as_deref()),
            "stage" => text(stage.as_deref()),
            "open" => Value::from(*open),
            "state" => Value::from(if *open { "open" } else { "closed" }),
            "closed_date" => text(closed_date.map(|date| date.to_string()).as_deref()),
            "attorney_email" => text(attorney.as_deref()),
            "attorney_emails" => {
                let others = team.iter().filter(|member| member.attorney).map(|member| member.email.as_str());
                let mut emails: Vec<&str> = Vec::with_capacity(team.len() + 1);
                for email in attorney.as_deref().into_iter().chain(others) {
                    if !emails.contains(&email) {
                        emails.push(email);
                    }
                }
                Value::from_iter(emails)
            }
            "paralegal_emails" => team.iter().filter(|member| !member.attorney).map(|member| member.email.as_str()).collect(),
            "team" => team.iter().map(member).collect(),
            "clients" => clients.iter().map(client).collect(),
            "fields" => Value::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            "extra" => Value::from_pairs(extra.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            field => return fields.get(field).map(|value| Value::from(value.as_str())),
        };
        Some(value)
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
