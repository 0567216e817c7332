//! What the portal's practice area and stage are (`[practice_areas]`, `[stages]`, `[portal.stages]`).
//!
//! For a stage the most particular rule wins: `[stages.for."AREA"]`, then `hide`, then `[stages.map]`, then
//! `not_in_map`. A hidden stage stays hidden even when the general map has it: showing a client an internal stage cannot
//! be taken back.

use super::reasons;
use super::{OutOfScope, StageWish};
use crate::config::{Firm, MapEntry, NotInMap};
use crate::domain::{Holds, NameKey, Reason, ReasonCode};

/// How a name was decided; `explain` puts it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By a line of the general map.
    Map {
        /// The line.
        line: u32,
    },
    /// By a line of `[stages.for."AREA"]`.
    ForArea {
        /// The line.
        line: u32,
    },
    /// The portal's name is MyCase's.
    SameName,
    /// The stage is internal.
    Hidden,
    /// The portal's value stays.
    Keep,
    /// MyCase has none.
    Absent,
    /// Not decided; there is a reason, or the undecided practice area is the reason.
    Undecided,
}

/// What a MyCase practice area means.
#[derive(Debug, Clone)]
pub(super) struct Area {
    /// MyCase's name as a key.
    pub(super) key: Option<NameKey>,
    /// The portal's, when decided.
    pub(super) to: Option<String>,
    /// How.
    pub(super) how: How,
    /// Why not.
    pub(super) reason: Option<Reason>,
    /// Set when `[cases]` leaves the area out.
    pub(super) out: Option<OutOfScope>,
}

/// What a MyCase stage means within a practice area.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// The portal's, when it is to be set.
    pub(super) to: Option<String>,
    /// What to do.
    pub(super) wish: StageWish,
    /// How.
    pub(super) how: How,
    /// Why not.
    pub(super) reason: Option<Reason>,
    /// Whether `cases.skip_stages` names it.
    pub(super) skipped: bool,
}

/// What the firm's file makes of a practice area.
pub(super) fn area(firm: &Firm, spelled: Option<&str>) -> Area {
    let spelled = spelled.map(str::trim).filter(|name| !name.is_empty());
    let key = spelled.map(NameKey::new);
    let out = area_scope(firm, key.as_ref());
    let decided = |to: String, how| (Some(to), how, None);
    let (to, how, reason) = match (spelled, &key) {
        (Some(spelled), Some(key)) => match firm.practice_areas.map.get(key) {
            Some(MapEntry { to, line, .. }) => decided(to.to_string(), How::Map { line: *line }),
            None => match firm.practice_areas.not_in_map {
                NotInMap::Keep => (None, How::Keep, None),
                NotInMap::Attention => (None, How::Undecided, Some(area_not_mapped(firm, spelled, false))),
                NotInMap::SameName => match same_area(firm, spelled, key) {
                    Some(to) => decided(to, How::SameName),
                    None => (None, How::Undecided, Some(area_not_mapped(firm, spelled, true))),
                },
            },
        },
        _ => (None, How::Absent, firm.portal.profile.required.practice_area.then(no_area)),
    };
    Area { key, to, how, reason, out }
}

/// What the firm's file makes of a stage within a practice area.
pub(super) fn stage(firm: &Firm, area: &Area, spelled: Option<&str>) -> Stage {
    let keep = || StageWish::Keep { start: firm.stages.start.clone() };
    let Some(spelled) = spelled.map(str::trim).filter(|name| !name.is_empty()) else {
        return Stage { to: None, wish: keep(), how: How::Absent, reason: None, skipped: false };
    };
    let key = NameKey::new(spelled);
    let skipped = firm.cases.skip_stages.contains(&key);
    let for_area = area.key.as_ref().and_then(|area| firm.stages.by_area.get(area)?.get(&key));
    let set = |to: &str, how| (Some(to.to_owned()), StageWish::Set, how, None);
    let (to, wish, how, reason) = if let Some(entry) = for_area {
        set(&entry.to, How::ForArea { line: entry.line })
    } else if firm.stages.hide.contains(&key) {
        (None, keep(), How::Hidden, None)
    } else if let Some(entry) = firm.stages.map.get(&key) {
        set(&entry.to, How::Map { line: entry.line })
    } else {
        match firm.stages.not_in_map {
            NotInMap::Keep => (None, keep(), How::Keep, None),
            NotInMap::Attention => (None, StageWish::Undecided, How::Undecided, Some(stage_not_mapped(firm, area, spelled, false))),
            NotInMap::SameName => match same_stage(firm, area, spelled, &key) {
                Some(to) => set(to, How::SameName),
                // One cause, one line: an unmapped practice area already holds the stage.
                None if area.reason.is_some() => (None, StageWish::Undecided, How::Undecided, None),
                None => (None, StageWish::Undecided, How::Undecided, Some(stage_not_mapped(firm, area, spelled, true))),
            },
        }
    };
    Stage { to, wish, how, reason, skipped }
}

