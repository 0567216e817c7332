//! The connection against an authorisation server that nobody here wrote (npm `oidc-provider`, see `tests/oauth/server.mjs`),
//! over sockets: it rotates refresh tokens, and an old one used again ends the whole grant.
//!
//! Needs Node and npm. Where one is missing, or npm cannot install, each test says so and passes: a machine with only Rust
//! can test everything else. Time passes by a clock put forward, not by waiting.

use crate::node::{Guarded, install, skipped};
use casebridge::config::{MyCaseSettings, SecretRef};
use casebridge::domain::Tokens;
use casebridge::http::{Call, Clock, HttpClient, Reply, Transport};
use casebridge::mycase::{Keep, MyCaseError, Note, Reader, Record, Session, SharedTokens, Stored, TakeNote, budgets, connect};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::time::Instant as Origin;
use url::Url;

/// How long the servers' access tokens live.
const ACCESS_SECONDS: i64 = 60;

/// The server and a firm that uses it.
struct Server {
    _process: Guarded,
    base: Url,
    http: HttpClient,
    settings: MyCaseSettings,
    secret: SecretString,
}

fn installed() -> Result<&'static Path, String> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let files = [
        ("package.json", include_str!("../oauth/package.json")),
        ("package-lock.json", include_str!("../oauth/package-lock.json")),
        ("server.mjs", include_str!("../oauth/server.mjs")),
    ];
    INSTALLED.get_or_init(|| install("oauth", files)).as_deref().map_err(Clone::clone)
}

impl Server {
    /// A server of this test's own; `None`, and a word on stderr, where it cannot be had.
    fn start() -> Option<Server> {
        match installed().and_then(Server::run) {
            Ok(server) => Some(server),
            Err(why) => {
                skipped(&format!("the connection is not tested against oidc-provider: {why}"));
                None
            }
        }
    }

    fn run(folder: &Path) -> Result<Server, String> {
        let mut node = Command::new("node");
        node.arg("server.mjs").current_dir(folder).env("ACCESS_SECONDS", ACCESS_SECONDS.to_string());
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Guarded(node.spawn().map_err(|error| format!("node does not start ({error})"))?);
        let stdout = process.0.stdout.take().ok_or("node has no stdout")?;
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let said = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok()).find(|said| said["base"].is_string());
        let said = said.ok_or("the server ended before it listened")?;
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        let url = |path: &str| Url::parse(&format!("{}{path}", text("base"))).map_err(|error| error.to_string());
        let settings = MyCaseSettings {
            client_id: text("client_id"),
            client_secret: SecretRef::Stored("mycase".to_owned()),
            redirect_uri: Url::parse(&text("redirect_uri")).map_err(|error| error.to_string())?,
            web_url: None,
            api_url: url("/v1")?,
            authorize_url: url("/login_sessions/new")?,
            token_url: url("/tokens")?,
        };
        let transport = Transport::network().map_err(|error| error.to_string())?;
        let http = HttpClient::new(transport, "MyCase", budgets().of(&settings.client_id), 16);
        Ok(Server { _process: process, base: url("/")?, http, settings, secret: SecretString::from(text("client_secret")) })
    }

    /// Allows access as a browser would, cookies and all, and exchanges the code.
    async fn connect(&self) -> Tokens {
        let state = connect::new_state();
        let (mut at, mut cookies) = (connect::authorize_url(&self.settings, &state), BTreeMap::new());
        while !at.as_str().starts_with(self.settings.redirect_uri.as_str()) {
            let mut call = Call::get(at.clone());
            let jar: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            call.headers.insert("cookie", jar.join("; ").parse().expect("cookies"));
            let page = self.http.call(call).await.expect("a page");
            take_cookies(&page, &mut cookies);
            let to = page.headers.get("location").and_then(|to| to.to_str().ok()).expect("nobody but a person stops here");
            at = at.join(to).expect("an address");
        }
        let code = connect::read_redirect(&at, &state).expect("a code");
        connect::exchange(&self.http, &self.settings, &self.secret, code, Timestamp::now()).await.expect("tokens")
    }

    /// A session that sees the time so many seconds ahead of the server's, and what it had noted.
    fn session(&self, shared: &SharedTokens, ahead: i64) -> (Arc<Session>, Arc<Mutex<Vec<String>>>) {
        let notes: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, noted) = (Arc::clone(&notes), Arc::clone(&notes));
        let keep: Keep = Arc::new(move |_| {
            kept.lock().map_err(|_| "poisoned")?.push("kept".to_owned());
            Ok(())
        });
        let note: TakeNote = Arc::new(move |note| {
            noted.lock().map_err(|_| "poisoned")?.push(match note {
                Note::Begins => "begins".to_owned(),
                Note::Failed { unknown, .. } => format!("failed, unknown: {unknown}"),
                Note::Over { .. } => "over".to_owned(),
            });
            Ok(())
        });
        let base = Timestamp::now() + SignedDuration::from_secs(ahead);
        let clock = Clock::Simulated { base, origin: Origin::now() };
        let session = Session::over(self.http.clone(), &self.settings, &self.secret, shared.clone(), Record { keep, note }, clock);
        (Arc::new(session), notes)
    }

    /// How often codes and refresh tokens came to the tokens endpoint; `lose`: so many of its next answers get lost.
    async fn asked(&self, lose: Option<u32>) -> (u64, u64) {
        let query = lose.map(|lose| format!("?lose={lose}")).unwrap_or_default();
        let url = self.base.join(&format!("/control{query}")).expect("an address");
        let said: Value = self.http.call(Call::get(url)).await.expect("an answer").json().expect("JSON");
        (said["exchanges"].as_u64().expect("a number"), said["refreshes"].as_u64().expect("a number"))
    }

    async fn refreshes(&self) -> u64 {
        self.asked(None).await.1
    }

    fn reader(&self, session: &Arc<Session>) -> Reader {
        Reader::new(self.http.clone(), Arc::clone(session), self.settings.api_url.clone())
    }
}

