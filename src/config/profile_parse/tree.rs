//! TOML as a tree that remembers where every key and value stands, so that two files can be laid over each other and a
//! problem still points into the right one. Knows nothing of profiles.

use crate::config::{Problem, Severity, SourceText};
use crate::domain::Ordered;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A place in a file.
#[derive(Clone)]
pub(super) struct Place {
    source: SourceText,
    span: Range<usize>,
}

/// A value and its place.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) tree: Tree,
}

/// What a value is.
#[derive(Clone)]
pub(super) enum Tree {
    /// A string, a number, a truth value or a moment (as text).
    Leaf(serde_json::Value),
    List(Vec<Node>),
    Table(BTreeMap<String, Entry>),
}

/// A key's place with its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Place,
    pub(super) node: Node,
}

impl Place {
    pub(super) fn error(&self, code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem::at(&self.source, self.span.clone(), Severity::Error, code, message.into(), help.into())
    }

    pub(super) fn warning(&self, code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem::at(&self.source, self.span.clone(), Severity::Warning, code, message.into(), help.into())
    }
}

impl Node {
    /// The tree of a whole text, or every syntax error.
    pub(super) fn parse(source: &SourceText) -> Result<Node, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        if errors.is_empty() {
            let span = 0..source.text.lines().next().unwrap_or_default().len();
            return Ok(Node::of_table(table.get_ref(), span, source));
        }
        let problem = |error: &toml::de::Error| {
            let place = Place { source: source.clone(), span: error.span().unwrap_or(0..0) };
            place.error("syntax", format!("this is not TOML: {}", error.message()), "")
        };
        Err(errors.iter().map(problem).collect())
    }

    /// The tree of a table of a file that is read already; `span` is the table's own place.
    pub(super) fn of_table(table: &DeTable<'_>, span: Range<usize>, source: &SourceText) -> Node {
        let entry = |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
            let place = Place { source: source.clone(), span: key.span() };
            (key.get_ref().to_string(), Entry { key: place, node: Node::of(value.get_ref(), value.span(), source) })
        };
        Node { place: Place { source: source.clone(), span }, tree: Tree::Table(table.iter().map(entry).ordered()) }
    }

    fn of(value: &DeValue<'_>, span: Range<usize>, source: &SourceText) -> Node {
        let leaf = |value: serde_json::Value| Node { place: Place { source: source.clone(), span: span.clone() }, tree: Tree::Leaf(value) };
        match value {
            DeValue::String(text) => leaf(text.as_ref().into()),
            DeValue::Integer(number) => {
                let digits = i64::from_str_radix(number.as_str(), number.radix());
                leaf(digits.map_or_else(|_| number.to_string().into(), Into::into))
            }
            DeValue::Float(number) => leaf(number.as_str().parse::<f64>().unwrap_or(f64::NAN).into()),
            DeValue::Boolean(flag) => leaf((*flag).into()),
            DeValue::Datetime(moment) => leaf(moment.to_string().into()),
            DeValue::Array(items) => {
                let items = items.iter().map(|item| Node::of(item.get_ref(), item.span(), source)).collect();
                Node { place: Place { source: source.clone(), span }, tree: Tree::List(items) }
            }
            DeValue::Table(table) => Node::of_table(table, span, source),
        }
    }

    /// The value as JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        match &self.tree {
            Tree::Leaf(value) => value.clone(),
            Tree::List(items) => items.iter().map(Node::json).collect(),
            Tree::Table(table) => table.iter().map(|(key, entry)| (key.clone(), entry.node.json())).collect(),
        }
    }

    /// The node at a path of keys and (from 0) numbers.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Node> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let inner = match &self.tree {
            Tree::Leaf(_) => None,
            Tree::List(items) => items.get(first.parse::<usize>().ok()?),
            Tree::Table(table) => table.get(*first).map(|entry| &entry.node),
        };
        inner?.get(rest)
    }

    /// The place of the value at a path, or of the nearest thing around it that is there.
    pub(super) fn place(&self, path: &[&str]) -> &Place {
        (0..=path.len()).rev().find_map(|length| self.get(&path[..length])).map_or(&self.place, |node| &node.place)
    }

    /// The place of the last key of a path, or of the nearest thing around it.
    pub(super) fn key_place(&self, path: &[&str]) -> &Place {
        let parent = path.split_last().and_then(|(last, before)| Some((last, self.get(before)?)));
        match parent {
            Some((last, Node { tree: Tree::Table(table), .. })) if table.contains_key(*last) => &table[*last].key,
            _ => self.place(path),
        }
    }

    /// Lays another tree over this one, key by key; lists and single values are replaced, but a table over a list changes
    /// its elements by number, from 1. Says what does not fit.
    pub(super) fn overlay(&mut self, over: &Node) -> Vec<Problem> {
        match (&mut self.tree, &over.tree) {
            (Tree::Table(base), Tree::Table(table)) => {
                let mut problems = Vec::new();
                for (name, entry) in table {
                    match base.get_mut(name) {
                        Some(there) => problems.extend(there.node.overlay(&entry.node)),
                        None => {
                            base.insert(name.clone(), entry.clone());
                        }
                    }
                }
                problems
            }
            (Tree::List(items), Tree::Table(table)) => table.iter().flat_map(|(name, entry)| element(items, name, entry)).collect(),
            _ => {
                *self = over.clone();
                Vec::new()
            }
        }
    }
}

fn element(items: &mut [Node], name: &str, entry: &Entry) -> Vec<Problem> {
    let count = items.len();
    let at = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match at.and_then(|at| items.get_mut(at)) {
        Some(there) => there.overlay(&entry.node),
        None => {
            let help = format!("write a number from 1 to {count}, or the whole list");
            vec![entry.key.error("no-such-element", format!("the profile's list has no element {name:?}"), help)]
        }
    }
}
