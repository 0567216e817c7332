//! A firm on a sandbox, what happens to it, and what both sides hold in the end.

use super::moment::{Span, requests};
use crate::cli::firm::Practice;
use crate::cli::http;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Files and messages that clients give.
const GIVEN: usize = 8;

/// A connected firm whose limits hold nothing.
pub(super) fn stand(cases: usize) -> Practice {
    let practice = Practice::new(cases);
    write_file(&practice, |text| text);
    practice.portal_knows_everybody();
    practice.connect();
    practice
}

/// Writes the firm's file, changed.
pub(super) fn write_file(practice: &Practice, change: impl FnOnce(String) -> String) {
    practice.write_file(|text| {
        let text =
            text.replace("[portal.stages]", "[portal.overrides]\nrequests_per_second = 1000\nsettles_in = \"50ms\"\n\n[portal.stages]");
        let (before, after) = text.split_once("[limits]\n").expect("limits");
        let (_, after) = after.split_once("\n\n").expect("what comes after the limits");
        let none = ["create", "change_stage", "close", "reopen", "contact"].map(|kind| format!("{kind} = \"no limit\"\n")).concat();
        change(format!("{before}[limits]\nfirst_import = \"go\"\n{none}\n{after}"))
    });
}

/// Runs a command that nobody kills, and says what that took.
pub(super) fn whole(practice: &Practice, arguments: &[&str]) -> Span {
    let (before, began) = (requests(practice), Instant::now());
    practice.house.run(arguments).ends_with(0);
    Span { time: began.elapsed(), requests: requests(practice) - before }
}

/// What the portal holds of each case; ids and times of its own aside, which differ between two accounts.
pub(super) fn portal(practice: &Practice) -> Vec<Value> {
    let cases = http::get(&practice.control("/case-status/cases")).json();
    let mut cases = cases.as_array().expect("a list").clone();
    for case in &mut cases {
        case["closed_at"] = Value::Bool(!case["closed_at"].is_null());
        case["closed_date"] = Value::Bool(!case["closed_date"].is_null());
        let case = case.as_object_mut().expect("a case");
        ["id", "created_at", "updated_at", "case_date"].iter().for_each(|key| drop(case.remove(*key)));
        for client in case.get_mut("clients").and_then(Value::as_array_mut).expect("clients") {
            client.as_object_mut().expect("a client").remove("id");
        }
    }
    cases.sort_by_key(|case| case["integration_id"].as_str().expect("whose it is").to_owned());
    cases
}

/// The same cases, each as it should be.
#[track_caller]
pub(super) fn are_the_same(found: &[Value], wanted: &[Value]) {
    let differ: Vec<_> =
        found.iter().filter(|case| !wanted.contains(case)).chain(wanted.iter().filter(|case| !found.contains(case))).collect();
    assert!(differ.is_empty() && found.len() == wanted.len(), "{} of {}: {differ:#?}", found.len(), wanted.len());
}

/// How many surveys clients got.
pub(super) fn surveys(practice: &Practice) -> Value {
    http::get(&practice.control("/state")).json()["case_status"]["surveys"].clone()
}

/// The firm's people work: stages, endings, names and numbers of some cases that the portal shows.
pub(super) fn work_goes_on(practice: &Practice) {
    let shown: BTreeSet<String> = portal(practice)
        .iter()
        .filter(|case| case["closed_at"] == false && case["practice_area"] == "Personal Injury")
        .filter_map(|case| case["integration_id"].as_str().map(str::to_owned))
        .collect();
    assert!(shown.len() >= 8, "{shown:?}");
    for (n, case) in shown.iter().enumerate() {
        let edit = match n % 4 {
            0 => json!({ "stage": "Litigation Filed" }),
            1 => json!({ "status": "closed" }),
            2 => json!({ "name": format!("Renamed {case} v. Northline") }),
            _ => json!({ "case_number": format!("N-{case}") }),
        };
        let edited = http::post(&practice.control(&format!("/mycase/cases/{case}")), &edit);
        assert_eq!(edited.status, 200, "{}", edited.body);
    }
}

/// Files and messages that clients gave at once.
pub(super) struct Given {
    batch: u64,
    /// The case of each.
    cases: Vec<u64>,
}

impl Given {
    fn file_name(&self, n: usize) -> String {
        format!("scan-{}-{n}.txt", self.batch)
    }

    fn content(&self, n: usize) -> String {
        format!("what client {n} has to say, {}", self.batch)
    }
}

/// Clients give files and messages.
pub(super) fn clients_give(practice: &Practice, batch: u64) -> Given {
    let all = portal(practice);
    let open = all.iter().filter(|case| case["closed_at"] == false).filter_map(|case| case["integration_id"].as_str());
    let cases = open.cycle().take(GIVEN).map(|case| case.parse().expect("MyCase's id")).collect();
    let given = Given { batch, cases };
    for (n, case) in given.cases.iter().enumerate() {
        let (case, content) = (case.to_string(), given.content(n));
        let file = json!({ "integration_id": case, "file_name": given.file_name(n), "content": content });
        let message = json!({ "integration_id": case, "sender_name": "A client", "content": content });
        for (path, body) in [("/case-status/files", file), ("/case-status/messages", message)] {
            assert_eq!(http::post(&practice.control(path), &body).status, 201);
        }
    }
    given
}

