//! One firm against the sandbox, from its first secret to a second run that writes nothing.

use super::house::{Done, House, Running};
use super::http;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;

/// A firm on a sandbox.
pub(crate) struct Practice {
    pub(crate) house: House,
    pub(crate) handle: Value,
    pub(crate) redirect: String,
    _sandbox: Running,
}

const FILE: &str = include_str!("../../../examples/case-status/harlow-pike.firm.toml");

impl Practice {
    /// A sandbox, and a firm file for it, with its secrets set.
    pub(crate) fn new(cases: usize) -> Practice {
        let house = House::new();
        let mut sandbox = house.start(&["sandbox", "--no-rate-limits", "--cases", &cases.to_string()]);
        let handle: Value = serde_json::from_str(&sandbox.line()).expect("one line of JSON");
        let redirect = format!("http://127.0.0.1:{}/callback", http::free_port());
        let practice = Practice { house, handle, redirect, _sandbox: sandbox };
        practice.write_file(|text| text);
        let secrets = [("mycase", practice.word("/mycase/client_secret")), ("portal", practice.word("/case_status/api_key"))];
        for (name, secret) in secrets {
            let done = practice.house.run_with(&["secret", "set", "acme", name], &format!("{secret}\n")).ends_with(0);
            assert!(!done.out.contains(&secret) && !done.err.contains(&secret));
        }
        practice
    }

    /// Writes the firm file anew, changed.
    pub(crate) fn write_file(&self, change: impl FnOnce(String) -> String) {
        let mycase =
            ["web_url", "api_url", "authorize_url", "token_url"].map(|key| format!("{key} = \"{}\"", self.word(&format!("/mycase/{key}"))));
        let text = FILE
            .replace("harlow-pike-client-id", &self.word("/mycase/client_id"))
            .replace("http://127.0.0.1:8766/callback", &self.redirect)
            .replace("web_url = \"https://harlowpike.mycase.com\"", &mycase.join("\n"))
            .replace("kind = \"case-status\"", &format!("kind = \"case-status\"\nbase_url = \"{}\"", self.word("/case_status/base_url")));
        self.house.firm("acme", &change(text));
    }

    pub(crate) fn word(&self, pointer: &str) -> String {
        self.handle.pointer(pointer).and_then(Value::as_str).expect("the sandbox names it").to_owned()
    }

    pub(crate) fn control(&self, path: &str) -> String {
        format!("{}{path}", self.word("/control"))
    }

    /// Connects as a person would: opens the address that is printed, and follows the redirect.
    pub(crate) fn connect(&self) -> Done {
        let mut connect = self.house.start(&["connect", "acme", "--no-browser"]);
        let address = connect.line();
        if address.is_empty() {
            panic!("no address was printed: {:?}", connect.end());
        }
        // Browsers ask for more than they are told to.
        let base = self.redirect.trim_end_matches("/callback");
        let asked = http::get(&address);
        assert_eq!(asked.status, 302, "MyCase redirects");
        assert_eq!(http::get(&format!("{base}/favicon.ico")).status, 404);
        assert_eq!(http::get(&format!("{}?code=x&state=another", self.redirect)).status, 400);
        let page = http::get(asked.location());
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("Connected to"), "{}", page.body);
        let done = connect.end().ends_with(0);
        assert_eq!(done.out, "", "the address is the only line on stdout");
        done
    }

    /// Every attorney is known to the portal, so that nothing is refused.
    pub(crate) fn portal_knows_everybody(&self) {
        let token = self.word("/mycase/access_token");
        let staff = authorised(&format!("{}/staff", self.word("/mycase/api_url")), &token);
        for person in staff.as_array().expect("a list") {
            if let Some(email) = person["email"].as_str() {
                assert_eq!(http::post(&self.control("/case-status/staff"), &json!({ "email": email })).status, 200);
            }
        }
    }
}

