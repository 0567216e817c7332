//! Changes at the MyCase firm through the control address; what they mean is in `changes.rs`.

use serde_json::{Map, Value, json};

use super::routes::{changed, done, object, refused, unknown};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::changes::{NewCase, NewClient};
use crate::sandbox::mycase::{Case, Client};
use crate::sandbox::world::{NotThere, World};

/// One request below `/control/mycase`.
pub(super) fn answer(world: &mut World, ask: &Ask, rest: &[&str]) -> Answer {
    match (ask.method.as_str(), rest) {
        ("GET", ["cases"]) => cases(world, ask),
        ("GET", ["documents"]) => documents(world, ask),
        ("GET", ["notes"]) => notes(world, ask),
        ("POST", ["cases"]) => with(ask, |body| add_case(world, body)),
        ("POST", ["cases", id]) => with_id(ask, id, |id, body| edit_case(world, id, body)),
        ("DELETE", ["cases", id]) => id.parse().map_or_else(|_| unknown(), |id| changed(world.delete(id))),
        ("POST", ["clients"]) => with(ask, |body| Answer::json(201, &json!({ "id": world.add_client(new_client(body)) }))),
        ("POST", ["clients", id]) => with_id(ask, id, |id, body| edit_client(world, id, body)),
        ("POST", ["staff", id]) => with_id(ask, id, |id, body| edit_staff(world, id, body)),
        ("POST", ["stages"]) => with(ask, |body| match body.get("name").and_then(Value::as_str) {
            Some(name) => Answer::json(201, &json!({ "id": world.add_stage(name) })),
            None => refused("name must be text"),
        }),
        ("POST", ["stages", "rename"]) => with(ask, |body| rename(body, |from, to| world.rename_stage(from, to))),
        ("POST", ["custom-fields", "rename"]) => with(ask, |body| rename(body, |from, to| world.rename_custom_field(from, to))),
        ("POST", ["practice-areas", "rename"]) => with(ask, |body| rename(body, |from, to| world.rename_practice_area(from, to))),
        _other => unknown(),
    }
}

fn with(ask: &Ask, act: impl FnOnce(&Map<String, Value>) -> Answer) -> Answer {
    match object(ask) {
        Ok(body) => act(&body),
        Err(answer) => answer,
    }
}

fn with_id(ask: &Ask, id: &str, act: impl FnOnce(u64, &Map<String, Value>) -> Answer) -> Answer {
    id.parse().map_or_else(|_| unknown(), |id| with(ask, |body| act(id, body)))
}

fn cases(world: &World, ask: &Ask) -> Answer {
    let firm = &world.mycase;
    let limit = ask.query("limit").and_then(|text| text.parse().ok()).unwrap_or(25);
    let is = |name: &str, value: Option<&str>| ask.query(name).is_none_or(|wanted| value == Some(wanted));
    let status = |case: &Case| if case.open { "open" } else { "closed" };
    let found: Vec<Value> = firm
        .cases
        .values()
        .filter(|case| is("stage", firm.stage_of(case.id)) && is("practice_area", firm.practice_area_of(case.id)))
        .filter(|case| is("status", Some(status(case))))
        .take(limit)
        .map(|case| {
            json!({
                "id": case.id, "name": case.name, "stage": firm.stage_of(case.id), "practice_area": firm.practice_area_of(case.id),
                "status": status(case), "clients": case.clients, "hidden": case.hidden,
            })
        })
        .collect();
    Answer::json(200, &found)
}

fn documents(world: &World, ask: &Ask) -> Answer {
    let case = ask.query("case").and_then(|text| text.parse::<u64>().ok());
    let found: Vec<Value> = world
        .mycase
        .documents
        .values()
        .filter(|document| case.is_none() || document.case == case)
        .map(|document| {
            let versions: Vec<Value> = document
                .versions
                .iter()
                .map(|v| json!({ "id": v.id, "length": v.length, "sha256": v.sha256, "uploads": v.uploads, "attempts": v.attempts }))
                .collect();
            json!({ "id": document.id, "case": document.case, "path": document.path, "filename": document.filename,
                "description": document.description, "versions": versions })
        })
        .collect();
    Answer::json(200, &found)
}

fn notes(world: &World, ask: &Ask) -> Answer {
    let case = ask.query("case").and_then(|text| text.parse::<u64>().ok());
    let found: Vec<Value> = world
        .mycase
        .notes
        .values()
        .filter(|note| case.is_none_or(|case| note.case == case))
        .map(|note| json!({ "id": note.id, "case": note.case, "subject": note.subject, "note": note.note, "date": note.date }))
        .collect();
    Answer::json(200, &found)
}

