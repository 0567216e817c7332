//! A connection is kept alive for months, and never dies quietly.

use super::stage::{Portal, Stage};
use axum::body::Body;
use axum::http::Request;
use casebridge::domain::Tokens;
use casebridge::operations::{self, Answer, Ask, Connection, KeptAlive, Secret};
use casebridge::sandbox::{Fault, FaultKind, Side, World};
use casebridge::store::{ConnectionBroken, RefreshBegun, RefreshTrouble};
use casebridge::sync::{Kept, KeyCheck, Outcome, Progress, Trigger};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;
use tower::ServiceExt;

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A firm with all its cases imported, and nothing counted yet.
pub(super) async fn firm() -> Stage {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    stage.with(World::reset_requests);
    stage
}

pub(super) async fn keep_alive(stage: &Stage) -> KeptAlive {
    operations::keep_alive(&stage.engine()).await
}

/// Lets time pass until what is due next, and does it, as the daemon's timer would.
async fn tick(stage: &Stage, next: Timestamp) -> KeptAlive {
    let wait = Duration::try_from(next.duration_since(stage.now())).unwrap_or_default();
    stage.pass(wait + Duration::from_millis(1)).await;
    keep_alive(stage).await
}

async fn due(stage: &Stage) -> KeptAlive {
    let not_yet = keep_alive(stage).await;
    assert_eq!(not_yet.kept, Kept::NotDue, "{not_yet:?}");
    tick(stage, not_yet.next.expect("a time")).await
}

/// Requests that spent a refresh token, or tried to.
fn refreshes(stage: &Stage) -> u64 {
    stage.with(|world| world.requests_to(Side::Auth))
}

pub(super) fn asked(stage: &Stage) -> u64 {
    stage.with(|world| world.requests_to(Side::Auth) + world.requests_to(Side::Mycase))
}

pub(super) fn auth(stage: &Stage, kind: FaultKind, times: u64) {
    stage.with(|world| world.faults.add(Fault::new(Side::Auth, kind).path("tokens").times(times)));
}

pub(super) fn tokens(stage: &Stage) -> Option<Tokens> {
    stage.hands().store.tokens().expect("a state")
}

/// What a person does to connect, without looking at what comes of it.
pub(super) async fn allow(stage: &Stage) -> Result<Answer, operations::OperationError> {
    let Ok(Answer::Authorize { url, .. }) = stage.ask(Ask::ConnectBegin).await else { panic!("no address to open") };
    let reply = stage.sandbox.router().oneshot(Request::get(url).body(Body::empty()).expect("a request")).await.expect("an answer");
    let redirected = reply.headers()["location"].to_str().expect("a text").to_owned();
    stage.ask(Ask::ConnectEnd { redirected: Secret(redirected) }).await
}

