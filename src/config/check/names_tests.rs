//! MyCase's names against the file: from a catalog fresh or stale, from what MyCase says now, and the rules that no case can
//! reach.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::samples::{SHORT, check, check_input, input, said};
use super::{Checked, DaemonRules, check_online};
use crate::config::{Catalog, CatalogEntry, MyCaseFinding, Online, OnlineFinding, PortalFinding, Profiles, Severity, SourceText};
use std::collections::BTreeMap;

const FRESH: &str = "2026-11-20T00:00:00Z";

fn entries(names: &[&str]) -> Vec<CatalogEntry> {
    (1..).zip(names).map(|(id, name)| CatalogEntry::new(id, name, &[])).collect()
}

fn catalog() -> Catalog {
    let mut stages = entries(&["Demand", "Intake", "Treating"]);
    stages[0] = CatalogEntry::new(1, "Demand", &["Demand Sent".to_owned()]);
    Catalog {
        taken_at: FRESH.parse().unwrap(),
        stages,
        practice_areas: entries(&["PI", "Family Law"]),
        custom_fields: entries(&["Court"]),
        people_groups: entries(&["Client"]),
        staff_types: vec!["Attorney".to_owned(), "Paralegal".to_owned()],
        portal_stages: BTreeMap::new(),
    }
}

fn with(text: &str, catalog: &Catalog) -> Checked {
    let mut beside = input(text);
    beside.catalog = Some(SourceText::new("acme.catalog.toml", catalog.to_toml()));
    check_input(&beside, None)
}

fn lines(more: &str) -> String {
    said(&with(&format!("{SHORT}{more}"), &catalog()))
}

const WRONG: &str = "[cases]\nenabled_by = \"custom.Curt\"\n[stages.map]\n\"Demand Sent\" = \"Demand\"\n\"intake \" = \"Start\"\n\"Intaek\" = \"Start\"\n\"Arbitration\" = \"Start\"\n[stages.for.\"Family\"]\n\"Intake\" = \"x\"\n[staff.roles]\n\"Atorney\" = \"Attorney\"\n";

