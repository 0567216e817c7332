//! What the daemon says in its log: one line per event, the firm as a field, no personal data.

use super::message::Verdict;
use crate::config::{Problem, Severity};
use crate::domain::FirmId;
use crate::sync::{Outcome, RunReport, Trigger};
use tracing::Level;

/// A file that means something else was taken into use.
pub(super) fn accepted(firm: &FirmId, generation: u64, notes: &[String]) {
    let means = if notes.is_empty() { "its file is in use".to_owned() } else { notes.join("; ") };
    tracing::info!(%firm, generation, "{firm}: {means}");
}

/// A file has problems; every error is one line with its place.
pub(super) fn rejected(firm: &FirmId, problems: &[Problem], runs_on: bool) {
    let rest = if runs_on { "the last good version stays in use" } else { "nothing runs for the firm until it is good" };
    tracing::error!(%firm, "{firm}: its file was rejected; {rest}");
    problems.iter().filter(|problem| problem.severity == Severity::Error).for_each(|problem| tracing::error!(%firm, "{}", place(problem)));
}

/// Says the problems that were not there before, and gives all.
pub(super) fn only_new(known: &[Problem], found: Vec<Problem>) -> Vec<Problem> {
    for problem in found.iter().filter(|problem| !known.contains(problem)) {
        match problem.severity {
            Severity::Error => tracing::error!("{}", place(problem)),
            Severity::Warning | Severity::Note => tracing::warn!("{}", place(problem)),
        }
    }
    found
}

/// `acme.firm.toml:41:3: ...`.
pub(super) fn place(problem: &Problem) -> String {
    let Problem { file, line, column, message, help, .. } = problem;
    let help = if help.is_empty() { String::new() } else { format!(" ({help})") };
    format!("{file}:{line}:{column}: {message}{help}")
}

/// A run begins. What comes every few minutes is said only when it came to something.
pub(super) fn started(firm: &FirmId, trigger: Trigger) {
    let word = trigger.word();
    match is_frequent(trigger) {
        true => tracing::debug!(%firm, trigger = word, "{firm}: a run begins ({word})"),
        false => tracing::info!(%firm, trigger = word, "{firm}: a run begins ({word})"),
    }
}

/// A run is over. `news`: it ended with an error, or without one, and the last of its kind did not.
pub(super) fn ended(report: &RunReport, news: bool) {
    let RunReport { firm, run, trigger, outcome, counts, written, requests, duration_seconds, .. } = report;
    let text = said(report);
    let frequent = is_frequent(*trigger);
    let found = report.transferred.unwrap_or(0) + written + counts.failed + report.waiting > 0;
    let level = match (outcome, frequent) {
        // The same trouble again five minutes later is not said again.
        (Outcome::Failed, true) if report.error.is_some() && !news => Level::DEBUG,
        (Outcome::Failed, _) => Level::ERROR,
        (Outcome::Done | Outcome::Waiting, true) if !found && !news => Level::DEBUG,
        (Outcome::Done | Outcome::Waiting, _) => Level::INFO,
    };
    let (mycase_requests, portal_requests, failed) = (requests.mycase, requests.portal, counts.failed);
    macro_rules! say {
        ($level:expr) => {
            tracing::event!($level, %firm, %run, written, failed, mycase_requests, portal_requests, duration_seconds, "{text}")
        };
    }
    match level {
        Level::ERROR => say!(Level::ERROR),
        Level::INFO => say!(Level::INFO),
        _ => say!(Level::DEBUG),
    }
}

/// Whether a schedule fires every few minutes, so that a run that finds nothing is nothing to say.
fn is_frequent(trigger: Trigger) -> bool {
    match trigger {
        Trigger::Changes | Trigger::Documents | Trigger::Messages => true,
        Trigger::Schedule | Trigger::Verify | Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => false,
    }
}

/// A run in one sentence.
fn said(report: &RunReport) -> String {
    let RunReport { firm, run, trigger, outcome, counts, written, transferred, waiting, later, error, .. } = report;
    // A run that came to nothing is counted and has no number.
    let number = if run.0 == 0 { "a run".to_owned() } else { format!("run {run}") };
    let mut text = format!("{firm}: {number} ({}) ", trigger.word());
    text.push_str(match outcome {
        Outcome::Done => "is done",
        Outcome::Waiting => "is done, and something waits for approval",
        Outcome::Failed => "failed",
    });
    let what = match trigger {
        Trigger::Documents => "documents",
        Trigger::Messages => "messages",
        _ => "documents and messages",
    };
    let did = match transferred {
        Some(count) => format!(": {count} {what} carried to MyCase, {} failed", counts.failed),
        None => format!(": {written} written, {} unchanged, {} failed", counts.unchanged, counts.failed),
    };
    text.push_str(&did);
    let more = [(*waiting, "waiting for approval"), (*later, "waiting for contact hours"), (counts.exceptions, "need attention")];
    more.iter().filter(|(count, _)| *count > 0).for_each(|(count, what)| text.push_str(&format!(", {count} {what}")));
    if let Some(error) = error {
        text.push_str(&format!("; {}", error.text));
    }
    text
}

/// How everything stands, in one line.
pub(super) fn summary(files: &[(&FirmId, Verdict)]) -> String {
    let of = |of| files.iter().filter(|(_, verdict)| *verdict == of).map(|(firm, _)| format!("{firm}.firm.toml")).collect::<Vec<_>>();
    let mut text = match files.len() {
        1 => "1 firm".to_owned(),
        count => format!("{count} firms"),
    };
    for (verdict, what) in [(Verdict::Rejected, "rejected"), (Verdict::Removed, "gone"), (Verdict::Waiting, "state in use elsewhere")] {
        let names = of(verdict);
        if !names.is_empty() {
            text.push_str(&format!("; {what}: {}", names.join(", ")));
        }
    }
    text
}
