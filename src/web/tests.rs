//! The routes behind the door, against a loop that only answers: every guard, every page.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::addresses::Addresses;
use super::listen::{Listener, Peer};
use super::router::router;
use super::session::{COOKIE, Keys};
use super::site::{Settings, Site};
use super::words::tests::active;
use crate::daemon::{Alive, Handle, Message, Refusal, StatusAnswer};
use crate::domain::{CaseException, CaseId, FirmId, Holds, Kind, PlanName, Reason, ReasonCode};
use crate::http::Clock;
use crate::operations::{
    Answer, Ask, ConnectEnded, ConnectView, Connected, Connection, Counted, FileState, FirmStatus, RunState, Runs, StageMap, WaitingCase,
    WaitingPlan,
};
use crate::sync::RunReport;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

const TOKEN: &str = "a-token-that-nobody-guesses";
const STATE: &str = "the-state-of-a-connection";

/// A page, what was asked through it, and the browser's cookie.
struct Page {
    router: Router,
    asked: Arc<Mutex<Vec<(Ask, String)>>>,
    cookie: Mutex<Option<String>>,
    peer: &'static str,
    host: &'static str,
}

/// What came back.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Page {
    /// For this machine alone.
    fn local() -> Page {
        Page::new("127.0.0.1:8787", None, None, false)
    }

    /// For whoever has the token.
    fn with_token() -> Page {
        Page { peer: "192.0.2.7:5000", ..Page::new("0.0.0.0:8787", None, Some(TOKEN), false) }
    }

    fn new(listen: &str, public: Option<&str>, token: Option<&str>, show_names: bool) -> Page {
        let (messages, mut inbox) = mpsc::channel(8);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        tokio::spawn(async move {
            while let Some(message) = inbox.recv().await {
                answer(message, &kept);
            }
        });
        let addresses = Addresses::new(listen.parse().unwrap(), public.map(|url| url.parse().unwrap()));
        let keys = Keys::new(token.map(SecretString::from)).unwrap();
        let clock = Clock::simulated("2026-11-28T18:00:00Z".parse().unwrap());
        let site = Site::new(Handle::new(messages), clock, addresses, keys, show_names);
        Page { router: router(Arc::new(site)), asked, cookie: Mutex::default(), peer: "127.0.0.1:5000", host: "127.0.0.1:8787" }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Got {
        let mut request = Request::builder().method(method).uri(path).extension(Peer(self.peer.parse().unwrap()));
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", self.host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = self.cookie.lock().unwrap().as_ref() {
            request = request.header("cookie", format!("{COOKIE}={cookie}"));
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, 1 << 24).await.unwrap().to_vec()).unwrap();
        let got = Got { status: parts.status.as_u16(), headers: parts.headers, body };
        if let Some(set) = got.header("set-cookie").strip_prefix(&format!("{COOKIE}=")) {
            *self.cookie.lock().unwrap() = set.split(';').next().map(str::to_owned).filter(|cookie| !cookie.is_empty());
        }
        got
    }

    async fn get(&self, path: &str) -> Got {
        self.send("GET", path, &[], String::new()).await
    }

    /// Loads a page and sends its form as a browser does.
    async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Got {
        let proof = proof(&self.get(page).await);
        self.post(action, fields, &proof, &[("origin", "http://127.0.0.1:8787"), ("sec-fetch-site", "same-origin")]).await
    }

    async fn post(&self, action: &str, fields: &[(&str, &str)], proof: &str, headers: &[(&str, &str)]) -> Got {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("proof", proof).extend_pairs(fields).finish();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", action, &[kind.as_slice(), headers].concat(), body).await
    }

    /// What was asked of the daemon and changes something.
    fn changes(&self) -> Vec<(Ask, String)> {
        let changes = |ask: &Ask| matches!(ask, Ask::Approve(_) | Ask::Reject { .. } | Ask::ConnectBegin | Ask::ConnectEnd { .. });
        self.asked.lock().unwrap().iter().filter(|(ask, _)| changes(ask)).cloned().collect()
    }
}

fn proof(page: &Got) -> String {
    let from = page.body.split("name=\"proof\" value=\"").nth(1).unwrap_or_else(|| panic!("no form: {} {}", page.status, page.body));
    from.split('"').next().unwrap().to_owned()
}