async fn notes(stage: &Stage) -> String {
    stage.status().await.notes.join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_firm_that_nobody_touches_for_two_months_is_still_connected() {
    // Inactive, as a new firm's file says; and paused.
    let stage = Stage::new(Portal::Hona, 10).await;
    stage.ask(Ask::Pause { reason: "moving offices".to_owned(), until: None }).await.expect("paused");
    stage.with(World::reset_requests);
    let mut next = keep_alive(&stage).await.next.expect("connected");
    let end = stage.now() + 60 * DAY;
    while stage.now() < end {
        let kept = tick(&stage, next).await;
        assert_eq!(kept.kept, Kept::Renewed);
        next = kept.next.expect("a time");
    }
    assert_eq!(refreshes(&stage), 120, "every twelve hours, half of what an access token lives");
    let status = stage.status().await;
    assert_eq!((status.connection, status.notes.len()), (Connection::Connected, 0), "{status:?}");
    assert_eq!(stage.sync().await.outcome, Outcome::Waiting);
}

#[tokio::test(start_paused = true)]
async fn a_dead_connection_is_said_and_nobody_is_asked_again_until_somebody_connects() {
    let stage = firm().await;
    stage.with(World::revoke_tokens);
    let kept = due(&stage).await;
    assert!(matches!(&kept.kept, Kept::Reconnect(broken) if broken.why.contains("invalid_grant")), "{kept:?}");
    assert_eq!((refreshes(&stage), kept.next), (1, None));
    let since = stage.status().await.reconnect.expect("since when").since;
    let mut stage = stage;
    for day in 0..40 {
        stage.pass(DAY).await;
        assert!(matches!(keep_alive(&stage).await.kept, Kept::Reconnect(_)));
        let run = match day % 3 {
            0 => stage.sync().await,
            1 => stage.verify().await,
            _ => operations::scheduled(&stage.engine(), Trigger::Documents, &Progress::silent()).await,
        };
        assert_eq!(run.error.expect("words").code, "reconnect");
        if day % 10 == 0 {
            stage = stage.restarted();
        }
    }
    assert_eq!(asked(&stage), 1, "forty days of runs and ticks, and four restarts");
    assert_eq!(stage.with(|world| world.requests_to(Side::CaseStatus)), 0, "nor is the portal");
    let status = stage.status().await;
    let reconnect = status.reconnect.expect("why");
    assert_eq!((status.connection, reconnect.since), (Connection::Reconnect, since));
    stage.connect().await;
    let status = stage.status().await;
    assert_eq!((status.connection, status.reconnect), (Connection::Connected, None));
    assert_eq!((stage.sync().await.outcome, keep_alive(&stage).await.kept), (Outcome::Done, Kept::NotDue));
}

#[tokio::test(start_paused = true)]
async fn the_reminder_of_a_dead_connection_is_remembered_with_it() {
    let stage = firm().await;
    stage.with(World::revoke_tokens);
    due(&stage).await;
    let store = &stage.hands().store;
    let broken = store.meta::<ConnectionBroken>().expect("a state").expect("broken");
    assert_eq!(broken.reminded_at, None);
    store.write(|w| w.put_meta(&ConnectionBroken { reminded_at: Some(stage.now()), ..broken.clone() })).expect("kept");
    stage.sync().await;
    assert_eq!(store.meta::<ConnectionBroken>().expect("a state").expect("broken").reminded_at, Some(stage.now()));
}

#[tokio::test(start_paused = true)]
async fn an_access_token_that_ends_while_a_run_reads_is_renewed_and_nobody_notices() {
    let stage = firm().await;
    stage.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::Slow { millis: 2000 }).times(3)));
    let end = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stage.with(World::expire_access_tokens);
    };
    let (run, ()) = tokio::join!(stage.sync(), end);
    assert_eq!((run.outcome, refreshes(&stage)), (Outcome::Done, 1), "{run:#?}");
    assert_eq!(notes(&stage).await, "");
}

#[tokio::test(start_paused = true)]
async fn the_timer_and_runs_that_find_the_token_old_share_one_refresh() {
    let stage = firm().await;
    stage.pass(24 * HOUR).await;
    let (a, run, b) = tokio::join!(keep_alive(&stage), stage.sync(), keep_alive(&stage));
    assert_eq!((a.kept, run.outcome, b.kept), (Kept::Renewed, Outcome::Done, Kept::Renewed));
    assert_eq!(refreshes(&stage), 1);
}

#[tokio::test(start_paused = true)]
async fn renewing_that_fails_is_tried_ever_later_and_a_restart_does_not_hurry_it() {
    let stage = firm().await;
    auth(&stage, FaultKind::Status { code: 503, retry_after: None, body: None }, 1000);
    let mut kept = due(&stage).await;
    let mut waits = Vec::new();
    for _ in 0..6 {
        assert!(matches!(&kept.kept, Kept::Failing(text) if text.contains("503")), "{kept:?}");
        let next = kept.next.expect("a time");
        waits.push(next.duration_since(stage.now()).as_mins());
        kept = tick(&stage, next).await;
    }
    assert_eq!(waits, [5, 15, 60, 180, 360, 360]);
    let stage = stage.restarted();
    let before = refreshes(&stage);
    for _ in 0..10 {
        assert_eq!(keep_alive(&stage).await.kept, Kept::NotDue);
    }
    assert_eq!(refreshes(&stage), before);
    let said = notes(&stage).await;
    assert!(said.contains("has failed 7 times") && said.contains("it is tried again at"), "{said}");
    stage.with(|world| world.faults.clear());
    let next = keep_alive(&stage).await.next.expect("a time");
    assert_eq!(tick(&stage, next).await.kept, Kept::Renewed);
    assert_eq!(notes(&stage).await, "");
    assert_eq!(stage.hands().store.meta::<RefreshTrouble>().expect("a state"), None);
}

