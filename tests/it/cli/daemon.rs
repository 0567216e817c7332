//! The same commands through a daemon: who answers makes no difference.

use super::firm::Practice;
use super::house::Running;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// Starts the daemon and waits until it answers.
pub(super) fn daemon(practice: &Practice) -> Running {
    let daemon = practice.house.start(&["run"]);
    let until = Instant::now() + Duration::from_secs(20);
    // Not `status`: without a daemon it would hold the state that the daemon is about to open.
    while practice.house.run(&["reload", "--wait"]).code == 1 {
        assert!(Instant::now() < until, "the daemon answers");
    }
    daemon
}

#[test]
fn a_firm_is_connected_planned_and_synced_through_the_daemon() {
    let practice = Practice::new(20);
    practice.portal_knows_everybody();
    let running = daemon(&practice);
    let house = &practice.house;
    house.run(&["status"]).ends_with(0).says(&["The daemon runs"]);
    practice.connect();
    let plan = house.run(&["plan", "acme", "--format", "json"]).ends_with(0).json();
    house.run(&["sync", "acme"]).ends_with(5).says(&["casebridge approve acme"]);
    house.run(&["approve", "acme", plan["plan"].as_str().expect("a name")]).ends_with(0).says(&["approved plan: done"]);
    let second = house.run(&["sync", "acme", "--format", "json"]).ends_with(0).json();
    assert_eq!(second["written"], 0);
    let file = std::fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("the firm file");
    std::fs::create_dir(house.path("draft")).expect("a folder");
    std::fs::write(house.path("draft/acme.firm.toml"), file.replace("not_in_map = \"attention\"", "not_in_map = \"keep\""))
        .expect("written");
    let compared = house.run_with(&["plan", "draft/acme.firm.toml", "--against", "-", "--format", "json"], &file).ends_with(0).json();
    assert_eq!(
        (&compared["counts"]["source"], &compared["counts"]["linked"]),
        (&"from the firm's state".into(), &plan["counts"]["create"])
    );
    house.run(&["run"]).ends_with(1).says(&["another casebridge daemon"]);
    house.run(&["status", "nobody"]).ends_with(2);
    house.run(&["plan", "nobody"]).ends_with(2).says(&["acme"]);
    let mut watch = house.start(&["status", "--watch"]);
    assert_eq!(watch.line(), "Harlow & Pike Injury Law (acme)");
    watch.terminate();
    watch.end().ends_with(0);
    running.terminate();
    running.end().ends_with(0);
    house.run(&["status", "--watch"]).ends_with(1).says(&["no daemon runs"]);
    house.run(&["status"]).ends_with(0).says(&["No daemon runs"]);
}

#[test]
fn reload_says_what_came_of_each_file() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["reload", "--wait"]).ends_with(1).says(&["no daemon listens"]);
    let _running = daemon(&practice);
    house.run(&["reload", "--wait"]).ends_with(0).says(&["acme.firm.toml: "]);
    practice.write_file(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Litigation\""));
    house.run(&["reload", "--wait"]).ends_with(0).says(&["acme.firm.toml"]);
    assert_eq!(house.run(&["status", "--format", "json"]).json()["firms"][0]["file"]["generation"], 2);
    practice.write_file(|text| text.replace("time_zone", "timezone"));
    let rejected = house.run(&["reload", "--wait", "--format", "json"]).ends_with(3).json();
    assert_eq!(rejected["files"][0]["verdict"], "rejected");
    house.run(&["status"]).ends_with(0).says(&["the last good version (2) stays in use", "time_zone"]);
    house.run(&["pause", "acme", "--reason", "the file is broken"]).ends_with(0);
}

#[test]
fn what_runs_can_be_held_against_what_is_in_git() {
    let practice = Practice::new(5);
    let house = &practice.house;
    let commit = "1234567890abcdef1234567890abcdef12345678";
    std::fs::create_dir(house.path("conf/.git")).expect("a folder");
    std::fs::write(house.path("conf/.git/HEAD"), commit).expect("written");
    let _running = daemon(&practice);
    let file = || house.run(&["status", "acme", "--format", "json"]).ends_with(0).json()["firms"][0]["file"].clone();
    let sum = |text: String| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let on_disk = || sum(std::fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("it is there"));
    let (good, first) = (on_disk(), file());
    assert_eq!((first["sha256"].as_str(), first["sha256_on_disk"].as_str()), (Some(good.as_str()), Some(good.as_str())));
    assert_eq!(first["commit"], commit);
    house.run(&["status", "acme"]).ends_with(0).says(&["(version 1, commit 1234567890ab)"]);
    practice.write_file(|text| text.replace("time_zone", "timezone"));
    house.run(&["reload", "--wait"]).ends_with(3);
    let rejected = file();
    assert_eq!((rejected["sha256"].as_str(), rejected["sha256_on_disk"].as_str()), (Some(good.as_str()), Some(on_disk().as_str())));
}

#[test]
fn a_new_firms_secrets_are_set_before_its_file_is_finished() {
    let practice = Practice::new(5);
    let house = &practice.house;
    let _running = daemon(&practice);
    house.run(&["init", "beta"]).ends_with(0);
    house.run(&["reload", "--wait"]).ends_with(3).says(&["beta.firm.toml"]);
    house.run_with(&["secret", "set", "beta", "mycase"], "s3cret\n").ends_with(0);
    house.run(&["plan", "beta"]).ends_with(3).says(&["no version of beta.firm.toml was good yet"]);
}
