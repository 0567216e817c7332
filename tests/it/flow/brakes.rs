//! The brakes: what is over a limit waits for a person, the rest goes on.

use super::stage::{Portal, Stage};
use casebridge::domain::Kind;
use casebridge::operations::{ApproveAsk, Ask};
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::sync::{Outcome, RunReport};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A line of the stage map that moves every case in treatment; the limit lets two go.
async fn over_the_limit() -> (Stage, Vec<u64>) {
    let stage = Stage::imported(Portal::CaseStatus, 120).await;
    let injury = |case: &u64| stage.record(*case).practice_area.as_deref() == Some("Personal Injury");
    let treating: Vec<u64> = stage.in_stage("Treating").into_iter().filter(injury).collect();
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 2\"");
    stage.edit("[limits]\n", "[stages.for.\"Personal Injury\"]\n\"Treating\" = \"Treatment Completed\"\n\n[limits]\n");
    assert!(treating.len() > 3, "{treating:?}");
    (stage, treating)
}

fn ask(plan: &RunReport) -> ApproveAsk {
    let plan = plan.waiting_plan.clone().expect("a plan waits").to_string();
    ApproveAsk { plan, only: Vec::new(), practice_area: None, except: Vec::new(), now: false }
}

fn shown(stage: &Stage, cases: &[u64], name: &str) -> usize {
    cases.iter().filter(|case| stage.shown(**case) == name).count()
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_the_map_that_moves_too_many_waits_and_everything_else_goes_on() {
    let (stage, treating) = over_the_limit().await;
    let other = stage.in_stage("Negotiation")[0];
    stage.with(|world| world.set_name(other, "Renamed v. Other")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.waiting), (Outcome::Waiting, treating.len()), "{run:#?}");
    assert_eq!(run.written, 1, "the new name goes: {run:#?}");
    assert_eq!(stage.record(other).name.as_deref(), Some("Renamed v. Other"));
    assert_eq!(shown(&stage, &treating, "Treatment Completed"), 0);

    let again = stage.sync().await;
    assert_eq!(again.waiting_plan, run.waiting_plan, "the same plan still waits under its name");
    let done = stage.approve().await;
    assert_eq!((done.written, done.waiting), (treating.len(), 0), "{done:#?}");
    assert_eq!(shown(&stage, &treating, "Treatment Completed"), treating.len());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn all_changes_of_a_held_case_wait_together() {
    let (stage, treating) = over_the_limit().await;
    stage.with(|world| world.set_name(treating[0], "Renamed v. Other")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting), (0, treating.len()), "{run:#?}");
    stage.approve().await;
    assert_eq!(stage.record(treating[0]).name.as_deref(), Some("Renamed v. Other"));
}

#[tokio::test(start_paused = true)]
async fn the_second_run_refreshes_the_one_plan_that_waits_and_the_old_name_is_gone() {
    let (stage, treating) = over_the_limit().await;
    let first = stage.sync().await;
    stage.with(|world| world.set_stage(treating[0], "Demand Sent")).expect("moved");
    let second = stage.sync().await;
    assert_eq!(second.waiting, treating.len(), "it still moves, elsewhere: {second:#?}");
    assert_ne!(first.waiting_plan, second.waiting_plan);
    let gone = stage.approve_with(ask(&first)).await;
    let error = gone.error.expect("words");
    assert_eq!(error.code, "no-such-plan");
    let name = second.waiting_plan.expect("a plan").to_string();
    assert!(error.text.contains(&name), "{}", error.text);
}

#[tokio::test(start_paused = true)]
async fn what_moved_after_the_plan_was_made_is_dropped_and_listed() {
    let (stage, treating) = over_the_limit().await;
    let held = stage.sync().await;
    stage.with(|world| world.set_stage(treating[0], "Demand Sent")).expect("moved");
    let done = stage.approve_with(ask(&held)).await;
    assert_eq!(done.moved.iter().map(|case| case.0).collect::<Vec<_>>(), [treating[0]]);
    assert_eq!(done.written, treating.len() - 1, "{done:#?}");
    assert_eq!(stage.shown(treating[0]), "Medical Treatment");
    let next = stage.sync().await;
    assert_eq!((next.written, next.waiting), (1, 0), "alone it is within the limit: {next:#?}");
    assert_eq!(stage.shown(treating[0]), "Demand");
}

