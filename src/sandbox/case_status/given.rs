//! What clients gave to the portal: files and messages, how they are listed, and how a file's bytes are had.
//!
//! A file lies on Case Status' own origin and behind its key, or elsewhere and without it; there a key that comes along is
//! refused. Every way in which a file can disappoint is a field of [`PortalFile`].

use std::collections::BTreeSet;

use axum::http::Method;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::routes::{not_found, page};
use crate::sandbox::ask::{Answer, Ask, Payload};
use crate::sandbox::switches::ListOrder;
use crate::sandbox::world::World;

/// A file a client sent.
#[derive(Clone, Debug)]
pub struct PortalFile {
    /// Case Status' number.
    pub id: u64,
    /// The portal case it belongs to; null in lists when that is gone.
    pub case: u64,
    /// Its name as the client's phone gave it.
    pub file_name: String,
    /// Its type.
    pub content_type: String,
    /// Length in bytes as lists say it, which may be wrong.
    pub size: u64,
    /// The bytes; a pattern of `length` when there are none.
    pub bytes: Option<Bytes>,
    /// How long the pattern really is.
    pub length: u64,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Fields that lists show as null, e.g. `size`, `created_at`, `file_name`, `case_integration_id`, `url`, `id`.
    pub nulls: BTreeSet<String>,
    /// Another address for lists than the true one.
    pub url: Option<String>,
    /// Sent without a Content-Length, in chunks.
    pub chunked: bool,
    /// Instead of the bytes this status, e.g. 404, 410 or 403.
    pub answers: Option<u16>,
    /// Where its address sends on to, one after the other; the last has the bytes. An origin (`http://files.internal`) means
    /// the storage there, `portal` Case Status' own origin, `relative` that without its origin, an address with a path itself.
    pub redirects: Vec<String>,
}

/// A message a client sent.
#[derive(Clone, Debug)]
pub struct PortalMessage {
    /// Case Status' number.
    pub id: u64,
    /// The portal case it belongs to.
    pub case: u64,
    /// Its text.
    pub content: String,
    /// Who sent it.
    pub sender_name: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Fields that lists show as null, e.g. `integration_id`, `sender_name`, `sent_at`.
    pub nulls: BTreeSet<String>,
}

impl PortalFile {
    /// A file without tricks. With no bytes it is `size` bytes of a pattern.
    pub(super) fn plain(id: u64, case: u64, file_name: &str, size: u64, bytes: Option<Bytes>, now: Timestamp) -> Self {
        let kind = match file_name.rsplit('.').next() {
            Some("pdf") => "application/pdf",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("txt") => "text/plain",
            _other => "application/octet-stream",
        };
        let size = bytes.as_ref().map_or(size, |bytes| bytes.len() as u64);
        Self {
            id,
            case,
            file_name: file_name.to_owned(),
            content_type: kind.to_owned(),
            size,
            bytes,
            length: size,
            created_at: now,
            nulls: BTreeSet::new(),
            url: None,
            chunked: false,
            answers: None,
            redirects: Vec::new(),
        }
    }