/// The daemon: three firms, of which `acme` has a plan that waits.
fn answer(message: Message, asked: &Mutex<Vec<(Ask, String)>>) {
    match message {
        Message::Status { reply } => {
            let firms = vec![status("acme"), status("beta"), status("gone")];
            drop(reply.send(StatusAnswer { firms, daemon: None, problems: Vec::new() }));
        }
        Message::Metrics { reply } => drop(reply.send(Ok("casebridge_info 1\n# EOF\n".to_owned()))),
        Message::Alive { reply } => drop(reply.send(Alive { ready: true })),
        Message::Connecting { state, reply } => drop(reply.send((state.0 == STATE).then(|| "acme".parse().unwrap()))),
        Message::Reload { .. } => panic!("the page reloads nothing"),
        Message::Ask { firm, ask, by, reply, .. } => {
            asked.lock().unwrap().push((ask.clone(), by.who));
            drop(reply.send(of_firm(&firm, &ask)));
        }
    }
}

fn status(firm: &str) -> FirmStatus {
    let mut status = FirmStatus { cases_url: Some("https://acme.mycase.com/court_cases".to_owned()), ..active(firm) };
    match firm {
        "acme" => {
            (status.name, status.waiting, status.exceptions) = ("Acme & <Sons>".to_owned(), 12, 2);
            status.waiting_plan = Some(PlanName("p-12ab34cd".to_owned()));
        }
        "gone" => {
            (status.connection, status.status) = (Connection::NotConnected, RunState::Inactive);
            (status.file.state, status.file.generation) = (FileState::Rejected, 0);
            status.file.problems = vec![json!({ "line": 41, "severity": "error", "message": "no such stage", "help": "write Demand" })];
        }
        _ => {}
    }
    status
}

fn of_firm(firm: &FirmId, ask: &Ask) -> Result<Answer, Refusal> {
    let known = matches!(firm.as_str(), "acme" | "beta" | "gone");
    match ask {
        _ if !known => Err(Refusal::new("no-such-firm", "there is no such firm")),
        Ask::Status => Ok(Answer::Status(Box::new(status(firm.as_str())))),
        _ if firm.as_str() == "gone" => Err(Refusal::new("no-file", "no version of gone.firm.toml was good yet")),
        Ask::Exceptions => Ok(Answer::Exceptions(exceptions())),
        Ask::Runs { .. } => Ok(Answer::Runs(Runs { runs: vec![report(7)] })),
        Ask::Waiting { show_names } => Ok(Answer::Waiting((firm.as_str() == "acme").then(|| Box::new(plan(*show_names))))),
        Ask::StageMap => Ok(Answer::StageMap(Box::new(StageMap { open: 4, would_move: 3, ..StageMap::default() }))),
        Ask::ConnectHow => Ok(Answer::Connecting(Box::new(connecting(firm.as_str() == "acme")))),
        Ask::ConnectBegin => Ok(Answer::Authorize {
            url: format!("https://auth.mycase.com/login_sessions/new?state={STATE}"),
            redirect_uri: "http://127.0.0.1:8766/callback".to_owned(),
            caught_by_daemon: firm.as_str() == "acme",
        }),
        Ask::ConnectEnd { .. } => Err(Refusal::new("connect", "MyCase does not let this person connect an app")),
        Ask::Approve(_) => Ok(Answer::Run(Box::new(report(8)))),
        Ask::Reject { plan } => Ok(Answer::Done { text: format!("plan {plan} is dropped") }),
        other => panic!("the page does not ask {other:?}"),
    }
}

fn exceptions() -> Vec<CaseException> {
    let reason = Reason {
        code: ReasonCode::StageNotMapped,
        holds: Holds::Stage,
        text: "MyCase's stage \"<b>Odd</b>\" is not in [stages.map]".to_owned(),
        fix: "add it".to_owned(),
        no_create: false,
    };
    [300_101, 300_102].map(|case| CaseException { case: CaseId(case), reasons: vec![reason.clone()] }).to_vec()
}

fn report(run: u64) -> RunReport {
    serde_json::from_value(json!({
        "firm": "acme", "run": run, "trigger": "by-hand", "outcome": "done", "started_at": "2026-11-28T16:00:00Z", "complete": true,
        "counts": { "create": 2, "update": 0, "stage": 1, "contact": 0, "close": 0, "reopen": 0, "unchanged": 7, "exceptions": 1, "failed": 1 },
        "written": 3, "adopted": 0, "requests": { "mycase": 6, "portal": 3 }, "duration_seconds": 1.25, "waiting_plan": null, "waiting": 0,
        "later": 0, "moved": [], "failures": [{ "case": 300_104, "text": "422 unknown stage" }], "notes": [], "error": null
    }))
    .unwrap()
}

