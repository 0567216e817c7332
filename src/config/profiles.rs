//! The profiles there are: the built-in ones and those of the daemon's profile folder, whose text the shell hands in.

use super::profile::Profile;
use super::profile_parse;
use super::{Problem, Severity, SourceText};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};
use toml::de::DeTable;

const BUILTIN: [(&str, &str); 2] =
    [("case-status", include_str!("../portal/profiles/case-status.toml")), ("hona", include_str!("../portal/profiles/hona.toml"))];

/// Profiles by name. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    known: BTreeMap<String, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    source: SourceText,
    profile: Arc<Profile>,
}

impl Profiles {
    /// The built-in ones: `case-status` and `hona`. A test sees that they are free of problems.
    pub fn builtin() -> Profiles {
        static READ: LazyLock<Profiles> = LazyLock::new(|| {
            let mut profiles = Profiles::default();
            for (name, text) in BUILTIN {
                profiles.with(name, SourceText::new(format!("{name}.toml"), text));
            }
            profiles
        });
        READ.clone()
    }

    /// Adds a profile, or takes its place when the name is known. Gives every problem; with an error nothing is added.
    pub fn with(&mut self, name: &str, source: SourceText) -> Vec<Problem> {
        match profile_parse::parse(name, &source) {
            Ok((profile, warnings)) => {
                self.known.insert(name.to_owned(), Known { source, profile: Arc::new(profile) });
                warnings
            }
            Err(problems) => problems,
        }
    }

    /// The profile of a name.
    pub fn get(&self, name: &str) -> Option<Arc<Profile>> {
        self.known.get(name).map(|known| known.profile.clone())
    }

    /// The names, sorted.
    pub fn names(&self) -> Vec<&str> {
        self.known.keys().map(String::as_str).collect()
    }

    /// A profile with `[portal.overrides]` of a firm's file laid over it: single keys, at any depth; the requests of an
    /// operation of several by number from 1. `span` is the table's place in the firm's file. Name, host and authentication
    /// cannot change. Errors name the file they are in, and the firm's file when the base is unknown.
    pub fn overlay(&self, base: &str, overrides: &DeTable<'_>, span: Range<usize>, source: &SourceText) -> Result<Profile, Vec<Problem>> {
        let Some(known) = self.known.get(base) else {
            let help = format!("write one of: {}", self.names().join(", "));
            let message = format!("there is no profile {base:?} to override");
            return Err(vec![Problem::at(source, span, Severity::Error, "unknown-profile", message, help)]);
        };
        profile_parse::overlay(base, &known.source, overrides, span, source).map(|(profile, _)| profile)
    }

    /// The text a profile was read from, e.g. as the start of one's own.
    pub fn source(&self, name: &str) -> Option<&SourceText> {
        self.known.get(name).map(|known| &known.source)
    }
}
