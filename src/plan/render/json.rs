//! A plan as its JSON answer: `{firm, plan, complete, counts, changes, exceptions, limits}` and what was added since.

use super::words::Options;
use crate::domain::{CaseId, FieldName, FirmId, Kind, Reason, ReasonCode, Record};
use crate::plan::{Change, Counts, Judged, LimitLine, Plan};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// The answer of `casebridge plan --format json`. Keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// The firm.
    pub firm: FirmId,
    /// The plan's name.
    pub plan: String,
    /// Whether MyCase was read whole.
    pub complete: bool,
    /// Why not, when not.
    pub doubts: Vec<String>,
    /// Whether a first run has not completed yet.
    pub first: bool,
    /// By the weightiest kind of each case.
    pub counts: Counts,
    /// One per case.
    pub changes: Vec<ChangeAnswer>,
    /// Cases whose client is now another person; only `approve --only contact` sends them.
    pub client_changes: Vec<ChangeAnswer>,
    /// What needs attention.
    pub exceptions: Vec<ExceptionAnswer>,
    /// Every limit.
    pub limits: Vec<LimitLine>,
    /// How many changes wait for approval (client changes included).
    pub waiting: usize,
    /// How many changes wait for contact hours.
    pub later: usize,
    /// Sentences for people.
    pub notes: Vec<String>,
}

/// One change.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeAnswer {
    /// The case.
    pub case: CaseId,
    /// Its name, only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The weightiest kind.
    pub kind: Kind,
    /// All kinds, weightiest first.
    pub kinds: Vec<Kind>,
    /// The fields that change.
    pub fields: Vec<String>,
    /// What of them may be shown, before; empty for a create.
    pub before: Map<String, Value>,
    /// And after.
    pub after: Map<String, Value>,
    /// Why, as sentences.
    pub why: Vec<String>,
    /// Whether it waits for approval.
    pub waits: bool,
}

/// One case that needs attention.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionAnswer {
    /// The case.
    pub case: CaseId,
    /// Its name, only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The reasons.
    pub reasons: Vec<ReasonAnswer>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReasonAnswer {
    /// The kind of reason.
    pub code: ReasonCode,
    /// One sentence.
    pub text: String,
    /// What a person can do.
    pub fix: String,
}

impl fmt::Debug for ChangeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeAnswer({} {:?})", self.case, self.kinds)
    }
}

impl fmt::Debug for ExceptionAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExceptionAnswer({} {:?})", self.case, self.reasons)
    }
}

/// The answer for a plan as judged.
pub fn json(plan: &Plan, judged: &Judged, options: &Options) -> PlanAnswer {
    let name = |case: CaseId| options.names.as_ref().and_then(|names| names.get(&case).cloned());
    let held = judged.held.as_ref().map(|held| held.changes.as_slice()).unwrap_or_default();
    let waits = |change: &Change| held.binary_search_by_key(&(change.case, change.hold.is_some()), |h| (h.case, h.hold.is_some())).is_ok();
    let answer =
        |change: &Change| ChangeAnswer { name: name(change.case), waits: waits(change), ..change_answer(change, options.show_values) };
    let exception = |exception: &crate::domain::CaseException| ExceptionAnswer {
        case: exception.case,
        name: name(exception.case),
        reasons: exception.reasons.iter().map(reason_answer).collect(),
    };
    PlanAnswer {
        firm: plan.firm.clone(),
        plan: options.plan.clone(),
        complete: plan.doubts.is_empty(),
        doubts: plan.doubts.iter().map(|doubt| doubt.to_string()).collect(),
        first: plan.first,
        counts: plan.counts(),
        changes: plan.changes.iter().map(answer).collect(),
        client_changes: plan.swaps.iter().map(answer).collect(),
        exceptions: plan.exceptions.iter().map(exception).collect(),
        limits: judged.limits.clone(),
        waiting: held.len(),
        later: judged.later.changes().len(),
        notes: plan.notes.clone(),
    }
}

fn reason_answer(reason: &Reason) -> ReasonAnswer {
    ReasonAnswer { code: reason.code, text: reason.text.clone(), fix: reason.fix.clone() }
}

fn change_answer(change: &Change, show_values: bool) -> ChangeAnswer {
    let fields: Vec<String> = change.fields().into_iter().map(FieldName::into_owned).collect();
    ChangeAnswer {
        case: change.case,
        name: None,
        kind: change.kind(),
        kinds: change.kinds.iter().collect(),
        before: change.before.as_ref().map(|record| values(record, &fields, show_values)).unwrap_or_default(),
        after: values(&change.after, &fields, show_values),
        fields,
        why: change.why.clone(),
        waits: false,
    }
}

/// The values of the fields named, as far as they may be shown.
fn values(record: &Record, fields: &[String], show_values: bool) -> Map<String, Value> {
    let mut shown = Map::new();
    for field in fields {
        let value = match field.as_str() {
            "state" => Value::from(if record.open { "open" } else { "closed" }),
            "stage" => Value::from(record.stage.clone()),
            "practice_area" => Value::from(record.practice_area.clone()),
            _ if !show_values => continue,
            "clients" | "first_name" | "last_name" | "email" | "phone" => {
                shown.insert("clients".into(), clients(record));
                continue;
            }
            "attorney" => Value::from(record.attorney.clone()),
            "team" => record.team.iter().map(|member| Value::from(format!("{} ({})", member.email, member.role))).collect(),
            other => record.fields.get(other).or_else(|| record.extra.get(other)).cloned().map_or(Value::Null, Value::from),
        };
        shown.insert(field.clone(), value);
    }
    shown
}

fn clients(record: &Record) -> Value {
    let one = |client: &crate::domain::RecordClient| {
        serde_json::json!({
            "id": client.id.0, "first_name": client.first_name, "last_name": client.last_name, "email": client.email, "phone": client.phone,
        })
    };
    record.clients.iter().map(one).collect()
}
