//! `status`: how one firm stands, from its file and its state alone; asks nobody.

use super::{Attention, FileState, FileView, FirmStatus, NextRuns, OperationError, PauseView, ReconnectView, RunState, carry};
use crate::config::Firm;
use crate::config::cron::Cron;
use crate::domain::{CaseException, CaseId, Reason};
use crate::store::{Accepted, AccountMyCase, Pause, PlanSlot, Store};
use crate::sync::{Connection, RunReport, Trigger, connection_view, last_success, renames_view};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How many cases a line of attention names in `status`.
const EXAMPLES: usize = 5;

/// How a firm stands now.
pub fn status(firm: &Firm, store: &Store, now: Timestamp) -> Result<FirmStatus, OperationError> {
    let exceptions = carry::attention(store, false)?;
    let pause = store.meta::<Pause>()?.filter(|pause| pause.until.is_none_or(|until| until > now));
    let accepted = store.meta::<Accepted>()?;
    let waiting = store.plan_head(PlanSlot::Waiting)?.filter(|plan| plan.expires_at > now);
    let connection = connection_view(store, now)?;
    let state = match (&pause, firm.active) {
        (Some(_), _) => RunState::Paused,
        (None, true) => RunState::Active,
        (None, false) => RunState::Inactive,
    };
    let next = if state == RunState::Active { next_runs(firm, now) } else { NextRuns::default() };
    Ok(FirmStatus {
        next_due: next.soonest().filter(|_| connection.connection == Connection::Connected),
        overdue: Vec::new(),
        last_success: last_success(store)?,
        firm: firm.id.clone(),
        name: firm.name.clone(),
        time_zone: firm.time_zone.iana_name().map(str::to_owned),
        cases_url: cases_url(firm, store)?,
        connection: connection.connection,
        connection_since: connection.since,
        connection_ends: connection.ends_at,
        notes: connection.notes(firm).into_iter().chain(renames_view(firm, store)?).collect(),
        reconnect: connection.broken.map(|broken| ReconnectView { since: broken.since, why: broken.why }),
        status: state,
        next,
        pause: pause.map(|pause| PauseView { reason: pause.reason, since: pause.since, until: pause.until }),
        file: FileView {
            generation: accepted.as_ref().map_or(0, |accepted| accepted.generation),
            since: accepted.as_ref().map(|accepted| accepted.at),
            sha256: accepted.and_then(|accepted| accepted.sha256),
            ..FileView::new(FileState::Current, Vec::new())
        },
        running: Vec::new(),
        last: last_run(store)?,
        exceptions: exceptions.len(),
        attention: attention(&exceptions, EXAMPLES),
        waiting_since: waiting.as_ref().map(|plan| plan.saved_at),
        waiting: waiting.as_ref().map_or(0, |plan| plan.cases),
        waiting_plan: waiting.map(|plan| plan.name),
        state_error: None,
    })
}

/// Below the firm's own site in MyCase (MyCase: a case's page is `/court_cases/ID`).
fn cases_url(firm: &Firm, store: &Store) -> Result<Option<String>, OperationError> {
    let site = match &firm.mycase.web_url {
        Some(url) => Some(url.to_string()),
        None => store.meta::<AccountMyCase>()?.map(|account| account.url),
    };
    Ok(site.map(|site| format!("{}/court_cases", site.trim_end_matches('/'))))
}

fn last_run(store: &Store) -> Result<Option<RunReport>, OperationError> {
    let of_cases = [Trigger::Schedule, Trigger::Verify, Trigger::ByHand, Trigger::Approval, Trigger::ContactHours, Trigger::Changes];
    let last = store.last_run(&of_cases.map(Trigger::word))?;
    Ok(last.and_then(|(_, value)| serde_json::from_value(value).ok()))
}

/// The next run of each schedule after `now`.
pub(crate) fn next_runs(firm: &Firm, now: Timestamp) -> NextRuns {
    let next = |cron: &Option<Cron>| cron.as_ref().and_then(|cron| cron.next_after(now));
    let schedule = &firm.schedule;
    NextRuns {
        cases: next(&schedule.cases),
        changes: next(&schedule.changes),
        verify: next(&schedule.verify),
        documents: next(&schedule.documents),
        messages: next(&schedule.messages),
    }
}

/// Ten cases with one cause are one line with a count and the first `examples` of them, the most frequent first.
pub fn attention(exceptions: &[CaseException], examples: usize) -> Vec<Attention> {
    let mut causes: BTreeMap<&Reason, Vec<CaseId>> = BTreeMap::new();
    for CaseException { case, reasons } in exceptions {
        for reason in reasons {
            causes.entry(reason).or_default().push(*case);
        }
    }
    let mut lines: Vec<Attention> = causes
        .into_iter()
        .map(|(reason, cases)| Attention {
            code: reason.code,
            text: reason.text.clone(),
            fix: reason.fix.clone(),
            cases: cases.len(),
            examples: cases.into_iter().take(examples).collect(),
        })
        .collect();
    lines.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| (a.code, &a.text).cmp(&(b.code, &b.text))));
    lines
}
