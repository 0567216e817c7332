//! `casebridge test`: runs the `[[tests]]` of firm files and says what came of each, and what no test looks at. Reads files
//! and nothing else: no secret, no state, no network, no clock.

use super::args::{Format, TestArgs};
use super::check::{self, Found};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::output::Ink;
use crate::config::{Severity, render};
use crate::plan::firm_tests::{Coverage, Outcome, Part, TEST_NOW};
use serde_json::{Value, json};

/// How many untested lines the summary names; `--coverage` lists all.
const NAMED: usize = 5;

/// Runs the tests that were asked for; ends with 3 when one fails or a file has an error.
pub(super) fn test(args: &TestArgs, desk: &Desk) -> Result<Exit, Failure> {
    let mut found = check::read(&args.paths, desk, TEST_NOW)?;
    // Only what keeps a test from being run, or fails it, is this command's business.
    found.problems.retain(|problem| problem.severity == Severity::Error);
    match desk.output.format {
        Format::Json => desk.output.json(&answer(&found)),
        Format::Github => {
            desk.output.answer(&render::github(&found.problems));
            desk.output.say(&summary(&found));
        }
        Format::Text | Format::Markdown => desk.output.answer(&text(&found, args.coverage, desk.output.colour_answers())),
    }
    Ok(if found.problems.is_empty() { Exit::Done } else { Exit::Files })
}

fn answer(found: &Found) -> Value {
    let runs = found.runs.iter();
    let firms = runs.map(|(firm, file, run)| json!({ "firm": firm, "file": file, "tests": run.tests, "coverage": run.coverage }));
    let firms: Vec<Value> = firms.collect();
    let (passed, failed) = counts(found);
    let problems: Vec<_> = found.problems.iter().filter(|problem| problem.code != "failing-test").collect();
    json!({ "firms": firms, "passed": passed, "failed": failed, "problems": problems })
}

fn text(found: &Found, all: bool, colour: bool) -> String {
    let errors: Vec<_> = found.problems.iter().filter(|problem| problem.code != "failing-test").cloned().collect();
    let mut text = render::text(&errors, &found.sources, colour);
    if !text.is_empty() {
        text.push('\n');
    }
    for (_, file, run) in &found.runs {
        text.push_str(&format!("{}\n", Ink::Bold.on(file, colour)));
        if run.tests.is_empty() {
            text.push_str("  no tests; add [[tests]], or write them into a file <firm>.tests.toml beside it\n");
        }
        run.tests.iter().for_each(|test| text.push_str(&one(test, file, colour)));
        text.push_str(&covered(&run.coverage, all, colour));
        text.push('\n');
    }
    text.push_str(&Ink::Bold.on(&summary(found), colour));
    text.push('\n');
    text
}

/// One test: a line when it passed, and what was not as expected when it did not.
fn one(test: &Outcome, file: &str, colour: bool) -> String {
    let Outcome { name, file: own, line, passed, mismatches, span: _ } = test;
    if *passed {
        return format!("  {} {name}\n", Ink::Green.on("ok  ", colour));
    }
    let place = if own == file { format!("line {line}") } else { format!("{own}:{line}") };
    let said: String = mismatches.iter().map(|mismatch| format!("         {mismatch}\n")).collect();
    format!("  {} {name} ({place})\n{said}", Ink::Red.on("FAIL", colour))
}

/// What the tests look at: one line for each part, or every point.
fn covered(coverage: &Coverage, all: bool, colour: bool) -> String {
    let mut text = String::new();
    for (part_name, unit, part) in coverage.parts() {
        let Part { tested, points } = part;
        text.push_str(&format!("  {part_name}: {tested} of {} {unit} tested", points.len()));
        if all {
            text.push('\n');
            for point in points {
                let mark = if point.tested { Ink::Green.on("tested    ", colour) } else { Ink::Yellow.on("not tested", colour) };
                text.push_str(&format!("    {mark}  {point}\n"));
            }
            continue;
        }
        let untested: Vec<String> = part.untested().map(ToString::to_string).collect();
        if let Some((named, rest)) = untested.split_at_checked(NAMED.min(untested.len())).filter(|(named, _)| !named.is_empty()) {
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more (--coverage lists them)", rest.len()) };
            text.push_str(&format!("; not tested: {}{more}", named.join(", ")));
        }
        text.push('\n');
    }
    text
}

fn counts(found: &Found) -> (usize, usize) {
    let all: usize = found.runs.iter().map(|(_, _, run)| run.tests.len()).sum();
    let failed: usize = found.runs.iter().map(|(_, _, run)| run.failed()).sum();
    (all - failed, failed)
}

/// E.g. `5 tests: 4 passed, 1 failed`, and how many files could not be tested.
fn summary(found: &Found) -> String {
    let (passed, failed) = counts(found);
    let all = passed + failed;
    let tests = if all == 1 { "1 test".to_owned() } else { format!("{all} tests") };
    let came = match failed {
        0 if all == 0 => String::new(),
        0 => ": all passed".to_owned(),
        _ => format!(": {passed} passed, {failed} failed"),
    };
    let firms = found.files.iter().filter(|file| file.ends_with(".firm.toml")).count();
    let untried = firms.saturating_sub(found.runs.len());
    let untried = match untried {
        0 => String::new(),
        1 => "; 1 file has errors, so its tests could not be run".to_owned(),
        more => format!("; {more} files have errors, so their tests could not be run"),
    };
    format!("{tests}{came}{untried}")
}
