//! When runs last went well, and what should have run and did not: known from the state alone, also when a run found nothing.

use super::stage::{Portal, Stage};
use casebridge::operations::{self, Due, FirmStatus};
use casebridge::sync::Trigger;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

impl Stage {
    /// What a machine without a daemon says should have run.
    async fn overdue(&self, status: &FirmStatus) -> Vec<Due> {
        operations::overdue(&self.engine().firm, &self.hands().store, status, self.now()).expect("a state")
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_reads_everything_and_fails_nowhere_went_well_also_when_it_found_nothing() {
    let stage = Stage::new(Portal::CaseStatus, 40).await;
    let status = stage.status().await;
    assert_eq!(status.last_success, Default::default());
    let stage = Stage::imported(Portal::CaseStatus, 40).await;
    let imported = stage.status().await.last_success;
    assert!(imported.cases.is_some() && imported.messages.is_none(), "{imported:?}");

    stage.pass(HOUR).await;
    let one = stage.a_case();
    stage.sync_cases(&[one]).await;
    assert_eq!(stage.status().await.last_success, imported, "a look at one case is no whole run");
    stage.sync().await;
    let looked = stage.status().await.last_success;
    assert!(looked.cases > imported.cases, "it found nothing, and that is a success");

    stage.tick(Trigger::Messages).await;
    let quiet = stage.status().await.last_success;
    assert!(quiet.messages.is_some() && quiet.documents.is_none(), "{quiet:?}");
    stage.pass(HOUR).await;
    stage.with(casebridge::sandbox::World::revoke_tokens);
    assert!(stage.sync().await.error.is_some());
    assert_eq!(stage.status().await.last_success, quiet, "what fails leaves it as it was");
    assert_eq!(stage.restarted().status().await.last_success, quiet, "the state remembers");
}

#[tokio::test(start_paused = true)]
async fn without_a_daemon_a_run_that_its_schedule_missed_is_overdue_until_somebody_runs_it() {
    let stage = Stage::imported(Portal::CaseStatus, 20).await;
    stage.edit("status = \"inactive\"", "status = \"active\"");
    let status = stage.status().await;
    assert!(stage.overdue(&status).await.is_empty());
    let due = status.next_due.clone().expect("something is due");
    assert!(due.at > stage.now(), "{due:?}");

    stage.pass(48 * HOUR).await;
    let status = stage.status().await;
    let late = stage.overdue(&status).await;
    let nightly = late.iter().find(|due| due.what == "cases").expect("the nightly run");
    assert_eq!(nightly.at.to_string(), "2026-03-02T21:15:00Z", "the first that was missed: {late:?}");
    stage.sync().await;
    assert!(!stage.overdue(&stage.status().await).await.iter().any(|due| due.what == "cases"), "somebody ran it");

    stage.edit("status = \"active\"", "status = \"inactive\"");
    assert!(stage.overdue(&stage.status().await).await.is_empty(), "nothing runs by itself");
}
