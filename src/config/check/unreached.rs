//! Rules that can never apply: a line that another rule shadows everywhere, a stage of the portal that nothing leads to. Only
//! what is sure is said, each with its line; a warning, since the file does what it says.

use super::Check;
use crate::config::raw::{At, Map, Place, RawClosed, RawFirm, RawNotInMap};
use crate::config::{Catalog, Profile, Severity};
use crate::domain::{NameKey, Ordered};
use std::collections::{BTreeMap, BTreeSet};

/// Looks at the whole file. `catalog`: MyCase's names, when they are known well enough.
pub(super) fn look(check: &mut Check<'_>, own: &RawFirm, profile: Option<&Profile>, catalog: Option<&Catalog>) {
    let scope = Scope::of(own);
    skipped_stages(check, own, &scope);
    areas_left_out(check, own, &scope);
    shadowed(check, own, &scope, &Areas::of(own, &scope, profile, catalog));
    by_hand_that_never_closes(check, own);
    Shown { check, own, scope: &scope, catalog }.never_shown();
}

type Names<'a> = BTreeMap<NameKey, &'a At<String>>;

/// What `[cases]` takes.
struct Scope<'a> {
    skipped_stages: Names<'a>,
    skipped_areas: Names<'a>,
    /// Empty: all.
    areas: Names<'a>,
}

impl<'a> Scope<'a> {
    fn of(own: &'a RawFirm) -> Scope<'a> {
        let cases = &own.cases;
        let (skipped_stages, skipped_areas) = (by_name(&cases.skip_stages), by_name(&cases.skip_practice_areas));
        Scope { skipped_stages, skipped_areas, areas: by_name(&cases.practice_areas) }
    }

    /// Why a practice area is left out; `None` when it is not.
    fn leaves_out(&self, check: &Check<'_>, area: &NameKey) -> Option<String> {
        if let Some(at) = self.skipped_areas.get(area) {
            return Some(format!("skip_practice_areas in line {} leaves it out", check.line(&at.place)));
        }
        let listed = self.areas.values().next().filter(|_| !self.areas.contains_key(area))?;
        Some(format!("practice_areas in line {} does not list it", check.line(&listed.place)))
    }

    fn takes(&self, area: &NameKey) -> bool {
        !self.skipped_areas.contains_key(area) && (self.areas.is_empty() || self.areas.contains_key(area))
    }
}

fn by_name(list: &Option<At<Vec<At<String>>>>) -> Names<'_> {
    list.iter().flat_map(|at| &at.value).map(|at| (NameKey::new(&at.value), at)).ordered()
}

fn general(own: &RawFirm) -> impl Iterator<Item = &(At<String>, At<String>)> {
    own.stages.map.iter().flat_map(|at| at.value.iter())
}

fn by_area(own: &RawFirm) -> impl Iterator<Item = &(At<String>, At<Map<String>>)> {
    own.stages.by_area.iter().flat_map(|at| at.value.iter())
}

fn listed(list: &Option<At<Vec<At<String>>>>) -> impl Iterator<Item = &At<String>> {
    list.iter().flat_map(|at| &at.value)
}

fn never(check: &mut Check<'_>, place: &Place, message: String, help: &str) {
    check.warning(place, "never-applies", message, help);
}

/// A case in a skipped stage is out of scope: nothing else is asked about its stage.
fn skipped_stages(check: &mut Check<'_>, own: &RawFirm, scope: &Scope<'_>) {
    let mapped = general(own).map(|(from, _)| from).chain(by_area(own).flat_map(|(_, map)| map.value.iter()).map(|(from, _)| from));
    for from in mapped.chain(listed(&own.stages.hide)).chain(listed(&own.closure.by_hand)) {
        let Some(skip) = scope.skipped_stages.get(&NameKey::new(&from.value)) else { continue };
        let message = format!("{:?} never applies here: skip_stages in line {} leaves its cases out", from.value, check.line(&skip.place));
        never(check, &from.place, message, "leave one of the two out");
    }
}

