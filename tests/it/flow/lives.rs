//! How a case lives: it moves, closes, opens again, is hidden, leaves the scope; each as the firm file says.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::operations::{Ask, SyncAsk};
use casebridge::sync::Outcome;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn a_case_closes_rests_and_opens_again_brought_up_to_date() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.close(case)).expect("closed");
    assert_eq!(stage.sync().await.counts.close, 1);
    assert!(stage.record(case).closed_at.is_some());
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.sync().await.written, 0, "closed on both sides: left alone");
    stage.with(|world| world.reopen(case)).expect("reopened");
    let run = stage.sync().await;
    assert_eq!((run.counts.reopen, run.written), (1, 1), "{run:#?}");
    assert_eq!((stage.record(case).closed_at, stage.shown(case).as_str()), (None, "Demand"));
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_closed_project_on_hona_is_complete_and_in_progress_when_it_reopens() {
    let stage = Stage::imported(Portal::Hona, 60).await;
    let case: u64 = stage.with(|world| world.hona.projects.keys().next().expect("a project").parse().expect("an id"));
    let status = || stage.with(|world| world.hona.projects[&case.to_string()].status.clone());
    stage.with(|world| world.close(case)).expect("closed");
    assert_eq!((stage.sync().await.written, status().as_str()), (1, "Complete"));
    stage.with(|world| world.reopen(case)).expect("reopened");
    assert_eq!((stage.sync().await.written, status().as_str()), (1, "In Progress"));
}

#[tokio::test(start_paused = true)]
async fn closing_may_be_ignored_set_a_stage_first_or_be_left_to_a_person() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.edit("[stages]\n", "[closure]\nclosed = \"ignore\"\n\n[stages]\n");
    stage.with(|world| world.close(case)).expect("closed");
    assert_eq!(stage.sync().await.written, 0);
    stage.edit("closed = \"ignore\"", "stage = \"Settlement\"\nby_hand = [\"negotiation\"]");
    stage.with(|world| world.close(other)).expect("closed");
    assert_eq!(stage.sync().await.written, 1);
    let record = stage.record(case);
    assert!(record.closed_at.is_some() && record.status.as_deref() == Some("Settlement"), "{record:?}");
    assert_eq!(stage.record(other).closed_at, None);
    assert_eq!(stage.reasons(other).await, [ReasonCode::ClosedByHand]);
}

#[tokio::test(start_paused = true)]
async fn a_stage_and_a_closing_must_have_stood_as_long_as_the_file_says() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages]\n", "[closure]\nsettle = \"2 hours\"\n\n[stages]\nsettle = \"30 minutes\"\n");
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.close(other))).expect("changed");
    assert_eq!(stage.sync().await.written, 0);
    stage.pass(HOUR).await;
    assert_eq!(stage.sync().await.written, 1);
    assert_eq!((stage.shown(case).as_str(), stage.record(other).closed_at), ("Demand", None));
    stage.pass(HOUR).await;
    assert_eq!(stage.sync().await.written, 1);
    assert!(stage.record(other).closed_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_internal_stage_is_hidden_and_a_new_case_in_it_begins_at_the_start() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Conflict Check")).expect("moved");
    assert_eq!(stage.sync().await.written, 0);
    assert_eq!((stage.shown(case).as_str(), stage.reasons(case).await), ("Medical Treatment", vec![]));
    let client = stage.client_of(case);
    let new = casebridge::sandbox::NewCase {
        name: "New v. Northline".to_owned(),
        practice_area: Some("Personal Injury".to_owned()),
        stage: Some("Conflict Check".to_owned()),
        case_number: None,
        clients: vec![client],
    };
    let new = stage.with(|world| world.add_case(new)).expect("a case");
    stage.sync().await;
    assert_eq!(stage.shown(new), "Getting Started");
}

#[tokio::test(start_paused = true)]
async fn an_unmapped_stage_holds_back_the_stage_only() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| {
        world.add_stage("Brand New");
        world.set_stage(case, "Brand New").and_then(|()| world.set_name(case, "Renamed v. One")).expect("changed");
    });
    assert_eq!(stage.sync().await.written, 1);
    assert_eq!(stage.reasons(case).await, [ReasonCode::StageNotMapped]);
    assert_eq!((stage.shown(case).as_str(), stage.record(case).name.as_deref()), ("Medical Treatment", Some("Renamed v. One")));
    stage.with(|world| world.close(case)).expect("closed");
    stage.sync().await;
    assert!(stage.record(case).closed_at.is_some(), "and closing goes on");
}

#[tokio::test(start_paused = true)]
async fn a_linked_case_that_leaves_the_scope_is_reported_or_closed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Potential Client")).expect("moved");
    assert_eq!(stage.sync().await.written, 0);
    assert_eq!(stage.reasons(case).await, [ReasonCode::OutOfScope]);
    stage.edit("[stages]\n", "[closure]\nout_of_scope = \"close\"\n\n[stages]\n");
    assert_eq!(stage.sync().await.written, 1);
    assert!(stage.record(case).closed_at.is_some());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_case_named_never_is_not_touched_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.edit("[cases]\n", &format!("[cases]\nnever = [{case}]\n"));
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.close(case))).expect("changed");
    assert_eq!(stage.sync().await.written, 0);
    assert_eq!(stage.sync_cases(&[case]).await.written, 0);
    assert_eq!(stage.record(case).closed_at, None);
}

