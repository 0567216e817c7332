//! Killed while firm files are edited and taken over, good ones and broken ones, also while a run goes on.

use super::moment::{Moment, daemon_comes_up, spawn};
use super::stand::{are_private, are_the_same, is_in_step, portal, stand, whole, write_file};
use super::{Kills, Share};
use crate::cli::firm::Practice;
use sha2::{Digest, Sha256};
use std::fs;
use std::time::{Duration, Instant};

/// The versions of the file: two good ones, and one that nobody can use.
fn version(practice: &Practice, n: u64) {
    write_file(practice, |text| match n {
        0 => text,
        1 => text.replace("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Treatment Completed\""),
        _ => text.replace("time_zone", "timezone"),
    });
}

/// SHA-256 of the file as it stands.
fn sum(practice: &Practice) -> String {
    let text = fs::read(practice.house.path("conf/firms.d/acme.firm.toml")).expect("the file");
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn in_use(practice: &Practice) -> serde_json::Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let status = practice.house.run(&["status", "acme", "--format", "json"]).json();
        let file = status["firms"][0]["file"].clone();
        if file["sha256"].is_string() {
            return file;
        }
        assert!(Instant::now() < until, "some version is in use: {status}");
    }
}

#[test]
fn a_daemon_killed_in_a_reload_has_a_good_version_in_use_when_it_is_back() {
    let mut kills = Kills::of("reloads", Share(15));
    let practice = stand(20);
    let mut good = Vec::new();
    for n in [1, 0] {
        version(&practice, n);
        good.push(sum(&practice));
        whole(&practice, &["sync", "acme"]);
    }
    let as_was = portal(&practice);
    let mut daemon = daemon_comes_up(&practice);
    let began = Instant::now();
    practice.house.run(&["reload", "--wait"]).ends_with(0);
    let span = u64::try_from(began.elapsed().as_micros()).expect("a short time");
    while !kills.are_done() {
        version(&practice, kills.chance.below(3));
        let reload = spawn(&practice, &["reload", "--wait"]);
        let sync = (kills.chance.below(2) == 0).then(|| spawn(&practice, &["sync", "acme"]));
        let moment = Moment::Time(Duration::from_micros(kills.chance.below(2 * span)));
        moment.comes(&practice, || true);
        drop(daemon);
        kills.one_more();
        drop((reload, sync));
        are_private(&practice.house.path("state"));
        daemon = daemon_comes_up(&practice);
        let file = in_use(&practice);
        assert!(good.iter().any(|sum| file["sha256"] == **sum), "{file}");
    }
    version(&practice, 1);
    practice.house.run(&["reload", "--wait"]).ends_with(0);
    assert_eq!(in_use(&practice)["sha256"], good[0]);
    practice.house.run(&["sync", "acme"]).ends_with(0);
    assert!(portal(&practice) != as_was, "the edit is in force");
    version(&practice, 0);
    practice.house.run(&["reload", "--wait"]).ends_with(0);
    practice.house.run(&["sync", "acme"]).ends_with(0);
    are_the_same(&portal(&practice), &as_was);
    drop(daemon);
    kills.one_more();
    is_in_step(&practice, "acme");
}
