//! Stages and practice areas that were renamed in MyCase while the firm's file still says the old name, recognised by their
//! ids. It remembers no lists itself; whoever reads them keeps a [`NamesEver`].
//!
//! What a rename means until a person corrects the file: rules that would send something (the maps, `[stages.for]`) wait,
//! never guess; rules that hold back or choose cases (`hide`, `skip_stages`, `by_hand`, `practice_areas`,
//! `skip_practice_areas`) go on under the new name. A file that says the new name anywhere in the same list has been
//! corrected.

use super::reasons;
use super::stages::{self, Area, How, Stage};
use super::{Mapper, StageWish};
use crate::config::{Firm, NameList};
use crate::domain::{Holds, NameKey, Named, Ordered, Reason, ReasonCode, Reference};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many former names of one thing are remembered.
const MOST_FORMER: usize = 10;

/// What MyCase's stages and practice areas are called, and were called before, by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NamesEver {
    /// Case stages (MyCase: CaseStages.json).
    pub stages: BTreeMap<u64, NameTrail>,
    /// Practice areas (MyCase: PracticeAreas.json).
    pub practice_areas: BTreeMap<u64, NameTrail>,
}

/// The names one thing bore.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NameTrail {
    /// Its name now; `None` when no list shows it any more.
    pub now: Option<String>,
    /// Former names, the oldest first.
    pub before: Vec<String>,
}

impl NamesEver {
    /// Takes over what the lists say now. An empty list was not read: it proves nothing.
    pub fn read(&mut self, reference: &Reference) {
        read(&mut self.stages, &reference.stages);
        read(&mut self.practice_areas, &reference.practice_areas);
    }
}

fn read(ever: &mut BTreeMap<u64, NameTrail>, list: &[Named]) {
    if list.is_empty() {
        return;
    }
    let shown: BTreeSet<u64> = list.iter().map(|named| named.id).ordered();
    for (_, trail) in ever.iter_mut().filter(|(id, _)| !shown.contains(id)) {
        trail.set(None);
    }
    for Named { id, name } in list {
        ever.entry(*id).or_default().set(Some(name));
    }
}

impl NameTrail {
    fn set(&mut self, now: Option<&str>) {
        if self.now.as_deref() == now {
            return;
        }
        let former = std::mem::replace(&mut self.now, now.map(str::to_owned));
        self.before.extend(former);
        let now = self.now.as_deref().map(NameKey::new);
        let mut seen = BTreeSet::new();
        // Of a name borne twice the later time counts.
        let kept = self.before.iter().rev().filter(|name| {
            let key = NameKey::new(name);
            Some(&key) != now.as_ref() && seen.insert(key)
        });
        let mut kept: Vec<String> = kept.take(MOST_FORMER).cloned().collect();
        kept.reverse();
        self.before = kept;
    }
}

/// One name that the firm's file says and that its bearer no longer bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Of which list.
    pub list: NameList,
    /// The old name as the file spells it.
    pub was: String,
    /// The name now.
    pub now: String,
    /// Where the file still says the old one; empty when another file does.
    pub lines: Vec<u32>,
    /// The firm's file.
    pub file: String,
}

impl fmt::Display for Renamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Renamed { list: _, was, now, lines, file } = self;
        write!(f, "'{was}' is now called '{now}'; ")?;
        match lines.as_slice() {
            [] => write!(f, "{file} still says '{was}'"),
            [line] => write!(f, "line {line} still says '{was}' ({file}:{line})"),
            [first, ..] => write!(f, "lines {} still say '{was}' ({file}:{first})", listed(lines)),
        }
    }
}

fn listed(lines: &[u32]) -> String {
    let words: Vec<String> = lines.iter().map(u32::to_string).collect();
    words.join(", ")
}

/// Every rename that concerns one firm's file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    all: Vec<Renamed>,
    /// By the list and the new name, where the file does not say the new name.
    by_now: BTreeMap<(NameList, NameKey), usize>,
}

impl Renames {
    /// Holds what the file says against what the lists said.
    pub fn of(firm: &Firm, ever: &NamesEver) -> Renames {
        let mut renames = Renames::default();
        for (list, trails) in [(NameList::Stages, &ever.stages), (NameList::PracticeAreas, &ever.practice_areas)] {
            renames.find(firm, list, trails);
        }
        renames
    }

