//! How one firm stands: for people (`status`) and for the machine.

use super::Kept;
use super::memory::Memory;
use crate::config::{Problem, Severity};
use crate::daemon::machine::{Machine, Pause, Standing};
use crate::daemon::message::Verdict;
use crate::daemon::report;
use crate::domain::FirmId;
use crate::operations::{self, Attention, FileState, FileView, FirmStatus, NextRuns, problem_values};
use crate::store::{self, PlanSlot, StoreError};
use crate::sync::Hands;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// People are reminded of what still waits for them this often.
const REMIND_EVERY: SignedDuration = SignedDuration::from_hours(24);

impl Kept {
    /// The first thing that is wrong with the file on disk, with its place.
    pub(super) fn first_problem(&self) -> String {
        let problems = self.verdict.iter().flat_map(|verdict| &verdict.problems);
        let first = problems.into_iter().find(|problem| problem.severity == Severity::Error);
        first.map_or_else(|| "`casebridge check` says why".to_owned(), report::place)
    }

    /// What is wrong with the file on disk, warnings aside.
    pub(super) fn errors(&self) -> Vec<Problem> {
        let problems = self.verdict.iter().flat_map(|verdict| &verdict.problems);
        problems.filter(|problem| problem.severity == Severity::Error).cloned().collect()
    }

    /// The causes of attention that were not there at the last look.
    pub(super) fn new_causes(&mut self, now: Timestamp) -> Vec<Attention> {
        let (Some(hands), Some(firm)) = (&self.hands, &self.firm) else { return Vec::new() };
        match operations::status(firm, &hands.store, now) {
            Ok(status) => self.memory.new_causes(&status.attention),
            Err(error) => {
                tracing::error!(firm = %hands.firm, %error, "{}: what needs attention cannot be read from its state", hands.firm);
                Vec::new()
            }
        }
    }

    /// Learns what needed attention before anything ran: that is not new.
    pub(super) fn learn_causes(&mut self, now: Timestamp) {
        if !self.memory.knows_causes() {
            drop(self.new_causes(now));
        }
    }

    /// How the firm stands, from its file, its state, and what the machine has in mind.
    pub(super) fn status(&self, id: &FirmId, machine: &Machine, now: Timestamp) -> FirmStatus {
        let problems = || self.verdict.as_ref().map(|verdict| problem_values(&verdict.problems)).unwrap_or_default();
        let state = if self.last == Some(Verdict::Removed) { FileState::Removed } else { FileState::Opening };
        let file = match &self.view {
            Some(view) if view.state == FileState::Current => FileView { problems: problems(), ..view.clone() },
            Some(view) => view.clone(),
            None => FileView::new(state, problems()),
        };
        let mut status = match (&self.hands, &self.firm) {
            (Some(hands), Some(firm)) => operations::status(firm, &hands.store, now)
                .unwrap_or_else(|error| FirmStatus { state_error: Some(error.to_string()), ..FirmStatus::of_file(firm, file.clone()) }),
            _ => FirmStatus::bare(id, file.clone()),
        };
        status.file = file;
        status.next = machine.next_runs(id, now);
        status.next_due = status.next.soonest();
        status.overdue = machine.overdue(id, now);
        match &self.trouble {
            Some((why, since)) => status.state_error = Some(format!("{why} (since {since:.0})")),
            None => status.notes.extend(self.not_open().map(str::to_owned)),
        }
        let runs = status.next != NextRuns::default();
        if let Some(until) = machine.settles_until(id, now).filter(|_| runs) {
            let zone = self.firm.as_ref().map_or(TimeZone::UTC, |firm| firm.time_zone.clone());
            let until = until.to_zoned(zone).strftime("%H:%M %Z");
            status.notes.push(format!("its file was edited: runs wait until {until}, or longer when it is edited again"));
        }
        match machine.skipped(id) {
            0 => {}
            count => status.notes.push(format!("{count} times since the start a run was skipped because the last one still ran")),
        }
        status.notes.extend(self.notes.iter().cloned());
        status
    }
}

/// What the firm's state says, for the machine.
pub(super) fn standing_of(hands: &Hands, memory: &Memory, now: Timestamp) -> Result<Standing, StoreError> {
    let connection = operations::connection_view(&hands.store, now)?;
    let pause = hands.store.meta::<store::Pause>()?.filter(|pause| pause.until.is_none_or(|until| until > now));
    let waiting = hands.store.plan_head(PlanSlot::Waiting)?.filter(|plan| plan.expires_at > now);
    let again = |last: Option<Timestamp>| last.map_or(Some(now), |last| last.checked_add(REMIND_EVERY).ok());
    Ok(Standing {
        connection: connection.connection,
        pause: pause.map(|pause| Pause { until: pause.until }),
        last: memory.last,
        later: memory.later,
        renew_at: connection.renew_at,
        remind_at: connection.broken.and_then(|broken| again(broken.reminded_at)),
        remind_plan_at: waiting.and_then(|plan| again(plan.reminded_at)),
    })
}
