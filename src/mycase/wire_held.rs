//! MyCase's JSON of documents and notes, and of what their making is answered with.

use super::held::{SeenDocument, SeenNote};
use super::loose::{Bare, Many};
use super::meant::As;
use super::storage::PutPlace;
use super::wire::Wire;
use crate::domain::{CaseId, DocumentId, NoteId, Ordered, PersonId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// MyCase: Documents.json, DocumentResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireDocument {
    id: As<u64>,
    name: As<String>,
    path: As<String>,
    description: As<String>,
    created_at: As<Timestamp>,
}

impl Wire for WireDocument {
    type Seen = SeenDocument;
    fn seen(self) -> Option<(u64, SeenDocument)> {
        let id = self.id.0?;
        let document = SeenDocument {
            id: DocumentId(id),
            name: self.name.0,
            path: self.path.0,
            description: self.description.0,
            created_at: self.created_at.0,
        };
        Some((id, document))
    }
}

/// MyCase: Notes.json, NoteResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireNote {
    id: As<u64>,
    note: As<String>,
    created_at: As<Timestamp>,
}

impl Wire for WireNote {
    type Seen = SeenNote;
    fn seen(self) -> Option<(u64, SeenNote)> {
        let id = self.id.0?;
        Some((id, SeenNote { id: NoteId(id), note: self.note.0, created_at: self.created_at.0 }))
    }
}

/// MyCase: Clients.json, ClientResponse; only whose cases they are.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireClientCases {
    id: As<u64>,
    cases: Many<As<u64>>,
}

impl Wire for WireClientCases {
    type Seen = (PersonId, Vec<CaseId>);
    fn seen(self) -> Option<(u64, Self::Seen)> {
        let id = self.id.0?;
        let cases = self.cases.0.into_iter().map(CaseId).collect();
        Some((id, (PersonId(id), cases)))
    }
}

/// MyCase: Documents.json, DocumentPostResponse and DocumentVersionPostResponse; Notes.json, NoteResponse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireMade {
    id: As<u64>,
    put_url: As<String>,
    put_headers: Value,
}

impl Bare for WireDocument {}
impl Bare for WireNote {}
impl Bare for WireClientCases {}

impl Bare for WireMade {
    fn bare(id: As<u64>) -> Option<WireMade> {
        Some(WireMade { id, ..WireMade::default() })
    }
}

impl WireMade {
    /// The id of what was made.
    pub(super) fn id(&self) -> Option<u64> {
        self.id.0
    }

    /// Where its bytes go.
    pub(super) fn place(self) -> Option<PutPlace> {
        let text = |value: Value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let headers: BTreeMap<String, String> = match self.put_headers {
            Value::Object(headers) => headers.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).ordered(),
            _ => BTreeMap::new(),
        };
        Some(PutPlace { url: self.put_url.0?, headers })
    }
}
