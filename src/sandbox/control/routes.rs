//! What the control address answers, and what it does to the world as a whole: time, faults, switches, tokens, counters.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{mycase, portals};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::faults::Fault;
use crate::sandbox::world::{NotThere, Switches, World};

/// What the control address can do, as `GET /control` says it: method and address, and what that does.
#[must_use]
pub fn help() -> Value {
    json!({
        "GET /control/state": "how much there is of everything, the world's time, switches and waiting faults",
        "GET /control/requests": "requests per route; POST /control/requests/reset forgets them and the writes",
        "GET /control/writes": "all writes to the portals",
        "POST /control/faults": "one rule or a list: {side: mycase|auth|files|case-status|hona, method?, path_contains?, skip?, times?, \
            kind: status {code, retry_after?, body?} | drop-before | drop-after | status-after {code} | truncate | cut | html | not-array | \
            wrong-count {by} | empty | slow {millis} | repeat-page}; DELETE drops all",
        "POST /control/advance": "{seconds}: lets time pass",
        "POST /control/options": "{rate_limits, retry_after, list_lag_seconds, forbidden_authorize, reuse_revokes, files_origin}",
        "POST /control/tokens/expire-access": "all access tokens but the fixed one are too old",
        "POST /control/tokens/revoke": "all tokens but the fixed one are gone",
        "GET /control/mycase/cases": "?stage=&practice_area=&status=&limit=: which cases there are",
        "POST /control/mycase/cases": "{name, practice_area?, stage?, case_number?, clients?: [ids], client?: {first_name, last_name, \
            email?, cell_phone_number?}} adds one",
        "POST /control/mycase/cases/ID": "{stage, status, name, practice_area, case_number, lead, clients, billing_contact, hidden, custom: {NAME: value}}",
        "DELETE /control/mycase/cases/ID": "deletes it without a trace",
        "POST /control/mycase/clients/ID": "{first_name, last_name, email, cell_phone_number, home_phone_number, work_phone_number}",
        "POST /control/mycase/staff/ID": "{active, email}",
        "POST /control/mycase/stages": "{name} adds one; POST /control/mycase/stages/rename {from, to}, the same for practice-areas",
        "GET /control/mycase/documents": "?case=ID: with length, SHA-256 and number of uploads, which MyCase does not tell",
        "GET /control/case-status/cases": "?integration_id=; with /ID one of them",
        "POST /control/case-status/cases": "{name, integration_id?} adds one by hand, also a second with the same integration id",
        "POST /control/case-status/cases/ID": "{status, name, closed, practice_area} changes it by hand",
        "DELETE /control/case-status/cases/ID": "deletes it by hand; with ?trace=none the report forgets it too",
        "POST /control/case-status/files": "{case: ID, file_name, content? | size?, count?} a client sends files",
        "POST /control/case-status/messages": "{case: ID, sender_name, content, count?} a client sends messages",
        "POST /control/case-status/staff": "{email} is known from now on; DELETE with {email} not any more; the same under /control/hona/staff",
        "GET /control/hona/projects": "with /EXTERNAL-ID one; POST {phase, name, status} changes it by hand; DELETE; the same for contacts",
    })
}

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