    /// Where its bytes are at this step of its redirects: at the storage, or at the portal itself.
    fn address(&self, world: &World, base: &str, step: usize) -> String {
        let place = match step.checked_sub(1) {
            None => world.switches.files_origin.as_deref().unwrap_or("portal"),
            Some(before) => self.redirects.get(before).map_or("portal", String::as_str),
        };
        let hop = (step > 0).then(|| format!("hop={step}"));
        let own = format!("/case-status/v1/api/files/{}/data", self.id);
        let (path, until) = match place {
            // Who comes back from elsewhere asked elsewhere for its base.
            "portal" => (format!("{}{own}", if step == 0 { base } else { world.base() }), None),
            "relative" => (own, None),
            place if place.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) => return place.to_owned(),
            origin => (format!("{origin}/case-status-files/{}", self.id), world.until(world.switches.file_url_seconds)),
        };
        let query: Vec<String> = hop.into_iter().chain(until.map(|until| format!("until={until}"))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// `GET /v1/api/messages`.
pub(super) fn messages(world: &World, ask: &Ask) -> Answer {
    let body = |message: &PortalMessage| {
        let case = world.case_status.cases.get(&message.case);
        let all = json!({
            "id": message.id, "type": "text", "content": message.content, "sent_at": message.sent_at,
            "created_at": message.sent_at, "sender_name": message.sender_name,
            "readable_id": case.and_then(|case| case.readable_id.as_deref()),
            "integration_id": case.and_then(|case| case.integration_id.as_deref()),
        });
        without(all, &message.nulls)
    };
    let all = in_order(world.case_status.messages.values(), world.switches.list_order, |message| message.id);
    match page(ask, all, world.switches.page_items.max(1)) {
        Ok(messages) => Answer::json(200, &messages.into_iter().map(body).collect::<Vec<_>>()),
        Err(answer) => answer,
    }
}

/// `GET /v1/api/files`.
pub(super) fn files(world: &World, ask: &Ask) -> Answer {
    let body = |file: &PortalFile| {
        let case = world.case_status.cases.get(&file.case);
        let all = json!({
            "id": file.id, "url": file.url.clone().unwrap_or_else(|| file.address(world, &ask.base, 0)),
            "size": file.size, "file_name": file.file_name,
            "extension": file.file_name.rsplit_once('.').map(|(_, extension)| extension),
            "content_type": file.content_type, "case_id": case.map(|case| case.id),
            "case_readable_id": case.and_then(|case| case.readable_id.as_deref()),
            "case_integration_id": case.and_then(|case| case.integration_id.as_deref()),
            "case_practice_area": case.and_then(|case| case.practice_area.as_deref()),
            "created_at": file.created_at, "updated_at": file.created_at,
        });
        without(all, &file.nulls)
    };
    let all = in_order(world.case_status.files.values(), world.switches.list_order, |file| file.id);
    match page(ask, all, world.switches.page_items.max(1)) {
        Ok(files) => Answer::json(200, &files.into_iter().map(body).collect::<Vec<_>>()),
        Err(answer) => answer,
    }
}

fn without(mut item: Value, nulls: &BTreeSet<String>) -> Value {
    for name in nulls {
        item[name.as_str()] = Value::Null;
    }
    item
}

/// The items as the list has them.
fn in_order<'a, T>(
    oldest_first: impl DoubleEndedIterator<Item = &'a T> + 'a,
    order: ListOrder,
    id: impl Fn(&T) -> u64,
) -> Box<dyn Iterator<Item = &'a T> + 'a> {
    match order {
        ListOrder::OldestFirst => Box::new(oldest_first),
        ListOrder::NewestFirst => Box::new(oldest_first.rev()),
        ListOrder::Shuffled => {
            let mut all: Vec<&T> = oldest_first.collect();
            all.sort_by_key(|item| id(item).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23));
            Box::new(all.into_iter())
        }
    }
}

/// Files that lie elsewhere: no key is wanted, and none may come.
pub(in crate::sandbox) fn storage(world: &World, ask: &Ask) -> Answer {
    if ask.header("authorization").is_some() {
        return storage_error(400, "InvalidArgument");
    }
    if ask.query("until").is_some_and(|until| until.parse().is_ok_and(|until: i64| world.now().as_second() >= until)) {
        return storage_error(403, "AccessDenied");
    }
    match (&ask.method, ask.segments().as_slice()) {
        (&Method::GET, [id]) if id.parse().is_ok_and(|id: u64| world.case_status.files.contains_key(&id)) => file_data(world, ask, id),
        _other => storage_error(404, "NoSuchKey"),
    }
}

fn storage_error(status: u16, code: &str) -> Answer {
    Answer::raw(status, "application/xml", format!("<Error><Code>{code}</Code></Error>"))
}

/// `GET /v1/api/files/{id}/data`, and the same at the storage.
pub(super) fn file_data(world: &World, ask: &Ask, id: &str) -> Answer {
    let Some(file) = id.parse().ok().and_then(|id: u64| world.case_status.files.get(&id)) else {
        return not_found();
    };
    let step = ask.query("hop").and_then(|hop| hop.parse::<usize>().ok()).unwrap_or(0);
    if step < file.redirects.len() {
        return Answer::empty(302).with("location", file.address(world, &ask.base, step + 1));
    }
    if let Some(status) = file.answers {
        return Answer::portal_errors(status, &["The file cannot be had".to_owned()]);
    }
    let mut answer = Answer::raw(200, &file.content_type, file.bytes.clone().unwrap_or_default());
    if file.bytes.is_none() {
        answer.payload = Payload::Pattern { seed: file.id, length: file.length };
    }
    answer.chunked = file.chunked;
    answer
}
