//! `disconnect`, and `connect` while something is under way: the person's word is the last.

use super::connection::{DAY, HOUR, allow, asked, auth, firm, keep_alive, tokens};
use super::stage::Stage;
use axum::body::Body;
use axum::http::Request;
use casebridge::operations::{Answer, Ask, Connection, Secret};
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::store::{Connected, FirstConnected};
use casebridge::sync::{Kept, Outcome};
use std::time::Duration;
use tower::ServiceExt;

async fn disconnect(stage: &Stage) -> String {
    match stage.ask(Ask::Disconnect).await {
        Ok(Answer::Done { text }) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn disconnect_forgets_the_connection_and_nothing_else() {
    let stage = firm().await;
    let (first, before) = (stage.hands().store.meta::<FirstConnected>().expect("a state").expect("a time"), stage.census());
    let text = disconnect(&stage).await;
    assert!(text.contains("deleted here") && text.contains("stays linked") && text.contains("withdrawn in MyCase"), "{text}");
    assert_eq!((tokens(&stage), stage.hands().store.meta::<Connected>().expect("a state")), (None, None));
    let status = stage.status().await;
    assert_eq!((status.connection, status.connection_since, status.connection_ends), (Connection::NotConnected, None, None));
    assert_eq!(stage.sync().await.error.expect("words").code, "not-connected");
    assert_eq!(keep_alive(&stage).await.kept, Kept::NotConnected);
    assert!(disconnect(&stage).await.contains("was not connected"));
    let stage = stage.restarted();
    assert_eq!((asked(&stage), stage.status().await.connection), (0, Connection::NotConnected));
    stage.pass(30 * DAY).await;
    stage.connect().await;
    assert_eq!(stage.hands().store.meta::<FirstConnected>().expect("a state"), Some(first), "what came before is not looked at twice");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.written), (Outcome::Done, 0), "{run:#?}");
    assert_eq!(stage.census(), before);
}

#[tokio::test(start_paused = true)]
async fn after_a_disconnect_only_the_same_firm_may_connect() {
    let stage = firm().await;
    disconnect(&stage).await;
    let uuid = stage.with(|world| std::mem::replace(&mut world.mycase.uuid, "another-firm".to_owned()));
    let error = allow(&stage).await.expect_err("another firm");
    assert_eq!(error.code(), "other-account");
    assert_eq!(tokens(&stage), None);
    stage.with(|world| world.mycase.uuid = uuid);
    allow(&stage).await.expect("the same firm");
}

#[tokio::test(start_paused = true)]
async fn a_connect_under_way_is_over_with_disconnect() {
    let stage = firm().await;
    let Ok(Answer::Authorize { url, .. }) = stage.ask(Ask::ConnectBegin).await else { panic!("no address to open") };
    disconnect(&stage).await;
    let reply = stage.sandbox.router().oneshot(Request::get(url).body(Body::empty()).expect("a request")).await.expect("an answer");
    let redirected = Secret(reply.headers()["location"].to_str().expect("a text").to_owned());
    assert!(stage.ask(Ask::ConnectEnd { redirected }).await.is_err());
    assert_eq!(tokens(&stage), None);
}

#[tokio::test(start_paused = true)]
async fn disconnect_has_the_last_word_over_a_run_and_over_a_refresh() {
    let stage = firm().await;
    let soon = |stage: &Stage| {
        let slow = FaultKind::Slow { millis: 5000 };
        stage.with(|world| world.faults.add(Fault::new(Side::Mycase, slow.clone()).times(4)));
        auth(stage, slow, 1);
    };
    let disconnect_soon = |stage| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        disconnect(stage).await
    };
    soon(&stage);
    let (run, text) = tokio::join!(stage.sync(), disconnect_soon(&stage));
    assert!(text.contains("is disconnected"), "{text}");
    assert_eq!(run.error.expect("words").code, "not-connected");
    assert_eq!(tokens(&stage), None);
    stage.with(|world| world.faults.clear());
    stage.connect().await;
    soon(&stage);
    stage.pass(13 * HOUR).await;
    let (_, text) = tokio::join!(keep_alive(&stage), disconnect_soon(&stage));
    assert!(text.contains("is disconnected"), "{text}");
    assert_eq!(tokens(&stage), None, "the refresh that was under way brought nothing back");
    assert_eq!(stage.status().await.connection, Connection::NotConnected);
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_with_the_new_pair_when_somebody_connects_meanwhile() {
    let stage = firm().await;
    stage.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::Slow { millis: 3000 }).path("/cases")));
    let old = tokens(&stage).expect("connected");
    let connect = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stage.connect().await;
        tokens(&stage).expect("connected")
    };
    let (run, new) = tokio::join!(stage.sync(), connect);
    assert_eq!(run.outcome, Outcome::Done, "{run:#?}");
    assert!(new != old);
    stage.pass(25 * HOUR).await;
    assert_eq!(stage.sync().await.outcome, Outcome::Done, "nobody has put the old pair back");
}
