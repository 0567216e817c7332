//! `catalog pull|diff` and `check --online`, as they are typed: the file that is written, the answers, the exit codes.

use super::daemon::daemon;
use super::firm::Practice;
use super::http;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn text(practice: &Practice) -> String {
    fs::read_to_string(practice.house.path("conf/firms.d/acme.catalog.toml")).expect("it is there")
}

fn rename(practice: &Practice, from: &str, to: &str) {
    let done = http::post(&practice.control("/mycase/stages/rename"), &json!({ "from": from, "to": to }));
    assert_eq!(done.status, 200, "{}", done.body);
}

#[test]
fn a_pull_writes_the_file_once_and_leaves_it_alone_while_the_names_stay() {
    let practice = Practice::new(10);
    practice.connect();
    let house = &practice.house;
    house.run(&["catalog", "diff", "acme", "--exit-code"]).ends_with(4).says(&["is not there yet", "32 stages"]);
    house.run(&["catalog", "diff", "acme"]).ends_with(0);
    let pulled = house.run(&["catalog", "pull", "acme", "--format", "json"]).ends_with(0).json();
    for key in ["firm", "file", "exists", "changed", "taken_at", "lists", "notes", "requests", "written"] {
        assert!(!pulled[key].is_null(), "{key}: {pulled}");
    }
    assert_eq!((&pulled["written"], &pulled["exists"]), (&json!(true), &json!(false)));
    let path = house.path("conf/firms.d/acme.catalog.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let before = text(&practice);
    let again = house.run(&["catalog", "pull", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!((&again["written"], &again["changed"]), (&json!(false), &json!(false)));
    assert_eq!(text(&practice), before, "not even its date");
    house.run(&["catalog", "diff", "acme", "--exit-code"]).ends_with(0).says(&["says what MyCase and the portal say"]);
    rename(&practice, "Treating", "In Treatment");
    let diff = house.run(&["catalog", "diff", "acme", "--exit-code", "--format", "json"]).ends_with(4).json();
    assert_eq!(diff["lists"][0]["list"], "stages");
    assert_eq!(
        (&diff["lists"][0]["renamed"][0]["was"], &diff["lists"][0]["renamed"][0]["now"]),
        (&json!("Treating"), &json!("In Treatment"))
    );
    assert_eq!(text(&practice), before, "a diff writes nothing");
    house.run(&["catalog", "pull", "acme"]).ends_with(0).says(&["\"Treating\" is now called \"In Treatment\""]);
    assert!(text(&practice).contains("name = \"In Treatment\", was = [\"Treating\"] }"));
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640, "it keeps its rights");
    let left: Vec<_> = fs::read_dir(house.path("conf/firms.d")).expect("a folder").collect();
    assert_eq!(left.len(), 2, "nothing else is left behind: {left:?}");
    house.run(&["check"]).ends_with(0).says(&["warning[renamed]", "'Treating' is now called 'In Treatment'", "write \"In Treatment\""]);
    house.run(&["catalog", "pull", "acme", "--output", "elsewhere.toml"]).ends_with(0);
    assert!(house.path("elsewhere.toml").exists());
    fs::write(&path, "<<<<<<< HEAD\n").expect("written");
    house.run(&["catalog", "pull", "acme"]).ends_with(0).says(&["cannot be used", "32 stages"]);
    assert!(text(&practice).contains("In Treatment"));
}

#[test]
fn a_catalog_of_a_firm_that_is_not_connected_is_not_to_be_had() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["catalog", "pull", "acme"]).ends_with(6).says(&["casebridge connect acme"]);
    assert!(!house.path("conf/firms.d/acme.catalog.toml").exists());
    house.run(&["catalog", "pull", "nobody"]).ends_with(2).says(&["acme"]);
    house.run(&["catalog", "pull"]).ends_with(2);
}