    fn find(&mut self, firm: &Firm, list: NameList, trails: &BTreeMap<u64, NameTrail>) {
        let current: BTreeSet<NameKey> = trails.values().filter_map(|trail| trail.now.as_deref()).map(NameKey::new).ordered();
        let mut said: BTreeMap<NameKey, (&str, Vec<u32>)> = BTreeMap::new();
        for name in firm.names.iter().filter(|name| name.list == list) {
            let (_, lines) = said.entry(NameKey::new(&name.name)).or_insert((name.name.as_str(), Vec::new()));
            lines.extend((name.line > 0 && lines.last() != Some(&name.line)).then_some(name.line));
        }
        for (key, (was, lines)) in said.iter().filter(|(key, _)| !current.contains(key)) {
            let bore = |trail: &&NameTrail| trail.before.iter().any(|former| NameKey::new(former) == *key);
            for now in trails.values().filter(bore).filter_map(|trail| trail.now.as_deref()) {
                let now_key = NameKey::new(now);
                if !said.contains_key(&now_key) {
                    self.by_now.entry((list, now_key)).or_insert(self.all.len());
                }
                let (was, now, lines) = ((*was).to_owned(), now.to_owned(), lines.clone());
                self.all.push(Renamed { list, was, now, lines, file: firm.file.clone() });
            }
        }
    }

    /// In the order of the lists and the old names.
    pub fn all(&self) -> &[Renamed] {
        &self.all
    }

    fn of_name(&self, list: NameList, spelled: Option<&str>) -> Option<&Renamed> {
        if self.by_now.is_empty() {
            return None;
        }
        let key = (list, NameKey::new(spelled?));
        self.by_now.get(&key).and_then(|at| self.all.get(*at))
    }

    /// What the file makes of a practice area, also of one that was renamed.
    pub(super) fn area(&self, firm: &Firm, spelled: Option<&str>) -> Area {
        let area = stages::area(firm, spelled);
        let Some(renamed) = self.of_name(NameList::PracticeAreas, spelled) else { return area };
        let former = stages::area(firm, Some(&renamed.was));
        let own_stages = former.key.as_ref().is_some_and(|key| firm.stages.by_area.contains_key(key));
        let mapped = matches!(former.how, How::Map { .. });
        let kept = Area { key: former.key, out: former.out, ..area };
        if !mapped && !own_stages {
            return kept;
        }
        let no_create = own_stages || firm.portal.profile.required.practice_area;
        Area { to: None, how: How::Undecided, reason: Some(reason(renamed, Holds::Stage, no_create)), ..kept }
    }

    /// What the file makes of a stage within a practice area, also of one that was renamed.
    pub(super) fn stage(&self, firm: &Firm, area: &Area, spelled: Option<&str>) -> Stage {
        let stage = stages::stage(firm, area, spelled);
        let Some(renamed) = self.of_name(NameList::Stages, spelled) else { return stage };
        let former = stages::stage(firm, area, Some(&renamed.was));
        match former.how {
            How::Map { .. } | How::ForArea { .. } => Stage {
                to: None,
                wish: StageWish::Undecided,
                how: How::Undecided,
                reason: Some(reason(renamed, Holds::Stage, firm.portal.profile.required.stage)),
                skipped: former.skipped,
            },
            How::Hidden => former,
            How::SameName | How::Keep | How::Absent | How::Undecided => Stage { skipped: former.skipped, ..stage },
        }
    }

    /// The name under which the file knows a stage that was renamed.
    pub(super) fn former_stage(&self, spelled: Option<&str>) -> Option<&str> {
        self.of_name(NameList::Stages, spelled).map(|renamed| renamed.was.as_str())
    }
}

impl Mapper {
    /// The renames this mapper heeds.
    pub fn renames(&self) -> &Renames {
        self.names.renames()
    }
}

fn reason(renamed: &Renamed, holds: Holds, no_create: bool) -> Reason {
    let now = &renamed.now;
    let place = match renamed.lines.as_slice() {
        [] => renamed.file.clone(),
        [line] => format!("line {line} of {}", renamed.file),
        lines => format!("lines {} of {}", listed(lines), renamed.file),
    };
    reasons::reason(ReasonCode::Renamed, holds, no_create, renamed.to_string(), format!("write {now:?} in {place}"))
}
