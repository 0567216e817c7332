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
    insta::assert_snapshot!(text);
}