fn plan(show_names: bool) -> WaitingPlan {
    let at: Timestamp = "2026-11-28T17:00:00Z".parse().unwrap();
    WaitingPlan {
        plan: PlanName("p-12ab34cd".to_owned()),
        saved_at: at,
        expires_at: at,
        run: None,
        first: true,
        cases: 12,
        kinds: vec![Counted { of: Kind::Create, cases: 12 }],
        practice_areas: Vec::new(),
        moves: Vec::new(),
        limits: Vec::new(),
        may_contact: None,
        other_clients: 0,
        left_out: 0,
        shown: vec![WaitingCase { case: CaseId(300_103), name: show_names.then(|| "Maria Client".to_owned()), kinds: vec![Kind::Create] }],
    }
}

fn connecting(caught_by_daemon: bool) -> ConnectView {
    let connected = Connected { firm_name: "Acme".to_owned(), firm_url: "https://acme.mycase.com".to_owned(), notes: Vec::new() };
    ConnectView {
        redirect_uri: "http://127.0.0.1:8766/callback".to_owned(),
        caught_by_daemon,
        authorize_site: "https://auth.mycase.com".to_owned(),
        under_way: false,
        ended: Some(ConnectEnded { at: Timestamp::UNIX_EPOCH, connected: Some(connected), why: None }),
    }
}

#[tokio::test]
async fn the_front_has_a_tile_for_each_firm_and_escapes_what_it_shows() {
    let page = Page::local().get("/").await;
    assert_eq!(page.status, 200);
    for words in ["Acme &amp; &lt;Sons&gt;", "Line 41: no such stage.", "3 firms; 2 need a person", "<dd>12</dd>", "lang=\"en\""] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(page.body.matches("<h1").count(), 1);
    let found = Page::local().get("/?q=%3Cscript%3E").await;
    assert!(found.body.contains("0 of 3 firms") && !found.body.contains("<script"), "{}", found.body);
}

#[tokio::test]
async fn a_firms_page_shows_what_waits_what_needs_attention_and_links_cases_to_mycase() {
    let page = Page::local();
    let got = page.get("/firms/acme").await;
    for words in [
        "p-12ab34cd",
        "https:&#x2f;&#x2f;acme.mycase.com&#x2f;court_cases&#x2f;300101",
        "&lt;b&gt;Odd&lt;&#x2f;b&gt;",
        "3 cases would move",
        "<svg class=\"chart\"",
        "A first import waits for one yes",
        ">Connect again</button>",
    ] {
        assert!(got.body.contains(words), "{words}: {}", got.body);
    }
    assert!(got.header("content-security-policy").contains("form-action 'self' https://auth.mycase.com;"));
    let elsewhere = page.get("/firms/beta").await.body;
    assert!(elsewhere.contains("casebridge connect beta") && !elsewhere.contains("Connect again"), "{elsewhere}");
    let broken = page.get("/firms/gone").await;
    assert!(broken.status == 200 && broken.body.contains("Error, line 41:"), "{}", broken.body);
    assert_eq!((page.get("/firms/nobody").await.status, page.get("/firms/..%2Fx").await.status), (404, 404));
    let run = page.get("/firms/acme/runs/7").await.body;
    assert!(run.contains("422 unknown stage") && run.contains("300104"), "{run}");
    assert_eq!(page.get("/firms/acme/runs/99").await.status, 404);
}

#[tokio::test]
async fn names_are_shown_only_when_they_may_be() {
    assert!(!Page::local().get("/firms/acme").await.body.contains("Maria"));
    let open = Page::new("127.0.0.1:8787", None, None, true);
    assert!(open.get("/firms/acme").await.body.contains("Maria Client"));
}

#[tokio::test]
async fn a_plan_is_approved_by_a_named_person_after_one_more_question_and_not_by_looking() {
    let page = Page::local();
    let question = page.get("/firms/acme/plans/p-12ab34cd/approve").await;
    assert!(question.body.contains("Approve 12 cases?") && question.body.contains("Who approves?"), "{}", question.body);
    assert_eq!(page.changes(), [], "reading changes nothing");
    let path = "/firms/acme/plans/p-12ab34cd/approve";
    let nameless = page.submit(path, path, &[("who", "  ")]).await;
    assert!(nameless.status == 400 && nameless.body.contains("Write your name"), "{}", nameless.body);
    assert_eq!(page.changes(), []);
    let approved = page.submit(path, path, &[("who", "Jo\r\nSmith")]).await;
    assert_eq!((approved.status, approved.header("location")), (303, "/firms/acme/runs/8"));
    let [(Ask::Approve(ask), who)] = &page.changes()[..] else { panic!("{:?}", page.changes()) };
    assert_eq!((ask.plan.as_str(), who.as_str()), ("p-12ab34cd", "JoSmith, at the web page (127.0.0.1)"));
}

