//! The portal's names as the file spells them, against those in which the portal's cases stand. That shows only where some
//! case stands, so absence proves nothing: what is spelled almost like another name is a hint, and nothing else is said.

use crate::config::check::Check;
use crate::config::raw::{At, RawFirm};
use crate::config::{Catalog, Severity, nearest};
use crate::domain::Ordered;
use std::collections::BTreeSet;

pub(super) fn hints(check: &mut Check<'_>, own: &RawFirm, catalog: &Catalog) {
    let seen: BTreeSet<&str> = catalog.portal_stages.values().flatten().map(String::as_str).ordered();
    let listed = own.portal.stages.iter().flat_map(|at| at.value.iter());
    let map = own.stages.map.iter().flat_map(|at| at.value.iter()).map(|(_, to)| to);
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).flat_map(|(_, map)| map.value.iter()).map(|(_, to)| to);
    // With [portal.stages] the maps are held against that list; it alone is held against the portal.
    let stages: Vec<&At<String>> =
        if own.portal.stages.is_some() { listed.clone().flat_map(|(_, list)| &list.value).collect() } else { map.chain(areas).collect() };
    hint(check, "stage", &stages, &seen);
    let seen: BTreeSet<&str> = catalog.portal_stages.keys().map(String::as_str).filter(|area| !area.is_empty()).ordered();
    let mapped = own.practice_areas.map.iter().flat_map(|at| at.value.iter()).map(|(_, to)| to);
    let areas: Vec<&At<String>> = if own.portal.stages.is_some() { listed.map(|(area, _)| area).collect() } else { mapped.collect() };
    hint(check, "practice area", &areas, &seen);
}

/// A name that no case bears and that is almost one which some case bears, and the file never says.
fn hint(check: &mut Check<'_>, what: &str, names: &[&At<String>], seen: &BTreeSet<&str>) {
    let said: BTreeSet<&str> = names.iter().map(|at| at.value.as_str()).ordered();
    let unsaid: Vec<&str> = seen.difference(&said).copied().collect();
    let mut hinted = BTreeSet::new();
    for at in names.iter().filter(|at| !seen.contains(at.value.as_str())) {
        let near = nearest::nearest(&at.value, unsaid.iter().copied()).filter(|near| nearest::is_slip(&at.value, near));
        let Some(near) = near.filter(|_| hinted.insert(at.value.as_str())) else { continue };
        let message = format!("no case in the portal stands in the {what} {:?}, but some stand in {near:?}", at.value);
        check.add(&at.place, Severity::Note, "portal-name", message, format!("did you mean {near:?}? The portal wants its own spelling"));
    }
}
