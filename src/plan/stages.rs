//! Where the client sees a linked case stand: hidden stages, undecided ones, stages that have not stood long enough.

use super::compare::Base;
use super::memory::{self, Since};
use crate::config::Firm;
use crate::mapping::{StageWish, Wanted};
use jiff::Timestamp;

/// The practice area and the stage that the portal should show now. What is not decided, hidden or has not stood long
/// enough stays as it is.
pub(super) fn place<'a>(
    firm: &Firm,
    wanted: &'a Wanted,
    base: &Base<'a>,
    held: bool,
    since: &Since,
    now: Timestamp,
) -> (Option<&'a str>, Option<&'a str>) {
    let stays = (base.practice_area, base.stage);
    let wished = wanted.record.stage.as_deref();
    let stage = match &wanted.stage {
        StageWish::Set if held => base.stage,
        // A portal that needs a stage cannot be told to show none.
        StageWish::Set if wished.is_none() && firm.portal.profile.required.stage => base.stage,
        // Practice area and stage wait together: a stage belongs to its practice area.
        StageWish::Set if wished != base.stage && !memory::stood(since.stage, firm.stages.settle, now) => return stays,
        StageWish::Set => wished,
        StageWish::Keep { .. } | StageWish::Undecided => base.stage,
    };
    let area = if wanted.practice_area_decided { wanted.record.practice_area.as_deref() } else { base.practice_area };
    let half = (area != base.practice_area && stage == base.stage) || (area == base.practice_area && stage != base.stage);
    if half && !goes_together(firm, area, stage) { stays } else { (area, stage) }
}

/// The stage that `[closure] stage` sets before closing; none where the practice area has no such stage: such cases close
/// where they stand, since the portal would refuse the pair and with it the closing.
pub(super) fn closing_stage<'f>(firm: &'f Firm, area: Option<&str>) -> Option<&'f str> {
    firm.closure.stage.as_deref().filter(|stage| goes_together(firm, area, Some(stage)))
}

/// Whether the stage is one of the practice area's, as far as `[portal.stages]` says: when only one of the two moves,
/// a pair that the portal does not know would be refused.
fn goes_together(firm: &Firm, area: Option<&str>, stage: Option<&str>) -> bool {
    let (Some(area), Some(stage)) = (area, stage) else { return true };
    firm.portal.stages.get(area).is_none_or(|stages| stages.iter().any(|known| known == stage))
}
