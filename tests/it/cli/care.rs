//! Care of a firm's state through the shipped program: copies, looks, other names and keys, and a firm that leaves.

use super::daemon::daemon;
use super::firm::Practice;
use super::house::House;
use casebridge::store::FORMAT;
use redb::{ReadableTable, TableDefinition};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const SENT: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("sent");

/// A connected firm whose cases are imported.
fn imported(cases: usize) -> Practice {
    let practice = Practice::new(cases);
    practice.portal_knows_everybody();
    practice.connect();
    let held = practice.house.run(&["sync", "acme", "--format", "json"]).ends_with(5).json();
    practice.house.run(&["approve", "acme", held["waiting_plan"].as_str().expect("a plan")]).ends_with(0);
    practice
}

/// Nothing is written by a run, and nothing is wrong with it.
fn in_step(house: &House, firm: &str) {
    let run = house.run(&["sync", firm, "--format", "json"]).ends_with(0).json();
    assert_eq!((&run["outcome"], &run["written"]), (&"done".into(), &0.into()), "{run}");
}

fn change(file: &Path, change: impl FnOnce(&redb::WriteTransaction)) {
    let db = redb::Database::open(file).expect("a state");
    let tx = db.begin_write().expect("a transaction");
    change(&tx);
    tx.commit().expect("written");
}

fn stamp(file: &Path, format: u32) {
    change(file, |tx| drop(tx.open_table(META).expect("meta").insert("format", format.to_be_bytes().as_slice()).expect("stamped")));
}

/// Names in the state folder.
fn names(house: &House) -> Vec<String> {
    names_in(house, "state")
}

fn names_in(house: &House, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(house.path(folder)).expect("the folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_backup_is_made_checked_and_restored_with_and_without_a_daemon() {
    let practice = imported(20);
    let house = &practice.house;
    let made = house.run(&["state", "backup", "acme", "--output", "b.redb", "--format", "json"]).ends_with(0).json();
    assert!(made["linked"].as_u64().expect("a number") > 10, "{made}");
    let backup = house.path("b.redb");
    assert_eq!(fs::metadata(&backup).expect("it is there").permissions().mode() & 0o777, 0o600);
    house.run(&["state", "backup", "acme", "--output", "b.redb"]).ends_with(2).says(&["b.redb is there already"]);
    house
        .run(&["state", "check", "b.redb", "acme"])
        .ends_with(0)
        .says(&[&format!("b.redb: sound (acme, format {FORMAT}, a backup of"), "acme.redb: sound"]);

    let running = daemon(&practice);
    house.run(&["state", "backup", "acme"]).ends_with(0).says(&["state/backups/acme/acme-", "keep that key apart"]);
    house.run(&["state", "check"]).ends_with(0).says(&["the daemon has it open", "acme.redb: sound"]);
    assert_eq!(fs::read_dir(house.path("state/backups/acme")).expect("backups").count(), 1, "the look's own copy is gone");
    house.run(&["state", "restore", "acme", "b.redb"]).ends_with(1).says(&["a daemon runs", "systemctl stop casebridge"]);
    for refused in [&["state", "rekey"][..], &["rename", "acme", "beta"]] {
        house.run(refused).ends_with(1).says(&["a daemon runs"]);
    }
    running.terminate();
    running.end().ends_with(0);

    house.run(&["state", "restore", "acme", "b.redb"]).ends_with(0).says(&[
        "acme is restored from the backup of",
        "before-restore-",
        "its tokens were kept",
        "waits for one yes",
    ]);
    in_step(house, "acme");
    let aside = names(house).into_iter().find(|name| name.contains("before-restore")).expect("what was there");
    house.run(&["state", "check", &format!("state/{aside}")]).ends_with(0);
    fs::remove_file(house.path("state/acme.redb")).expect("removed");
    let restored = house.run(&["state", "restore", "acme", "b.redb", "--format", "json"]).ends_with(0).json();
    assert_eq!((&restored["connected"], &restored["aside"]), (&false.into(), &serde_json::Value::Null));
    house.run(&["sync", "acme"]).ends_with(6).says(&["casebridge connect acme"]);
}

#[test]
fn what_cannot_be_restored_is_refused_in_words_and_changes_nothing() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["state", "backup", "acme", "--output", "b.redb"]).ends_with(0);
    let before = fs::read(house.path("state/acme.redb")).expect("a state");
    let refused = |file: &str, firm: &str, words: &[&str]| {
        house.run(&["state", "restore", firm, file]).ends_with(2).says(words);
        assert_eq!(fs::read(house.path("state/acme.redb")).expect("a state"), before);
        assert!(names(house).iter().all(|name| !name.contains("before-restore") && !name.ends_with(".new")), "{:?}", names(house));
    };
    refused("nothing.redb", "acme", &["there is no file nothing.redb"]);
    refused("b.redb", "beta", &["it holds the state of acme, not of beta", "nothing was changed"]);
    fs::write(house.path("text.redb"), "no state at all").expect("written");
    refused("text.redb", "acme", &["damaged"]);
    fs::copy(house.path("b.redb"), house.path("newer.redb")).expect("a copy");
    stamp(&house.path("newer.redb"), FORMAT + 1);
    let newer = format!("it has format {}, and this casebridge knows formats up to {FORMAT}", FORMAT + 1);
    refused("newer.redb", "acme", &[&newer, "newer casebridge"]);
    let key = fs::read(house.path("state/vault.key")).expect("a key");
    fs::write(house.path("state/vault.key"), "ab".repeat(32)).expect("another key");
    refused("b.redb", "acme", &["the vault key does not open the state of acme"]);
    house.run(&["state", "check", "b.redb"]).ends_with(3).says(&["b.redb: not sound", "put the key back"]);
    fs::write(house.path("state/vault.key"), key).expect("the key");
    house.run(&["state", "backup", "nobody"]).ends_with(2).says(&["nobody has no state", "acme"]);
}

