//! The stage map as the firm's file draws it, with how many open linked cases stand where, and how many would move. From the
//! links alone; asks nobody.

use super::waiting::Moved;
use super::{Answer, OperationError};
use crate::config::{Firm, MapEntry, NameList};
use crate::domain::{Link, NameKey, Ordered};
use crate::mapping::{NamesEver, Renames, Scope, StageWish, placed};
use crate::plan::{Side, shown_at};
use crate::sync::Engine;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The map with its counts. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StageMap {
    /// The portal's name.
    pub portal: String,
    /// The portal's word for a stage.
    pub stage_word: String,
    /// One map for all practice areas, or one for each.
    pub areas: Vec<AreaMap>,
    /// Open linked cases.
    pub open: usize,
    /// Open linked cases whose stage or practice area in the portal is not the one that the map leads to.
    pub would_move: usize,
    /// Those whose stage is not in the map.
    pub not_in_map: usize,
    /// Those that `[cases]` leaves out.
    pub left_out: usize,
    /// The moves that they would make, the most frequent first.
    pub moves: Vec<Moved>,
}

/// The map of one practice area.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AreaMap {
    /// MyCase's practice area; `None` when all are mapped alike, or for cases without one.
    pub practice_area: Option<String>,
    /// The portal's, where the file decides it.
    pub portal_area: Option<String>,
    /// MyCase's stages, in the order of where they lead.
    pub from: Vec<FromStage>,
    /// The portal's stages, in the client's order where the file lists them.
    pub to: Vec<ToStage>,
}

/// A stage of MyCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromStage {
    /// Its name; `None` for cases without a stage.
    pub stage: Option<String>,
    /// Open linked cases that stand in it.
    pub cases: usize,
    /// Where it leads in the portal.
    pub to: Option<String>,
    /// By what.
    pub rule: StageRule,
    /// The line of the firm file, when one decides.
    pub line: Option<u32>,
}

/// What decides about a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageRule {
    /// A line of the map.
    Map,
    /// The portal has a stage of the same name.
    SameName,
    /// `stages.hide`: clients keep seeing the stage before.
    Hidden,
    /// Not in the map, and clients keep seeing the stage before.
    Keep,
    /// Not in the map: such cases need attention.
    NotInMap,
    /// `[cases]` leaves such cases out.
    LeftOut,
}

/// A stage of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToStage {
    /// Its name; `None` for cases that were told no stage.
    pub stage: Option<String>,
    /// Open linked cases that clients see in it.
    pub cases: usize,
}

/// Open linked cases that MyCase and the portal place alike.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    mycase: Side,
    portal: Side,
}

/// A firm's file with the renames since it was written.
#[derive(Clone, Copy)]
struct File<'a> {
    firm: &'a Firm,
    renames: &'a Renames,
}

/// The map of the firm's file in use.
pub(super) fn stage_map(engine: &Engine) -> Result<Answer, OperationError> {
    let ever = engine.store().meta::<NamesEver>()?.unwrap_or_default();
    let renames = Renames::of(&engine.firm, &ever);
    let links = engine.store().links()?;
    let mut standings: BTreeMap<Standing, usize> = BTreeMap::new();
    for link in links.iter()? {
        let link = link?;
        if link.open && !engine.firm.cases.never.contains(&link.case) {
            *standings.entry(standing(link)).or_default() += 1;
        }
    }
    let file = File { firm: &engine.firm, renames: &renames };
    Ok(Answer::StageMap(Box::new(drawn(file, &standings))))
}

fn standing(link: Link) -> Standing {
    let Link { practice_area, stage, open, seen, .. } = link;
    let mycase = Side { practice_area: seen.practice_area, stage: seen.stage, open: seen.open };
    Standing { mycase, portal: Side { practice_area, stage, open } }
}

fn drawn(file: File<'_>, standings: &BTreeMap<Standing, usize>) -> StageMap {
    let File { firm, renames } = file;
    let words = &firm.portal.profile.words;
    let mut map = StageMap { portal: firm.portal.profile.title.clone(), stage_word: words.stage.clone(), ..StageMap::default() };
    let mut moves: BTreeMap<Moved, usize> = BTreeMap::new();
    for (standing, cases) in standings {
        let Standing { mycase, portal } = standing;
        map.open += cases;
        let wanted = placed(firm, renames, mycase.practice_area.as_deref(), mycase.stage.as_deref(), mycase.open);
        if let Scope::Out(_) = wanted.scope {
            map.left_out += cases;
            continue;
        }
        map.not_in_map += if wanted.stage == StageWish::Undecided { *cases } else { 0 };
        let to = shown_at(firm, renames, mycase, portal);
        // A case that closes moves nowhere.
        if to.open && to != *portal {
            map.would_move += cases;
            let practice_area = to.practice_area.unwrap_or_default();
            *moves.entry(Moved { practice_area, from: portal.stage.clone(), to: to.stage, cases: 0 }).or_default() += cases;
        }
    }
    map.moves = moves.into_iter().map(|(moved, cases)| Moved { cases, ..moved }).collect();
    map.moves.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| a.cmp(b)));
    let areas = areas(firm, standings);
    map.areas = areas.into_iter().map(|area| area_map(file, area, standings)).filter(|area| !area.from.is_empty()).collect();
    map
}

