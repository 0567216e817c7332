//! A run from its number to its report: what it came to is said also when it ended early.

use super::report::{Failure, Outcome, ReportCounts, Requests, RunFailure, RunReport};
use super::{Engine, RunError, Trigger, connection, record};
use crate::domain::{CaseId, PlanName, RunId};
use crate::plan::Counts;
use jiff::Timestamp;

/// What both kinds of run come to.
#[derive(Default)]
pub(super) struct Done {
    /// Whether MyCase was read whole.
    pub(super) complete: bool,
    /// As planned.
    pub(super) counts: Counts,
    /// Portal records taken as a case's own.
    pub(super) adopted: usize,
    /// Cases whose change reached the portal.
    pub(super) written: usize,
    /// Case by case.
    pub(super) failures: Vec<Failure>,
    /// The plan that waits, and its cases.
    pub(super) waiting: Option<(PlanName, usize)>,
    /// Cases that wait for contact hours.
    pub(super) later: usize,
    /// Approved cases that have moved since.
    pub(super) moved: Vec<CaseId>,
    /// Sentences for people.
    pub(super) notes: Vec<String>,
    /// The portal refused the key at a write: its words.
    pub(super) key_refused: Option<String>,
}

/// A run that has begun.
pub(super) struct Begun {
    /// Its number, or why it has none.
    pub(super) run: Result<RunId, String>,
    trigger: Trigger,
    started_at: Timestamp,
    requests: Requests,
}

impl Begun {
    /// Begins.
    pub(super) fn now(engine: &Engine, trigger: Trigger) -> Begun {
        Begun::unnumbered(engine, trigger).numbered(engine)
    }

    /// Begins without a number, as long as it may come to nothing.
    pub(super) fn unnumbered(engine: &Engine, trigger: Trigger) -> Begun {
        Begun { run: Ok(RunId(0)), trigger, started_at: engine.hands.clock.now(), requests: engine.requests() }
    }

    /// Takes a number.
    pub(super) fn numbered(self, engine: &Engine) -> Begun {
        let run = engine.store().write(|w| w.next_run()).map_err(|error| error.to_string());
        Begun { run, ..self }
    }

    /// The report of a run that found nothing; it is kept nowhere.
    pub(super) fn quiet(self, engine: &Engine, notes: Vec<String>) -> RunReport {
        let (firm, trigger) = (engine.firm.id.as_str(), self.trigger.word());
        tracing::debug!(firm, trigger, "nothing moved");
        self.sum_up(engine, Done { complete: true, notes, ..Done::default() }, None)
    }

    /// The report, kept in the state and logged. `done` counts also when the run ended with an error: what was written was
    /// written.
    pub(super) fn report(self, engine: &Engine, done: Done, result: Result<(), RunError>) -> RunReport {
        let error = result.err();
        let report = self.sum_up(engine, done, error.as_ref());
        record::remember(engine, &report);
        report
    }

    /// What the run came to, kept nowhere yet; what it says of the connection is remembered.
    pub(super) fn sum_up(self, engine: &Engine, done: Done, error: Option<&RunError>) -> RunReport {
        connection::after_run(engine, error, done.key_refused.as_deref(), self.requests);
        let now = engine.hands.clock.now();
        let (before, after) = (self.requests, engine.requests());
        let outcome = match (&error, &done) {
            (Some(_), _) => Outcome::Failed,
            (None, done) if !done.failures.is_empty() => Outcome::Failed,
            (None, done) if done.waiting.is_some() => Outcome::Waiting,
            (None, _) => Outcome::Done,
        };
        RunReport {
            firm: engine.firm.id.clone(),
            run: self.run.clone().unwrap_or(RunId(0)),
            trigger: self.trigger,
            outcome,
            started_at: self.started_at,
            complete: done.complete,
            counts: ReportCounts::new(done.counts, done.failures.len()),
            written: done.written,
            adopted: done.adopted,
            transferred: None,
            requests: Requests { mycase: after.mycase.saturating_sub(before.mycase), portal: after.portal.saturating_sub(before.portal) },
            duration_seconds: (now - self.started_at).total(jiff::Unit::Second).unwrap_or_default(),
            waiting_plan: done.waiting.as_ref().map(|(name, _)| name.clone()),
            waiting: done.waiting.map_or(0, |(_, cases)| cases),
            later: done.later,
            moved: done.moved,
            failures: done.failures,
            notes: done.notes,
            error: error.map(|error| RunFailure { code: error.code().to_owned(), text: error.sentence() }),
        }
    }
}
