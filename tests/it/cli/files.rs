//! Firm files from the first line to the verdict: `init`, `check`, `status` without a daemon.

use super::house::House;
use std::fs;

const GOOD: &str = r#"[firm]
name = "Acme Injury Law"
time_zone = "America/New_York"

[mycase]
client_id = "abc"
client_secret = { env = "ACME_MYCASE" }
redirect_uri = "http://127.0.0.1:8766/callback"

[portal]
kind = "case-status"
api_key = { env = "ACME_PORTAL" }

[clients]
who = "sole-or-billing"

[stages.map]
"Demand Sent" = "Demand"
"#;

#[test]
fn a_new_file_asks_what_only_a_person_can_answer() {
    let house = House::new();
    let made = house
        .run(&["init", "acme", "--portal", "case-status"])
        .ends_with(0)
        .says(&["casebridge secret set acme mycase", "casebridge check"]);
    assert_eq!(made.out.trim(), "conf/firms.d/acme.firm.toml");
    let checked = house.run(&["check", "--format", "json"]).ends_with(3).json();
    let text = fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("it is there");
    let asked: Vec<usize> = text.lines().enumerate().filter(|(_, line)| line.contains("REQUIRED:")).map(|(at, _)| at + 1).collect();
    let errors = checked["problems"].as_array().expect("a list").iter().filter(|problem| problem["severity"] == "error");
    let errors: Vec<usize> = errors.map(|problem| problem["line"].as_u64().expect("a line") as usize).collect();
    assert_eq!(errors, asked);
    house.run(&["status"]).ends_with(0).says(&["has errors", "[clients] needs who", "No daemon runs"]);
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let house = House::new();
    house.firm("acme", "# mine\n");
    house.run(&["init", "acme"]).ends_with(1).says(&["is there already"]);
    assert_eq!(fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("it is there"), "# mine\n");
    for wrong in ["Acme", "../acme", "a b"] {
        house.run(&["init", wrong]).ends_with(2).says(&["lower-case letters"]);
    }
    house.run(&["init", "beta", "--portal", "other"]).ends_with(2).says(&["case-status", "hona"]);
}

#[test]
fn a_good_file_ends_with_its_next_runs_and_warnings_leave_the_code_zero() {
    let house = House::new();
    house.firm("acme", GOOD);
    let done = house.run(&["check"]).ends_with(0).says(&[
        "1 file: 2 warnings",
        "this secret cannot be read on this machine",
        "America/New_York",
        "inactive",
    ]);
    let cases = done.out.lines().find(|line| line.trim_start().starts_with("cases ")).expect("the nightly run is told");
    assert_eq!(cases.matches('·').count(), 2, "three runs: {cases}");
    let json = house.run(&["check", "--format", "json"]).ends_with(0).json();
    assert_eq!(json["files"], serde_json::json!(["conf/firms.d/acme.firm.toml"]));
    assert_eq!(json["next"]["acme"]["cases"].as_array().map(Vec::len), Some(3));
}

#[test]
fn of_many_firms_each_has_a_line_of_next_runs_and_of_hundreds_none() {
    let house = House::new();
    let fill = |firms: std::ops::Range<usize>| {
        for number in firms {
            let text = GOOD.replace("ACME_", &format!("F{number}_")).replace("[mycase]", "status = \"active\"\n[mycase]");
            house.firm(&format!("f{number}"), &text);
        }
    };
    fill(0..6);
    let few = house.run(&["check"]).ends_with(0).out;
    let line = few.lines().find(|line| line.starts_with("  f3: cases ")).unwrap_or_else(|| panic!("{few}"));
    assert!(line.contains(", verify Mon 10:00") && !few.contains("the next runs, in the firm's time ("), "{few}");
    fill(6..45);
    let many = house.run(&["check"]).ends_with(0).out;
    assert!(many.ends_with("When one of these 45 firms runs next: `casebridge check FILE`\n"), "{many}");
    let json = house.run(&["check", "--format", "json"]).ends_with(0).json();
    assert_eq!(json["next"].as_object().map(serde_json::Map::len), Some(45), "scripts hear of all");
}

#[test]
fn every_trap_has_its_place_and_its_words() {
    let traps = [
        ("an unknown key", "[clients]\nwho = \"sole-or-billing\"", "[clients]\nwho = \"sole-or-billing\"\nphnoe = [\"cell\"]", 16, "phone"),
        ("a cron line", "[clients]", "[schedule]\ncases = \"61 * * * *\"\n[clients]", 15, "61"),
        ("curly quotes", "name = \"Acme Injury Law\"", "name = “Acme Injury Law”", 2, "quote"),
        ("a zone", "America/New_York", "America/New_Yrok", 3, "America/New_York"),
        ("a setting in a map", "\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Demand\"\nsettle = \"5 minutes\"", 19, "[stages]"),
        ("a secret as text", "{ env = \"ACME_PORTAL\" }", "\"sk-live-9f8e7d6c5b4a\"", 12, "casebridge secret set"),
    ];
    for (what, from, to, line, words) in traps {
        let house = House::new();
        house.firm("acme", &GOOD.replace(from, to));
        let json = house.run(&["check", "--format", "json"]).ends_with(3).json();
        let problems = json["problems"].as_array().expect("a list");
        let errors: Vec<_> = problems.iter().filter(|problem| problem["severity"] == "error").collect();
        let said = errors.iter().any(|problem| {
            let text = format!("{} {}", problem["message"].as_str().unwrap_or_default(), problem["help"].as_str().unwrap_or_default());
            problem["line"] == line && text.contains(words) && problem["file"] == "conf/firms.d/acme.firm.toml"
        });
        assert!(said, "{what}: {errors:#?}");
        let text = house.run(&["check"]).ends_with(3);
        assert!(text.out.contains(&format!("conf/firms.d/acme.firm.toml:{line}:")), "{what}: {}", text.out);
        assert!(!text.out.contains("9f8e7d6c5b4a"), "a secret in a quoted line is not printed: {}", text.out);
        let github = house.run(&["check", "--format", "github"]).ends_with(3);
        assert!(github.out.contains(&format!("::error file=conf/firms.d/acme.firm.toml,line={line},")), "{what}: {}", github.out);
    }
}

