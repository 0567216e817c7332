//! The daemon's own file, checked as at its start.

use super::problems::are_placed;
use casebridge::config::{Severity, SourceText, check_daemon};

/// The file is judged without a panic, each problem has its place, and a good one means the same however it is spelled.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = SourceText::new("casebridge.toml", text.as_ref());
    let (daemon, problems) = check_daemon(&source);
    are_placed(&problems, std::slice::from_ref(&source));
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(daemon.is_none(), has_errors, "the file is used, or somebody is told why not: {problems:?}");
    let Some(daemon) = daemon else { return };
    assert!((1..=25).contains(&daemon.mycase_requests), "MyCase takes no more");
    if let Some(web) = &daemon.web {
        assert!(web.listen.ip().is_loopback() || web.token.is_some(), "a page that others can reach has a token");
    }
    let table: toml::Table = toml::from_str(&text).expect("a good file is TOML");
    let (again, _) = check_daemon(&SourceText::new("casebridge.toml", toml::to_string(&table).expect("a table can be written")));
    assert_eq!(again, Some(daemon), "written anew it means the same");
}
