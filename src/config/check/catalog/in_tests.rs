//! MyCase's names in `[[tests]]`: a test of a stage that MyCase does not have proves nothing.

use super::known::{Known, Said};
use crate::config::check::Check;
use crate::config::{Problem, Severity, SourceText, TestCase, TestExpect};
use crate::domain::ReasonCode;
use std::ops::Range;

/// The lists that tests name things of.
pub(super) struct Lists<'a> {
    pub(super) stages: &'a Known<'a>,
    pub(super) areas: &'a Known<'a>,
    pub(super) fields: &'a Known<'a>,
    pub(super) groups: &'a Known<'a>,
    pub(super) types: &'a Known<'a>,
}

pub(super) fn look(check: &mut Check<'_>, tests: &[TestCase], sources: &[&SourceText], lists: &Lists<'_>) {
    for test in tests {
        let Some(source) = sources.iter().find(|source| source.name == test.file) else { continue };
        for (known, name) in names(test, lists) {
            let (what, help) = match known.says(name) {
                Said::Fine => continue,
                Said::Renamed(now) => ("no longer has", format!("it is now called {now:?}: write that")),
                Said::Unknown(Some(near)) => ("does not have", format!("did you mean {near:?}?")),
                Said::Unknown(None) => ("does not have", "write a name as MyCase spells it, or leave the test out".to_owned()),
            };
            let message = format!("this test proves nothing: MyCase {what} the {} {name:?}", known.what);
            check.problems.push(Problem::at(source, place(source, test, name), Severity::Warning, "unknown-name", message, help));
        }
    }
}

/// Every name that a test gives, with its list. A test that expects a name to be missing in the map may make one up.
fn names<'a>(test: &'a TestCase, lists: &'a Lists<'a>) -> Vec<(&'a Known<'a>, &'a str)> {
    let given = &test.given;
    let made_up = |code: ReasonCode| expects(&test.expect, code);
    let text = |key: &str| given.texts.get(key).map(String::as_str).filter(|name| !name.trim().is_empty());
    let stage = text("case_stage").filter(|_| !made_up(ReasonCode::StageNotMapped)).map(|name| (lists.stages, name));
    let area = text("practice_area").filter(|_| !made_up(ReasonCode::PracticeAreaNotMapped)).map(|name| (lists.areas, name));
    let people = given.clients.iter().flatten();
    let custom = given.custom.values().chain(people.clone().flat_map(|person| person.custom.values()));
    let groups = people.filter_map(|person| person.texts.get("people_group")).filter(|name| !name.trim().is_empty());
    let types = given.staff.iter().flatten().filter_map(|person| person.kind.as_ref()).filter(|kind| !kind.trim().is_empty());
    let mut names: Vec<(&Known<'_>, &str)> = stage.into_iter().chain(area).collect();
    names.extend(custom.map(|custom| (lists.fields, custom.name.as_str())));
    names.extend(groups.map(|name| (lists.groups, name.as_str())));
    names.extend(types.map(|name| (lists.types, name.as_str())));
    names
}

fn expects(expect: &TestExpect, code: ReasonCode) -> bool {
    expect.attention.as_ref().is_some_and(|codes| codes.contains(&code))
}

/// The name where the test's `case` says it, else the test's header.
fn place(source: &SourceText, test: &TestCase, name: &str) -> Range<usize> {
    let case = source.text.get(test.case_span.clone()).unwrap_or_default();
    // In its quotes first: "PI" may be part of another name.
    let quoted = [format!("\"{name}\""), format!("'{name}'")].iter().find_map(|quoted| case.find(quoted.as_str())).map(|at| at + 1);
    match quoted.or_else(|| case.find(name)) {
        Some(at) => test.case_span.start + at..test.case_span.start + at + name.len(),
        None => test.span.clone(),
    }
}
