//! The names of a firm file against MyCase's: offline from the catalog beside it, online from what MyCase says now.

use super::Check;
use super::firm::header;
use crate::config::catalog::{Catalog, CatalogEntry};
use crate::config::raw::{At, Origin, Place, RawField, RawFirm, RawNotInMap};
use crate::config::{NameList, NamedInFile, Severity, SourceName, SourceText, Template, nearest};
use crate::domain::NameKey;
use std::collections::{BTreeMap, BTreeSet};

/// After this many days a catalog is a hint only.
const STALE_DAYS: i64 = 30;

/// Compares every name the file itself says. `own` is the file without the built-in defaults.
pub(super) fn check_names(check: &mut Check<'_>, own: &RawFirm, file: Option<&SourceText>, live: Option<&Catalog>) {
    let read = match (live, file) {
        (Some(_), _) => None,
        (None, Some(source)) => {
            let (catalog, mut problems) = Catalog::parse(source);
            check.problems.append(&mut problems);
            catalog
        }
        (None, None) => return,
    };
    let Some(catalog) = live.or(read.as_ref()) else { return };
    let days = check.now.duration_since(catalog.taken_at).as_hours() / 24;
    let stale = live.is_none() && days > STALE_DAYS;
    if stale {
        let message = format!("the catalog of MyCase's names is {days} days old: names are compared with it, but only as a hint");
        let help = format!("run `casebridge catalog pull {}`", check.id);
        check.warning(&Place::default(), "stale-catalog", message, help);
    }
    let severity = if stale { Severity::Warning } else { Severity::Error };
    let lists = [
        ("stage", stages(own), &catalog.stages),
        ("practice area", practice_areas(own), &catalog.practice_areas),
        ("custom field", custom_fields(own), &catalog.custom_fields),
        ("people group", people_group(own), &catalog.people_groups),
    ];
    for (what, names, entries) in lists {
        // An empty list was not read: it proves nothing.
        if !entries.is_empty() {
            let known = Known::new(what, entries);
            names.into_iter().for_each(|(name, place)| known.look(check, &name, &place, severity));
        }
    }
    staff_types(check, own, &catalog.staff_types);
    portal_stages(check, own, catalog, severity);
    if live.is_some() {
        uncovered(check, own, &catalog.stages);
    }
}

type Names = Vec<(String, Place)>;

fn of(list: &Option<At<Vec<At<String>>>>) -> impl Iterator<Item = (String, Place)> {
    list.iter().flat_map(|at| &at.value).map(named)
}

fn named(at: &At<String>) -> (String, Place) {
    (at.value.clone(), at.place.clone())
}

fn stages(own: &RawFirm) -> Names {
    let map = own.stages.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).flat_map(|(_, map)| map.value.iter()).map(|(from, _)| named(from));
    map.chain(areas).chain(of(&own.stages.hide)).chain(of(&own.cases.skip_stages)).chain(of(&own.closure.by_hand)).collect()
}

fn practice_areas(own: &RawFirm) -> Names {
    let map = own.practice_areas.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).map(|(area, _)| named(area));
    map.chain(areas).chain(of(&own.cases.practice_areas)).chain(of(&own.cases.skip_practice_areas)).collect()
}

/// Every name of MyCase's stages and practice areas that the firm file itself says, in the order of the lines.
pub(super) fn names_said(check: &Check<'_>, raw: &RawFirm) -> Vec<NamedInFile> {
    let said = |list: NameList, names: Names| names.into_iter().map(move |(name, place)| (list, name, place));
    let all = said(NameList::Stages, stages(raw)).chain(said(NameList::PracticeAreas, practice_areas(raw)));
    let in_file = all.map(|(list, name, place)| NamedInFile { list, name, line: check.line(&place) });
    let mut names: Vec<NamedInFile> = in_file.collect();
    names.sort_by(|a, b| (a.line, a.list, &a.name).cmp(&(b.line, b.list, &b.name)));
    names
}

fn custom_fields(own: &RawFirm) -> Names {
    let mut names: Names = own.cases.enabled_by.iter().map(named).collect();
    for (_, value) in own.fields.iter().flat_map(|at| at.value.iter()) {
        match &value.value {
            RawField::One(text) => names.push((text.clone(), value.place.clone())),
            RawField::First(list) => names.extend(list.iter().map(named)),
            RawField::Template(inner) => names.extend(
                Template::compile(&inner.template.value)
                    .iter()
                    .flat_map(Template::uses)
                    .map(|name| (name.to_owned(), inner.template.place.clone())),
            ),
        }
    }
    let custom = |(text, place): (String, Place)| match text.parse() {
        Ok(SourceName::Custom(_)) => text.trim().strip_prefix("custom.").map(|name| (name.to_owned(), place)),
        _ => None,
    };
    names.into_iter().filter_map(custom).collect()
}

fn people_group(own: &RawFirm) -> Names {
    let group = |at: &At<String>| at.value.trim().strip_prefix("group:").map(|name| (name.to_owned(), at.place.clone()));
    own.clients.who.iter().filter_map(group).collect()
}

