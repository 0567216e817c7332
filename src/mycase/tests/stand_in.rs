//! A MyCase of few lines: two functions answer, everything asked is logged.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::{Keep, Reader, Session, Writer};
use crate::config::{MyCaseSettings, SecretRef};
use crate::domain::Tokens;
use crate::http::{Clock, HttpClient, Limiter, Transport};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

pub(super) const API: &str = "https://api.test/v1";
pub(super) const NOW: &str = "2026-11-23T15:00:00Z";

/// What was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) token: String,
    pub(super) body: Value,
}

impl Asked {
    pub(super) fn param(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

type Answer = Box<dyn Fn(&Asked, usize) -> Response + Send + Sync>;

pub(super) struct MyCase {
    answer_tokens: Answer,
    answer_api: Answer,
    log: Mutex<Vec<Asked>>,
}

impl MyCase {
    /// Each function gets what was asked and how often its side was asked before.
    pub(super) fn new(
        tokens: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static,
        api: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static,
    ) -> Arc<MyCase> {
        Arc::new(MyCase { answer_tokens: Box::new(tokens), answer_api: Box::new(api), log: Mutex::default() })
    }

    /// One that serves only the API, to any token.
    pub(super) fn api(api: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static) -> Arc<MyCase> {
        MyCase::new(|_, _| StatusCode::INTERNAL_SERVER_ERROR.into_response(), api)
    }

    pub(super) fn asked(&self, path_begins: &str) -> Vec<Asked> {
        self.log.lock().unwrap().iter().filter(|asked| asked.path.starts_with(path_begins)).cloned().collect()
    }

    pub(super) fn http(self: &Arc<Self>) -> HttpClient {
        let router = Router::new().fallback(answer).with_state(Arc::clone(self));
        HttpClient::new(Transport::InProcess(router), "MyCase", Arc::new(Limiter::unlimited()), 8)
    }

    pub(super) fn session(self: &Arc<Self>, tokens: Option<Tokens>, keep: Keep) -> Arc<Session> {
        let clock = Clock::simulated(NOW.parse().unwrap());
        Arc::new(Session::new(self.http(), &settings(), &SecretString::from("hush"), tokens, keep, clock))
    }

    /// A reader with a good token, `t0`.
    pub(super) fn reader(self: &Arc<Self>) -> Reader {
        self.reader_of(self.session(Some(tokens(0, 3600)), keep_nothing()))
    }

    /// A writer with a good token, `t0`, whose bytes go to `storage`.
    pub(super) fn writer(self: &Arc<Self>, storage: Router) -> Writer {
        self.writer_at(API, storage)
    }

    /// The same to an API that lies elsewhere.
    pub(super) fn writer_at(self: &Arc<Self>, api: &str, storage: Router) -> Writer {
        let session = self.session(Some(tokens(0, 3600)), keep_nothing());
        Writer::new(self.http(), super::super::storage_client(Transport::InProcess(storage)), session, Url::parse(api).unwrap())
    }

    pub(super) fn reader_of(self: &Arc<Self>, session: Arc<Session>) -> Reader {
        Reader::new(self.http(), session, Url::parse(API).unwrap())
    }
}

async fn answer(State(mycase): State<Arc<MyCase>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        token: parts.headers.get("authorization").map_or("", |value| value.to_str().unwrap()).replace("Bearer ", ""),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let is_token = asked.path == "/tokens";
    let before = {
        let mut log = mycase.log.lock().unwrap();
        log.push(asked.clone());
        log.iter().filter(|one| (one.path == "/tokens") == is_token).count() - 1
    };
    // Some time passes on the way, so that callers overlap.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let response = if is_token { (mycase.answer_tokens)(&asked, before) } else { (mycase.answer_api)(&asked, before) };
    if response.headers().contains_key("x-hang") {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    response
}

/// An answer that never arrives.
pub(super) fn hang() -> Response {
    ([("x-hang", "1")], "").into_response()
}

pub(super) fn status(code: u16, body: Value) -> Response {
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

/// The pair number `n`, as MyCase gives it on a refresh.
pub(super) fn pair(n: usize) -> Response {
    status(
        200,
        json!({"access_token": format!("t{n}"), "token_type": "Bearer", "refresh_token": format!("r{n}"), "expires_in": 86400, "scope": "a b"}),
    )
}

/// The pair number `n`, good for so many seconds.
pub(super) fn tokens(n: usize, good_for: i64) -> Tokens {
    let now: Timestamp = NOW.parse().unwrap();
    Tokens {
        access: format!("t{n}"),
        refresh: format!("r{n}"),
        obtained_at: now - jiff::SignedDuration::from_hours(23),
        expires_at: now + jiff::SignedDuration::from_secs(good_for),
        firm_uuid: Some("firm-1".to_owned()),
    }
}

pub(super) fn keep_nothing() -> Keep {
    Arc::new(|_| Ok(()))
}

/// Remembers every pair it was given.
pub(super) fn keep_all() -> (Keep, Arc<Mutex<Vec<Tokens>>>) {
    let kept: Arc<Mutex<Vec<Tokens>>> = Arc::default();
    let into = Arc::clone(&kept);
    (
        Arc::new(move |tokens: &Tokens| {
            into.lock().unwrap().push(tokens.clone());
            Ok(())
        }),
        kept,
    )
}

pub(super) fn settings() -> MyCaseSettings {
    let url = |text| Url::parse(text).unwrap();
    MyCaseSettings {
        client_id: "client-1".to_owned(),
        client_secret: SecretRef::Stored("mycase".to_owned()),
        redirect_uri: url("http://127.0.0.1:8400/callback"),
        web_url: None,
        api_url: url(API),
        authorize_url: url("https://auth.test/login_sessions/new"),
        token_url: url("https://auth.test/tokens"),
    }
}
