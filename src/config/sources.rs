//! Where a portal field's value can come from: the one table of sources that `[fields]`, templates, `enabled_by` and
//! `casebridge fields` share. `mapping` reads the values; a test there holds it to this table.

use super::SourceName;
use crate::domain::NameKey;
use std::str::FromStr;

/// One source that a firm file may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// As written in the file, e.g. `case.case_number`.
    pub name: &'static str,
    /// One line for `casebridge fields`.
    pub help: &'static str,
    /// Why clients should hardly read it; naming it is a warning that says so.
    pub sensitive: Option<&'static str>,
}

/// Every source but `custom.NAME` (a case's custom field) and `client.custom.NAME` (a client's), in the order `casebridge fields` shows them (MyCase: Cases.json CaseResponse,
/// ClientNestedResponse; Staff.json).
pub const SOURCES: &[Source] = &[
    plain("case.id", "the case's id in MyCase; never empty"),
    plain("case.name", "the case's name"),
    plain("case.case_number", "the case number the firm gave"),
    sensitive("case.description", "the case's description", "it is often written for the firm, not for the client"),
    plain("case.opened_date", "the day the case was opened"),
    plain("case.closed_date", "the day the case was closed"),
    plain("case.sol_date", "the day the statute of limitations runs out"),
    plain("case.practice_area", "the practice area as MyCase spells it"),
    plain("case.case_stage", "the stage as MyCase spells it"),
    plain("case.status", "open or closed"),
    sensitive("case.outstanding_balance", "what is still to be paid", "it shows what the client owes"),
    sensitive("case.billing_type", "hourly, contingency, flat, mixed or pro_bono", "it shows how the case is billed"),
    plain("case.created_date", "the day the case was made in MyCase, in the firm's time zone"),
    plain("client.id", "the first client's id in MyCase"),
    plain("client.first_name", "the first client's first name"),
    plain("client.middle_name", "the first client's middle name or initial"),
    plain("client.last_name", "the first client's last name"),
    plain("client.full_name", "the first client's first and last name"),
    plain("client.email", "the first client's e-mail address"),
    plain("client.phone", "the first client's phone by the rule in [clients], as +12127365000"),
    plain("client.cell_phone_number", "the first client's cell phone as written in MyCase"),
    plain("client.home_phone_number", "the first client's home phone as written in MyCase"),
    plain("client.work_phone_number", "the first client's work phone as written in MyCase"),
    sensitive("client.birthdate", "the first client's birth date", "a birth date helps others to pose as the client"),
    plain("client.contact_group", "the first client's contact group in MyCase"),
    plain("client.people_group", "the first client's people group in MyCase; read from the list of all clients"),
    plain("lead_attorney.id", "the lead attorney's id in MyCase"),
    plain("lead_attorney.first_name", "the lead attorney's first name"),
    plain("lead_attorney.last_name", "the lead attorney's last name"),
    plain("lead_attorney.full_name", "the lead attorney's first and last name"),
    plain("lead_attorney.email", "the lead attorney's e-mail address in the portal, after [staff.email]"),
    plain("office.name", "the name of the office that keeps the case"),
    plain("office.main_phone", "the main phone of the office"),
    plain("office.city", "the city of the office"),
    plain("office.state", "the state of the office"),
];

const fn plain(name: &'static str, help: &'static str) -> Source {
    Source { name, help, sensitive: None }
}

const fn sensitive(name: &'static str, help: &'static str, why: &'static str) -> Source {
    Source { name, help, sensitive: Some(why) }
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceNameError {
    /// `custom.` with nothing behind it.
    #[error("the name of the custom field is missing")]
    NoCustomName,
    /// No such source; with the most similar one when there is one.
    #[error("there is no source {name:?}")]
    Unknown {
        /// As written.
        name: String,
        /// What may have been meant.
        nearest: Option<&'static str>,
    },
}

impl Source {
    /// The source of this name.
    pub fn find(name: &str) -> Option<&'static Source> {
        SOURCES.iter().find(|source| source.name == name)
    }
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    /// Reads `case.case_number`, `custom.Portal Enabled`, ... Outer blanks do not matter.
    fn from_str(text: &str) -> Result<SourceName, SourceNameError> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("custom.") {
            let name = NameKey::new(name);
            return if name.is_empty() { Err(SourceNameError::NoCustomName) } else { Ok(SourceName::Custom(name)) };
        }
        if let Some(name) = text.strip_prefix("client.custom.") {
            let name = NameKey::new(name);
            return if name.is_empty() { Err(SourceNameError::NoCustomName) } else { Ok(SourceName::Client(format!("custom.{name}"))) };
        }
        let known = Source::find(text).and_then(|source| source.name.split_once('.'));
        match known {
            Some(("case", name)) => Ok(SourceName::Case(name.to_owned())),
            Some(("client", name)) => Ok(SourceName::Client(name.to_owned())),
            Some(("lead_attorney", name)) => Ok(SourceName::LeadAttorney(name.to_owned())),
            Some(("office", name)) => Ok(SourceName::Office(name.to_owned())),
            Some(_) | None => Err(SourceNameError::Unknown { name: text.to_owned(), nearest: nearest(text) }),
        }
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

/// The most similar source, if one is similar enough to be a slip; a name without its group finds its group.
fn nearest(text: &str) -> Option<&'static str> {
    let alike = |source: &Source| {
        let tail = source.name.split_once('.').map_or(source.name, |(_, tail)| tail);
        strsim::jaro_winkler(source.name, text).max(strsim::jaro_winkler(tail, text))
    };
    let best = SOURCES.iter().map(|source| (alike(source), source.name)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.85).then_some(best.1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn every_source_of_the_table_is_read_and_printed_as_written() {
        for source in SOURCES {
            assert_eq!(source.name.parse::<SourceName>().unwrap().to_string(), source.name);
        }
        assert_eq!("custom. Portal Enabled".parse::<SourceName>().unwrap(), SourceName::Custom(NameKey::new("portal enabled")));
    }

    #[test]
    fn a_slip_is_answered_with_what_may_have_been_meant() {
        let nearest = |text: &str| match text.parse::<SourceName>() {
            Err(SourceNameError::Unknown { nearest, .. }) => nearest,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(nearest("case.case_numbr"), Some("case.case_number"));
        assert_eq!(nearest("opened_date"), Some("case.opened_date"));
        assert_eq!(nearest("weather"), None);
        assert_eq!("custom. ".parse::<SourceName>(), Err(SourceNameError::NoCustomName));
    }
}
