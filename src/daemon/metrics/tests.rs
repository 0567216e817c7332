//! The text as Prometheus reads it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

pub(in crate::daemon) mod reader;

use super::*;
use crate::daemon::machine::LaneName;
use crate::domain::Kind;
use crate::http::{Answered, TrafficCounts};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn daemon() -> DaemonValues {
    let (since, read_at) = (at("2026-11-23T00:00:00Z"), Some(at("2026-11-23T00:00:02Z")));
    DaemonValues { version: "0.1.0", since, read_at, files_good: true, state_room: Some(5 << 30) }
}

fn acme() -> FirmValues {
    let answers = BTreeMap::from([(Answered::Status(200), 9), (Answered::Class(5), 1), (Answered::Nothing, 2)]);
    FirmValues {
        firm: "acme".to_owned(),
        file: Some(FileState::Rejected),
        generation: 4,
        stored: Some(StoredValues {
            accepted_at: Some(at("2026-11-23T00:00:01Z")),
            matches_disk: Some(false),
            connection: Connection::Connected,
            token_age: Some(SignedDuration::from_secs(90)),
            connection_ends: Some(at("2026-12-07T00:00:00Z")),
            key_refused: false,
            state: RunState::Active,
            waiting_plans: 1,
            waiting_cases: 12,
            waiting_since: Some(at("2026-11-23T12:00:00Z")),
            attention: 3,
        }),
        next: NextRuns { cases: Some(at("2026-11-24T00:00:00Z")), ..NextRuns::default() },
        overdue: 1,
        skipped: 2,
        ran: RunValues {
            succeeded: BTreeMap::from([(LaneName::Documents, at("2026-11-23T12:00:00Z"))]),
            runs: BTreeMap::from([(("documents", "done"), 7), (("schedule", "failed"), 1)]),
            transferred: BTreeMap::from([(LaneName::Documents, 40)]),
            took: BTreeMap::from([(LaneName::Cases, (1.5, 20.25))]),
        },
        changes: vec![(Kind::Create, 5), (Kind::Stage, 0)],
        traffic: vec![("mycase", TrafficCounts { sent: 13, answers, retries: 3, waited: Duration::from_millis(1500) })],
    }
}

#[test]
fn every_number_is_there_by_firm_and_in_a_fixed_order() {
    let text = text(daemon(), vec![acme()]).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = r#"casebridge_info{version="0.1.0"} 1.0
casebridge_start_time_seconds{} 1795392000.0
casebridge_config_last_reload_successful{} 1.0
casebridge_config_last_read_time_seconds{} 1795392002.0
casebridge_state_free_bytes{} 5368709120.0
casebridge_firm_connection{firm="acme",state="connected"} 1.0
casebridge_firm_connection{firm="acme",state="not-connected"} 0.0
casebridge_firm_connection{firm="acme",state="reconnect"} 0.0
casebridge_firm_token_age_seconds{firm="acme"} 90.0
casebridge_firm_connection_end_time_seconds{firm="acme"} 1796601600.0
casebridge_firm_portal_key_refused{firm="acme"} 0.0
casebridge_firm_state{firm="acme",state="active"} 1.0
casebridge_firm_state{firm="acme",state="inactive"} 0.0
casebridge_firm_state{firm="acme",state="paused"} 0.0
casebridge_firm_state_readable{firm="acme"} 1.0
casebridge_firm_file{firm="acme",state="current"} 0.0
casebridge_firm_file{firm="acme",state="rejected"} 1.0
casebridge_firm_file{firm="acme",state="removed"} 0.0
casebridge_firm_config_last_reload_successful{firm="acme"} 0.0
casebridge_firm_config_last_reload_success_time_seconds{firm="acme"} 1795392001.0
casebridge_firm_config_generation{firm="acme"} 4.0
casebridge_firm_config_matches_disk{firm="acme"} 0.0
casebridge_firm_waiting_plans{firm="acme"} 1.0
casebridge_firm_waiting_cases{firm="acme"} 12.0
casebridge_firm_waiting_since_time_seconds{firm="acme"} 1795435200.0
casebridge_firm_attention{firm="acme"} 3.0
casebridge_firm_last_success_time_seconds{firm="acme",lane="documents"} 1795435200.0
casebridge_firm_next_run_time_seconds{firm="acme",schedule="cases"} 1795478400.0
casebridge_firm_overdue_runs{firm="acme"} 1.0
casebridge_firm_last_run_duration_seconds{firm="acme",lane="cases"} 1.5
casebridge_runs_total{firm="acme",trigger="documents",outcome="done"} 7
casebridge_runs_total{firm="acme",trigger="schedule",outcome="failed"} 1
casebridge_run_duration_seconds_total{firm="acme",lane="cases"} 20.25
casebridge_skipped_runs_total{firm="acme"} 2
casebridge_transferred_total{firm="acme",kind="documents"} 40
casebridge_changes_total{firm="acme",kind="create"} 5
casebridge_changes_total{firm="acme",kind="stage"} 0
casebridge_requests_total{firm="acme",side="mycase",code="200"} 9
casebridge_requests_total{firm="acme",side="mycase",code="5xx"} 1
casebridge_requests_total{firm="acme",side="mycase",code="none"} 2
casebridge_retries_total{firm="acme",side="mycase"} 3
casebridge_budget_wait_seconds_total{firm="acme",side="mycase"} 1.5"#;
    assert_eq!(lines, expected.lines().collect::<Vec<_>>());
    reader::read(&text).unwrap();
}

#[test]
fn of_a_firm_whose_state_cannot_be_read_the_rest_is_told_and_nothing_is_made_up() {
    let unread = FirmValues { firm: "beta".to_owned(), stored: None, file: None, ..acme() };
    let samples = reader::read(&text(daemon(), vec![acme(), unread]).unwrap()).unwrap();
    let beta = [("firm", "beta")];
    assert_eq!(samples.get("casebridge_firm_state_readable", &beta), Some(0.0));
    assert_eq!(samples.get("casebridge_skipped_runs_total", &beta), Some(2.0));
    for unknown in ["casebridge_firm_attention", "casebridge_firm_config_last_reload_successful", "casebridge_firm_token_age_seconds"] {
        assert_eq!(samples.get(unknown, &beta), None, "{unknown}");
        assert!(samples.get(unknown, &[("firm", "acme")]).is_some(), "{unknown}");
    }
}

#[test]
fn the_table_names_every_metric_and_no_other() {
    let text = text(daemon(), vec![acme()]).unwrap();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let given: Vec<String> = types.map(|(name, kind)| if kind == "counter" { format!("{name}_total") } else { name.to_owned() }).collect();
    let rows = include_str!("../metrics.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    let table: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(sorted(given.iter().map(String::as_str)), sorted(table));
}

fn sorted<'t>(names: impl IntoIterator<Item = &'t str>) -> Vec<&'t str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names
}
