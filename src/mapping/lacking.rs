//! What a new portal record lacks although nothing is undecided: a linked case keeps what the portal has, a new one has
//! nothing to keep.

use super::{StageWish, Wanted, reasons};
use crate::config::{Firm, NotInMap};
use crate::domain::{Holds, Reason, ReasonCode};

/// Reasons that speak only against making a record: no stage to begin with (a hidden stage, or none in MyCase, without
/// `[stages] start`), no practice area. Ask before a create; for a linked case they mean nothing.
pub fn lacking(firm: &Firm, wanted: &Wanted) -> Vec<Reason> {
    let required = firm.portal.profile.required;
    let mut lacking = Vec::new();
    if required.stage && matches!(wanted.stage, StageWish::Keep { start: None }) {
        let text = match &wanted.mycase_stage {
            Some(stage) => format!("MyCase's stage {stage:?} is not shown to clients, so a new case has no stage to begin with"),
            None => "the case has no stage in MyCase, so a new case has no stage to begin with".to_owned(),
        };
        let fix = format!("set start = \"...\" under [stages] in {}", firm.file);
        lacking.push(reasons::reason(ReasonCode::StageNotMapped, Holds::Stage, true, text, fix));
    }
    let keeps_area = firm.practice_areas.not_in_map == NotInMap::Keep && !wanted.practice_area_decided;
    if let (true, true, Some(area)) = (required.practice_area, keeps_area, &wanted.mycase_practice_area) {
        let text = format!("MyCase's practice area {area:?} is not in [practice_areas.map], so a new case has none to begin with");
        let fix = format!("add {area:?} = \"...\" under [practice_areas.map] in {}", firm.file);
        lacking.push(reasons::reason(ReasonCode::PracticeAreaNotMapped, Holds::Stage, true, text, fix));
    }
    lacking
}