#[tokio::test(start_paused = true)]
async fn while_test_cases_are_named_nothing_else_is_touched() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    let cases: Vec<u64> = stage.with(|world| {
        let id = world.mycase.stage_id("Treating");
        world.mycase.cases.values().filter(|case| case.open && case.stage == id).map(|case| case.id).take(2).collect()
    });
    stage.edit("[clients]\n", &format!("[testing]\ncases = [{}, {}]\n\n[clients]\n", cases[0], cases[1]));
    let held = stage.sync().await;
    assert_eq!((held.outcome, held.waiting), (Outcome::Waiting, 2), "{held:#?}");
    assert_eq!(stage.approve().await.written, 2);
    assert_eq!(stage.census().len(), 2);
    assert_eq!(stage.sync().await.written, 0);
    let end = format!("[testing]\ncases = [{}, {}]\n\n", cases[0], cases[1]);
    stage.edit(&end, "");
    let all = stage.sync().await;
    assert_eq!((all.outcome, all.written), (Outcome::Waiting, 0), "then everything waits for its yes: {all:#?}");
    assert!(all.waiting > 30);
}

#[tokio::test(start_paused = true)]
async fn with_import_selected_only_cases_asked_for_come_and_the_nightly_run_keeps_them() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.edit("[cases]\n", "[cases]\nimport = \"selected\"\n");
    let none = stage.sync().await;
    assert_eq!((none.outcome, none.counts.create), (Outcome::Done, 0), "{none:#?}");
    let case = stage.with(|world| {
        let id = world.mycase.stage_id("Treating");
        world.mycase.cases.values().find(|case| case.open && case.stage == id).expect("a case").id
    });
    stage.edit("[limits]\n", "[limits]\ncreate = \"at most 0\"\n");
    let asked = stage.sync_cases(&[case]).await;
    assert_eq!((asked.outcome, asked.waiting), (Outcome::Waiting, 1), "{asked:#?}");
    let night = stage.sync().await;
    assert_eq!((night.waiting, night.counts.create), (1, 1), "it is still wanted: {night:#?}");
    assert_eq!(stage.approve().await.written, 1);
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.sync().await.written, 1, "a linked one is kept in step");
    assert_eq!(stage.census().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_cases_whose_field_says_so_are_imported() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.edit("[cases]\n", "[cases]\nenabled_by = \"custom.Portal Enabled\"\n");
    let off: Vec<u64> = stage.with(|world| {
        let field = world.mycase.custom_field_id("Portal Enabled").expect("a field");
        let off = |case: &&casebridge::sandbox::Case| case.custom.iter().any(|value| value.field == field && value.value == false);
        world.mycase.cases.values().filter(off).map(|case| case.id).collect()
    });
    assert!(!off.is_empty());
    stage.import().await;
    assert!(off.iter().all(|case| stage.records(*case).is_empty()));
    assert!(stage.census().len() > 30);
    let case = stage.a_case();
    stage.with(|world| world.set_custom(case, "Portal Enabled", serde_json::json!(false))).expect("switched off");
    assert_eq!(stage.sync().await.written, 0);
    assert_eq!(stage.reasons(case).await, [ReasonCode::OutOfScope]);
}

#[tokio::test(start_paused = true)]
async fn after_the_first_run_an_old_case_is_not_imported_but_a_linked_one_is_kept_in_step() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let client = stage.client_of(case);
    let new = |name: &str| casebridge::sandbox::NewCase {
        name: name.to_owned(),
        practice_area: Some("Personal Injury".to_owned()),
        stage: Some("Treating".to_owned()),
        case_number: None,
        clients: vec![client],
    };
    let old_time: jiff::Timestamp = "2024-06-01T00:00:00Z".parse().expect("a time");
    let old = stage.with(|world| {
        let old = world.add_case(new("Old v. New")).expect("a case");
        world.mycase.cases.get_mut(&old).expect("a case").updated_at = old_time;
        world.mycase.cases.get_mut(&case).expect("a case").name = "Renamed v. One".to_owned();
        world.mycase.cases.get_mut(&case).expect("a case").updated_at = old_time;
        old
    });
    assert_eq!(stage.sync().await.written, 1, "the linked one, however old");
    assert!(stage.records(old).is_empty());
    let asked = stage.sync_with(SyncAsk { cases: vec![old.to_string()], ..SyncAsk::default() }).await;
    assert_eq!(asked.written, 1, "asked for by name it comes: {asked:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_reset_looks_back_ten_years_again_and_waits_for_its_yes() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let client = stage.client_of(stage.a_case());
    let old = stage.with(|world| {
        let new = casebridge::sandbox::NewCase {
            name: "Old v. New".to_owned(),
            practice_area: Some("Personal Injury".to_owned()),
            stage: Some("Treating".to_owned()),
            case_number: None,
            clients: vec![client],
        };
        let old = world.add_case(new).expect("a case");
        world.mycase.cases.get_mut(&old).expect("a case").updated_at = "2020-06-01T00:00:00Z".parse().expect("a time");
        old
    });
    assert_eq!(stage.sync().await.counts.create, 0);
    stage.ask(Ask::Reset).await.expect("reset");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.waiting), (Outcome::Waiting, 1), "{run:#?}");
    stage.approve().await;
    assert_eq!(stage.records(old).len(), 1);
}
