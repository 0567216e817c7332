//! How one firm stands: for people (`status`) and for the machine.

use super::Kept;
use crate::config::{Firm, Severity};
use crate::daemon::machine::{Machine, Pause, Standing};
use crate::daemon::message::Refusal;
use crate::daemon::report;
use crate::domain::FirmId;
use crate::operations::{self, FileState, FileView, FirmStatus, NextRuns};
use crate::store::StoreError;
use crate::sync::{Hands, RunReport};
use jiff::{SignedDuration, Timestamp};

impl Kept {
    /// The first thing that is wrong with the file on disk, with its place.
    pub(super) fn first_problem(&self) -> String {
        let problems = self.verdict.iter().flat_map(|verdict| &verdict.problems);
        let first = problems.into_iter().find(|problem| problem.severity == Severity::Error);
        first.map_or_else(|| "`casebridge check` says why".to_owned(), report::place)
    }

    /// How the firm stands, from its file, its state, and what the machine has in mind.
    pub(super) fn status(&self, id: &FirmId, machine: &Machine, now: Timestamp) -> Result<FirmStatus, Refusal> {
        let problems = self.verdict.as_ref().map(|verdict| report::values(&verdict.problems)).unwrap_or_default();
        let unknown = FileView { state: FileState::Rejected, generation: 0, since: None, problems };
        let file = self.view.clone().unwrap_or(unknown);
        let mut status = match (&self.hands, &self.firm) {
            (Some(hands), Some(firm)) => {
                let status = operations::status(firm, &hands.store, now);
                status.map_err(|error| Refusal::new(error.code(), error.to_string()))?
            }
            _ => FirmStatus::bare(id, file.clone()),
        };
        status.file = file;
        status.next = machine.next_runs(id, now);
        status.notes.extend(self.trouble.iter().map(|(why, since)| format!("{why} (since {since:.0})")));
        if let Some(trigger) = machine.running(id) {
            status.notes.push(format!("a run is under way ({})", trigger.word()));
        }
        let runs = status.next != NextRuns::default();
        if let Some(until) = machine.settles_until(id, now).filter(|_| runs) {
            status.notes.push(format!("its file was edited: runs wait until {until:.0}, or longer when it is edited again"));
        }
        match machine.skipped(id) {
            0 => {}
            count => status.notes.push(format!("{count} times since the start a run was skipped because the last one still ran")),
        }
        status.notes.extend(self.notes.iter().cloned());
        Ok(status)
    }
}

/// What the firm's state says, for the machine.
pub(super) fn standing_of(hands: &Hands, firm: &Firm, now: Timestamp) -> Result<Standing, Box<dyn std::error::Error + Send + Sync>> {
    let status = operations::status(firm, &hands.store, now)?;
    let ended = |triggers: &[&str]| -> Result<Option<Timestamp>, StoreError> {
        let last = hands.store.last_run(triggers)?;
        let report = last.and_then(|(_, value)| serde_json::from_value::<RunReport>(value).ok());
        Ok(report.map(|report| {
            let took = SignedDuration::try_from_secs_f64(report.duration_seconds.max(0.0)).unwrap_or_default();
            report.started_at.checked_add(took).unwrap_or(report.started_at)
        }))
    };
    Ok(Standing {
        connection: status.connection,
        pause: status.pause.map(|pause| Pause { until: pause.until }),
        last_cases: ended(&["schedule", "verify"])?,
        last_verify: ended(&["verify"])?,
        later: status.last.is_some_and(|last| last.later > 0),
    })
}
