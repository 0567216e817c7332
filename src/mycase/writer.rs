//! The only type that can add anything to MyCase: documents with their bytes, and notes. Cases themselves are never written.
//!
//! MyCase has no outside id for either, so a POST whose answer is lost must not be sent again by itself: the outcome is told as
//! [`WriteError::Unknown`], and the caller looks. A 401 had no effect; then the token is renewed and the request sent once more.

use super::error::{MyCaseError, WriteError};
use super::loose::Part;
use super::reader::{address, signed};
use super::session::Session;
use super::storage::{self, PutPlace};
use super::wire_held::WireMade;
use crate::domain::{CaseId, DocumentId, NoteId};
use crate::http::{Call, HttpClient, HttpError, Repeat, Reply, Upload, quote};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Adds to one firm's MyCase. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    http: HttpClient,
    storage: HttpClient,
    session: Arc<Session>,
    api_url: Url,
}

/// A document to make (MyCase: Documents.json, DocumentRequest).
#[derive(Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// Folders and name, with slashes; folders that are not there are made.
    pub path: String,
    /// The name of the file with its extension.
    pub filename: String,
    /// Its description; may hold what we know it again by.
    pub description: String,
    /// Its date.
    pub assigned_date: Option<Date>,
}

/// A note to make (MyCase: Notes.json, NoteRequest).
#[derive(Clone, PartialEq, Eq)]
pub struct NewNote {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub note: String,
    /// Its date and time; sent with an offset (MyCase: Time-Zones).
    pub date: Timestamp,
}

/// What of ours a vendor's words may repeat, by the name that stands for it.
type Own<'a> = [(&'static str, &'a str)];

impl Writer {
    /// A writer to the API at `api_url` (with `/v1`), by `http`; bytes go by `storage`, from [`super::storage_client`]. The token
    /// goes to the API only.
    pub fn new(http: HttpClient, storage: HttpClient, session: Arc<Session>, api_url: Url) -> Writer {
        Writer { http, storage, session, api_url }
    }

    /// Makes a document in a case, still without bytes, and says where they go. [`WriteError::Unknown`] also when the answer
    /// names no document or no place: it may be there.
    pub async fn create_document(&self, case: CaseId, new: &NewDocument) -> Result<(DocumentId, PutPlace), WriteError> {
        let NewDocument { path, filename, description, assigned_date } = new;
        let mut body = Map::new();
        body.insert("path".to_owned(), json!(path));
        body.insert("filename".to_owned(), json!(filename));
        body.insert("description".to_owned(), json!(description));
        if let Some(date) = assigned_date {
            body.insert("assigned_date".to_owned(), json!(date.to_string()));
        }
        let own = [("path", path.as_str()), ("filename", filename), ("description", description)];
        let reply = self.post(&["cases", &case.to_string(), "documents"], Some(Value::Object(body)), &own).await?;
        let made = made(&reply)?;
        let id = made.id().map(DocumentId).ok_or_else(|| unclear(&reply, "the answer names no document"))?;
        let place = made.place().ok_or_else(|| unclear(&reply, "the answer names no place for the bytes"))?;
        Ok((id, place))
    }

    /// Makes a version of a document, still without bytes: a new place for them. [`WriteError::Gone`] when there is no such document.
    pub async fn add_version(&self, document: DocumentId) -> Result<PutPlace, WriteError> {
        let reply = self.post(&["documents", &document.to_string(), "versions"], None, &[]).await?;
        made(&reply)?.place().ok_or_else(|| unclear(&reply, "the answer names no place for the bytes"))
    }

    /// Puts the bytes at their place; `Ok` when all of them are there. Never sent by itself again: the bytes come once.
    pub async fn put(&self, place: &PutPlace, bytes: Upload) -> Result<(), WriteError> {
        storage::put(&self.storage, &self.api_url, place, bytes).await
    }

    /// Makes a note on a case.
    pub async fn create_note(&self, case: CaseId, new: &NewNote) -> Result<NoteId, WriteError> {
        let NewNote { subject, note, date } = new;
        let body = json!({ "subject": subject, "note": note, "date": date.to_string() });
        let own = [("subject", subject.as_str()), ("note", note)];
        let reply = self.post(&["cases", &case.to_string(), "notes"], Some(body), &own).await?;
        made(&reply)?.id().map(NoteId).ok_or_else(|| unclear(&reply, "the answer names no note"))
    }

