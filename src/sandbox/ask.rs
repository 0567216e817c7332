//! One request and one answer as the faces see them: already read, already split, nothing asynchronous left.
//!
//! A face is a plain function from [`Ask`] and the world to [`Answer`]; it must not know whether a socket or a call in the
//! same process brought the request.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use url::form_urlencoded;

/// A request to one face.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// The path below the face's base address, with its leading slash.
    pub(super) path: String,
    /// Query parameters in the order given, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What the caller called this server, e.g. `http://127.0.0.1:9999`; links in answers begin with it.
    pub(super) base: String,
    /// What arrived, for uploads that are too large to keep.
    pub(super) upload: Option<Upload>,
}

/// An upload as it went by.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) length: u64,
    pub(super) sha256: String,
    /// The bytes, when there were few enough to keep.
    pub(super) bytes: Option<Bytes>,
}

impl Ask {
    /// The parts of the path between slashes.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// The first query parameter of this name.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token of an `Authorization` header of this scheme.
    pub(super) fn credential(&self, scheme: &str) -> Option<&str> {
        self.header("authorization")?.strip_prefix(scheme)?.strip_prefix(' ').map(str::trim)
    }

    /// The body as JSON, or nothing when it is none.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body's fields, whether it came as JSON or as a form; other values than text are written as JSON writes them.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        if self.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return form_urlencoded::parse(&self.body).into_owned().collect();
        }
        let Some(Value::Object(map)) = self.json() else {
            return Vec::new();
        };
        map.into_iter()
            .map(|(key, value)| match value {
                Value::String(text) => (key, text),
                other => (key, other.to_string()),
            })
            .collect()
    }

    /// Path and query as a person would write them, for fault rules.
    pub(super) fn target(&self) -> String {
        let mut text = self.path.clone();
        for (at, (key, value)) in self.query.iter().enumerate() {
            text.push(if at == 0 { '?' } else { '&' });
            text.push_str(key);
            text.push('=');
            text.push_str(value);
        }
        text
    }

    /// The path with its ids replaced, e.g. `/cases/{id}/documents`, for counting.
    pub(super) fn pattern(&self) -> String {
        let mut text = String::with_capacity(self.path.len());
        for part in self.path.split('/').filter(|part| !part.is_empty()) {
            text.push('/');
            let is_id = part.bytes().all(|b| b.is_ascii_digit()) || part.len() >= 20;
            text.push_str(if is_id { "{id}" } else { part });
        }
        text
    }
}

/// What an answer carries.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    /// These bytes.
    Bytes(Bytes),
    /// So many bytes of a pattern, made while they are sent.
    Pattern {
        /// Which pattern.
        seed: u64,
        /// How many bytes.
        length: u64,
    },
}

/// An answer of a face.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) payload: Payload,
    /// Sent without saying how long it is.
    pub(super) chunked: bool,
}

impl Answer {
    /// An answer with a JSON body.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        // Nothing the sandbox serialises can fail; an empty body would show it at once.
        Self::raw(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    /// An answer with a body made already.
    pub(super) fn raw(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], payload: Payload::Bytes(body.into()), chunked: false }
    }

    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Bytes(Bytes::new()), chunked: false }
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// How long the body is.
    pub(super) fn length(&self) -> u64 {
        match &self.payload {
            Payload::Bytes(bytes) => bytes.len() as u64,
            Payload::Pattern { length, .. } => *length,
        }
    }

    /// The body when it is held in memory.
    pub(super) fn bytes(&self) -> Bytes {
        match &self.payload {
            Payload::Bytes(bytes) => bytes.clone(),
            Payload::Pattern { .. } => Bytes::new(),
        }
    }

    /// MyCase's error body: `{errors: [{description, source?}]}`. MyCase: Error-Handling.md.
    pub(super) fn mycase_error(status: u16, description: &str, source: Option<(&str, &str)>) -> Self {
        let mut error = json!({ "description": description });
        if let Some((kind, place)) = source {
            error["source"] = json!({ kind: place });
        }
        Self::json(status, &json!({ "errors": [error] }))
    }

    /// A portal's error body: `{errors: ["..."]}`.
    pub(super) fn portal_errors(status: u16, errors: &[String]) -> Self {
        Self::json(status, &json!({ "errors": errors }))
    }
}
