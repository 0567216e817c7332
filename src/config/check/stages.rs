//! `[stages]` and `[practice_areas]`, and the rules of stages: listed names, the portal's bounds, one phase per trigger.

use super::{Check, names};
use crate::config::raw::{At, Map, Place, RawFirm, RawNotInMap, RawPracticeAreas};
use crate::config::{NameMap, NotInMap, Profile, StagesRule, nearest, values};
use crate::domain::{NameKey, Ordered};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long a stage must stand before it is sent when `schedule.changes` is on and the file does not say.
const SETTLE_WITH_CHANGES: Duration = Duration::from_secs(30 * 60);

fn not_in_map(raw: RawNotInMap) -> NotInMap {
    match raw {
        RawNotInMap::SameName => NotInMap::SameName,
        RawNotInMap::Attention => NotInMap::Attention,
        RawNotInMap::Keep => NotInMap::Keep,
    }
}

pub(super) fn stages(check: &mut Check<'_>, raw: &RawFirm, changes_on: bool) -> Option<StagesRule> {
    let section = &raw.stages;
    let hide = names::set(check, section.hide.as_ref(), "stages.hide");
    let map = names::maybe_map(check, &section.map, "stages.map");
    let mut by_area = BTreeMap::new();
    if let Some(areas) = &section.by_area {
        names::no_twins(check, areas.value.iter().map(|(key, _)| key), "stages.for");
        for (area, stages) in areas.value.iter() {
            let entries = names::map(check, &stages.value, &format!("stages.for.{:?}", area.value));
            by_area.insert(NameKey::new(&area.value), entries);
        }
    }
    let settle = section.settle.as_ref().and_then(|at| {
        let said = check.line(&at.place) > 0;
        let read = check.value(at, "bad-duration", |text| format!("{text:?} is no length of time"), |text| values::duration(text))?;
        Some(if changes_on && !said { SETTLE_WITH_CHANGES } else { read })
    });
    let start = section.start.as_ref().map(|at| at.value.trim().to_owned()).filter(|stage| !stage.is_empty());
    for (name, line) in map.iter().filter(|(name, _)| hide.as_ref().is_some_and(|hide| hide.contains(*name))) {
        hidden_and_mapped(check, raw, name, line.line);
    }
    Some(StagesRule { not_in_map: not_in_map(section.not_in_map.as_ref()?.value), hide: hide?, start, settle: settle?, map, by_area })
}

fn hidden_and_mapped(check: &mut Check<'_>, raw: &RawFirm, name: &NameKey, line: u32) {
    let hidden = raw.stages.hide.iter().flat_map(|at| &at.value).find(|at| NameKey::new(&at.value) == *name);
    if let Some(at) = hidden {
        let message = format!("{:?} is hidden here, but line {line} gives it a portal stage", at.value);
        check.warning(&at.place, "hidden-and-mapped", message, "hiding wins; leave one of the two out");
    }
}

pub(super) fn practice_areas(check: &mut Check<'_>, raw: &RawPracticeAreas) -> Option<NameMap> {
    let map = names::maybe_map(check, &raw.map, "practice_areas.map");
    Some(NameMap { not_in_map: not_in_map(raw.not_in_map.as_ref()?.value), map })
}

/// Every map of stages with its MyCase practice area; `None` for `[stages.map]`.
fn maps(raw: &RawFirm) -> impl Iterator<Item = (Option<&At<String>>, &Map<String>, &Place)> {
    let general = raw.stages.map.iter().map(|at| (None, &at.value, &at.place));
    let own = raw.stages.by_area.iter().flat_map(|at| at.value.iter()).map(|(area, map)| (Some(area), &map.value, &map.place));
    general.chain(own)
}

/// A map cannot lead to more different stages than one practice area of the portal has.
pub(super) fn targets_within_bounds(check: &mut Check<'_>, raw: &RawFirm, profile: &Profile) {
    let Some(most) = profile.stages.maximum else { return };
    for (_, map, _) in maps(raw) {
        let mut different = BTreeSet::new();
        // The entry that goes over the bound is the one to look at.
        let over = map.iter().find(|(_, to)| different.insert(to.value.as_str()) && different.len() > most);
        if let Some((_, to)) = over {
            let count = map.iter().map(|(_, to)| to.value.as_str()).ordered::<BTreeSet<_>>().len();
            let message =
                format!("{} takes at most {most} different {}s, but this map leads to {count}", profile.title, profile.words.stage);
            let help = "let several MyCase stages share one portal stage, or map the rest under [stages.for.\"PRACTICE AREA\"]";
            check.error(&to.place, "too-many-stages", message, help);
        }
    }
}

/// The portal's practice area of a MyCase practice area, as the file says it.
fn portal_area(raw: &RawFirm, area: &str) -> String {
    let key = NameKey::new(area);
    let mapped = raw.practice_areas.map.iter().flat_map(|at| at.value.iter()).find(|(from, _)| NameKey::new(&from.value) == key);
    mapped.map_or_else(|| area.to_owned(), |(_, to)| to.value.clone())
}

