//! The page of the shipped program, over a real socket, as a browser without a script uses it.

use super::daemon::daemon;
use super::firm::Practice;
use super::house::Running;
use super::http::{self, Answer};
use serde_json::Value;
use std::fs;
use std::sync::Mutex;

/// A practice whose daemon has a page at the address that MyCase sends browsers back to.
pub(super) struct Site {
    pub(super) practice: Practice,
    pub(super) base: String,
    cookie: Mutex<String>,
}

impl Site {
    pub(super) fn new(cases: usize) -> Site {
        let practice = Practice::new(cases);
        practice.portal_knows_everybody();
        let base = practice.redirect.trim_end_matches("/callback").to_owned();
        let listen = base.trim_start_matches("http://");
        fs::write(practice.house.path("conf/casebridge.toml"), format!("[web]\nlisten = \"{listen}\"\n")).expect("it is written");
        Site { practice, base, cookie: Mutex::default() }
    }

    /// From its next start the page asks for this token.
    pub(super) fn wants_token(&self, token: &str) {
        let listen = self.base.trim_start_matches("http://");
        let text = format!("[web]\nlisten = \"{listen}\"\ntoken = {{ file = \"page.token\" }}\n");
        fs::write(self.practice.house.path("conf/casebridge.toml"), text).expect("it is written");
        fs::write(self.practice.house.path("conf/page.token"), format!("{token}\n")).expect("it is written");
    }

    /// Starts the daemon and its page.
    pub(super) fn daemon(&self) -> Running {
        daemon(&self.practice)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie.lock().expect("no panic").clone();
        let got = http::with_headers("GET", &format!("{}{path}", self.base), &[("cookie", &cookie)], "");
        if let Some(set) = got.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")) {
            *self.cookie.lock().expect("no panic") = set.split(';').next().unwrap_or_default().to_owned();
        }
        got
    }

    /// Loads a page and sends its form.
    fn submit(&self, page: &str, action: &str, fields: &str) -> Answer {
        let page = self.get(page).body;
        let proof = page.split("name=\"proof\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let body = format!("proof={}&{fields}", proof.unwrap_or_else(|| panic!("no form: {page}")));
        let cookie = self.cookie.lock().expect("no panic").clone();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        http::with_headers("POST", &format!("{}{action}", self.base), &[kind, ("cookie", &cookie), ("origin", &self.base)], &body)
    }
}

