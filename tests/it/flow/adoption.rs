//! Records that are in the portal already are taken, never made twice.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::sandbox::NewCase;
use casebridge::sync::Outcome;

/// Somebody opens a case in MyCase for a client that is there.
pub(super) fn new_case(stage: &Stage, name: &str) -> u64 {
    let client = stage.client_of(stage.a_case());
    let (area, at) = (Some("Personal Injury".to_owned()), Some("Treating".to_owned()));
    let case = NewCase { name: name.to_owned(), practice_area: area, stage: at, case_number: None, clients: vec![client] };
    stage.with(|world| world.add_case(case)).expect("a case")
}

#[tokio::test(start_paused = true)]
async fn after_the_state_is_lost_every_record_is_adopted_and_none_is_made_twice() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let before = stage.census();
    let stage = stage.bereft().await;
    stage.with(|world| world.reset_requests());

    let first = stage.sync().await;
    assert!(first.error.is_none(), "{first:#?}");
    assert_eq!(first.adopted, before.len(), "{first:#?}");
    assert_eq!(stage.writes(), 0, "nothing but the case that the portal refuses differs, and that waits for a yes");
    assert!(first.counts.create <= 1, "{first:#?}");

    if first.waiting_plan.is_some() {
        stage.approve().await;
    }
    let again = stage.sync().await;
    assert_eq!(again.written, 0, "{again:#?}");
    assert_eq!(stage.census(), before, "one record each, as before");
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_in_mycase_while_the_state_was_lost_arrives_after_adoption() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let stage = stage.bereft().await;
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let first = stage.sync().await;
    assert_eq!(first.outcome, Outcome::Waiting, "{first:#?}");
    assert_eq!(first.counts.stage, 1, "{first:#?}");
    stage.approve().await;
    assert_eq!(stage.shown(case), "Demand");
}

#[tokio::test(start_paused = true)]
async fn a_record_with_the_cases_name_and_no_id_is_asked_about_and_never_doubled() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = new_case(&stage, "Okafor v. Northline");
    stage.with(|world| {
        let now = world.now();
        world.case_status.add_by_hand("  okafor v. NORTHLINE ", None, now)
    });
    let run = stage.sync().await;
    assert_eq!((run.counts.create, run.written), (0, 0), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::LookalikeInPortal]);
    assert!(stage.records(case).is_empty());
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::LookalikeInPortal], "it stays listed");
}

#[tokio::test(start_paused = true)]
async fn a_record_made_by_hand_between_two_runs_is_adopted_before_a_create() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = new_case(&stage, "Okafor v. Northline");
    let by_hand = stage.with(|world| {
        let now = world.now();
        world.case_status.add_by_hand("Okafor v. Northline", Some(&case.to_string()), now)
    });
    let run = stage.sync().await;
    assert_eq!((run.counts.create, run.adopted), (0, 1), "{run:#?}");
    assert_eq!(stage.record(case).id, by_hand);
    assert_eq!(stage.shown(case), "Medical Treatment", "and brought into step");
}

#[tokio::test(start_paused = true)]
async fn two_records_with_one_id_need_attention_and_nothing_is_made() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = new_case(&stage, "Okafor v. Northline");
    stage.with(|world| {
        let now = world.now();
        world.case_status.add_by_hand("One", Some(&case.to_string()), now);
        world.case_status.add_by_hand("Other", Some(&case.to_string()), now);
    });
    let run = stage.sync().await;
    assert_eq!((run.counts.create, run.written, run.adopted), (0, 0, 0), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::TwoPortalRecords]);
}

#[tokio::test(start_paused = true)]
async fn a_second_record_of_a_linked_case_is_found_by_comparing_everything() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| {
        let now = world.now();
        world.case_status.add_by_hand("Twin", Some(&case.to_string()), now)
    });
    let run = stage.verify().await;
    assert_eq!(run.counts.create, 0, "{run:#?}");
    assert!(stage.reasons(case).await.contains(&ReasonCode::TwoPortalRecords));
    stage.sync().await;
    assert!(stage.reasons(case).await.contains(&ReasonCode::TwoPortalRecords), "an ordinary run leaves it standing");
}

#[tokio::test(start_paused = true)]
async fn a_portal_list_that_cannot_be_read_fails_the_first_run_and_nothing_is_made() {
    use casebridge::sandbox::{Fault, FaultKind, Side};
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let before = stage.census();
    let stage = stage.bereft().await;
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::Html).path("/reporting/cases").times(50)));
    let run = stage.sync().await;
    assert_eq!(run.outcome, Outcome::Failed);
    assert_eq!(run.error.expect("words").code, "portal");
    assert_eq!(stage.census(), before);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_listed_a_lost_state_makes_nothing_twice_and_welcomes_nobody_again() {
    let stage = Stage::imported(Portal::Hona, 60).await;
    let there = |stage: &Stage| stage.with(|world| (world.hona.projects.len(), world.hona.contacts.len(), world.hona.welcome_texts));
    let before = there(&stage);
    let stage = stage.bereft().await;
    let held = stage.sync().await;
    assert_eq!((held.outcome, held.waiting), (Outcome::Waiting, before.0), "{held:#?}");
    let done = stage.approve().await;
    assert_eq!((done.written, there(&stage)), (before.0, before), "the same records, by their ids: {done:#?}");
}
