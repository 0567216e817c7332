//! What is shipped beside the program says the same as the program.

use casebridge::config::{FirmInput, Profiles, SourceText, check_daemon, check_firm};
use std::fs;
use std::path::Path;

fn packaged(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A unit without the two lines that say what it is for.
fn settings(name: &str) -> Vec<String> {
    packaged(name).lines().skip(2).map(str::to_owned).collect()
}

#[test]
fn the_units_for_debian_12_are_the_other_ones_but_for_how_they_are_told_to_reload() {
    for unit in ["casebridge.service", "casebridge@.service"] {
        let mut expected = settings(&format!("systemd/{unit}"));
        let kind = expected.iter().position(|line| line == "Type=notify-reload").expect("it is told to reload by systemd");
        expected[kind] = "Type=notify".to_owned();
        let user = expected.iter().position(|line| line.starts_with("User=")).expect("it has a user");
        expected.insert(user, "ExecReload=/bin/kill -HUP $MAINPID".to_owned());
        assert_eq!(settings(&format!("systemd/debian-12/{unit}")), expected, "{unit}");
    }
}

#[test]
fn the_unit_for_several_daemons_is_the_other_one_but_for_its_name_and_its_folders() {
    let own = |line: String| match line.split_once('=') {
        Some(("ConfigurationDirectory" | "StateDirectory" | "RuntimeDirectory", _)) => format!("{line}-%i"),
        Some(("#LoadCredential" | "#LoadCredentialEncrypted", _)) => line.replace("/etc/casebridge/", "/etc/casebridge-%i/"),
        Some(("Description", _)) => line.replace("casebridge:", "casebridge %i:"),
        _ => line,
    };
    let expected: Vec<String> = settings("systemd/casebridge.service").into_iter().map(own).collect();
    assert_eq!(settings("systemd/casebridge@.service"), expected);
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

/// The text of a file that stands in a ConfigMap.
fn in_the_pod(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/gitops/kubernetes/casebridge.yaml");
    let whole = fs::read_to_string(path).expect("the pod");
    let (_, rest) = whole.split_once(&format!("  {name}: |\n")).unwrap_or_else(|| panic!("{name} is not in the pod"));
    let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(|line| format!("{}\n", line.trim_start_matches("    "))).collect()
}

#[test]
fn the_files_in_the_pod_are_good() {
    let (daemon, problems) = check_daemon(&SourceText::new("casebridge.toml", in_the_pod("casebridge.toml")));
    let daemon = daemon.unwrap_or_else(|| panic!("{problems:?}"));
    let source = SourceText::new("acme.firm.toml", in_the_pod("acme.firm.toml"));
    let input = FirmInput { id: "acme".parse().expect("an id"), source, tests: None, catalog: None };
    let checked = check_firm(&input, &Profiles::builtin(), &daemon.allow, None, jiff::Timestamp::UNIX_EPOCH);
    assert!(checked.firm.is_some(), "{:?}", checked.problems);
}
