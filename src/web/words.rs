//! How things stand, in words: pure. The vendors' own words where there are any.

use crate::domain::{Kind, near};
use crate::operations::{Connection, FileState, FirmStatus, NextRuns, RunState};
use crate::plan::render::plural;
use crate::sync::{Outcome, RunReport, Trigger};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A word with how much it matters; the page shows both, the second never alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Badge {
    /// The word.
    pub(super) words: String,
    /// `good`, `quiet`, `warn` or `bad`.
    pub(super) tone: &'static str,
}

fn badge(words: impl Into<String>, tone: &'static str) -> Badge {
    Badge { words: words.into(), tone }
}

/// Whether the firm is connected and runs.
pub(super) fn state(status: &FirmStatus) -> Badge {
    if status.state_error.is_some() {
        return badge("Unknown", "bad");
    }
    match (status.connection, status.status) {
        (Connection::NotConnected, _) => badge("Not connected", "warn"),
        (Connection::Reconnect, _) => badge("Reconnect", "bad"),
        (Connection::Connected, RunState::Paused) => badge("Paused", "warn"),
        (Connection::Connected, RunState::Inactive) => badge("Connected - Inactive", "quiet"),
        (Connection::Connected, RunState::Active) => badge("Active", "good"),
    }
}

/// What is wrong with the file, when something is.
pub(super) fn file_trouble(status: &FirmStatus) -> Option<String> {
    match status.file.state {
        FileState::Current => None,
        FileState::Opening if status.state_error.is_some() => None,
        FileState::Opening => Some("Its state is being opened; nothing runs meanwhile.".to_owned()),
        FileState::Removed => Some("Its file is gone; nothing runs, nothing was closed.".to_owned()),
        FileState::Rejected => {
            let first = status.file.problems.iter().find(|problem| problem["severity"] == "error");
            let place = first
                .map_or_else(String::new, |first| format!(" Line {}: {}.", first["line"], first["message"].as_str().unwrap_or_default()));
            let rest = if status.file.generation == 0 { "Nothing runs until it is good." } else { "The last good version stays in use." };
            Some(format!("Its file was rejected.{place} {rest}"))
        }
    }
}

/// How much a firm needs a person; 0 is most.
pub(super) fn rank(status: &FirmStatus) -> u8 {
    let failed = status.last.as_ref().is_some_and(|last| last.outcome == Outcome::Failed);
    match () {
        () if status.connection == Connection::Reconnect || status.file.state != FileState::Current => 0,
        () if status.state_error.is_some() => 0,
        () if failed => 1,
        () if status.waiting_plan.is_some() => 2,
        () if status.connection == Connection::NotConnected => 3,
        () if status.exceptions > 0 => 4,
        () => NOTHING_TO_DO,
    }
}

/// The rank of a firm that needs nobody.
pub(super) const NOTHING_TO_DO: u8 = 5;

/// What set a run off.
pub(super) fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Schedule => "Scheduled run",
        Trigger::Verify => "Comparison of everything",
        Trigger::ByHand => "Run by hand",
        Trigger::Approval => "Approved plan",
        Trigger::ContactHours => "Contact hours",
        Trigger::Changes => "Look at what changed",
        Trigger::Documents => "Documents",
        Trigger::Messages => "Messages",
    }
}

/// The kinds of change as people say them.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Create => "New in the portal",
        Kind::Close => "Closed in the portal",
        Kind::Reopen => "Opened again",
        Kind::Contact => "Client's name, phone or e-mail",
        Kind::Stage => "Moved to another stage",
        Kind::Update => "Other fields",
    }
}

/// One run in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RunLine {
    /// Its number; 0 for a run that came to nothing and was only counted.
    pub(super) run: u64,
    /// When it began.
    pub(super) at: String,
    /// What set it off.
    pub(super) trigger: &'static str,
    /// How it ended.
    pub(super) outcome: Badge,
    /// What it came to.
    pub(super) text: String,
    pub(super) written: usize,
    pub(super) waiting: usize,
    pub(super) failed: usize,
}

