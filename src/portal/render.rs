//! From a record to the bodies of requests. Expressions are compiled once; what is rendered keeps its empty places.

use super::rendered::Rendered;
use super::view::View;
use crate::config::{BodyExpression, BodyValue, Each, ExpressionError, Operation, OperationName, Profile};
use crate::domain::Ordered;
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
    /// The part for what is seen of a case.
    pub(super) fn render<'a>(&self, view: View<'_, 'a>) -> Result<Rendered<'a>, ExpressionError> {
        Ok(match self {
            Part::Literal(json) => Rendered::from_json(json.clone()),
            Part::Expression(expression) => view.rendered(expression)?,
            Part::Object(parts) => {
                let mut rendered = Vec::with_capacity(parts.len());
                for (key, part) in parts {
                    rendered.push((key.clone(), part.render(view)?));
                }
                Rendered::Object(rendered)
            }
            Part::List(parts) => {
                let parts = parts.iter().map(|part| Ok((None, part.render(view)?)));
                Rendered::List(parts.collect::<Result<_, ExpressionError>>()?)
            }
            Part::ForEach(each, part) => {
                let one = |(id, view): (u64, View<'_, 'a>)| Ok((Some(id), part.render(view)?));
                Rendered::List(view.elements(*each).map(one).collect::<Result<_, ExpressionError>>()?)
            }
        })
    }
}
