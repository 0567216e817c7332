//! The report of a run that carried files or messages: kept when there is something to say, else only counted.

use super::tally::Tally;
use crate::domain::RunId;
use crate::sync::report::{Outcome, ReportCounts, Requests, RunFailure, RunReport, Trigger};
use crate::sync::{Engine, RunError, connection, record};
use jiff::Timestamp;

/// A run that has begun. It gets its number at its end: most find nothing and need none.
pub(super) struct Course {
    trigger: Trigger,
    started_at: Timestamp,
    requests: Requests,
}

impl Course {
    pub(super) fn begun(engine: &Engine, trigger: Trigger) -> Course {
        Course { trigger, started_at: engine.hands.clock.now(), requests: engine.requests() }
    }
}

/// The report; kept and logged unless the run found nothing. `result` holds sentences for people.
pub(super) fn concluded(engine: &Engine, course: Course, by_hand: bool, tally: Tally, result: Result<Vec<String>, RunError>) -> RunReport {
    let Tally { transferred, failures, news, later, .. } = tally;
    let (mut notes, error) = match result {
        Ok(notes) => (notes, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    if later > 0 {
        notes.push(format!(
            "what became of {later} without an answer from MyCase is looked up at the next run, seconds later at the soonest"
        ));
    }
    let now = engine.hands.clock.now();
    let (before, after) = (course.requests, engine.requests());
    connection::after_run(engine, error.as_ref(), None, before);
    let failed = error.is_some() || !failures.is_empty();
    let exceptions = engine.store().carried_attention().map_or(0, |cases| cases.len());
    let mut report = RunReport {
        firm: engine.firm.id.clone(),
        run: RunId(0),
        trigger: course.trigger,
        outcome: if failed { Outcome::Failed } else { Outcome::Done },
        started_at: course.started_at,
        complete: error.is_none(),
        counts: ReportCounts { exceptions, failed: failures.len(), ..ReportCounts::default() },
        written: 0,
        adopted: 0,
        transferred: Some(transferred),
        requests: Requests { mycase: after.mycase.saturating_sub(before.mycase), portal: after.portal.saturating_sub(before.portal) },
        duration_seconds: (now - course.started_at).total(jiff::Unit::Second).unwrap_or_default(),
        waiting_plan: None,
        waiting: 0,
        later: 0,
        moved: Vec::new(),
        failures,
        notes,
        error: error.map(|error| RunFailure { code: error.code().to_owned(), text: error.sentence() }),
    };
    let found = news || transferred > 0 || failed;
    if by_hand || found && !says_nothing_new(engine, &report) {
        number(engine, &mut report);
        record::remember(engine, &report);
    } else {
        count(engine, &report);
    }
    report
}

/// Whether the run only failed as the one before did: every five minutes of a long outage is not worth a report, and
/// would push out those of other runs.
fn says_nothing_new(engine: &Engine, report: &RunReport) -> bool {
    let (Some(error), Some(0)) = (&report.error, report.transferred) else { return false };
    let last = engine.store().last_run(&[report.trigger.word()]).ok().flatten();
    report.failures.is_empty() && last.is_some_and(|(_, last)| last["error"]["code"].as_str() == Some(error.code.as_str()))
}

fn number(engine: &Engine, report: &mut RunReport) {
    match engine.store().write(|w| w.next_run()) {
        Ok(run) => report.run = run,
        Err(error) => tracing::error!(firm = engine.firm.id.as_str(), %error, "the run has no number"),
    }
}

fn count(engine: &Engine, report: &RunReport) {
    let (firm, trigger) = (engine.firm.id.as_str(), report.trigger.word());
    match &report.error {
        Some(error) => tracing::debug!(firm, trigger, code = error.code, "run failed again: {}", error.text),
        None => tracing::debug!(firm, trigger, "run ended: nothing new"),
    }
    if let Err(error) = engine.store().write(|w| w.bump_counter(trigger)) {
        tracing::error!(firm, %error, "the run could not be counted");
    }
}

/// Two runs that one request asked for, as one answer.
pub fn merged(first: RunReport, second: RunReport) -> RunReport {
    let outcome = if first.outcome == Outcome::Done { second.outcome } else { first.outcome };
    let (a, b) = (first.requests, second.requests);
    RunReport {
        run: first.run.max(second.run),
        outcome,
        complete: first.complete && second.complete,
        counts: ReportCounts {
            exceptions: first.counts.exceptions.max(second.counts.exceptions),
            failed: first.counts.failed + second.counts.failed,
            ..first.counts
        },
        transferred: Some(first.transferred.unwrap_or_default() + second.transferred.unwrap_or_default()),
        requests: Requests { mycase: a.mycase + b.mycase, portal: a.portal + b.portal },
        duration_seconds: first.duration_seconds + second.duration_seconds,
        failures: [first.failures, second.failures].concat(),
        notes: [first.notes, second.notes].concat(),
        error: first.error.or(second.error),
        ..first
    }
}