fn take_cookies(page: &Reply, cookies: &mut BTreeMap<String, String>) {
    for cookie in page.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()) {
        let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        match value {
            "" => drop(cookies.remove(name)),
            value => drop(cookies.insert(name.to_owned(), value.to_owned())),
        }
    }
}

fn shared(tokens: &Tokens) -> SharedTokens {
    SharedTokens::new(Stored { tokens: Some(tokens.clone()), ..Stored::default() })
}

/// The pair a session would use now.
async fn token(session: &Session) -> String {
    session.access().await.expect("a token").expose_secret().to_owned()
}

#[tokio::test]
async fn it_is_connected_and_every_refresh_rotates_the_pair() {
    let Some(server) = Server::start() else { return };
    let first = server.connect().await;
    assert_eq!(first.expires_at.duration_since(first.obtained_at).as_secs(), ACCESS_SECONDS);
    let shared = shared(&first);
    let (session, notes) = server.session(&shared, 0);
    let mut seen = vec![token(&session).await];
    assert_eq!(server.asked(None).await, (1, 0), "a fresh token is used as it is");
    for round in 1..=5 {
        session.renew(Timestamp::MAX).await.expect("renewed");
        let new = token(&session).await;
        assert!(!seen.contains(&new));
        seen.push(new);
        assert_eq!(server.refreshes().await, round);
    }
    assert_eq!(notes.lock().expect("no panic").join(" "), ["begins kept"; 5].join(" "));
    let firm = server.reader(&session).firm().await.expect("the firm");
    assert_eq!(firm.url.as_deref(), Some("https://harlowpike.mycase.com"));
}

#[tokio::test]
async fn a_token_of_sixty_seconds_is_renewed_before_it_ends() {
    let Some(server) = Server::start() else { return };
    let first = server.connect().await;
    let shared = shared(&first);
    let (early, _) = server.session(&shared, 40);
    assert_eq!(token(&early).await, first.access, "for forty seconds it is good");
    let (later, _) = server.session(&shared, 50);
    assert!(token(&later).await != first.access);
    assert_eq!(server.refreshes().await, 1);
    server.reader(&later).firm().await.expect("the new one is taken");
}

#[tokio::test]
async fn many_who_ask_at_once_spend_one_refresh_token() {
    let Some(server) = Server::start() else { return };
    let shared = shared(&server.connect().await);
    // Two versions of a firm's settings, as during a run that began before an edit.
    let sessions = [server.session(&shared, 55).0, server.session(&shared, 55).0];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..32 {
        let session = Arc::clone(&sessions[number % 2]);
        tasks.spawn(async move { token(&session).await });
    }
    let all = tasks.join_all().await;
    assert!(all.iter().all(|token| *token == all[0]));
    assert_eq!(server.refreshes().await, 1);
    server.reader(&sessions[0]).firm().await.expect("the grant lives");
}

#[tokio::test]
async fn an_old_refresh_token_used_again_ends_the_grant_and_a_person_is_asked() {
    let Some(server) = Server::start() else { return };
    let first = server.connect().await;
    let living = shared(&first);
    let (session, _) = server.session(&living, 0);
    session.renew(Timestamp::MAX).await.expect("renewed");
    // A restored backup, or a second casebridge: the old pair once more.
    let (copy, notes) = server.session(&shared(&first), 0);
    assert!(matches!(copy.renew(Timestamp::MAX).await, Err(MyCaseError::Reconnect { .. })));
    assert_eq!(notes.lock().expect("no panic").join(" "), "begins over");
    // The whole grant is gone with it: the good pair's access token, and then its refresh token.
    let error = server.reader(&session).firm().await.expect_err("revoked");
    assert!(matches!(&error, MyCaseError::Reconnect { why } if why.contains("invalid_grant")), "{error}");
    let asked = server.refreshes().await;
    for _ in 0..20 {
        assert!(matches!(session.access().await, Err(MyCaseError::Reconnect { .. })));
        assert!(matches!(server.reader(&session).firm().await, Err(MyCaseError::Reconnect { .. })));
    }
    assert_eq!(server.refreshes().await, asked, "it is not asked again");
    living.replace(Some(server.connect().await), || Ok::<_, ()>(())).await.expect("connected again");
    server.reader(&session).firm().await.expect("the firm");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_and_then_a_person_is_asked() {
    let Some(server) = Server::start() else { return };
    let (session, notes) = server.session(&shared(&server.connect().await), 55);
    server.asked(Some(1)).await;
    let error = session.access().await.expect_err("the new pair is lost");
    assert!(matches!(&error, MyCaseError::Reconnect { why } if why.contains("was lost")), "{error}");
    for _ in 0..20 {
        assert!(session.access().await.is_err() && session.renew(Timestamp::MAX).await.is_err());
    }
    assert_eq!(server.refreshes().await, 2, "the old token once more, and no storm");
    assert_eq!(notes.lock().expect("no panic").join(" "), "begins over");
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_a_dead_connection() {
    let Some(mut server) = Server::start() else { return };
    let shared = shared(&server.connect().await);
    let right = std::mem::replace(&mut server.secret, SecretString::from("wrong"));
    let (session, notes) = server.session(&shared, 55);
    let error = session.access().await.expect_err("no such app");
    assert!(matches!(&error, MyCaseError::Forbidden { what } if what.contains("client_secret")), "{error}");
    assert_eq!(notes.lock().expect("no panic").join(", "), "begins, failed, unknown: false");
    server.secret = right;
    token(&server.session(&shared, 55).0).await;
}
