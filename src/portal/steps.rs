//! Which operations a change takes, and which requests those are. Pure: nothing is sent here.

use super::render::{Bodies, Part};
use super::rendered::{Body, Clear, Rendered};
use super::view::{Case, View};
use crate::config::{ExpressionError, OperationName, Profile, RequestTemplate};
use crate::domain::{Kind, PortalId, Record};
use crate::plan::Change;

/// A request that is ready but for its address.
#[derive(Debug)]
pub(super) struct Step<'p> {
    pub(super) template: &'p RequestTemplate,
    pub(super) client_id: Option<u64>,
    pub(super) body: Option<Body<'p>>,
}

/// Whether every operation that the change may take can be repeated without harm, so that one whose outcome is unknown need
/// not be looked up first.
pub fn can_repeat(profile: &Profile, change: &Change) -> bool {
    let idempotent = |name: &OperationName| profile.operation(*name).is_some_and(|operation| operation.idempotent);
    operations(profile, change).iter().all(idempotent)
}

/// The operations of a change, in order: a record is opened before it is brought up to date, and closed after.
pub(super) fn operations(profile: &Profile, change: &Change) -> Vec<OperationName> {
    let if_there = |wanted: bool, name: OperationName| (wanted && profile.has(name)).then_some(name);
    let upserts = profile.has(OperationName::UpsertCase);
    let after = &change.after;
    let update = if upserts { OperationName::UpsertCase } else { OperationName::UpdateCase };
    let Some(before) = &change.before else {
        if change.portal_id.is_some() {
            // The record is there, and everything of it is sent anew; it is never made a second time.
            let reopens = if_there(change.kinds.contains(Kind::Reopen), OperationName::ReopenCase);
            let closes = if_there(change.kinds.contains(Kind::Close), OperationName::CloseCase);
            return [reopens, Some(update), closes].into_iter().flatten().collect();
        }
        let create = if upserts { OperationName::UpsertCase } else { OperationName::CreateCase };
        return [Some(create), if_there(!after.open, OperationName::CloseCase)].into_iter().flatten().collect();
    };
    let reopens = !before.open && after.open || change.kinds.contains(Kind::Reopen);
    let closes = before.open && !after.open || change.kinds.contains(Kind::Close);
    let says_something =
        upserts || change.kinds.iter().any(|kind| !matches!(kind, Kind::Reopen | Kind::Close)) || differs_otherwise(before, after);
    let steps =
        [if_there(reopens, OperationName::ReopenCase), if_there(says_something, update), if_there(closes, OperationName::CloseCase)];
    steps.into_iter().flatten().collect()
}

fn differs_otherwise(before: &Record, after: &Record) -> bool {
    before.differs(after).iter().any(|kind| !matches!(kind, Kind::Reopen | Kind::Close))
}

/// The requests of one of a change's operations; those that would say nothing new are left out. `portal_id` is the record's,
/// once it is known.
pub(super) fn steps<'p>(
    profile: &'p Profile,
    bodies: &Bodies,
    name: OperationName,
    change: &'p Change,
    portal_id: Option<&'p PortalId>,
) -> Result<Vec<Step<'p>>, ExpressionError> {
    let Some(operation) = profile.operation(name) else { return Ok(Vec::new()) };
    let after = Case::new(change.case, portal_id, &change.after);
    let before = match name {
        OperationName::UpdateCase | OperationName::UpsertCase => comparable(change),
        _ => None,
    };
    let before = before.as_ref().map(|before| Case::new(change.case, portal_id, before));
    let mut steps = Vec::with_capacity(operation.requests.len() + change.after.clients.len());
    for (at, template) in operation.requests.iter().enumerate() {
        let part = bodies.get(name, at);
        let clear = Clear { value: &template.clear, list: &template.clear_list };
        let old = before.as_ref().map(|before| requests(part, template, before)).transpose()?;
        for (client_id, body) in requests(part, template, &after)? {
            let old = old.as_ref().map(|old| old.iter().find(|(id, _)| *id == client_id));
            let body = match (body, old) {
                // Something new: a record, or a client that was not there before.
                (body, None | Some(None)) => body.map(Body::New),
                (Some(body), Some(Some((_, Some(old))))) => match body.update(old, template.only_changed, clear) {
                    Some(body) => Some(Body::Update(body)),
                    None => continue,
                },
                // Without a body it says the same before and after.
                (None, Some(Some(_))) | (Some(_), Some(Some((_, None)))) => continue,
            };
            steps.push(Step { template, client_id, body });
        }
    }
    Ok(steps)
}

/// The record to compare with. `closed_date` is never compared. `None` when before and after are the same: that change is
/// asked for to write everything anew.
fn comparable(change: &Change) -> Option<Record> {
    let before = change.before.as_ref().filter(|before| !before.differs(&change.after).is_empty())?;
    Some(Record { closed_date: change.after.closed_date, ..before.clone() })
}

/// What tells the requests of one template apart; `None` when there is only one.
type ElementId = Option<u64>;

/// The bodies of a request, one for each element it is repeated for, with what tells them apart.
fn requests<'a>(
    part: Option<&Part>,
    template: &RequestTemplate,
    case: &Case<'a>,
) -> Result<Vec<(ElementId, Option<Rendered<'a>>)>, ExpressionError> {
    let render = |view: View<'_, 'a>| part.map(|part| part.render(view)).transpose();
    match template.for_each {
        None => Ok(vec![(None, render(case.view())?)]),
        Some(each) => case.view().elements(each).map(|(id, view)| Ok((Some(id), render(view)?))).collect(),
    }
}
