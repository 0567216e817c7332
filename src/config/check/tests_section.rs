//! `[[tests]]` of the firm file and of `<firm>.tests.toml`: their form; `casebridge test` acts on them.

use super::Check;
use crate::config::raw::{At, Map, Origin, Place, RawAny, RawTest, RawTestsFile, read_document};
use crate::config::{Problem, SOURCES, Severity, SourceText, TestCase, nearest};
use std::collections::BTreeMap;

/// What `case` may give beside the fixed sources of a case.
const GIVEN: [&str; 7] = ["client", "clients", "staff", "lead_attorney", "custom", "office", "billing_contact"];

pub(super) fn tests(check: &mut Check<'_>, raw: Option<&At<Vec<At<RawTest>>>>) -> Vec<TestCase> {
    let tests: Vec<&At<RawTest>> = raw.into_iter().flat_map(|at| &at.value).collect();
    let mut turned = Vec::with_capacity(tests.len());
    for test in tests {
        let line = check.line(&test.place);
        let mut say = |place: &Place, severity, code, message: String, help: String| check.add(place, severity, code, message, help);
        turned.extend(test_case(test, line, &mut say));
    }
    turned
}

/// `<firm>.tests.toml`; its problems are this file's own.
pub(super) fn check_file(check: &mut Check<'_>, source: Option<&SourceText>) {
    let Some(source) = source else { return };
    let (_, mut problems) = read_tests(source);
    check.problems.append(&mut problems);
}

/// The tests of `<firm>.tests.toml`, with every problem.
pub fn read_tests(source: &SourceText) -> (Vec<TestCase>, Vec<Problem>) {
    let (raw, mut problems) = read_document::<RawTestsFile>(source, Origin::File, &[("", RawTestsFile::KEYS), ("tests", RawTest::KEYS)]);
    let mut turned = Vec::new();
    for test in raw.into_iter().filter_map(|raw| raw.tests).flat_map(|at| at.value) {
        let line = source.place(test.place.span.start).0 as u32;
        let mut say = |place: &Place, severity, code, message: String, help: String| {
            problems.push(Problem::at(source, place.span.clone(), severity, code, message, help));
        };
        turned.extend(test_case(&test, line, &mut say));
    }
    (turned, problems)
}

type Say<'a> = dyn FnMut(&Place, Severity, &'static str, String, String) + 'a;

fn test_case(test: &At<RawTest>, line: u32, say: &mut Say<'_>) -> Option<TestCase> {
    let RawTest { place: _, name, case, expect } = &test.value;
    let name = name.as_ref().map(|at| at.value.trim()).filter(|name| !name.is_empty());
    let mut missing = |key: &str, help: &str| {
        say(&test.place, Severity::Error, "required", format!("a test needs {key}"), help.to_owned());
    };
    if name.is_none() {
        missing("name", "write what it shows, e.g. name = \"released cases show Treatment Completed\"");
    }
    if case.as_ref().is_none_or(|at| at.value.0.is_empty()) {
        missing("case", "write what MyCase says, e.g. case = { case_stage = \"Intake\", practice_area = \"PI\" }");
    }
    if expect.as_ref().is_none_or(|at| at.value.0.is_empty()) {
        missing("expect", "write what the portal should show, e.g. expect = { stage = \"Getting Started\" }");
    }
    let known: Vec<&str> = SOURCES.iter().filter_map(|source| source.name.strip_prefix("case.")).chain(GIVEN).collect();
    for (key, _) in case.iter().flat_map(|at| at.value.iter()).filter(|(key, _)| !known.contains(&key.value.as_str())) {
        let message = format!("a case of MyCase has no {:?}", key.value);
        say(&key.place, Severity::Error, "unknown-key", message, nearest::did_you_mean(&key.value, &known));
    }
    let values = |map: &At<Map<RawAny>>| -> BTreeMap<String, toml::Value> {
        map.value.iter().map(|(key, value)| (key.value.clone(), value.value.0.clone())).collect()
    };
    Some(TestCase { name: name?.to_owned(), given: values(case.as_ref()?), expect: values(expect.as_ref()?), line })
}
