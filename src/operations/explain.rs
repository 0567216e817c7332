//! `explain`: what MyCase says of one case, which line decided what of it, what was last sent, and why it is or is not in step.
//! Reads MyCase and the state; writes nowhere.

use super::explained::{Explained, FieldState, FieldView, InMyCase, ReasonView, SentView, Standing, WaitView};
use super::{Answer, ExplainAsk, OperationError, dispatch, waits};
use crate::config::Rule;
use crate::domain::{CaseId, CaseStatus, FieldName, Kind, Reason, ReasonCode, Record};
use crate::mapping::{FieldRow, value_of};
use crate::plan::Change;
use crate::store::{Accepted, AccountMyCase, Approval, HistoryEntry, Store};
use crate::sync::{self, Closeup, Engine};
use std::collections::BTreeSet;

/// How far back what was last sent of each field is looked for.
const ENTRIES: usize = 500;

/// Looks at one case.
pub(super) async fn explain(engine: &Engine, ask: ExplainAsk) -> Result<Answer, OperationError> {
    let ExplainAsk { case, show_values } = ask;
    let cases = dispatch::cases(engine, std::slice::from_ref(&case))?;
    let Some(case) = cases.first().copied() else { return Err(OperationError::Asked("which case?".to_owned())) };
    let closeup = sync::closeup(engine, case).await?;
    let store = engine.store();
    let history = store.history(Some(case), ENTRIES)?;
    let places = Places::of(engine)?;
    let waits = waits::of(engine, case, &closeup, &places)?;
    let attention = attention(store, case, &closeup)?;
    let (standing, summary) = standing(&closeup, &waits, &attention);
    let seen = closeup.seen.as_ref();
    let site = engine.firm.mycase.web_url.as_ref().map(|url| url.to_string());
    let site = site.or(store.meta::<AccountMyCase>()?.map(|account| account.url));
    let fields = seen.map(|seen| fields(seen.rows.iter(), &closeup, &history, &places)).unwrap_or_default();
    Ok(Answer::Explained(Box::new(Explained {
        firm: engine.firm.id.clone(),
        time_zone: engine.firm.time_zone.iana_name().map(str::to_owned),
        case,
        name: seen.filter(|_| show_values).and_then(|seen| seen.case.name.clone()),
        url: site.map(|site| format!("{}/court_cases/{case}", site.trim_end_matches('/'))),
        in_mycase: seen.map_or(InMyCase::NotFound, |seen| in_mycase(seen.case.status)),
        standing,
        summary,
        portal_id: closeup.link.as_ref().map(|link| link.portal_id.clone()),
        linked_since: closeup.link.as_ref().map(|link| link.linked_at),
        waits,
        attention,
        fields: if show_values { fields } else { fields.into_iter().map(without_values).collect() },
        last_sent: history.first().map(sent_view),
        notes: seen.map(|seen| seen.renamed.iter().map(ToString::to_string).collect()).unwrap_or_default(),
    })))
}

/// Where the firm's file in use says its settings.
pub(super) struct Places {
    file: String,
    text: String,
}

impl Places {
    fn of(engine: &Engine) -> Result<Places, OperationError> {
        let text = engine.store().meta::<Accepted>()?.map(|accepted| accepted.text).unwrap_or_default();
        Ok(Places { file: engine.firm.file.clone(), text })
    }

    /// `acme.firm.toml:41`; `None` when the default holds.
    pub(super) fn of_rule(&self, rule: Rule) -> Option<String> {
        rule.line_in(&self.text).map(|line| format!("{}:{line}", self.file))
    }
}

fn in_mycase(status: CaseStatus) -> InMyCase {
    match status {
        CaseStatus::Open => InMyCase::Open,
        CaseStatus::Closed => InMyCase::Closed,
        CaseStatus::Unknown => InMyCase::Unknown,
    }
}

fn fields<'a>(rows: impl Iterator<Item = &'a FieldRow>, closeup: &Closeup, history: &[HistoryEntry], places: &Places) -> Vec<FieldView> {
    let change = closeup.seen.as_ref().and_then(|seen| seen.change());
    let changed: Vec<FieldName> = change.map(Change::fields).unwrap_or_default();
    let view = |row: &FieldRow| {
        let because = &row.because;
        let made = |entry: &HistoryEntry| entry.kinds.contains(Kind::Create) && because.field == "state";
        let last = history.iter().find(|entry| made(entry) || names(&entry.fields, &because.field));
        let sent = closeup.sent.as_ref().and_then(|record: &Record| value_of(record, &because.field));
        let state = match &closeup.link {
            None => FieldState::NotInPortal,
            Some(_) if names(&changed, &because.field) => FieldState::Differs,
            Some(_) if row.wanted.is_some() && row.wanted != sent => FieldState::Held,
            Some(_) => FieldState::InStep,
        };
        FieldView {
            field: because.field.clone(),
            in_mycase: row.seen.clone(),
            rule: because.why.clone(),
            setting: because.rule.map(|rule| rule.to_string()),
            place: because.place.clone().or_else(|| because.rule.and_then(|rule| places.of_rule(rule))),
            result: row.wanted.clone(),
            sent,
            sent_at: last.map(|entry| entry.at),
            sent_run: last.map(|entry| entry.run),
            state,
        }
    };
    rows.map(view).collect()
}

