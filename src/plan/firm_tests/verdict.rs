//! A firm file's whole verdict: what `config` finds wrong with it, and which of its own tests fail. `check`, `test` and the
//! daemon's reload ask here, so a file whose tests fail is nowhere a good one.

use super::run::{Outcome, TestRun, run_tests};
use crate::config::{Checked, DaemonRules, FirmInput, Problem, Profiles, Severity, SourceText, check_firm};
use jiff::Timestamp;

/// A firm's files, checked and tested.
#[derive(Debug, Clone)]
pub struct Tested {
    /// What the file means; `None` when there is an error or a test fails.
    pub checked: Checked,
    /// What came of the tests; `None` when the file has errors, so that nothing could be tried.
    pub run: Option<TestRun>,
}

/// Checks one firm's files as [`check_firm`] does and runs their tests; a failing test is an error of its file.
pub fn check_and_test(
    input: &FirmInput,
    profiles: &Profiles,
    daemon: &DaemonRules,
    defaults: Option<&SourceText>,
    now: Timestamp,
) -> Tested {
    let mut checked = check_firm(input, profiles, daemon, defaults, now);
    let run = checked.firm.as_ref().map(|firm| run_tests(firm, &input.source.text));
    let failed: Vec<Problem> = run.iter().flat_map(|run| &run.tests).filter_map(|test| problem(test, input)).collect();
    if !failed.is_empty() {
        checked.firm = None;
        checked.problems.extend(failed);
        checked.problems.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
    }
    Tested { checked, run }
}

/// A failing test as a problem at its header.
fn problem(test: &Outcome, input: &FirmInput) -> Option<Problem> {
    if test.passed {
        return None;
    }
    let sources = [Some(&input.source), input.tests.as_ref()];
    let source = sources.into_iter().flatten().find(|source| source.name == test.file).unwrap_or(&input.source);
    let said: Vec<String> = test.mismatches.iter().map(ToString::to_string).collect();
    let message = format!("the test {:?} fails: {}", test.name, said.join("; "));
    let help = "correct the rule, or what the test expects".to_owned();
    Some(Problem::at(source, test.span.clone(), Severity::Error, "failing-test", message, help))
}