/// What was given and is not in MyCase; panics when something is there twice, or wrong.
fn missing(practice: &Practice, given: &Given) -> Vec<String> {
    let documents = http::get(&practice.control("/mycase/documents")).json();
    let notes = http::get(&practice.control("/mycase/notes")).json();
    let (documents, notes) = (documents.as_array().expect("a list"), notes.as_array().expect("a list"));
    let mut missing = Vec::new();
    for (n, case) in given.cases.iter().enumerate() {
        let of_file: Vec<&Value> = documents.iter().filter(|document| document["filename"] == given.file_name(n)).collect();
        let of_message: Vec<&Value> =
            notes.iter().filter(|note| note["note"].as_str().is_some_and(|text| text.contains(&given.content(n)))).collect();
        assert!(of_file.len() <= 1 && of_message.len() <= 1, "twice: {of_file:?} {of_message:?}");
        assert!(of_file.iter().chain(&of_message).all(|item| item["case"] == *case), "{of_file:?} {of_message:?}");
        let sum: String = Sha256::digest(given.content(n)).iter().map(|byte| format!("{byte:02x}")).collect();
        // A record whose upload address was lost with its answer gets its bytes as a second version.
        let whole = |document: &&Value| {
            let (last, before) = document["versions"].as_array().and_then(|versions| versions.split_last()).expect("a version");
            last["sha256"] == *sum && before.iter().all(|version| version["uploads"] == 0)
        };
        if !of_file.iter().any(whole) {
            missing.push(format!("file {n}: {of_file:?}"));
        }
        if of_message.is_empty() {
            missing.push(format!("message {n}"));
        }
    }
    let strays = documents
        .iter()
        .filter(|document| document["filename"].as_str().is_some_and(|name| name.starts_with(&format!("scan-{}-", given.batch))))
        .count();
    assert!(strays <= given.cases.len(), "another document of a file: {documents:?}");
    missing
}

/// Carries until everything is in MyCase: what was asked for without an answer is looked up some seconds later.
pub(super) fn everything_arrives(practice: &Practice, given: &Given) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let missing = missing(practice, given);
        if missing.is_empty() {
            break;
        }
        let run = practice.house.run(&["sync", "acme", "--documents", "--messages"]);
        assert!(Instant::now() < until, "{missing:#?}\n{run:?}");
        std::thread::sleep(Duration::from_millis(100)); // Between two looks.
    }
    let again = practice.house.run(&["sync", "acme", "--documents", "--messages", "--format", "json"]).ends_with(0).json();
    assert_eq!(again["error"], Value::Null, "{again}");
    assert_eq!(missing(practice, given), Vec::<String>::new());
}

/// No run writes anything any more, not even when it compares everything; the state is sound.
pub(super) fn is_in_step(practice: &Practice, firm: &str) {
    for arguments in [&["sync", firm, "--format", "json"][..], &["sync", firm, "--verify", "--format", "json"]] {
        let run = practice.house.run(arguments).ends_with(0).json();
        assert_eq!((&run["outcome"], &run["written"], &run["failures"]), (&"done".into(), &0.into(), &json!([])), "{run}");
    }
    practice.house.run(&["state", "check"]).ends_with(0);
    are_private(&practice.house.path("state"));
}

/// Files that only their owner reads; the daemon's lock holds nothing but the number of its process.
pub(super) fn are_private(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let (path, found) = entry.map(|entry| (entry.path(), entry.metadata().expect("it is there"))).expect("an entry");
        if found.is_dir() {
            are_private(&path);
        } else if found.is_file() && path.file_name().is_some_and(|name| name != "daemon.lock") {
            assert_eq!(found.permissions().mode() & 0o077, 0, "{}", path.display());
        }
    }
}

/// Every file below a folder, to put it back as it was.
pub(super) struct Saved(BTreeMap<std::path::PathBuf, Vec<u8>>);

impl Saved {
    pub(super) fn of(folder: &Path) -> Saved {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let (path, found) = entry.map(|entry| (entry.path(), entry.metadata().expect("it is there"))).expect("an entry");
                if found.is_dir() {
                    folders.push(path);
                } else if found.is_file() {
                    files.insert(path.clone(), fs::read(path).expect("a file"));
                }
            }
        }
        Saved(files)
    }

    /// Puts everything back below this folder.
    pub(super) fn put_back(&self, folder: &Path) {
        for path in Saved::of(folder).0.into_keys().filter(|path| !self.0.contains_key(path)) {
            fs::remove_file(path).expect("removed");
        }
        for (path, bytes) in &self.0 {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("written");
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its owner's alone");
        }
    }
}
