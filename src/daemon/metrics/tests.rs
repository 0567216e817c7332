//! The text as Prometheus reads it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn acme() -> FirmValues {
    FirmValues {
        firm: "acme".to_owned(),
        connection: Connection::Connected,
        token_age: Some(SignedDuration::from_secs(90)),
        connection_ends: Some(at("2026-12-07T00:00:00Z")),
        state: RunState::Active,
        file: FileState::Rejected,
        succeeded: BTreeMap::from([(LaneName::Documents, at("2026-11-23T12:00:00Z"))]),
        waiting_plans: 1,
        waiting_cases: 12,
        attention: 3,
        runs: BTreeMap::from([(("documents", "done"), 7), (("schedule", "failed"), 1)]),
        skipped: 2,
        transferred: BTreeMap::from([(LaneName::Documents, 40)]),
    }
}

#[test]
fn every_number_is_there_by_firm_and_in_a_fixed_order() {
    let daemon = DaemonValues { version: "0.1.0", since: at("2026-11-23T00:00:00Z") };
    let beta = FirmValues { firm: "beta".to_owned(), connection: Connection::Reconnect, token_age: None, ..acme() };
    let text = text(&daemon, &[acme(), beta]).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("beta") && !line.starts_with("# HELP")).collect();
    let expected = r#"# TYPE casebridge_info gauge
casebridge_info{version="0.1.0"} 1.0
# TYPE casebridge_start_time_seconds gauge
casebridge_start_time_seconds{} 1795392000.0
# TYPE casebridge_firm_connection gauge
casebridge_firm_connection{firm="acme",state="connected"} 1.0
casebridge_firm_connection{firm="acme",state="not-connected"} 0.0
casebridge_firm_connection{firm="acme",state="reconnect"} 0.0
# TYPE casebridge_firm_token_age_seconds gauge
casebridge_firm_token_age_seconds{firm="acme"} 90.0
# TYPE casebridge_firm_connection_end_time_seconds gauge
casebridge_firm_connection_end_time_seconds{firm="acme"} 1796601600.0
# TYPE casebridge_firm_state gauge
casebridge_firm_state{firm="acme",state="active"} 1.0
casebridge_firm_state{firm="acme",state="inactive"} 0.0
casebridge_firm_state{firm="acme",state="paused"} 0.0
# TYPE casebridge_firm_file gauge
casebridge_firm_file{firm="acme",state="current"} 0.0
casebridge_firm_file{firm="acme",state="rejected"} 1.0
casebridge_firm_file{firm="acme",state="removed"} 0.0
# TYPE casebridge_firm_waiting_plans gauge
casebridge_firm_waiting_plans{firm="acme"} 1.0
# TYPE casebridge_firm_waiting_cases gauge
casebridge_firm_waiting_cases{firm="acme"} 12.0
# TYPE casebridge_firm_attention gauge
casebridge_firm_attention{firm="acme"} 3.0
# TYPE casebridge_firm_last_success_time_seconds gauge
casebridge_firm_last_success_time_seconds{firm="acme",lane="documents"} 1795435200.0
# TYPE casebridge_runs counter
casebridge_runs_total{firm="acme",trigger="documents",outcome="done"} 7
casebridge_runs_total{firm="acme",trigger="schedule",outcome="failed"} 1
# TYPE casebridge_skipped_runs counter
casebridge_skipped_runs_total{firm="acme"} 2
# TYPE casebridge_transferred counter
casebridge_transferred_total{firm="acme",kind="documents"} 40
# EOF"#;
    assert_eq!(lines, expected.lines().collect::<Vec<_>>());
    assert!(text.contains(r#"casebridge_firm_connection{firm="beta",state="reconnect"} 1.0"#));
    assert!(!text.contains(r#"casebridge_firm_token_age_seconds{firm="beta"}"#), "no tokens, no age");
}
