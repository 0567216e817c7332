//! Firm files to break, and how tests check them.

use super::{Checked, DaemonRules, FirmInput, check_firm};
use crate::config::{Profiles, SourceText};

/// A firm file of the first portal, as short as one can be.
pub(crate) const SHORT: &str = r#"[firm]
name = "Acme Injury Law"
time_zone = "America/New_York"
[mycase]
client_id = "abc"
client_secret = { stored = "mycase" }
redirect_uri = "http://127.0.0.1:8766/callback"
[portal]
kind = "case-status"
api_key = { stored = "portal" }
[clients]
who = "sole-or-billing"
"#;

/// `SHORT` for the portal that cannot be listed.
pub(crate) fn short_hona() -> String {
    SHORT.replace("kind = \"case-status\"", "kind = \"hona\"\nexisting = \"none\"")
}

pub(crate) fn input(text: &str) -> FirmInput {
    let id = "acme".parse().unwrap_or_else(|error| panic!("{error}"));
    FirmInput { id, source: SourceText::new("acme.firm.toml", text), tests: None, catalog: None }
}

pub(crate) fn check_input(input: &FirmInput, folder: Option<&str>) -> Checked {
    let rules = DaemonRules {
        hosts: vec!["portal.acme.example".to_owned()],
        environment: vec!["SHARED_KEY".to_owned()],
        secrets: "secrets".to_owned(),
    };
    let now = "2026-11-23T15:00:00Z".parse().unwrap_or_else(|error| panic!("{error}"));
    let folder = folder.map(|text| SourceText::new("defaults.toml", text));
    check_firm(input, &Profiles::builtin(), &rules, folder.as_ref(), now)
}

pub(crate) fn check(text: &str) -> Checked {
    check_input(&input(text), None)
}

/// The problems as lines, the note about unconfirmed operations left out.
pub(crate) fn said(checked: &Checked) -> String {
    let lines = checked.problems.iter().filter(|problem| problem.code != "unconfirmed").map(|problem| {
        let severity = format!("{:?}", problem.severity).to_lowercase();
        format!("{}:{}:{} {severity}[{}] {} => {}", problem.file, problem.line, problem.column, problem.code, problem.message, problem.help)
    });
    lines.collect::<Vec<_>>().join("\n").replace("acme.firm.toml:", "")
}
