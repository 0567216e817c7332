//! What an edited file means for the cases that are linked, from the links alone: nobody is asked, nothing is decided.
//!
//! Practice areas, stages and scope are known of every link; contact data and fields are not, so an edit of those is not
//! measured here but shown by `plan`.

use super::render::plural;
use crate::config::{Firm, OutOfScopeRule};
use crate::domain::Link;
use crate::mapping::{StageWish, place};

/// How many open linked cases an edited file concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// Open linked cases.
    pub open: usize,
    /// Those that would be shown in another stage or practice area.
    pub move_: usize,
    /// Those whose stage would no longer be in the map.
    pub unmapped: usize,
    /// Those that `[cases]` would leave out.
    pub left_out: usize,
}

/// Counts what the file means for these links.
pub fn measure(firm: &Firm, links: impl IntoIterator<Item = Link>) -> Effect {
    let mut effect = Effect::default();
    for link in links.into_iter().filter(|link| link.open && !firm.cases.never.contains(&link.case)) {
        effect.open += 1;
        let place = place(firm, link.seen.practice_area.as_deref(), link.seen.stage.as_deref());
        if place.left_out {
            effect.left_out += 1;
            continue;
        }
        let area_moves = place.practice_area.is_some() && place.practice_area != link.practice_area;
        let stage_moves = place.wish == StageWish::Set && place.stage != link.stage;
        effect.move_ += usize::from(area_moves || stage_moves);
        effect.unmapped += usize::from(place.wish == StageWish::Undecided);
    }
    effect
}

impl Effect {
    /// The effect in sentences, with what the brakes would do; empty when nothing is concerned.
    pub fn sentences(&self, firm: &Firm) -> Vec<String> {
        let Effect { open, move_, unmapped, left_out } = *self;
        let cases = |count| plural(count, "linked case", "linked cases");
        let mut said = Vec::new();
        if move_ > 0 {
            let limit = firm.limits.change_stage.allows(open).filter(|limit| move_ > *limit as usize);
            let held = limit.map(|limit| format!("; that is more than the limit of {limit}, so they will wait for approval"));
            said.push(format!("{} would move at the next run{}", cases(move_), held.unwrap_or_default()));
        }
        if unmapped > 0 {
            said.push(format!("{} stand in a stage that is not in the map and would need attention", cases(unmapped)));
        }
        if left_out > 0 {
            let what = match firm.closure.out_of_scope {
                OutOfScopeRule::Report => "would need attention",
                OutOfScopeRule::Close => "would be closed in the portal",
            };
            said.push(format!("{} would be left out by [cases] and {what}", cases(left_out)));
        }
        said
    }
}
