//! `<firm>.catalog.toml`: the names of a firm's MyCase and portal, without client data, so that files can be checked
//! offline. Reading and writing the text; comparing it with a firm file is `check`'s.

use super::raw::{At, Maybe, Origin, RawCatalog, RawNamed, read_document};
use super::{Problem, Severity, SourceText};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is known of a firm's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// When it was read.
    pub taken_at: Timestamp,
    /// MyCase's case stages.
    pub stages: Vec<CatalogEntry>,
    /// MyCase's practice areas.
    pub practice_areas: Vec<CatalogEntry>,
    /// MyCase's custom fields.
    pub custom_fields: Vec<CatalogEntry>,
    /// MyCase's people groups; empty when they were not read.
    pub people_groups: Vec<CatalogEntry>,
    /// MyCase's staff types that somebody bears.
    pub staff_types: Vec<String>,
    /// The portal's stages by its practice area; empty when they cannot be read.
    pub portal_stages: BTreeMap<String, Vec<String>>,
}

/// A thing with an id, its name, and the names it bore before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogEntry {
    /// MyCase's id.
    pub id: u64,
    /// Its name now.
    pub name: String,
    /// Earlier names, as earlier catalogs had them.
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
                .collect(),
        });
        (catalog, problems)
    }

    /// Takes over the names that things bore in an older catalog.
    pub fn remember(&mut self, older: &Catalog) {
        let pairs = [
            (&mut self.stages, &older.stages),
            (&mut self.practice_areas, &older.practice_areas),
            (&mut self.custom_fields, &older.custom_fields),
            (&mut self.people_groups, &older.people_groups),
        ];
        for (entries, older) in pairs {
            let older: BTreeMap<u64, &CatalogEntry> = older.iter().map(|entry| (entry.id, entry)).collect();
            for entry in entries {
                let Some(before) = older.get(&entry.id) else { continue };
                let names = before.was.iter().chain([&before.name]).filter(|name| **name != entry.name);
                entry.was = names.cloned().collect();
                entry.was.dedup();
            }
        }
    }

    /// The text of the file.
    pub fn to_toml(&self) -> String {
        let Catalog { taken_at, stages, practice_areas, custom_fields, people_groups, staff_types, portal_stages } = self;
        let mut text =
            format!("# Written by `casebridge catalog pull`; names only, no client data. Commit it.\ntaken_at = \"{taken_at}\"\n");
        let lists =
            [("stages", stages), ("practice_areas", practice_areas), ("custom_fields", custom_fields), ("people_groups", people_groups)];
        for (key, entries) in lists {
            text.push_str(&format!("{key} = [\n"));
            for CatalogEntry { id, name, was } in entries {
                let was = if was.is_empty() { String::new() } else { format!(", was = {}", list(was)) };
                // Writing into a String cannot fail.
                let _ = writeln!(text, "    {{ id = {id}, name = {}{was} }},", quoted(name));
            }
            text.push_str("]\n");
        }
        text.push_str(&format!("staff_types = {}\n\n[portal_stages]\n", list(staff_types)));
        for (area, stages) in portal_stages {
            text.push_str(&format!("{} = {}\n", quoted(area), list(stages)));
        }
        text
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read_and_old_names_are_kept() {
        let entry = |id, name: &str| CatalogEntry { id, name: name.to_owned(), was: Vec::new() };
        let old = Catalog {
            taken_at: "2026-11-01T00:00:00Z".parse().unwrap(),
            stages: vec![entry(1, "Demand \"Sent\""), entry(2, "Intake")],
            practice_areas: vec![],
            custom_fields: vec![entry(7, "Court")],
            people_groups: vec![],
            staff_types: vec!["Attorney".to_owned()],
            portal_stages: BTreeMap::from([("Personal Injury".to_owned(), vec!["Demand".to_owned()])]),
        };
        let mut new = Catalog { stages: vec![entry(1, "Demand"), entry(2, "Intake")], ..old.clone() };
        new.remember(&old);
        let (read, problems) = Catalog::parse(&SourceText::new("acme.catalog.toml", new.to_toml()));
        assert_eq!(problems, []);
        assert_eq!(read, Some(new.clone()));
        assert_eq!(new.stages[0].was, ["Demand \"Sent\""]);
    }
}
