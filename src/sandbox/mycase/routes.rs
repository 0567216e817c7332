//! Which address of MyCase's API answers what, and what holds for all of them: the token, the rate, the filters.
//!
//! Cases are read here and never written: casebridge does not, and an answer of 403 shows anything that tries.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::firm::Counted;
use super::page::Page;
use super::records::{Case, Client, Company, CustomField, Named, Staff};
use super::wire::{CaseBody, ClientBody, CompanyBody, StaffBody, Wanted};
use super::{documents, notes};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::world::World;

/// One request to MyCase's API.
pub(in crate::sandbox) fn answer(world: &mut World, ask: &Ask) -> Answer {
    let now = world.now();
    if !ask.credential("Bearer").is_some_and(|token| world.auth.accepts(token, now)) {
        return Answer::mycase_error(401, "the access token is missing, wrong or expired", None);
    }
    if world.switches.rate_limits && !world.limits.mycase() {
        let answer = Answer::mycase_error(429, "too many requests", None);
        return match world.switches.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        };
    }
    let segments = ask.segments();
    match ask.method.as_str() {
        "GET" => read(world, ask, &segments),
        "POST" => post(world, ask, &segments),
        "DELETE" => delete(world, &segments),
        _other => forbidden(),
    }
}

fn read(world: &mut World, ask: &Ask, segments: &[&str]) -> Answer {
    let since = match since(ask) {
        Ok(since) => since,
        Err(answer) => return answer,
    };
    match segments {
        ["firm"] => Answer::json(200, &json!({ "name": world.mycase.name, "url": world.mycase.url })),
        ["me"] => one(world.mycase.staff.get(&world.mycase.me).map(StaffBody::from)),
        ["cases"] => cases(world, ask, since),
        ["staff"] => staff(world, ask, since),
        ["clients"] => clients(world, ask, since),
        ["companies"] => {
            let keep = |company: &Company| since.is_none_or(|since| company.updated_at >= since);
            simple(world, ask, &world.mycase.companies, keep, CompanyBody::from)
        }
        ["case_stages"] => named(world, ask, &world.mycase.stages, since),
        ["practice_areas"] => named(world, ask, &world.mycase.practice_areas, since),
        ["people_groups"] => named(world, ask, &world.mycase.people_groups, since),
        ["case_roles"] => named(world, ask, &world.mycase.case_roles, since),
        ["custom_fields"] => {
            let keep = |field: &CustomField| since.is_none_or(|since| field.updated_at >= since);
            simple(world, ask, &world.mycase.custom_fields, keep, |field| field)
        }
        ["documents"] => documents::list(world, ask, None, since),
        ["webhooks", "subscriptions"] => notes::webhooks(world),
        [collection, id, rest @ ..] => match id.parse::<u64>() {
            Ok(id) => read_one(world, ask, collection, id, rest),
            Err(_) => not_found(),
        },
        _other => not_found(),
    }
}

fn read_one(world: &World, ask: &Ask, collection: &str, id: u64, rest: &[&str]) -> Answer {
    let firm = &world.mycase;
    match (collection, rest) {
        ("cases", []) => match Wanted::of(ask.query("field[client]"), ask.query("field[custom_field]")) {
            Ok(wanted) => one(visible(world, id).map(|case| CaseBody::new(firm, case, &wanted))),
            Err((parameter, word)) => unknown_field(parameter, &word),
        },
        ("cases", ["documents"]) if visible(world, id).is_some() => documents::list(world, ask, Some(id), None),
        ("cases", ["notes"]) if visible(world, id).is_some() => notes::list(world, ask, id),
        ("clients", []) => one(firm.clients.get(&id).map(|client| ClientBody::new(firm, client))),
        ("clients", ["cases"]) => cases_of_client(world, ask, id),
        ("companies", []) => one(firm.companies.get(&id).map(CompanyBody::from)),
        ("staff", []) => one(firm.staff.get(&id).map(StaffBody::from)),
        ("custom_fields", []) => one(firm.custom_fields.get(&id)),
        ("custom_fields", ["list_options"]) => one(firm.custom_fields.get(&id).map(|field| &field.list_options)),
        ("documents", []) => documents::show(world, id),
        ("documents", ["versions"]) => documents::versions(world, ask, id),
        ("documents", ["data"]) => documents::data(world, ask, id, None),
        ("documents", ["versions", number, "data"]) => documents::data(world, ask, id, Some(number.parse().unwrap_or(0))),
        ("notes", []) => notes::show(world, id),
        _other => not_found(),
    }
}