#[test]
fn a_firm_is_connected_and_its_first_import_approved_through_the_page_alone() {
    let site = Site::new(30);
    let running = site.daemon();
    let house = &site.practice.house;
    assert!(site.get("/").body.contains("Not connected"));
    assert_eq!(site.get("/readyz").body, "ready\n");
    assert!(site.get("/metrics").body.contains("casebridge_"));

    let begun = site.submit("/firms/acme", "/firms/acme/connect", "");
    assert_eq!(begun.status, 303, "{}", begun.body);
    let back = http::get(http::get(begun.location()).location());
    assert_eq!((back.status, back.location()), (303, "/firms/acme/connected"), "{}", back.body);
    assert!(site.get("/firms/acme/connected").body.contains("Connected to"));

    let run = house.run(&["sync", "acme", "--format", "json"]).ends_with(5).json();
    let plan = run["waiting_plan"].as_str().expect("a plan waits").to_owned();
    let cases = run["counts"]["create"].as_u64().expect("a number");
    let approve = format!("/firms/acme/plans/{plan}/approve");
    assert!(site.get("/firms/acme").body.contains(&approve.replace('/', "&#x2f;")) || site.get("/firms/acme").body.contains(&approve));
    assert!(site.get(&approve).body.contains(&format!("Approve {cases} cases?")));
    let done = site.submit(&approve, &approve, "who=Jo+Smith");
    assert_eq!(done.status, 303, "{}", done.body);
    let report = site.get(done.location()).body;
    assert!(report.contains(&format!("{cases} cases written")), "{report}");

    let portal: Value = http::get(&site.practice.control("/state")).json();
    assert_eq!(portal["case_status"]["cases"], cases);
    let history = house.run(&["history", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!(history["entries"][0]["approved_by"], "Jo Smith, at the web page (127.0.0.1)");
    assert!(site.get("/firms/acme").body.contains("and none would move"), "{}", site.get("/firms/acme").body);
    running.terminate();
    let log = running.end().ends_with(0);
    assert!(log.err.contains("the web page (127.0.0.1)") && !log.err.contains("Jo Smith"), "{}", log.err);
}

#[test]
fn connect_on_the_command_line_waits_for_the_page_that_has_the_redirect_address() {
    let site = Site::new(5);
    let running = site.daemon();
    let house = &site.practice.house;
    let mut connect = house.start(&["connect", "acme", "--no-browser"]);
    let redirected = http::get(&connect.line()).location().to_owned();
    assert_eq!(http::get(&redirected.replace("state=", "state=x")).status, 400, "another attempt's");
    assert_eq!(http::get(&redirected).status, 303);
    // Its stdin is at its end long before: that is no answer.
    drop(connect.stdin.take());
    connect.end().ends_with(0).says(&["The daemon waits at", "Connected to"]);

    // What is refused there is told here.
    let mut connect = house.start(&["connect", "acme", "--no-browser"]);
    let address = connect.line();
    let state = address.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state").to_owned();
    assert_eq!(http::get(&format!("{}/callback?error=forbidden&state={state}", site.base)).status, 303);
    connect.end().ends_with(1).says(&["permission to manage the firm's preferences"]);
    assert!(site.get("/firms/acme/connected").body.contains("permission"));

    // And a pasted address does, too.
    let mut connect = house.start(&["connect", "acme", "--no-browser"]);
    let redirected = http::get(&connect.line()).location().to_owned();
    let mut stdin = connect.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, format!("{redirected}\n").as_bytes()).expect("it is typed");
    connect.end().ends_with(0).says(&["Connected to"]);
    running.terminate();
    let log = running.end().ends_with(0);
    let code = redirected.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    assert!(!log.err.contains(code) && !log.err.contains(&state) && !log.out.contains(code), "{}", log.err);
}

#[test]
fn a_page_that_cannot_be_had_ends_the_start_with_what_to_change() {
    let site = Site::new(1);
    let house = &site.practice.house;
    let listen = site.base.trim_start_matches("http://");
    let taken = std::net::TcpListener::bind(listen).expect("it is free");
    house.run(&["run"]).ends_with(1).says(&[&format!("cannot listen on {listen}"), "[web] listen in casebridge.toml", "in use"]);
    drop(taken);
    let with =
        |web: &str| fs::write(house.path("conf/casebridge.toml"), format!("[web]\nlisten = \"{listen}\"\n{web}\n")).expect("written");
    with("token = { file = \"page.token\" }");
    house.run(&["run"]).ends_with(1).says(&["[web] token", "page.token", "is not there"]);
    fs::write(house.path("conf/page.token"), "short\n").expect("it is written");
    house.run(&["run"]).ends_with(1).says(&["16 characters", "openssl rand"]);
}

#[test]
fn with_a_token_the_page_of_the_shipped_program_asks_for_it() {
    let site = Site::new(1);
    site.wants_token("a-token-that-nobody-guesses");
    let _running = site.daemon();
    assert_eq!((site.get("/").status, site.get("/metrics").status, site.get("/healthz").status), (303, 401, 200));
    let bearer = [("authorization", "Bearer a-token-that-nobody-guesses")];
    assert_eq!(http::with_headers("GET", &format!("{}/metrics", site.base), &bearer, "").status, 200);
    let right = site.submit("/login", "/login", "token=a-token-that-nobody-guesses&to=%2Ffirms%2Facme");
    assert_eq!((right.status, right.location()), (303, "/firms/acme"));
}