/// Whether a change's fields name this one: a person's names belong to who the clients are, and who they are brings phone and
/// e-mail address with it.
fn names(fields: &[FieldName], field: &str) -> bool {
    fields.iter().map(|named| &**named).any(|named| match named {
        "first_name" | "last_name" => field == "clients",
        "clients" => matches!(field, "clients" | "phone" | "email"),
        named => named == field,
    })
}

/// With a word in the place of client data.
fn without_values(view: FieldView) -> FieldView {
    if is_no_client_data(&view.field) {
        return view;
    }
    let word = |value: &Option<String>, same: bool| value.as_ref().map(|_| if same { "set" } else { "changed" }.to_owned());
    let same = view.sent.is_none() || view.sent == view.result || view.result.is_none();
    FieldView { in_mycase: word(&view.in_mycase, true), result: word(&view.result, same), sent: word(&view.sent, true), ..view }
}

/// Names of stages and practice areas, open or closed.
pub(super) fn is_no_client_data(field: &str) -> bool {
    matches!(field, "state" | "stage" | "practice_area")
}

/// What only a run can tell stands as the last run left it; the rest is as of now.
fn attention(store: &Store, case: CaseId, closeup: &Closeup) -> Result<Vec<ReasonView>, OperationError> {
    let remembered = store.exception(case)?.map(|exception| exception.reasons).unwrap_or_default();
    let carried = store.carried_attention_by_item()?.into_iter().filter(|one| one.case == case).flat_map(|one| one.reasons);
    let resting = closeup.seen.as_ref().is_some_and(|seen| seen.rests.is_some());
    let still = |reason: &Reason| match (&closeup.seen, reason.code) {
        (None, _) => true,
        (Some(_), ReasonCode::Refused) => resting,
        (Some(_), code) => matches!(
            code,
            ReasonCode::TwoPortalRecords | ReasonCode::LookalikeInPortal | ReasonCode::PortalRecordGone | ReasonCode::ChangedByHand
        ),
    };
    let now = closeup.seen.iter().flat_map(|seen| &seen.plan.exceptions).filter(|one| one.case == case);
    let now = now.flat_map(|one| one.reasons.iter().cloned());
    let all: BTreeSet<ReasonView> = remembered.into_iter().filter(still).chain(now).chain(carried).map(reason_view).collect();
    Ok(all.into_iter().collect())
}

fn reason_view(reason: Reason) -> ReasonView {
    ReasonView { code: reason.code, text: reason.text, fix: reason.fix }
}

/// A change that reached the portal, without values.
fn sent_view(entry: &HistoryEntry) -> SentView {
    let (approved_by, plan) = match &entry.approval {
        Approval::ByLimits => (None, None),
        Approval::Person { who, plan, .. } => (Some(who.clone()), Some(plan.clone())),
    };
    let (kinds, fields) = (entry.kinds.iter().collect(), entry.fields.iter().map(ToString::to_string).collect());
    SentView { at: entry.at, run: entry.run, trigger: entry.trigger.clone(), approved_by, plan, kinds, fields }
}

/// The weightiest thing to be said of the case, and its sentence.
fn standing(closeup: &Closeup, waits: &[WaitView], attention: &[ReasonView]) -> (Standing, String) {
    let first = |codes: &[&str]| waits.iter().find(|wait| codes.contains(&wait.code.as_str())).map(|wait| capital(&wait.text));
    let Some(seen) = &closeup.seen else {
        let text = first(&["missing"]).unwrap_or_default();
        return (Standing::NotFound, text);
    };
    if let Some(text) = first(&["never", "out-of-scope", "too-old", "not-selected", "closed-before"]) {
        return (Standing::LeftOut, text);
    }
    if let Some(change) = seen.change() {
        let what = what(change);
        let holds = |wait: &&WaitView| wait.code != "new";
        return match waits.iter().find(holds) {
            Some(_) => (Standing::Waits, format!("Not in step, and it waits: {what}.")),
            None => (Standing::Differs, format!("Not in step; the next run sends it: {what}.")),
        };
    }
    if !attention.is_empty() {
        return (Standing::NeedsAttention, "A person has to look before all of it can be in step.".to_owned());
    }
    if let Some(text) = first(&["closed"]) {
        return (Standing::Closed, text);
    }
    if let Some(text) = first(&["closing-ignored", "reopening-ignored", "closed-by-hand"]) {
        return (Standing::LeftOut, text);
    }
    match first(&["settling", "approval", "answer-lost", "contact-hours"]) {
        Some(text) => (Standing::Waits, text),
        None => (Standing::InStep, "In step: the portal was told what MyCase says.".to_owned()),
    }
}

/// `a new record`, or the fields that change.
fn what(change: &Change) -> String {
    if change.kinds.contains(Kind::Create) { "a new record".to_owned() } else { change.fields().join(", ").replace('_', " ") }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let text: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    format!("{text}.")
}