#[test]
fn check_online_tells_every_firm_apart() {
    let practice = Practice::new(10);
    practice.connect();
    let house = &practice.house;
    let good = house.run(&["check", "--online", "--format", "json"]).ends_with(0).json();
    for key in ["connected", "firm_name", "firm_url", "key_accepted", "compared"] {
        assert!(!good["online"]["acme"][key].is_null(), "{key}: {good}");
    }
    assert!(good["problems"].as_array().is_some_and(|problems| problems.iter().any(|one| one["code"] == "uncovered-stages")), "{good}");
    house.run(&["check", "--online"]).ends_with(0).says(&["acme: connected to MyCase as", "the portal accepts the key"]);
    let acme = fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("there");
    house.firm("beta", &acme);
    let both = house.run(&["check", "--online", "--format", "json"]).ends_with(6).json();
    let codes = |file: &str| -> Vec<String> {
        let problems = both["problems"].as_array().expect("a list").iter();
        let of = problems.filter(|one| one["file"].as_str().is_some_and(|name| name.ends_with(file)) && one["severity"] == "error");
        of.map(|one| one["code"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!((codes("acme.firm.toml").len(), codes("beta.firm.toml")), (0, vec!["not-connected".to_owned()]));
    assert_eq!((&both["online"]["acme"]["connected"], &both["online"]["beta"]["connected"]), (&json!(true), &json!(false)));
    fs::remove_file(house.path("conf/firms.d/beta.firm.toml")).expect("removed");
    // What stands in the file that is checked counts, not what is in use; and a mistake weighs more than all else.
    practice.write_file(|text| {
        let text = text.replace("\"Treating\" =", "\"Arbitration\" =");
        text.replace(&practice.word("/mycase/web_url"), "https://another.mycase.com")
    });
    let wrong = house.run(&["check", "--online", "--format", "github"]).ends_with(3);
    let line = 1 + acme.lines().position(|line| line.starts_with("\"Treating\"")).expect("a line");
    wrong.says(&[
        &format!("::error file=conf/firms.d/acme.firm.toml,line={line},col=1,title=unknown-name::MyCase has no stage \"Arbitration\""),
        "title=other-firm::the connection to MyCase belongs to",
    ]);
}

#[test]
fn a_file_that_is_only_checked_comes_not_near_the_connection() {
    let practice = Practice::new(5);
    practice.connect();
    let house = &practice.house;
    practice.write_file(|text| text.replace(&practice.word("/mycase/client_id"), "a-slip-in-the-client-id"));
    assert_eq!(http::post(&practice.control("/tokens/expire-access"), &json!({})).status, 200);
    house.run(&["check", "--online"]).ends_with(0).says(&["acme: connected to MyCase as"]);
    practice.write_file(|text| text);
    house.run(&["status", "--format", "json"]).ends_with(0).says(&["\"connection\": \"connected\""]);
    house.run(&["catalog", "pull", "acme"]).ends_with(0);
}

#[test]
fn through_the_daemon_catalog_and_check_are_the_same() {
    let practice = Practice::new(10);
    practice.connect();
    let house = &practice.house;
    let without = house.run(&["check", "--online", "--format", "json"]).ends_with(0).json();
    let _running = daemon(&practice);
    let with = house.run(&["check", "--online", "--format", "json"]).ends_with(0).json();
    let told = |answer: &Value| (answer["online"].clone(), answer["problems"].clone());
    assert_eq!(told(&with), told(&without));
    house.run(&["catalog", "pull", "acme"]).ends_with(0).says(&["32 stages"]);
    house.run(&["reload", "--wait"]).ends_with(0);
    assert_eq!(house.run(&["status", "--format", "json"]).json()["firms"][0]["file"]["generation"], 1, "a catalog is no edit");
    house.firm("beta", "[firm]\n");
    let beta = house.run(&["check", "--online", "conf/firms.d/beta.firm.toml", "--format", "json"]).ends_with(3).json();
    assert!(beta["problems"].as_array().expect("a list").iter().any(|one| one["code"] == "not-reached"), "{beta}");
}
