//! What people are told when something needs them: a line in the log, and the alert command. No personal data in either.
//!
//! Races and decisions: that somebody is reminded is written down before what is said is read: a plan that a run saves in
//! between is told twice rather than not at all, and a connection that somebody makes in between is left alone.

use super::EventLoop;
use crate::config::Problem;
use crate::daemon::alerts::{Alert, AlertKind};
use crate::daemon::firms::Look;
use crate::daemon::machine::Reminder;
use crate::domain::FirmId;
use crate::operations::KeptAlive;
use crate::store::{ConnectionBroken, PlanSlot, StoreError};
use crate::sync::Hands;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Who found out that MyCase refuses the connection has said so in the log; so soon after, it is not said twice.
const JUST_SAID: SignedDuration = SignedDuration::from_mins(1);

impl EventLoop {
    /// Says what still waits for a person, and writes down that it was said.
    pub(super) fn remind(&mut self, firm: &FirmId, of: Reminder, now: Timestamp) {
        let Some(hands) = self.firms.hands(firm) else { return };
        let said = match of {
            Reminder::Reconnect => self.remind_reconnect(&hands, now),
            Reminder::WaitingPlan => self.remind_plan(&hands, now),
        };
        if let Err(error) = said {
            tracing::error!(%firm, %error, "{firm}: what waits for a person could not be read from its state");
        }
    }

    fn remind_reconnect(&self, hands: &Hands, now: Timestamp) -> Result<(), StoreError> {
        let firm = &hands.firm;
        let before = hands.store.meta::<ConnectionBroken>()?.and_then(|broken| broken.reminded_at);
        let written = hands.store.write(|w| w.set_reconnect_reminded(now));
        let Some(ConnectionBroken { since, why, .. }) = hands.store.meta()? else { return written };
        let text = format!(
            "MyCase refuses the connection since {since:.0} ({why}): nothing runs for the firm until a person runs `casebridge connect {firm}`"
        );
        if before.is_some() || since.duration_until(now) > JUST_SAID {
            tracing::error!(%firm, "{firm}: {text}");
        }
        self.tell(AlertKind::Reconnect, firm, now, &text, json!({ "since": since }));
        written
    }

    fn remind_plan(&self, hands: &Hands, now: Timestamp) -> Result<(), StoreError> {
        let firm = &hands.firm;
        let written = hands.store.write(|w| w.set_reminded(PlanSlot::Waiting, now));
        let Some(plan) = hands.store.plan_head(PlanSlot::Waiting)? else { return written };
        let (name, cases) = (&plan.name, plan.cases);
        let over: Vec<String> = plan.over.iter().filter(|line| line.exceeded).map(|line| line.kind.to_string()).collect();
        let why = if over.is_empty() { String::new() } else { format!(" (over the limit: {})", over.join(", ")) };
        let what = if cases == 1 { "1 case waits".to_owned() } else { format!("{cases} cases wait") };
        let text = format!(
            "{what} for approval in plan {name}{why}: `casebridge plan {firm}` shows it, `casebridge approve {firm} {name}` applies it"
        );
        tracing::warn!(%firm, plan = %name, cases, "{firm}: {text}");
        let more = json!({ "plan": name, "cases": cases, "over": over, "since": plan.saved_at, "expires_at": plan.expires_at });
        self.tell(AlertKind::WaitingPlan, firm, now, &text, more);
        written
    }

    /// Files that were rejected anew in a look.
    pub(super) fn tell_rejected(&self, look: &Look, now: Timestamp) {
        self.tell_of_all(&look.of_all, now);
        for (firm, problems) in &look.rejected {
            let first = problems.first();
            let at = first.map(|problem| format!(", the first in line {} of {}", problem.line, problem.file)).unwrap_or_default();
            let count = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) };
            let text = format!("{firm}.firm.toml was rejected: {count}{at}; `casebridge check` says what to write instead");
            self.tell(AlertKind::RejectedFile, firm, now, &text, json!({ "problems": places(problems) }));
        }
    }

    /// What is wrong for all firms: `casebridge.toml`, a profile, the folder itself.
    fn tell_of_all(&self, problems: &[Problem], now: Timestamp) {
        let Some(first) = problems.first() else { return };
        let Problem { file, line, .. } = first;
        let count = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems, the first", problems.len()) };
        let text = format!(
            "{count} in line {line} of {file}: what was read before stays in use for all firms; `casebridge check` says what to write instead"
        );
        let more = json!({ "problems": places(problems) });
        let alert = Alert::new(AlertKind::RejectedFile, None, file, now, &text, more);
        self.alerts.raise(&self.firms.house().daemon.alert_command, alert);
    }

    /// Causes of attention that were not there before the run.
    pub(super) fn tell_attention(&mut self, firm: &FirmId) {
        let now = self.clock.now();
        let new = self.firms.new_causes(firm, now);
        if new.is_empty() {
            return;
        }
        let cases: usize = new.iter().map(|cause| cause.cases).sum();
        let causes: Vec<Value> = new.iter().map(|cause| json!({ "code": cause.code, "cases": cause.cases })).collect();
        let what = if new.len() == 1 { "a new cause".to_owned() } else { format!("{} new causes", new.len()) };
        let concerns = crate::plan::render::plural(cases, "case", "cases");
        let text = format!("{what} of attention ({concerns}): `casebridge status {firm}` lists them");
        tracing::warn!(%firm, causes = new.len(), cases, "{firm}: {text}");
        self.tell(AlertKind::Attention, firm, now, &text, json!({ "causes": causes }));
    }

    /// What a renewal came to; the log has it already (`sync::connection`), and that MyCase refused is told by the reminder.
    pub(super) fn kept_alive(&self, firm: &FirmId, kept: &KeptAlive) {
        let Some(days) = kept.warned else { return };
        let when = match days {
            0 => "may be over any moment".to_owned(),
            1 => "ends within a day".to_owned(),
            days => format!("ends within {days} days"),
        };
        let text = format!(
            "the connection to MyCase {when}, because renewing it keeps failing; `casebridge status {firm}` says why, and \
`casebridge connect {firm}` makes a new one"
        );
        self.tell(AlertKind::ConnectionEnds, firm, self.clock.now(), &text, json!({ "days": days }));
    }

    fn tell(&self, kind: AlertKind, firm: &FirmId, now: Timestamp, text: &str, more: Value) {
        let alert = Alert::new(kind, Some(firm), &self.firms.name(firm), now, text, more);
        self.alerts.raise(&self.firms.house().daemon.alert_command, alert);
    }
}

/// Where problems are; what they say may quote the file.
fn places(problems: &[Problem]) -> Vec<Value> {
    problems.iter().map(|problem| json!({ "file": problem.file, "line": problem.line, "code": problem.code })).collect()
}
