//! What the daemon does beside its runs of cases, and who is told of it.

use super::*;
use crate::sandbox::{Side, World};
use serde_json::Value;

/// Makes the alert command write what it is told into a file.
pub(super) fn alert_to_file(place: &Place) -> Utf8PathBuf {
    let told = place.root.join("told");
    let command = format!("[alerts]\ncommand = [\"/bin/sh\", \"-c\", 'cat >> \"$1\"', \"tell\", \"{told}\"]\n");
    fs::write(place.root.join("casebridge.toml"), format!("[daemon]\nedit_settle = \"0 seconds\"\n{command}")).unwrap();
    told
}

pub(super) fn told(file: &Utf8Path, kind: &str) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|alert| alert["kind"] == kind).collect()
}

impl Running {
    /// Asks until the numbers say it.
    async fn until_metric(&self, line: &str) {
        let asking = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                if self.client.metrics().await.unwrap().lines().any(|found| found == line) {
                    return;
                }
            }
        };
        if timeout(SOON, asking).await.is_err() {
            panic!("never {line}: {}", self.client.metrics().await.unwrap());
        }
    }
}

#[tokio::test]
async fn people_are_told_once_of_a_plan_that_waits_of_new_attention_and_of_a_rejected_file() {
    let place = Place::new(now());
    let file = alert_to_file(&place);
    let careful = place.file("30 3 * * *").replace("first_import = \"go\"", "");
    place.write("acme", &careful);
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let held = daemon.sync().await;
    assert!(held.waiting > 0, "{held:?}");
    daemon.sync().await;
    place.write("acme", &careful.replace("[clients]", "[cleints]"));
    daemon.until("the edit is rejected", |status| status.file.state == FileState::Rejected).await;
    daemon.client.reload(true).await.unwrap();
    // An end waits for alerts on their way.
    daemon.stop().await;

    let waiting = told(&file, "waiting-plan");
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    let plan = held.waiting_plan.unwrap();
    assert_eq!((&waiting[0]["firm"], &waiting[0]["name"]), (&Value::from("acme"), &Value::from("Acme Injury Law")));
    assert_eq!((waiting[0]["plan"].as_str(), waiting[0]["cases"].as_u64()), (Some(plan.0.as_str()), Some(held.waiting as u64)));
    let rejected = told(&file, "rejected-file");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert!(rejected[0]["problems"].as_array().unwrap().iter().any(|problem| problem["code"] == "unknown-key"), "{rejected:?}");
    let attention = told(&file, "attention");
    assert!(attention.len() <= 1, "the same causes are told once: {attention:?}");
    assert_eq!(attention.is_empty(), held.counts.exceptions == 0);
}

#[tokio::test]
async fn a_connection_that_mycase_refuses_is_told_and_shown_and_over_when_somebody_connects() {
    let place = Place::new(now());
    let file = alert_to_file(&place);
    let daemon = place.start().await;
    daemon.connect(&place).await;
    daemon.until_metric(r#"casebridge_firm_connection{firm="acme",state="connected"} 1.0"#).await;
    place.sandbox.with(World::revoke_tokens);
    let failed = daemon.sync().await;
    assert_eq!(failed.error.unwrap().code, "reconnect");
    daemon.until_metric(r#"casebridge_firm_connection{firm="acme",state="reconnect"} 1.0"#).await;
    daemon.until_metric(r#"casebridge_runs_total{firm="acme",trigger="by-hand",outcome="failed"} 1"#).await;
    let status = daemon.status().await;
    assert_eq!((status.connection, status.next.cases), (Connection::Reconnect, None));
    daemon.connect(&place).await;
    let again = daemon.status().await;
    assert_eq!(again.connection, Connection::Connected, "a reminder does not bring the trouble back");
    assert!(again.next.cases.is_some());
    daemon.stop().await;
    let reconnect = told(&file, "reconnect");
    assert_eq!(reconnect.len(), 1, "{reconnect:?}");
    assert!(reconnect[0]["text"].as_str().unwrap().contains("casebridge connect acme"), "{reconnect:?}");
}

#[tokio::test]
async fn a_connection_whose_time_came_while_nothing_ran_is_renewed_at_once_though_the_firm_is_inactive() {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut place = Place::new(Clock::simulated(start));
    place.write("acme", &place.file("30 3 * * *").replace("status = \"active\"", "status = \"inactive\""));
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let before = daemon.status().await;
    assert_eq!((before.connection, before.status), (Connection::Connected, RunState::Inactive));
    daemon.stop().await;

    let days = Duration::from_secs(2 * 24 * 3600);
    place.clock = Clock::simulated(start + days);
    place.sandbox.with(|world| world.advance(days));
    let asked = place.sandbox.with(|world| world.requests_to(Side::Auth));
    let daemon = place.start().await;
    let renewed = daemon.until("renewed", |status| status.connection_ends > before.connection_ends).await;
    assert_eq!((renewed.status, renewed.last), (RunState::Inactive, None), "and nothing else was done");
    daemon.stop().await;
    assert_eq!(place.sandbox.with(|world| world.requests_to(Side::Auth)), asked + 1, "one refresh");
}

#[tokio::test]
async fn documents_and_messages_start_by_themselves_and_a_run_that_found_nothing_is_counted_only() {
    // Two seconds before the minute.
    let place = Place::new(Clock::simulated("2026-11-23T12:00:58Z".parse().unwrap()));
    let file = place.file("30 3 * * *").replace("documents = \"off\"", "documents = \"1 12 * * *\"");
    place.write("acme", &file.replace("messages = \"off\"", "messages = \"1 12 * * *\""));
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let status = daemon.status().await;
    assert!(status.next.documents.is_some() && status.next.messages.is_some(), "{status:?}");
    daemon.until_metric(r#"casebridge_runs_total{firm="acme",trigger="documents",outcome="done"} 1"#).await;
    daemon.until_metric(r#"casebridge_runs_total{firm="acme",trigger="messages",outcome="done"} 1"#).await;
    let after = daemon.status().await;
    assert_eq!(after.next.messages, Some("2026-11-24T12:01:00Z".parse().unwrap()));
    daemon.stop().await;
}
