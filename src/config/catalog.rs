//! `<firm>.catalog.toml`: the names of a firm's MyCase and portal, without client data, so that files can be checked
//! offline. Reading it, and what one catalog remembers of an older one; `text` writes it, `diff` compares two. Comparing it
//! with a firm file is `check`'s.

mod diff;
#[cfg(test)]
mod tests;
mod text;

pub use diff::{CatalogDiff, ListDiff, RenamedEntry};
pub(super) use text::quoted;

use super::raw::{At, Maybe, Origin, RawCatalog, RawNamed, read_document};
use super::{Problem, Severity, SourceText};
use crate::domain::{NameKey, Ordered};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// After this many days a catalog is a hint only.
const STALE_DAYS: i64 = 30;
/// A catalog whose names are still right is dated anew after this many days: often enough that it never grows stale, seldom
/// enough that a pull every night leaves no trace in git.
const FRESH_DAYS: i64 = 7;
/// How many former names of one thing are kept.
const MOST_FORMER: usize = 10;

/// What is known of a firm's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// When it was read.
    pub taken_at: Timestamp,
    /// MyCase's case stages. Like every list here it is empty when it was not read, and then proves nothing.
    pub stages: Vec<CatalogEntry>,
    /// MyCase's practice areas.
    pub practice_areas: Vec<CatalogEntry>,
    /// MyCase's custom fields.
    pub custom_fields: Vec<CatalogEntry>,
    /// MyCase's people groups.
    pub people_groups: Vec<CatalogEntry>,
    /// MyCase's staff types that somebody bears.
    pub staff_types: Vec<String>,
    /// The portal's stages by its practice area, as far as a case has stood in one: what is not here may still be there.
    pub portal_stages: BTreeMap<String, Vec<String>>,
}

/// A thing with an id, its name, and the names it bore before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogEntry {
    /// MyCase's id.
    pub id: u64,
    /// Its name now.
    pub name: String,
    /// Earlier names, the oldest first.
    pub was: Vec<String>,
}

impl Catalog {
    /// Reads a catalog's text; with an error there is none.
    pub fn parse(source: &SourceText) -> (Option<Catalog>, Vec<Problem>) {
        let (raw, mut problems) = read_document::<RawCatalog>(source, Origin::File, &[("", RawCatalog::KEYS)]);
        let Some(raw) = raw else { return (None, problems) };
        let taken_at = raw.taken_at.as_ref().and_then(|at| at.value.parse().ok());
        if taken_at.is_none() {
            let span = raw.taken_at.as_ref().map_or(0..0, |at| at.place.span.clone());
            let help = "run `casebridge catalog pull FIRM` again; the file is not meant to be written by hand".to_owned();
            problems.push(Problem::at(
                source,
                span,
                Severity::Error,
                "bad-catalog",
                "the catalog does not say when it was read".to_owned(),
                help,
            ));
        }
        let catalog = taken_at.filter(|_| problems.is_empty()).map(|taken_at| Catalog {
            taken_at,
            stages: entries(&raw.stages),
            practice_areas: entries(&raw.practice_areas),
            custom_fields: entries(&raw.custom_fields),
            people_groups: entries(&raw.people_groups),
            staff_types: raw.staff_types.as_ref().map(texts).unwrap_or_default(),
            portal_stages: raw
                .portal_stages
                .iter()
                .flat_map(|at| at.value.iter())
                .map(|(area, list)| (area.value.clone(), texts(list)))
                .ordered(),
        });
        (catalog, problems)
    }

    /// Takes over what an older catalog knew: the names that things bore, and the portal's stages, since a stage in which no
    /// case stands today is still there.
    pub fn remember(&mut self, older: &Catalog) {
        let pairs = [
            (&mut self.stages, &older.stages),
            (&mut self.practice_areas, &older.practice_areas),
            (&mut self.custom_fields, &older.custom_fields),
            (&mut self.people_groups, &older.people_groups),
        ];
        for (entries, older) in pairs {
            let older: BTreeMap<u64, &CatalogEntry> = older.iter().map(|entry| (entry.id, entry)).ordered();
            for entry in entries {
                let Some(before) = older.get(&entry.id) else { continue };
                let later = std::mem::take(&mut entry.was);
                entry.was = former(&entry.name, before.was.iter().chain([&before.name]).chain(&later));
            }
        }
        for (area, stages) in &older.portal_stages {
            let known = self.portal_stages.entry(area.clone()).or_default();
            let all: BTreeSet<String> = known.drain(..).chain(stages.iter().cloned()).ordered();
            known.extend(all);
        }
    }

    /// How many days old it is.
    pub fn days_old(&self, now: Timestamp) -> i64 {
        now.duration_since(self.taken_at).as_hours() / 24
    }

    /// Whether it is so old that it is a hint only.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.days_old(now) >= STALE_DAYS
    }

    /// Whether the file of this catalog can stay as it is when `newer` was read: it says the same, and not too long ago.
    pub fn stands_for(&self, newer: &Catalog) -> bool {
        let same = Catalog { taken_at: newer.taken_at, ..self.clone() } == *newer;
        same && newer.taken_at.duration_since(self.taken_at) < SignedDuration::from_hours(FRESH_DAYS * 24)
    }
}

impl CatalogEntry {
    /// A thing with the names it bore before, the oldest first.
    pub fn new(id: u64, name: &str, before: &[String]) -> CatalogEntry {
        CatalogEntry { id, name: name.to_owned(), was: former(name, before.iter()) }
    }
}

/// Former names, each once, without the name that is borne now.
fn former<'a>(now: &str, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::from([NameKey::new(now)]);
    let mut former: Vec<String> = names.filter(|name| seen.insert(NameKey::new(name))).cloned().collect();
    former.drain(..former.len().saturating_sub(MOST_FORMER));
    former
}

fn texts(list: &At<Vec<At<String>>>) -> Vec<String> {
    list.value.iter().map(|at| at.value.clone()).collect()
}

fn entries(raw: &Maybe<Vec<At<RawNamed>>>) -> Vec<CatalogEntry> {
    let entry = |at: &At<RawNamed>| {
        let RawNamed { place: _, id, name, was } = &at.value;
        Some(CatalogEntry { id: id.as_ref()?.value, name: name.as_ref()?.value.clone(), was: was.as_ref().map(texts).unwrap_or_default() })
    };
    raw.iter().flat_map(|at| &at.value).filter_map(entry).collect()
}
