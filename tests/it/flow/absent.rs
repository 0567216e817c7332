//! Cases that MyCase no longer shows: nothing follows before it is proved.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::sandbox::{Fault, FaultKind, Side};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// Two whole scans an hour apart; the second asks MyCase for the case itself.
async fn proved(stage: &Stage) {
    stage.sync().await;
    stage.pass(HOUR).await;
    stage.sync().await;
}

#[tokio::test(start_paused = true)]
async fn a_deleted_case_is_reported_after_two_scans_an_hour_apart_and_its_own_404() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.delete(case)).expect("deleted");
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [], "one scan proves nothing");
    stage.pass(HOUR / 2).await;
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [], "nor do two within the hour");
    stage.pass(HOUR).await;
    stage.with(|world| world.reset_requests());
    let run = stage.sync().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::GoneFromMyCase]);
    assert_eq!((run.written, run.requests.mycase), (0, 6), "the case itself was asked for: {run:#?}");
    assert_eq!(stage.record(case).closed_at, None, "seen open before: a person decides");
    let again = stage.sync().await;
    assert_eq!((stage.reasons(case).await, again.requests.mycase), (vec![ReasonCode::GoneFromMyCase], 5));
}

#[tokio::test(start_paused = true)]
async fn a_hidden_case_is_the_same_until_it_is_shown_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.hide(case, true)).expect("hidden");
    proved(&stage).await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::GoneFromMyCase]);
    stage.with(|world| world.hide(case, false)).expect("shown");
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, []);
    stage.with(|world| world.hide(case, true)).expect("hidden");
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [], "the proof begins anew");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_leaves_a_case_out_proves_nothing_while_mycase_still_answers_for_it() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    for kind in [FaultKind::WrongCount { by: 1 }, FaultKind::Empty] {
        for _ in 0..3 {
            stage.with(|world| world.faults.add(Fault::new(Side::Mycase, kind.clone()).path("/cases")));
            let run = stage.sync().await;
            assert_eq!((run.written, run.counts.close), (0, 0), "{kind:?} {run:#?}");
            stage.pass(2 * HOUR).await;
        }
    }
    let status = stage.status().await;
    assert!(status.attention.iter().all(|line| line.code != ReasonCode::GoneFromMyCase), "{:#?}", status.attention);
}

#[tokio::test(start_paused = true)]
async fn a_scan_below_nine_tenths_of_the_last_closes_and_reports_nothing() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages]\n", "[closure]\ndeleted = \"close\"\n\n[stages]\n");
    let cases = stage.open_cases();
    stage.with(|world| cases[..10].iter().try_for_each(|case| world.hide(*case, true))).expect("hidden");
    for _ in 0..3 {
        let run = stage.sync().await;
        assert_eq!(run.counts.close, 0, "{run:#?}");
        stage.pass(2 * HOUR).await;
    }
    assert_eq!(stage.reasons(cases[0]).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_case_is_closed_by_itself_only_when_it_was_closed_before() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages]\n", "[closure]\ndeleted = \"close\"\nclosed = \"ignore\"\n\n[stages]\n");
    let (closed, open) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.close(closed)).expect("closed");
    stage.sync().await;
    stage.with(|world| world.delete(closed).and_then(|()| world.delete(open))).expect("deleted");
    proved(&stage).await;
    assert!(stage.record(closed).closed_at.is_some());
    assert_eq!((stage.record(open).closed_at, stage.reasons(open).await), (None, vec![ReasonCode::GoneFromMyCase]));
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_case_may_be_ignored() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages]\n", "[closure]\ndeleted = \"ignore\"\n\n[stages]\n");
    let case = stage.a_case();
    stage.with(|world| world.delete(case)).expect("deleted");
    proved(&stage).await;
    assert_eq!((stage.reasons(case).await, stage.record(case).closed_at), (vec![], None));
}

#[tokio::test(start_paused = true)]
async fn a_comparison_an_hour_after_the_nightly_run_completes_the_proof_and_closes_what_may_be_closed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages]\n", "[closure]\ndeleted = \"close\"\nclosed = \"ignore\"\n\n[stages]\n");
    let (closed, open) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.close(closed)).expect("closed");
    stage.sync().await;
    stage.with(|world| world.delete(closed).and_then(|()| world.delete(open))).expect("deleted");
    assert_eq!(stage.sync().await.written, 0);
    stage.pass(HOUR).await;
    let run = stage.verify().await;
    assert_eq!((run.counts.close, run.written), (1, 1), "{run:#?}");
    assert!(stage.record(closed).closed_at.is_some());
    assert_eq!((stage.record(open).closed_at, stage.reasons(open).await), (None, vec![ReasonCode::GoneFromMyCase]));
    let again = stage.verify().await;
    assert_eq!((again.written, stage.reasons(open).await), (0, vec![ReasonCode::GoneFromMyCase]), "{again:#?}");
}

#[tokio::test(start_paused = true)]
async fn ticks_between_two_whole_runs_neither_prove_an_absence_nor_forget_it() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.delete(case)).expect("deleted");
    stage.sync().await;
    for _ in 0..3 {
        stage.pass(HOUR).await;
        stage.changes().await;
        assert_eq!(stage.reasons(case).await, []);
    }
    stage.sync().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::GoneFromMyCase]);
    stage.pass(HOUR).await;
    stage.changes().await;
    assert_eq!(stage.reasons(case).await, [ReasonCode::GoneFromMyCase], "and what was found stays");
}
