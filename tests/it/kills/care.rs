//! Killed while state files are copied, put in each other's place, renamed, sealed anew and removed. Whatever is done after the
//! crash, the daemon's start among it, the same command then comes to its end, and nothing is lost or mixed.

use super::moment::{daemon_comes_up, spawn};
use super::stand::{Saved, are_private, stand};
use super::{Kills, Share};
use crate::cli::firm::Practice;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is done to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    Backup,
    Restore,
    Rename,
    Rekey,
    Erase,
}

pub(super) const ALL: [Care; 5] = [Care::Backup, Care::Restore, Care::Rename, Care::Rekey, Care::Erase];

/// A firm's state in the hands of whoever takes care of it.
pub(super) struct Office {
    pub(super) practice: Practice,
    /// The firm's id now.
    name: String,
    /// What is linked with what, in the end as in the beginning.
    linked: String,
}

impl Office {
    pub(super) fn new() -> Office {
        let practice = stand(15);
        practice.house.run(&["sync", "acme"]).ends_with(0);
        let linked = practice.house.run(&["state", "handover", "acme"]).ends_with(0).out;
        assert!(linked.lines().count() > 8, "{linked}");
        Office { practice, name: "acme".to_owned(), linked }
    }

    fn other_name(&self) -> String {
        if self.name == "acme" { "beta".to_owned() } else { "acme".to_owned() }
    }

    fn file_of(&self, name: &str) -> std::path::PathBuf {
        self.practice.house.path(&format!("conf/firms.d/{name}.firm.toml"))
    }

