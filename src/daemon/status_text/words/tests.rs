//! The texts as their readers get them.

use super::*;
use serde_json::{Value, json};

/// Monday 14:05 in New York.
const NOW: &str = "2026-11-23T19:05:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn problem_at(line: usize, severity: Severity, message: &str, help: &str) -> Problem {
    let (message, help) = (message.to_owned(), help.to_owned());
    Problem { file: "acme.firm.toml".into(), line, column: 1, severity, code: "x", message, help, span: 0..0 }
}

fn status(more: Value) -> FirmStatus {
    let mut value = json!({
        "firm": "acme", "name": "Acme Injury Law", "connection": "connected", "status": "active", "pause": null,
        "file": { "state": "current", "generation": 2, "since": null, "problems": [] },
        "next": { "cases": "2026-11-23T22:15:00Z", "changes": null, "verify": null, "documents": null, "messages": null },
        "last": null, "exceptions": 0, "attention": [], "waiting_plan": null, "waiting": 0, "notes": []
    });
    value.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    serde_json::from_value(value).expect("a status")
}

fn told(verdict: Verdict, accepted: Option<&str>, problems: &[Problem], consequences: &[&str], status: Option<&FirmStatus>) -> String {
    let zone = TimeZone::get("America/New_York").expect("a zone");
    let firm: FirmId = "acme".parse().expect("an id");
    let consequences = consequences.iter().map(|text| (*text).to_owned()).collect();
    body(&Told {
        firm: &firm,
        verdict,
        accepted_at: accepted.map(at),
        problems,
        consequences,
        strays: Vec::new(),
        trouble: None,
        status,
        zone: &zone,
        now: at(NOW),
    })
}

#[test]
fn an_accepted_edit_says_since_when_and_what_it_does() {
    let text = told(Verdict::Accepted, Some("2026-11-23T19:02:00Z"), &[], &["3 cases would move tonight 17:15"], None);
    assert_eq!(text, "ACCEPTED 14:02. 3 cases would move tonight 17:15.\n");
}

#[test]
fn a_rejected_edit_says_the_line_what_to_write_and_whose_version_runs() {
    let wrong = problem_at(41, Severity::Error, "unknown key 'stagse'", "write 'stages'");
    let text = told(Verdict::Rejected, Some("2026-11-22T15:00:00Z"), std::slice::from_ref(&wrong), &[], None);
    assert_eq!(text, "NOT USED: line 41: unknown key 'stagse'; write 'stages'. Yesterday's version is still running.\n");
    let never = told(Verdict::Rejected, None, std::slice::from_ref(&wrong), &[], None);
    assert!(never.ends_with("Nothing runs for this firm until that is put right.\n"), "{never}");

    let other = Problem { file: "acme.tests.toml".into(), ..problem_at(3, Severity::Error, "the test \"x\" fails", "") };
    let look = problem_at(7, Severity::Warning, "\"work\" phones are often shared", "leave it out");
    insta::assert_snapshot!(told(Verdict::Rejected, Some("2026-11-23T15:00:00Z"), &[wrong, look, other], &[], None), @r#"
        NOT USED: 2 problems. The version of 10:00 is still running.

        - Line 41: unknown key 'stagse'; write 'stages'.
        - Line 3 of acme.tests.toml: the test "x" fails.

        Worth a look:
        - Line 7: "work" phones are often shared; leave it out.
        "#);
}

#[test]
fn what_waits_for_somebody_is_said_in_one_sentence_each() {
    let stands = status(json!({
        "connection": "reconnect", "reconnect": { "since": "2026-11-22T15:00:00Z", "why": "x" }, "waiting_plan": "p-12ab34cd", "waiting": 12,
        "waiting_since": "2026-11-20T19:00:00Z", "pause": { "reason": "moving offices", "since": "2026-11-23T15:00:00Z", "until": "2026-11-24T13:00:00Z" },
        "status": "paused", "exceptions": 1, "next": { "cases": null, "changes": null, "verify": null, "documents": null, "messages": null },
        "overdue": [{ "what": "cases", "at": "2026-11-22T22:15:00Z" }],
    }));
    insta::assert_snapshot!(told(Verdict::Unchanged, Some("2026-11-20T19:00:00Z"), &[], &[], Some(&stands)), @r#"
        ACCEPTED Friday 14:00.

        Nothing runs since yesterday 10:00: somebody has to allow access in MyCase again.
        Paused since 10:00, until tomorrow 08:00: moving offices.
        12 cases wait for approval since Friday 14:00.
        1 case needs attention.
        A run (cases) should have begun yesterday 17:15 and still waits.
        "#);
    let inactive = status(json!({ "status": "inactive" }));
    assert!(told(Verdict::Unchanged, None, &[], &[], Some(&inactive)).contains("The firm is inactive: nothing runs by itself."));
}

fn report(more: Value) -> Value {
    let mut value = json!({
        "firm": "acme", "run": 7, "trigger": "schedule", "outcome": "done", "started_at": "2026-11-23T02:15:00Z", "complete": true,
        "counts": { "create": 0, "update": 0, "stage": 3, "contact": 0, "close": 1, "reopen": 0, "unchanged": 200, "exceptions": 0, "failed": 0 },
        "written": 4, "adopted": 0, "requests": { "mycase": 5, "portal": 4 }, "duration_seconds": 9.0, "waiting_plan": null, "waiting": 0,
        "later": 0, "moved": [], "failures": [], "notes": [], "error": null,
    });
    value.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    value
}

#[test]
fn the_last_run_and_the_next_are_one_line() {
    let after = |more: Value| {
        let text = told(Verdict::Unchanged, None, &[], &[], Some(&status(json!({ "last": report(more) }))));
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(after(json!({})), "Last night's run: 3 moved, 1 closed. Next run tonight 17:15.");
    assert_eq!(after(json!({ "waiting": 12, "written": 0 })), "Last night's run: 12 waiting for approval. Next run tonight 17:15.");
    let failed = after(json!({ "error": { "code": "mycase", "text": "MyCase answered 500" } }));
    assert_eq!(failed, "Last night's run: it did not come to its end (MyCase answered 500). Next run tonight 17:15.");
    let nothing = json!({ "counts": { "create": 0, "update": 0, "stage": 0, "contact": 0, "close": 0, "reopen": 0, "unchanged": 1, "exceptions": 0, "failed": 0 } });
    assert_eq!(after(nothing), "Last night's run: nothing to change. Next run tonight 17:15.");
}

#[test]
fn a_file_that_is_gone_closes_nothing_and_the_footer_says_as_of_when() {
    let text = told(Verdict::Removed, Some(NOW), &[], &[], Some(&status(json!({}))));
    assert_eq!(
        text,
        "GONE: acme.firm.toml is no longer in the folder. Nothing runs for this firm; what the portal shows stays as it is.\n"
    );
    let zone = TimeZone::get("America/New_York").expect("a zone");
    assert_eq!(footer(at(NOW), &zone), "As of Monday 23 November 2026, 14:05 (EST).");
}
