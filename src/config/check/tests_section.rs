//! `[[tests]]` of the firm file and of `<firm>.tests.toml`: their form. What comes of them, `plan`'s `firm_tests` finds.

use super::Check;
use super::test_values::{Finding, expected, given};
use crate::config::raw::{At, Origin, RawTest, RawTestsFile, read_document};
use crate::config::{EXPECTED, FieldRule, Problem, Profile, Severity, SourceText, TestCase};
use std::collections::BTreeMap;

/// Everything that `expect` may name: the fixed words, the portal's fields, and the firm's own.
pub(super) fn expectable(fields: Option<&BTreeMap<String, FieldRule>>, profile: Option<&Profile>) -> Vec<String> {
    let of_portal = profile.into_iter().flat_map(|profile| profile.fields.keys());
    let own = fields.into_iter().flat_map(BTreeMap::keys);
    let mut known: Vec<String> = EXPECTED.iter().map(|word| (*word).to_owned()).collect();
    known.extend(of_portal.chain(own).cloned());
    known.sort();
    known.dedup();
    known
}

/// The tests of both files, with every problem of their form.
pub(super) fn tests(
    check: &mut Check<'_>,
    raw: Option<&At<Vec<At<RawTest>>>>,
    beside: Option<&SourceText>,
    known: &[String],
) -> Vec<TestCase> {
    let mut turned = Vec::new();
    let own: Vec<&At<RawTest>> = raw.into_iter().flat_map(|at| &at.value).collect();
    for test in own {
        turned.extend(test_case(test, check.source, known, &mut check.problems));
    }
    if let Some(source) = beside {
        let sections = &[("", RawTestsFile::KEYS), ("tests", RawTest::KEYS)];
        let (raw, mut problems) = read_document::<RawTestsFile>(source, Origin::File, sections);
        for test in raw.into_iter().filter_map(|raw| raw.tests).flat_map(|at| at.value) {
            turned.extend(test_case(&test, source, known, &mut problems));
        }
        check.problems.append(&mut problems);
    }
    turned
}

fn test_case(test: &At<RawTest>, source: &SourceText, known: &[String], problems: &mut Vec<Problem>) -> Option<TestCase> {
    let RawTest { place: _, name, case, expect } = &test.value;
    let mut found: Vec<Finding> = Vec::new();
    let name = name.as_ref().map(|at| at.value.trim()).filter(|name| !name.is_empty());
    let mut missing = |key: &str, help: &str| {
        found.push(Finding { place: test.place.clone(), code: "required", message: format!("a test needs {key}"), help: help.to_owned() });
    };
    if name.is_none() {
        missing("name", "write what it shows, e.g. name = \"released cases show Treatment Completed\"");
    }
    // What is there and cannot be read was said already.
    let start = test.place.span.start;
    let end = source.text.get(start + 1..).and_then(|rest| rest.find("[[tests]]")).map_or(source.text.len(), |at| start + 1 + at);
    let unread =
        |problem: &Problem| problem.file == source.name && problem.code == "wrong-type" && (start..end).contains(&problem.span.start);
    let said = problems.iter().any(unread);
    if case.as_ref().is_none_or(|at| at.value.0.is_empty()) && !said {
        missing("case", "write what MyCase says, e.g. case = { case_stage = \"Intake\", practice_area = \"PI\" }");
    }
    if expect.as_ref().is_none_or(|at| at.value.0.is_empty()) && !said {
        missing("expect", "write what the portal should show, e.g. expect = { stage = \"Getting Started\" }");
    }
    let given = case.as_ref().map(|at| given(&at.value, &mut found));
    let expect = expect.as_ref().map(|at| expected(&at.value, known, &mut found));
    for Finding { place, code, message, help } in found {
        problems.push(Problem::at(source, place.span, Severity::Error, code, message, help));
    }
    let span = header(source, test);
    let case_span = case.as_ref().map(|at| at.place.span.clone())?;
    let line = u32::try_from(source.place(span.start).0).unwrap_or(u32::MAX);
    Some(TestCase { name: name?.to_owned(), given: given?, expect: expect?, file: source.name.clone(), line, span, case_span })
}

/// The header's line of a test: a table's place covers its content.
fn header(source: &SourceText, test: &At<RawTest>) -> std::ops::Range<usize> {
    let std::ops::Range { start, end } = test.place.span;
    let text = source.text.get(start..end).unwrap_or_default();
    start..text.find('\n').map_or(end, |line| start + line)
}
