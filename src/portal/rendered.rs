//! A rendered body, and what of it is sent: of something new all that is not empty; of something known what an update changes,
//! with what it empties.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use std::sync::Arc;

/// Room for a body while it is written: nearly all fit.
const ROOM: usize = 1024;

/// A rendered part. Empty places are there, as `Leaf(Null)`.
#[derive(Debug)]
pub(super) enum Rendered<'a> {
    /// A text of the record itself, as most parts are.
    Text(&'a str),
    Leaf(Json),
    /// In the order of the keys.
    Object(Vec<(Arc<str>, Rendered<'a>)>),
    /// Elements with what tells them apart, where something does (a client's id).
    List(Vec<(Option<u64>, Rendered<'a>)>),
}

/// What emptied values and emptied lists are sent as.
#[derive(Clone, Copy)]
pub(super) struct Clear<'a> {
    pub(super) value: &'a Json,
    pub(super) list: &'a Json,
}

impl Clear<'_> {
    fn of(self, before: &Rendered<'_>) -> Json {
        match before {
            Rendered::List(_) => self.list.clone(),
            Rendered::Text(_) | Rendered::Leaf(_) | Rendered::Object(_) => self.value.clone(),
        }
    }
}

/// The body of a request, ready to be written.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// Something new: empty places are left out; with nothing else it is an empty object.
    New(Rendered<'a>),
    Update(Json),
}

impl Body<'_> {
    /// As JSON.
    pub(super) fn text(&self) -> serde_json::Result<Bytes> {
        let mut text = Vec::with_capacity(ROOM);
        serde_json::to_writer(&mut text, self)?;
        Ok(text.into())
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Body::New(rendered) => match rendered.filled() {
                Some(filled) => filled.serialize(serializer),
                None => serializer.serialize_map(Some(0))?.end(),
            },
            Body::Update(json) => json.serialize(serializer),
        }
    }
}

/// A part that is not empty, without its empty places.
struct Filled<'a>(&'a Rendered<'a>);

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Rendered::Text(text) => serializer.serialize_str(text),
            Rendered::Leaf(json) => json.serialize(serializer),
            Rendered::Object(parts) => serializer.collect_map(filled_fields(parts)),
            Rendered::List(items) => serializer.collect_seq(filled_items(items)),
        }
    }
}

/// Whether both are sent as the same.
impl PartialEq for Filled<'_> {
    fn eq(&self, other: &Filled<'_>) -> bool {
        match (self.0, other.0) {
            (Rendered::Text(text), Rendered::Text(other)) => text == other,
            (Rendered::Text(text), Rendered::Leaf(json)) | (Rendered::Leaf(json), Rendered::Text(text)) => json == text,
            (Rendered::Leaf(json), Rendered::Leaf(other)) => json == other,
            (Rendered::Object(parts), Rendered::Object(others)) => filled_fields(parts).eq(filled_fields(others)),
            (Rendered::List(items), Rendered::List(others)) => filled_items(items).eq(filled_items(others)),
            _ => false,
        }
    }
}

fn filled_fields<'a>(parts: &'a [(Arc<str>, Rendered<'a>)]) -> impl Iterator<Item = (&'a str, Filled<'a>)> {
    parts.iter().filter_map(|(key, part)| Some((&**key, part.filled()?)))
}

fn filled_items<'a>(items: &'a [(Option<u64>, Rendered<'a>)]) -> impl Iterator<Item = Filled<'a>> {
    items.iter().filter_map(|(_, item)| item.filled())
}

/// The part under a key.
fn under<'r, 'a>(parts: &'r [(Arc<str>, Rendered<'a>)], key: &str) -> Option<&'r Rendered<'a>> {
    parts.iter().find(|(other, _)| **other == *key).map(|(_, part)| part)
}

impl<'a> Rendered<'a> {
    pub(super) fn from_json(json: Json) -> Rendered<'a> {
        match json {
            Json::Object(map) => {
                Rendered::Object(map.into_iter().map(|(key, value)| (Arc::from(key), Rendered::from_json(value))).collect())
            }
            Json::Array(items) => Rendered::List(items.into_iter().map(|item| (None, Rendered::from_json(item))).collect()),
            leaf => Rendered::Leaf(leaf),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Rendered::Text(text) => text.is_empty(),
            Rendered::Leaf(Json::Null) => true,
            Rendered::Leaf(Json::String(text)) => text.is_empty(),
            Rendered::Leaf(_) => false,
            Rendered::Object(parts) => parts.iter().all(|(_, part)| part.is_empty()),
            Rendered::List(items) => items.iter().all(|(_, item)| item.is_empty()),
        }
    }

    /// What is sent of it; `None` when there is nothing to send.
    fn filled(&self) -> Option<Filled<'_>> {
        (!self.is_empty()).then_some(Filled(self))
    }

    /// The same as JSON, which a tree of JSON always becomes.
    fn alone(&self) -> Option<Json> {
        serde_json::to_value(self.filled()?).ok()
    }

    /// The same where `before` was: what it held and this does not is sent as `clear`.
    fn json(&self, before: Option<&Rendered<'_>>, clear: Clear<'_>) -> Option<Json> {
        let Some(before) = before else { return self.alone() };
        if self.is_empty() {
            return (!before.is_empty()).then(|| clear.of(before));
        }
        Some(match (self, before) {
            (Rendered::Text(text), _) => Json::from(*text),
            (Rendered::Leaf(json), _) => json.clone(),
            (Rendered::Object(parts), Rendered::Object(old)) => {
                let kept = parts.iter().filter_map(|(key, part)| Some((key.to_string(), part.json(under(old, key), clear)?)));
                let dropped = old.iter().filter(|(key, part)| under(parts, key).is_none() && !part.is_empty());
                kept.chain(dropped.map(|(key, part)| (key.to_string(), clear.of(part)))).collect()
            }
            (Rendered::List(items), Rendered::List(old)) => {
                let old = |id: &Option<u64>| old.iter().find(|(other, _)| id.is_some() && other == id).map(|(_, old)| old);
                items.iter().filter(|(_, item)| !item.is_empty()).filter_map(|(id, item)| item.json(old(id), clear)).collect()
            }
            (Rendered::Object(_) | Rendered::List(_), _) => self.alone()?,
        })
    }

    /// The body of an update that takes `before` to this; `None` when there is nothing to say. With `only_changed` an object's
    /// keys that say the same are left out.
    pub(super) fn update(&self, before: &Rendered<'_>, only_changed: bool, clear: Clear<'_>) -> Option<Json> {
        if self.filled() == before.filled() {
            return None;
        }
        let mut whole = self.json(Some(before), clear)?;
        if let (true, Json::Object(keys), Rendered::Object(after), Rendered::Object(before)) = (only_changed, &mut whole, self, before) {
            keys.retain(|key, _| {
                let said = |parts| under(parts, key).and_then(Rendered::filled);
                said(after) != said(before)
            });
        }
        Some(whole)
    }
}
