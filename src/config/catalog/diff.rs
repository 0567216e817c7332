//! What one catalog has that another has not: what came, what went, what bears another name under the same id.

use super::{Catalog, CatalogEntry};
use crate::domain::Ordered;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What changed from one catalog to another, list by list in the file's order; lists that are equal are not here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CatalogDiff {
    /// Each list with what changed in it.
    pub lists: Vec<ListDiff>,
}

/// What changed in one list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ListDiff {
    /// The list as the file calls it, e.g. `stages`.
    pub list: &'static str,
    /// Names that are new; for the portal's stages with their practice area.
    pub came: Vec<String>,
    /// Names that are gone.
    pub went: Vec<String>,
    /// Things that bear another name now.
    pub renamed: Vec<RenamedEntry>,
    /// This time the list could not be read: nothing is known of it.
    pub unread: bool,
}

/// One thing that bears another name now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedEntry {
    /// MyCase's id.
    pub id: u64,
    /// The name before.
    pub was: String,
    /// The name now.
    pub now: String,
}

impl CatalogDiff {
    /// What changed from `old` to `new`. `None` for `old`: there was no catalog, so everything came.
    pub fn between(old: Option<&Catalog>, new: &Catalog) -> CatalogDiff {
        // Every list is named here: a new one does not compile until it is compared.
        let Catalog { taken_at: _, stages, practice_areas, custom_fields, people_groups, staff_types, portal_stages } = new;
        let entries = |of: fn(&Catalog) -> &Vec<CatalogEntry>| old.map_or(&[][..], |old| of(old).as_slice());
        let names = |list: &[String]| list.iter().cloned().ordered::<BTreeSet<String>>();
        let lists = [
            of_entries("stages", entries(|old| &old.stages), stages),
            of_entries("practice_areas", entries(|old| &old.practice_areas), practice_areas),
            of_entries("custom_fields", entries(|old| &old.custom_fields), custom_fields),
            of_entries("people_groups", entries(|old| &old.people_groups), people_groups),
            of_names("staff_types", &old.map(|old| names(&old.staff_types)).unwrap_or_default(), &names(staff_types)),
            of_names("portal_stages", &old.map(|old| in_portal(&old.portal_stages)).unwrap_or_default(), &in_portal(portal_stages)),
        ];
        CatalogDiff { lists: lists.into_iter().filter(|list| !list.is_empty()).collect() }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
}

impl ListDiff {
    fn is_empty(&self) -> bool {
        let ListDiff { list: _, came, went, renamed, unread } = self;
        came.is_empty() && went.is_empty() && renamed.is_empty() && !unread
    }
}

/// Each of the portal's stages with its practice area.
fn in_portal(stages: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let of_area = |(area, stages): (&String, &Vec<String>)| -> Vec<String> {
        let whole = |stage: &String| if area.is_empty() { stage.clone() } else { format!("{area}: {stage}") };
        if stages.is_empty() { vec![area.clone()] } else { stages.iter().map(whole).collect() }
    };
    stages.iter().flat_map(of_area).ordered()
}

fn of_entries(list: &'static str, old: &[CatalogEntry], new: &[CatalogEntry]) -> ListDiff {
    let mut diff = ListDiff { list, unread: new.is_empty() && !old.is_empty(), ..ListDiff::default() };
    if diff.unread {
        return diff;
    }
    let before: BTreeMap<u64, &str> = old.iter().map(|entry| (entry.id, entry.name.as_str())).ordered();
    let now: BTreeSet<u64> = new.iter().map(|entry| entry.id).ordered();
    for CatalogEntry { id, name, was: _ } in new {
        match before.get(id) {
            None => diff.came.push(name.clone()),
            Some(was) if was != name => diff.renamed.push(RenamedEntry { id: *id, was: (*was).to_owned(), now: name.clone() }),
            Some(_) => {}
        }
    }
    diff.went.extend(old.iter().filter(|entry| !now.contains(&entry.id)).map(|entry| entry.name.clone()));
    diff
}

fn of_names(list: &'static str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> ListDiff {
    let unread = new.is_empty() && !old.is_empty();
    let went = if unread { Vec::new() } else { old.difference(new).cloned().collect() };
    ListDiff { list, came: new.difference(old).cloned().collect(), went, renamed: Vec::new(), unread }
}

impl fmt::Display for CatalogDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lists.iter().try_for_each(|list| list.fmt(f))
    }
}

impl fmt::Display for ListDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ListDiff { list, came, went, renamed, unread } = self;
        writeln!(f, "{}", list.replace('_', " "))?;
        renamed.iter().try_for_each(|RenamedEntry { id: _, was, now }| writeln!(f, "  ~ {was:?} is now called {now:?}"))?;
        came.iter().try_for_each(|name| writeln!(f, "  + {name:?}"))?;
        went.iter().try_for_each(|name| writeln!(f, "  - {name:?}"))?;
        if *unread { writeln!(f, "  ? could not be read this time") } else { Ok(()) }
    }
}
