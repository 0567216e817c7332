//! A run's report: for people, for a spreadsheet, and as an exit code.

use super::exit::Exit;
use super::output::Ink;
use crate::domain::{CaseException, FirmId};
use crate::sync::{Outcome, ReportCounts, RunReport};

/// The exit code of a finished run.
pub(super) fn exit(report: &RunReport) -> Exit {
    match (&report.error, report.outcome) {
        (Some(error), _) if Exit::of_word(&error.code) == Exit::NotConnected => Exit::NotConnected,
        (Some(_), _) | (None, Outcome::Failed) => Exit::Failed,
        (None, Outcome::Waiting) => Exit::Waiting,
        (None, Outcome::Done) => Exit::Done,
    }
}

/// What happened, for a terminal.
pub(super) fn text(report: &RunReport, colour: bool) -> String {
    let RunReport {
        firm,
        run,
        counts,
        written,
        adopted,
        transferred,
        requests,
        duration_seconds,
        waiting,
        later,
        moved,
        failures,
        notes,
        error,
        ..
    } = report;
    let mut lines = vec![format!("{firm}: run {run}, {}", ending(report, colour))];
    let mut indented = |text: String| lines.push(format!("  {text}"));
    if let Some(error) = error {
        indented(Ink::Red.on(&error.text, colour));
    }
    if let Some(transferred) = transferred {
        indented(format!("{transferred} carried into MyCase"));
    } else if error.is_some() && *written == 0 {
        indented("nothing was written".to_owned());
    } else {
        indented(format!("written {written}; {}", counted(counts)));
    }
    if *adopted > 0 {
        indented(format!("{} there already and taken over, none made twice", many(*adopted, "portal record was", "portal records were")));
    }
    indented(format!("{} requests to MyCase, {} to the portal, {duration_seconds:.1} seconds", requests.mycase, requests.portal));
    if !report.complete && error.is_none() && transferred.is_none() {
        indented("MyCase could not be read whole, so nothing was concluded from what was missing".to_owned());
    }
    if *later > 0 {
        indented(format!("{} for contact hours", many(*later, "case waits", "cases wait")));
    }
    if !moved.is_empty() {
        let cases: Vec<String> = moved.iter().map(ToString::to_string).collect();
        indented(format!("left out, as they have moved since the plan was made: {}", cases.join(", ")));
    }
    notes.iter().for_each(|note| indented(note.clone()));
    failures.iter().for_each(|failure| indented(format!("{} case {}: {}", Ink::Red.on("failed", colour), failure.case, failure.text)));
    if counts.exceptions > 0 {
        indented(format!("{} attention: casebridge status {firm}", many(counts.exceptions, "case needs", "cases need")));
    }
    if let Some(plan) = &report.waiting_plan {
        let waits = many(*waiting, "case waits", "cases wait");
        indented(Ink::Yellow.on(&format!("{waits} for approval"), colour));
        indented(format!("  see it:   casebridge plan {firm}"));
        indented(format!("  say yes:  casebridge approve {firm} {plan}"));
        indented(format!("  say no:   casebridge reject {firm} {plan}"));
    }
    lines.join("\n")
}

fn ending(report: &RunReport, colour: bool) -> String {
    let (word, ink) = match (report.outcome, report.failures.len()) {
        (Outcome::Done, _) => ("done".to_owned(), Ink::Green),
        (Outcome::Waiting, _) => ("waits for approval".to_owned(), Ink::Yellow),
        (Outcome::Failed, 0) => ("failed".to_owned(), Ink::Red),
        (Outcome::Failed, failed) => (format!("failed for {}", many(failed, "case", "cases")), Ink::Red),
    };
    format!("{}: {}", report.trigger.name(), ink.on(&word, colour))
}

/// One line of a run, for `status`.
pub(super) fn line(report: &RunReport) -> String {
    let RunReport { counts, written, transferred, duration_seconds, error, .. } = report;
    let what = match transferred {
        Some(transferred) => format!("carried into MyCase {transferred}"),
        None => format!("written {written}, unchanged {}", counts.unchanged),
    };
    let mut text = format!("{}, {}: {what}", report.trigger.name(), ending_word(report.outcome));
    if counts.failed > 0 {
        text.push_str(&format!(", failed {}", counts.failed));
    }
    text.push_str(&format!(" ({duration_seconds:.1} s)"));
    if let Some(error) = error {
        text.push_str(&format!("; {}", error.text));
    }
    text
}

pub(super) fn ending_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Waiting => "waiting for approval",
        Outcome::Failed => "failed",
    }
}

