//! `status` as a paralegal reads it: one short block per firm, times in the firm's zone, each problem with what to do.

use super::output::Ink;
use super::report::{self, many};
use super::when;
use crate::operations::{Attention, Connection, Due, FileState, FirmStatus, LastSuccess, RunState, Running};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// How many causes of attention are told; the rest is counted.
const CAUSES: usize = 12;
/// So much of a commit tells it from others.
const SHORT_COMMIT: usize = 12;

/// One firm's block.
pub(super) fn firm(status: &FirmStatus, now: Timestamp, colour: bool) -> String {
    let zone = when::zone(status.time_zone.as_deref());
    let mut text = format!("{}\n", Ink::Bold.on(&format!("{} ({})", status.name, status.firm), colour));
    let mut say = |label: &str, words: String| text.push_str(&format!("  {label:<12} {words}\n"));
    match &status.state_error {
        Some(why) => say("state", Ink::Red.on(why, colour)),
        None => say("connection", connection(status, now, &zone, colour)),
    }
    if let Some(reconnect) = &status.reconnect {
        say("", reconnect.why.clone());
    }
    if let Some(pause) = &status.pause {
        let until = pause.until.map_or_else(
            || format!("until `casebridge resume {}`", status.firm),
            |until| format!("until {}", when::near(until, now, &zone)),
        );
        say("paused", Ink::Yellow.on(&format!("since {}, {until}: {}", when::near(pause.since, now, &zone), pause.reason), colour));
    }
    say("file", file(status, now, &zone, colour));
    for problem in status.file.problems.iter().filter(|problem| problem["severity"] == "error") {
        say("", place(problem));
    }
    for run in &status.running {
        say("running", running(run, now, &zone));
    }
    say("next runs", next_runs(status, now, &zone));
    for Due { what, at } in &status.overdue {
        let text = format!("{what} should have run at {}", when::near(*at, now, &zone));
        say("overdue", Ink::Red.on(&text, colour));
    }
    let last = status.last.as_ref().map(|last| format!("{}, {}", when::near(last.started_at, now, &zone), report::line(last)));
    if status.state_error.is_none() {
        say("last run", last.unwrap_or_else(|| "none yet".to_owned()));
    }
    if let Some(success) = last_success(status, now, &zone) {
        say("went well", success);
    }
    if status.exceptions > 0 {
        say("attention", Ink::Yellow.on(&format!("{} attention", many(status.exceptions, "case needs", "cases need")), colour));
        for cause in status.attention.iter().take(CAUSES) {
            attention(cause, &mut say);
        }
        if status.attention.len() > CAUSES {
            say("", format!("     and {} more causes: --format json has all", status.attention.len() - CAUSES));
        }
    }
    if let Some(plan) = &status.waiting_plan {
        say("waiting", Ink::Yellow.on(&format!("plan {plan}: {} for approval", many(status.waiting, "case waits", "cases wait")), colour));
        say("", format!("see it:  casebridge plan {}", status.firm));
        say("", format!("say yes: casebridge approve {} {plan}", status.firm));
    }
    status.notes.iter().for_each(|note| say("note", note.clone()));
    text
}

/// A run under way: what set it off, who asked, how far it is.
fn running(run: &Running, now: Timestamp, zone: &TimeZone) -> String {
    let Running { trigger, by, since, doing } = run;
    let by = by.as_ref().map(|by| format!(", asked for by {by}")).unwrap_or_default();
    let doing = doing.as_ref().map(|doing| format!("; {doing}")).unwrap_or_default();
    format!("{} since {}{by}{doing}", trigger.name(), when::near(*since, now, zone))
}

/// "Connected - Inactive", as the vendors say it.
pub(super) fn state(status: &FirmStatus) -> String {
    if status.state_error.is_some() {
        return "Unknown".to_owned();
    }
    let connection = match status.connection {
        Connection::Connected => "Connected",
        Connection::NotConnected => "Not connected",
        Connection::Reconnect => "Reconnect",
    };
    format!("{connection} - {}", run_state(status))
}

fn run_state(status: &FirmStatus) -> &'static str {
    match status.status {
        RunState::Active => "Active",
        RunState::Inactive => "Inactive",
        RunState::Paused => "Paused",
    }
}

