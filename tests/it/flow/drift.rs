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

#[tokio::test(start_paused = true)]
async fn portal_records_that_belong_to_no_case_are_counted_by_a_comparison_and_left_alone() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let before = stage.verify().await;
    assert!(before.notes.iter().all(|note| !note.contains("belong")), "{before:#?}");
    let ids = stage.with(|world| {
        let now = world.now();
        [None, Some("999999999"), Some("A-17")].map(|id| world.case_status.add_by_hand("Made by hand", id, now))
    });
    let run = stage.verify().await;
    let [without, unknown, odd] = ids;
    let said = format!(
        "3 portal records belong to no case that MyCase shows: 1 without a MyCase id ({without}), 2 with an id that is no case here ({unknown}, {odd}); nothing is done about them"
    );
    assert!(run.notes.contains(&said), "{said} {run:#?}");
    assert_eq!((run.written, run.adopted, stage.writes()), (0, 0, 0));
    assert!(stage.sync().await.notes.iter().all(|note| !note.contains("belong")), "an ordinary run does not read the portal");
}

#[tokio::test(start_paused = true)]
async fn a_record_whose_case_is_out_of_scope_or_was_deleted_is_not_foreign() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, never) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.edit("[cases]\n", &format!("[cases]\nnever = [{never}]\n"));
    stage.with(|world| world.delete(case)).expect("deleted");
    let skipped = stage.with(|world| {
        let (now, id) = (world.now(), world.mycase.stage_id("Potential Client"));
        let skipped = world.mycase.cases.values().find(|case| case.stage == id).map(|case| case.id).expect("a case");
        world.case_status.add_by_hand("Not yet", Some(&skipped.to_string()), now);
        skipped
    });
    let run = stage.verify().await;
    assert!(run.notes.iter().all(|note| !note.contains("belong")), "{skipped} {run:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_record_deleted_by_hand_and_one_that_is_not_listed_at_all_are_both_lost() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (flagged, vanished) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let (first, second) = (stage.record(flagged).id, stage.record(vanished).id);
    stage.with(|world| {
        let now = world.now();
        world.case_status.delete(first, now).expect("deleted");
        world.case_status.cases.remove(&second);
    });
    let run = stage.verify().await;
    assert_eq!((run.written, run.counts.create), (0, 0), "{run:#?}");
    for case in [flagged, vanished] {
        assert_eq!(stage.reasons(case).await, [ReasonCode::PortalRecordGone]);
    }
    stage.sync().await;
    assert_eq!(stage.reasons(vanished).await, [ReasonCode::PortalRecordGone], "it stays listed until somebody has looked");
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_cannot_be_listed_is_compared_on_mycases_side_only_and_that_is_said() {
    let stage = Stage::imported(Portal::Hona, 60).await;
    let case: u64 = stage.with(|world| world.hona.projects.keys().next().expect("a project").parse().expect("an id"));
    stage.with(|world| world.set_name(case, "Renamed v. One")).expect("renamed");
    let run = stage.verify().await;
    assert_eq!(run.written, 1, "{run:#?}");
    assert!(run.notes.iter().any(|note| note.contains("only MyCase's side was compared")), "{run:#?}");
    assert!(stage.sync().await.notes.iter().all(|note| !note.contains("compared")));
}

#[tokio::test(start_paused = true)]
async fn an_exported_list_from_before_the_first_run_is_not_what_a_comparison_is_held_against() {
    let stage = Stage::new(Portal::Hona, 60).await;
    stage.with(|world| world.hona.staff.extend(world.mycase.staff.values().map(|person| person.email.to_lowercase())));
    stage.put_beside("existing.csv", "id,externalId,name\n");
    stage.edit("existing = \"none\"", "existing = \"existing.csv\"");
    stage.import().await;
    let run = stage.verify().await;
    let status = stage.status().await;
    assert!(status.attention.iter().all(|line| line.code != ReasonCode::PortalRecordGone), "{run:#?} {:#?}", status.attention);
}
