//! What the control address answers, and what it does to the world as a whole: time, faults, switches, tokens, counters.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::help::help;
use super::{mycase, portals};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::faults::Fault;
use crate::sandbox::switches::Switches;
use crate::sandbox::world::{NotThere, World};

/// One request to the control address.
pub(in crate::sandbox) fn answer(world: &mut World, ask: &Ask) -> Answer {
    let segments = ask.segments();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", []) => Answer::json(200, &help()),
        ("GET", ["state"]) => Answer::json(200, &state(world)),
        ("GET", ["requests"]) => Answer::json(200, &world.requests()),
        ("POST", ["requests", "reset"]) => {
            world.reset_requests();
            done()
        }
        ("GET", ["writes"]) => Answer::json(200, &writes(world)),
        ("GET", ["transfers"]) => Answer::json(200, &world.transfers()),
        ("GET", ["faults"]) => Answer::json(200, &json!({ "left": world.faults.left() })),
        ("POST", ["faults"]) => add_faults(world, ask),
        ("DELETE", ["faults"]) => {
            world.faults.clear();
            done()
        }
        ("POST", ["advance"]) => advance(world, ask),
        ("GET", ["options"]) => Answer::json(200, &world.switches),
        ("POST", ["options"]) => options(world, ask),
        ("POST", ["tokens", "expire-access"]) => {
            world.expire_access_tokens();
            done()
        }
        ("POST", ["tokens", "expire-refresh"]) => {
            world.expire_refresh_tokens();
            done()
        }
        ("POST", ["tokens", "revoke"]) => {
            world.revoke_tokens();
            done()
        }
        (_, ["mycase", rest @ ..]) => mycase::answer(world, ask, rest),
        (_, ["case-status", rest @ ..]) => portals::case_status(world, ask, rest),
        (_, ["hona", rest @ ..]) => portals::hona(world, ask, rest),
        _other => unknown(),
    }
}

fn state(world: &World) -> Value {
    json!({
        "now": world.now(),
        "mycase": {
            "firm": world.mycase.name,
            "me": world.mycase.me,
            "cases": world.mycase.cases.len(),
            "open": world.mycase.cases.values().filter(|case| case.open).count(),
            "clients": world.mycase.clients.len(),
            "staff": world.mycase.staff.len(),
            "stages": world.mycase.stages.len(),
            "documents": world.mycase.documents.len(),
            "notes": world.mycase.notes.len(),
            "webhooks": world.mycase.webhooks.len(),
        },
        "case_status": {
            "cases": world.case_status.live(),
            "closed": world.case_status.cases.values().filter(|case| case.closed_at.is_some() && case.deleted_at.is_none()).count(),
            "files": world.case_status.files.len(),
            "messages": world.case_status.messages.len(),
            "surveys": world.case_status.surveys,
        },
        "hona": {
            "contacts": world.hona.contacts.len(),
            "projects": world.hona.projects.len(),
            "welcome_texts": world.hona.welcome_texts,
            "phase_texts": world.hona.phase_texts,
            "login_links": world.hona.login_links,
        },
        "options": world.switches,
        "faults": world.faults.left(),
    })
}

fn writes(world: &World) -> Vec<Value> {
    let one = |write: &crate::sandbox::world::PortalWrite| json!({ "side": write.side, "method": write.method, "path": write.path, "status": write.status, "body": write.json() });
    world.writes().iter().map(one).collect()
}

fn add_faults(world: &mut World, ask: &Ask) -> Answer {
    let rules = match ask.json() {
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
        None => return refused("the body must be JSON"),
    };
    let rules: Result<Vec<Fault>, _> = rules.into_iter().map(serde_json::from_value).collect();
    match rules {
        Ok(rules) => {
            rules.into_iter().for_each(|rule| world.faults.add(rule));
            Answer::json(200, &json!({ "left": world.faults.left() }))
        }
        Err(error) => refused(&error.to_string()),
    }
}

fn advance(world: &mut World, ask: &Ask) -> Answer {
    match ask.json().and_then(|body| body.get("seconds").and_then(Value::as_u64)) {
        Some(seconds) => {
            world.advance(Duration::from_secs(seconds));
            Answer::json(200, &json!({ "now": world.now() }))
        }
        None => refused("seconds must be a whole number"),
    }
}

/// Only the switches that are named change.
fn options(world: &mut World, ask: &Ask) -> Answer {
    let Some(Value::Object(named)) = ask.json() else {
        return refused("the body must be a JSON object");
    };
    let mut all = serde_json::to_value(&world.switches).unwrap_or_default();
    if let Value::Object(all) = &mut all {
        all.extend(named);
    }
    match serde_json::from_value::<Switches>(all) {
        Ok(switches) => {
            world.switches = switches;
            Answer::json(200, &world.switches)
        }
        Err(error) => refused(&error.to_string()),
    }
}

/// The body as an object, or the answer that asks for one.
pub(super) fn object(ask: &Ask) -> Result<Map<String, Value>, Answer> {
    match ask.json() {
        Some(Value::Object(map)) => Ok(map),
        _other => Err(refused("the body must be a JSON object")),
    }
}

/// The answer to a change.
pub(super) fn changed(result: Result<(), NotThere>) -> Answer {
    match result {
        Ok(()) => done(),
        Err(error) => Answer::json(404, &json!({ "error": error.to_string() })),
    }
}

/// The answer to something done.
pub(super) fn done() -> Answer {
    Answer::json(200, &json!({ "done": true }))
}

/// The answer to something that cannot be understood.
pub(super) fn refused(why: &str) -> Answer {
    Answer::json(400, &json!({ "error": why }))
}

/// The answer to an address that leads nowhere.
pub(super) fn unknown() -> Answer {
    Answer::json(404, &json!({ "error": "GET /control says what can be done" }))
}