#[tokio::test(start_paused = true)]
async fn seven_three_and_one_day_before_the_end_it_is_said_once_each() {
    let stage = firm().await;
    auth(&stage, FaultKind::DropBefore, 10_000);
    let mut kept = due(&stage).await;
    let (mut said, mut stage) = (Vec::new(), stage);
    let end = stage.now() + 15 * DAY;
    while stage.now() < end {
        assert!(matches!(kept.kept, Kept::Failing(_)), "{kept:?}");
        if let Some(days) = kept.warned {
            said.push(days);
            let note = if days == 0 { "were over at" } else { "the connection to MyCase ends at" };
            assert!(notes(&stage).await.contains(note));
            stage = stage.restarted();
        }
        kept = tick(&stage, kept.next.expect("a time")).await;
    }
    assert_eq!(said, [7, 3, 1, 0]);
    assert!(refreshes(&stage) < 150, "two requests per try, a try every six hours: {}", refreshes(&stage));
    assert_eq!(stage.status().await.connection, Connection::Connected, "only MyCase ends a connection");
    stage.with(|world| world.faults.clear());
    kept = tick(&stage, kept.next.expect("a time")).await;
    assert!(matches!(kept.kept, Kept::Reconnect(_)), "and now it has: {kept:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_nearly_over_is_as_good_as_new_once_it_is_renewed() {
    let stage = firm().await;
    auth(&stage, FaultKind::Status { code: 500, retry_after: None, body: None }, 10_000);
    let mut kept = due(&stage).await;
    while kept.warned != Some(1) {
        kept = tick(&stage, kept.next.expect("a time")).await;
    }
    stage.with(|world| world.faults.clear());
    kept = tick(&stage, kept.next.expect("a time")).await;
    assert_eq!((kept.kept, notes(&stage).await.as_str()), (Kept::Renewed, ""));
    // Should it come to that again, it is said again.
    auth(&stage, FaultKind::Status { code: 500, retry_after: None, body: None }, 10_000);
    while kept.warned.is_none() {
        kept = tick(&stage, kept.next.expect("a time")).await;
    }
    assert_eq!(kept.warned, Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_once_more_and_then_a_person_is_asked() {
    for strict in [false, true] {
        let stage = firm().await;
        stage.with(|world| world.switches.reuse_revokes = strict);
        auth(&stage, FaultKind::DropAfter, 1);
        let kept = due(&stage).await;
        assert!(matches!(&kept.kept, Kept::Reconnect(broken) if broken.why.contains("was lost")), "{kept:?}");
        assert_eq!(refreshes(&stage), 2);
        for _ in 0..5 {
            stage.pass(DAY).await;
            keep_alive(&stage).await;
            assert_eq!(stage.sync().await.error.expect("words").code, "reconnect");
        }
        assert_eq!(refreshes(&stage), 2);
    }
    // What never arrived there did no harm.
    let stage = firm().await;
    auth(&stage, FaultKind::DropBefore, 1);
    assert_eq!(due(&stage).await.kept, Kept::Renewed);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_ended_before_it_could_store_the_answer_says_what_happened() {
    let stage = firm().await;
    let old = tokens(&stage).expect("connected");
    let handle = stage.sandbox.handle("http://127.0.0.1:9");
    // The answer of this refresh is never stored, as when the power fails.
    stage.hands().store.write(|w| w.put_meta(&RefreshBegun { at: stage.now() })).expect("noted");
    let body = json!({ "grant_type": "refresh_token", "refresh_token": old.refresh, "client_id": handle["mycase"]["client_id"],
        "client_secret": handle["mycase"]["client_secret"] });
    let url = handle["mycase"]["token_url"].as_str().expect("a text").to_owned();
    let request = Request::post(url).header("content-type", "application/json").body(Body::from(body.to_string())).expect("a request");
    assert_eq!(stage.sandbox.router().oneshot(request).await.expect("an answer").status(), 200);
    let stage = stage.restarted();
    let kept = due(&stage).await;
    assert!(matches!(&kept.kept, Kept::Reconnect(broken) if broken.why.contains("was lost")), "{kept:?}");
    assert_eq!(refreshes(&stage), 2, "the old one was tried once");
    stage.connect().await;
    assert_eq!(stage.hands().store.meta::<RefreshBegun>().expect("a state"), None);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_client_secret_ends_nothing() {
    let stage = firm().await;
    let right = stage.sandbox.handle("http://127.0.0.1:9")["mycase"]["client_secret"].as_str().expect("a text").to_owned();
    let set = |value: &str| stage.ask(Ask::SecretSet { name: "mycase".to_owned(), value: Secret(value.to_owned()) });
    set("wrong").await.expect("kept");
    let kept = due(&stage).await;
    assert!(matches!(&kept.kept, Kept::Failing(text) if text.contains("client_secret")), "{kept:?}");
    assert!(notes(&stage).await.contains("client_secret"));
    set(&right).await.expect("kept");
    assert_eq!(tick(&stage, kept.next.expect("a time")).await.kept, Kept::Renewed);
}

#[tokio::test(start_paused = true)]
async fn tokens_refused_right_after_they_were_given_are_a_failed_run_and_only_after_an_hour_the_end() {
    let refusing = || Fault::new(Side::Mycase, FaultKind::Status { code: 401, retry_after: None, body: None }).times(10_000);
    let stage = firm().await;
    // A bad quarter of an hour at MyCase.
    stage.with(|world| world.faults.add(refusing()));
    for _ in 0..4 {
        assert_eq!(stage.sync().await.error.expect("words").code, "mycase");
        assert_eq!(stage.status().await.connection, Connection::Connected);
        stage.pass(Duration::from_secs(300)).await;
    }
    stage.with(|world| world.faults.clear());
    assert_eq!(stage.sync().await.outcome, Outcome::Done);
    // And one that does not end.
    stage.with(|world| world.faults.add(refusing()));
    stage.sync().await;
    stage.pass(2 * HOUR).await;
    stage.sync().await;
    let status = stage.status().await;
    assert_eq!(status.connection, Connection::Reconnect);
    assert!(status.reconnect.expect("why").why.contains("in 2 runs"));
    stage.with(World::reset_requests);
    assert_eq!(stage.sync().await.error.expect("words").code, "reconnect");
    assert_eq!(asked(&stage), 0);
    stage.with(|world| world.faults.clear());
    stage.connect().await;
    assert_eq!(stage.sync().await.outcome, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn each_run_looks_whether_the_person_who_connected_is_still_there() {
    let stage = firm().await;
    let me = stage.with(|world| world.mycase.me);
    stage.with(|world| world.set_staff_active(me, false)).expect("there");
    let run = stage.sync().await;
    assert_eq!(run.outcome, Outcome::Done, "MyCase lets it read still: {run:#?}");
    let said = "no longer an active user of MyCase";
    assert!(run.notes.iter().any(|note| note.contains(said) && note.contains("casebridge connect")), "{run:#?}");
    assert!(notes(&stage).await.contains(said));
    stage.with(|world| world.set_staff_active(me, true)).expect("there");
    stage.sync().await;
    assert_eq!(notes(&stage).await, "");
    stage.with(|world| world.mycase.staff.remove(&me));
    stage.sync().await;
    assert!(notes(&stage).await.contains(said), "who is missing from the list has left");
}

#[tokio::test(start_paused = true)]
async fn a_portal_key_that_is_refused_is_said_before_a_run_needs_it() {
    let stage = firm().await;
    let right = stage.with(|world| std::mem::replace(&mut world.case_status.api_key, "rotated".to_owned()));
    let kept = due(&stage).await;
    assert!(matches!((&kept.kept, &kept.key), (Kept::Renewed, KeyCheck::Refused(_))), "{kept:?}");
    let said = notes(&stage).await;
    assert!(said.contains("Case Status does not accept the key") && !said.contains(&right), "{said}");
    assert!(
        matches!(allow(&stage).await, Ok(Answer::Connected(connected)) if connected.notes.iter().any(|note| note.contains("does NOT accept")))
    );
    stage.with(|world| world.case_status.api_key = right);
    let kept = due(&stage).await;
    assert_eq!((kept.key, notes(&stage).await.as_str()), (KeyCheck::Accepted, ""));
    assert_eq!(stage.with(|world| world.requests_to(Side::CaseStatus)), 3, "once per renewal, and at connect");
    assert!(
        matches!(allow(&stage).await, Ok(Answer::Connected(connected)) if connected.notes.iter().any(|note| note == "Case Status accepts the key."))
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_meets_a_refused_key_says_so_until_one_is_accepted() {
    let stage = firm().await;
    let right = stage.with(|world| std::mem::replace(&mut world.case_status.api_key, "rotated".to_owned()));
    let listed = stage.verify().await;
    assert!(listed.error.is_some());
    assert!(notes(&stage).await.contains("does not accept the key"), "at reading");
    stage.with(|world| world.case_status.api_key.clone_from(&right));
    assert_eq!(stage.verify().await.outcome, Outcome::Done);
    assert_eq!(notes(&stage).await, "");
    let case: u64 = stage.census().keys().next().and_then(|id| id.parse().ok()).expect("a case");
    stage.with(|world| {
        world.case_status.api_key = "rotated".to_owned();
        world.set_name(case, "Another name").expect("there");
    });
    let run = stage.sync().await;
    assert_eq!((run.written, run.failures.len()), (0, 1), "{run:#?}");
    assert!(notes(&stage).await.contains("does not accept the key"), "at writing");
    stage.with(|world| world.case_status.api_key = right);
    assert_eq!(stage.sync().await.written, 1);
    assert_eq!(notes(&stage).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_portal_without_a_cheap_question_is_not_asked() {
    let stage = Stage::new(Portal::Hona, 10).await;
    stage.with(World::reset_requests);
    assert_eq!(due(&stage).await.key, KeyCheck::NotAsked);
    assert_eq!(stage.with(|world| world.requests_to(Side::Hona)), 0);
}
