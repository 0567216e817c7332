//! Which address of Hona answers what, and what it refuses.
//!
//! Upserts merge: a field that is not named stays, null empties it. Unknown fields are refused although a real server may let
//! them pass, so that a misspelt one shows.

use axum::http::Method;
use serde_json::{Map, Value};

use super::account::{Hona, HonaContact, HonaMember, HonaParty, HonaProject};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::case_status::is_e164;
use crate::sandbox::world::World;

const STATUSES: [&str; 3] = ["Not Started", "In Progress", "Complete"];

/// One request to Hona.
pub(in crate::sandbox) fn answer(world: &mut World, ask: &Ask) -> Answer {
    if ask.credential("Bearer") != Some(world.hona.api_key.as_str()) {
        return Answer::portal_errors(401, &["Unauthorized".to_owned()]);
    }
    if world.switches.rate_limits && !world.limits.hona() {
        let answer = Answer::portal_errors(429, &["Too many requests".to_owned()]);
        return match world.switches.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        };
    }
    let put = ask.method == Method::PUT;
    match ask.path.as_str() {
        "/contacts" if put => with_body(ask, |body, external_id| put_contact(&mut world.hona, body, external_id)),
        "/projects" if put => with_body(ask, |body, external_id| put_project(&mut world.hona, body, external_id)),
        "/contacts" | "/projects" => Answer::portal_errors(405, &["Method not allowed".to_owned()]),
        _other => Answer::portal_errors(404, &["Not found".to_owned()]),
    }
}

fn with_body(ask: &Ask, put: impl FnOnce(&Map<String, Value>, &str) -> Answer) -> Answer {
    let Some(Value::Object(body)) = ask.json() else {
        return Answer::portal_errors(400, &["The body must be a JSON object".to_owned()]);
    };
    match body.get("externalId").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        Some(external_id) => put(&body, external_id),
        None => Answer::portal_errors(422, &["externalId is required".to_owned()]),
    }
}

fn put_contact(account: &mut Hona, body: &Map<String, Value>, external_id: &str) -> Answer {
    let before = account.contacts.get(external_id).cloned();
    let mut errors = Vec::new();
    let mut contact = before.clone().unwrap_or_else(|| HonaContact {
        id: account.new_id("con"),
        external_id: external_id.to_owned(),
        first_name: None,
        last_name: None,
        email: None,
        phone: None,
    });
    for (key, value) in body {
        match key.as_str() {
            "externalId" => {}
            "firstName" => text(key, value, &mut contact.first_name, &mut errors),
            "lastName" => text(key, value, &mut contact.last_name, &mut errors),
            "email" => text(key, value, &mut contact.email, &mut errors),
            "phone" => text(key, value, &mut contact.phone, &mut errors),
            other => errors.push(format!("unknown field {other}")),
        }
    }
    for (name, value) in [("firstName", &contact.first_name), ("lastName", &contact.last_name)] {
        if value.as_deref().is_none_or(str::is_empty) {
            errors.push(format!("{name} is required"));
        }
    }
    if contact.email.is_none() && contact.phone.is_none() {
        errors.push("email or phone is required".to_owned());
    }
    if let Some(phone) = contact.phone.as_deref().filter(|phone| !is_e164(phone)) {
        errors.push(format!("phone '{phone}' must be in E.164 format"));
    }
    if let Some(email) = contact.email.as_deref().filter(|email| !email.contains('@')) {
        errors.push(format!("email '{email}' is invalid"));
    }
    if !errors.is_empty() {
        return Answer::portal_errors(422, &errors);
    }
    if before.as_ref().is_some_and(|old| (&old.email, &old.phone) != (&contact.email, &contact.phone)) {
        account.login_links += 1;
    }
    let answer = Answer::json(if before.is_some() { 200 } else { 201 }, &contact);
    account.contacts.insert(external_id.to_owned(), contact);
    answer
}