/// The state with its colour and what to do about it.
fn connection(status: &FirmStatus, now: Timestamp, zone: &TimeZone, colour: bool) -> String {
    let state = run_state(status);
    match status.connection {
        Connection::Connected => format!("{} - {state}", Ink::Green.on("Connected", colour)),
        Connection::NotConnected => {
            format!("{}: casebridge connect {}", Ink::Yellow.on(&self::state(status), colour), status.firm)
        }
        Connection::Reconnect => {
            let since = status.reconnect.as_ref().map(|reconnect| format!(" since {}", when::near(reconnect.since, now, zone)));
            let words = Ink::Red.on(&format!("Reconnect{} - {state}", since.unwrap_or_default()), colour);
            format!("{words}: a person has to allow access in MyCase again: casebridge connect {}", status.firm)
        }
    }
}

fn file(status: &FirmStatus, now: Timestamp, zone: &TimeZone, colour: bool) -> String {
    let since = status.file.since.map(|since| format!(" since {}", when::near(since, now, zone))).unwrap_or_default();
    let generation = status.file.generation;
    match (status.file.state, generation) {
        (FileState::Current, 0) => "good, not used yet".to_owned(),
        (FileState::Current, _) => {
            let commit = status.file.commit.as_ref().and_then(|commit| commit.get(..SHORT_COMMIT));
            let commit = commit.map(|commit| format!(", commit {commit}")).unwrap_or_default();
            format!("in use{since} (version {generation}{commit})")
        }
        (FileState::Rejected, 0) => Ink::Red.on("has errors, so nothing runs for the firm:", colour),
        (FileState::Rejected, _) => Ink::Red.on(&format!("has errors{since}; the last good version ({generation}) stays in use:"), colour),
        (FileState::Opening, _) => "not looked at yet: the firm's state is being opened, or another process holds it".to_owned(),
        (FileState::Removed, _) => Ink::Red.on(&format!("gone{since}; nothing runs, the state is kept, nothing was closed"), colour),
    }
}

/// `acme.firm.toml:41:3: message; help`.
pub(super) fn place(problem: &Value) -> String {
    let word = |key: &str| problem[key].as_str().unwrap_or_default();
    let help = if word("help").is_empty() { String::new() } else { format!(" ({})", word("help")) };
    format!("{}:{}:{}: {}{help}", word("file"), problem["line"], problem["column"], word("message"))
}

fn next_runs(status: &FirmStatus, now: Timestamp, zone: &TimeZone) -> String {
    let next = &status.next;
    let runs = [
        ("cases", next.cases),
        ("changes", next.changes),
        ("verify", next.verify),
        ("documents", next.documents),
        ("messages", next.messages),
    ];
    let told: Vec<String> = runs.iter().filter_map(|(name, at)| Some(format!("{name} {}", when::near((*at)?, now, zone)))).collect();
    match (told.is_empty(), status.status, status.connection) {
        (false, _, _) => told.join(" · "),
        (true, RunState::Inactive, _) => "none by themselves: the firm is inactive".to_owned(),
        (true, RunState::Paused, _) => "none while paused".to_owned(),
        (true, RunState::Active, Connection::Reconnect | Connection::NotConnected) => "none until it is connected".to_owned(),
        (true, RunState::Active, Connection::Connected) => match &status.next_due {
            Some(Due { what, at }) => format!("{what} {}, if a daemon runs by then", when::near(*at, now, zone)),
            None => "none: every schedule is off".to_owned(),
        },
    }
}

/// When runs of each sort last went well; nothing while none is known.
fn last_success(status: &FirmStatus, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let LastSuccess { cases, documents, messages } = status.last_success;
    let runs = [("cases", cases), ("documents", documents), ("messages", messages)];
    let told: Vec<String> = runs.iter().filter_map(|(name, at)| Some(format!("{name} {}", when::near((*at)?, now, zone)))).collect();
    (!told.is_empty()).then(|| told.join(" \u{b7} "))
}