fn new_client(body: &Map<String, Value>) -> NewClient {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    NewClient {
        first_name: text("first_name").unwrap_or_default(),
        last_name: text("last_name").unwrap_or_default(),
        email: text("email"),
        cell_phone: text("cell_phone_number"),
    }
}

fn add_case(world: &mut World, body: &Map<String, Value>) -> Answer {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(name) = text("name") else {
        return refused("name must be text");
    };
    let mut clients = ids(body.get("clients"));
    if let Some(client) = body.get("client").and_then(Value::as_object) {
        clients.push(world.add_client(new_client(client)));
    }
    let new = NewCase { name, practice_area: text("practice_area"), stage: text("stage"), case_number: text("case_number"), clients };
    match world.add_case(new) {
        Ok(id) => Answer::json(201, &json!({ "id": id })),
        Err(error) => changed(Err(error)),
    }
}

fn ids(value: Option<&Value>) -> Vec<u64> {
    value.and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_u64).collect()).unwrap_or_default()
}

/// Changes what is named, in the order named; an unknown key or value stops there and says so.
fn edit_case(world: &mut World, id: u64, body: &Map<String, Value>) -> Answer {
    if world.mycase.case(id).is_none() {
        return changed(Err(NotThere(format!("case {id}"))));
    }
    for (key, value) in body {
        let done = match (key.as_str(), value) {
            ("stage", Value::String(stage)) => world.set_stage(id, stage),
            ("stage", Value::Null) => world.clear_stage(id),
            ("practice_area", Value::String(_) | Value::Null) => world.set_practice_area(id, value.as_str()),
            ("status", Value::String(status)) if status == "open" => world.reopen(id),
            ("status", Value::String(status)) if status == "closed" => world.close(id),
            ("name", Value::String(name)) => world.set_name(id, name),
            ("case_number", Value::String(_) | Value::Null) => {
                world.edit_case(id, |case| case.case_number = value.as_str().map(str::to_owned))
            }
            ("lead", Value::Number(_) | Value::Null) => world.set_lead(id, value.as_u64()),
            ("clients", Value::Array(_)) => {
                let billing = world.mycase.case(id).and_then(|case| case.billing_contact);
                world.set_clients(id, &ids(Some(value)), billing)
            }
            ("billing_contact", Value::Number(_) | Value::Null) => world.edit_case(id, |case| case.billing_contact = value.as_u64()),
            ("hidden", Value::Bool(hidden)) => world.hide(id, *hidden),
            ("custom", Value::Object(fields)) => fields.iter().try_for_each(|(name, value)| world.set_custom(id, name, value.clone())),
            (other, _) => return refused(&format!("'{other}' cannot be set like that")),
        };
        if let Err(error) = done {
            return changed(Err(error));
        }
    }
    done()
}

fn edit_client(world: &mut World, id: u64, body: &Map<String, Value>) -> Answer {
    for (key, value) in body {
        if !(value.is_string() || value.is_null()) {
            return refused(&format!("{key} must be text or null"));
        }
        let text = value.as_str().map(str::to_owned);
        let edit: fn(&mut Client, Option<String>) = match key.as_str() {
            "first_name" => |client, text| client.first_name = text.unwrap_or_default(),
            "last_name" => |client, text| client.last_name = text.unwrap_or_default(),
            "email" => |client, text| client.email = text,
            "cell_phone_number" => |client, text| client.cell_phone = text,
            "home_phone_number" => |client, text| client.home_phone = text,
            "work_phone_number" => |client, text| client.work_phone = text,
            other => return refused(&format!("a client has no '{other}' that can be set here")),
        };
        if let Err(error) = world.edit_client(id, |client| edit(client, text)) {
            return changed(Err(error));
        }
    }
    done()
}

fn edit_staff(world: &mut World, id: u64, body: &Map<String, Value>) -> Answer {
    for (key, value) in body {
        let done = match (key.as_str(), value) {
            ("active", Value::Bool(active)) => world.set_staff_active(id, *active),
            ("email", Value::String(email)) => world.edit_staff(id, |person| email.clone_into(&mut person.email)),
            (other, _) => return refused(&format!("'{other}' cannot be set like that")),
        };
        if let Err(error) = done {
            return changed(Err(error));
        }
    }
    done()
}

fn rename(body: &Map<String, Value>, rename: impl FnOnce(&str, &str) -> Result<(), NotThere>) -> Answer {
    match (body.get("from").and_then(Value::as_str), body.get("to").and_then(Value::as_str)) {
        (Some(from), Some(to)) => changed(rename(from, to)),
        _other => refused("from and to must be text"),
    }
}
