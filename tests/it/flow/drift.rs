//! What people change in the portal by hand: found by comparing everything, said or corrected.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;

fn by_hand(stage: &Stage, case: u64, edit: impl FnOnce(&mut casebridge::sandbox::PortalCase)) {
    let id = stage.record(case).id;
    stage.with(|world| {
        let now = world.now();
        world.case_status.edit(id, now, edit).expect("edited");
    });
}

#[tokio::test(start_paused = true)]
async fn a_stage_set_by_hand_is_reported_by_a_comparison_and_left_alone() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    by_hand(&stage, case, |record| record.status = Some("Demand".to_owned()));
    let run = stage.sync().await;
    assert_eq!((run.written, stage.reasons(case).await), (0, vec![]), "an ordinary run does not read the portal");
    let run = stage.verify().await;
    assert_eq!((run.written, stage.writes()), (0, 0), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::ChangedByHand]);
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::ChangedByHand], "it stays listed");
    by_hand(&stage, case, |record| record.status = Some("Medical Treatment".to_owned()));
    stage.verify().await;
    assert_eq!(stage.reasons(case).await, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_by_hand_is_corrected_where_the_file_says_so() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[portal]\n", "[portal]\ndrift = \"correct\"\n");
    let (case, closed) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    by_hand(&stage, case, |record| record.status = Some("Demand".to_owned()));
    by_hand(&stage, case, |record| record.name = Some("Scribbled".to_owned()));
    let now = stage.with(|world| world.now());
    by_hand(&stage, closed, |record| record.closed_at = Some(now));
    let run = stage.verify().await;
    assert_eq!(run.written, 2, "{run:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert_ne!(stage.record(case).name.as_deref(), Some("Scribbled"));
    assert_eq!(stage.record(closed).closed_at, None);
    assert_eq!(stage.verify().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn corrections_over_the_limit_wait_and_their_yes_finds_them_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[portal]\n", "[portal]\ndrift = \"correct\"\n");
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let case = stage.a_case();
    by_hand(&stage, case, |record| record.status = Some("Demand".to_owned()));
    let held = stage.verify().await;
    assert_eq!((held.written, held.waiting), (0, 1), "{held:#?}");
    let done = stage.approve().await;
    assert_eq!((done.written, done.moved.len()), (1, 0), "{done:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
}

#[tokio::test(start_paused = true)]
async fn what_moves_in_mycase_is_sent_over_a_hand_change() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    by_hand(&stage, case, |record| record.status = Some("Settlement".to_owned()));
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.verify().await.written, 1);
    assert_eq!((stage.shown(case).as_str(), stage.reasons(case).await), ("Demand", vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_record_deleted_in_the_portal_is_asked_about_and_not_made_anew_by_itself() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let id = stage.record(case).id;
    stage.with(|world| {
        let now = world.now();
        world.case_status.delete(id, now).expect("deleted");
    });
    let run = stage.verify().await;
    assert_eq!((run.written, stage.reasons(case).await), (0, vec![ReasonCode::PortalRecordGone]), "{run:#?}");
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.set_stage(other, "Demand Sent"))).expect("moved");
    let run = stage.sync().await;
    assert_eq!((run.written, run.failures.len()), (1, 1), "404 concerns its case only: {run:#?}");
    assert!(stage.records(case).is_empty());
    assert_eq!(stage.reasons(case).await, [ReasonCode::PortalRecordGone]);
}

#[tokio::test(start_paused = true)]
async fn a_record_made_anew_by_hand_takes_the_place_of_the_one_that_is_gone() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let old = stage.record(case).id;
    let new = stage.with(|world| {
        let now = world.now();
        world.case_status.delete(old, now).expect("deleted");
        world.case_status.add_by_hand("Made anew", Some(&case.to_string()), now)
    });
    let run = stage.verify().await;
    assert_eq!((run.counts.create, run.written), (0, 1), "{run:#?}");
    assert!(run.adopted >= 1);
    assert_eq!((stage.record(case).id, stage.shown(case).as_str()), (new, "Medical Treatment"));
}
