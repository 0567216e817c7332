//! What the firm's people do in the portals, through the control address.

use std::collections::BTreeSet;

use axum::http::Method;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::given;
use super::routes::{changed, done, object, refused, unknown};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::case_status::{CaseStatus, PortalCase};
use crate::sandbox::hona::Hona;
use crate::sandbox::world::World;

/// One request below `/control/case-status`.
pub(super) fn case_status(world: &mut World, ask: &Ask, rest: &[&str]) -> Answer {
    let now = world.now();
    let account = &mut world.case_status;
    match (ask.method.as_str(), rest) {
        ("GET", ["cases"]) => {
            let wanted = ask.query("integration_id");
            let keep = |case: &&PortalCase| wanted.is_none() || case.integration_id.as_deref() == wanted;
            Answer::json(200, &account.cases.values().filter(keep).collect::<Vec<_>>())
        }
        ("GET", ["cases", id]) => show(id.parse().ok().and_then(|id: u64| account.cases.get(&id))),
        ("POST", ["cases"]) => with(ask, |body| match body.get("name").and_then(Value::as_str) {
            Some(name) => {
                let id = account.add_by_hand(name, body.get("integration_id").and_then(Value::as_str), now);
                Answer::json(201, &json!({ "id": id }))
            }
            None => refused("name must be text"),
        }),
        ("POST", ["cases", id]) => with(ask, |body| edit_portal_case(account, id, body, now)),
        ("DELETE", ["cases", id]) => match id.parse() {
            Ok(id) if ask.query("trace") == Some("none") => changed(account.remove(id).map(drop)),
            Ok(id) => changed(account.delete(id, now)),
            Err(_) => unknown(),
        },
        ("POST", ["key"]) => with(ask, |body| key(body, &mut account.api_key)),
        (_, ["files" | "messages", ..]) => given::answer(account, ask, rest, now),
        (_, ["staff"]) => staff(ask, &mut account.staff),
        _other => unknown(),
    }
}

/// One request below `/control/hona`.
pub(super) fn hona(world: &mut World, ask: &Ask, rest: &[&str]) -> Answer {
    let account = &mut world.hona;
    match (ask.method.as_str(), rest) {
        ("GET", ["projects"]) => Answer::json(200, &account.projects.values().collect::<Vec<_>>()),
        ("GET", ["projects", id]) => show(account.projects.get(*id)),
        ("POST", ["projects", id]) => with(ask, |body| edit_project(account, id, body)),
        ("DELETE", ["projects", id]) => changed(account.remove_project(id).map(drop)),
        ("GET", ["contacts"]) => Answer::json(200, &account.contacts.values().collect::<Vec<_>>()),
        ("GET", ["contacts", id]) => show(account.contacts.get(*id)),
        ("DELETE", ["contacts", id]) => changed(account.remove_contact(id).map(drop)),
        ("POST", ["key"]) => with(ask, |body| key(body, &mut account.api_key)),
        (_, ["staff"]) => staff(ask, &mut account.staff),
        _other => unknown(),
    }
}

fn with(ask: &Ask, act: impl FnOnce(&Map<String, Value>) -> Answer) -> Answer {
    match object(ask) {
        Ok(body) => act(&body),
        Err(answer) => answer,
    }
}

fn show(found: Option<&impl Serialize>) -> Answer {
    found.map_or_else(unknown, |thing| Answer::json(200, thing))
}

fn edit_portal_case(account: &mut CaseStatus, id: &str, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let Ok(id) = id.parse() else { return unknown() };
    for (key, value) in body {
        let text = value.as_str().map(str::to_owned);
        let result = match (key.as_str(), value) {
            ("status", Value::String(_)) => account.edit(id, now, |case| case.status = text),
            ("name", Value::String(_)) => account.edit(id, now, |case| case.name = text),
            ("practice_area", Value::String(_)) => account.edit(id, now, |case| case.practice_area = text),
            ("readable_id", Value::String(_) | Value::Null) => account.edit(id, now, |case| case.readable_id = text),
            ("closed", Value::Bool(closed)) => account.edit(id, now, |case| case.closed_at = closed.then_some(now)),
            (other, _) => return refused(&format!("'{other}' cannot be set like that")),
        };
        if let Err(error) = result {
            return changed(Err(error));
        }
    }
    done()
}

fn edit_project(account: &mut Hona, id: &str, body: &Map<String, Value>) -> Answer {
    for (key, value) in body {
        let Some(text) = value.as_str().map(str::to_owned) else {
            return refused(&format!("{key} must be text"));
        };
        let result = match key.as_str() {
            "phase" => account.edit_project(id, |project| project.phase = Some(text)),
            "name" => account.edit_project(id, |project| project.name = Some(text)),
            "status" => account.edit_project(id, |project| project.status = text),
            other => return refused(&format!("'{other}' cannot be set here")),
        };
        if let Err(error) = result {
            return changed(Err(error));
        }
    }
    done()
}

/// Another key from now on; the one before is refused.
fn key(body: &Map<String, Value>, key: &mut String) -> Answer {
    match body.get("api_key").and_then(Value::as_str) {
        Some(text) => text.clone_into(key),
        None => return refused("api_key must be text"),
    }
    done()
}

/// Whom a portal knows.
fn staff(ask: &Ask, known: &mut BTreeSet<String>) -> Answer {
    if ask.method == Method::GET {
        return Answer::json(200, known);
    }
    with(ask, |body| {
        let Some(email) = body.get("email").and_then(Value::as_str).map(str::to_lowercase) else {
            return refused("email must be text");
        };
        let changed = match &ask.method {
            &Method::POST => known.insert(email),
            &Method::DELETE => known.remove(&email),
            _other => return unknown(),
        };
        Answer::json(200, &json!({ "changed": changed }))
    })
}
