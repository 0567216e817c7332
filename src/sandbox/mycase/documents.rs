//! Documents of the MyCase stand-in: the record, its versions, and the storage beside the API where the bytes go.
//!
//! As at MyCase a record exists before its bytes, names need not be unique, and no answer tells a size. The storage refuses
//! what S3 refuses: a bearer token, missing headers, a body of unknown length.

use axum::http::Method;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::page::Page;
use super::records::{Document, DocumentVersion};
use super::routes::{missing_fields, not_found};
use super::wire::DocumentBody;
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::world::World;

/// MyCase: the link to a document's data is valid for 1 minute.
const DOWNLOAD_SECONDS: i64 = 60;

/// `GET /documents` and `GET /cases/{id}/documents`; the latter declares no page size.
pub(super) fn list(world: &World, ask: &Ask, case: Option<u64>, since: Option<Timestamp>) -> Answer {
    let page = match Page::of(ask, world.now(), case.is_none()) {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let keep = |document: &&Document| {
        case.is_none_or(|id| document.case == Some(id))
            && since.is_none_or(|since| document.updated_at >= since)
            && world.shows_in_lists(document.created_at)
    };
    let count = world.mycase.documents.values().filter(keep).count();
    let items = world.mycase.documents.range(page.range()).map(|(_, d)| d).filter(keep).map(|d| (d.id, d));
    page.answer(ask, items, count, DocumentBody::from)
}

/// `GET /documents/{id}`.
pub(super) fn show(world: &World, id: u64) -> Answer {
    world.mycase.documents.get(&id).map_or_else(not_found, |document| Answer::json(200, &DocumentBody::from(document)))
}

/// `POST /documents` and `POST /cases/{id}/documents`.
pub(super) fn create(world: &mut World, ask: &Ask, case: Option<u64>) -> Answer {
    if case.is_some_and(|id| world.mycase.cases.get(&id).is_none_or(|c| c.hidden)) {
        return not_found();
    }
    let Some(Value::Object(body)) = ask.json() else {
        return Answer::mycase_error(400, "the body must be a JSON object", None);
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let (Some(path), Some(filename)) = (text("path"), text("filename")) else {
        return missing_fields(&body, &["path", "filename"]);
    };
    let now = world.now();
    let path = path.trim_matches('/').to_owned();
    let id = world.mycase.new_id();
    let version = new_version(world, now);
    let document = Document {
        id,
        case,
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        filename: filename.to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        assigned_date: Some(text("assigned_date").map_or_else(|| now.strftime("%Y-%m-%d").to_string(), str::to_owned)),
        path,
        versions: vec![version.clone()],
        created_at: now,
        updated_at: now,
    };
    let mut answer = serde_json::to_value(DocumentBody::from(&document)).unwrap_or_default();
    add_put(&mut answer, world, ask, &version);
    world.mycase.documents.insert(id, document);
    world.touch_case(case);
    Answer::json(201, &answer)
}

fn new_version(world: &mut World, now: Timestamp) -> DocumentVersion {
    DocumentVersion {
        id: world.mycase.new_id(),
        token: world.random.hex(),
        length: None,
        sha256: None,
        bytes: None,
        attempts: 0,
        uploads: 0,
        created_at: now,
    }
}

fn add_put(answer: &mut Value, world: &World, ask: &Ask, version: &DocumentVersion) {
    let origin = world.switches.storage_origin.as_deref().unwrap_or(&ask.base);
    let until = world.until(world.switches.put_url_seconds).map(|until| format!("?until={until}")).unwrap_or_default();
    answer["put_url"] = json!(format!("{origin}/mycase-files/uploads/{}{until}", version.token));
    answer["put_headers"] = json!({ "x-amz-acl": "private" });
}

fn version_body(document: &Document, at: usize) -> Value {
    let version = &document.versions[at];
    json!({
        "id": version.id, "version": at + 1, "document": { "id": document.id },
        "created_at": version.created_at, "updated_at": version.created_at,
        "self_url": format!("/v1/documents/{}/versions/{}", document.id, at + 1),
    })
}

/// `GET /documents/{id}/versions`.
pub(super) fn versions(world: &World, ask: &Ask, id: u64) -> Answer {
    let Some(document) = world.mycase.documents.get(&id) else {
        return not_found();
    };
    let page = match Page::of(ask, world.now(), false) {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let bodies: Vec<Value> = (0..document.versions.len()).map(|at| version_body(document, at)).collect();
    page.answer(ask, (1..).zip(bodies.iter()).filter(|(at, _)| page.shows(*at)), bodies.len(), |body| body)
}

/// `POST /documents/{id}/versions`.
pub(super) fn add_version(world: &mut World, ask: &Ask, id: u64) -> Answer {
    let now = world.now();
    let version = new_version(world, now);
    let Some(document) = world.mycase.documents.get_mut(&id) else {
        return not_found();
    };
    document.versions.push(version.clone());
    document.updated_at = now;
    let mut answer = version_body(document, document.versions.len() - 1);
    let case = document.case;
    add_put(&mut answer, world, ask, &version);
    world.touch_case(case);
    Answer::json(201, &answer)
}

/// `GET /documents/{id}/data` and `GET /documents/{id}/versions/{n}/data`: a link good for a minute.
pub(super) fn data(world: &World, ask: &Ask, id: u64, version: Option<u64>) -> Answer {
    let Some(document) = world.mycase.documents.get(&id) else {
        return not_found();
    };
    let at = version.map_or(document.versions.len() as u64, |number| number);
    let Some(version) = at.checked_sub(1).and_then(|at| document.versions.get(at as usize)) else {
        return not_found();
    };
    if version.length.is_none() {
        return not_found();
    }
    let until = world.now().saturating_add(SignedDuration::from_secs(DOWNLOAD_SECONDS)).unwrap_or(Timestamp::MAX).as_second();
    Answer::empty(302).with("location", format!("{}/mycase-files/downloads/{}?until={until}", ask.base, version.token))
}

/// `DELETE /documents/{id}`.
pub(super) fn delete(world: &mut World, id: u64) -> Answer {
    match world.mycase.documents.remove(&id) {
        Some(document) => {
            world.touch_case(document.case);
            Answer::empty(204)
        }
        None => not_found(),
    }
}

/// The storage beside the API: `PUT /uploads/{token}`, `GET /downloads/{token}`.
pub(in crate::sandbox) fn storage(world: &mut World, ask: &Ask) -> Answer {
    let segments = ask.segments();
    if let (&Method::PUT, ["uploads", token]) = (&ask.method, segments.as_slice())
        && let Some(version) = version_by(world, token)
    {
        version.attempts += 1;
    }
    if ask.header("authorization").is_some() {
        return storage_error(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    match (&ask.method, segments.as_slice()) {
        (&Method::PUT, ["uploads", token]) => upload(world, ask, token),
        (&Method::GET, ["downloads", token]) => download(world, ask, token),
        _other => storage_error(404, "NoSuchKey", "The specified key does not exist."),
    }
}

fn version_by<'a>(world: &'a mut World, token: &str) -> Option<&'a mut DocumentVersion> {
    // The newest documents are asked for most.
    world.mycase.documents.values_mut().rev().flat_map(|d| d.versions.iter_mut()).find(|version| version.token == token)
}

fn upload(world: &mut World, ask: &Ask, token: &str) -> Answer {
    if ask.header("x-amz-acl") != Some("private") || ask.header("content-type") != Some("application/octet-stream") {
        return storage_error(403, "SignatureDoesNotMatch", "The headers are not those that were signed.");
    }
    let Some(told) = ask.header("content-length") else {
        return storage_error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    };
    let over = ask.query("until").is_some_and(|until| until.parse().is_ok_and(|until: i64| world.now().as_second() >= until));
    let Some(version) = version_by(world, token).filter(|_| !over) else {
        return storage_error(403, "AccessDenied", "Request has expired");
    };
    let Some(upload) = ask.upload.as_ref().filter(|upload| upload.length.to_string() == told) else {
        return storage_error(400, "IncompleteBody", "The body is not as long as its Content-Length says.");
    };
    version.length = Some(upload.length);
    version.sha256 = Some(upload.sha256.clone());
    version.bytes.clone_from(&upload.bytes);
    version.uploads += 1;
    Answer::empty(200).with("etag", format!("\"{}\"", &upload.sha256[..32]))
}

fn download(world: &mut World, ask: &Ask, token: &str) -> Answer {
    let now = world.now().as_second();
    let fresh = ask.query("until").and_then(|until| until.parse::<i64>().ok()).is_some_and(|until| now <= until);
    if !fresh {
        return storage_error(403, "AccessDenied", "Request has expired");
    }
    let bytes: Option<Bytes> = version_by(world, token).and_then(|version| version.bytes.clone());
    bytes.map_or_else(
        || storage_error(404, "NoSuchKey", "The specified key does not exist."),
        |bytes| Answer::raw(200, "application/octet-stream", bytes),
    )
}

fn storage_error(status: u16, code: &str, said: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{said}</Message></Error>");
    Answer::raw(status, "application/xml", body)
}

/// Names from a request body that must not be empty, for the answer that lists them.
pub(super) fn absent<'a>(body: &Map<String, Value>, names: &[&'a str]) -> Vec<&'a str> {
    let empty = |name: &&&str| body.get(**name).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty());
    names.iter().filter(empty).copied().collect()
}