/// One run in a line.
pub(super) fn run(report: &RunReport, now: Timestamp, zone: &TimeZone) -> RunLine {
    let RunReport { run, trigger: by, outcome, started_at, counts, written, waiting, error, .. } = report;
    let outcome = match outcome {
        Outcome::Done => badge("Done", "good"),
        Outcome::Waiting => badge("Waits for approval", "warn"),
        Outcome::Failed => badge("Failed", "bad"),
    };
    let came_to =
        [(*written, "written"), (counts.failed, "failed"), (*waiting, "waiting for approval"), (report.later, "waiting for contact hours")];
    let mut parts: Vec<String> =
        came_to.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", plural(*count, "case", "cases"))).collect();
    if parts.is_empty() {
        parts.push("nothing to write".to_owned());
    }
    let text = error.as_ref().map_or_else(|| parts.join(", "), |error| error.text.clone());
    let (written, waiting, failed) = (*written, *waiting, counts.failed);
    RunLine { run: run.0, at: near(*started_at, now, zone), trigger: trigger(*by), outcome, text, written, waiting, failed }
}

/// A schedule's next run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct NextLine {
    pub(super) what: &'static str,
    pub(super) at: String,
}

/// The next runs, the soonest first.
pub(super) fn next(runs: &NextRuns, now: Timestamp, zone: &TimeZone) -> Vec<NextLine> {
    let NextRuns { cases, changes, verify, documents, messages } = *runs;
    let all = [
        ("All cases", cases),
        ("What changed", changes),
        ("Comparison of everything", verify),
        ("Documents to MyCase", documents),
        ("Messages to MyCase", messages),
    ];
    let mut next: Vec<(Timestamp, &'static str)> = all.into_iter().filter_map(|(what, at)| Some((at?, what))).collect();
    next.sort();
    next.into_iter().map(|(at, what)| NextLine { what, at: near(at, now, zone) }).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(super) mod tests {
    use super::*;
    use crate::operations::{FileView, FirmStatus};

    /// A firm of which nothing is wrong.
    pub(in crate::web) fn active(id: &str) -> FirmStatus {
        let file = FileView { generation: 1, ..FileView::new(FileState::Current, Vec::new()) };
        FirmStatus {
            connection: Connection::Connected,
            status: RunState::Active,
            time_zone: Some("America/Chicago".to_owned()),
            ..FirmStatus::bare(&id.parse().unwrap(), file)
        }
    }

    #[test]
    fn a_firm_stands_in_the_vendors_words() {
        let with = |connection, status| state(&FirmStatus { connection, status, ..active("acme") }).words;
        assert_eq!(with(Connection::NotConnected, RunState::Active), "Not connected");
        assert_eq!(with(Connection::Connected, RunState::Inactive), "Connected - Inactive");
        assert_eq!(with(Connection::Connected, RunState::Active), "Active");
        assert_eq!(with(Connection::Connected, RunState::Paused), "Paused");
        assert_eq!(with(Connection::Reconnect, RunState::Paused), "Reconnect");
    }

    #[test]
    fn what_is_worse_comes_first() {
        let rejected = FileView { state: FileState::Rejected, ..active("acme").file };
        let firms = [
            FirmStatus { file: rejected, ..active("acme") },
            FirmStatus { waiting_plan: Some(crate::domain::PlanName("p-1".to_owned())), ..active("acme") },
            FirmStatus { exceptions: 3, ..active("acme") },
            active("acme"),
        ];
        assert!(firms.iter().map(rank).is_sorted());
        assert_eq!(rank(&firms[3]), NOTHING_TO_DO);
    }

    #[test]
    fn the_soonest_run_comes_first_in_the_firms_zone() {
        let at = |text: &str| Some(text.parse().unwrap());
        let runs = NextRuns { cases: at("2026-11-24T21:15:00Z"), documents: at("2026-11-24T15:20:00Z"), ..NextRuns::default() };
        let zone = TimeZone::get("America/Chicago").unwrap();
        let next = next(&runs, "2026-11-24T15:00:00Z".parse().unwrap(), &zone);
        assert_eq!(next[0], NextLine { what: "Documents to MyCase", at: "Tue 24 Nov, 09:20 CST".to_owned() });
        assert_eq!(next[1].at, "Tue 24 Nov, 15:15 CST");
    }
}
