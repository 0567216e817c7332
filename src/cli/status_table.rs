//! `status` of many firms: a row each, then what needs a person, firm by firm.

use super::columns::columns;
use super::report::{self, many};
use super::status_text;
use super::when;
use crate::operations::{Connection, FileState, FirmStatus, NextRuns};
use jiff::Timestamp;

/// How many firms that need a person are told of; the rest is counted.
const TOLD: usize = 20;

/// The whole text.
pub(super) fn text(firms: &[FirmStatus], now: Timestamp, width: Option<usize>) -> String {
    let mut text = columns(["FIRM", "STATE", "FILE", "LAST RUN", "NEXT"], firms.iter().map(|status| row(status, now)), width);
    let mut needs: Vec<String> = firms.iter().filter_map(needs_a_person).collect();
    let all = needs.len();
    text.push_str(&match all {
        0 => format!("\n{}; none needs a person.\n", many(firms.len(), "firm", "firms")),
        _ => format!("\n{}; {} a person:\n", many(firms.len(), "firm", "firms"), many(all, "needs", "need")),
    });
    needs.truncate(TOLD);
    needs.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    if all > TOLD {
        text.push_str(&format!("  ... and {} more: --format json has all\n", all - TOLD));
    }
    text.push_str("`casebridge status FIRM` shows one firm in full.\n");
    text
}

fn row(status: &FirmStatus, now: Timestamp) -> [String; 5] {
    let zone = when::zone(status.time_zone.as_deref());
    let short = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %H:%M").to_string();
    let last =
        status.last.as_ref().map(|last| format!("{} {}", when::near(last.started_at, now, &zone), report::ending_word(last.outcome)));
    let NextRuns { cases, changes, verify, .. } = status.next;
    let next = [cases, changes, verify].into_iter().flatten().min();
    let running = status.running.first().map(|run| format!("now: {}", run.trigger.name()));
    [
        status.firm.to_string(),
        status_text::state(status),
        match status.file.state {
            FileState::Current => "in use".to_owned(),
            FileState::Rejected => "has errors".to_owned(),
            FileState::Removed => "gone".to_owned(),
            FileState::Opening => "opening".to_owned(),
        },
        last.unwrap_or_else(|| "none yet".to_owned()),
        running.or(next.map(short)).unwrap_or_else(|| "-".to_owned()),
    ]
}

/// What a firm needs somebody for, and the command that shows it; nothing when it needs nobody.
fn needs_a_person(status: &FirmStatus) -> Option<String> {
    let firm = &status.firm;
    let mut what = Vec::new();
    if status.connection == Connection::Reconnect {
        what.push(format!("connect again (casebridge connect {firm})"));
    }
    if status.file.state == FileState::Rejected {
        let error = status.file.problems.iter().find(|problem| problem["severity"] == "error");
        let line = error.map(|problem| format!(" in line {}", problem["line"])).unwrap_or_default();
        what.push(format!("its file has errors{line}"));
    }
    if status.state_error.is_some() {
        what.push(format!("its state cannot be had (casebridge status {firm})"));
    }
    if let Some(plan) = &status.waiting_plan {
        what.push(format!("{} for approval (plan {plan})", many(status.waiting, "case waits", "cases wait")));
    }
    if status.exceptions > 0 {
        what.push(format!("{} attention", many(status.exceptions, "case needs", "cases need")));
    }
    if status.last.as_ref().is_some_and(|last| last.error.is_some()) && status.connection != Connection::Reconnect {
        what.push("its last run failed".to_owned());
    }
    (!what.is_empty()).then(|| format!("{firm}: {}", what.join("; ")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::cli::status_text::sample;
    use serde_json::json;

    #[test]
    fn many_firms_are_a_table_and_what_needs_a_person_stands_below() {
        let now: Timestamp = "2026-11-23T16:00:00Z".parse().unwrap();
        let next = json!({ "status": "active", "next": { "cases": "2026-11-23T21:15:00Z", "changes": null, "verify": null, "documents": null, "messages": null } });
        let trouble = json!({
            "firm": "beta", "connection": "reconnect", "state_error": "the state is damaged", "exceptions": 9, "waiting_plan": "p-12ab34cd", "waiting": 180,
            "file": { "state": "rejected", "generation": 2, "since": null, "problems": [
                { "file": "beta.firm.toml", "line": 41, "column": 3, "severity": "error", "code": "x", "message": "no such stage", "help": "" }] }
        });
        insta::assert_snapshot!(text(&[sample(next), sample(trouble)], now, Some(100)), @r"
          FIRM  STATE               FILE        LAST RUN  NEXT
          acme  Connected - Active  in use      none yet  Mon 15:15
          beta  Unknown             has errors  none yet  -

        2 firms; 1 needs a person:
          beta: connect again (casebridge connect beta); its file has errors in line 41; its state cannot be had (casebridge status beta); 180 cases wait for approval (plan p-12ab34cd); 9 cases need attention
        `casebridge status FIRM` shows one firm in full.
        ");
    }
}
