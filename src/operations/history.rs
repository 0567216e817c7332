//! `history`: what was changed in the portal, when, by which run and with whose yes; from the state alone, nobody is asked.

use super::explain::is_no_client_data;
use super::{Answer, HistoryAsk, OperationError, dispatch};
use crate::domain::{CaseId, FieldName, FirmId, Kind, Ordered, PlanName, Record, RunId};
use crate::mapping::value_of;
use crate::store::{Approval, HistoryEntry, KEEP_VALUES};
use crate::sync::Engine;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// More than this is never answered at once.
const MOST: usize = 100_000;

/// `casebridge history`: `{firm, case, entries, more, values_since}`. The JSON form is a contract: keys may be added, not
/// changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The firm.
    pub firm: FirmId,
    /// The firm's zone, e.g. `America/Chicago`.
    pub time_zone: Option<String>,
    /// The case, when one was named.
    pub case: Option<CaseId>,
    /// The changes, the newest last.
    pub entries: Vec<HistoryLine>,
    /// Whether there are older ones that the limit left out.
    pub more: bool,
    /// Of changes before this the values are gone: they are kept for 90 days.
    pub values_since: Timestamp,
}

/// One change that reached the portal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When the portal confirmed it.
    pub at: Timestamp,
    /// The run.
    pub run: RunId,
    /// What set the run off.
    pub trigger: String,
    /// The case.
    pub case: CaseId,
    /// Who said yes; `None` when it was within the limits.
    pub approved_by: Option<String>,
    /// When they did.
    pub approved_at: Option<Timestamp>,
    /// To which plan.
    pub plan: Option<PlanName>,
    /// Its kinds, the weightiest first.
    pub kinds: Vec<Kind>,
    /// The fields that changed; of a create, all that had a value.
    pub fields: Vec<String>,
    /// By field, what the portal had. Names of stages and practice areas, open or closed; the rest only with values.
    pub before: BTreeMap<String, Option<String>>,
    /// By field, what it was told. Without values, client data is `changed` here and absent in `before`.
    pub after: BTreeMap<String, Option<String>>,
    /// Whether the values are gone; the stage stays known.
    pub values_gone: bool,
}

impl fmt::Debug for HistoryLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HistoryLine { at, run, case, kinds, fields, values_gone, .. } = self;
        write!(f, "HistoryLine({at} run {run} case {case} {kinds:?} {fields:?} gone: {values_gone})")
    }
}

/// The newest changes of a case, or of all.
pub(super) fn history(engine: &Engine, ask: HistoryAsk) -> Result<Answer, OperationError> {
    let HistoryAsk { case, limit, since, show_values } = ask;
    let case = dispatch::cases(engine, case.as_slice())?.first().copied();
    let limit = limit.clamp(1, MOST);
    let found = engine.store().history(case, limit + 1)?;
    let mut lines: Vec<HistoryLine> =
        found.iter().take_while(|entry| since.is_none_or(|since| entry.at >= since)).map(|entry| line(entry, show_values)).collect();
    let more = lines.len() > limit;
    lines.truncate(limit);
    lines.reverse();
    let now = engine.hands.clock.now();
    Ok(Answer::History(Box::new(History {
        firm: engine.firm.id.clone(),
        time_zone: engine.firm.time_zone.iana_name().map(str::to_owned),
        case,
        entries: lines,
        more,
        values_since: now.saturating_sub(KEEP_VALUES).unwrap_or(Timestamp::MIN),
    })))
}

fn line(entry: &HistoryEntry, show_values: bool) -> HistoryLine {
    let HistoryEntry { at, run, case, kinds, visible: _, trigger, approval, fields, stage, before, after } = entry;
    let (approved_by, approved_at, plan) = match approval {
        Approval::ByLimits => (None, None, None),
        Approval::Person { who, at, plan } => (Some(who.clone()), Some(*at), Some(plan.clone())),
    };
    let fields = &whole(fields, after.as_ref());
    let gone = after.is_none();
    let values = |stage: &Option<String>, record: Option<&Record>, word: Option<&str>| -> BTreeMap<String, Option<String>> {
        let value = |field: &String| match (field.as_str(), record) {
            ("stage", _) => Some(stage.clone()),
            (name, Some(record)) if show_values || is_no_client_data(name) => Some(value_of(record, name)),
            (name, _) if is_no_client_data(name) => None,
            (_, _) => word.map(|word| Some(word.to_owned())),
        };
        fields.iter().filter_map(|field| Some((field.clone(), value(field)?))).ordered()
    };
    let create = before.is_none() && kinds.contains(Kind::Create);
    HistoryLine {
        at: *at,
        run: *run,
        trigger: trigger.clone(),
        case: *case,
        approved_by,
        approved_at,
        plan,
        kinds: kinds.iter().collect(),
        fields: fields.clone(),
        before: if create { BTreeMap::new() } else { values(&stage.0, before.as_ref(), None) },
        after: values(&stage.1, after.as_ref(), Some(if create { "set" } else { "changed" })),
        values_gone: gone,
    }
}

/// Who the clients are brings phone and e-mail address with it.
fn whole(fields: &[FieldName], after: Option<&Record>) -> Vec<String> {
    let mut all: Vec<String> = fields.iter().map(ToString::to_string).collect();
    if let (Some(at), Some(after)) = (fields.iter().position(|field| field == "clients"), after) {
        let brought = ["phone", "email"].into_iter().filter(|field| value_of(after, field).is_some());
        let brought = brought.filter(|field| !fields.iter().any(|named| named == field)).map(str::to_owned);
        all.splice(at + 1..at + 1, brought);
    }
    all
}