fn area_scope(firm: &Firm, key: Option<&NameKey>) -> Option<OutOfScope> {
    let rule = &firm.cases;
    let among = |names: &std::collections::BTreeSet<NameKey>| key.is_some_and(|key| names.contains(key));
    if !rule.practice_areas.is_empty() && !among(&rule.practice_areas) {
        return Some(OutOfScope::PracticeAreaNotListed);
    }
    among(&rule.skip_practice_areas).then_some(OutOfScope::PracticeAreaSkipped)
}

/// With `[portal.stages]` only a practice area listed there, as spelled there.
fn same_area(firm: &Firm, spelled: &str, key: &NameKey) -> Option<String> {
    if firm.portal.stages.is_empty() {
        return Some(spelled.to_owned());
    }
    firm.portal.stages.keys().find(|name| NameKey::new(name) == *key).cloned()
}

/// With `[portal.stages]` only a stage listed there for the portal's practice area, as spelled there. While the practice
/// area stays as it is in the portal, any listed stage that is spelled in one way will do.
fn same_stage<'a>(firm: &'a Firm, area: &Area, spelled: &'a str, key: &NameKey) -> Option<&'a str> {
    let known = &firm.portal.stages;
    if known.is_empty() {
        return Some(spelled);
    }
    let find = |stages: &'a Vec<String>| stages.iter().map(String::as_str).find(|name| NameKey::new(name) == *key);
    match &area.to {
        Some(area) => find(known.get(area)?),
        None => {
            let mut found: Vec<&str> = known.values().filter_map(find).collect();
            found.dedup();
            (found.len() == 1).then(|| found[0])
        }
    }
}

fn area_not_mapped(firm: &Firm, spelled: &str, same_name: bool) -> Reason {
    let word = &firm.portal.profile.words.practice_area;
    let listed = if same_name { format!(", and [portal.stages] has no {word} of that name") } else { String::new() };
    reasons::reason(
        ReasonCode::PracticeAreaNotMapped,
        Holds::Stage,
        firm.portal.profile.required.practice_area,
        format!("MyCase's practice area {spelled:?} is not in [practice_areas.map]{listed}"),
        format!("add {spelled:?} = \"...\" under [practice_areas.map] in {}", firm.file),
    )
}

fn no_area() -> Reason {
    let text = "the case has no practice area in MyCase".to_owned();
    reasons::reason(ReasonCode::PracticeAreaNotMapped, Holds::Stage, true, text, "set the case's practice area in MyCase".to_owned())
}

fn stage_not_mapped(firm: &Firm, area: &Area, spelled: &str, same_name: bool) -> Reason {
    let word = &firm.portal.profile.words.stage;
    let listed = match (&area.to, same_name) {
        (_, false) => String::new(),
        (Some(area), true) => format!(", and [portal.stages] has no {word} of that name for {area:?}"),
        (None, true) => format!(", and [portal.stages] has no {word} of that name"),
    };
    reasons::reason(
        ReasonCode::StageNotMapped,
        Holds::Stage,
        firm.portal.profile.required.stage,
        format!("MyCase's stage {spelled:?} is not in [stages.map]{listed}"),
        format!("add {spelled:?} = \"...\" under [stages.map] in {}, or name it in stages.hide", firm.file),
    )
}