#[tokio::test]
async fn a_plan_that_waits_no_longer_is_neither_approved_nor_dropped() {
    let page = Page::local();
    let (asked, old) = ("/firms/acme/plans/p-12ab34cd/approve", "/firms/acme/plans/p-00000000");
    for verb in ["approve", "reject"] {
        let got = page.submit(asked, &format!("{old}/{verb}"), &[("who", "Jo")]).await;
        assert!(got.status == 409 && got.body.contains("waits no longer"), "{}", got.body);
    }
    assert_eq!(page.changes(), []);
    let path = "/firms/acme/plans/p-12ab34cd/reject";
    assert!(page.submit(path, path, &[]).await.body.contains("is dropped"));
    assert!(matches!(&page.changes()[..], [(Ask::Reject { .. }, _)]));
}

#[tokio::test]
async fn connect_leads_to_mycase_and_the_way_back_ends_at_an_address_without_the_code() {
    let page = Page::local();
    let begun = page.submit("/firms/acme", "/firms/acme/connect", &[]).await;
    assert_eq!(begun.status, 303);
    assert!(begun.header("location").starts_with("https://auth.mycase.com/"));
    let cross = [("sec-fetch-site", "cross-site")];
    let back = page.send("GET", &format!("/callback?code=c0de&state={STATE}"), &cross, String::new()).await;
    assert_eq!((back.status, back.header("location")), (303, "/firms/acme/connected"));
    assert!(!back.body.contains("c0de"));
    let [_, (Ask::ConnectEnd { redirected }, _)] = &page.changes()[..] else { panic!("{:?}", page.changes()) };
    assert!(redirected.0.ends_with(&format!("/callback?code=c0de&state={STATE}")));
    assert!(page.get("/firms/acme/connected").await.body.contains("Connected to Acme"));
    let elsewhere = page.submit("/firms/acme", "/firms/beta/connect", &[]).await;
    assert!(elsewhere.body.contains("casebridge connect beta"), "{}", elsewhere.body);
}

#[tokio::test]
async fn a_way_back_that_nobody_waits_for_ends_nothing() {
    let page = Page::local();
    for path in ["/callback?code=c&state=another", "/callback?code=c", &format!("/callback?state={STATE}"), "/nowhere"] {
        assert!(matches!(page.get(path).await.status, 400 | 404), "{path}");
    }
    let posted = page.submit("/firms/acme", &format!("/callback?code=c&state={STATE}"), &[]).await;
    assert_eq!(posted.status, 404);
    assert_eq!(page.changes(), []);
}

#[tokio::test]
async fn a_foreign_name_a_foreign_machine_and_a_proxy_are_refused_without_a_token() {
    let page = Page::local();
    for host in ["evil.example:8787", "127.0.0.1:9999", ""] {
        let got = page.send("GET", "/", &[("host", host)], String::new()).await;
        assert!(got.status == 421 && got.body.contains("[web] listen"), "{host}: {}", got.body);
    }
    for proxy in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let got = page.send("GET", "/", &[(proxy, "192.0.2.9")], String::new()).await;
        assert!(got.status == 403 && got.body.contains("proxy"), "{proxy}");
    }
    let foreign = Page { peer: "192.0.2.7:5000", ..Page::local() };
    assert_eq!(foreign.get("/").await.status, 403);
    assert_eq!(foreign.get("/healthz").await.status, 200, "says nothing");
    assert_eq!(page.send("DELETE", "/firms/acme", &[], String::new()).await.status, 405);
}

#[tokio::test]
async fn a_form_counts_only_from_our_own_page_in_the_same_browser() {
    let page = Page::local();
    let proof = proof(&page.get("/firms/acme").await);
    let path = "/firms/acme/connect";
    for headers in
        [[("origin", "https://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")]]
    {
        assert_eq!(page.post(path, &[], &proof, &headers).await.status, 403, "{headers:?}");
    }
    for wrong in ["", "00", "zz"] {
        let got = page.post(path, &[], wrong, &[]).await;
        assert!(got.status == 403 && got.body.contains("nothing was done"), "{}", got.body);
    }
    let cookie = page.cookie.lock().unwrap().take();
    assert_eq!(page.post(path, &[], &proof, &[]).await.status, 403, "without the cookie");
    *page.cookie.lock().unwrap() = cookie;
    let large = "x".repeat(20_000);
    assert_eq!(page.post(path, &[("who", &large)], &proof, &[]).await.status, 413);
    assert_eq!(page.changes(), []);
    assert_eq!(page.post(path, &[], &proof, &[]).await.status, 303, "an old browser says neither");
}

