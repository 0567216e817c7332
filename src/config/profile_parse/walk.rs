//! Holds a TOML tree against a JSON schema and reports everything that does not fit, each with its place: unknown keys with
//! the nearest known one, missing keys, wrong types and words. Understands what schemars makes of our own structs, no more.

use super::tree::{Node, Place, Tree};
use crate::config::Problem;
use serde_json::{Map, Value};

/// Every place where the tree does not fit the schema.
pub(super) fn walk(node: &Node, schema: &Value) -> Vec<Problem> {
    let mut walker = Walker { root: schema, problems: Vec::new() };
    walker.value(node, &node.place, "", schema);
    walker.problems
}

struct Walker<'a> {
    root: &'a Value,
    problems: Vec<Problem>,
}

impl<'a> Walker<'a> {
    /// `name` is the key the value stands under, for messages.
    fn value(&mut self, node: &Node, key: &Place, name: &str, schema: &'a Value) {
        let Some(schema) = self.resolve(schema) else { return };
        if let Some(words) = words(schema) {
            return self.word(node, name, &words);
        }
        match &node.tree {
            Tree::Table(_) if expects(schema, "object") => self.table(node, key, name, schema),
            Tree::List(items) if expects(schema, "array") => {
                let Some(inner) = schema.get("items") else { return };
                items.iter().for_each(|item| self.value(item, &item.place, name, inner));
            }
            Tree::Leaf(value) => self.leaf(value, node, name, schema),
            Tree::Table(_) => self.wrong_type(node, name, schema, "a table"),
            Tree::List(_) => self.wrong_type(node, name, schema, "a list"),
        }
    }

    fn leaf(&mut self, value: &Value, node: &Node, name: &str, schema: &Map<String, Value>) {
        let (kind, fits) = match value {
            Value::String(_) => ("text", expects(schema, "string")),
            Value::Bool(_) => ("true or false", expects(schema, "boolean")),
            Value::Number(number) if number.is_i64() => ("a number", expects(schema, "integer") || expects(schema, "number")),
            _ => ("a number", expects(schema, "number")),
        };
        if !fits {
            return self.wrong_type(node, name, schema, kind);
        }
        let minimum = schema.get("minimum").and_then(Value::as_f64);
        if let (Some(number), Some(minimum)) = (value.as_f64(), minimum)
            && number < minimum
        {
            self.problems.push(node.place.error("too-small", format!("{name:?} is at least {minimum}"), ""));
        }
    }

    fn table(&mut self, node: &Node, key: &Place, name: &str, schema: &'a Map<String, Value>) {
        let Tree::Table(table) = &node.tree else { return };
        let properties = schema.get("properties").and_then(Value::as_object);
        for (inner, entry) in table {
            match (properties.and_then(|known| known.get(inner)), schema.get("additionalProperties")) {
                (Some(known), _) => self.value(&entry.node, &entry.key, inner, known),
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<&str> = properties.into_iter().flat_map(|known| known.keys()).map(String::as_str).collect();
                    self.problems.push(entry.key.error("unknown-key", format!("unknown key {inner:?}"), did_you_mean(inner, &known)));
                }
                (None, Some(other)) if other.is_object() => self.value(&entry.node, &entry.key, inner, other),
                (None, _) => {}
            }
        }
        for missing in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !table.contains_key(missing) {
                let what = if name.is_empty() { String::new() } else { format!(" in {name:?}") };
                let help = properties.and_then(|known| known.get(missing)?.get("description")?.as_str()).unwrap_or_default();
                self.problems.push(key.error("missing-key", format!("{missing:?} is missing{what}"), help.replace('\n', " ")));
            }
        }
    }

    fn word(&mut self, node: &Node, name: &str, words: &[&str]) {
        let fits = matches!(&node.tree, Tree::Leaf(Value::String(text)) if words.contains(&text.as_str()));
        if !fits {
            let written = node.json();
            let text = written.as_str().map_or_else(|| "this".to_owned(), |text| format!("{text:?}"));
            let help = did_you_mean(written.as_str().unwrap_or_default(), words);
            self.problems.push(node.place.error("unknown-word", format!("{text} is not a value of {name:?}"), help));
        }
    }

    fn wrong_type(&mut self, node: &Node, name: &str, schema: &Map<String, Value>, found: &str) {
        let wanted = [("string", "text in quotes"), ("boolean", "true or false"), ("integer", "a whole number"), ("number", "a number")];
        let wanted = wanted.into_iter().chain([("array", "a list in [ ]"), ("object", "a table")]);
        let wanted = wanted.filter(|(kind, _)| expects(schema, kind)).map(|(_, words)| words).next().unwrap_or("something else");
        self.problems.push(node.place.error("wrong-type", format!("{name:?} is {found}"), format!("write {wanted}")));
    }

    /// Follows `$ref` and leaves out the null that stands for "may be missing". `None`: anything fits.
    fn resolve(&self, schema: &'a Value) -> Option<&'a Map<String, Value>> {
        let schema = schema.as_object()?;
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return self.resolve(self.root.pointer(target.strip_prefix('#')?)?);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let some = choices.iter().find(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
            return self.resolve(some?);
        }
        let anything = !["type", "enum", "oneOf"].iter().any(|key| schema.contains_key(*key));
        (!anything).then_some(schema)
    }
}

/// The words a value may be, if it is a choice of words.
fn words(schema: &Map<String, Value>) -> Option<Vec<&str>> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().filter_map(Value::as_str).collect());
    }
    let choices = schema.get("oneOf")?.as_array()?;
    choices.iter().map(|choice| choice.get("const")?.as_str()).collect()
}

fn expects(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(many)) => many.iter().any(|one| one == kind),
        _ => false,
    }
}

/// A help sentence: the nearest known word, or all of them.
pub(super) fn did_you_mean(wrong: &str, known: &[&str]) -> String {
    let score = |word: &&&str| (strsim::normalized_damerau_levenshtein(&wrong.to_lowercase(), &word.to_lowercase()) * 1000.0) as u32;
    match known.iter().max_by_key(score) {
        Some(near) if score(&near) >= 600 => format!("did you mean {near:?}?"),
        _ => format!("write one of: {}", known.join(", ")),
    }
}