fn attention(cause: &Attention, say: &mut impl FnMut(&str, String)) {
    let Attention { code: _, text, fix, cases, examples } = cause;
    say("", format!("{cases:>4}  {text}"));
    if !fix.is_empty() {
        say("", format!("      {fix}"));
    }
    let shown: Vec<String> = examples.iter().map(ToString::to_string).collect();
    let more = if *cases > examples.len() { ", ..." } else { "" };
    say("", format!("      {} {}{more}", if *cases == 1 { "case" } else { "cases" }, shown.join(", ")));
}

/// A quiet, inactive firm, but for `more`.
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(super) fn sample(more: Value) -> FirmStatus {
    let mut value = serde_json::json!({
        "firm": "acme", "name": "Acme Injury Law", "time_zone": "America/Chicago", "connection": "connected", "status": "inactive", "pause": null,
        "file": { "state": "current", "generation": 2, "since": "2026-11-23T15:00:00Z", "problems": [] },
        "next": { "cases": null, "changes": null, "verify": null, "documents": null, "messages": null }, "last": null,
        "exceptions": 0, "attention": [], "waiting_plan": null, "waiting": 0, "notes": []
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(value).unwrap()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(more: Value) -> String {
        firm(&sample(more), "2026-11-23T16:00:00Z".parse().unwrap(), false)
    }

    #[test]
    fn a_quiet_firm_is_a_few_lines_in_the_vendors_words() {
        insta::assert_snapshot!(shown(json!({})), @r"
        Acme Injury Law (acme)
          connection   Connected - Inactive
          file         in use since Mon 23 Nov, 09:00 CST (version 2)
          next runs    none by themselves: the firm is inactive
          last run     none yet
        ");
    }

    #[test]
    fn a_run_under_way_says_how_far_it_is_and_who_asked() {
        let doing = json!({ "text": "writing to the portal: 20 of 400 cases, 3.0 a second, about 3 minutes left", "work": "writing", "done": 20, "of": 400,
            "per_second": 3.0, "seconds_left": 127 });
        let text = shown(
            json!({ "running": [{ "trigger": "by-hand", "by": "lin (uid 1000)", "since": "2026-11-23T15:59:00Z", "doing": doing }] }),
        );
        let line = text.lines().find(|line| line.contains("running")).unwrap();
        assert_eq!(
            line.trim(),
            "running      run by hand since Mon 23 Nov, 09:59 CST, asked for by lin (uid 1000); writing to the portal: 20 of 400 cases, 3.0 a second, about 3 minutes left"
        );
    }

    #[test]
    fn what_needs_a_person_comes_with_what_to_do() {
        let text = shown(json!({
            "connection": "reconnect", "status": "paused", "exceptions": 9, "waiting_plan": "p-12ab34cd", "waiting": 180,
            "reconnect": { "since": "2026-11-23T15:00:00Z", "why": "MyCase does not take the refresh token (MyCase answered 400: invalid_grant)" },
            "pause": { "reason": "moving offices", "since": "2026-11-23T15:00:00Z", "until": null },
            "file": { "state": "rejected", "generation": 2, "since": "2026-11-23T15:00:00Z", "problems": [
                { "file": "acme.firm.toml", "line": 41, "column": 3, "severity": "error", "code": "x", "message": "no such stage", "help": "write Demand" }] },
            "attention": [{ "code": "no-usable-phone", "text": "no mobile number", "fix": "add one in MyCase", "cases": 9, "examples": [1, 2, 3, 4, 5] }]
        }));
        insta::assert_snapshot!(text, @r"
        Acme Injury Law (acme)
          connection   Reconnect since Mon 23 Nov, 09:00 CST - Paused: a person has to allow access in MyCase again: casebridge connect acme
                       MyCase does not take the refresh token (MyCase answered 400: invalid_grant)
          paused       since Mon 23 Nov, 09:00 CST, until `casebridge resume acme`: moving offices
          file         has errors since Mon 23 Nov, 09:00 CST; the last good version (2) stays in use:
                       acme.firm.toml:41:3: no such stage (write Demand)
          next runs    none while paused
          last run     none yet
          attention    9 cases need attention
                          9  no mobile number
                             add one in MyCase
                             cases 1, 2, 3, 4, 5, ...
          waiting      plan p-12ab34cd: 180 cases wait for approval
                       see it:  casebridge plan acme
                       say yes: casebridge approve acme p-12ab34cd
        ");
    }
}