/// Which practice areas have a map of their own: `None` alone when the file treats all alike.
fn areas(firm: &Firm, standings: &BTreeMap<Standing, usize>) -> Vec<Option<Option<String>>> {
    let (own, renamed) = (&firm.stages.by_area, &firm.practice_areas.map);
    if own.is_empty() && renamed.is_empty() && firm.portal.stages.len() < 2 {
        return vec![None];
    }
    let mut found: BTreeMap<Option<NameKey>, Option<String>> = BTreeMap::new();
    let mut put = |name: &str| {
        found.entry(Some(NameKey::new(name))).or_insert_with(|| Some(name.to_owned()));
    };
    firm.names.iter().filter(|named| named.list == NameList::PracticeAreas).for_each(|named| put(&named.name));
    renamed.values().for_each(|entry| put(&entry.from));
    own.keys().for_each(|key| put(key.as_str()));
    if renamed.is_empty() {
        firm.portal.stages.keys().for_each(|name| put(name));
    }
    for Standing { mycase, .. } in standings.keys() {
        let area = mycase.practice_area.as_deref().map(str::trim).filter(|area| !area.is_empty());
        found.entry(area.map(NameKey::new)).or_insert_with(|| area.map(str::to_owned));
    }
    found.into_values().map(Some).collect()
}

/// `area`: `None` for all alike, `Some(None)` for cases without one.
fn area_map(file: File<'_>, area: Option<Option<String>>, standings: &BTreeMap<Standing, usize>) -> AreaMap {
    let key = |name: &Option<String>| name.as_deref().map(NameKey::new).filter(|key| !key.is_empty());
    let inside = |standing: &&Standing| area.as_ref().is_none_or(|area| key(area) == key(&standing.mycase.practice_area));
    let here: Vec<(&Standing, usize)> = standings.iter().filter(|(standing, _)| inside(standing)).map(|(s, n)| (s, *n)).collect();
    let practice_area = area.flatten();
    let File { firm, renames } = file;
    let portal_area = placed(firm, renames, practice_area.as_deref(), None, true).record.practice_area;
    let listed = portal_area.as_ref().and_then(|area| firm.portal.stages.get(area));
    let listed = listed.or_else(|| firm.portal.stages.values().next().filter(|_| firm.portal.stages.len() == 1));
    let mut names = in_the_file(firm, practice_area.as_deref(), listed);
    let mut cases: BTreeMap<Option<NameKey>, usize> = BTreeMap::new();
    for (standing, count) in &here {
        let stage = key(&standing.mycase.stage);
        *cases.entry(stage.clone()).or_default() += count;
        if !names.iter().any(|name| key(name) == stage) {
            names.push(standing.mycase.stage.clone());
        }
    }
    let mut from: Vec<FromStage> = names
        .into_iter()
        .map(|stage| {
            let cases = cases.get(&key(&stage)).copied().unwrap_or(0);
            from_stage(file, practice_area.as_deref(), stage, cases)
        })
        .collect();
    let to = to_stages(listed, &from, &here);
    let rank =
        |stage: &FromStage| stage.to.as_ref().and_then(|name| to.iter().position(|to| to.stage.as_ref() == Some(name))).unwrap_or(to.len());
    from.sort_by_key(|stage| (rank(stage), stage.line.unwrap_or(u32::MAX)));
    AreaMap { practice_area, portal_area, from, to }
}

/// MyCase's stages that the file names for a practice area. Where it has a map of its own, the general one shows only with
/// cases that stand there; else only as far as it leads to stages of this practice area.
fn in_the_file(firm: &Firm, area: Option<&str>, listed: Option<&Vec<String>>) -> Vec<Option<String>> {
    let own = area.and_then(|area| firm.stages.by_area.get(&NameKey::new(area)));
    let leads_here = |entry: &&MapEntry| listed.is_none_or(|listed| listed.iter().any(|stage| **stage == *entry.to));
    let mut entries: Vec<&MapEntry> = match own {
        Some(own) => own.values().collect(),
        None => firm.stages.map.values().filter(leads_here).collect(),
    };
    entries.sort_by_key(|entry| entry.line);
    let hidden: BTreeSet<&NameKey> = if own.is_some() { BTreeSet::new() } else { firm.stages.hide.iter().ordered() };
    let spelled = firm.names.iter().filter(|named| named.list == NameList::Stages && hidden.contains(&NameKey::new(&named.name)));
    let mut names: Vec<Option<String>> = entries.into_iter().map(|entry| Some(entry.from.to_string())).collect();
    for named in spelled {
        if !names.iter().flatten().any(|name| NameKey::new(name) == NameKey::new(&named.name)) {
            names.push(Some(named.name.clone()));
        }
    }
    names
}

