//! `plan --against` and `state export --for-plan`: on the firm's machine, and on one that has nothing but the files.

use super::firm::Practice;
use super::house::House;
use std::fs;

const FILE: &str = include_str!("../../../examples/case-status/harlow-pike.firm.toml");

/// A checkout on a machine without secrets, state or network: the firm file, and its version before.
fn checkout(change: impl FnOnce(&str) -> String) -> House {
    let house = House::new();
    fs::create_dir_all(house.path("repo/firms.d")).expect("a folder");
    fs::write(house.path("old.toml"), FILE).expect("it is written");
    fs::write(house.path("repo/firms.d/harlow-pike.firm.toml"), change(FILE)).expect("it is written");
    house
}

const NEW: &str = "repo/firms.d/harlow-pike.firm.toml";

fn moved(file: &str) -> String {
    file.replace("\"Signed Up\" = \"Getting Started\"", "\"Signed Up\" = \"Medical Treatment\"")
}

#[test]
fn the_counts_of_the_firms_machine_say_on_another_how_many_cases_an_edit_would_move() {
    let practice = Practice::new(60);
    practice.portal_knows_everybody();
    practice.connect();
    let house = &practice.house;
    let plan = house.run(&["plan", "acme", "--format", "json"]).ends_with(0).json();
    house.run(&["approve", "acme", plan["plan"].as_str().expect("a name")]).ends_with(0);

    let exported = house.run(&["state", "export", "--for-plan", "acme"]).ends_with(0);
    let counts = exported.json();
    assert_eq!(counts["linked"], plan["counts"]["create"], "{counts}");
    let said = house.run(&["state", "export", "--for-plan", "acme", "--output", "conf/firms.d/acme.counts.json"]).ends_with(0);
    assert!(said.out.is_empty() && said.err.contains("no ids and no client data"), "{said:?}");
    for personal in ["@", "+1", "300", "court_cases"] {
        assert!(!exported.out.contains(personal), "{personal}: {}", exported.out);
    }

    let before = fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("a file");
    fs::write(house.path("old.toml"), &before).expect("it is written");
    practice.write_file(|text| moved(&text));
    let here = house.run(&["plan", "acme", "--against", "old.toml", "--format", "json", "--exit-code"]).ends_with(4).json();
    assert_eq!(here["counts"]["source"], "from the firm's state");
    let cases = here["effect"]["moves"][0]["cases"].as_u64().expect("a number");
    let stood = counts["groups"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|group| group["mycase"]["stage"] == "Signed Up" && group["portal"]["open"] == true);
    assert_eq!(cases, stood.filter_map(|group| group["cases"].as_u64()).sum::<u64>(), "{here}");
    // Comparing takes nothing into use.
    house.run(&["plan", "acme", "--against", "old.toml", "--exit-code"]).ends_with(4).says(&["would move at the next run"]);

    // The same files on a machine without a state.
    let other = House::new();
    for name in ["acme.firm.toml", "acme.counts.json"] {
        fs::copy(house.path("conf/firms.d").join(name), other.path("conf/firms.d").join(name)).expect("it is copied");
    }
    let there = other.run_with(&["plan", "conf/firms.d/acme.firm.toml", "--against", "-", "--format", "json"], &before).ends_with(0).json();
    assert_eq!((&there["effect"], &there["against"]), (&here["effect"], &"the version before".into()));
    assert_eq!(there["counts"]["source"], "from conf/firms.d/acme.counts.json");
    other
        .run_with(&["plan", "conf/firms.d/acme.firm.toml", "--against", "-", "--format", "markdown"], &before)
        .ends_with(0)
        .says(&["### casebridge: what this edit of `", "| Would move |"]);
}

#[test]
fn without_counts_an_edit_is_told_in_words() {
    let house = checkout(|text| moved(text).replace("phone = [\"cell\", \"home\"]", "phone = [\"cell\"]"));
    house.run(&["plan", NEW, "--against", "old.toml"]).ends_with(0).says(&[
        "\"Signed Up\" leads to \"Medical Treatment\" (was \"Getting Started\")",
        "phone is [\"cell\"] (was [\"cell\", \"home\"])",
        "Contact data is not counted",
        "casebridge state export --for-plan harlow-pike",
    ]);
    house.run(&["plan", NEW, "--against", "old.toml", "--exit-code"]).ends_with(4);
    let same = checkout(|text| format!("# a remark\n{text}"));
    same.run(&["plan", NEW, "--against", "old.toml", "--exit-code"]).ends_with(0).says(&["The two mean the same."]);
}

#[test]
fn a_new_firm_a_broken_version_before_and_a_broken_new_one_are_told_apart() {
    let house = checkout(moved);
    house.run(&["plan", NEW, "--against", "/dev/null", "--exit-code"]).ends_with(4).says(&["no version before it"]);
    house.run_with(&["plan", NEW, "--against", "-"], "").ends_with(0).says(&["no version before it"]);
    house.run(&["plan", NEW, "--against", "nowhere.toml"]).ends_with(1).says(&["nowhere.toml is not there", "/dev/null"]);
    fs::write(house.path("old.toml"), FILE.replace("time_zone", "timezone")).expect("it is written");
    house.run(&["plan", NEW, "--against", "old.toml"]).ends_with(0).says(&["old.toml has", "no version to compare with"]);

    fs::write(house.path(NEW), FILE.replace("time_zone", "timezone")).expect("it is written");
    let broken = house.run(&["plan", NEW, "--against", "old.toml"]).ends_with(3).says(&["timezone", "did you mean", "casebridge check"]);
    assert!(broken.out.is_empty(), "{broken:?}");
    fs::remove_file(house.path(NEW)).expect("it goes");
    house.run(&["plan", NEW, "--against", "old.toml"]).ends_with(1).says(&["its state is kept, nothing is closed"]);
    house.run(&["plan", "old.toml", "--against", "old.toml"]).ends_with(2).says(&["<firm>.firm.toml"]);
    house.run(&["plan", "acme", "7", "--against", "old.toml"]).ends_with(2);
}

#[test]
fn a_version_before_is_read_with_the_defaults_and_tests_of_its_own_time_where_it_has_them() {
    let house = checkout(str::to_owned);
    fs::write(house.path("repo/defaults.toml"), "[limits]\ncreate = \"at most 7\"\n").expect("it is written");
    house.run(&["plan", NEW, "--against", "old.toml"]).ends_with(0).says(&["The two mean the same."]);
    fs::create_dir_all(house.path("before/firms.d")).expect("a folder");
    fs::write(house.path("before/defaults.toml"), "[limits]\ncreate = \"at most 3\"\n").expect("it is written");
    fs::write(house.path("before/firms.d/harlow-pike.firm.toml"), FILE).expect("it is written");
    let told = house.run(&["plan", NEW, "--against", "before/firms.d/harlow-pike.firm.toml"]).ends_with(0);
    told.says(&["create is \"at most 7\" (was \"at most 3\")"]);
}

#[test]
fn counts_that_cannot_be_used_are_refused_with_how_to_take_them() {
    let house = checkout(moved);
    fs::write(house.path("counts.json"), "{}").expect("it is written");
    house
        .run(&["plan", NEW, "--against", "old.toml", "--counts", "counts.json"])
        .ends_with(1)
        .says(&["counts.json cannot be used", "state export --for-plan harlow-pike"]);
    house.run(&["state", "export", "harlow-pike"]).ends_with(2).says(&["--for-plan"]);
    house.run(&["plan", NEW, "--counts", "counts.json"]).ends_with(2).says(&["--against"]);
}
