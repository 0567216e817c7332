//! One of MyCase's lists, by the names that things bear and bore.

use super::{Names, Trust};
use crate::config::check::Check;
use crate::config::raw::Place;
use crate::config::{Catalog, CatalogEntry, Severity, nearest};
use crate::domain::{NameKey, Ordered};
use std::collections::BTreeMap;

/// A list to look names up in. An empty one was not read: it knows nothing and proves nothing.
pub(super) struct Known<'c> {
    pub(super) what: &'static str,
    now: BTreeMap<NameKey, &'c str>,
    before: BTreeMap<NameKey, &'c str>,
}

/// What a list says of a name.
pub(super) enum Said<'c> {
    /// Something bears it, or nothing is known.
    Fine,
    /// What bore it is called this now.
    Renamed(&'c str),
    /// Nothing bears it; the nearest name that something does.
    Unknown(Option<&'c str>),
}

impl<'c> Known<'c> {
    pub(super) fn new(what: &'static str, entries: &'c [CatalogEntry]) -> Known<'c> {
        let now = entries.iter().map(|entry| (NameKey::new(&entry.name), entry.name.as_str())).ordered();
        let before = entries.iter().flat_map(|entry| entry.was.iter().map(|was| (NameKey::new(was), entry.name.as_str()))).ordered();
        Known { what, now, before }
    }

    /// The staff types: names without ids.
    pub(super) fn of_types(types: &'c [String]) -> Known<'c> {
        let now = types.iter().map(|name| (NameKey::new(name), name.as_str())).ordered();
        Known { what: "staff type", now, before: BTreeMap::new() }
    }

    pub(super) fn says(&self, name: &str) -> Said<'c> {
        let key = NameKey::new(name);
        if self.now.is_empty() || self.now.contains_key(&key) {
            return Said::Fine;
        }
        match self.before.get(&key) {
            Some(now) => Said::Renamed(now),
            None => Said::Unknown(nearest::nearest(name, self.now.values().copied())),
        }
    }

    /// Looks at every name that the file says.
    pub(super) fn look_at(&self, check: &mut Check<'_>, names: &Names, catalog: &Catalog, trust: Trust) {
        for (name, place) in names {
            match self.says(name) {
                Said::Fine => {}
                Said::Renamed(now) => renamed(check, names, (name, place), now, trust),
                Said::Unknown(near) => self.unknown(check, (name, place), near, catalog, trust),
            }
        }
    }

    fn unknown(&self, check: &mut Check<'_>, (name, place): (&str, &Place), near: Option<&str>, catalog: &Catalog, trust: Trust) {
        let (what, pull) = (self.what, format!("`casebridge catalog pull {}`", check.id));
        let slip = near.is_some_and(|near| nearest::is_slip(name, near));
        let severity = if trust == Trust::Live || (trust == Trust::Fresh && slip) { Severity::Error } else { Severity::Warning };
        let message = match trust {
            Trust::Live => format!("MyCase has no {what} {name:?}"),
            _ if slip => format!("MyCase has no {what} {name:?}"),
            Trust::Fresh | Trust::Stale => {
                format!("MyCase had no {what} {name:?} when the catalog was read ({})", catalog.taken_at.strftime("%Y-%m-%d"))
            }
        };
        let help = match (near, trust) {
            (Some(near), Trust::Live) => format!("did you mean {near:?}?"),
            (None, Trust::Live) => "look it up in MyCase; write the name as it is spelled there".to_owned(),
            (Some(near), _) => format!("did you mean {near:?}? If {name:?} is new in MyCase, run {pull}"),
            (None, _) => format!("look it up in MyCase; if it is new there, run {pull}"),
        };
        check.add(place, severity, "unknown-name", message, help);
    }

    /// Types that nobody bears now may still come: a warning only.
    pub(super) fn look_at_types(&self, check: &mut Check<'_>, names: &Names) {
        for (name, place) in names {
            let Said::Unknown(near) = self.says(name) else { continue };
            let help = match near {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("MyCase's staff have: {}", self.now.values().copied().collect::<Vec<_>>().join(", ")),
            };
            check.warning(place, "unknown-name", format!("nobody in MyCase is of the staff type {name:?}"), help);
        }
    }
}

/// A run does not guess what a renamed name means: what the line would send waits. So offline it is no error.
fn renamed(check: &mut Check<'_>, names: &Names, (name, place): (&str, &Place), now: &str, trust: Trust) {
    let message = format!("'{name}' is now called '{now}'; line {} still says '{name}'", check.line(place));
    let new = names.iter().find(|(other, _)| NameKey::new(other) == NameKey::new(now));
    let (severity, help) = match new {
        Some((_, new)) => (Severity::Warning, format!("leave this one out: line {} says {now:?}", check.line(new))),
        None if trust == Trust::Live => (Severity::Error, format!("write {now:?}")),
        None => (Severity::Warning, format!("write {now:?}; until then what this line decides waits")),
    };
    check.add(place, severity, "renamed", message, help);
}
