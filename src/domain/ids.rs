//! Ids, each its own type, so that a client's id is never taken for a case's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

number_id!(
    /// A case in MyCase (MyCase: Cases.json, `id`, a whole number).
    CaseId
);
number_id!(
    /// A client, a natural person in MyCase (MyCase: Clients.json, `id`).
    PersonId
);
number_id!(
    /// A company in MyCase (MyCase: Companies.json, `id`).
    CompanyId
);
number_id!(
    /// A member of the firm in MyCase (MyCase: Staff.json, `id`).
    StaffId
);
number_id!(
    /// A custom field in MyCase (MyCase: CustomFields.json, `id`).
    FieldId
);
number_id!(
    /// A people group in MyCase (MyCase: PeopleGroups.json, `id`).
    GroupId
);
number_id!(
    /// A document in MyCase (MyCase: Documents.json, `id`).
    DocumentId
);
number_id!(
    /// A note in MyCase (MyCase: Notes.json, `id`).
    NoteId
);
number_id!(
    /// One run of one firm; counts up within the firm's state.
    RunId
);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text_id!(
    /// A record's id in the portal, as the portal gave it.
    PortalId
);
text_id!(
    /// A file's or a message's id in the portal, as the portal gave it. Files and messages count apart.
    ItemId
);
text_id!(
    /// The name of a saved plan: `p-` and eight hex digits of what it would do, so equal plans bear equal names.
    PlanName
);

/// A firm's id: the part of its file's name before `.firm.toml`; lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FirmId(String);

/// A text that cannot be a firm's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a firm's id has lower-case letters, digits and hyphens only, and starts with a letter or digit: {0:?} does not")]
pub struct FirmIdError(pub String);

impl FirmId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What environment variables of this firm begin with: upper case, hyphens as underscores, one underscore at the end.
    pub fn environment_prefix(&self) -> String {
        format!("{}_", self.0.to_uppercase().replace('-', "_"))
    }
}

impl FromStr for FirmId {
    type Err = FirmIdError;
    fn from_str(text: &str) -> Result<Self, FirmIdError> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > 100 || text.starts_with('-') || !text.chars().all(fine) {
            return Err(FirmIdError(text.to_owned()));
        }
        Ok(FirmId(text.to_owned()))
    }
}

impl TryFrom<String> for FirmId {
    type Error = FirmIdError;
    fn try_from(text: String) -> Result<Self, FirmIdError> {
        text.parse()
    }
}

impl From<FirmId> for String {
    fn from(id: FirmId) -> String {
        id.0
    }
}

impl fmt::Display for FirmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_firm_id_is_what_a_file_name_and_a_variable_can_carry() {
        assert_eq!("acme-2".parse::<FirmId>().unwrap().environment_prefix(), "ACME_2_");
        for bad in ["", "Acme", "-a", "a b", "a/b", "../a", "a.b"] {
            assert!(bad.parse::<FirmId>().is_err(), "{bad}");
        }
    }
}
