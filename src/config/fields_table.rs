//! What a firm file may name, as data: the sources, and the fields of one portal. `casebridge fields` prints it.

use super::{Profile, SOURCES, Source};
use serde::Serialize;

/// The answer of `casebridge fields KIND`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldsTable {
    /// The portal's name for `portal.kind`.
    pub kind: String,
    /// Its name for people.
    pub title: String,
    /// What `[fields]` may fill.
    pub fields: Vec<FieldLine>,
    /// Whether fields of the firm's own go along.
    pub takes_extra: bool,
    /// What may stand behind the equals sign.
    pub sources: Vec<SourceLine>,
}

/// One field of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldLine {
    /// The portal's name.
    pub name: String,
    /// Where it comes from when the file does not say; empty: off.
    pub default: Vec<String>,
    /// Whether it may not be empty.
    pub required: bool,
    /// Whether it is a date.
    pub date: bool,
    /// One line.
    pub help: String,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// E.g. `case.name`; `custom.NAME` for any custom field.
    pub name: String,
    /// Whether it is a date.
    pub date: bool,
    /// One line.
    pub help: String,
}

/// The table of a profile.
pub fn fields_table(profile: &Profile) -> FieldsTable {
    let fields = profile.fields.iter().map(|(name, field)| FieldLine {
        name: name.clone(),
        default: field.default.clone(),
        required: field.required,
        date: field.date,
        help: field.help.clone(),
    });
    FieldsTable {
        kind: profile.name.clone(),
        title: profile.title.clone(),
        fields: fields.collect(),
        takes_extra: profile.takes_extra,
        sources: sources_table(),
    }
}

/// The sources alone: they are the same for every portal.
pub fn sources_table() -> Vec<SourceLine> {
    let line = |source: &Source| SourceLine {
        name: source.name.to_owned(),
        date: source.name.ends_with("date"),
        help: match source.sensitive {
            Some(why) => format!("{} (gives a warning: {why})", source.help),
            None => source.help.to_owned(),
        },
    };
    let custom = |name: &str, help: &str| SourceLine { name: name.to_owned(), date: false, help: help.to_owned() };
    let custom = [
        custom("custom.NAME", "a custom field of the case, by its name in MyCase"),
        custom("client.custom.NAME", "a custom field of the first client, by its name in MyCase"),
    ];
    SOURCES.iter().map(line).chain(custom).collect()
}
