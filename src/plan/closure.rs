//! Whether a linked portal record closes, opens again, stays, or is left alone altogether.

use super::memory::{self, Since};
use crate::config::Firm;
use crate::domain::NameKey;
use crate::mapping::{SeenStatus, Wanted};
use jiff::Timestamp;

/// What happens to the record's being open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// It stays open; everything else is kept in step.
    StaysOpen,
    /// It closes.
    Closes,
    /// It would close, but a person does that.
    ByHand,
    /// It opens again.
    Opens,
    /// It is closed and stays so: nothing about it is sent until it reopens.
    Rests,
}

/// `portal_open`: what the portal was last told or says. `held`: a reason holds back the state.
pub(super) fn door(firm: &Firm, wanted: &Wanted, portal_open: bool, held: bool, since: &Since, now: Timestamp) -> Door {
    let rule = &firm.closure;
    let settled = || memory::stood(since.open, rule.settle, now);
    match (portal_open, wanted.state) {
        (true, SeenStatus::Closed) if rule.close && !held && settled() => {
            let names = [&wanted.mycase_stage, &wanted.former_stage];
            let by_hand = !rule.by_hand.is_empty() && names.into_iter().flatten().any(|stage| rule.by_hand.contains(&NameKey::new(stage)));
            if by_hand { Door::ByHand } else { Door::Closes }
        }
        (true, SeenStatus::Open | SeenStatus::Closed | SeenStatus::Unknown) => Door::StaysOpen,
        (false, SeenStatus::Open) if rule.reopen && !held && settled() => Door::Opens,
        (false, SeenStatus::Open | SeenStatus::Closed | SeenStatus::Unknown) => Door::Rests,
    }
}
