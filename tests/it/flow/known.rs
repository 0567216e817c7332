//! Cases that are known by their text: a night reads only what moved, and finds all that a night that reads everything finds.

use super::stage::{Portal, Stage};
use casebridge::domain::{CaseId, Fingerprint, ReasonCode};
use casebridge::sync::RunReport;
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// Which cases are known, by which texts.
fn known(stage: &Stage) -> BTreeMap<CaseId, Fingerprint> {
    stage.hands().store.links().and_then(|links| links.in_step()).expect("links").into_iter().collect()
}

/// An imported firm after its first night.
async fn known_firm(portal: Portal) -> Stage {
    let stage = Stage::imported(portal, 60).await;
    stage.pass(HOUR).await;
    let night = stage.sync().await;
    assert_eq!((night.written, night.error.is_none()), (0, true), "{night:#?}");
    stage.pass(HOUR).await;
    stage
}

/// What a night came to, without what differs from any run to any other.
fn gist(run: &RunReport) -> String {
    format!("{:?} {} {} {:?} {:?}", run.counts, run.written, run.complete, run.failures, run.notes)
}

#[tokio::test(start_paused = true)]
async fn the_night_after_an_import_gets_to_know_the_cases_in_step_and_the_next_one_comes_to_the_same() {
    for portal in [Portal::CaseStatus, Portal::Hona] {
        let stage = Stage::imported(portal, 60).await;
        assert!(known(&stage).is_empty(), "an import only sends");
        let first = stage.sync().await;
        let (after_first, attention) = (known(&stage), stage.status().await.exceptions);
        assert!(after_first.len() > 30, "{}", after_first.len());
        stage.pass(HOUR).await;
        let second = stage.sync().await;
        assert_eq!(gist(&first), gist(&second));
        assert_eq!(stage.status().await.exceptions, attention);
        assert_eq!(known(&stage), after_first);
    }
}

#[tokio::test(start_paused = true)]
async fn a_case_that_moved_is_sent_and_is_known_again_a_night_later() {
    let stage = known_firm(Portal::CaseStatus).await;
    let case = stage.a_case();
    let before = known(&stage);
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!((stage.sync().await.written, stage.shown(case).as_str()), (1, "Demand"));
    assert!(before.contains_key(&CaseId(case)) && !known(&stage).contains_key(&CaseId(case)), "its link was written");
    stage.pass(HOUR).await;
    stage.sync().await;
    let again = known(&stage);
    assert!(again[&CaseId(case)] != before[&CaseId(case)]);
    assert_eq!(again.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_moved_reaches_the_cases_that_were_known() {
    let stage = known_firm(Portal::CaseStatus).await;
    let treating = stage.in_stage("Treating");
    stage.edit("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Demand\"");
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"no limit\"");
    let run = stage.sync().await;
    assert_eq!((run.written, run.counts.stage), (treating.len(), treating.len()), "{run:#?}");
    assert!(treating.len() > 1 && treating.iter().all(|case| stage.shown(*case) == "Demand"));
}

#[tokio::test(start_paused = true)]
async fn an_address_of_a_lead_that_moved_reaches_the_cases_that_were_known() {
    let stage = known_firm(Portal::CaseStatus).await;
    let case = stage.a_case();
    let new = "moved.lead@harlowpike.example";
    stage.with(|world| {
        let lead = world.mycase.cases[&case].staff.iter().find(|person| person.lead_lawyer).map(|person| person.id).expect("a lead");
        world.edit_staff(lead, |person| person.email = new.to_owned()).expect("edited");
        world.case_status.staff.insert(new.to_owned());
    });
    let run = stage.sync().await;
    assert!(run.written > 0 && run.written == run.counts.update, "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_plan_goes_by_what_is_known_and_leaves_nothing_behind() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.plan().await;
    assert!(known(&stage).is_empty());
    stage.sync().await;
    let before = known(&stage);
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert!(stage.plan().await.has_changes);
    assert_eq!(known(&stage), before);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_did_in_the_portal_is_found_by_a_comparison_whatever_is_known() {
    let stage = known_firm(Portal::CaseStatus).await;
    let (case, known) = (stage.a_case(), known(&stage));
    let id = stage.record(case).id;
    stage.with(|world| {
        let now = world.now();
        world.case_status.edit(id, now, |record| record.status = Some("Demand".to_owned())).expect("edited");
    });
    assert!(known.contains_key(&CaseId(case)));
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [], "a night does not ask the portal");
    stage.verify().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::ChangedByHand]);
}

#[tokio::test(start_paused = true)]
async fn every_week_each_case_is_read_again_whatever_is_known() {
    let stage = known_firm(Portal::CaseStatus).await;
    let before = known(&stage);
    stage.pass(7 * 24 * HOUR).await;
    assert_eq!(stage.sync().await.written, 0);
    let after = known(&stage);
    assert!(after.keys().eq(before.keys()) && after.iter().all(|(case, print)| before[case] != *print));
}
