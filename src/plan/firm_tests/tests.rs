//! Firm files with tests of their own: what passes, what fails and with which words.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Coverage, TestRun, Tested, check_and_test};
use crate::config::{DaemonRules, FirmInput, Profiles, SourceText};

const FIRM: &str = r#"[firm]
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
[cases]
skip_stages = ["Potential Client"]
[stages]
not_in_map = "attention"
hide = ["Conflict Check"]
start = "Getting Started"
[stages.map]
"Intake" = "Getting Started"
"Demand Sent" = "Demand"
"Released" = "Treatment Completed"
[stages.for."Family Law"]
"Filed" = "Petition"
[practice_areas.map]
"PI" = "Personal Injury"
"#;

fn tested_with(own: &str, beside: Option<&str>) -> Tested {
    let tests = beside.map(|text| SourceText::new("acme.tests.toml", text));
    let source = SourceText::new("acme.firm.toml", own);
    let input = FirmInput { id: "acme".parse().unwrap(), source, tests, catalog: None };
    check_and_test(&input, &Profiles::builtin(), &DaemonRules::default(), None, super::TEST_NOW)
}

/// `FIRM` with one more line or two, and one test.
fn with(change: (&str, &str), case: &str, expect: &str) -> Tested {
    assert!(FIRM.contains(change.0));
    let firm = FIRM.replace(change.0, change.1);
    tested_with(&format!("{firm}[[tests]]\nname = \"it\"\ncase = {{ {case} }}\nexpect = {{ {expect} }}\n"), None)
}

fn run(tested: Tested) -> TestRun {
    tested.run.unwrap_or_else(|| panic!("{:#?}", tested.checked.problems))
}

/// What is not as expected, one line each.
fn said(tested: Tested) -> String {
    let lines = run(tested).tests.into_iter().flat_map(|test| test.mismatches);
    lines.map(|mismatch| mismatch.to_string()).collect::<Vec<_>>().join("\n")
}

/// A change that changes nothing.
const SAME: (&str, &str) = ("[clients]", "[clients]");

fn plain(case: &str, expect: &str) -> String {
    said(with(SAME, case, expect))
}

