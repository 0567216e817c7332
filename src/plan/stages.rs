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
    settled(firm, stays, (area, stage))
}

/// Where a case ends up that is seen at `from` and wanted at `to`, each a practice area and a stage: when only one of the two
/// moves, to a pair that the portal does not know, it stays.
pub(super) fn settled<'a>(
    firm: &Firm,
    from: (Option<&'a str>, Option<&'a str>),
    to: (Option<&'a str>, Option<&'a str>),
) -> (Option<&'a str>, Option<&'a str>) {
    let half = (from.0 != to.0) != (from.1 != to.1);
    if half && !goes_together(firm, to.0, to.1) { from } else { to }
}

/// Whether the stage is one of the practice area's, as far as `[portal.stages]` says: when only one of the two moves,
/// a pair that the portal does not know would be refused.
fn goes_together(firm: &Firm, area: Option<&str>, stage: Option<&str>) -> bool {
    let (Some(area), Some(stage)) = (area, stage) else { return true };
    firm.portal.stages.get(area).is_none_or(|stages| stages.iter().any(|known| known == stage))
}