#[test]
fn a_state_that_cannot_be_opened_is_its_own_firms_trouble_and_status_tells_of_the_others() {
    let practice = Practice::new(5);
    let house = &practice.house;
    let file = fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("a firm file");
    house.firm("beta", &file);
    fs::write(house.path("state/beta.redb"), "no state at all").expect("written");
    let newer = house.path("state/acme.redb");
    stamp(&newer, FORMAT + 1);
    let told = house.run(&["status", "--format", "json"]).ends_with(0).json();
    let why = |firm: usize| told["firms"][firm]["state_error"].as_str().expect("why").to_owned();
    assert!(why(0).contains("use the newer casebridge again") && why(1).contains("it was set aside as"), "{told}");
    house.run(&["status"]).ends_with(0).says(&["state        the state of acme has format", "(beta)"]);
    house.run(&["status", "acme"]).ends_with(1).says(&["use the newer casebridge again"]);
    stamp(&newer, FORMAT);
    let told = house.run(&["status", "--format", "json"]).ends_with(0).json();
    assert!(told["firms"].as_array().expect("firms").iter().all(|status| status.get("state_error").is_none()), "{told}");
}

#[test]
fn a_look_names_what_is_wrong_and_what_to_do_and_leaves_the_file() {
    let practice = imported(15);
    let house = &practice.house;
    let state = house.path("state/acme.redb");
    change(&state, |tx| {
        let mut sent = tx.open_table(SENT).expect("a table");
        let cases: Vec<u64> = sent.iter().expect("rows").map(|row| row.expect("a row").0.value()).collect();
        let moved = sent.remove(cases[1]).expect("removed").expect("a row").value().to_vec();
        sent.remove(cases[0]).expect("removed");
        sent.insert(cases[1], &moved[1..]).expect("written");
    });
    let before = fs::read(&state).expect("a state");
    let found = house.run(&["state", "check", "acme", "--format", "json"]).ends_with(3).json();
    let texts: Vec<&str> =
        found["states"][0]["findings"].as_array().expect("a list").iter().filter_map(|finding| finding["text"].as_str()).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].starts_with("1 of its ") && texts[0].ends_with("rows cannot be opened or read"), "{texts:?}");
    assert!(texts[1].ends_with("rows have no record as last sent"), "{texts:?}");
    house.run(&["state", "check"]).ends_with(3).says(&["not sound", "casebridge sync acme --verify", "casebridge state restore acme FILE"]);
    assert_eq!(fs::read(&state).expect("a state"), before, "it looked at a copy");
    stamp(&state, FORMAT + 1);
    house.run(&["sync", "acme"]).ends_with(1).says(&[&format!("format {}", FORMAT + 1), "use the newer casebridge again"]);
}

