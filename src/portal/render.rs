//! From a record to the bodies of requests. Expressions are compiled once; a rendered body keeps its empty places, so that an
//! update can tell what it empties.

use super::context;
use crate::config::{BodyExpression, BodyValue, Each, ExpressionError, Operation, OperationName, Profile};
use crate::domain::{Ordered, Record};
use minijinja::Value;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The compiled bodies of a profile, by operation and number of the request.
#[derive(Debug)]
pub(super) struct Bodies(BTreeMap<OperationName, Vec<Option<Part>>>);

/// A compiled part of a body.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Json),
    Expression(BodyExpression),
    Object(Vec<(String, Part)>),
    List(Vec<Part>),
    ForEach(Each, Box<Part>),
}

/// A rendered part. Empty places are there, as `Leaf(Null)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rendered {
    Leaf(Json),
    Object(BTreeMap<String, Rendered>),
    /// Elements with what tells them apart, where something does (a client's id).
    List(Vec<(Option<u64>, Rendered)>),
}

/// What emptied values and emptied lists are sent as.
#[derive(Clone, Copy)]
pub(super) struct Clear<'a> {
    pub(super) value: &'a Json,
    pub(super) list: &'a Json,
}

impl Clear<'_> {
    fn of(self, before: &Rendered) -> Json {
        match before {
            Rendered::List(_) => self.list.clone(),
            Rendered::Leaf(_) | Rendered::Object(_) => self.value.clone(),
        }
    }
}

impl Bodies {
    /// Compiles all bodies. A checked profile compiles.
    pub(super) fn compile(profile: &Profile) -> Result<Bodies, ExpressionError> {
        let operation = |(name, operation): (&OperationName, &Operation)| {
            let parts = operation.requests.iter().map(|request| request.body.as_ref().map(compile).transpose());
            Ok((*name, parts.collect::<Result<Vec<_>, ExpressionError>>()?))
        };
        Ok(Bodies(profile.operations.iter().map(operation).ordered_or()?))
    }

    /// The body of a request of an operation, `None` when it has none.
    pub(super) fn get(&self, name: OperationName, at: usize) -> Option<&Part> {
        self.0.get(&name)?.get(at)?.as_ref()
    }
}

fn compile(value: &BodyValue) -> Result<Part, ExpressionError> {
    Ok(match value {
        BodyValue::Literal(json) => Part::Literal(json.clone()),
        BodyValue::Expression(text) => Part::Expression(BodyExpression::compile(text)?),
        BodyValue::Object(map) => {
            let parts = map.iter().map(|(key, value)| Ok((key.clone(), compile(value)?)));
            Part::Object(parts.collect::<Result<_, ExpressionError>>()?)
        }
        BodyValue::List(items) => Part::List(items.iter().map(compile).collect::<Result<_, _>>()?),
        BodyValue::ForEach(each, inner) => Part::ForEach(*each, Box::new(compile(inner)?)),
    })
}

impl Part {
    /// The part for a record; `context` holds the record's names, and `client` or `member` where one is meant.
    pub(super) fn render(&self, record: &Record, context: &Value) -> Result<Rendered, ExpressionError> {
        Ok(match self {
            Part::Literal(json) => Rendered::from_json(json.clone()),
            Part::Expression(expression) => {
                let value = expression.value(context)?;
                // Most values are texts; they need no detour.
                match value.as_str() {
                    Some(text) => Rendered::Leaf(Json::from(text)),
                    None => Rendered::from_json(serde_json::to_value(&value).map_err(|_| no_json())?),
                }
            }
            Part::Object(parts) => {
                let parts = parts.iter().map(|(key, part)| Ok((key.clone(), part.render(record, context)?)));
                Rendered::Object(parts.ordered_or()?)
            }
            Part::List(parts) => {
                let parts = parts.iter().map(|part| Ok((None, part.render(record, context)?)));
                Rendered::List(parts.collect::<Result<_, ExpressionError>>()?)
            }
            Part::ForEach(each, part) => {
                let one = |(id, value): (u64, Value)| Ok((Some(id), part.render(record, &context::inner(*each, value, context))?));
                Rendered::List(elements(*each, record).map(one).collect::<Result<_, ExpressionError>>()?)
            }
        })
    }
}