/// Rules for practice areas whose cases are not taken.
fn areas_left_out(check: &mut Check<'_>, own: &RawFirm, scope: &Scope<'_>) {
    for (area, _) in by_area(own) {
        let Some(why) = scope.leaves_out(check, &NameKey::new(&area.value)) else { continue };
        let message = format!("the lines of [stages.for.{:?}] never apply: {why}", area.value);
        never(check, &area.place, message, "leave the section out, or take the practice area in under [cases]");
    }
    for (area, _) in own.practice_areas.map.iter().flat_map(|at| at.value.iter()) {
        let Some(why) = scope.leaves_out(check, &NameKey::new(&area.value)) else { continue };
        let message = format!("the line of {:?} never applies: {why}", area.value);
        never(check, &area.place, message, "leave the line out, or take the practice area in under [cases]");
    }
    for (key, area) in &scope.areas {
        let Some(skip) = scope.skipped_areas.get(key) else { continue };
        let message = format!("{:?} is not taken: skip_practice_areas in line {} leaves it out again", area.value, check.line(&skip.place));
        never(check, &area.place, message, "leave one of the two out");
    }
    let first = scope.areas.values().next().map(|at| check.line(&at.place));
    for (key, area) in &scope.skipped_areas {
        let Some(line) = first.filter(|_| !scope.areas.contains_key(key)) else { continue };
        let message = format!("{:?} need not be left out: practice_areas in line {line} does not list it", area.value);
        never(check, &area.place, message, "leave it out here");
    }
}

/// Every practice area that a case in scope can have.
struct Areas {
    /// Empty when they are not known.
    all: BTreeSet<NameKey>,
    /// Whether a case without a practice area is shown, too.
    or_none: bool,
}

impl Areas {
    fn of(own: &RawFirm, scope: &Scope<'_>, profile: Option<&Profile>, catalog: Option<&Catalog>) -> Areas {
        let taken = |areas: &mut dyn Iterator<Item = NameKey>| areas.filter(|area| scope.takes(area)).ordered();
        if own.cases.practice_areas.as_ref().is_some_and(|at| !at.value.is_empty()) {
            return Areas { all: taken(&mut scope.areas.keys().cloned()), or_none: false };
        }
        let all = catalog.map(|catalog| taken(&mut catalog.practice_areas.iter().map(|entry| NameKey::new(&entry.name))));
        Areas { all: all.unwrap_or_default(), or_none: profile.is_none_or(|profile| !profile.required.practice_area) }
    }
}

/// A line for all practice areas, while each has a line of its own for the stage.
fn shadowed(check: &mut Check<'_>, own: &RawFirm, scope: &Scope<'_>, areas: &Areas) {
    if areas.all.is_empty() {
        return;
    }
    let keys = |map: &At<Map<String>>| map.value.iter().map(|(from, _)| NameKey::new(&from.value)).ordered();
    let own_lines: BTreeMap<NameKey, BTreeSet<NameKey>> = by_area(own).map(|(area, map)| (NameKey::new(&area.value), keys(map))).ordered();
    let everywhere = |stage: &NameKey| areas.all.iter().all(|area| own_lines.get(area).is_some_and(|lines| lines.contains(stage)));
    for from in general(own).map(|(from, _)| from).chain(listed(&own.stages.hide)) {
        let key = NameKey::new(&from.value);
        if !everywhere(&key) || scope.skipped_stages.contains_key(&key) {
            continue;
        }
        let why = "every practice area has a line of its own for it";
        let help = "leave it out here, or under [stages.for] where it means the same";
        if areas.or_none {
            let message = format!("{:?} applies here only to cases without a practice area: {why}", from.value);
            check.add(&from.place, Severity::Note, "seldom-applies", message, help);
        } else {
            never(check, &from.place, format!("{:?} never applies here: {why}", from.value), help);
        }
    }
}

fn by_hand_that_never_closes(check: &mut Check<'_>, own: &RawFirm) {
    let ignored = own.closure.closed.as_ref().filter(|at| at.value == RawClosed::Ignore);
    let list = own.closure.by_hand.as_ref().filter(|at| !at.value.is_empty());
    if let Some((closed, list)) = ignored.zip(list) {
        let message = format!("by_hand never applies: closed = \"ignore\" in line {} closes no case", check.line(&closed.place));
        never(check, &list.place, message, "leave one of the two out");
    }
}