    /// A POST with the token, which is renewed once when MyCase answers 401. `Ok` is a yes.
    async fn post(&self, path: &[&str], body: Option<Value>, own: &Own<'_>) -> Result<Reply, WriteError> {
        let url = address(&self.api_url, path, &[]);
        let body = Bytes::from(body.unwrap_or_else(|| json!({})).to_string());
        let call = |token| {
            let mut headers = signed(token);
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Call { method: Method::POST, url: url.clone(), headers, body: Some(body.clone()), repeat: Repeat::Never }
        };
        let token = self.session.access().await.map_err(unconnected)?;
        let reply = self.http.call(call(&token)).await.map_err(|error| lost(error, own))?;
        if reply.status != StatusCode::UNAUTHORIZED {
            return accepted(reply, own);
        }
        let token = self.session.refused(&token).await.map_err(unconnected)?;
        accepted(self.http.call(call(&token)).await.map_err(|error| lost(error, own))?, own)
    }
}

/// No token, so nothing was sent.
fn unconnected(error: MyCaseError) -> WriteError {
    match error {
        MyCaseError::NotConnected | MyCaseError::Reconnect { .. } | MyCaseError::NotKept(_) => WriteError::Connection(error),
        other => WriteError::NotSent { text: other.to_string() },
    }
}

fn lost(error: HttpError, own: &Own<'_>) -> WriteError {
    let text = without(own, error.to_string());
    match error {
        HttpError::NotSent(_) | HttpError::RateLimited(_) | HttpError::Setup(_) => WriteError::NotSent { text },
        HttpError::Unknown(_) | HttpError::Unavailable(_) | HttpError::Unreadable(_) => WriteError::Unknown { text },
    }
}

/// What an answer's status means (MyCase: Error-Handling).
fn accepted(reply: Reply, own: &Own<'_>) -> Result<Reply, WriteError> {
    let status = reply.status;
    if status.is_success() {
        return Ok(reply);
    }
    let path = &reply.asked.path;
    Err(match status {
        StatusCode::UNAUTHORIZED => WriteError::Connection(MyCaseError::TokenRefused { asked: format!("POST {path}") }),
        StatusCode::FORBIDDEN => {
            let words = without(own, quote(&reply.body));
            let said = if words.is_empty() { String::new() } else { format!(" (MyCase: {words})") };
            let text = format!("the person who connected MyCase may not write {path}, or the app lacks the scope for it{said}");
            WriteError::Forbidden { text }
        }
        StatusCode::NOT_FOUND => WriteError::Gone,
        StatusCode::REQUEST_TIMEOUT => WriteError::Unknown { text: reply.failure("not in time".to_owned()).to_string() },
        _ => {
            let text = without(own, reply.failure("not accepted".to_owned()).to_string());
            WriteError::Refused { status: Some(status.as_u16()), text }
        }
    })
}

/// What a yes says of the thing made.
fn made(reply: &Reply) -> Result<WireMade, WriteError> {
    let part: Result<Part<WireMade>, HttpError> = reply.json();
    part.ok().and_then(|part| part.0).ok_or_else(|| unclear(reply, "the answer is not an object"))
}

/// A yes that says too little. Not quoted: it holds what was sent.
fn unclear(reply: &Reply, why: &str) -> WriteError {
    WriteError::Unknown { text: format!("{} answered {}: {why}", reply.asked, reply.status.as_u16()) }
}

/// A text with every value of ours in it replaced by its name.
fn without(own: &Own<'_>, text: String) -> String {
    let values = own.iter().flat_map(|(name, value)| {
        let parts = value.split(['/', '\n']).map(str::trim);
        std::iter::once(*value).chain(parts).map(move |part| (*name, part))
    });
    values.filter(|(_, value)| value.chars().count() >= 4).fold(text, |text, (name, value)| text.replace(value, name))
}

impl fmt::Debug for NewDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewDocument")
    }
}

impl fmt::Debug for NewNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNote").field("date", &self.date).finish_non_exhaustive()
    }
}