/// The kinds that occur, as planned.
fn counted(counts: &ReportCounts) -> String {
    let ReportCounts { create, update, stage, contact, close, reopen, unchanged, exceptions: _, failed } = *counts;
    let kinds = [
        (create, "create"),
        (close, "close"),
        (reopen, "reopen"),
        (contact, "contact"),
        (stage, "stage"),
        (update, "update"),
        (failed, "failed"),
    ];
    let mut words: Vec<String> = kinds.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word} {count}")).collect();
    words.push(format!("unchanged {unchanged}"));
    format!("planned: {}", words.join(", "))
}

/// `1 case`, `2 cases`.
pub(super) fn many(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Every case that failed, was left out or needs attention, as CSV with a heading (RFC 4180). No personal data.
pub(super) fn csv(firm: &FirmId, report: &RunReport, attention: &[CaseException]) -> String {
    let mut text = row(["firm", "case", "outcome", "text", "fix"]);
    let firm = firm.as_str();
    for failure in &report.failures {
        text.push_str(&row([firm, &failure.case.to_string(), "failed", &failure.text, ""]));
    }
    for case in &report.moved {
        text.push_str(&row([firm, &case.to_string(), "left out", "it has moved since the plan was made", ""]));
    }
    for CaseException { case, reasons } in attention {
        for reason in reasons {
            text.push_str(&row([firm, &case.to_string(), "needs attention", &reason.text, &reason.fix]));
        }
    }
    text
}

/// One line of CSV (RFC 4180); no text of it is a formula.
pub(super) fn row<const N: usize>(fields: [&str; N]) -> String {
    let quoted = fields.map(|field| {
        // A spreadsheet takes these for a formula.
        let field = if field.starts_with(['=', '+', '-', '@', '\t']) { format!("'{field}") } else { field.to_owned() };
        let plain = !field.contains(['"', ',', '\n', '\r', ';']);
        if plain { field } else { format!("\"{}\"", field.replace('"', "\"\"")) }
    });
    format!("{}\r\n", quoted.join(","))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(more: serde_json::Value) -> RunReport {
        let mut value = json!({
            "firm": "acme", "run": 3, "trigger": "by-hand", "outcome": "done", "started_at": "2026-11-23T16:00:00Z", "complete": true,
            "counts": { "create": 2, "update": 0, "stage": 1, "contact": 0, "close": 0, "reopen": 0, "unchanged": 7, "exceptions": 1, "failed": 0 },
            "written": 3, "adopted": 0, "requests": { "mycase": 6, "portal": 3 }, "duration_seconds": 1.25, "waiting_plan": null, "waiting": 0,
            "later": 0, "moved": [], "failures": [], "notes": [], "error": null
        });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn each_end_of_a_run_has_its_exit_code() {
        let failed = json!({ "outcome": "failed", "failures": [{ "case": 7, "text": "422" }] });
        let gone = json!({ "outcome": "failed", "error": { "code": "reconnect", "text": "connect again" } });
        let broken = json!({ "outcome": "failed", "error": { "code": "portal", "text": "no" } });
        let waiting = json!({ "outcome": "waiting", "waiting_plan": "p-1", "waiting": 2 });
        let exits = [json!({}), failed, gone, broken, waiting].map(|more| exit(&report(more)));
        assert_eq!(exits, [Exit::Done, Exit::Failed, Exit::NotConnected, Exit::Failed, Exit::Waiting]);
    }

    #[test]
    fn what_waits_is_said_with_the_command_that_says_yes() {
        let text = text(&report(json!({ "outcome": "waiting", "waiting_plan": "p-12ab34cd", "waiting": 2 })), false);
        assert!(text.contains("2 cases wait for approval") && text.contains("casebridge approve acme p-12ab34cd"), "{text}");
        assert!(text.contains("planned: create 2, stage 1, unchanged 7"), "{text}");
    }

    #[test]
    fn a_run_that_carries_says_how_much_it_carried() {
        let report = report(json!({ "trigger": "documents", "transferred": 12, "written": 0, "notes": ["3 files wait"], "counts": {
            "create": 0, "update": 0, "stage": 0, "contact": 0, "close": 0, "reopen": 0, "unchanged": 0, "exceptions": 0, "failed": 0 } }));
        insta::assert_snapshot!(text(&report, false), @r"
        acme: run 3, fetching of files: done
          12 carried into MyCase
          6 requests to MyCase, 3 to the portal, 1.2 seconds
          3 files wait
        ");
        assert_eq!(line(&report), "fetching of files, done: carried into MyCase 12 (1.2 s)");
    }

    #[test]
    fn the_csv_is_quoted_and_no_text_becomes_a_formula() {
        let failures =
            json!({ "outcome": "failed", "failures": [{ "case": 7, "text": "422: \"stage\", unknown" }, { "case": 8, "text": "=1+1" }] });
        let csv = csv(&"acme".parse().unwrap(), &report(failures), &[]);
        assert_eq!(csv, "firm,case,outcome,text,fix\r\nacme,7,failed,\"422: \"\"stage\"\", unknown\",\r\nacme,8,failed,'=1+1,\r\n");
    }
}
