//! From a record to the bodies of requests. Expressions are compiled once; what is rendered keeps its empty places.

use super::context;
use super::rendered::Rendered;
use crate::config::{BodyExpression, BodyValue, Each, ExpressionError, Operation, OperationName, Profile};
use crate::domain::{Ordered, Record};
use minijinja::Value;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The compiled bodies of a profile, by operation and number of the request.
#[derive(Debug)]
pub(super) struct Bodies(BTreeMap<OperationName, Vec<Option<Part>>>);

/// A compiled part of a body.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Json),
    Expression(BodyExpression),
    /// In the order of the keys.
    Object(Vec<(Arc<str>, Part)>),
    List(Vec<Part>),
    ForEach(Each, Box<Part>),
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
            let parts = map.iter().map(|(key, value)| Ok((Arc::from(key.as_str()), compile(value)?)));
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
                let mut rendered = Vec::with_capacity(parts.len());
                for (key, part) in parts {
                    rendered.push((key.clone(), part.render(record, context)?));
                }
                Rendered::Object(rendered)
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
