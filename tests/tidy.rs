//! The house's own rules, read off the sources: which room may use which, what every file begins with, how long it may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use besides itself (architecture: "Each may use only what is to its right").
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("mapping", &["config", "domain"]),
    ("plan", &["mapping", "config", "domain"]),
    ("http", &["plan", "mapping", "config", "domain"]),
    ("load", &["http", "plan", "mapping", "config", "domain"]),
    ("mycase", &["http", "plan", "mapping", "config", "domain"]),
    ("portal", &["http", "plan", "mapping", "config", "domain"]),
    ("store", &["http", "plan", "mapping", "config", "domain"]),
    ("sync", &["load", "mycase", "portal", "store", "http", "plan", "mapping", "config", "domain"]),
    ("operations", &["sync", "load", "mycase", "portal", "store", "http", "plan", "mapping", "config", "domain"]),
    ("daemon", &["operations", "sync", "load", "mycase", "portal", "store", "http", "plan", "mapping", "config", "domain"]),
    ("web", &["daemon", "operations", "sync", "load", "mycase", "portal", "store", "http", "plan", "mapping", "config", "domain"]),
    ("sandbox", &[]),
    ("planted", &[]),
    (
        "cli",
        &[
            "web",
            "daemon",
            "operations",
            "sync",
            "load",
            "mycase",
            "portal",
            "store",
            "http",
            "plan",
            "mapping",
            "config",
            "domain",
            "sandbox",
        ],
    ),
];

/// What the core may not even name: it computes, and takes what it needs as arguments.
const NOT_IN_THE_CORE: &[&str] =
    &["tokio", "reqwest", "redb", "tracing", "std::fs", "fs_err", "std::env", "Timestamp::now", "SystemTime::now", "Instant::now", "axum"];

const CORE: &[&str] = &["domain", "config", "mapping", "plan"];

/// Lines above which a file needs another room (house style: "above 600 never").
const MOST_LINES: usize = 600;

struct Source {
    path: String,
    room: String,
    text: String,
}

fn sources() -> Vec<Source> {
    sources_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn sources_in(root: &Path) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let mut entries: Vec<_> = fs::read_dir(folder).expect("src can be listed").map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(root, &mut files);
    let source = |path: PathBuf| {
        let inside = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        let room = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        Source { text: fs::read_to_string(&path).expect("a source is text"), path: inside, room }
    };
    files.into_iter().map(source).collect()
}

/// The part that ships: what stands before the first `#[cfg(test)]`, without comments.
fn shipped(source: &Source) -> String {
    let is_test_file = source.path.contains("/tests") || source.path.ends_with("tests.rs") || source.path.contains("for_tests");
    if is_test_file {
        return String::new();
    }
    let lines = source.text.lines().take_while(|line| !line.trim_start().starts_with("#[cfg(test)]"));
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn rooms_named(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        rooms.push(name);
    }
    rooms
}

#[test]
fn every_room_uses_only_what_is_to_its_right() {
    let may: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !matches!(source.room.as_str(), "lib" | "main")) {
        let Some(allowed) = may.get(source.room.as_str()) else {
            wrong.push(format!("{}: the room {:?} is not in the rule; add it in its place", source.path, source.room));
            continue;
        };
        for room in rooms_named(&shipped(source)) {
            // Planted faults may be anywhere: they are not there in what ships.
            if room != "planted" && may.contains_key(room.as_str()) && room != source.room && !allowed.contains(&room.as_str()) {
                wrong.push(format!("{} uses crate::{room}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_names_no_clock_no_file_and_no_socket() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| CORE.contains(&source.room.as_str())) {
        let text = shipped(source);
        wrong.extend(NOT_IN_THE_CORE.iter().filter(|word| text.contains(**word)).map(|word| format!("{} names {word}", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_is_short_enough_to_read() {
    let mut wrong = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//!") {
            wrong.push(format!("{} does not begin with //!", source.path));
        }
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{} has {lines} lines; above {MOST_LINES} a file asks for another room", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_guard_makes_an_approved_plan() {
    let makers: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.path.starts_with("plan/guard"))
        .filter(|source| shipped(source).contains("ApprovedPlan {") && !shipped(source).contains("struct ApprovedPlan {"))
        .map(|source| source.path)
        .collect();
    assert_eq!(makers, Vec::<String>::new());
}

#[test]
fn every_door_of_the_threat_model_has_a_test_that_is_there() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let everything: String = sources().into_iter().chain(sources_in(&tests)).map(|source| source.text).collect();
    let rows = include_str!("../src/threats.md").lines().skip_while(|line| *line != "# The doors");
    let named = rows.filter_map(|row| row.strip_suffix(" |")?.rsplit_once("| ")).flat_map(|(_, tests)| tests.split('`'));
    let named: Vec<&str> = named.filter(|name| name.contains('_')).collect();
    assert!(named.len() > 40, "{named:?}");
    let gone: Vec<&&str> = named.iter().filter(|name| !everything.contains(&format!("fn {name}("))).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
