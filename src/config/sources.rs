//! What `[fields]`, templates and `enabled_by` may name: the sources of a field's value. Mapping gives each its value.

use super::{SourceName, nearest};
use crate::domain::NameKey;

/// One source with a fixed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// `case`, `client`, `lead_attorney` or `office`.
    pub group: &'static str,
    /// Its name in the group, as MyCase calls it.
    pub name: &'static str,
    /// Whether it is a day.
    pub date: bool,
    /// Why clients should hardly read it; naming it is a warning.
    pub delicate: Option<&'static str>,
    /// One line for `casebridge fields`.
    pub help: &'static str,
}

const fn source(group: &'static str, name: &'static str, help: &'static str) -> Source {
    Source { group, name, date: false, delicate: None, help }
}

const fn day(group: &'static str, name: &'static str, help: &'static str) -> Source {
    Source { group, name, date: true, delicate: None, help }
}

const fn delicate(source: Source, why: &'static str) -> Source {
    Source { delicate: Some(why), ..source }
}

/// Every source with a fixed name; beside them `custom.NAME` takes any custom field of the case.
pub const SOURCES: &[Source] = &[
    source("case", "id", "MyCase's id of the case"),
    source("case", "name", "the case's name"),
    source("case", "case_number", "the case number the firm gave"),
    source("case", "description", "the description"),
    day("case", "opened_date", "when it was opened"),
    day("case", "closed_date", "when it was closed"),
    day("case", "sol_date", "statute of limitations"),
    source("case", "practice_area", "MyCase's practice area"),
    source("case", "case_stage", "MyCase's stage"),
    source("case", "status", "open or closed"),
    delicate(source("case", "outstanding_balance", "outstanding balance"), "what the client owes"),
    source("case", "billing_type", "billing type"),
    delicate(source("case", "notes", "not read: notes stay in MyCase"), "internal notes"),
    source("client", "id", "MyCase's id of the first client"),
    source("client", "first_name", "first name"),
    source("client", "middle_name", "middle name or initial"),
    source("client", "last_name", "last name"),
    source("client", "email", "e-mail address"),
    source("client", "phone", "the phone that is the login, in E.164"),
    source("client", "cell_phone_number", "cell phone as written in MyCase"),
    source("client", "home_phone_number", "home phone as written in MyCase"),
    source("client", "work_phone_number", "work phone as written in MyCase"),
    delicate(day("client", "birthdate", "birth date"), "the date of birth"),
    delicate(source("client", "notes", "not read: notes stay in MyCase"), "internal notes"),
    source("lead_attorney", "id", "MyCase's id of the lead attorney"),
    source("lead_attorney", "first_name", "first name"),
    source("lead_attorney", "last_name", "last name"),
    source("lead_attorney", "name", "first and last name"),
    source("lead_attorney", "email", "the portal's e-mail address of the lead attorney"),
    source("lead_attorney", "type", "MyCase's staff type"),
    source("office", "name", "the office's name"),
    source("office", "main_phone", "its main phone"),
    source("office", "city", "its city"),
    source("office", "state", "its state"),
];

/// The groups that take fixed names, and the one that takes any.
pub(crate) const GROUPS: [&str; 5] = ["case", "client", "lead_attorney", "office", "custom"];

impl SourceName {
    /// Reads a source as a file writes it; the error is the help sentence.
    pub fn parse(text: &str) -> Result<SourceName, String> {
        let all = "`casebridge fields` lists what can be named";
        let Some((group, name)) = text.trim().split_once('.') else {
            let whole = SOURCES.iter().find(|source| source.name == text.trim());
            return Err(match whole {
                Some(source) => format!("did you mean \"{}.{}\"? {all}", source.group, source.name),
                None => format!("write a source like \"case.name\" or \"custom.Court\"; {all}"),
            });
        };
        if group == "custom" && !NameKey::new(name).is_empty() {
            return Ok(SourceName::Custom(NameKey::new(name)));
        }
        let make = match group {
            "case" => SourceName::Case,
            "client" => SourceName::Client,
            "lead_attorney" => SourceName::LeadAttorney,
            "office" => SourceName::Office,
            _ => {
                return Err(match nearest::nearest(group, GROUPS) {
                    Some(near) => format!("did you mean \"{near}.{name}\"? {all}"),
                    None => format!("a source begins with case, client, lead_attorney, office or custom; {all}"),
                });
            }
        };
        let names = || SOURCES.iter().filter(|source| source.group == group).map(|source| source.name);
        if names().any(|known| known == name) {
            return Ok(make(name.to_owned()));
        }
        Err(match nearest::nearest(name, names()) {
            Some(near) => format!("did you mean \"{group}.{near}\"? {all}"),
            None => format!("{group} has: {}; a custom field is \"custom.NAME\"", names().collect::<Vec<_>>().join(", ")),
        })
    }

    /// The entry of [`SOURCES`]; `None` for a custom field.
    pub fn known(&self) -> Option<&'static Source> {
        let (group, name) = match self {
            SourceName::Case(name) => ("case", name),
            SourceName::Client(name) => ("client", name),
            SourceName::LeadAttorney(name) => ("lead_attorney", name),
            SourceName::Office(name) => ("office", name),
            SourceName::Custom(_) => return None,
        };
        SOURCES.iter().find(|source| source.group == group && source.name == name)
    }
}

impl std::fmt::Display for SourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceName::Case(name) => write!(f, "case.{name}"),
            SourceName::Client(name) => write!(f, "client.{name}"),
            SourceName::LeadAttorney(name) => write!(f, "lead_attorney.{name}"),
            SourceName::Office(name) => write!(f, "office.{name}"),
            SourceName::Custom(name) => write!(f, "custom.{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_source_gets_the_nearest_one() {
        let said = |text: &str| SourceName::parse(text).map(|name| name.to_string()).unwrap_or_else(|help| help);
        assert_eq!(said("case.case_number"), "case.case_number");
        assert_eq!(said("custom.Portal Enabled"), "custom.portal enabled");
        assert!(said("case.number").starts_with("did you mean \"case.case_number\"?"));
        assert!(said("name").starts_with("did you mean \"case.name\"?"));
        assert!(said("clients.email").starts_with("did you mean \"client.email\"?"));
        assert!(said("matter.x").starts_with("a source begins with"));
    }
}