#[tokio::test]
async fn every_answer_bears_what_no_page_can_be_missing_and_the_cookie_is_ours_alone() {
    let page = Page::local();
    let first = page.get("/").await;
    let cookie = first.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains("Secure"), "{cookie}");
    for path in ["/", "/nowhere", "/static/page.css", "/healthz", "/metrics"] {
        let got = page.get(path).await;
        assert!(got.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"), "{path}");
        assert_eq!((got.header("x-content-type-options"), got.header("referrer-policy")), ("nosniff", "same-origin"), "{path}");
        let kept = if path.ends_with(".css") { "no-cache" } else { "no-store" };
        assert_eq!((got.header("cache-control"), got.header("set-cookie")), (kept, ""), "{path}");
    }
}

#[tokio::test]
async fn with_a_token_nobody_sees_anything_before_it_is_typed() {
    let page = Page::with_token();
    for path in ["/", "/firms/acme", "/firms/acme/connected"] {
        let got = page.get(path).await;
        assert_eq!(got.status, 303, "{path}");
        assert!(got.header("location").starts_with("/login?to="), "{path}");
    }
    assert_eq!(page.get("/metrics").await.status, 401);
    assert_eq!((page.get("/healthz").await.status, page.get("/static/page.css").await.status), (200, 200));
    let blind = page.submit("/login", "/firms/acme/connect", &[]).await;
    assert_eq!(blind.status, 403);
    assert!(page.asked.lock().unwrap().is_empty());

    let wrong = page.submit("/login", "/login", &[("token", "a-guess"), ("to", "/firms/acme")]).await;
    assert!(wrong.status == 403 && wrong.body.contains("That is not the token") && !wrong.body.contains("a-guess"), "{}", wrong.body);
    let before = page.cookie.lock().unwrap().clone();
    let right = page.submit("/login", "/login", &[("token", TOKEN), ("to", "/firms/acme")]).await;
    assert_eq!((right.status, right.header("location")), (303, "/firms/acme"));
    assert!(*page.cookie.lock().unwrap() != before && !right.header("set-cookie").contains(TOKEN));
    assert_eq!(page.get("/firms/acme").await.status, 200);
    assert_eq!(page.get("/metrics").await.status, 200);
    assert_eq!(page.submit("/", "/logout", &[]).await.status, 303);
    assert_eq!(page.get("/firms/acme").await.status, 303, "signed out");
}

