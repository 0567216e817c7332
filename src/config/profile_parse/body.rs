//! Bodies: JSON-like TOML in which texts that begin with `=` are expressions and a list of one table with `for_each` is a
//! repetition.

use super::build::Builder;
use super::expression::BodyExpression;
use crate::config::profile::{BodyValue, Each};
use crate::domain::Ordered;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Reads one body and notes every name its expressions use.
pub(super) struct BodyReader<'a, 'n> {
    pub(super) builder: &'a mut Builder<'n>,
    pub(super) fields: &'a BTreeSet<&'a str>,
    pub(super) names: BTreeSet<String>,
}

impl BodyReader<'_, '_> {
    pub(super) fn object(&mut self, map: &Map<String, Value>, path: &[&str], inside: &[Each]) -> BodyValue {
        BodyValue::Object(map.iter().map(|(key, value)| (key.clone(), self.value(value, &join(path, key), inside))).ordered())
    }

    fn value(&mut self, value: &Value, path: &[&str], inside: &[Each]) -> BodyValue {
        match value {
            Value::String(text) => match text.strip_prefix('=') {
                Some(expression) => self.expression(expression.trim(), path, inside),
                None => BodyValue::Literal(value.clone()),
            },
            Value::Array(items) => self.list(items, path, inside),
            Value::Object(map) => self.object(map, path, inside),
            Value::Null | Value::Bool(_) | Value::Number(_) => BodyValue::Literal(value.clone()),
        }
    }

    fn list(&mut self, items: &[Value], path: &[&str], inside: &[Each]) -> BodyValue {
        if let [Value::Object(only)] = items
            && let Some(each) = only.get("for_each")
        {
            let element = join(path, "0");
            let Some(each) = self.each(each, &join(&element, "for_each")) else { return BodyValue::List(Vec::new()) };
            let mut inner = only.clone();
            inner.remove("for_each");
            let inside: Vec<Each> = inside.iter().copied().chain([each]).collect();
            return BodyValue::ForEach(each, Box::new(self.object(&inner, &element, &inside)));
        }
        let numbers: Vec<String> = (0..items.len()).map(|at| at.to_string()).collect();
        BodyValue::List(items.iter().zip(&numbers).map(|(item, at)| self.value(item, &join(path, at), inside)).collect())
    }

    fn each(&mut self, each: &Value, path: &[&str]) -> Option<Each> {
        let found = match each.as_str() {
            Some("clients") => Some((Each::Client, "clients")),
            Some("team") => Some((Each::Member, "team")),
            _ => None,
        };
        if found.is_none() {
            self.builder.error(
                path,
                "unknown-word",
                "a list can be filled in for each of the clients or of the team",
                r#"write "clients" or "team""#,
            );
        }
        let (each, name) = found?;
        self.names.insert(name.to_owned());
        Some(each)
    }

    fn expression(&mut self, text: &str, path: &[&str], inside: &[Each]) -> BodyValue {
        match BodyExpression::compile(text) {
            Ok(expression) => {
                if let Some((message, help)) = expression.problem(inside, self.fields) {
                    self.builder.error(path, "bad-expression", &message, &help);
                }
                self.names.extend(expression.names());
            }
            Err(error) => {
                let help = "an expression looks like \"=name\" or \"='Closed' if not open else stage\"; a text that is sent as it is begins with something else";
                self.builder.error(path, "bad-expression", &format!("the expression cannot be read: {error}"), help);
            }
        }
        BodyValue::Expression(text.to_owned())
    }
}

pub(super) fn join<'p>(path: &[&'p str], key: &'p str) -> Vec<&'p str> {
    path.iter().copied().chain([key]).collect()
}