    /// Makes everything ready for it; answers the command.
    pub(super) fn ready(&self, care: Care) -> Vec<String> {
        let (name, house) = (self.name.as_str(), &self.practice.house);
        let words: Vec<&str> = match care {
            Care::Backup => {
                drop(fs::remove_file(house.path("copy.redb")));
                vec!["state", "backup", name, "--output", "copy.redb"]
            }
            Care::Restore => {
                drop(fs::remove_file(house.path("b.redb")));
                house.run(&["state", "backup", name, "--output", "b.redb"]).ends_with(0);
                vec!["state", "restore", name, "b.redb"]
            }
            Care::Rename => {
                let to = self.other_name();
                fs::rename(self.file_of(name), self.file_of(&to)).expect("renamed");
                return ["rename", name, &to].map(str::to_owned).to_vec();
            }
            Care::Rekey => vec!["state", "rekey"],
            Care::Erase => {
                fs::rename(self.file_of(name), house.path("away.toml")).expect("moved away");
                vec!["state", "erase", name, "--yes", name]
            }
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// The same command once more comes to its end; also when the first had come to it already.
    pub(super) fn goes_on(&mut self, care: Care, command: &[String]) {
        let house = &self.practice.house;
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let done = house.run(&words);
        let was_done = match care {
            Care::Backup => house.path("copy.redb").exists() && done.code == 2,
            Care::Rename => done.code == 2 && done.err.contains(&format!("{} has no state", self.name)),
            Care::Restore | Care::Rekey | Care::Erase => false,
        };
        assert!(done.code == 0 || was_done, "{care:?}: {done:?}");
        match care {
            Care::Backup => drop(house.run(&["state", "check", "copy.redb"]).ends_with(0)),
            Care::Rename => self.name = self.other_name(),
            Care::Rekey => self.keys_are_counted(),
            Care::Restore | Care::Erase => {}
        }
    }

    /// Everything is there, under the name and the key of now, and nothing else is.
    pub(super) fn is_whole(&self) {
        let (house, name) = (&self.practice.house, self.name.as_str());
        let checked = house.run(&["state", "check", "--format", "json"]).ends_with(0).json();
        let states: Vec<&Value> = checked["states"].as_array().expect("a list").iter().map(|state| &state["firm"]).collect();
        assert_eq!(states, [name], "{checked}");
        assert_eq!(house.run(&["state", "handover", name]).ends_with(0).out, self.linked);
        let state = house.path("state");
        assert!(!state.join("vault.key.old").exists(), "the former key is retired");
        assert!(names(&state).iter().all(|name| !name.contains(".renamed-to-")), "{:?}", names(&state));
        are_private(&state);
    }

    /// No copy of a key that somebody retires is left under a passing name.
    fn keys_are_counted(&self) {
        let keys: Vec<String> =
            names(&self.practice.house.path("state")).into_iter().filter(|name| name.starts_with("vault.key")).collect();
        assert!(keys.iter().all(|name| name == "vault.key" || name.contains(".retired-")), "{keys:?}");
    }

    /// The firm still has its connection and is in step; after a restore that is seen by a run that counts as a first one.
    fn works(&self) {
        let run = self.practice.house.run(&["sync", &self.name, "--format", "json"]).ends_with(0).json();
        assert_eq!((&run["outcome"], &run["written"]), (&"done".into(), &0.into()), "{run}");
    }

    /// Nothing of the firm is left, and the key that other firms need is.
    pub(super) fn is_gone(&self, key: &[u8]) {
        let state = self.practice.house.path("state");
        let left: Vec<String> = names(&state).into_iter().filter(|name| name.contains(&self.name)).collect();
        assert!(left.is_empty() && !state.join("backups").join(&self.name).exists(), "{left:?}");
        assert_eq!(fs::read(state.join("vault.key")).expect("a key"), key);
    }

    /// Takes back an erasing.
    pub(super) fn comes_back(&self, saved: &Saved) {
        saved.put_back(&self.practice.house.path("state"));
        fs::rename(self.practice.house.path("away.toml"), self.file_of(&self.name)).expect("moved back");
    }

    pub(super) fn key(&self) -> Vec<u8> {
        fs::read(self.practice.house.path("state/vault.key")).expect("a key")
    }
}

/// Names in a folder, if there is one.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// What somebody does before the command is run again.
fn meanwhile(office: &Office, chance: u64) {
    match chance {
        0 => drop(daemon_comes_up(&office.practice)),
        1 => drop(office.practice.house.run(&["sync", &office.name])),
        2 => drop(office.practice.house.run(&["sync", &office.other_name()])),
        _ => {}
    }
}

#[test]
fn whatever_is_done_to_a_state_survives_a_kill_at_any_moment() {
    let mut kills = Kills::of("backup, restore, rename, rekey and erase", Share(25));
    let mut office = Office::new();
    let mut spans = Vec::new();
    for care in ALL {
        let saved = Saved::of(&office.practice.house.path("state"));
        let command = office.ready(care);
        let began = Instant::now();
        office.practice.house.run(&command.iter().map(String::as_str).collect::<Vec<_>>()).ends_with(0);
        spans.push(u64::try_from(began.elapsed().as_micros()).expect("a short time"));
        match care {
            Care::Erase => office.comes_back(&saved),
            Care::Rename => office.name = office.other_name(),
            Care::Backup | Care::Restore | Care::Rekey => {}
        }
        office.is_whole();
    }
    while !kills.are_done() {
        let (care, span) = std::iter::zip(ALL, &spans).nth(kills.done as usize % ALL.len()).expect("one of them");
        let (saved, key) = (Saved::of(&office.practice.house.path("state")), office.key());
        let command = office.ready(care);
        let child = spawn(&office.practice, &command.iter().map(String::as_str).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_micros(kills.chance.below(span + span / 10))); // The moment of the kill.
        drop(child);
        kills.one_more();
        meanwhile(&office, kills.chance.below(5));
        office.goes_on(care, &command);
        if care == Care::Erase {
            office.is_gone(&key);
            office.comes_back(&saved);
        }
        office.is_whole();
        if kills.chance.below(3) == 0 {
            office.works();
        }
    }
    office.works();
}
