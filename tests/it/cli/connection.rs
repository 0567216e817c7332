//! `disconnect`, and what `status` says of a connection, with a daemon and without.

use super::daemon::daemon;
use super::firm::Practice;
use super::http;
use serde_json::json;

/// Connected, disconnected twice, connected again; whoever holds the state.
fn there_and_back(practice: &Practice) {
    let house = &practice.house;
    practice.connect().says(&["Case Status accepts the key."]);
    let status = || house.run(&["status", "acme", "--format", "json"]).ends_with(0).json()["firms"][0].clone();
    let connected = status();
    assert_eq!(connected["connection"], "connected");
    assert!(connected["connection_since"].is_string() && connected["connection_ends"].is_string(), "{connected}");
    house.run(&["disconnect", "acme"]).ends_with(0).says(&["acme is disconnected", "casebridge connect acme", "stays linked"]);
    house.run(&["disconnect", "acme"]).ends_with(0).says(&["was not connected"]);
    let gone = status();
    assert_eq!((&gone["connection"], gone.get("connection_ends")), (&json!("not-connected"), None), "{gone}");
    house.run(&["sync", "acme"]).ends_with(6).says(&["casebridge connect acme"]);
    practice.connect();
    // A file that is broken is no reason to stay connected.
    practice.write_file(|text| text.replace("time_zone", "timezone"));
    house.run(&["disconnect", "acme", "--format", "json"]).ends_with(0).says(&["acme is disconnected"]);
    house.run(&["disconnect", "nobody"]).ends_with(2);
}

#[test]
fn a_firm_is_disconnected_without_a_daemon() {
    there_and_back(&Practice::new(5));
}

#[test]
fn a_firm_is_disconnected_through_the_daemon() {
    let practice = Practice::new(5);
    let _running = daemon(&practice);
    there_and_back(&practice);
}

#[test]
fn a_connection_that_mycase_ended_is_told_with_what_to_do() {
    let practice = Practice::new(5);
    let house = &practice.house;
    practice.connect();
    assert_eq!(http::post(&practice.control("/tokens/revoke"), &json!({})).status, 200);
    house.run(&["sync", "acme"]).ends_with(6).says(&["casebridge connect acme"]);
    house.run(&["status"]).ends_with(0).says(&["Reconnect since", "- Inactive", "casebridge connect acme", "invalid_grant"]);
    practice.connect();
    house.run(&["status"]).ends_with(0).says(&["Connected - Inactive"]);
}