#[test]
fn a_state_follows_the_new_name_of_its_firm_also_after_a_crash_half_way() {
    let practice = imported(15);
    let house = &practice.house;
    house.run(&["state", "backup", "acme"]).ends_with(0);
    house.run(&["rename", "nobody", "beta"]).ends_with(2).says(&["nobody has no state"]);
    house.run(&["rename", "acme", "beta"]).ends_with(2).says(&["acme.firm.toml is still there", "rename it to beta.firm.toml first"]);
    // A crash right after the old file went aside.
    fs::rename(house.path("state/acme.redb"), house.path("state/acme.redb.renamed-to-beta")).expect("aside");
    house.run(&["sync", "acme"]).ends_with(1).says(&["half-way to the name beta", "casebridge rename acme beta"]);
    let backup = names_in(house, "state/backups/acme").remove(0);
    house.run(&["state", "restore", "acme", &format!("state/backups/acme/{backup}")]).ends_with(1).says(&["half-way"]);
    house.run(&["state", "rekey"]).ends_with(1).says(&["half-way"]);
    fs::rename(house.path("conf/firms.d/acme.firm.toml"), house.path("conf/firms.d/beta.firm.toml")).expect("renamed");
    // A daemon that is started again meets the new name first.
    house.run(&["sync", "beta"]).ends_with(1).says(&["half-way", "casebridge rename acme beta"]);
    let running = daemon(&practice);
    running.terminate();
    running.end().ends_with(0);
    assert!(["acme", "beta"].iter().all(|name| !house.path(&format!("state/{name}.redb")).exists()), "no empty state is made");
    house.run(&["rename", "acme", "beta"]).ends_with(0).says(&["beta's now", "secrets/acme", "casebridge state backup beta"]);
    assert!(names(house).iter().all(|name| !name.starts_with("acme")), "{:?}", names(house));
    // A crash before the old file is removed.
    fs::write(house.path("state/acme.redb.renamed-to-beta"), "the old one").expect("written");
    house.run(&["rename", "acme", "beta"]).ends_with(0);
    assert!(names(house).iter().all(|name| !name.starts_with("acme")), "{:?}", names(house));
    in_step(house, "beta");
    house.run(&["history", "beta"]).ends_with(0).says(&["create"]);
    // A backup from before is restored for the new name, once that is said.
    let backup = format!("state/backups/acme/{backup}");
    house.run(&["state", "restore", "beta", &backup]).ends_with(2).says(&["it holds the state of acme", "--from acme"]);
    fs::write(house.path("state/acme.redb"), "another firm's").expect("written");
    house.run(&["state", "restore", "beta", &backup, "--from", "acme"]).ends_with(2).says(&["acme has a state of its own"]);
    fs::remove_file(house.path("state/acme.redb")).expect("removed");
    house.run(&["state", "restore", "beta", &backup, "--from", "acme"]).ends_with(0).says(&["beta is restored", "its tokens were kept"]);
    house.run(&["state", "check", "beta"]).ends_with(0);
    in_step(house, "beta");
    // A daemon that met the new name first began with an empty state.
    fs::rename(house.path("conf/firms.d/beta.firm.toml"), house.path("conf/firms.d/acme.firm.toml")).expect("renamed");
    house.run(&["sync", "acme"]).ends_with(1).says(&["portal"]);
    assert!(house.path("state/acme.redb").exists());
    house.run(&["rename", "beta", "acme"]).ends_with(0);
    in_step(house, "acme");
    // Erasing the firm under its new name finds what is half-way to it.
    fs::copy(house.path("state/acme.redb"), house.path("state/gamma.redb.renamed-to-delta")).expect("a copy");
    house.run(&["state", "erase", "delta", "--yes", "delta"]).ends_with(0).says(&["a state half-way to this name"]);
    assert!(names(house).iter().all(|name| !name.contains("delta")), "{:?}", names(house));
    practice.house.firm("beta", &fs::read_to_string(house.path("conf/firms.d/acme.firm.toml")).expect("a file"));
    house.run_with(&["secret", "set", "beta", "portal"], "another\n").ends_with(0);
    fs::remove_file(house.path("conf/firms.d/acme.firm.toml")).expect("removed");
    house.run(&["rename", "acme", "beta"]).ends_with(2).says(&["beta has a state already"]);
}