fn from_stage(file: File<'_>, area: Option<&str>, stage: Option<String>, cases: usize) -> FromStage {
    let File { firm, renames } = file;
    let wanted = placed(firm, renames, area, stage.as_deref(), true);
    let (to, wish) = (wanted.record.stage, wanted.stage);
    let key = stage.as_deref().map(NameKey::new);
    let entry = key.as_ref().and_then(|key| {
        let own = area.and_then(|area| firm.stages.by_area.get(&NameKey::new(area))?.get(key));
        own.or_else(|| firm.stages.map.get(key).filter(|_| !firm.stages.hide.contains(key)))
    });
    let skipped = key.as_ref().is_some_and(|key| firm.cases.skip_stages.contains(key));
    let rule = match (&wish, entry) {
        _ if skipped => StageRule::LeftOut,
        (StageWish::Set, Some(_)) => StageRule::Map,
        (StageWish::Set, None) => StageRule::SameName,
        (StageWish::Keep { .. }, _) if key.as_ref().is_some_and(|key| firm.stages.hide.contains(key)) => StageRule::Hidden,
        (StageWish::Keep { .. }, _) => StageRule::Keep,
        (StageWish::Undecided, _) => StageRule::NotInMap,
    };
    FromStage { stage, cases, to: to.filter(|_| !skipped), rule, line: entry.map(|entry| entry.line) }
}

/// The portal's stages: those that the file lists, then those that it leads to, then those where cases are.
fn to_stages(listed: Option<&Vec<String>>, from: &[FromStage], here: &[(&Standing, usize)]) -> Vec<ToStage> {
    let mut to: Vec<ToStage> = Vec::new();
    let mut count = |name: Option<&str>, cases: usize| match to.iter_mut().find(|to| to.stage.as_deref() == name) {
        Some(known) => known.cases += cases,
        None => to.push(ToStage { stage: name.map(str::to_owned), cases }),
    };
    listed.into_iter().flatten().for_each(|name| count(Some(name), 0));
    from.iter().filter(|stage| stage.to.is_some()).for_each(|stage| count(stage.to.as_deref(), 0));
    here.iter().for_each(|(standing, cases)| count(standing.portal.stage.as_deref(), *cases));
    to.sort_by_key(|to| to.stage.is_none());
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::firm_for_tests::{entry, firm};

    fn standing(stage: &str, portal_stage: &str) -> Standing {
        let side = |stage: &str| Side { practice_area: Some("Personal Injury".to_owned()), stage: Some(stage.to_owned()), open: true };
        Standing { mycase: side(stage), portal: side(portal_stage) }
    }

    #[test]
    fn the_map_shows_where_each_stage_leads_how_many_stand_there_and_who_would_move() {
        let mut firm = firm();
        firm.stages.map = [entry("Demand Sent", "Demand", 4), entry("Demand Drafting", "Demand", 3)].into_iter().collect();
        firm.stages.hide = [NameKey::new("Conflict Check")].into_iter().collect();
        let standings = BTreeMap::from([
            (standing("Demand Sent", "Demand"), 5),
            (standing("Demand Sent", "Negotiation"), 3),
            (standing("Conflict Check", "Demand"), 2),
        ]);
        let map = drawn(File { firm: &firm, renames: &Renames::default() }, &standings);
        assert_eq!((map.open, map.would_move, map.not_in_map, map.left_out), (10, 3, 0, 0), "{map:?}");
        assert_eq!(
            (map.moves[0].from.as_deref(), map.moves[0].to.as_deref(), map.moves[0].cases),
            (Some("Negotiation"), Some("Demand"), 3)
        );
        let area = &map.areas[0];
        let from: Vec<_> = area.from.iter().map(|from| (from.stage.as_deref(), from.cases, from.to.as_deref(), from.rule)).collect();
        assert!(from.contains(&(Some("Demand Sent"), 8, Some("Demand"), StageRule::Map)), "{from:?}");
        assert!(from.contains(&(Some("Demand Drafting"), 0, Some("Demand"), StageRule::Map)), "{from:?}");
        assert!(from.contains(&(Some("Conflict Check"), 2, None, StageRule::Hidden)), "{from:?}");
        let cases: Vec<_> = area.to.iter().filter(|to| to.cases > 0).map(|to| (to.stage.as_deref(), to.cases)).collect();
        assert_eq!(cases, [(Some("Demand"), 7), (Some("Negotiation"), 3)]);
    }

    #[test]
    fn a_practice_area_with_a_map_of_its_own_is_drawn_by_itself() {
        let mut firm = firm();
        firm.stages.map = [entry("Demand Sent", "Demand", 4)].into_iter().collect();
        let family = [entry("Filed", "Petition", 9)].into_iter().collect();
        firm.stages.by_area = [(NameKey::new("Family Law"), family)].into_iter().collect();
        let map = drawn(File { firm: &firm, renames: &Renames::default() }, &BTreeMap::from([(standing("Demand Sent", "Demand"), 1)]));
        let areas: Vec<_> = map.areas.iter().map(|area| (area.practice_area.as_deref(), area.from.len())).collect();
        assert_eq!(areas, [(Some("family law"), 1), (Some("Personal Injury"), 1)]);
    }
}
