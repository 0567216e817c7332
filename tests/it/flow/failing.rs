//! What goes wrong: for one case, for the whole run, for the connection.

use super::stage::{Portal, Stage};
use casebridge::operations::Connection;
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::sync::Outcome;
use std::time::Duration;

fn status(code: u16) -> FaultKind {
    FaultKind::Status { code, retry_after: None, body: None }
}

#[tokio::test(start_paused = true)]
async fn a_case_that_the_portal_refuses_fails_alone() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.open_cases();
    let body = r#"{"errors":["Name 'X' is bad"]}"#.to_owned();
    stage.with(|world| {
        for case in &cases[..3] {
            world.set_name(*case, &format!("New name {case}")).expect("renamed");
        }
        let refuse = FaultKind::Status { code: 422, retry_after: None, body: Some(body) };
        world.faults.add(Fault::new(Side::CaseStatus, refuse).method("PATCH").skip(1));
    });
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.written, run.failures.len()), (Outcome::Failed, 2, 1), "{run:#?}");
    assert!(run.error.is_none() && run.failures[0].text.contains("Name"), "{run:#?}");
    assert_eq!(stage.sync().await.written, 0, "what was refused rests");
    stage.pass(Duration::from_secs(24 * 3600)).await;
    assert_eq!(stage.sync().await.written, 1, "and is tried again the next night");
}

#[tokio::test(start_paused = true)]
async fn a_mycase_answer_that_is_no_list_fails_the_run_with_words_and_writes_nothing() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    for kind in [FaultKind::NotArray, FaultKind::Html, FaultKind::Truncate, status(503), FaultKind::Cut] {
        for path in ["/cases", "/staff", "/case_stages"] {
            stage.with(|world| world.faults.add(Fault::new(Side::Mycase, kind.clone()).path(path).times(50)));
            let run = stage.sync().await;
            assert_eq!((run.outcome, run.written, stage.writes()), (Outcome::Failed, 0, 0), "{kind:?} {path} {run:#?}");
            let error = run.error.clone().expect("words");
            assert_eq!(error.code, "mycase", "{kind:?} {path}");
            assert!(error.text.contains(path), "it says what was asked: {}", error.text);
            assert_eq!(stage.status().await.last.expect("a report").error, run.error, "the report is kept");
            stage.with(|world| world.faults.clear());
        }
    }
    assert_eq!(stage.sync().await.written, 1, "and the next run goes");
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_rejects_the_key_is_said_and_the_rest_keeps_its_approval() {
    let stage = Stage::new(Portal::Hona, 60).await;
    stage.sync().await;
    let key = stage.with(|world| std::mem::replace(&mut world.hona.api_key, "another".to_owned()));
    let done = stage.approve().await;
    assert_eq!((done.outcome, done.written), (Outcome::Failed, 0), "{done:#?}");
    assert!(done.failures.iter().any(|failure| failure.text.contains("key")) && !done.notes.is_empty(), "{done:#?}");
    assert!(done.failures.len() < 12, "it stops at once: {}", done.failures.len());
    stage.with(|world| world.hona.api_key = key);
    let next = stage.sync().await;
    assert!(next.written > 30 && next.waiting_plan.is_none(), "approved once, sent now: {next:#?}");
}

#[tokio::test(start_paused = true)]
async fn while_the_portal_is_down_everything_approved_waits_and_the_next_run_sends_it() {
    for (portal, side) in [(Portal::CaseStatus, Side::CaseStatus), (Portal::Hona, Side::Hona)] {
        for kind in [FaultKind::DropBefore, status(503), status(429)] {
            let stage = Stage::new(portal, 60).await;
            stage.sync().await;
            let words = format!("{side:?} {kind:?}");
            let writes = if side == Side::Hona { "PUT" } else { "POST" };
            stage.with(|world| world.faults.add(Fault::new(side, kind).method(writes).times(100_000)));
            let done = stage.approve().await;
            assert_eq!((done.outcome, done.written), (Outcome::Failed, 0), "{words} {done:#?}");
            let asked = stage.with(|world| world.requests_to(side));
            assert!(asked < 400, "it does not hammer: {words} {asked}");
            stage.with(|world| world.faults.clear());
            let next = stage.sync().await;
            assert!(next.written > 30 && next.waiting_plan.is_none(), "{words} {next:#?}");
            assert_eq!(stage.sync().await.written, 0, "{words}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_goes_down_in_the_middle_of_an_import_loses_nothing() {
    let stage = Stage::new(Portal::CaseStatus, 120).await;
    stage.sync().await;
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, status(503)).skip(40).times(100_000)));
    let done = stage.approve().await;
    assert_eq!(done.outcome, Outcome::Failed, "{done:#?}");
    let there = stage.census().len();
    assert!(done.written > 10 && done.written <= there, "what was written is said: {done:#?}");
    stage.with(|world| world.faults.clear());
    let next = stage.sync().await;
    assert!(next.error.is_none() && next.waiting_plan.is_none(), "{next:#?}");
    assert!(stage.census().len() > 90 && stage.census().values().all(|count| *count == 1));
}

#[tokio::test(start_paused = true)]
async fn an_access_token_that_expires_in_the_middle_of_a_run_is_renewed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.with(casebridge::sandbox::World::expire_access_tokens);
    let run = stage.sync().await;
    assert_eq!(run.outcome, Outcome::Done, "{run:#?}");
    assert_eq!(stage.status().await.connection, Connection::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_ended_asks_to_connect_again_until_somebody_does() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.with(casebridge::sandbox::World::revoke_tokens);
    for _ in 0..2 {
        let run = stage.sync().await;
        let error = run.error.expect("words");
        assert_eq!(error.code, "reconnect", "{error:?}");
        assert!(error.text.contains("casebridge connect harlow-pike"), "{error:?}");
        assert_eq!(stage.status().await.connection, Connection::Reconnect);
    }
    let stage = stage.restarted();
    assert_eq!(stage.status().await.connection, Connection::Reconnect, "also after a restart");
    stage.connect().await;
    assert_eq!(stage.status().await.connection, Connection::Connected);
    assert_eq!(stage.sync().await.outcome, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn nobody_connected_says_so_and_leaves_a_report() {
    let stage = Stage::unconnected(Portal::CaseStatus, 10);
    let run = stage.sync().await;
    assert_eq!(run.error.expect("words").code, "not-connected");
    assert_eq!(stage.status().await.connection, Connection::NotConnected);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_the_batch_in_flight_finish_and_the_rest_waits_approved() {
    let stage = Stage::new(Portal::CaseStatus, 120).await;
    stage.sync().await;
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::Slow { millis: 500 }).method("POST").times(100_000)));
    let stop = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stage.stop();
    };
    let (done, ()) = tokio::join!(stage.approve(), stop);
    let there = stage.census().len();
    assert!(done.written > 0 && done.written < 100 && there >= done.written, "{done:#?}");
    assert!(done.notes.iter().any(|note| note.contains("stopping")), "{done:#?}");
    stage.with(|world| world.faults.clear());
    let stage = stage.restarted();
    let next = stage.sync().await;
    assert_eq!(next.waiting_plan, None, "{next:#?}");
    assert!(stage.census().len() > 90 && stage.census().values().all(|count| *count == 1));
    assert_eq!(stage.sync().await.written, 0);
}