#[test]
fn another_vault_key_seals_every_state_anew_also_after_a_crash_half_way() {
    let practice = imported(15);
    let house = &practice.house;
    house.run(&["state", "backup", "acme", "--output", "old.redb"]).ends_with(0);
    let key = |name: &str| fs::read(house.path(&format!("state/{name}"))).expect("a key");
    let former = key("vault.key");
    // A crash after the new key had its place and before the first state was sealed anew.
    fs::write(house.path("state/vault.key.old"), &former).expect("the former key");
    fs::write(house.path("state/vault.key"), "cd".repeat(32)).expect("the new one");
    in_step(house, "acme");
    house.run(&["state", "check"]).ends_with(3).says(&["sealed with the former vault key", "casebridge state rekey"]);
    house.run(&["state", "rekey"]).ends_with(0).says(&[
        "1 state is sealed under the new vault key",
        "an earlier call had begun with",
        "vault.key.retired-",
        "Make new backups",
    ]);
    assert_eq!(key("vault.key"), "cd".repeat(32).into_bytes());
    assert!(!house.path("state/vault.key.old").exists());
    in_step(house, "acme");
    house.run(&["state", "check"]).ends_with(0);
    house.run(&["state", "restore", "acme", "old.redb"]).ends_with(2).says(&["the vault key does not open", "--key", "vault.key.retired-"]);
    fs::write(house.path("none.key"), "12".repeat(32)).expect("a key");
    house.run(&["state", "restore", "acme", "old.redb", "--key", "none.key"]).ends_with(2).says(&["nothing was changed"]);
    fs::write(house.path("old.key"), &former).expect("the former key");
    house.run(&["state", "restore", "acme", "old.redb", "--key", "old.key"]).ends_with(0).says(&["its tokens were kept"]);
    house.run(&["state", "check", "acme"]).ends_with(0);
    in_step(house, "acme");
    house.run(&["state", "rekey"]).ends_with(0);
    assert_ne!(key("vault.key"), "cd".repeat(32).into_bytes(), "another one was made");
    in_step(house, "acme");

    fs::write(house.path("new.key"), "ef".repeat(32)).expect("a key");
    fs::rename(house.path("state/vault.key"), house.path("conf/own.key")).expect("moved");
    fs::write(house.path("conf/casebridge.toml"), "[vault]\nkey = { file = \"own.key\" }\n").expect("written");
    house.run(&["state", "rekey"]).ends_with(2).says(&["--new-key"]);
    house.run(&["state", "rekey", "--new-key", "new.key"]).ends_with(0).says(&["Put the key of new.key where"]);
    house.run(&["sync", "acme"]).ends_with(1).says(&["the vault key does not open"]);
    fs::copy(house.path("new.key"), house.path("conf/own.key")).expect("put in its place");
    in_step(house, "acme");
}

