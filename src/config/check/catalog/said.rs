//! MyCase's names as the firm file itself says them, each with its place.

use super::Names;
use crate::config::check::Check;
use crate::config::raw::{At, Place, RawField, RawFirm};
use crate::config::{NameList, NamedInFile, SourceName, Template};

fn of(list: &Option<At<Vec<At<String>>>>) -> impl Iterator<Item = (String, Place)> {
    list.iter().flat_map(|at| &at.value).map(named)
}

fn named(at: &At<String>) -> (String, Place) {
    (at.value.clone(), at.place.clone())
}

/// The stages on the left of the maps, and those that are hidden or skipped: each decides what becomes of its cases.
pub(super) fn ruled_stages(own: &RawFirm) -> Names {
    let map = own.stages.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).flat_map(|(_, map)| map.value.iter()).map(|(from, _)| named(from));
    map.chain(areas).chain(of(&own.stages.hide)).chain(of(&own.cases.skip_stages)).collect()
}

pub(super) fn stages(own: &RawFirm) -> Names {
    ruled_stages(own).into_iter().chain(of(&own.closure.by_hand)).collect()
}

pub(super) fn practice_areas(own: &RawFirm) -> Names {
    let map = own.practice_areas.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    let areas = own.stages.by_area.iter().flat_map(|at| at.value.iter()).map(|(area, _)| named(area));
    map.chain(areas).chain(of(&own.cases.practice_areas)).chain(of(&own.cases.skip_practice_areas)).collect()
}

/// Every name of MyCase's stages and practice areas that the firm file itself says, in the order of the lines.
pub(in crate::config::check) fn names_said(check: &Check<'_>, raw: &RawFirm) -> Vec<NamedInFile> {
    let said = |list: NameList, names: Names| names.into_iter().map(move |(name, place)| (list, name, place));
    let all = said(NameList::Stages, stages(raw)).chain(said(NameList::PracticeAreas, practice_areas(raw)));
    let in_file = all.map(|(list, name, place)| NamedInFile { list, name, line: check.line(&place) });
    let mut names: Vec<NamedInFile> = in_file.collect();
    names.sort_by(|a, b| (a.line, a.list, &a.name).cmp(&(b.line, b.list, &b.name)));
    names
}

pub(super) fn custom_fields(own: &RawFirm) -> Names {
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

pub(super) fn people_group(own: &RawFirm) -> Names {
    let group = |at: &At<String>| at.value.trim().strip_prefix("group:").map(|name| (name.to_owned(), at.place.clone()));
    own.clients.who.iter().filter_map(group).collect()
}

pub(super) fn staff_types(own: &RawFirm) -> Names {
    let roles = own.staff.roles.iter().flat_map(|at| at.value.iter()).map(|(from, _)| named(from));
    of(&own.staff.paralegals).chain(roles).collect()
}