#[test]
fn all_problems_of_all_files_come_at_once_and_a_named_file_alone() {
    let house = House::new();
    house.firm("acme", &GOOD.replace("[clients]\nwho = \"sole-or-billing\"", ""));
    house.firm("beta", &GOOD.replace("America/New_York", "Mars/Base").replace("ACME_", "BETA_"));
    house.run(&["check"]).ends_with(3).says(&["acme.firm.toml", "beta.firm.toml", "2 files", "needs who", "Mars/Base"]);
    let alone = house.run(&["check", "conf/firms.d/beta.firm.toml"]).ends_with(3);
    assert!(!alone.out.contains("acme.firm.toml"), "{}", alone.out);
    house.run(&["check", "conf"]).ends_with(3).says(&["2 files"]);
    house.run(&["check", "nowhere"]).ends_with(1).says(&["nowhere"]);
}

#[test]
fn a_name_that_looks_like_a_mistake_is_told() {
    let house = House::new();
    house.firm("acme", GOOD);
    fs::write(house.path("conf/firms.d/acme.firm.toml.txt"), GOOD).expect("it is written");
    fs::write(house.path("conf/firms.d/README.md"), "notes").expect("it is written");
    let done = house.run(&["check"]).ends_with(0).says(&["acme.firm.toml.txt"]);
    assert!(!done.out.contains("README.md"));
    house.run(&["check", "conf/firms.d/acme.firm.toml.txt"]).ends_with(3);
    house.run(&["status"]).ends_with(0).says(&["acme.firm.toml.txt"]);
}

#[test]
fn the_examples_are_good() {
    let house = House::new();
    house.run(&["check", concat!(env!("CARGO_MANIFEST_DIR"), "/examples")]).ends_with(0).says(&["2 files", "harlow-pike", "whitcomb"]);
}

#[test]
fn a_mistake_in_the_daemons_file_is_shown_with_its_place() {
    let house = House::new();
    fs::write(house.path("conf/casebridge.toml"), "[daemon]\nfirms_at_onec = 3\n").expect("it is written");
    house.run(&["check"]).ends_with(3).says(&["casebridge.toml:2:", "firms_at_once"]);
    house.run(&["run"]).ends_with(3).says(&["casebridge.toml:2:"]);
    house.run(&["status"]).ends_with(3).says(&["casebridge.toml has problems"]);
}

#[test]
fn status_without_a_daemon_says_so_and_makes_no_state() {
    let house = House::new();
    house.firm("acme", GOOD);
    house.run(&["status"]).ends_with(0).says(&["Acme Injury Law (acme)", "Not connected - Inactive", "No daemon runs"]);
    let json = house.run(&["status", "--format", "json"]).ends_with(0).json();
    let firm = &json["firms"][0];
    assert_eq!((&firm["firm"], &firm["connection"], &firm["status"]), (&"acme".into(), &"not-connected".into(), &"inactive".into()));
    assert_eq!(
        (&firm["file"]["state"], &firm["exceptions"], &firm["waiting_plan"]),
        (&"current".into(), &0.into(), &serde_json::Value::Null)
    );
    assert!(!house.path("state").exists());
    house.run(&["status", "beta"]).ends_with(2).says(&["no firm beta", "acme"]);
}

#[test]
fn one_portal_key_in_two_files_is_an_error_and_is_never_printed() {
    let house = House::new();
    let file = |id: &str| {
        fs::create_dir_all(house.path(&format!("conf/secrets/{id}"))).expect("a folder");
        fs::write(house.path(&format!("conf/secrets/{id}/portal")), "the-very-same-key").expect("it is written");
        house.firm(
            id,
            &GOOD.replace("{ env = \"ACME_PORTAL\" }", "{ file = \"portal\" }").replace("ACME_", &format!("{}_", id.to_uppercase())),
        );
    };
    file("acme");
    house.run(&["check"]).ends_with(0);
    file("beta");
    let done = house.run(&["check"]).ends_with(3).says(&["beta.firm.toml:", "also the key of"]);
    assert!(!done.out.contains("the-very-same-key"));
}

#[test]
fn status_of_many_firms_is_a_row_each_and_who_needs_a_person_stands_below() {
    let house = House::new();
    for number in 1..=8 {
        house.firm(&format!("firm-{number}"), &GOOD.replace("ACME_", &format!("FIRM_{number}_")));
    }
    house.firm("broken", &GOOD.replace("[clients]", "[cleints]"));
    let table = house.run(&["status"]).ends_with(0).says(&["STATE", "9 firms; 1 needs a person", "broken: its file has errors in line"]);
    assert_eq!(table.out.lines().filter(|line| line.contains("firm-") && line.contains("Not connected")).count(), 8, "{}", table.out);
    house.run(&["status", "firm-3"]).ends_with(0).says(&["Acme Injury Law (firm-3)", "connection"]);
    let json = house.run(&["status", "--format", "json"]).ends_with(0).json();
    assert_eq!((json["firms"].as_array().map(Vec::len), &json["firms"][0]["running"]), (Some(9), &serde_json::json!([])));
}
