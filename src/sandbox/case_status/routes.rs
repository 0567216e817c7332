//! Which address of Case Status answers what.
//!
//! Reads are pages without a count; the report of cases may lag behind writes by the switch `list_lag_seconds`. Files and
//! messages are `given.rs`' business.

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::account::{PortalCase, Still};
use super::check::take_over;
use super::given::{file_data, files, messages};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::world::World;

const LARGEST_PAGE: usize = 100;

/// One request to Case Status.
pub(in crate::sandbox) fn answer(world: &mut World, ask: &Ask) -> Answer {
    if ask.credential("ApiKey") != Some(world.case_status.api_key.as_str()) {
        return Answer::portal_errors(401, &["Invalid API key".to_owned()]);
    }
    if world.switches.rate_limits && !world.limits.case_status() {
        let answer = Answer::portal_errors(429, &["Rate limit exceeded".to_owned()]);
        return match world.switches.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        };
    }
    let segments = ask.segments();
    match (&ask.method, segments.as_slice()) {
        (&Method::GET, ["reporting", "cases"]) => report(world, ask),
        (&Method::GET, ["v1", "api", "messages"]) => messages(world, ask),
        (&Method::GET, ["v1", "api", "files"]) => files(world, ask),
        (&Method::GET, ["v1", "api", "files", id, "data"]) => file_data(world, ask, id),
        (&Method::POST, ["v1", "api", "cases"]) => create(world, ask),
        (&Method::PATCH, ["v1", "api", "cases", id]) => update(world, ask, id),
        (&Method::POST, ["v1", "api", "cases", id, "close"]) => set_closed(world, id, true),
        (&Method::POST, ["v1", "api", "cases", id, "reopen"]) => set_closed(world, id, false),
        _other => not_found(),
    }
}

/// What stands on a page, from 1; with a size only where the address takes one.
pub(super) fn page<'a, T>(ask: &Ask, all: impl Iterator<Item = &'a T>, size: usize) -> Result<Vec<&'a T>, Answer> {
    let number = ask.query("page[number]").map_or(Ok(1), str::parse::<usize>);
    match number {
        Ok(number) if number > 0 => Ok(all.skip((number - 1).saturating_mul(size)).take(size).collect()),
        _other => Err(Answer::portal_errors(400, &["page[number] must be a number from 1".to_owned()])),
    }
}

fn report(world: &World, ask: &Ask) -> Answer {
    let size = match ask.query("size").map_or(Ok(25), str::parse::<usize>) {
        Ok(size) if (1..=LARGEST_PAGE).contains(&size) => size,
        _other => return Answer::portal_errors(400, &["size must be from 1 to 100".to_owned()]),
    };
    let now = world.now();
    let shown = world.case_status.cases.values().filter_map(|case| as_shown(case, now));
    match page(ask, shown, size) {
        Ok(cases) => Answer::json(200, &json!({ "results": cases.into_iter().map(row).collect::<Vec<_>>() })),
        Err(answer) => answer,
    }
}

/// The case as the report shows it now.
fn as_shown(case: &PortalCase, now: Timestamp) -> Option<&PortalCase> {
    match &case.still {
        Some(still) if now < still.until => still.shown.as_deref(),
        _settled => Some(case),
    }
}

fn row(case: &PortalCase) -> Value {
    let clients: Map<String, Value> =
        case.clients.iter().zip(1..).map(|(client, at)| (format!("Client {at} ID"), json!(client.id))).collect();
    let attorneys: Map<String, Value> = case
        .attorney_email
        .iter()
        .chain(case.attorney_emails.iter().filter(|email| Some(*email) != case.attorney_email.as_ref()))
        .zip(1..)
        .map(|(email, at)| (format!("Attorney {at} Email"), json!(email)))
        .collect();
    json!({
        "Internal ID": case.id,
        "Integration ID": case.integration_id,
        "Case Name": case.name,
        "Status": case.status,
        "Practice Area": case.practice_area,
        "Incident Date": case.case_date,
        "Case Created At": case.created_at,
        "Case Closed At": case.closed_at,
        "Case Deleted At": case.deleted_at,
        "Last Updated": case.updated_at,
        "Clients": clients,
        "Attorneys": attorneys,
    })
}