fn authorised(url: &str, token: &str) -> Value {
    let rest = url.strip_prefix("http://").expect("a plain address");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = std::net::TcpStream::connect(host).expect("somebody listens");
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).expect("it is answered");
    serde_json::from_str(text.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

/// Requests to the portal that could change it.
fn portal_writes(requests: &Value) -> u64 {
    let counts = requests.as_object().expect("routes").iter();
    counts.filter(|(route, _)| route.starts_with("case-status ") && !route.contains(" GET ")).filter_map(|(_, count)| count.as_u64()).sum()
}

#[test]
fn from_connect_to_a_second_run_that_writes_nothing() {
    let practice = Practice::new(40);
    practice.portal_knows_everybody();
    let house = &practice.house;
    house.run(&["plan", "acme"]).ends_with(6).says(&["casebridge connect acme"]);
    let report = house.run(&["sync", "acme", "--format", "json"]).ends_with(6).json();
    assert_eq!((&report["outcome"], &report["error"]["code"]), (&"failed".into(), &"not-connected".into()));
    practice.connect().says(&["Connected to", "Turn off", "casebridge plan acme"]);

    let plan = house.run(&["plan", "acme", "--format", "json", "--exit-code"]).ends_with(4).json();
    for key in ["firm", "plan", "complete", "counts", "changes", "exceptions", "limits"] {
        assert!(!plan[key].is_null(), "{key}");
    }
    let name = plan["plan"].as_str().expect("a name").to_owned();
    let creates = plan["counts"]["create"].as_u64().expect("a number");
    assert!(creates > 30, "{}", plan["counts"]);
    let text = house.run(&["plan", "acme"]).ends_with(0).says(&[&format!("casebridge approve acme {name}")]);
    assert!(text.err.is_empty(), "{}", text.err);
    house.run(&["plan", "acme", "--format", "markdown"]).ends_with(0).says(&[&name]);

    let first = house.run(&["sync", "acme", "--format", "json"]).ends_with(5).json();
    assert_eq!((&first["outcome"], &first["written"], &first["waiting_plan"]), (&"waiting".into(), &0.into(), &name.as_str().into()));
    house.run(&["status"]).ends_with(0).says(&["Connected - Inactive", &format!("casebridge approve acme {name}"), "cases need attention"]);

    http::post(&practice.control("/requests/reset"), &Value::Null);
    let approved = house.run(&["approve", "acme", &name, "--format", "json"]).ends_with(0).json();
    assert_eq!((&approved["outcome"], &approved["written"]), (&"done".into(), &creates.into()));
    let writes = portal_writes(&http::get(&practice.control("/requests")).json());
    assert!(writes >= creates, "{writes} requests for {creates} records");

    http::post(&practice.control("/requests/reset"), &Value::Null);
    let second = house.run(&["sync", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!((&second["outcome"], &second["written"], &second["failures"]), (&"done".into(), &0.into(), &json!([])));
    assert_eq!(portal_writes(&http::get(&practice.control("/requests")).json()), 0);
    let status = house.run(&["status", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!(status["firms"][0]["last"]["run"], second["run"]);
    assert!(status["firms"][0]["last_success"]["cases"].is_string(), "{status}");
    assert_eq!((&status["firms"][0]["next_due"], &status["firms"][0]["overdue"]), (&Value::Null, &json!([])), "inactive");
    house.run(&["plan", "acme", "--exit-code"]).ends_with(0);
}

#[test]
fn an_approval_that_is_interrupted_goes_on_at_the_next_run_without_a_duplicate() {
    let practice = Practice::new(30);
    practice.portal_knows_everybody();
    practice.connect();
    let house = &practice.house;
    let plan = house.run(&["plan", "acme", "--format", "json"]).ends_with(0).json();
    let creates = plan["counts"]["create"].as_u64().expect("a number");
    let slow = json!({ "side": "case-status", "method": "POST", "kind": "slow", "millis": 200, "times": 100 });
    assert_eq!(http::post(&practice.control("/faults"), &slow).status, 200);
    http::post(&practice.control("/requests/reset"), &Value::Null);
    let approve = house.start(&["approve", "acme", plan["plan"].as_str().expect("a name")]);
    while http::get(&practice.control("/state")).json()["case_status"]["cases"] == 0 {}
    approve.terminate();
    approve.end().ends_with(1).says(&["The change in flight is finished"]);
    http::delete(&practice.control("/faults"));
    let made = http::get(&practice.control("/state")).json()["case_status"]["cases"].as_u64().expect("a number");
    assert!(made < creates, "it was interrupted: {made} of {creates}");

    let next = house.run(&["sync", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!(next["written"], creates - made, "an approval outlives the program that was given it");
    let requests = http::get(&practice.control("/requests")).json();
    assert_eq!(requests["case-status POST /v1/api/cases"], creates, "each record was asked for once: {requests}");
}

#[test]
fn a_broken_file_leaves_the_last_good_version_in_use() {
    let practice = Practice::new(5);
    practice.connect();
    practice.write_file(|text| text.replace("time_zone", "timezone"));
    let done =
        practice.house.run(&["plan", "acme"]).ends_with(0).says(&["acme.firm.toml:", "did you mean", "last good version (number 1)"]);
    assert!(done.out.starts_with("Plan p-"), "stdout carries the answer alone: {}", done.out);
    practice.house.run(&["status"]).ends_with(0).says(&["the last good version (1) stays in use"]);
}

#[test]
fn what_failed_or_needs_attention_goes_into_a_spreadsheet_without_personal_data() {
    let practice = Practice::new(40);
    practice.connect();
    let house = &practice.house;
    house.run(&["sync", "acme", "--report", "nowhere/report.csv"]).ends_with(1).says(&["nowhere/report.csv"]);
    house.run(&["sync", "acme", "--report", "report.csv"]).ends_with(5);
    let csv = fs::read_to_string(house.path("report.csv")).expect("it is there");
    assert!(csv.starts_with("firm,case,outcome,text,fix\r\n"), "{csv}");
    assert!(csv.lines().count() > 1 && csv.contains("needs attention"), "{csv}");
    assert!(!csv.contains('@') && !csv.contains("+1"), "{csv}");
}

#[test]
fn pauses_end_at_a_time_in_the_firms_zone_and_a_plan_that_is_not_there_is_said() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["pause", "acme", "--reason", "moving", "--until", "2999-12-24"]).ends_with(0).says(&["paused"]);
    let status = house.run(&["status", "--format", "json"]).ends_with(0).json();
    assert_eq!(status["firms"][0]["status"], "paused");
    assert_eq!(status["firms"][0]["pause"]["until"], "2999-12-24T06:00:00Z", "midnight in Chicago");
    house.run(&["pause", "acme", "--reason", "moving", "--until", "soon"]).ends_with(2).says(&["2026-12-01"]);
    house.run(&["pause", "acme", "--reason", "moving", "--until", "2001-01-01"]).ends_with(2).says(&["past"]);
    house.run(&["resume", "acme"]).ends_with(0).says(&["resumed"]);
    house.run(&["reject", "acme", "p-00000000"]).says(&["no plan p-00000000"]);
    assert_eq!(house.run(&["approve", "acme", "p-00000000", "--only", "nonsense"]).code, 2);
    house.run(&["sync", "acme", "https://elsewhere.example/court_cases/1"]).ends_with(2).says(&["elsewhere.example"]);
}

#[test]
fn a_secret_comes_from_stdin_and_is_one_line() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["secret", "set", "acme", "portal", "on-the-command-line"]).ends_with(2);
    house.run(&["secret", "set", "acme", "portal"]).ends_with(2).says(&["empty"]);
    house.run_with(&["secret", "set", "acme", "portal"], "a\nb\n").ends_with(2).says(&["one line"]);
    house.run_with(&["secret", "set", "beta", "portal"], "x").ends_with(2).says(&["no firm beta"]);
}

#[test]
fn when_the_redirect_port_is_taken_the_address_is_pasted() {
    let practice = Practice::new(5);
    let port = practice.redirect.trim_start_matches("http://127.0.0.1:").trim_end_matches("/callback").parse().expect("a port");
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).expect("it was free");
    let mut connect = practice.house.start(&["connect", "acme", "--no-browser"]);
    let address = connect.line();
    let redirected = http::get(&address).location().to_owned();
    let mut stdin = connect.stdin.take().expect("a pipe");
    writeln!(stdin, "hello\n{redirected}").expect("it is typed");
    drop(stdin);
    connect.end().ends_with(0).says(&["another program has the port", "That is not the address", "Connected to"]);
}
