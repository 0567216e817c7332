//! What an edited file means for the cases that are linked, from the links alone: nobody is asked, nothing is decided.
//!
//! Practice areas, stages and scope are known of every link; contact data and fields are not, so an edit of those is not
//! measured here but shown by `plan`.

use super::render::plural;
use super::stages;
use crate::config::{Firm, OutOfScopeRule};
use crate::domain::Link;
use crate::mapping::{Place, StageWish, place};

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
        effect.move_ += usize::from(would_move(firm, &place, link.practice_area.as_deref(), link.stage.as_deref()));
        effect.unmapped += usize::from(place.wish == StageWish::Undecided);
    }
    effect
}

/// Whether a case that clients see in this practice area and stage would be shown elsewhere.
pub fn would_move(firm: &Firm, to: &Place, practice_area: Option<&str>, stage: Option<&str>) -> bool {
    let area = to.practice_area.as_deref().or(practice_area);
    let wanted = if to.wish == StageWish::Set { to.stage.as_deref() } else { stage };
    stages::settled(firm, (practice_area, stage), (area, wanted)) != (practice_area, stage)
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
            said.push(format!("{} in a stage that is not in the map would need attention", cases(unmapped)));
        }
        if left_out > 0 {
            let what = match firm.closure.out_of_scope {
                OutOfScopeRule::Report => "need attention",
                OutOfScopeRule::Close => "closed in the portal",
            };
            said.push(format!("{} would be left out by [cases], and {what}", cases(left_out)));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::firm_for_tests::{entry, firm};
    use crate::domain::{CaseId, Fingerprint, PortalId, SeenState};
    use jiff::Timestamp;

    fn link(case: u64, mycase_stage: &str, portal_stage: &str, open: bool) -> Link {
        let (area, at) = (Some("Personal Injury".to_owned()), Timestamp::UNIX_EPOCH);
        let seen = SeenState { practice_area: area.clone(), stage: Some(mycase_stage.into()), stage_since: at, open, open_since: at };
        let print = Fingerprint([0; 16]);
        Link {
            case: CaseId(case),
            portal_id: PortalId(case.to_string()),
            practice_area: area,
            stage: Some(portal_stage.into()),
            open,
            contact: print,
            rest: print,
            clients: Vec::new(),
            phones: Vec::new(),
            readable: 0,
            seen,
            missing: None,
            linked_at: at,
        }
    }

    #[test]
    fn an_edit_is_measured_by_the_open_cases_it_moves_and_says_when_they_will_wait() {
        let mut firm = firm();
        firm.stages.map = [entry("Demand Sent", "Negotiation", 4)].into_iter().collect();
        let links: Vec<Link> = (0..20).map(|case| link(case, "Demand Sent", "Demand", case != 0)).collect();
        let effect = measure(&firm, links);
        assert_eq!((effect.open, effect.move_), (19, 19), "the closed one does not count");
        let said = effect.sentences(&firm).join("\n");
        assert!(said.starts_with("19 linked cases would move at the next run"), "{said}");
    }
}