/// The portal's own stages, as `[portal.stages]` lists them.
struct Shown<'c, 'a, 'o> {
    check: &'c mut Check<'a>,
    own: &'o RawFirm,
    scope: &'c Scope<'o>,
    catalog: Option<&'c Catalog>,
}

impl Shown<'_, '_, '_> {
    /// Stages and practice areas that nothing leads to: a note, since a person may set them by hand.
    fn never_shown(self) {
        let Some(lists) = self.own.portal.stages.as_ref() else { return };
        let mut notes: Vec<(Place, String, &str)> = Vec::new();
        for (area, stages) in lists.value.iter() {
            if self.leads_to_area(&area.value) == Some(false) {
                let message = format!("no practice area of MyCase leads to {:?}", area.value);
                notes.push((area.place.clone(), message, "map one to it under [practice_areas.map], or leave its stages out"));
                continue;
            }
            let Some(reached) = self.reached(&area.value) else { continue };
            for stage in stages.value.iter().filter(|stage| !reached.contains(stage.value.trim())) {
                let message = format!("no stage of MyCase leads to {:?} in {:?}", stage.value, area.value);
                notes.push((stage.place.clone(), message, "map one to it, or leave it out if only a person sets it in the portal"));
            }
        }
        for (place, message, help) in notes {
            self.check.add(&place, Severity::Note, "never-shown", message, help);
        }
    }

    /// Whether some practice area of MyCase leads to one of the portal's; `None` when that is not known.
    fn leads_to_area(&self, area: &str) -> Option<bool> {
        let map = || self.own.practice_areas.map.iter().flat_map(|at| at.value.iter());
        if map().any(|(from, to)| to.value.trim() == area && self.scope.takes(&NameKey::new(&from.value))) {
            return Some(true);
        }
        match self.own.practice_areas.not_in_map.as_ref().map_or(RawNotInMap::SameName, |at| at.value) {
            RawNotInMap::Attention => Some(false),
            RawNotInMap::Keep => None,
            RawNotInMap::SameName => {
                let (key, areas) = (NameKey::new(area), &self.catalog.filter(|catalog| !catalog.practice_areas.is_empty())?.practice_areas);
                let mapped = map().any(|(from, _)| NameKey::new(&from.value) == key);
                Some(!mapped && self.scope.takes(&key) && areas.iter().any(|entry| NameKey::new(&entry.name) == key))
            }
        }
    }

    /// Every portal stage that something leads to within a practice area of the portal; `None` when that is not known.
    fn reached(&self, area: &str) -> Option<BTreeSet<String>> {
        let own = self.own;
        let leads_here = |from: &str| {
            let key = NameKey::new(from);
            let mapped = own.practice_areas.map.iter().flat_map(|at| at.value.iter()).find(|(name, _)| NameKey::new(&name.value) == key);
            mapped.map_or(NameKey::new(area) == key, |(_, to)| to.value.trim() == area)
        };
        let own_lines = by_area(own).filter(|(from, _)| leads_here(&from.value)).flat_map(|(_, map)| map.value.iter());
        let fixed = [&own.stages.start, &own.closure.stage].into_iter().flatten().map(|at| at.value.trim().to_owned());
        let mut reached: BTreeSet<String> = general(own).chain(own_lines).map(|(_, to)| to.value.trim().to_owned()).chain(fixed).ordered();
        if own.stages.not_in_map.as_ref().is_none_or(|at| at.value == RawNotInMap::SameName) {
            let catalog = self.catalog.filter(|catalog| !catalog.stages.is_empty())?;
            let by_name: BTreeSet<NameKey> = catalog.stages.iter().map(|entry| NameKey::new(&entry.name)).ordered();
            let listed = own.portal.stages.iter().flat_map(|at| at.value.iter()).flat_map(|(_, list)| &list.value);
            reached.extend(listed.map(|at| at.value.trim().to_owned()).filter(|stage| by_name.contains(&NameKey::new(stage))));
        }
        Some(reached)
    }
}
