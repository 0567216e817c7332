//! What is remembered of MyCase's word on a case, and since when a stage or a state has stood.

use crate::domain::SeenState;
use crate::mapping::{SeenStatus, Wanted};
use jiff::Timestamp;
use std::time::Duration;

/// Since when the case has stood as it stands. MyCase keeps no history of stages (no such field in Cases.json), so
/// this is the first look that showed it, or the case's last change of any sort when that was earlier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    pub(super) stage: Timestamp,
    pub(super) open: Timestamp,
}

impl Since {
    pub(super) fn of(wanted: &Wanted, seen: Option<&SeenState>, now: Timestamp) -> Since {
        let first = |same: bool, since: fn(&SeenState) -> Timestamp| match seen {
            Some(seen) if same => since(seen),
            Some(_) | None => now,
        };
        let stage = first(seen.is_some_and(|seen| seen.stage == wanted.mycase_stage), |seen| seen.stage_since);
        let open = first(seen.is_some_and(|seen| seen.open == is_open(wanted, Some(seen))), |seen| seen.open_since);
        let earlier = |since: Timestamp| wanted.updated_at.map_or(since, |updated| updated.min(since));
        Since { stage: earlier(stage), open: earlier(open) }
    }
}

/// Whether something that began then has stood long enough by now.
pub(super) fn stood(since: Timestamp, long: Duration, now: Timestamp) -> bool {
    let long = i64::try_from(long.as_secs()).unwrap_or(i64::MAX);
    now.as_second().saturating_sub(since.as_second()) >= long
}

/// What to remember when MyCase says something else than last time; `None` when it says the same.
pub(super) fn moved(wanted: &Wanted, seen: &SeenState, now: Timestamp) -> Option<SeenState> {
    let same =
        seen.stage == wanted.mycase_stage && seen.practice_area == wanted.mycase_practice_area && seen.open == is_open(wanted, Some(seen));
    (!same).then(|| next(wanted, Some(seen), now))
}

/// What MyCase says now, with since when.
pub(super) fn next(wanted: &Wanted, seen: Option<&SeenState>, now: Timestamp) -> SeenState {
    let open = is_open(wanted, seen);
    let kept = |same: bool, since: Option<Timestamp>| if same { since.unwrap_or(now) } else { now };
    SeenState {
        practice_area: wanted.mycase_practice_area.clone(),
        stage: wanted.mycase_stage.clone(),
        stage_since: kept(seen.is_some_and(|seen| seen.stage == wanted.mycase_stage), seen.map(|seen| seen.stage_since)),
        open,
        open_since: kept(seen.is_some_and(|seen| seen.open == open), seen.map(|seen| seen.open_since)),
    }
}

/// A status that is neither open nor closed leaves what was known.
fn is_open(wanted: &Wanted, seen: Option<&SeenState>) -> bool {
    match wanted.state {
        SeenStatus::Open => true,
        SeenStatus::Closed => false,
        SeenStatus::Unknown => seen.map_or(wanted.record.open, |seen| seen.open),
    }
}
