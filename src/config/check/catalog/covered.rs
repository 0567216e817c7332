//! MyCase's stages and practice areas that no rule of the file covers: their cases would need attention.

use super::{header_of, said};
use crate::config::check::Check;
use crate::config::raw::{At, Place, RawFirm, RawNotInMap};
use crate::config::{Catalog, CatalogEntry, nearest};
use crate::domain::{NameKey, Ordered};
use std::collections::BTreeSet;

/// So many names are written out.
const SHOWN: usize = 12;

pub(super) fn uncovered(check: &mut Check<'_>, own: &RawFirm, catalog: &Catalog) {
    let ruled = keys(said::ruled_stages(own));
    let listed = own.portal.stages.as_ref().map(|at| at.value.iter().flat_map(|(_, list)| &list.value).map(key).ordered());
    let stages = left(&catalog.stages, &ruled, own.stages.not_in_map.as_ref(), listed.as_ref());
    let help = format!(
        "add them to [stages.map], or to hide; their cases need attention until then. `casebridge init {} --stage-map` proposes lines",
        check.id
    );
    say(check, own.stages.place.as_ref(), "uncovered-stages", "stages", &stages, &help);
    let ruled = keys(said::practice_areas(own));
    let listed = own.portal.stages.as_ref().map(|at| at.value.iter().map(|(area, _)| key(area)).ordered());
    // With [cases] practice_areas the others are left out, which is a rule, too.
    let chosen = own.cases.practice_areas.as_ref().is_some_and(|at| !at.value.is_empty());
    let all: &[CatalogEntry] = if chosen { &[] } else { &catalog.practice_areas };
    let areas = left(all, &ruled, own.practice_areas.not_in_map.as_ref(), listed.as_ref());
    let help = "add them to [practice_areas.map], or to skip_practice_areas in [cases]; their cases need attention until then";
    say(check, own.practice_areas.place.as_ref(), "uncovered-practice-areas", "practice areas", &areas, help);
}

/// The names that are neither ruled nor taken as they are.
fn left<'c>(
    all: &'c [CatalogEntry],
    ruled: &BTreeSet<NameKey>,
    not_in_map: Option<&At<RawNotInMap>>,
    listed: Option<&BTreeSet<NameKey>>,
) -> Vec<&'c str> {
    let by_itself = |name: &NameKey| match not_in_map.map_or(RawNotInMap::SameName, |at| at.value) {
        RawNotInMap::Keep => true,
        RawNotInMap::Attention => false,
        RawNotInMap::SameName => listed.is_none_or(|listed| listed.contains(name)),
    };
    // One that was renamed is told as that.
    let covered = |entry: &CatalogEntry| {
        let key = NameKey::new(&entry.name);
        ruled.contains(&key) || by_itself(&key) || entry.was.iter().any(|was| ruled.contains(&NameKey::new(was)))
    };
    all.iter().filter(|entry| !covered(entry)).map(|entry| entry.name.as_str()).collect()
}

fn say(check: &mut Check<'_>, section: Option<&Place>, code: &'static str, what: &str, names: &[&str], help: &str) {
    if names.is_empty() {
        return;
    }
    let more = names.len().saturating_sub(SHOWN);
    let shown = nearest::list(&names[..names.len() - more]);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let place = header_of(check, section);
    check.warning(&place, code, format!("no rule covers these {what} of MyCase: {shown}{more}"), help);
}

fn keys(names: super::Names) -> BTreeSet<NameKey> {
    names.into_iter().map(|(name, _)| NameKey::new(&name)).ordered()
}

fn key(at: &At<String>) -> NameKey {
    NameKey::new(&at.value)
}