#[test]
fn the_two_line_test_of_the_handbook_passes_as_it_stands() {
    assert_eq!(
        plain(r#"case_stage = "Released", practice_area = "PI""#, r#"stage = "Treatment Completed", practice_area = "Personal Injury""#),
        ""
    );
    assert_eq!(plain(r#"case_stage = "Released", practice_area = "PI""#, "imported = true, attention = false, closed = false"), "");
    assert_eq!(plain(r#"case_stage = " filed ", practice_area = "family law""#, r#"stage = "Petition""#), "");
}

#[test]
fn a_failing_test_says_what_was_expected_what_came_and_which_line_decided() {
    insta::assert_snapshot!(
        plain(r#"case_stage = "Demand Sent", practice_area = "PI""#, r#"stage = "Treatment Completed", practice_area = "PI", attention = "no-client""#),
        @r#"
    practice_area: expected "PI", got "Personal Injury" because "PI" is "Personal Injury" (acme.firm.toml:26)
    stage: expected "Treatment Completed", got "Demand" because "Demand Sent" is "Demand" (acme.firm.toml:21)
    attention: expected "no-client", got none
    "#
    );
    insta::assert_snapshot!(plain(r#"case_stage = "New One", practice_area = "PI""#, r#"stage = "New One", imported = true"#), @r#"
    stage: expected "New One", got nothing because "New One" is not decided ([stages] not_in_map, acme.firm.toml:16)
    "#);
    insta::assert_snapshot!(plain(r#"case_stage = "Intake", practice_area = "PI", staff = []"#, "imported = true"), @"imported: expected true, got that it needs attention first because nobody on the case is marked as its lead attorney in MyCase");
}

#[test]
fn hidden_stages_keep_what_the_client_saw_and_new_cases_begin_at_the_start() {
    assert_eq!(plain(r#"case_stage = "Conflict Check", practice_area = "PI""#, r#"stage = "Getting Started""#), "");
    assert_eq!(plain(r#"case_stage = "Conflict Check", practice_area = "PI", was = { stage = "Demand" }"#, r#"stage = "Demand""#), "");
    insta::assert_snapshot!(plain(r#"case_stage = "Conflict Check", practice_area = "PI""#, r#"stage = "Demand""#), @r#"stage: expected "Demand", got "Getting Started" because "Conflict Check" is not shown to clients, the portal's stays ([stages] hide, acme.firm.toml:17), and a new record begins at [stages] start (acme.firm.toml:18)"#);
}

#[test]
fn closing_and_reopening_follow_the_closure_policy() {
    let (closed, open) = (r#"status = "closed""#, r#"status = "open", was = { open = false }"#);
    assert_eq!(plain(closed, "closed = true"), "");
    assert_eq!(plain(open, "closed = false"), "");
    assert_eq!(plain("closed_date = 2026-01-02", "closed = true"), "", "a case with a closing day is closed");
    let policy = |line: &str| said(with(("[stages]\n", &format!("[closure]\n{line}\n[stages]\n")), closed, "closed = true"));
    insta::assert_snapshot!(policy("closed = \"ignore\""), @r#"closed: expected true, got false because [closure] closed is "ignore" (acme.firm.toml:16)"#);
    let by_hand = with(
        ("[stages]\n", "[closure]\nby_hand = [\"Terminated\"]\n[stages]\n"),
        r#"status = "closed", case_stage = "Terminated", practice_area = "PI""#,
        r#"closed = false, attention = "closed-by-hand""#,
    );
    assert_eq!(said(by_hand), "");
    let stays = with(("[stages]\n", "[closure]\nreopened = \"ignore\"\n[stages]\n"), open, "closed = false");
    insta::assert_snapshot!(said(stays), @r#"closed: expected false, got true because [closure] reopened is "ignore" (acme.firm.toml:16)"#);
    let staged = with(("[stages]\n", "[closure]\nstage = \"Finished\"\n[stages]\n"), closed, r#"closed = true, stage = "Finished""#);
    assert_eq!(said(staged), "");
}

#[test]
fn what_must_stand_for_a_while_is_tried_with_how_long_it_stood() {
    let settles = ("start = \"Getting Started\"", "start = \"Getting Started\"\nsettle = \"30 minutes\"");
    let case = |stood: &str| {
        format!(r#"case_stage = "Demand Sent", practice_area = "PI", was = {{ stage = "Getting Started", stood = "{stood}" }}"#)
    };
    assert_eq!(said(with(settles, &case("31 minutes"), r#"stage = "Demand""#)), "");
    insta::assert_snapshot!(said(with(settles, &case("5 minutes"), r#"stage = "Demand""#)), @r#"stage: expected "Demand", got "Getting Started" because "Demand Sent" is "Demand" (acme.firm.toml:22), and it has not stood as long as [stages] settle says (acme.firm.toml:19)"#);
}

#[test]
fn a_case_that_is_left_out_says_which_rule_leaves_it_out() {
    let potential = r#"case_stage = "Potential Client", practice_area = "PI""#;
    assert_eq!(plain(potential, "imported = false"), "");
    insta::assert_snapshot!(plain(potential, r#"imported = true, stage = "Getting Started""#), @r#"
    imported: expected true, got nothing because [cases] leaves it out: its stage is in `skip_stages` (acme.firm.toml:14)
    stage: expected "Getting Started", got nothing because [cases] leaves it out: its stage is in `skip_stages` (acme.firm.toml:14)
    "#);
    let old = r#"case_stage = "Intake", practice_area = "PI", updated_at = 2020-01-01"#;
    assert_eq!(plain(old, "imported = false"), "");
    let enabled = ("skip_stages = [\"Potential Client\"]", "enabled_by = \"custom.Portal Enabled\"");
    let fine = r#"case_stage = "Intake", practice_area = "PI""#;
    assert_eq!(said(with(enabled, fine, "imported = true")), "", "a test need not switch every case on");
    assert_eq!(said(with(enabled, &format!(r#"{fine}, custom = {{ "portal enabled" = false }}"#), "imported = false")), "");
}

#[test]
fn people_are_who_the_test_says_and_somebody_usable_otherwise() {
    let of = |case: &str, expect: &str| plain(&format!(r#"case_stage = "Intake", practice_area = "PI"{case}"#), expect);
    assert_eq!(of("", r#"client = "Test Client", phone = "(202) 555-0101", attorney = "staff1@example.com", attention = false"#), "");
    assert_eq!(of(r#", client = { name = "Jane Doe", cell_phone_number = "" }"#, r#"client = false, attention = "no-usable-phone""#), "");
    let two = r#", clients = [{ name = "Jane Doe" }, { name = "John Doe" }]"#;
    assert_eq!(of(two, r#"attention = "client-unclear", imported = false"#).lines().count(), 1, "it needs attention, it is not left out");
    assert_eq!(
        of(&format!(r#"{two}, billing_contact = "John Doe""#), r#"client = "John Doe", email = "client2@example.com", attention = false"#),
        ""
    );
    assert_eq!(of(r#", companies = ["Roe Inc"]"#, r#"attention = ["company-client"]"#), "");
    assert_eq!(of(", staff = []", r#"attention = "no-lead-attorney", attorney = false"#), "");
    let staff = r#", staff = [{ name = "Ann Lee", email = "Ann@Acme.example", type = "Attorney", active = false, lead_lawyer = true }]"#;
    assert_eq!(of(staff, r#"attorney = "ann@acme.example""#), "");
    insta::assert_snapshot!(of(", staff = []", r#"attorney = "ann@acme.example""#), @r#"attorney: expected "ann@acme.example", got nothing because nobody on the case leads it ([staff] lead)"#);
}

#[test]
fn fields_are_compared_by_the_portals_name_and_explained_with_their_line() {
    let fields = ("[stages]\n", "[fields]\nclaim = \"custom.Claim Number\"\nname = { template = \"{{ client.last_name }}\" }\n[stages]\n");
    let case = r#"case_stage = "Intake", practice_area = "PI", case_number = 24, custom = { "Claim Number" = 77 }"#;
    assert_eq!(said(with(fields, case, r#"claim = "77", name = "Client", readable_id = "24", description = false"#)), "");
    insta::assert_snapshot!(said(with(fields, case, r#"claim = "78", readable_id = "25", case_date = 2026-01-31"#)), @r#"
    case_date: expected "2026-01-31", got "2025-12-16" because from case.opened_date (the default for Case Status)
    claim: expected "78", got "77" because from custom.claim number (acme.firm.toml:16)
    readable_id: expected "25", got "24" because from case.case_number (the default for Case Status)
    "#);
}

#[test]
fn while_some_cases_are_tested_or_picked_by_hand_the_tests_still_run() {
    let fine = r#"case_stage = "Intake", practice_area = "PI""#;
    for change in [("[cases]", "[testing]\ncases = [12345]\n[cases]"), ("[cases]", "[cases]\nimport = \"selected\"\nnever = [1]")] {
        assert_eq!(said(with(change, fine, "imported = true")), "", "{change:?}");
    }
    let group = ("\"sole-or-billing\"", "\"group:Client\"");
    assert_eq!(said(with(group, fine, r#"client = "Test Client""#)), "");
    assert_eq!(said(with(group, &format!(r#"{fine}, client = {{ people_group = "Adverse" }}"#), r#"attention = "client-unclear""#)), "");
}

#[test]
fn a_failing_test_is_an_error_of_its_own_file() {
    let beside = "# ours\n[[tests]]\nname = \"it\"\ncase = { case_stage = \"Intake\" }\nexpect = { stage = \"Demand\" }\n";
    let tested = tested_with(FIRM, Some(beside));
    let [problem] = tested.checked.problems.iter().filter(|problem| problem.code == "failing-test").collect::<Vec<_>>()[..] else {
        panic!("{:?}", tested.checked.problems)
    };
    assert_eq!((problem.file.as_str(), problem.line), ("acme.tests.toml", 2));
    assert!(
        problem.message.starts_with("the test \"it\" fails: stage: expected \"Demand\", got \"Getting Started\""),
        "{}",
        problem.message
    );
    assert!(tested.checked.firm.is_none());
    assert!(tested_with(FIRM, Some(&beside.replace("\"Demand\"", "\"Getting Started\""))).checked.firm.is_some());
}

#[test]
fn every_slip_in_a_test_has_its_line_and_what_was_meant() {
    let tests = r#"[[tests]]
name = "slips"
case = { case_stag = "x", status = "shut", opened_date = "soon", staff = [{ emial = "a" }], client = "Jane", was = { stag = "x", stood = "long" }, custom = 1 }
expect = { stagee = "x", attention = "no-usable-phne", closed = "yes" }
"#;
    let tested = tested_with(FIRM, Some(tests));
    let problems = tested.checked.problems.iter().filter(|problem| problem.file == "acme.tests.toml");
    let said: Vec<String> = problems.map(|p| format!("{}:{} {} => {}", p.line, p.column, p.message, p.help)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    3:10 a case of MyCase has no "case_stag" => did you mean "case_stage"?
    3:27 status of this test cannot be read => write "open" or "closed"; "" for neither
    3:44 opened_date of this test cannot be read => write a day, e.g. 2026-01-31
    3:66 a member of the staff has no "emial" => did you mean "email"?
    3:93 client of this test cannot be read => write a table, e.g. { name = "..." }
    3:110 `was`, what the portal showed before, has no "stag" => did you mean "stage"?
    3:110 stood of this test cannot be read => write a length of time, e.g. "10 minutes"
    3:148 custom of this test cannot be read => write a table, e.g. { name = "..." }
    4:12 `expect` has no "stagee" => did you mean "stage"?
    4:26 "no-usable-phne" is no code of what needs attention => did you mean "no-usable-phone"?
    4:56 closed of this test cannot be read => write true or false
    "#);
    assert!(tested.run.is_none());
}

#[test]
fn coverage_names_the_lines_and_rules_that_no_test_looks_at() {
    let tests = r#"[[tests]]
name = "a line"
case = { case_stage = "demand sent", practice_area = "PI" }
expect = { stage = "Demand" }
[[tests]]
name = "passing through proves nothing"
case = { case_stage = "Released", practice_area = "PI" }
expect = { attention = false }
[[tests]]
name = "a rule"
case = { status = "closed" }
expect = { closed = true }
"#;
    let run = run(tested_with(&FIRM.replace("[stages]\n", "[fields]\nclaim = \"custom.Claim\"\n[stages]\n"), Some(tests)));
    assert_eq!(run.failed(), 0, "{run:#?}");
    insta::assert_snapshot!(lines(&run.coverage), @r#"
    stage map: 1 of 4 lines; line 22 "Intake", line 24 "Released", line 26 "Filed"
    practice area map: 0 of 1 lines; line 28 "PI"
    closure: 1 of 4 rules; a case closed when first seen is imported, a linked case that [cases] leaves out, a reopened case opens
    fields: 0 of 1 lines; line 16 "claim"
    "#);
}

#[test]
fn a_closure_rule_that_the_file_says_bears_its_line() {
    let file = FIRM.replace("[stages]\n", "[closure]\nreopened = \"ignore\"\nby_hand = [\"Terminated\"]\n[stages]\n");
    let closure = run(tested_with(&file, None)).coverage.closure;
    let said: Vec<String> = closure.points.iter().map(ToString::to_string).collect();
    assert!(said.contains(&"a reopened case stays closed (line 16)".to_owned()), "{said:?}");
    assert!(said.contains(&"cases in \"terminated\" are closed by hand (line 17)".to_owned()), "{said:?}");
    assert!(said.contains(&"a closed case closes".to_owned()), "a default has no line: {said:?}");
}

fn lines(coverage: &Coverage) -> String {
    let part = |(name, unit, part): (&str, &str, &super::Part)| {
        let untested: Vec<String> = part.untested().map(ToString::to_string).collect();
        format!("{name}: {} of {} {unit}; {}", part.tested, part.points.len(), untested.join(", "))
    };
    coverage.parts().map(part).collect::<Vec<_>>().join("\n")
}
