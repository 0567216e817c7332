//! What is shipped beside the program says the same as the program.

use casebridge::config::{SourceText, check_daemon};
use std::fs;
use std::path::Path;

fn packaged(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_unit_for_debian_12_is_the_other_one_but_for_how_it_is_told_to_reload() {
    let settings = |text: String| -> Vec<String> { text.lines().skip(2).map(str::to_owned).collect() };
    let mut expected = settings(packaged("systemd/casebridge.service"));
    let kind = expected.iter().position(|line| line == "Type=notify-reload").expect("it is told to reload by systemd");
    expected[kind] = "Type=notify".to_owned();
    let user = expected.iter().position(|line| line.starts_with("User=")).expect("it has a user");
    expected.insert(user, "ExecReload=/bin/kill -HUP $MAINPID".to_owned());
    assert_eq!(settings(packaged("systemd/debian-12/casebridge.service")), expected);
}

#[test]
fn the_packaged_daemon_file_shows_every_key_with_its_default() {
    let shown: String =
        packaged("casebridge.toml").lines().filter_map(|line| line.strip_prefix('#')).map(|line| format!("{line}\n")).collect();
    let commented = shown.lines().filter(|line| line.starts_with('[') || line.contains(" = ")).map(|line| format!("{line}\n"));
    let (file, problems) = check_daemon(&SourceText::new("casebridge.toml", commented.collect::<String>()));
    assert!(problems.is_empty(), "{problems:?}");
    let (defaults, _) = check_daemon(&SourceText::new("casebridge.toml", ""));
    assert_eq!(file, defaults);
    // The state folder and the socket depend on who runs it, and the unit names them.
    let keys = include_str!("../../src/config/daemon.defaults.toml").lines().filter_map(|line| line.split_once(" = ").map(|(key, _)| key));
    for key in keys {
        assert!(shown.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is not shown");
    }
}