/// One of MyCase's lists, by name now and by names before.
struct Known<'c> {
    what: &'static str,
    now: BTreeMap<NameKey, &'c str>,
    before: BTreeMap<NameKey, &'c str>,
}

impl<'c> Known<'c> {
    fn new(what: &'static str, entries: &'c [CatalogEntry]) -> Known<'c> {
        let now = entries.iter().map(|entry| (NameKey::new(&entry.name), entry.name.as_str())).collect();
        let before = entries.iter().flat_map(|entry| entry.was.iter().map(|was| (NameKey::new(was), entry.name.as_str()))).collect();
        Known { what, now, before }
    }

    fn look(&self, check: &mut Check<'_>, name: &str, place: &Place, severity: Severity) {
        let (key, what) = (NameKey::new(name), self.what);
        if self.now.contains_key(&key) {
            return;
        }
        if let Some(now) = self.before.get(&key) {
            let message = format!("'{name}' is now called '{now}'; line {} still says '{name}'", check.line(place));
            check.add(place, severity, "renamed", message, format!("write {now:?}"));
            return;
        }
        let help = match nearest::nearest(name, self.now.values().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("look it up in MyCase; if it is new there, run `casebridge catalog pull {}`", check.id),
        };
        check.add(place, severity, "unknown-name", format!("MyCase has no {what} {name:?}"), help);
    }
}

/// Types that nobody bears now may still come: a warning only.
fn staff_types(check: &mut Check<'_>, own: &RawFirm, types: &[String]) {
    if types.is_empty() {
        return;
    }
    let roles = own.staff.roles.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    let known: BTreeMap<NameKey, &str> = types.iter().map(|name| (NameKey::new(name), name.as_str())).collect();
    for (name, place) in of(&own.staff.paralegals).chain(roles).collect::<Names>() {
        if !known.contains_key(&NameKey::new(&name)) {
            let near = nearest::nearest(&name, known.values().copied());
            let help = near.map_or_else(|| format!("MyCase's staff have: {}", types.join(", ")), |near| format!("did you mean {near:?}?"));
            check.warning(&place, "unknown-name", format!("nobody in MyCase is of the staff type {name:?}"), help);
        }
    }
}

/// Portal names against the portal's own list, where the catalog has one.
fn portal_stages(check: &mut Check<'_>, own: &RawFirm, catalog: &Catalog, severity: Severity) {
    if catalog.portal_stages.is_empty() {
        return;
    }
    let all: BTreeSet<&str> = catalog.portal_stages.values().flatten().map(String::as_str).collect();
    let listed = own.portal.stages.iter().flat_map(|at| at.value.iter()).flat_map(|(_, list)| &list.value);
    let map = own.stages.map.iter().flat_map(|at| at.value.iter()).map(|(_, to)| to);
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).flat_map(|(_, map)| map.value.iter()).map(|(_, to)| to);
    // With [portal.stages] the maps are held against that list; it alone is held against the portal.
    let names: Vec<&At<String>> = if own.portal.stages.is_some() { listed.collect() } else { map.chain(areas).collect() };
    for at in names.into_iter().filter(|at| !all.contains(at.value.as_str())) {
        let help = match nearest::nearest(&at.value, all.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "add it in the portal, or correct the name".to_owned(),
        };
        check.add(&at.place, severity, "unknown-name", format!("the portal has no stage {:?}", at.value), help);
    }
}

/// Online only: stages of MyCase that no rule covers.
fn uncovered(check: &mut Check<'_>, own: &RawFirm, stages_now: &[CatalogEntry]) {
    let covered: BTreeSet<NameKey> = stages(own).into_iter().map(|(name, _)| NameKey::new(&name)).collect();
    let listed: Option<BTreeSet<NameKey>> =
        own.portal.stages.as_ref().map(|at| at.value.iter().flat_map(|(_, list)| &list.value).map(|at| NameKey::new(&at.value)).collect());
    let same_name = own.stages.not_in_map.as_ref().is_none_or(|at| at.value == RawNotInMap::SameName);
    let keeps = own.stages.not_in_map.as_ref().is_some_and(|at| at.value == RawNotInMap::Keep);
    let by_itself = |name: &NameKey| keeps || (same_name && listed.as_ref().is_none_or(|listed| listed.contains(name)));
    let left: Vec<&str> = stages_now
        .iter()
        .filter(|entry| {
            let key = NameKey::new(&entry.name);
            !covered.contains(&key) && !by_itself(&key)
        })
        .map(|entry| entry.name.as_str())
        .collect();
    if left.is_empty() {
        return;
    }
    let place = header(check, own.stages.place.as_ref().filter(|place| place.origin == Origin::File));
    let message = format!("no rule covers these stages of MyCase: {}", nearest::list(&left));
    check.warning(&place, "uncovered-stages", message, "add them to [stages.map], or to hide; their cases need attention until then");
}
