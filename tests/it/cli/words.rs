//! What the program says of itself, and how it takes what it cannot use.

use super::house::House;
use std::fs;
use std::io::Read;
use std::process::Stdio;

#[test]
fn help_is_an_answer_and_a_wrong_word_is_a_usage_error() {
    let house = House::new();
    let help = house.run(&["--help"]).ends_with(0);
    for command in ["init", "secret", "check", "connect", "plan", "sync", "approve", "status", "run", "sandbox"] {
        assert!(help.out.contains(&format!("  {command}")), "{command}: {}", help.out);
    }
    for wrong in
        [&["nonsense"][..], &["plan"], &["pause", "acme"], &["status", "--format", "github"], &["sync", "a", "--format", "markdown"]]
    {
        let done = house.run(wrong).ends_with(2);
        assert!(done.out.is_empty() && !done.err.is_empty(), "{done:?}");
    }
    house.run(&["--log", "loud=very", "status"]).ends_with(2).says(&["loud=very", "debug"]);
}

#[test]
fn common_options_may_stand_before_or_after_the_command() {
    let house = House::new();
    let before = house.run(&["--format", "json", "status"]).ends_with(0);
    let after = house.run(&["status", "--format", "json"]).ends_with(0);
    assert_eq!(before.json(), after.json());
}

#[test]
fn completions_and_the_manual_page_are_written() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(house.run(&["completions", shell]).ends_with(0).out.contains("casebridge"), "{shell}");
    }
    let page = house.run(&["man"]).ends_with(0).out;
    assert!(page.contains(".TH casebridge") && page.contains("approve"), "{page}");
}

#[test]
fn schemas_are_those_in_the_repository() {
    let house = House::new();
    for of in ["firm", "profile", "daemon"] {
        let path = format!("{}/schemas/{of}.schema.json", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(house.run(&["schema", of]).ends_with(0).out, fs::read_to_string(&path).expect("it is there"), "{path}");
    }
}

#[test]
fn the_fields_of_a_portal_and_all_sources_are_listed() {
    let house = House::new();
    let fields = house.run(&["fields", "case-status"]).ends_with(0).out;
    for word in ["readable_id", "required", "case.case_number", "client.last_name", "custom.NAME"] {
        assert!(fields.contains(word), "{word}: {fields}");
    }
    let table = house.run(&["fields", "hona", "--format", "json"]).ends_with(0).json();
    assert_eq!(table["kind"], "hona");
    assert!(table["fields"].as_array().is_some_and(|fields| !fields.is_empty()));
    house.run(&["fields", "hone"]).ends_with(2).says(&["case-status", "hona"]);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let house = House::new();
    let mut child = house.command(&["man"]).stdout(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(err, "");
}

#[test]
fn the_sandbox_prints_one_line_and_serves_until_it_is_told_to_stop() {
    let house = House::new();
    let mut sandbox = house.start(&["sandbox", "--cases", "12", "--seed", "3", "--format", "json"]);
    let handle: serde_json::Value = serde_json::from_str(&sandbox.line()).expect("one line of JSON");
    for key in ["api_url", "authorize_url", "token_url", "client_id", "client_secret", "redirect_uri", "access_token", "web_url"] {
        assert!(handle["mycase"][key].is_string(), "{key}");
    }
    let control = handle["control"].as_str().expect("an address");
    assert_eq!(super::http::get(&format!("{control}/state")).json()["mycase"]["cases"], 12);
    sandbox.terminate();
    let done = sandbox.end().ends_with(0);
    assert_eq!(done.out, "", "nothing after the first line");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let house = House::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("a number").port().to_string();
    house.run(&["sandbox", "--port", &port]).ends_with(1).says(&[&port, "free one"]);
}

#[test]
fn every_command_in_the_readme_is_there() {
    let house = House::new();
    let help = house.run(&["--help"]).ends_with(0).out;
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("it is there");
    // Every second part lies between fences.
    let blocks = readme.split("```").skip(1).step_by(2).flat_map(str::lines).filter_map(|line| line.strip_prefix("casebridge "));
    let spans = readme.split('`').filter_map(|span| span.strip_prefix("casebridge "));
    let named: Vec<&str> = blocks.chain(spans).filter_map(|rest| rest.split_whitespace().next()).collect();
    assert!(named.len() > 15, "{named:?}");
    for word in named {
        assert!(help.contains(&format!("\n  {word} ")), "README.md names `casebridge {word}`");
    }
}