/// With `[portal.stages]`, a portal stage or practice area that is not listed there is misspelt.
pub(super) fn targets_are_listed(check: &mut Check<'_>, raw: &RawFirm, _: &Profile) {
    let Some(lists) = raw.portal.stages.as_ref().filter(|at| !at.value.0.is_empty()) else { return };
    let all: BTreeSet<&str> = lists.value.iter().flat_map(|(_, list)| &list.value).map(|at| at.value.as_str()).ordered();
    for (area, map, _) in maps(raw) {
        let portal_area = area.map(|area| portal_area(raw, &area.value));
        let own =
            portal_area.as_deref().and_then(|name| lists.value.iter().find(|(key, _)| NameKey::new(&key.value) == NameKey::new(name)));
        let own: Option<BTreeSet<&str>> = own.map(|(_, list)| list.value.iter().map(|at| at.value.as_str()).ordered());
        let known = own.as_ref().unwrap_or(&all);
        let whose = own.as_ref().and(portal_area.as_deref());
        for (_, to) in map.iter() {
            listed(check, to, known, whose);
        }
    }
    for at in [&raw.stages.start, &raw.closure.stage].into_iter().flatten().filter(|at| !at.value.trim().is_empty()) {
        listed(check, at, &all, None);
    }
    if let Some(at) = raw.closure.stage.as_ref().filter(|at| all.contains(at.value.as_str())) {
        let lacks = |list: &At<Vec<At<String>>>| !list.value.iter().any(|stage| stage.value == at.value);
        let without: Vec<&str> = lists.value.iter().filter(|(_, list)| lacks(list)).map(|(area, _)| area.value.as_str()).collect();
        if !without.is_empty() {
            let message = format!(
                "{} has no stage {:?} in [portal.stages]: its cases close in the stage where they stand",
                nearest::list(&without),
                at.value
            );
            check.warning(&at.place, "not-everywhere", message, "list the stage there, too, if the portal has it");
        }
    }
    let areas: BTreeSet<&str> = lists.value.iter().map(|(key, _)| key.value.as_str()).ordered();
    for (_, to) in raw.practice_areas.map.iter().flat_map(|at| at.value.iter()).filter(|(_, to)| !areas.contains(to.value.as_str())) {
        let near = nearest::nearest(&to.value, areas.iter().copied());
        let message = format!("[portal.stages] has no practice area {:?}", to.value);
        match near {
            Some(near) => check.error(&to.place, "unlisted-practice-area", message, format!("did you mean {near:?}?")),
            None => check.warning(&to.place, "unlisted-practice-area", message, "list its stages there too, or correct the name"),
        }
    }
}

fn listed(check: &mut Check<'_>, at: &At<String>, known: &BTreeSet<&str>, area: Option<&str>) {
    if known.contains(at.value.as_str()) {
        return;
    }
    let whose = area.map_or_else(String::new, |area| format!(" for {area:?}"));
    let message = format!("[portal.stages] has no stage {:?}{whose}", at.value);
    let help = match nearest::nearest(&at.value, known.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("write one of: {}", nearest::list(&known.iter().copied().collect::<Vec<_>>())),
    };
    check.error(&at.place, "unlisted-stage", message, help);
}

/// Where a stage may lead to one phase only within a project type: MyCase practice areas that share one portal
/// practice area must agree.
pub(super) fn one_phase_per_trigger(check: &mut Check<'_>, raw: &RawFirm, profile: &Profile) {
    if !profile.stages.one_per_trigger {
        return;
    }
    let mut areas: BTreeMap<String, BTreeMap<NameKey, &str>> = BTreeMap::new();
    let mapped = raw.practice_areas.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| from);
    let own = raw.stages.by_area.iter().flat_map(|at| at.value.iter()).map(|(area, _)| area);
    for area in mapped.chain(own) {
        areas.entry(portal_area(raw, &area.value)).or_default().insert(NameKey::new(&area.value), &area.value);
    }
    let maps: BTreeMap<Option<NameKey>, BTreeMap<NameKey, &At<String>>> = maps(raw)
        .map(|(area, map, _)| {
            (area.map(|at| NameKey::new(&at.value)), map.iter().map(|(from, to)| (NameKey::new(&from.value), to)).ordered())
        })
        .ordered();
    for (portal_area, members) in areas.iter().filter(|(_, members)| members.len() > 1) {
        let triggers: BTreeSet<&NameKey> =
            members.keys().filter_map(|area| maps.get(&Some(area.clone()))).flat_map(BTreeMap::keys).ordered();
        for trigger in triggers {
            let target = |area: &NameKey| {
                maps.get(&Some(area.clone())).and_then(|map| map.get(trigger)).or_else(|| maps.get(&None)?.get(trigger)).copied()
            };
            let targets: Vec<&At<String>> = members.keys().filter_map(target).collect();
            let Some(first) = targets.first() else { continue };
            if let Some(other) = targets.iter().filter(|other| other.value != first.value).max_by_key(|other| other.place.span.start) {
                let earlier = targets.iter().filter(|at| at.value != other.value).map(|at| at.value.as_str()).next().unwrap_or_default();
                let (title, phase, kind) = (&profile.title, &profile.words.stage, &profile.words.practice_area);
                let message = format!(
                    "in the {kind} {portal_area:?}, the MyCase stage {:?} would lead to two {phase}s: {earlier:?} and {:?}",
                    trigger.as_str(),
                    other.value
                );
                let help = format!(
                    "{title} takes one {phase} per MyCase stage within a {kind}: give both the same, or map the practice areas to different {kind}s"
                );
                check.error(&other.place, "two-phases", message, help);
            }
        }
    }
}