fn put_project(account: &mut Hona, body: &Map<String, Value>, external_id: &str) -> Answer {
    let before = account.projects.get(external_id).cloned();
    let mut errors = Vec::new();
    let mut project = before.clone().unwrap_or_else(|| HonaProject {
        id: account.new_id("prj"),
        external_id: external_id.to_owned(),
        name: None,
        project_type: None,
        phase: None,
        hona_enabled: true,
        status: "In Progress".to_owned(),
        contacts: Vec::new(),
        team: Vec::new(),
    });
    take_over(&mut project, body, &mut errors);
    check(account, &project, &mut errors);
    if !errors.is_empty() {
        return Answer::portal_errors(422, &errors);
    }
    match &before {
        None if project.hona_enabled => account.welcome_texts += 1,
        Some(old) if project.hona_enabled && old.phase != project.phase => account.phase_texts += 1,
        _quiet => {}
    }
    let answer = Answer::json(if before.is_some() { 200 } else { 201 }, &project);
    account.projects.insert(external_id.to_owned(), project);
    answer
}

fn take_over(project: &mut HonaProject, body: &Map<String, Value>, errors: &mut Vec<String>) {
    for (key, value) in body {
        match key.as_str() {
            "externalId" => {}
            "name" => text(key, value, &mut project.name, errors),
            "projectType" => text(key, value, &mut project.project_type, errors),
            "phase" => text(key, value, &mut project.phase, errors),
            "honaEnabled" => match value {
                Value::Bool(enabled) => project.hona_enabled = *enabled,
                _other => errors.push("honaEnabled must be true or false".to_owned()),
            },
            "status" => match value.as_str().filter(|status| STATUSES.contains(status)) {
                Some(status) => status.clone_into(&mut project.status),
                None => errors.push("status must be Not Started, In Progress or Complete".to_owned()),
            },
            "contacts" => {
                let parties = pairs(key, value, "externalId", errors);
                project.contacts = parties.into_iter().map(|(external_id, role)| HonaParty { external_id, role }).collect();
            }
            "team" => {
                let members = pairs(key, value, "email", errors);
                project.team = members.into_iter().map(|(email, role)| HonaMember { email, role }).collect();
            }
            other => errors.push(format!("unknown field {other}")),
        }
    }
}

fn check(account: &Hona, project: &HonaProject, errors: &mut Vec<String>) {
    if project.name.as_deref().is_none_or(str::is_empty) {
        errors.push("name is required".to_owned());
    }
    let phases = match project.project_type.as_deref() {
        None => None,
        Some(kind) => {
            let found = account.phases.iter().find(|(name, _)| name == kind);
            if found.is_none() {
                errors.push(format!("projectType '{kind}' does not exist"));
            }
            found.map(|(_, phases)| phases)
        }
    };
    if let (Some(phases), Some(phase)) = (phases, project.phase.as_deref())
        && !phases.iter().any(|known| known == phase)
    {
        errors.push(format!("phase '{phase}' does not exist"));
    }
    for party in project.contacts.iter().filter(|party| !account.contacts.contains_key(&party.external_id)) {
        errors.push(format!("contact '{}' does not exist", party.external_id));
    }
    for member in project.team.iter().filter(|member| !account.staff.contains(&member.email.to_lowercase())) {
        errors.push(format!("team member '{}' does not exist", member.email));
    }
}

fn text(key: &str, value: &Value, into: &mut Option<String>, errors: &mut Vec<String>) {
    match value {
        Value::String(text) => *into = Some(text.clone()),
        Value::Null => *into = None,
        _other => errors.push(format!("{key} must be text")),
    }
}

/// A list of objects with one required text and a role.
fn pairs(key: &str, value: &Value, required: &str, errors: &mut Vec<String>) -> Vec<(String, Option<String>)> {
    let mut pairs = Vec::new();
    let Value::Array(items) = value else {
        errors.push(format!("{key} must be a list"));
        return pairs;
    };
    for item in items {
        let (first, role) = (item.get(required).and_then(Value::as_str), item.get("role").and_then(Value::as_str));
        let known = item.as_object().is_some_and(|map| map.keys().all(|name| name == required || name == "role"));
        match first {
            Some(first) if known => pairs.push((first.to_owned(), role.map(str::to_owned))),
            _other => errors.push(format!("each of {key} has {required} and role, nothing else")),
        }
    }
    pairs
}