#[test]
fn a_slip_is_an_error_and_what_may_be_new_or_was_renamed_is_a_warning() {
    let text = SHORT.replace("\"sole-or-billing\"", "\"group:Clients\"") + WRONG;
    insta::assert_snapshot!(said(&with(&text, &catalog())), @r#"
    12:7 error[unknown-name] MyCase has no people group "Clients" => did you mean "Client"? If "Clients" is new in MyCase, run `casebridge catalog pull acme`
    14:14 error[unknown-name] MyCase has no custom field "Curt" => did you mean "Court"? If "Curt" is new in MyCase, run `casebridge catalog pull acme`
    16:1 warning[renamed] 'Demand Sent' is now called 'Demand'; line 16 still says 'Demand Sent' => write "Demand"; until then what this line decides waits
    18:1 error[unknown-name] MyCase has no stage "Intaek" => did you mean "Intake"? If "Intaek" is new in MyCase, run `casebridge catalog pull acme`
    19:1 warning[unknown-name] MyCase had no stage "Arbitration" when the catalog was read (2026-11-20) => look it up in MyCase; if it is new there, run `casebridge catalog pull acme`
    20:13 warning[unknown-name] MyCase had no practice area "Family" when the catalog was read (2026-11-20) => did you mean "Family Law"? If "Family" is new in MyCase, run `casebridge catalog pull acme`
    23:1 warning[unknown-name] nobody in MyCase is of the staff type "Atorney" => did you mean "Attorney"?
    "#);
}

#[test]
fn a_stale_catalog_is_a_hint_and_takes_no_file_out_of_use() {
    let old = Catalog { taken_at: "2026-10-24T15:00:00Z".parse().unwrap(), ..catalog() };
    let checked = with(&format!("{SHORT}{WRONG}"), &old);
    let said = said(&checked);
    assert!(
        checked.firm.is_some() && said.contains("acme.catalog.toml:2:1 warning[stale-catalog]") && said.contains("30 days old"),
        "{said}"
    );
    assert!(said.contains("MyCase has no stage \"Intaek\"") && !said.contains("uncovered"), "{said}");
}

#[test]
fn a_catalog_that_cannot_be_read_does_no_harm() {
    for text in ["<<<<<<< HEAD\n", "taken_at = \"yesterday\"\n", "taken_at = \"2026-11-20T00:00:00Z\"\nfrom_a_newer_version = 1\n"] {
        let mut beside = input(SHORT);
        beside.catalog = Some(SourceText::new("acme.catalog.toml", text));
        let checked = check_input(&beside, None);
        let said = said(&checked);
        assert!(checked.firm.is_some() && said.contains("acme.catalog.toml:1") || said.contains("acme.catalog.toml:2"), "{said}");
        assert!(said.contains("warning[") && said.contains("casebridge catalog pull acme"), "{said}");
    }
}

#[test]
fn a_line_with_the_new_name_makes_the_old_one_superfluous() {
    let said = lines("[stages.map]\n\"Demand Sent\" = \"Demand\"\n\"Demand\" = \"Demand\"\n");
    assert!(said.contains("leave this one out: line 15 says \"Demand\""), "{said}");
}

#[test]
fn stages_and_practice_areas_that_no_rule_covers_are_named() {
    insta::assert_snapshot!(lines("[closure]\nby_hand = [\"Treating\"]\n[cases]\nskip_practice_areas = [\"Family Law\"]\n[stages]\nnot_in_map = \"attention\"\nhide = [\"Intake\"]\n[practice_areas]\nnot_in_map = \"attention\"\n"), @r#"
    17:1 warning[uncovered-stages] no rule covers these stages of MyCase: "Demand", "Treating" => add them to [stages.map], or to hide; their cases need attention until then. `casebridge init acme --stage-map` proposes lines
    20:1 warning[uncovered-practice-areas] no rule covers these practice areas of MyCase: "PI" => add them to [practice_areas.map], or to skip_practice_areas in [cases]; their cases need attention until then
    "#);
    assert_eq!(lines(""), "", "with same-name every stage is taken as it is called");
    let listed = lines("[portal.stages]\n\"PI\" = [\"Demand\", \"Intake\"]\n");
    assert!(listed.contains("no rule covers these stages of MyCase: \"Treating\""), "{listed}");
    assert!(listed.contains("no rule covers these practice areas of MyCase: \"Family Law\""), "{listed}");
}

#[test]
fn names_in_tests_are_held_against_the_catalog_unless_they_are_made_up_on_purpose() {
    let test = |case: &str, expect: &str| format!("[[tests]]\nname = \"x\"\ncase = {{ {case} }}\nexpect = {{ {expect} }}\n");
    let more = [
        test("name = \"Treatng v. Doe\", case_stage = \"Treatng\", practice_area = \"PI\"", "stage = \"Treatng\""),
        test("case_stage = \"Demand Sent\", custom = { \"Cort\" = \"x\" }", "stage = \"Demand Sent\""),
        test("client = { people_group = \"Nobody\" }, staff = { type = \"Paralegl\", lead_lawyer = true }", "client = \"Test Client\""),
        test("case_stage = \"Brand New\"", "attention = \"stage-not-mapped\""),
    ];
    insta::assert_snapshot!(lines(&more.concat()), @r#"
    15:49 warning[unknown-name] this test proves nothing: MyCase does not have the stage "Treatng" => did you mean "Treating"?
    19:24 warning[unknown-name] this test proves nothing: MyCase no longer has the stage "Demand Sent" => it is now called "Demand": write that
    19:50 warning[unknown-name] this test proves nothing: MyCase does not have the custom field "Cort" => did you mean "Court"?
    23:37 warning[unknown-name] this test proves nothing: MyCase does not have the people group "Nobody" => write a name as MyCase spells it, or leave the test out
    23:66 warning[unknown-name] this test proves nothing: MyCase does not have the staff type "Paralegl" => did you mean "Paralegal"?
    "#);
}

#[test]
fn what_the_portal_shows_proves_no_absence() {
    let mut catalog = catalog();
    catalog.portal_stages = BTreeMap::from([("Personal Injury".to_owned(), vec!["Medical Treatment".to_owned(), "Demand".to_owned()])]);
    let file = format!(
        "{SHORT}[stages.map]\n\"Treating\" = \"Medical Treatement\"\n\"Intake\" = \"Getting Started\"\n[practice_areas.map]\n\"PI\" = \"Personal injury\"\n"
    );
    insta::assert_snapshot!(said(&with(&file, &catalog)), @r#"
    14:14 note[portal-name] no case in the portal stands in the stage "Medical Treatement", but some stand in "Medical Treatment" => did you mean "Medical Treatment"? The portal wants its own spelling
    17:8 note[portal-name] no case in the portal stands in the practice area "Personal injury", but some stand in "Personal Injury" => did you mean "Personal Injury"? The portal wants its own spelling
    "#);
}

#[test]
fn rules_that_no_case_reaches_are_named_with_what_shadows_them() {
    let file = format!(
        "{SHORT}{}",
        r#"[cases]
practice_areas = ["PI", "Auto"]
skip_practice_areas = ["Auto", "Probate"]
skip_stages = ["Potential Client"]
[closure]
closed = "ignore"
by_hand = ["Terminated"]
[stages]
hide = ["Potential Client", "Conflict Check"]
[stages.map]
"Filed" = "Petition"
"Potential Client" = "Start"
"Served" = "Petition"
[stages.for."PI"]
"Filed" = "Court"
"Conflict Check" = "Start"
[stages.for."Family Law"]
"Served" = "Petition"
[practice_areas.map]
"Family Law" = "Family"
"#
    );
    insta::assert_snapshot!(said(&check(&file)), @r#"
    14:25 warning[never-applies] "Auto" is not taken: skip_practice_areas in line 15 leaves it out again => leave one of the two out
    15:32 warning[never-applies] "Probate" need not be left out: practice_areas in line 14 does not list it => leave it out here
    19:11 warning[never-applies] by_hand never applies: closed = "ignore" in line 18 closes no case => leave one of the two out
    21:9 warning[hidden-and-mapped] "Potential Client" is hidden here, but line 24 gives it a portal stage => hiding wins; leave one of the two out
    21:9 warning[never-applies] "Potential Client" never applies here: skip_stages in line 16 leaves its cases out => leave one of the two out
    21:29 warning[never-applies] "Conflict Check" never applies here: every practice area has a line of its own for it => leave it out here, or under [stages.for] where it means the same
    23:1 warning[never-applies] "Filed" never applies here: every practice area has a line of its own for it => leave it out here, or under [stages.for] where it means the same
    24:1 warning[never-applies] "Potential Client" never applies here: skip_stages in line 16 leaves its cases out => leave one of the two out
    29:13 warning[never-applies] the lines of [stages.for."Family Law"] never apply: practice_areas in line 14 does not list it => leave the section out, or take the practice area in under [cases]
    32:1 warning[never-applies] the line of "Family Law" never applies: practice_areas in line 14 does not list it => leave the line out, or take the practice area in under [cases]
    "#);
}

#[test]
fn a_line_is_shadowed_only_when_every_practice_area_that_is_known_has_its_own() {
    let file =
        "[stages.map]\n\"Intake\" = \"A\"\n[stages.for.\"PI\"]\n\"Intake\" = \"B\"\n[stages.for.\"Family Law\"]\n\"Intake\" = \"C\"\n";
    assert_eq!(said(&check(&format!("{SHORT}{file}"))), "", "without a catalog nobody knows");
    assert!(lines(file).contains("14:1 note[seldom-applies] \"Intake\" applies here only to cases without"), "{}", lines(file));
    let chosen = lines(&format!("{file}[cases]\npractice_areas = [\"PI\", \"Family Law\"]\n"));
    assert!(chosen.contains("14:1 warning[never-applies] \"Intake\" never applies here"), "{chosen}");
    assert_eq!(lines(&file.replace("Family Law", "PI 2")).matches("applies]").count(), 0);
}

#[test]
fn a_portal_stage_that_nothing_leads_to_is_a_note() {
    let file = "[portal.stages]\n\"Personal Injury\" = [\"Start\", \"Demand\", \"Appeal\"]\n\"Tax\" = [\"Start\", \"End\"]\n[stages]\nnot_in_map = \"attention\"\n[stages.map]\n\"Intake\" = \"Start\"\n[stages.for.\"PI\"]\n\"Treating\" = \"Demand\"\n[practice_areas]\nnot_in_map = \"attention\"\n[practice_areas.map]\n\"PI\" = \"Personal Injury\"\n";
    insta::assert_snapshot!(said(&check(&format!("{SHORT}{file}"))), @r#"
    14:41 note[never-shown] no stage of MyCase leads to "Appeal" in "Personal Injury" => map one to it, or leave it out if only a person sets it in the portal
    15:1 note[never-shown] no practice area of MyCase leads to "Tax" => map one to it under [practice_areas.map], or leave its stages out
    "#);
    let same = file.replace("not_in_map = \"attention\"", "not_in_map = \"same-name\"");
    assert!(!said(&check(&format!("{SHORT}{same}"))).contains("never-shown"), "the same name may lead to it");
}

fn online(text: &str, online: &Online) -> String {
    let problems = check_online(&input(text), &Profiles::builtin(), &DaemonRules::default(), FRESH.parse().unwrap(), online);
    said(&Checked { firm: None, problems })
}

#[test]
fn online_a_missing_or_renamed_name_is_an_error() {
    let live = Online { names: Some(catalog()), ..Online::default() };
    let text =
        format!("{SHORT}[stages]\nnot_in_map = \"attention\"\n[stages.map]\n\"Demand Sent\" = \"Demand\"\n\"Arbitration\" = \"Start\"\n");
    insta::assert_snapshot!(online(&text, &live), @r#"
    13:1 warning[uncovered-stages] no rule covers these stages of MyCase: "Intake", "Treating" => add them to [stages.map], or to hide; their cases need attention until then. `casebridge init acme --stage-map` proposes lines
    16:1 error[renamed] 'Demand Sent' is now called 'Demand'; line 16 still says 'Demand Sent' => write "Demand"
    17:1 error[unknown-name] MyCase has no stage "Arbitration" => look it up in MyCase; write the name as it is spelled there
    "#);
}

#[test]
fn whose_connection_it_is_and_how_the_accounts_stand_is_said_at_the_lines_that_say_it() {
    let text = SHORT.replace("[portal]", "web_url = \"https://acme.mycase.com\"\n[portal]");
    let findings = vec![
        OnlineFinding::MyCase(MyCaseFinding::NotConnected),
        OnlineFinding::MyCase(MyCaseFinding::Secret("the variable ACME_X is not set".to_owned())),
        OnlineFinding::MyCase(MyCaseFinding::PersonInactive),
        OnlineFinding::Portal(PortalFinding::KeyRefused("401".to_owned())),
        OnlineFinding::Portal(PortalFinding::KeyNotAsked),
    ];
    let seen = Online { firm_url: Some("https://other.mycase.com/".to_owned()), findings, ..Online::default() };
    insta::assert_snapshot!(online(&text, &seen), @r#"
    4:1 error[not-connected] this firm is not connected to MyCase => run: casebridge connect acme
    4:1 warning[person-inactive] the person who connected is no longer an active user of MyCase, so MyCase may end the connection any day => let somebody whose account stays active run casebridge connect acme
    6:17 error[no-secret] MyCase cannot be asked: the variable ACME_X is not set => 
    8:11 error[other-firm] the connection to MyCase belongs to https://other.mycase.com/, not to https://acme.mycase.com => correct web_url, or let the right firm allow access: casebridge connect acme
    11:11 error[key-refused] Case Status does not accept the key: 401 => put the right one where this line says; MyCase need not be connected again
    11:11 note[key-not-asked] Case Status has no way to ask whether it accepts the key => it shows at the first write: begin with a few cases under [testing]
    "#);
    let same = Online { firm_url: Some("https://ACME.mycase.com/dashboard".to_owned()), ..Online::default() };
    assert_eq!(online(&text, &same), "");
    assert_eq!(online(SHORT, &seen).matches("other-firm").count(), 0, "without web_url there is nothing to compare");
    let broken = check_online(&input("[firm\n"), &Profiles::builtin(), &DaemonRules::default(), FRESH.parse().unwrap(), &seen);
    assert!(broken.iter().all(|problem| problem.line == 1) && broken[0].severity == Severity::Error, "{broken:#?}");
}

#[test]
fn nothing_is_said_of_what_is_missing_while_a_part_of_the_file_cannot_be_read() {
    let listed = "[portal.stages]\n\"PI\" = [\"Start\", \"Demand\"]\n";
    let file = |map: &str| {
        said(&with(&format!("{SHORT}\n{listed}[stages]\nnot_in_map = \"attention\"\n[{map}]\n\"Intake\" = \"Start\"\n"), &catalog()))
    };
    let whole = file("stages.map");
    assert!(whole.contains("uncovered-stages") && whole.contains("never-shown"), "{whole}");
    let torn = file("stages.mpa");
    assert!(torn.contains("unknown-key") && !torn.contains("uncovered-stages") && !torn.contains("never-shown"), "{torn}");
}