#[test]
fn a_firm_that_leaves_is_handed_over_and_erased_and_nothing_is_left() {
    let practice = imported(15);
    let house = &practice.house;
    let list =
        house.run(&["state", "handover", "acme"]).ends_with(0).says(&["To revoke in", "connected apps", "the API key", "no client data"]);
    let mut lines = list.out.lines();
    assert_eq!(lines.next(), Some("case,portal_id,mycase_stage,portal_stage,state,linked_since,files_carried,notes_made"));
    let first: Vec<&str> = lines.next().expect("a case").split(',').collect();
    assert!(first[0].parse::<u64>().is_ok() && first[4] == "open" && first[6..] == ["0", "0"], "{first:?}");
    house.run(&["state", "handover", "acme", "--output", "list.csv"]).ends_with(0);
    assert_eq!(fs::read_to_string(house.path("list.csv")).expect("a list"), list.out);

    house.run(&["state", "backup", "acme"]).ends_with(0);
    fs::write(house.path("state/acme.redb.damaged-20260101T000000Z"), "old").expect("written");
    fs::write(house.path("state/acme-2.redb"), "another firm's").expect("written");
    practice.write_file(|text| text.replace("status = \"inactive\"", "status = \"active\""));
    house.run(&["state", "erase", "acme", "--yes", "acme"]).ends_with(2).says(&["says that the firm is active", "move it away"]);
    practice.write_file(|text| text);
    house.run_with(&["state", "erase", "acme"], "yes\n").ends_with(2).says(&["nothing was removed", "acme.redb: the state"]);
    assert!(house.path("state/acme.redb").exists());

    let running = daemon(&practice);
    house.run(&["state", "erase", "acme", "--yes", "acme"]).ends_with(1).says(&["move the file away first"]);
    fs::remove_file(house.path("conf/firms.d/acme.firm.toml")).expect("removed");
    let mut erased = house.run(&["state", "erase", "acme", "--yes", "acme"]);
    // The daemon believes it after a second look.
    let until = Instant::now() + Duration::from_secs(30);
    while erased.code != 0 && Instant::now() < until {
        house.run(&["reload", "--wait"]);
        erased = house.run(&["state", "erase", "acme", "--yes", "acme"]);
    }
    erased.ends_with(0).says(&[
        "acme, whose file is gone, is erased: 3 things were removed",
        "nothing of it is left",
        "Looked for:",
        "vault key",
    ]);
    let left: Vec<String> = names(house).into_iter().filter(|name| name.contains("acme")).collect();
    assert_eq!(left, ["acme-2.redb"], "a firm whose name begins the same is another firm");
    house.run(&["state", "erase", "acme", "--yes", "acme"]).ends_with(0).says(&["There is nothing of acme here"]);
    running.terminate();
    running.end().ends_with(0);
}

#[test]
fn a_full_disk_is_said_in_words_and_got_over() {
    let practice = imported(20);
    let house = &practice.house;
    practice.write_file(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Litigation\""));
    let full = house.run_in_shell("trap '' XFSZ; ulimit -f 8", &["sync", "acme", "--format", "json"]);
    assert_ne!(full.code, 0);
    full.says(&["no room left on the disk for the state", "nothing is lost"]);
    house.run(&["state", "check"]).ends_with(0);
    house.run(&["sync", "acme", "--format", "json"]).says(&["\"error\": null"]);
}

/// Files that casebridge of each format left.
#[test]
fn a_state_of_every_earlier_format_opens_and_keeps_every_row() {
    for format in 1..=FORMAT {
        let house = House::new();
        fs::create_dir(house.path("state")).expect("a folder");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state");
        fs::copy(fixtures.join("vault.key"), house.path("state/vault.key")).expect("the key");
        fs::copy(fixtures.join(format!("format-{format}.redb")), house.path("state/acme.redb")).expect("the state");
        let before = house.run(&["state", "check", "acme", "--format", "json"]).ends_with(0).json();
        assert_eq!(before["states"][0]["format"], format);
        house.run(&["state", "backup", "acme", "--output", "b.redb"]).ends_with(0);
        let after = house.run(&["state", "check", "acme", "b.redb", "--format", "json"]).ends_with(0).json();
        assert_eq!((&after["states"][0]["format"], &after["states"][1]["format"]), (&FORMAT.into(), &FORMAT.into()));
        assert_eq!(after["states"][0]["rows"], before["states"][0]["rows"]);
        let list = house.run(&["state", "handover", "acme"]).ends_with(0).out;
        assert!(list.contains("7,cs-00000007,Demand,Demand Sent,open,2026-11-23T14:22:33Z,0,0"), "{list}");
    }
}
