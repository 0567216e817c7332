//! Values of a firm file that may be written in more than one way.

use super::{At, FromToml, Maybe, Reader, section};
use toml::Spanned;
use toml::de::DeValue;

/// Where one portal field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum RawField {
    /// A source, e.g. "case.name"; "" switches the field off.
    One(String),
    /// Sources: the first that is not empty.
    First(Vec<At<String>>),
    /// A template.
    Template(RawTemplate),
}

/// A minijinja template.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(crate) struct RawTemplate {
    /// E.g. "{{ case.case_number }} / {{ client.last_name }}".
    pub(crate) template: At<String>,
}

section! {
    RawTemplateTable {
        /// The template.
        template: Maybe<String>,
    }
}

impl FromToml for RawField {
    fn takes_key(key: &str) -> bool {
        key == "template"
    }

    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawField> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawField::One(text.to_string())),
            DeValue::Array(_) => Vec::from_toml(value, path, reader).map(RawField::First),
            DeValue::Table(_) => {
                let table = RawTemplateTable::from_toml(value, path, reader)?;
                table.template.map(|template| RawField::Template(RawTemplate { template }))
            }
            _ => {
                reader.wrong_type(path, "a source like \"case.name\", a list of sources, or { template = \"...\" }", value);
                None
            }
        }
    }
}

/// "connected", "everything" or a day; a day may stand with or without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawSince(pub(crate) String);

impl FromToml for RawSince {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawSince> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawSince(text.to_string())),
            DeValue::Datetime(date) => Some(RawSince(date.to_string())),
            _ => {
                reader.wrong_type(path, "\"connected\", a date like \"2026-01-31\", or \"everything\"", value);
                None
            }
        }
    }
}

/// A case's id, as a number or in quotes, or its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawCase(pub(crate) String);

impl FromToml for RawCase {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawCase> {
        match value.get_ref() {
            DeValue::String(text) => Some(RawCase(text.to_string())),
            DeValue::Integer(number) => Some(RawCase(number.to_string())),
            _ => {
                reader.wrong_type(path, "a case id or the address of a case's page", value);
                None
            }
        }
    }
}

/// A table whose keys others know (`[portal.overrides]`); who reads it takes it from the text again, with its places.
#[derive(Debug, Clone)]
pub(crate) struct RawTable;

impl FromToml for RawTable {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawTable> {
        if value.get_ref().is_table() {
            return Some(RawTable);
        }
        reader.wrong_type(path, "a table", value);
        None
    }
}

/// Any value, for `[[tests]]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawAny(pub(crate) toml::Value);

impl FromToml for RawAny {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawAny> {
        use serde::Deserialize;
        let read = toml::Value::deserialize(toml::de::ValueDeserializer::from(value.clone()));
        if read.is_err() {
            reader.wrong_type(path, "a text, a number, true or false, or a list", value);
        }
        read.ok().map(RawAny)
    }
}
