//! How a connection is kept alive, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::connect::{authorize_url, exchange, read_redirect};
use super::super::{Keep, MyCaseError, Note, Record, Session, SharedTokens, Stored, TakeNote};
use super::stand_in::{MyCase, NOW, hang, keep_all, keep_nothing, pair, settings, status, tokens};
use crate::domain::Tokens;
use crate::http::Clock;
use axum::response::IntoResponse;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

fn refused() -> axum::response::Response {
    status(400, json!({"error": "invalid_grant"}))
}

#[tokio::test(start_paused = true)]
async fn a_code_becomes_the_first_pair_which_names_the_firm() {
    let mycase = MyCase::new(
        |_, _| status(200, json!({"access_token": "t1", "refresh_token": "r1", "expires_in": "7200", "firm_uuid": "firm-1"})),
        |_, _| refused(),
    );
    let settings = settings();
    let url = authorize_url(&settings, "s1");
    assert_eq!(
        url.as_str(),
        "https://auth.test/login_sessions/new?response_type=code&client_id=client-1&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2Fcallback"
    );
    let code = read_redirect(&Url::parse("http://127.0.0.1:8400/callback?code=c1&state=s1").unwrap(), "s1").unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let pair = exchange(&mycase.http(), &settings, &SecretString::from("hush"), code, now).await.unwrap();
    assert_eq!((pair.access.as_str(), pair.refresh.as_str(), pair.firm_uuid.as_deref()), ("t1", "r1", Some("firm-1")));
    assert_eq!(pair.expires_at, now + Duration::from_secs(7200));
    let sent = json!({"client_id": "client-1", "client_secret": "hush", "code": "c1", "grant_type": "authorization_code",
        "redirect_uri": "http://127.0.0.1:8400/callback"});
    assert_eq!(mycase.asked("/tokens")[0].body, sent);
}

#[tokio::test(start_paused = true)]
async fn a_refused_code_and_a_missing_permission_are_different_things() {
    let now = NOW.parse().unwrap();
    for (code, forbidden) in [(400, false), (401, false), (403, true)] {
        let mycase = MyCase::new(move |_, _| status(code, json!({"error": "no"})), |_, _| refused());
        let given = read_redirect(&Url::parse("http://127.0.0.1:8400/callback?code=c&state=s").unwrap(), "s").unwrap();
        let error = exchange(&mycase.http(), &settings(), &SecretString::from("hush"), given, now).await.unwrap_err();
        assert_eq!(matches!(error, MyCaseError::Forbidden { .. }), forbidden, "{error}");
        assert_eq!(error.to_string().contains("billing and payment"), forbidden, "{error}");
        assert!(!error.to_string().contains("hush"));
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_find_the_token_old_share_one_refresh_and_the_firm_stays_known() {
    let mycase = MyCase::new(|asked, _| if asked.body["refresh_token"] == "r0" { pair(1) } else { refused() }, |_, _| refused());
    let (keep, kept) = keep_all();
    let session = mycase.session(Some(tokens(0, 59)), keep);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let session = Arc::clone(&session);
        tasks.spawn(async move { session.access().await.unwrap() });
    }
    while let Some(token) = tasks.join_next().await {
        assert_eq!(token.unwrap().expose_secret(), "t1");
    }
    assert_eq!(mycase.asked("/tokens").len(), 1);
    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].refresh.as_str(), kept[0].firm_uuid.as_deref()), ("r1", Some("firm-1")));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_good_for_more_than_a_minute_is_used_as_it_is() {
    let mycase = MyCase::new(|_, _| pair(1), |_, _| refused());
    let session = mycase.session(Some(tokens(0, 61)), keep_nothing());
    assert_eq!(session.access().await.unwrap().expose_secret(), "t0");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(session.access().await.unwrap().expose_secret(), "t1");
    assert!(matches!(mycase.session(None, keep_nothing()).access().await, Err(MyCaseError::NotConnected)));
}

