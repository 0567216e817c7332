//! From text to [`Profile`], alone or with another file's overrides laid over it.

use super::build::Builder;
use super::raw::RawProfile;
use super::tree::Node;
use super::walk::walk;
use crate::config::profile::Profile;
use crate::config::{Problem, SourceText};
use serde_json::Value;
use std::ops::Range;
use std::sync::LazyLock;
use toml::de::DeTable;

static SCHEMA: LazyLock<Value> = LazyLock::new(crate::config::schema::profile);

/// Keys that say where the cases go and with which key; only a profile says so, never a firm.
const OUT_OF_REACH: [&str; 3] = ["name", "base_url", "auth"];

/// The profile a text means, with warnings; or everything that is wrong with it.
pub(crate) fn parse(name: &str, source: &SourceText) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    let node = Node::parse(source)?;
    make(name, &node)
}

/// The profile with a table of a firm's file laid over it. `span` is the table's place.
pub(crate) fn overlay(
    name: &str,
    base: &SourceText,
    over: &DeTable<'_>,
    span: Range<usize>,
    source: &SourceText,
) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    let mut node = Node::parse(base)?;
    let over = Node::of_table(over, span, source);
    let mut problems: Vec<Problem> =
        OUT_OF_REACH.iter().filter(|key| over.get(&[key]).is_some()).map(|key| forbidden(key, &over)).collect();
    problems.extend(node.overlay(&over));
    match make(name, &node) {
        Ok(made) if problems.is_empty() => Ok(made),
        Ok((_, warnings)) => Err(problems.into_iter().chain(warnings).collect()),
        Err(more) => Err(problems.into_iter().chain(more).collect()),
    }
}

fn forbidden(key: &str, over: &Node) -> Problem {
    let help = match key {
        "base_url" => "write base_url in [portal], where the daemon's [allow] is asked",
        _ => "take the line out, or name a profile of your own in portal.kind",
    };
    over.key_place(&[key]).error("override-forbidden", format!("a firm file cannot override {key:?}"), help)
}

fn make(name: &str, node: &Node) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    let problems = walk(node, &SCHEMA);
    if !problems.is_empty() {
        return Err(problems);
    }
    let raw: RawProfile = match serde_json::from_value(node.json()) {
        Ok(raw) => raw,
        Err(error) => return Err(vec![node.place.error("wrong-type", format!("the profile cannot be read: {error}"), "")]),
    };
    let mut builder = Builder::new(node);
    let profile = builder.profile(raw, name);
    if builder.failed() { Err(builder.problems) } else { Ok((profile, builder.problems)) }
}
