//! `[portal]`: the account the cases are shown in. What portals differ in, the profile says; no kind is named here.

use super::account::{given, without_slash};
use super::firm::header;
use super::names::plural;
use super::secrets::{Use, address, secret};
use super::{Check, names};
use crate::config::raw::{At, RawDrift, RawFirm, RawPortal};
use crate::config::{Drift, Existing, OperationName, PortalSettings, Profile, Severity, nearest, values};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn portal(check: &mut Check<'_>, raw: &RawFirm) -> Option<PortalSettings> {
    let section = &raw.portal;
    let kind = given(&section.kind);
    let profile = kind.and_then(|at| profile(check, at, section));
    let api_key = section.api_key.as_ref().and_then(|at| secret(check, at));
    let contact_hours = section
        .contact_hours
        .as_ref()
        .and_then(|at| check.value(at, "bad-hours", |text| format!("{text:?} are no contact hours"), |text| values::contact_hours(text)));
    let stages = stage_lists(check, section);
    let drift = match section.drift.as_ref()?.value {
        RawDrift::Report => Drift::Report,
        RawDrift::Correct => Drift::Correct,
    };
    let profile = profile?;
    let existing = existing(check, section, &profile);
    let base_url = base_url(check, section, &profile);
    let kind = kind?;
    Some(PortalSettings {
        kind: kind.value.clone(),
        kind_line: check.line(&kind.place),
        profile,
        api_key: api_key?,
        base_url: base_url?,
        existing: existing?,
        contact_hours: contact_hours?,
        drift,
        stages: stages?,
    })
}

/// The profile alone, for checks that go on although `[portal]` has errors.
pub(super) fn profile_of(check: &Check<'_>, raw: &RawPortal) -> Option<Arc<Profile>> {
    check.profiles.get(given(&raw.kind)?.value.as_str())
}

fn profile(check: &mut Check<'_>, kind: &At<String>, raw: &RawPortal) -> Option<Arc<Profile>> {
    let Some(profile) = check.profiles.get(&kind.value) else {
        let help = nearest::did_you_mean(&kind.value, &check.profiles.names());
        check.error(&kind.place, "unknown-portal", format!("there is no portal {:?}", kind.value), help);
        return None;
    };
    match &raw.overrides {
        None => Some(profile),
        Some(at) => super::overrides::overlaid(check, &kind.value, at),
    }
}

/// `portal.existing`: outer `None` for a problem.
fn existing(check: &mut Check<'_>, raw: &RawPortal, profile: &Profile) -> Option<Option<Existing>> {
    match given(&raw.existing) {
        Some(at) if at.value.trim() == "none" => Some(Some(Existing::None)),
        Some(at) => {
            let path = at.value.trim();
            if path.starts_with(['/', '~', '\\']) || path.split(['/', '\\']).any(|part| part == "..") {
                let help = "put the list beside the firm file and write its name, e.g. existing = \"acme.existing.csv\"";
                check.error(&at.place, "beyond-firm", format!("{path:?} does not lie beside the firm file"), help);
                return None;
            }
            Some(Some(Existing::List(path.to_owned())))
        }
        None if profile.operations.contains_key(&OperationName::ListCases) => Some(None),
        None => {
            let place = header(check, raw.place.as_ref());
            let message = format!("{} cannot be asked what it already holds, so [portal] must say it: existing is missing", profile.title);
            let help = "write existing = \"none\" if no case of MyCase is in the portal yet, else the path of a list exported from it";
            check.error(&place, "required", message, help);
            None
        }
    }
}

fn base_url(check: &mut Check<'_>, raw: &RawPortal, profile: &Profile) -> Option<url::Url> {
    let own = url::Url::parse(&profile.base_url).ok();
    match given(&raw.base_url) {
        Some(at) => {
            let host = own.as_ref().and_then(|url| url.host_str()).unwrap_or_default().to_owned();
            address(check, at, &[&host], Use::Sent).map(without_slash)
        }
        None => own.map(without_slash),
    }
}

/// `[portal.stages]` as it is meant; names twice in one list are a problem.
fn stage_lists(check: &mut Check<'_>, raw: &RawPortal) -> Option<BTreeMap<String, Vec<String>>> {
    let mut lists = BTreeMap::new();
    let Some(map) = &raw.stages else { return Some(lists) };
    names::no_twins(check, map.value.iter().map(|(key, _)| key), "portal.stages");
    for (area, list) in map.value.iter() {
        let mut stages: Vec<String> = Vec::with_capacity(list.value.len());
        for stage in &list.value {
            if stage.value.trim().is_empty() {
                check.error(
                    &stage.place,
                    "empty-name",
                    "a stage without a name",
                    "write the stage as the portal spells it, or leave it out",
                );
            } else if stages.contains(&stage.value) {
                let message = format!("{:?} stands twice among the stages of {:?}", stage.value, area.value);
                check.error(&stage.place, "twice", message, "leave one of the two out");
            } else {
                stages.push(stage.value.clone());
            }
        }
        lists.insert(area.value.clone(), stages);
    }
    Some(lists)
}

/// Each practice area has as many stages as the portal wants.
pub(super) fn stages_within_bounds(check: &mut Check<'_>, raw: &RawFirm, profile: &Profile) {
    let Some(map) = &raw.portal.stages else { return };
    for (area, list) in map.value.iter() {
        let count = list.value.len();
        let (least, most) = (profile.stages.minimum.unwrap_or(1), profile.stages.maximum.unwrap_or(usize::MAX));
        if (least..=most).contains(&count) {
            continue;
        }
        let bounds = match profile.stages.maximum {
            Some(most) => format!("{least} to {most}"),
            None => format!("at least {least}"),
        };
        let (portal, word) = (&profile.title, &profile.words.stage);
        let message = format!("{portal} takes {bounds} {word}s in a {}, but {:?} has {count}", profile.words.practice_area, area.value);
        let help = if count < least {
            "list every stage of it, as the portal spells them"
        } else {
            "let several MyCase stages share one portal stage"
        };
        check.error(&list.place, "stage-count", message, help);
    }
}

/// One note at `portal.kind` when writes are our reading of a vendor's unpublished API.
pub(super) fn unconfirmed(check: &mut Check<'_>, raw: &RawFirm, profile: &Profile) {
    let Some(kind) = &raw.portal.kind else { return };
    let names: Vec<&str> = profile.operations.iter().filter(|(_, operation)| !operation.confirmed).map(|(name, _)| name.word()).collect();
    if names.is_empty() {
        return;
    }
    let message = format!(
        "{} does not publish {}: {} {} our reading of what is known",
        profile.title,
        plural(names.len(), "this operation", "these operations"),
        names.join(", "),
        plural(names.len(), "is", "are")
    );
    let help = "try them on a few cases first: list 2 to 5 test cases under [testing], and run `casebridge plan` before `sync`";
    check.add(&kind.place, Severity::Note, "unconfirmed", message, help);
}
