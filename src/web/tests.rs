//! The routes behind the door, against a loop that only answers: every guard, every page.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod door;
mod pages;

use super::addresses::Addresses;
use super::listen::{CONNECTIONS, Listener, Peer};
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
use tokio::net::TcpStream;
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
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        let addresses = Addresses::new(listen.parse().unwrap(), public.map(|url| url.parse().unwrap()));
        let page = Page::over(addresses, token, show_names, move |message| answer(message, &kept));
        Page { asked, ..page }
    }

    /// For this machine alone, with a daemon of the test's own.
    fn asking(daemon: impl FnMut(Message) + Send + 'static) -> Page {
        Page::over(Addresses::new("127.0.0.1:8787".parse().unwrap(), None), None, false, daemon)
    }

    fn over(addresses: Addresses, token: Option<&str>, show_names: bool, mut daemon: impl FnMut(Message) + Send + 'static) -> Page {
        let (messages, mut inbox) = mpsc::channel(8);
        tokio::spawn(async move {
            while let Some(message) = inbox.recv().await {
                daemon(message);
            }
        });
        let keys = Keys::new(token.map(SecretString::from)).unwrap();
        let clock = Clock::simulated("2026-11-28T18:00:00Z".parse().unwrap());
        let site = Site::new(Handle::new(messages), clock, addresses, keys, show_names);
        let router = router(Arc::new(site));
        Page { router, asked: Arc::default(), cookie: Mutex::default(), peer: "127.0.0.1:5000", host: "127.0.0.1:8787" }
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
        Message::Status { reply, .. } => {
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
        may_contact: vec!["12 new records: Case Status may invite the client of a new case by text message".to_owned()],
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
