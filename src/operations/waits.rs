//! Why a case's change is not sent (yet), as `explain` tells it: left out, settling, over a limit, approved for later, refused
//! a short while ago, an answer that was lost, contact hours, a firm that does not run.

use super::OperationError;
use super::explain::Places;
use super::explained::WaitView;
use crate::config::Rule;
use crate::domain::{CaseId, Kind, Kinds, Link};
use crate::plan::{Change, Hold, LimitLine, Told};
use crate::store::{Approval, EntryState, JournalEntry, Pause, PlanSlot, SavedPlan};
use crate::sync::{Closeup, Engine};
use jiff::Timestamp;

/// Everything that holds something of the case back.
pub(super) fn of(engine: &Engine, case: CaseId, closeup: &Closeup, places: &Places) -> Result<Vec<WaitView>, OperationError> {
    let (store, now) = (engine.store(), engine.hands.clock.now());
    let Some(seen) = &closeup.seen else { return Ok(vec![missing(closeup.link.as_ref())]) };
    let mut waits: Vec<WaitView> = seen.told.iter().map(|told| of_told(told, places)).collect();
    let change = seen.change();
    if let Some(saved) = store.plan(PlanSlot::Waiting)?.filter(|saved| saved.expires_at > now) {
        let own = saved.changes.iter().filter(|waiting| waiting.case == case);
        let still = |waiting: &&Change| change.is_some() || waiting.hold.is_some();
        waits.extend(own.filter(still).map(|waiting| in_plan(&saved, waiting, places)));
    }
    let entry = store.journal()?.into_iter().find(|entry| entry.change.case == case);
    waits.extend(entry.as_ref().map(journalled));
    waits.extend(seen.rests.map(|until| {
        let text = "the portal refused this very change a short while ago; unless the case changes it is not sent again before then";
        WaitView { until: Some(until), ..wait("refused", text) }
    }));
    if let Some(change) = change {
        let free = waits.iter().all(|wait| wait.code == "new");
        waits.extend(by_hours(engine, change, now, places).filter(|_| free));
        waits.extend(asleep(engine, now, places)?);
    }
    Ok(waits)
}

fn wait(code: &str, text: &str) -> WaitView {
    WaitView { code: code.to_owned(), text: text.to_owned(), setting: None, place: None, until: None, plan: None }
}

fn of_rule(view: WaitView, rule: Rule, places: &Places) -> WaitView {
    WaitView { setting: Some(rule.to_string()), place: places.of_rule(rule), ..view }
}

fn of_told(told: &Told, places: &Places) -> WaitView {
    let view = WaitView { until: told.until, ..wait(told.code, &told.text) };
    told.rule.map_or(view.clone(), |rule| of_rule(view, rule, places))
}

/// MyCase answers that there is no such case.
fn missing(link: Option<&Link>) -> WaitView {
    let text = match link.map(|link| link.missing) {
        None => "MyCase shows no such case to the person who connected, and it is not in the portal",
        Some(Some(missing)) if missing.proved => {
            "MyCase no longer shows this case; its portal record stays as it is until a person decides"
        }
        Some(_) => "MyCase does not show this case; its portal record stays as it is until two runs an hour apart have proved it",
    };
    wait("missing", text)
}

fn in_plan(saved: &SavedPlan, waiting: &Change, places: &Places) -> WaitView {
    let over: Vec<&LimitLine> = saved.over.iter().filter(|line| line.exceeded && waiting.kinds.contains(line.kind)).collect();
    let by = saved.run.map(|run| format!(", held by run {run}")).unwrap_or_default();
    let why = match (waiting.hold, over.as_slice()) {
        (Some(Hold::ClientChanged), _) => "its client is now another person, which only `approve --only contact` sends".to_owned(),
        (None, [_, ..]) => over.iter().map(|line| over_limit(line)).collect::<Vec<_>>().join(" and "),
        (None, []) if saved.left.contains(&waiting.case) => "it was left out of an earlier yes".to_owned(),
        (None, []) => "a first import waits for one yes".to_owned(),
    };
    let text = format!("waits for approval in plan {}{by}: {why}", saved.name);
    let view = WaitView { until: Some(saved.expires_at), plan: Some(saved.name.clone()), ..wait("approval", &text) };
    match over.first() {
        Some(line) if waiting.hold.is_none() => of_rule(view, limit(line.kind), places),
        _ => view,
    }
}

fn over_limit(line: &LimitLine) -> String {
    let allowed = line.limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{limit} allowed"));
    format!("{} with the kind {} within a day, {allowed}", line.planned, line.kind)
}

fn limit(kind: Kind) -> Rule {
    let key = match kind {
        Kind::Create => "create",
        Kind::Close => "close",
        Kind::Reopen => "reopen",
        Kind::Contact => "contact",
        Kind::Stage => "change_stage",
        Kind::Update => "update",
    };
    Rule::of("limits", key)
}

fn journalled(entry: &JournalEntry) -> WaitView {
    match (entry.state, &entry.approval) {
        (EntryState::Sent, _) => {
            wait("answer-lost", &format!("run {} sent it and did not hear what became of it; the next run looks it up", entry.run))
        }
        (EntryState::Intended, Approval::Person { who, plan, .. }) => {
            let text = format!("approved by {who} in plan {plan}, and not sent yet");
            let code = if entry.not_before.is_some() { "contact-hours" } else { "approved" };
            WaitView { until: entry.not_before, plan: Some(plan.clone()), ..wait(code, &text) }
        }
        (EntryState::Intended, Approval::ByLimits) if entry.not_before.is_some() => {
            let text = format!("run {} could not send it; it goes on when contact hours begin", entry.run);
            WaitView { until: entry.not_before, ..wait("contact-hours", &text) }
        }
        (EntryState::Intended, Approval::ByLimits) => {
            wait("approved", &format!("run {} ended before it was sent; the next one goes on", entry.run))
        }
    }
}

/// What clients notice waits for contact hours.
fn by_hours(engine: &Engine, change: &Change, now: Timestamp, places: &Places) -> impl Iterator<Item = WaitView> {
    let (hours, zone) = (&engine.firm.portal.contact_hours, &engine.firm.time_zone);
    let noticed: Kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Update).collect();
    let waits = change.kinds.meets(noticed) && !hours.is_open(now, zone);
    let view = || WaitView {
        until: hours.next_opening(now, zone),
        ..wait("contact-hours", "clients would notice it, and it is outside contact hours")
    };
    waits.then(|| of_rule(view(), Rule::of("portal", "contact_hours"), places)).into_iter()
}

/// The firm does not run by itself.
fn asleep(engine: &Engine, now: Timestamp, places: &Places) -> Result<Option<WaitView>, OperationError> {
    if let Some(pause) = engine.store().meta::<Pause>()?.filter(|pause| pause.until.is_none_or(|until| until > now)) {
        return Ok(Some(WaitView { until: pause.until, ..wait("paused", &format!("the firm is paused: {}", pause.reason)) }));
    }
    let text = "the firm is inactive: nothing runs by itself, only `casebridge sync`";
    Ok((!engine.firm.active).then(|| of_rule(wait("inactive", text), Rule::of("firm", "status"), places)))
}