#[tokio::test(start_paused = true)]
async fn a_new_pair_that_cannot_be_stored_is_not_used_until_it_is() {
    let mycase = MyCase::new(|asked, _| if asked.body["refresh_token"] == "r0" { pair(1) } else { refused() }, |_, _| refused());
    let full = Arc::new(AtomicBool::new(true));
    let disk = Arc::clone(&full);
    let keep: Keep = Arc::new(move |_| if disk.load(Ordering::Relaxed) { Err("disk full".into()) } else { Ok(()) });
    let session = mycase.session(Some(tokens(0, 0)), keep);
    for _ in 0..2 {
        assert!(matches!(session.access().await, Err(MyCaseError::NotKept(_))));
    }
    full.store(false, Ordering::Relaxed);
    assert_eq!(session.access().await.unwrap().expose_secret(), "t1");
    assert_eq!(mycase.asked("/tokens").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_when_nobody_waits_for_it_any_more() {
    let mycase = MyCase::new(|_, _| pair(1), |_, _| refused());
    let (keep, kept) = keep_all();
    let session = mycase.session(Some(tokens(0, 0)), keep);
    assert!(tokio::time::timeout(Duration::from_millis(5), session.access()).await.is_err());
    session.settled().await;
    assert_eq!(kept.lock().unwrap().len(), 1);
    assert_eq!(session.access().await.unwrap().expose_secret(), "t1");
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_needs_a_person_and_is_not_tried_again() {
    for code in [400, 401, 403] {
        let mycase = MyCase::new(move |_, _| status(code, json!({"error": "invalid_grant"})), |_, _| refused());
        let session = mycase.session(Some(tokens(0, 0)), keep_nothing());
        for _ in 0..3 {
            let error = session.access().await.unwrap_err();
            assert!(matches!(error, MyCaseError::Reconnect { .. }), "{error}");
            assert!(error.to_string().contains("invalid_grant") && !error.to_string().contains("lost"), "{error}");
        }
        assert_eq!(mycase.asked("/tokens").len(), 1);
    }
}

/// A session over shared tokens, and everything it had noted.
fn noting(mycase: &Arc<MyCase>, shared: &SharedTokens) -> (Session, Arc<Mutex<Vec<String>>>) {
    let notes: Arc<Mutex<Vec<String>>> = Arc::default();
    let (kept, noted) = (Arc::clone(&notes), Arc::clone(&notes));
    let keep: Keep = Arc::new(move |tokens| {
        kept.lock().unwrap().push(format!("kept {}", tokens.refresh));
        Ok(())
    });
    let note: TakeNote = Arc::new(move |note| {
        noted.lock().unwrap().push(match note {
            Note::Begins => "begins".to_owned(),
            Note::Failed { unknown, .. } => format!("failed, unknown: {unknown}"),
            Note::Over { why } => format!("over: {why}"),
        });
        Ok(())
    });
    let (record, clock) = (Record { keep, note }, Clock::simulated(NOW.parse().unwrap()));
    (Session::over(mycase.http(), &settings(), &SecretString::from("hush"), shared.clone(), record, clock), notes)
}

fn stored(tokens: Tokens) -> SharedTokens {
    SharedTokens::new(Stored { tokens: Some(tokens), ..Stored::default() })
}

#[tokio::test(start_paused = true)]
async fn that_a_refresh_begins_is_written_down_before_it_is_sent() {
    let mycase = MyCase::new(|_, before| pair(before + 1), |_, _| refused());
    let (session, notes) = noting(&mycase, &stored(tokens(0, 0)));
    session.access().await.unwrap();
    assert_eq!(*notes.lock().unwrap(), ["begins", "kept r1"]);
    let keep = keep_nothing();
    let full: TakeNote = Arc::new(|_| Err("disk full".into()));
    let clock = Clock::simulated(NOW.parse().unwrap());
    let record = Record { keep, note: full };
    let session = Session::over(mycase.http(), &settings(), &SecretString::from("hush"), stored(tokens(0, 0)), record, clock);
    assert!(matches!(session.access().await, Err(MyCaseError::NotKept(_))));
    assert_eq!(mycase.asked("/tokens").len(), 1, "what could not be written down was not sent");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_ended_in_a_refresh_leaves_words_for_the_next() {
    let mycase = MyCase::new(|_, _| refused(), |_, _| refused());
    let shared = SharedTokens::new(Stored { tokens: Some(tokens(0, 0)), lost: true, over: None });
    let (session, notes) = noting(&mycase, &shared);
    let error = session.access().await.unwrap_err();
    assert!(matches!(&error, MyCaseError::Reconnect { why } if why.contains("was lost")), "{error}");
    assert!(notes.lock().unwrap()[1].starts_with("over: "), "{notes:?}");
    // It may have been spared: the old pair works still.
    let mycase = MyCase::new(|_, _| pair(1), |_, _| refused());
    let shared = SharedTokens::new(Stored { tokens: Some(tokens(0, 0)), lost: true, over: None });
    assert_eq!(noting(&mycase, &shared).0.access().await.unwrap().expose_secret(), "t1");
}

#[tokio::test(start_paused = true)]
async fn what_was_over_before_a_restart_is_over_and_nobody_is_asked() {
    let mycase = MyCase::new(|_, _| pair(1), |_, _| refused());
    let shared = SharedTokens::new(Stored { tokens: Some(tokens(0, 3600)), lost: false, over: Some("it said no".to_owned()) });
    let (session, notes) = noting(&mycase, &shared);
    assert!(matches!(session.access().await, Err(MyCaseError::Reconnect { why }) if why == "it said no"));
    assert!(session.renew(Timestamp::MAX).await.is_err());
    assert_eq!((mycase.asked("/").len(), notes.lock().unwrap().len()), (0, 0));
    shared.replace(Some(tokens(5, 3600)), || Ok::<_, ()>(())).await.unwrap();
    assert_eq!(session.access().await.unwrap().expose_secret(), "t5");
}

#[tokio::test(start_paused = true)]
async fn an_app_that_mycase_does_not_know_has_spent_nothing() {
    let mycase =
        MyCase::new(|_, before| if before == 0 { status(401, json!({"error": "invalid_client"})) } else { pair(1) }, |_, _| refused());
    let (session, notes) = noting(&mycase, &stored(tokens(0, 0)));
    let error = session.access().await.unwrap_err();
    assert!(error.to_string().contains("client_secret") && !error.to_string().contains("hush"), "{error}");
    assert_eq!(session.access().await.unwrap().expose_secret(), "t1", "with the right secret the pair is as good as before");
    assert_eq!(*notes.lock().unwrap(), ["begins", "failed, unknown: false", "begins", "kept r1"]);
}

#[tokio::test(start_paused = true)]
async fn two_versions_of_the_settings_have_one_pair_and_one_refresher() {
    let mycase = MyCase::new(|asked, _| if asked.body["refresh_token"] == "r0" { pair(1) } else { refused() }, |_, _| refused());
    let shared = stored(tokens(0, 0));
    let ((old, _), (new, _)) = (noting(&mycase, &shared), noting(&mycase, &shared));
    let (a, b) = tokio::join!(old.access(), new.access());
    assert_eq!((a.unwrap().expose_secret(), b.unwrap().expose_secret()), ("t1", "t1"));
    assert_eq!(mycase.asked("/tokens").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_ends_after_a_disconnect_brings_nothing_back() {
    let mycase = MyCase::new(|_, _| pair(1), |_, _| refused());
    let shared = stored(tokens(0, 0));
    let (session, notes) = noting(&mycase, &shared);
    let disconnect = async {
        // The refresh is on its way.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let durably = || {
            notes.lock().unwrap().push("forgotten".to_owned());
            Ok::<_, ()>(())
        };
        shared.replace(None, durably).await
    };
    let (_, gone) = tokio::join!(session.access(), disconnect);
    gone.unwrap();
    assert_eq!(*notes.lock().unwrap(), ["begins", "kept r1", "forgotten"], "what is stored last is nothing");
    assert!(matches!(session.access().await, Err(MyCaseError::NotConnected)));
}

#[tokio::test(start_paused = true)]
async fn a_token_refused_right_after_its_refresh_is_not_refreshed_again_and_again() {
    let never = MyCase::new(|_, before| pair(before + 1), |_, _| status(401, json!({})));
    let reader = never.reader();
    for _ in 0..5 {
        assert!(matches!(reader.firm().await, Err(MyCaseError::TokenRefused { .. })));
    }
    assert_eq!(never.asked("/tokens").len(), 1);
    tokio::time::advance(Duration::from_secs(11)).await;
    assert!(reader.firm().await.is_err());
    assert_eq!(never.asked("/tokens").len(), 2, "later it may help");
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_answer_the_old_token_is_tried_once_more() {
    let lost =
        [hang as fn() -> axum::response::Response, || axum::response::Html("{\"access_tok").into_response(), || status(200, json!([]))];
    for lost in lost {
        let taken = MyCase::new(move |_, before| if before == 0 { lost() } else { pair(1) }, |_, _| refused());
        let session = taken.session(Some(tokens(0, 0)), keep_nothing());
        assert_eq!(session.access().await.unwrap().expose_secret(), "t1");

        let spent = MyCase::new(move |_, before| if before == 0 { lost() } else { refused() }, |_, _| refused());
        let error = spent.session(Some(tokens(0, 0)), keep_nothing()).access().await.unwrap_err();
        assert!(matches!(error, MyCaseError::Reconnect { .. }));
        assert!(error.to_string().contains("was lost"), "{error}");
        assert_eq!(spent.asked("/tokens").len(), 2);
    }
    let silent = MyCase::new(|_, before| if before < 2 { hang() } else { refused() }, |_, _| refused());
    let session = silent.session(Some(tokens(0, 0)), keep_nothing());
    assert!(matches!(session.access().await, Err(MyCaseError::Unavailable(_))));
    assert_eq!(silent.asked("/tokens").len(), 2);
    assert!(session.access().await.unwrap_err().to_string().contains("was lost"));
}

#[tokio::test(start_paused = true)]
async fn mycases_own_trouble_is_waited_out() {
    let mycase = MyCase::new(
        |_, before| if before < 3 { status(if before == 1 { 429 } else { 503 }, json!({})) } else { pair(1) },
        |_, _| refused(),
    );
    let session = mycase.session(Some(tokens(0, 0)), keep_nothing());
    assert_eq!(session.access().await.unwrap().expose_secret(), "t1");
    let down = MyCase::new(|_, _| status(500, json!({})), |_, _| refused());
    let session = down.session(Some(tokens(0, 0)), keep_nothing());
    assert!(matches!(session.access().await, Err(MyCaseError::Unavailable(_))));
    assert_eq!(down.asked("/tokens").len(), 4);
    // Later it is tried anew.
    assert!(session.access().await.is_err());
    assert_eq!(down.asked("/tokens").len(), 8);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_renewed_when_its_pair_is_older_than_asked() {
    let mycase = MyCase::new(|_, before| pair(before + 1), |_, _| refused());
    let (keep, kept) = keep_all();
    let session = mycase.session(Some(tokens(0, 3600)), keep);
    let now: Timestamp = NOW.parse().unwrap();
    session.renew(now - Duration::from_secs(24 * 3600)).await.unwrap();
    assert_eq!(kept.lock().unwrap().len(), 0);
    session.renew(now - Duration::from_secs(22 * 3600)).await.unwrap();
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_new_pair_is_stored_before_mycase_sees_it() {
    let order: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&order);
    let mycase = MyCase::new(
        |_, _| pair(1),
        move |asked, _| {
            seen.lock().unwrap().push(format!("used {}", asked.token));
            if asked.token == "t1" {
                status(200, json!({"name": "Acme", "url": "https://acme.mycase.com"}))
            } else {
                status(401, json!({}))
            }
        },
    );
    let stored = Arc::clone(&order);
    let keep: Keep = Arc::new(move |tokens| {
        stored.lock().unwrap().push(format!("stored {}", tokens.access));
        Ok(())
    });
    let reader = mycase.reader_of(mycase.session(Some(tokens(0, 3600)), keep));
    assert_eq!(reader.firm().await.unwrap().url.as_deref(), Some("https://acme.mycase.com"));
    assert_eq!(*order.lock().unwrap(), ["used t0", "stored t1", "used t1"]);
}

#[tokio::test(start_paused = true)]
async fn an_access_token_that_ends_early_is_renewed_once_for_all_requests() {
    let mycase = MyCase::new(
        |_, before| pair(before + 1),
        |asked, _| if asked.token == "t1" { status(200, json!([])) } else { status(401, json!({})) },
    );
    let reader = mycase.reader();
    reader.reference(super::super::Needs { people_groups: true, clients: true }).await.unwrap();
    assert_eq!(mycase.asked("/tokens").len(), 1);
    let never = MyCase::new(|_, before| pair(before + 1), |_, _| status(401, json!({})));
    assert!(matches!(never.reader().firm().await, Err(MyCaseError::TokenRefused { .. })));
    assert_eq!((never.asked("/tokens").len(), never.asked("/v1/firm").len()), (1, 2));
}
