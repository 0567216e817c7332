//! What Case Status refuses: unknown people, areas and stages, bad phones, fields it does not have.
//!
//! Refusals quote the value, as vendors do: casebridge must not pass that on. Unknown fields are refused here although a real
//! server may let them pass, so that a misspelt one shows.

use serde_json::{Map, Value};

use super::account::{CaseStatus, PortalCase, PortalClient};

/// Takes the fields of a request over into a case; says everything that is wrong. A new case must be whole; of an old one
/// only what the request names is looked at, so that a case somebody made by hand can be moved.
pub(super) fn take_over(account: &mut CaseStatus, case: &mut PortalCase, body: &Map<String, Value>, new: bool) -> Vec<String> {
    let mut errors = Vec::new();
    for (key, value) in body {
        match key.as_str() {
            "integration_id" => text(key, value, &mut case.integration_id, &mut errors),
            "readable_id" => text(key, value, &mut case.readable_id, &mut errors),
            "name" => text(key, value, &mut case.name, &mut errors),
            "description" => text(key, value, &mut case.description, &mut errors),
            "practice_area" => text(key, value, &mut case.practice_area, &mut errors),
            "status" => text(key, value, &mut case.status, &mut errors),
            "case_date" => day(key, value, &mut case.case_date, &mut errors),
            "closed_date" => day(key, value, &mut case.closed_date, &mut errors),
            "attorney_email" => text(key, value, &mut case.attorney_email, &mut errors),
            "attorney_emails" => texts(key, value, &mut case.attorney_emails, &mut errors),
            "paralegal_emails" => texts(key, value, &mut case.paralegal_emails, &mut errors),
            "clients" => clients(account, value, &mut case.clients, &mut errors),
            "extra" => match value {
                Value::Object(map) => case.extra.extend(map.clone()),
                Value::Null => case.extra.clear(),
                _other => errors.push("extra must be an object".to_owned()),
            },
            other => errors.push(format!("unknown field {other}")),
        }
    }
    let looked_at = |key: &str| new || body.contains_key(key);
    if looked_at("readable_id") && case.readable_id.as_deref().is_none_or(str::is_empty) {
        errors.push("Readable ID can't be blank".to_owned());
    }
    if looked_at("attorney_email") || looked_at("attorney_emails") {
        check_attorneys(account, case, &mut errors);
    }
    if looked_at("practice_area") || looked_at("status") {
        check_stage(account, case, &mut errors);
    }
    if looked_at("clients") {
        check_clients(case, &mut errors);
    }
    errors
}

fn check_attorneys(account: &CaseStatus, case: &PortalCase, errors: &mut Vec<String>) {
    match case.attorney_email.as_deref() {
        None | Some("") => errors.push("Attorney can't be blank".to_owned()),
        Some(email) => known_attorney(account, email, errors),
    }
    for email in &case.attorney_emails {
        known_attorney(account, email, errors);
    }
}

fn check_stage(account: &CaseStatus, case: &PortalCase, errors: &mut Vec<String>) {
    let stages = match case.practice_area.as_deref() {
        None => None,
        Some(area) => {
            let found = account.stages.iter().find(|(name, _)| name == area);
            if found.is_none() {
                errors.push(format!("Practice area '{area}' does not exist"));
            }
            found.map(|(_, stages)| stages)
        }
    };
    if let (Some(stages), Some(status)) = (stages, case.status.as_deref())
        && !stages.iter().any(|stage| stage == status)
    {
        errors.push(format!("Status '{status}' does not exist for this practice area"));
    }
}

fn check_clients(case: &PortalCase, errors: &mut Vec<String>) {
    if case.clients.is_empty() {
        errors.push("Client can't be blank".to_owned());
    }
    for client in &case.clients {
        let phone = client.cell_phone.as_deref().unwrap_or_default();
        if !is_e164(phone) {
            errors.push(format!("Cell phone '{phone}' is not a valid phone number"));
        }
    }
}

fn known_attorney(account: &CaseStatus, email: &str, errors: &mut Vec<String>) {
    if !account.staff.contains(&email.to_lowercase()) {
        errors.push(format!("Attorney '{email}' was not found in this firm"));
    }
}

fn text(key: &str, value: &Value, into: &mut Option<String>, errors: &mut Vec<String>) {
    match value {
        Value::String(text) => *into = Some(text.clone()),
        Value::Null => *into = None,
        _other => errors.push(format!("{key} must be text")),
    }
}

fn day(key: &str, value: &Value, into: &mut Option<String>, errors: &mut Vec<String>) {
    match value.as_str() {
        Some(text) if text.parse::<jiff::civil::Date>().is_err() => errors.push(format!("{key} '{text}' is not a date")),
        _other => text(key, value, into, errors),
    }
}

fn texts(key: &str, value: &Value, into: &mut Vec<String>, errors: &mut Vec<String>) {
    match value {
        Value::Null => into.clear(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            *into = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        _other => errors.push(format!("{key} must be a list of texts")),
    }
}

/// The list of clients replaces the one before; a client keeps its number by its integration id.
fn clients(account: &mut CaseStatus, value: &Value, into: &mut Vec<PortalClient>, errors: &mut Vec<String>) {
    let Value::Array(items) = value else {
        errors.push("clients must be a list".to_owned());
        return;
    };
    let before = std::mem::take(into);
    for item in items {
        let Value::Object(map) = item else {
            errors.push("a client must be an object".to_owned());
            continue;
        };
        let mut client = PortalClient { id: 0, integration_id: None, first_name: None, last_name: None, email: None, cell_phone: None };
        for (key, value) in map {
            match key.as_str() {
                "integration_id" => text(key, value, &mut client.integration_id, errors),
                "first_name" => text(key, value, &mut client.first_name, errors),
                "last_name" => text(key, value, &mut client.last_name, errors),
                "email" => text(key, value, &mut client.email, errors),
                "cell_phone" => text(key, value, &mut client.cell_phone, errors),
                other => errors.push(format!("unknown field {other} of a client")),
            }
        }
        let same = |old: &&PortalClient| old.integration_id.is_some() && old.integration_id == client.integration_id;
        client.id = before.iter().find(same).map_or_else(|| account.new_id(), |old| old.id);
        into.push(client);
    }
}

/// Whether a number is written as E.164 and, in North America, can exist at all.
pub(in crate::sandbox) fn is_e164(phone: &str) -> bool {
    let Some(digits) = phone.strip_prefix('+') else {
        return false;
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
        return false;
    }
    match digits.strip_prefix('1') {
        Some(national) => {
            let high = |at: usize| national.as_bytes().get(at).is_some_and(|digit| (b'2'..=b'9').contains(digit));
            national.len() == 10 && high(0) && high(3)
        }
        None => true,
    }
}
