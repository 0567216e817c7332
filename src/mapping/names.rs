//! The firm's practice areas and stages, decided once for every name that MyCase or the file knows. Other spellings are
//! decided when they come.

use super::renames::Renames;
use super::stages::{Area, Stage};
use crate::config::Firm;
use crate::domain::{Ordered, Reference, SeenCase};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Decisions by MyCase's spelling. Never iterated, so the order of a hash map reaches nothing.
pub(super) struct Names {
    areas: HashMap<String, InArea>,
    without_area: InArea,
    renames: Renames,
}

struct InArea {
    area: Area,
    stages: HashMap<String, Stage>,
    without_stage: Stage,
}

impl Names {
    /// Decides everything that can be known beforehand.
    pub(super) fn new(firm: &Firm, reference: &Reference, renames: Renames) -> Names {
        let areas = reference.practice_areas.iter().map(|named| named.name.as_str());
        let areas: BTreeSet<&str> = areas.chain(firm.practice_areas.map.values().map(|entry| &*entry.from)).ordered();
        let stages = reference.stages.iter().map(|named| named.name.as_str());
        let stages: BTreeSet<&str> = stages.chain(firm.stages.map.values().map(|entry| &*entry.from)).ordered();
        let within = |area: Option<&str>| {
            let area = renames.area(firm, area);
            let decided = stages.iter().map(|stage| ((*stage).to_owned(), renames.stage(firm, &area, Some(stage)))).collect();
            InArea { stages: decided, without_stage: renames.stage(firm, &area, None), area }
        };
        let (areas, without_area) = (areas.iter().map(|area| ((*area).to_owned(), within(Some(area)))).collect(), within(None));
        Names { areas, without_area, renames }
    }

    /// What was renamed and the file still calls by the old name.
    pub(super) fn renames(&self) -> &Renames {
        &self.renames
    }

    /// What the case's practice area and stage mean.
    pub(super) fn decide(&self, case: &SeenCase, firm: &Firm) -> (Cow<'_, Area>, Cow<'_, Stage>) {
        let known = match case.practice_area.as_deref() {
            Some(area) => self.areas.get(area),
            None => Some(&self.without_area),
        };
        let Some(known) = known else {
            let area = self.renames.area(firm, case.practice_area.as_deref());
            let stage = self.renames.stage(firm, &area, case.stage.as_deref());
            return (Cow::Owned(area), Cow::Owned(stage));
        };
        let stage = match case.stage.as_deref() {
            Some(stage) => known.stages.get(stage).map(Cow::Borrowed),
            None => Some(Cow::Borrowed(&known.without_stage)),
        };
        let stage = stage.unwrap_or_else(|| Cow::Owned(self.renames.stage(firm, &known.area, case.stage.as_deref())));
        (Cow::Borrowed(&known.area), stage)
    }
}
