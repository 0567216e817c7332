//! What becomes of a case that is not linked: nothing, attention, the record the portal has already, or a new one.

use super::adopt::{Own, Shelf};
use super::context::Context;
use super::{reasons, stages};
use crate::config::Firm;
use crate::domain::{Holds, Reason, ReasonCode, Record};
use crate::mapping::{Scope, SeenStatus, StageWish, Wanted};

/// What becomes of a case without a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not this run's, not in scope, too old, or closed and left out: nothing is said.
    Nothing,
    /// It cannot be created while these stand.
    Attention(Vec<Reason>),
    /// The portal has its record, at this place of the list.
    Adopt(usize),
    /// A new record, with what else a person should look at.
    Create(Vec<Reason>),
}

pub(super) fn of(context: &Context, shelf: Option<&Shelf>, wanted: &Wanted) -> Fate {
    if wanted.scope != Scope::In || !context.concerns(wanted.case) {
        return Fate::Nothing;
    }
    match shelf.map_or(Own::Nobody, |shelf| shelf.own(wanted.case)) {
        // A record that is there is taken however old the case: it was imported once.
        Own::One(at) => return Fate::Adopt(at),
        Own::Several => return Fate::Attention(vec![reasons::two_portal_records()]),
        Own::Nobody => {}
    }
    let firm = &context.firm;
    let old = wanted.updated_at.is_some_and(|updated| updated < context.lookback);
    let left_out = wanted.state == SeenStatus::Closed && !firm.closure.import_closed;
    if left_out || (!context.asked_for(wanted.case) && (old || firm.cases.selected_only)) {
        return Fate::Nothing;
    }
    let mut standing = wanted.reasons.clone();
    standing.extend(missing_place(firm, wanted));
    if wanted.state == SeenStatus::Unknown && !has(&standing, ReasonCode::StatusUnknown) {
        standing.push(reasons::status_unknown());
    }
    let unknown = wanted.state == SeenStatus::Unknown;
    let lacks = wanted.stage == StageWish::Undecided && firm.portal.profile.required.stage && start_stage(firm, wanted).is_none();
    let mut blocked = unknown || lacks || standing.iter().any(|reason| reason.no_create || reason.holds == Holds::Everything);
    // Mapping says all of this with better words; but whatever it says, no record is made without what the portal needs.
    if let Some(lacking) = missing_people(firm, wanted).filter(|_| !blocked) {
        standing.push(reasons::lacking(lacking));
        blocked = true;
    }
    if blocked { Fate::Attention(standing) } else { Fate::Create(standing) }
}

/// Who or what of people the portal needs and the record would not have.
fn missing_people(firm: &Firm, wanted: &Wanted) -> Option<&'static str> {
    let required = firm.portal.profile.required;
    let clients = if wanted.contact_decided { wanted.record.clients.as_slice() } else { &[] };
    if required.client && clients.is_empty() {
        return Some("a client who can log in");
    }
    if required.phone && clients.iter().any(|client| client.phone.is_none()) {
        return Some("the client's phone number");
    }
    if required.phone_or_email && clients.iter().any(|client| client.phone.is_none() && client.email.is_none()) {
        return Some("the client's phone number or e-mail address");
    }
    (required.attorney && wanted.record.attorney.is_none()).then_some("a lead attorney with an e-mail address")
}

/// Stage or practice area that the portal needs and the record would not have.
fn missing_place(firm: &Firm, wanted: &Wanted) -> Vec<Reason> {
    let required = firm.portal.profile.required;
    // A rename says why, too.
    let said = |code| has(&wanted.reasons, code) || has(&wanted.reasons, ReasonCode::Renamed);
    let mut missing = Vec::new();
    if required.stage && start_stage(firm, wanted).is_none() && !said(ReasonCode::StageNotMapped) {
        missing.push(reasons::no_stage_to_start());
    }
    let area = wanted.practice_area_decided && wanted.record.practice_area.is_some();
    if required.practice_area && !area && !said(ReasonCode::PracticeAreaNotMapped) {
        missing.push(reasons::no_practice_area());
    }
    missing
}

fn has(reasons: &[Reason], code: ReasonCode) -> bool {
    reasons.iter().any(|reason| reason.code == code)
}

/// The stage a new record begins in: closed ones where `[closure] stage` says, if it says.
fn start_stage<'a>(firm: &'a Firm, wanted: &'a Wanted) -> Option<&'a str> {
    let area = wanted.record.practice_area.as_deref();
    if let Some(stage) = stages::closing_stage(firm, area).filter(|_| wanted.state == SeenStatus::Closed) {
        return Some(stage);
    }
    match &wanted.stage {
        StageWish::Set => wanted.record.stage.as_deref(),
        StageWish::Keep { start } => start.as_deref(),
        StageWish::Undecided => None,
    }
}

/// The record that a create would make; what is not decided is left out.
pub(super) fn first_record(firm: &Firm, wanted: Wanted) -> Record {
    let stage = start_stage(firm, &wanted).map(str::to_owned);
    let mut record = Record { stage, ..wanted.record };
    if !wanted.practice_area_decided {
        record.practice_area = None;
    }
    if !wanted.contact_decided {
        record.clients.clear();
    }
    record
}