fn create(world: &mut World, ask: &Ask) -> Answer {
    let Some(Value::Object(body)) = ask.json() else {
        return not_json();
    };
    let now = world.now();
    let integration_id = body.get("integration_id").and_then(Value::as_str);
    if integration_id.is_some_and(|id| !world.case_status.by_integration_id(id).is_empty()) {
        return Answer::portal_errors(409, &["Integration ID has already been taken".to_owned()]);
    }
    let account = &mut world.case_status;
    let mut case = PortalCase::empty(account.new_id(), now);
    let errors = take_over(account, &mut case, &body, true);
    if !errors.is_empty() {
        return Answer::portal_errors(422, &errors);
    }
    if case.status.is_none() {
        let first = account.stages.iter().find(|(area, _)| Some(area) == case.practice_area.as_ref());
        case.status = first.and_then(|(_, stages)| stages.first().cloned());
    }
    case.still = lag(world.switches.list_lag_seconds, now).map(|until| Still { until, shown: None });
    let answer = Answer::json(201, &case);
    world.case_status.insert(case);
    answer
}

fn update(world: &mut World, ask: &Ask, id: &str) -> Answer {
    let Some(Value::Object(body)) = ask.json() else {
        return not_json();
    };
    let now = world.now();
    let Some(before) = live(world, id).cloned() else {
        return not_found();
    };
    let mut case = before.clone();
    let errors = take_over(&mut world.case_status, &mut case, &body, false);
    if !errors.is_empty() {
        return Answer::portal_errors(422, &errors);
    }
    if case.integration_id != before.integration_id {
        let taken = case.integration_id.as_ref().is_some_and(|id| !world.case_status.by_integration_id(id).is_empty());
        if taken {
            return Answer::portal_errors(409, &["Integration ID has already been taken".to_owned()]);
        }
    }
    if case.status != before.status && case.closed_at.is_none() {
        world.case_status.surveys += 1;
    }
    case.updated_at = now;
    let answer = Answer::json(200, &case);
    put_back(world, before, case, now);
    answer
}

fn set_closed(world: &mut World, id: &str, closed: bool) -> Answer {
    let now = world.now();
    let Some(before) = live(world, id).cloned() else {
        return not_found();
    };
    let mut case = before.clone();
    if closed != case.closed_at.is_some() {
        case.closed_at = closed.then_some(now);
        case.updated_at = now;
    }
    let answer = Answer::json(200, &case);
    put_back(world, before, case, now);
    answer
}

/// Stores the changed case; the report goes on showing what it showed for as long as it lags.
fn put_back(world: &mut World, before: PortalCase, mut case: PortalCase, now: Timestamp) {
    case.still = lag(world.switches.list_lag_seconds, now).map(|until| {
        let shown = as_shown(&before, now).map(|shown| Box::new(PortalCase { still: None, ..shown.clone() }));
        Still { until, shown }
    });
    if before.integration_id != case.integration_id {
        world.case_status.take(before.id);
        world.case_status.insert(case);
    } else {
        world.case_status.cases.insert(case.id, case);
    }
}

fn lag(seconds: u64, now: Timestamp) -> Option<Timestamp> {
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    now.saturating_add(SignedDuration::from_secs(seconds)).ok()
}

fn live<'a>(world: &'a World, id: &str) -> Option<&'a PortalCase> {
    world.case_status.cases.get(&id.parse().ok()?).filter(|case| case.deleted_at.is_none())
}

pub(super) fn not_found() -> Answer {
    Answer::portal_errors(404, &["Not found".to_owned()])
}

fn not_json() -> Answer {
    Answer::portal_errors(400, &["The body must be a JSON object".to_owned()])
}
