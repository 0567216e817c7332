//! The report of a run that carried files or messages: kept when there is something to say, else only counted.

use super::tally::Tally;
use crate::plan::Counts;
use crate::sync::begun::{Begun, Done};
use crate::sync::report::{Outcome, ReportCounts, Requests, RunReport};
use crate::sync::{Engine, RunError, record, success};

/// The report; kept and logged unless the run found nothing, and only then with a number: most find nothing and need none. `result` holds sentences for people.
pub(super) fn concluded(engine: &Engine, begun: Begun, by_hand: bool, tally: Tally, result: Result<Vec<String>, RunError>) -> RunReport {
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
    let failed = error.is_some() || !failures.is_empty();
    let exceptions = engine.store().carried_attention().map_or(0, |cases| cases.len());
    let counts = Counts { exceptions, ..Counts::default() };
    let done = Done { complete: error.is_none(), counts, failures, notes, ..Done::default() };
    let mut report = RunReport { transferred: Some(transferred), ..begun.sum_up(engine, done, error.as_ref()) };
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
    if let Err(error) = engine.store().write(|w| {
        w.bump_counter(trigger)?;
        success::note(w, report)
    }) {
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