fn post(world: &mut World, ask: &Ask, segments: &[&str]) -> Answer {
    match segments {
        ["documents"] => documents::create(world, ask, None),
        ["webhooks", "subscriptions"] => notes::subscribe(world, ask),
        ["cases", id, what] => match (id.parse::<u64>(), *what) {
            (Ok(id), "documents") => documents::create(world, ask, Some(id)),
            (Ok(id), "notes") if visible(world, id).is_some() => notes::create(world, ask, id),
            _other => not_found(),
        },
        ["documents", id, "versions"] => id.parse().map_or_else(|_| not_found(), |id| documents::add_version(world, ask, id)),
        _other => forbidden(),
    }
}

fn delete(world: &mut World, segments: &[&str]) -> Answer {
    match segments {
        ["webhooks", "subscriptions", id] => notes::unsubscribe(world, id),
        ["documents", id] => id.parse().map_or_else(|_| not_found(), |id| documents::delete(world, id)),
        ["notes", id] => id.parse().map_or_else(|_| not_found(), |id| notes::delete(world, id)),
        _other => forbidden(),
    }
}

fn visible(world: &World, id: u64) -> Option<&Case> {
    world.mycase.cases.get(&id).filter(|case| !case.hidden)
}

fn cases(world: &mut World, ask: &Ask, since: Option<Timestamp>) -> Answer {
    let wanted = match Wanted::of(ask.query("field[client]"), ask.query("field[custom_field]")) {
        Ok(wanted) => wanted,
        Err((parameter, word)) => return unknown_field(parameter, &word),
    };
    let open = match ask.query("filter[status]") {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(_) => {
            return Answer::mycase_error(400, "status must be open or closed", Some(("parameter", "filter[status]")));
        }
    };
    let page = match Page::of(ask, world.now(), true) {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let keep =
        |case: &Case| !case.hidden && open.is_none_or(|open| case.open == open) && since.is_none_or(|since| case.updated_at >= since);
    let count = count_cases(world, format!("{open:?} {since:?}"), keep);
    let firm = &world.mycase;
    let items = firm.cases.range(page.range()).filter(|(_, case)| keep(case)).map(|(id, case)| (*id, case));
    page.answer(ask, items, count, |case| CaseBody::new(firm, case, &wanted))
}

fn count_cases(world: &mut World, filter: String, keep: impl Fn(&Case) -> bool) -> usize {
    if let Some(counted) = &world.mycase.counted
        && counted.version == world.version
        && counted.filter == filter
    {
        return counted.count;
    }
    let count = world.mycase.cases.values().filter(|case| keep(case)).count();
    world.mycase.counted = Some(Counted { filter, version: world.version, count });
    count
}

fn cases_of_client(world: &World, ask: &Ask, id: u64) -> Answer {
    let page = match Page::of(ask, world.now(), false) {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let firm = &world.mycase;
    let Some(client) = firm.clients.get(&id) else {
        return not_found();
    };
    let mut ids = client.cases.clone();
    ids.sort_unstable();
    let cases: Vec<&Case> = ids.iter().filter_map(|id| visible(world, *id)).collect();
    let items = cases.iter().filter(|case| page.shows(case.id)).map(|case| (case.id, *case));
    let wanted = Wanted::default();
    page.answer(ask, items, cases.len(), |case| CaseBody::new(firm, case, &wanted))
}

fn clients(world: &World, ask: &Ask, since: Option<Timestamp>) -> Answer {
    let is = |name: &str, value: Option<&str>| ask.query(name).is_none_or(|wanted| value == Some(wanted));
    let keep = |client: &Client| {
        since.is_none_or(|since| client.updated_at >= since)
            && is("filter[email]", client.email.as_deref())
            && is("filter[first_name]", Some(&client.first_name))
            && is("filter[last_name]", Some(&client.last_name))
            && is("filter[cell_phone_number]", client.cell_phone.as_deref())
            && is("filter[work_phone_number]", client.work_phone.as_deref())
            && is("filter[home_phone_number]", client.home_phone.as_deref())
    };
    simple(world, ask, &world.mycase.clients, keep, |client| ClientBody::new(&world.mycase, client))
}

fn staff(world: &World, ask: &Ask, since: Option<Timestamp>) -> Answer {
    let active = match ask.query("filter[status]") {
        None => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(_) => {
            return Answer::mycase_error(400, "status must be active or inactive", Some(("parameter", "filter[status]")));
        }
    };
    let keep = |person: &Staff| since.is_none_or(|since| person.updated_at >= since) && active.is_none_or(|active| person.active == active);
    simple(world, ask, &world.mycase.staff, keep, StaffBody::from)
}

fn named(world: &World, ask: &Ask, all: &std::collections::BTreeMap<u64, Named>, since: Option<Timestamp>) -> Answer {
    let keep = |thing: &Named| since.is_none_or(|since| thing.updated_at >= since);
    simple(world, ask, all, keep, |thing| thing)
}

fn simple<'a, T, B: serde::Serialize>(
    world: &World,
    ask: &Ask,
    all: &'a std::collections::BTreeMap<u64, T>,
    keep: impl Fn(&T) -> bool,
    view: impl Fn(&'a T) -> B,
) -> Answer {
    match Page::of(ask, world.now(), true) {
        Ok(page) => {
            let count = all.values().filter(|item| keep(item)).count();
            let items = all.range(page.range()).filter(|(_, item)| keep(item)).map(|(id, item)| (*id, item));
            page.answer(ask, items, count, view)
        }
        Err(answer) => answer,
    }
}

/// `filter[updated_after]`: a date, or a date and time; without an offset it is UTC (MyCase: Time-Zones.md).
fn since(ask: &Ask) -> Result<Option<Timestamp>, Answer> {
    let Some(text) = ask.query("filter[updated_after]") else {
        return Ok(None);
    };
    let midnight = || text.parse::<Date>().ok().and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
    moment(text)
        .or_else(midnight)
        .map(Some)
        .ok_or_else(|| Answer::mycase_error(400, "updated_after must be an ISO 8601 date", Some(("parameter", "filter[updated_after]"))))
}

/// A date with a time, in UTC unless it says otherwise.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    if !text.contains(['T', ' ']) {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn one(found: Option<impl serde::Serialize>) -> Answer {
    found.map_or_else(not_found, |thing| Answer::json(200, &thing))
}

fn unknown_field(parameter: &str, word: &str) -> Answer {
    Answer::mycase_error(400, &format!("{word} is not a field that can be returned"), Some(("parameter", parameter)))
}

/// What MyCase answers for a wrong path, an unknown id and a case one may not see.
pub(super) fn not_found() -> Answer {
    Answer::mycase_error(404, "not found", None)
}

fn forbidden() -> Answer {
    Answer::mycase_error(403, "this application may not do that", None)
}

/// The 422 for required fields that are not there.
pub(super) fn missing_fields(body: &Map<String, Value>, names: &[&str]) -> Answer {
    let errors: Vec<Value> = documents::absent(body, names)
        .iter()
        .map(|name| json!({ "description": format!("{name} is required"), "source": { "pointer": format!("/{name}") } }))
        .collect();
    Answer::json(422, &json!({ "errors": errors }))
}