#[tokio::test]
async fn after_signing_in_a_browser_stays_here() {
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
        let page = Page::with_token();
        let right = page.submit("/login", "/login", &[("token", TOKEN), ("to", elsewhere)]).await;
        assert_eq!(right.header("location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_forms_and_programs_together() {
    let page = Page::with_token();
    let bearer = |token: &'static str| async { page.send("GET", "/metrics", &[("authorization", token)], String::new()).await.status };
    assert_eq!(bearer("Bearer a-token-that-nobody-guesses").await, 200);
    for _ in 0..5 {
        assert_eq!(bearer("Bearer a-guess").await, 401);
    }
    assert_eq!(bearer("Bearer a-token-that-nobody-guesses").await, 429, "not looked at");
    let form = page.submit("/login", "/login", &[("token", TOKEN)]).await;
    assert!(form.status == 429 && form.header("retry-after").parse::<u64>().unwrap() > 0);
    let other = Page { peer: "198.51.100.1:1", router: page.router.clone(), cookie: Mutex::default(), ..Page::with_token() };
    assert_eq!(other.submit("/login", "/login", &[("token", TOKEN)]).await.status, 303, "who guesses locks nobody else out");
}

#[tokio::test]
async fn a_browser_that_another_site_sends_is_sent_on_by_a_page_of_ours_and_keeps_its_cookie() {
    for page in [Page::local(), Page::with_token()] {
        let got = page.send("GET", "/firms/acme/connected", &[("sec-fetch-site", "cross-site")], String::new()).await;
        assert!(got.status == 200 && got.body.contains("http-equiv=\"refresh\""), "{}", got.body);
        assert_eq!(got.header("set-cookie"), "", "one that it holds back is not overwritten");
    }
}

#[tokio::test]
async fn behind_a_proxy_with_a_path_every_link_stays_below_it() {
    let proxied = |path: &'static str| async move {
        let page =
            Page { host: "bridge.example.com", ..Page::new("127.0.0.1:8787", Some("https://bridge.example.com/sync"), Some(TOKEN), false) };
        let proof = proof(&page.get("/sync/login").await);
        let headers = [("origin", "https://bridge.example.com"), ("x-forwarded-for", "192.0.2.9 (Jo)")];
        let right = page.post("/sync/login", &[("token", TOKEN)], &proof, &headers).await;
        assert!(right.header("set-cookie").contains("; Secure"), "{}", right.header("set-cookie"));
        assert_eq!(right.header("location"), "/sync/");
        page.get(path).await
    };
    for path in ["/sync", "/sync/", "/"] {
        let got = proxied(path).await;
        assert!(got.status == 200 && got.body.contains("href=\"&#x2f;sync/firms/acme\""), "{path}: {}", got.body);
    }
}

#[tokio::test]
async fn what_a_proxy_claims_is_kept_as_its_claim() {
    let page = Page::with_token();
    assert_eq!(page.submit("/login", "/login", &[("token", TOKEN)]).await.status, 303);
    let path = "/firms/acme/plans/p-12ab34cd/approve";
    let proof = proof(&page.get(path).await);
    page.post(path, &[("who", "Jo")], &proof, &[("x-forwarded-for", "10.0.0.7")]).await;
    assert_eq!(page.changes()[0].1, "Jo, at the web page (192.0.2.7, which says it asks for 10.0.0.7)");
}

#[tokio::test]
async fn programs_hear_of_the_daemon_and_not_of_one_bad_firm() {
    let page = Page::local();
    let ready = page.get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"), "one of the firms has a broken file");
    assert!(page.get("/metrics").await.body.ends_with("# EOF\n"));
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_hangs_is_said_and_nobody_waits_for_ever() {
    let (messages, _inbox) = mpsc::channel(8);
    let addresses = Addresses::new("127.0.0.1:8787".parse().unwrap(), None);
    let site = Site::new(Handle::new(messages), Clock::simulated(Timestamp::UNIX_EPOCH), addresses, Keys::new(None).unwrap(), false);
    let page = Page { router: router(Arc::new(site)), ..Page::local() };
    for path in ["/", "/firms/acme", "/metrics", "/healthz", "/readyz"] {
        let got = page.get(path).await;
        assert!(got.status == 503 && got.body.contains("does not answer") | got.body.contains("did not answer"), "{path}: {}", got.body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_half_a_request_is_let_go() {
    let (messages, _inbox) = mpsc::channel(8);
    let clock = Clock::simulated(Timestamp::UNIX_EPOCH);
    let settings = Settings { listen: "127.0.0.1:0".parse().unwrap(), public_url: None, token: None, show_names: false, clock };
    let listener = Listener::bind(settings).await.unwrap();
    let at = listener.doors().0[0].clone();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(listener.serve(Handle::new(messages), stopped));
    let mut peer = tokio::net::TcpStream::connect((at.host_str().unwrap(), at.port().unwrap())).await.unwrap();
    peer.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
    let mut rest = Vec::new();
    let let_go = tokio::time::timeout(Duration::from_secs(20), peer.read_to_end(&mut rest)).await;
    assert!(let_go.is_ok(), "it is held on to");
}

#[tokio::test]
async fn five_hundred_firms_are_one_page() {
    let (messages, mut inbox) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(Message::Status { reply }) = inbox.recv().await {
            let firms = (0..500).map(|n| status(&format!("firm-{n}"))).collect();
            drop(reply.send(StatusAnswer { firms, daemon: None, problems: Vec::new() }));
        }
    });
    let addresses = Addresses::new("127.0.0.1:8787".parse().unwrap(), None);
    let clock = Clock::simulated(Timestamp::UNIX_EPOCH);
    let site = Site::new(Handle::new(messages), clock, addresses, Keys::new(None).unwrap(), false);
    let page = Page { router: router(Arc::new(site)), ..Page::local() };
    let got = page.get("/").await;
    assert_eq!(got.body.matches("class=\"tile\"").count(), 500);
    assert!(got.body.len() < 1 << 20, "{} bytes", got.body.len());
}