/// The clients or members of a record with what tells them apart: a client's id, a member's place.
pub(super) fn elements(each: Each, record: &Record) -> Box<dyn Iterator<Item = (u64, Value)> + '_> {
    match each {
        Each::Client => Box::new(record.clients.iter().map(|client| (client.id.0, context::client(client)))),
        Each::Member => Box::new((0..).zip(&record.team).map(|(at, member)| (at, context::member(member)))),
    }
}

fn no_json() -> ExpressionError {
    ExpressionError("the expression's value cannot be sent as JSON".to_owned())
}

impl Rendered {
    fn from_json(json: Json) -> Rendered {
        match json {
            Json::Object(map) => Rendered::Object(map.into_iter().map(|(key, value)| (key, Rendered::from_json(value))).ordered()),
            Json::Array(items) => Rendered::List(items.into_iter().map(|item| (None, Rendered::from_json(item))).collect()),
            leaf => Rendered::Leaf(leaf),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Rendered::Leaf(Json::Null) => true,
            Rendered::Leaf(Json::String(text)) => text.is_empty(),
            Rendered::Leaf(_) => false,
            Rendered::Object(map) => map.values().all(Rendered::is_empty),
            Rendered::List(items) => items.iter().all(|(_, item)| item.is_empty()),
        }
    }

    /// What to send of something new: empty places are left out. `None` when nothing is left.
    pub(super) fn alone(self) -> Option<Json> {
        match self {
            Rendered::Leaf(json) => Some(json).filter(|json| !json.is_null() && json.as_str() != Some("")),
            Rendered::Object(map) => {
                let kept: Map<String, Json> = map.into_iter().filter_map(|(key, value)| Some((key, value.alone()?))).collect();
                (!kept.is_empty()).then_some(Json::Object(kept))
            }
            Rendered::List(items) => {
                let kept: Vec<Json> = items.into_iter().filter_map(|(_, item)| item.alone()).collect();
                (!kept.is_empty()).then_some(Json::Array(kept))
            }
        }
    }

    /// The same where `before` was: what it held and this does not is sent as `clear`.
    fn json(&self, before: Option<&Rendered>, clear: Clear<'_>) -> Option<Json> {
        let Some(before) = before else { return self.clone().alone() };
        if self.is_empty() {
            return (!before.is_empty()).then(|| clear.of(before));
        }
        Some(match (self, before) {
            (Rendered::Leaf(json), _) => json.clone(),
            (Rendered::Object(map), Rendered::Object(old)) => {
                let kept = map.iter().filter_map(|(key, value)| Some((key.clone(), value.json(old.get(key), clear)?)));
                let dropped = old.iter().filter(|(key, value)| !map.contains_key(*key) && !value.is_empty());
                kept.chain(dropped.map(|(key, value)| (key.clone(), clear.of(value)))).collect()
            }
            (Rendered::List(items), Rendered::List(old)) => {
                let old = |id: &Option<u64>| old.iter().find(|(other, _)| id.is_some() && other == id).map(|(_, old)| old);
                items.iter().filter(|(_, item)| !item.is_empty()).filter_map(|(id, item)| item.json(old(id), clear)).collect()
            }
            (Rendered::Object(_) | Rendered::List(_), _) => self.clone().alone()?,
        })
    }

    /// The body of an update that takes `before` to this; `None` when there is nothing to say. With `only_changed` an object's
    /// keys that say the same are left out.
    pub(super) fn update(&self, before: &Rendered, only_changed: bool, clear: Clear<'_>) -> Option<Json> {
        if self.clone().alone() == before.clone().alone() {
            return None;
        }
        let mut whole = self.json(Some(before), clear)?;
        if let (true, Json::Object(keys), Rendered::Object(after), Rendered::Object(before)) = (only_changed, &mut whole, self, before) {
            let said = |map: &BTreeMap<String, Rendered>, key: &str| map.get(key).and_then(|part| part.clone().alone());
            keys.retain(|key, _| said(after, key) != said(before, key));
        }
        Some(whole)
    }
}
