//! What the daemon says in its log: one line per event, the firm as a field, no personal data.

use super::message::{FileReport, Verdict};
use crate::config::{Problem, Severity};
use crate::domain::FirmId;
use crate::sync::{Outcome, RunReport, Trigger};
use std::error::Error;

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

/// Problems as `check` says them.
pub(super) fn values(problems: &[Problem]) -> Vec<serde_json::Value> {
    problems.iter().filter_map(|problem| serde_json::to_value(problem).ok()).collect()
}

/// A run begins.
pub(super) fn started(firm: &FirmId, trigger: Trigger) {
    tracing::info!(%firm, trigger = trigger.word(), "{firm}: a run begins ({})", trigger.word());
}

/// A run is over.
pub(super) fn ended(report: &RunReport) {
    let RunReport { firm, run, trigger, outcome, counts, written, waiting, later, requests, duration_seconds, error, .. } = report;
    let mut text = format!("{firm}: run {run} ({}) ", trigger.word());
    text.push_str(match outcome {
        Outcome::Done => "is done",
        Outcome::Waiting => "is done, and something waits for approval",
        Outcome::Failed => "failed",
    });
    text.push_str(&format!(": {written} written, {} unchanged, {} failed", counts.unchanged, counts.failed));
    let more = [(*waiting, "waiting for approval"), (*later, "waiting for contact hours"), (counts.exceptions, "need attention")];
    more.iter().filter(|(count, _)| *count > 0).for_each(|(count, what)| text.push_str(&format!(", {count} {what}")));
    if let Some(error) = error {
        text.push_str(&format!("; {}", error.text));
    }
    let (mycase_requests, portal_requests) = (requests.mycase, requests.portal);
    let fields = (written, counts.failed, duration_seconds);
    match outcome {
        Outcome::Failed => {
            tracing::error!(%firm, %run, written = fields.0, failed = fields.1, mycase_requests, portal_requests, duration_seconds = fields.2, "{text}")
        }
        Outcome::Done | Outcome::Waiting => {
            tracing::info!(%firm, %run, written = fields.0, failed = fields.1, mycase_requests, portal_requests, duration_seconds = fields.2, "{text}");
        }
    }
}

/// How everything stands, in one line.
pub(super) fn summary(files: &[FileReport]) -> String {
    let of = |verdict| files.iter().filter(|file| file.verdict == verdict).map(|file| file.file.as_str()).collect::<Vec<_>>();
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

/// An error and its causes in one line.
pub(super) fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
