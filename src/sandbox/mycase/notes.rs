//! Notes and webhook subscriptions of the MyCase stand-in.
//!
//! A note needs subject, text and a date with a time (MyCase: Notes.json). Webhooks are kept and never delivered.

use jiff::Timestamp;
use serde_json::Value;

use super::page::Page;
use super::records::{Note, Webhook};
use super::routes::{missing_fields, moment, not_found};
use super::wire::NoteBody;
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::world::World;

const MODELS: [&str; 6] = ["case", "client", "company", "event", "lead", "message"];
const ACTIONS: [&str; 3] = ["created", "updated", "deleted"];

/// `GET /cases/{id}/notes`: 25 a page, whatever is asked.
pub(super) fn list(world: &World, ask: &Ask, case: u64) -> Answer {
    let page = match Page::of(ask, world.now(), false) {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let firm = &world.mycase;
    let keep = |note: &Note| note.case == case && world.shows_in_lists(note.created_at);
    let count = firm.notes.values().filter(|note| keep(note)).count();
    let items = firm.notes.range(page.range()).filter(|(_, note)| keep(note)).map(|(id, note)| (*id, note));
    page.answer(ask, items, count, |note| NoteBody::new(firm, note))
}

/// `GET /notes/{id}`.
pub(super) fn show(world: &World, id: u64) -> Answer {
    world.mycase.notes.get(&id).map_or_else(not_found, |note| Answer::json(200, &NoteBody::new(&world.mycase, note)))
}

/// `POST /cases/{id}/notes`.
pub(super) fn create(world: &mut World, ask: &Ask, case: u64) -> Answer {
    let Some(Value::Object(body)) = ask.json() else {
        return Answer::mycase_error(400, "the body must be a JSON object", None);
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let (Some(subject), Some(note), Some(date)) = (text("subject"), text("note"), text("date")) else {
        return missing_fields(&body, &["subject", "note", "date"]);
    };
    if moment(date).is_none() {
        return Answer::mycase_error(422, "date must be an ISO 8601 date and time", Some(("pointer", "/date")));
    }
    let now: Timestamp = world.now();
    let id = world.mycase.new_id();
    let note =
        Note { id, case, subject: subject.to_owned(), note: note.to_owned(), date: date.to_owned(), created_at: now, updated_at: now };
    let answer = Answer::json(200, &NoteBody::new(&world.mycase, &note));
    world.mycase.notes.insert(id, note);
    world.touch_case(Some(case));
    answer
}

/// `DELETE /notes/{id}`.
pub(super) fn delete(world: &mut World, id: u64) -> Answer {
    match world.mycase.notes.remove(&id) {
        Some(note) => {
            world.touch_case(Some(note.case));
            Answer::empty(204)
        }
        None => not_found(),
    }
}

/// `GET /webhooks/subscriptions`.
pub(super) fn webhooks(world: &World) -> Answer {
    Answer::json(200, &world.mycase.webhooks.values().collect::<Vec<_>>())
}

/// `POST /webhooks/subscriptions`.
pub(super) fn subscribe(world: &mut World, ask: &Ask) -> Answer {
    let Some(Value::Object(body)) = ask.json() else {
        return Answer::mycase_error(400, "the body must be a JSON object", None);
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let actions: Vec<String> = body
        .get("actions")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    if !MODELS.contains(&text("model")) {
        return Answer::mycase_error(422, "model is not one that sends updates", Some(("pointer", "/model")));
    }
    if actions.is_empty() || !actions.iter().all(|action| ACTIONS.contains(&action.as_str())) {
        return Answer::mycase_error(422, "actions must be created, updated or deleted", Some(("pointer", "/actions")));
    }
    if !text("url").starts_with("http") {
        return Answer::mycase_error(422, "url must be an address", Some(("pointer", "/url")));
    }
    let webhook = Webhook {
        id: world.random.uuid(),
        model: text("model").to_owned(),
        url: text("url").to_owned(),
        actions,
        hmac_key: world.random.hex(),
    };
    let answer = Answer::json(201, &webhook);
    world.mycase.webhooks.insert(webhook.id.clone(), webhook);
    answer
}

/// `DELETE /webhooks/subscriptions/{id}`.
pub(super) fn unsubscribe(world: &mut World, id: &str) -> Answer {
    if world.mycase.webhooks.remove(id).is_some() { Answer::empty(204) } else { not_found() }
}