#[tokio::test(start_paused = true)]
async fn a_yes_may_be_for_a_kind_an_area_or_all_but_some_and_the_rest_waits_on() {
    let (stage, treating) = over_the_limit().await;
    let held = stage.sync().await;
    let nothing = stage.approve_with(ApproveAsk { only: vec![Kind::Close], ..ask(&held) }).await;
    assert_eq!((nothing.written, nothing.waiting), (0, treating.len()), "{nothing:#?}");
    let none = stage.approve_with(ApproveAsk { practice_area: Some("Family Law".to_owned()), ..ask(&held) }).await;
    assert_eq!((none.written, none.waiting), (0, treating.len()), "{none:#?}");
    let area = Some("personal injury".to_owned());
    let most = stage.approve_with(ApproveAsk { practice_area: area, except: vec![treating[0].to_string()], ..ask(&none) }).await;
    assert_eq!((most.written, most.waiting), (treating.len() - 1, 1), "{most:#?}");
    assert_eq!(stage.shown(treating[0]), "Medical Treatment");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_left_out_of_a_yes_is_not_sent_by_the_next_run_either() {
    let (stage, treating) = over_the_limit().await;
    let held = stage.sync().await;
    stage.approve_with(ApproveAsk { except: vec![treating[0].to_string()], ..ask(&held) }).await;
    stage.pass(2 * DAY).await;
    let night = stage.sync().await;
    assert_eq!((night.written, night.waiting), (0, 1), "{night:#?}");
    assert_eq!(stage.shown(treating[0]), "Medical Treatment");
    let done = stage.approve().await;
    assert_eq!(done.written, 1, "until it is approved: {done:#?}");
}

#[tokio::test(start_paused = true)]
async fn small_steps_add_up_within_a_day_and_are_forgotten_after_it() {
    let stage = Stage::imported(Portal::CaseStatus, 120).await;
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 2\"");
    let treating = stage.in_stage("Treating");
    for case in &treating[..2] {
        stage.with(|world| world.set_stage(*case, "Demand Sent")).expect("moved");
        assert_eq!(stage.sync().await.written, 1);
        stage.pass(Duration::from_secs(3600)).await;
    }
    stage.with(|world| world.set_stage(treating[2], "Demand Sent")).expect("moved");
    let third = stage.sync().await;
    assert_eq!((third.written, third.waiting), (0, 1), "{third:#?}");
    stage.pass(DAY).await;
    let later = stage.sync().await;
    assert_eq!((later.written, later.waiting), (1, 0), "a day later it may go: {later:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_approved_does_not_count_against_the_day() {
    let (stage, treating) = over_the_limit().await;
    stage.sync().await;
    assert_eq!(stage.approve().await.written, treating.len());
    let other = stage.in_stage("Negotiation")[0];
    stage.with(|world| world.set_stage(other, "Demand Sent")).expect("moved");
    assert_eq!(stage.sync().await.written, 1);
}

#[tokio::test(start_paused = true)]
async fn a_plan_ends_after_seven_days_and_a_rejected_one_at_once() {
    let (stage, _) = over_the_limit().await;
    let held = stage.sync().await;
    stage.pass(7 * DAY).await;
    let late = stage.approve_with(ask(&held)).await;
    assert_eq!(late.error.expect("words").code, "no-such-plan");
    assert_eq!((stage.writes(), stage.status().await.waiting_plan), (0, None));

    let fresh = stage.sync().await;
    let plan = fresh.waiting_plan.clone().expect("a plan waits").to_string();
    stage.ask(Ask::Reject { plan }).await.expect("rejected");
    assert_eq!(stage.status().await.waiting_plan, None);
    assert!(stage.approve_with(ask(&fresh)).await.error.is_some());
    assert_eq!(stage.sync().await.waiting_plan, fresh.waiting_plan, "what still differs is planned again");
}

#[tokio::test(start_paused = true)]
async fn a_first_import_that_may_go_goes_whatever_its_size() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.edit("[limits]\n", "[limits]\nfirst_import = \"go\"\n");
    let run = stage.sync().await;
    assert!(run.written > 30 && run.waiting_plan.is_none(), "{run:#?}");
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_yes_waits_while_nobody_can_decide_and_is_not_asked_for_again() {
    // Every record seems to be gone; or MyCase announces more cases than it shows.
    for (side, list, verify) in [(Side::CaseStatus, "/reporting/cases", true), (Side::Mycase, "/cases?", false)] {
        let (stage, treating) = over_the_limit().await;
        stage.sync().await;
        let refuses = FaultKind::Status { code: 429, retry_after: None, body: None };
        stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, refuses).method("PATCH").times(1000)));
        assert_eq!(stage.approve().await.written, 0);
        stage.with(|world| world.faults.clear());
        stage.with(|world| world.faults.add(Fault::new(side, FaultKind::Empty).method("GET").path(list).times(1000)));
        let undecided = if verify { stage.verify().await } else { stage.sync().await };
        assert_eq!(undecided.written, 0, "{undecided:#?}");
        stage.with(|world| world.faults.clear());
        let run = stage.sync().await;
        assert_eq!((run.written, run.waiting), (treating.len(), 0), "{list}: {run:#?}");
    }
}
