//! The planner's own reasons for attention, in words for the person who can do something about them. No personal data.

use crate::domain::{CaseId, Holds, Reason, ReasonCode};
use crate::mapping::OutOfScope;

fn reason(code: ReasonCode, holds: Holds, no_create: bool, text: impl Into<String>, fix: impl Into<String>) -> Reason {
    Reason { code, holds, no_create, text: text.into(), fix: fix.into() }
}

pub(super) fn client_changed() -> Reason {
    let fix = "look at both in MyCase, then `casebridge approve FIRM PLAN --only contact`; or put the case into `never` in [cases]";
    reason(ReasonCode::ClientChanged, Holds::Contact, false, "the client is now another person than the portal knows", fix)
}

pub(super) fn closed_by_hand() -> Reason {
    let fix = "close it in the portal, or take the stage out of `by_hand` in [closure]";
    reason(ReasonCode::ClosedByHand, Holds::State, false, "closed in MyCase, in a stage whose cases are closed by hand", fix)
}

/// Which rule of `[cases]` leaves a case out, and what takes it in.
pub(super) fn left_out(why: OutOfScope) -> (&'static str, &'static str) {
    match why {
        OutOfScope::Testing => ("`[testing] cases` does not list it", "empty that list"),
        OutOfScope::PracticeAreaNotListed => ("its practice area is not in `practice_areas`", "add the practice area"),
        OutOfScope::PracticeAreaSkipped => ("its practice area is in `skip_practice_areas`", "take the practice area out"),
        OutOfScope::StageSkipped => ("its stage is in `skip_stages`", "take the stage out"),
        OutOfScope::NotEnabled => ("`enabled_by` is not true for it", "switch it on in MyCase"),
    }
}

pub(super) fn out_of_scope(why: OutOfScope) -> Reason {
    let (text, rule) = left_out(why);
    let fix = format!("{rule}, close it in the portal by hand, or set `out_of_scope = \"close\"` in [closure]");
    reason(ReasonCode::OutOfScope, Holds::Everything, true, format!("open in the portal, but [cases] leaves it out: {text}"), fix)
}

pub(super) fn no_stage_to_start() -> Reason {
    let fix = "set `start` in [stages] to the stage that new cases begin in";
    let text = "a new case in a stage that clients do not see, and the portal needs a stage";
    reason(ReasonCode::RequiredFieldEmpty, Holds::Stage, true, text, fix)
}

pub(super) fn no_practice_area() -> Reason {
    let text = "a new case without a practice area, and the portal needs one";
    reason(ReasonCode::RequiredFieldEmpty, Holds::Stage, true, text, "give the case a practice area in MyCase")
}

pub(super) fn lacking(what: &str) -> Reason {
    let text = format!("a new case needs {what}");
    reason(ReasonCode::RequiredFieldEmpty, Holds::Nothing, true, text, "add it in MyCase")
}

pub(super) fn status_unknown() -> Reason {
    let text = "MyCase does not say whether the case is open or closed";
    reason(ReasonCode::StatusUnknown, Holds::State, true, text, "open the case in MyCase and set its status")
}

pub(super) fn two_portal_records() -> Reason {
    let fix = "decide in the portal which one clients see, and delete the other there";
    reason(ReasonCode::TwoPortalRecords, Holds::Nothing, true, "two portal records carry this case's id", fix)
}

pub(super) fn lookalike() -> Reason {
    let text = "the portal holds a record with this case's name or readable id, but without its MyCase id";
    let fix = "give that record the MyCase case id as its integration id, or delete it in the portal";
    reason(ReasonCode::LookalikeInPortal, Holds::Everything, true, text, fix)
}

pub(super) fn record_gone() -> Reason {
    let fix = "bring the record back in the portal; or `casebridge sync FIRM CASE --verify` makes a new one; or put the case into `never`";
    reason(ReasonCode::PortalRecordGone, Holds::Everything, true, "the portal no longer holds the record", fix)
}

/// `fields` are names of fields; stages and practice areas stand with what the portal shows.
pub(super) fn changed_by_hand(fields: &[String]) -> Reason {
    let text = format!("changed in the portal by hand: {}", fields.join(", "));
    let fix = "change it back in the portal, change it in MyCase, or set `drift = \"correct\"` in [portal]";
    reason(ReasonCode::ChangedByHand, Holds::Nothing, false, text, fix)
}

pub(super) fn gone(was_open: bool) -> Reason {
    let text = if was_open { "MyCase no longer shows the case, which was open when last seen" } else { "MyCase no longer shows the case" };
    let fix = "if it was deleted, close it in the portal; if the connected person lost the right to see it, give it back";
    reason(ReasonCode::GoneFromMyCase, Holds::Everything, true, text, fix)
}

const OWN_PHONE: &str = "give each person their own number in MyCase, or set `shared_phone = \"allow\"` in [clients]";
const OWN_ID: &str = "give each case its own number in MyCase, or choose another source for `readable_id` in [fields]";

pub(super) fn shared_phone(cases: &[CaseId]) -> Reason {
    let text = format!("one phone number stands for two different people ({})", named(cases));
    reason(ReasonCode::SharedPhone, Holds::Contact, true, text, OWN_PHONE)
}

pub(super) fn takes_a_phone() -> Reason {
    let text = "the client's new phone number is another person's on another case";
    reason(ReasonCode::SharedPhone, Holds::Contact, true, text, OWN_PHONE)
}

pub(super) fn same_readable_id(cases: &[CaseId]) -> Reason {
    let text = format!("several cases bear one readable id ({})", named(cases));
    reason(ReasonCode::SameReadableId, Holds::Rest, true, text, OWN_ID)
}

pub(super) fn takes_a_readable_id() -> Reason {
    reason(ReasonCode::SameReadableId, Holds::Rest, true, "its new readable id is another case's", OWN_ID)
}

fn named(cases: &[CaseId]) -> String {
    const MOST: usize = 5;
    let mut words: Vec<String> = cases.iter().take(MOST).map(|case| case.to_string()).collect();
    if cases.len() > MOST {
        words.push(format!("{} more", cases.len() - MOST));
    }
    format!("{} {}", if cases.len() == 1 { "case" } else { "cases" }, words.join(", "))
}
