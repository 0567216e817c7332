//! Why a case is wanted as it is.

use super::plain;
use crate::config::firm_for_tests::entry;
use crate::domain::{Kind, Kinds, NameKey};
use std::collections::BTreeMap;

fn why(desk: super::Desk, kinds: &[Kind]) -> Vec<String> {
    let (mapper, wanted, case) = desk.mapper();
    mapper.why(&case, &wanted, kinds.iter().copied().collect::<Kinds>())
}

#[test]
fn a_mapped_stage_names_its_line() {
    let mut desk = plain();
    desk.case.stage = Some("demand sent".to_owned());
    desk.firm.stages.map = BTreeMap::from([entry("Demand Sent", "Demand", 41)]);
    let expected = [
        "practice_area: \"Personal Injury\", the same name as in MyCase ([practice_areas] not_in_map)",
        "stage: \"demand sent\" is \"Demand\" (acme.firm.toml:41)",
    ];
    assert_eq!(why(desk, &[Kind::Stage]), expected);
}

#[test]
fn closing_is_explained_by_mycase() {
    let mut desk = plain();
    desk.case.status = crate::domain::CaseStatus::Closed;
    assert_eq!(why(desk, &[Kind::Close]), ["state: closed in MyCase"]);
}

#[test]
fn a_hidden_stage_says_that_the_portals_stays() {
    let mut desk = plain();
    desk.firm.stages.hide.insert(NameKey::new("Demand"));
    assert_eq!(why(desk, &[Kind::Stage])[1], "stage: \"Demand\" is not shown to clients, the portal's stays ([stages] hide)");
}

#[test]
fn a_create_tells_everything_that_was_decided_without_naming_anybody() {
    let told = why(plain(), &[Kind::Create]);
    let expected = [
        "state: open in MyCase",
        "practice_area: \"Personal Injury\", the same name as in MyCase ([practice_areas] not_in_map)",
        "stage: \"Demand\", the same name as in MyCase ([stages] not_in_map)",
        "clients: person 55, the only person on the case, and no company ([clients] who)",
        "phone: the cell phone of person 55 ([clients] phone)",
        "attorney: staff 7, marked as lead_lawyer in MyCase ([staff] lead)",
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_empty_field_is_explained_when_asked_but_is_no_reason_for_a_change() {
    let mut desk = plain();
    desk.case.opened_date = None;
    let (mapper, wanted, case) = desk.mapper();
    let told = |lines: Vec<String>| lines.iter().any(|line| line.starts_with("case_date: case.opened_date is empty in MyCase"));
    assert!(told(mapper.explain(&case).iter().map(ToString::to_string).collect()));
    assert!(!told(mapper.why(&case, &wanted, [Kind::Update].into_iter().collect())));
}

#[test]
fn the_table_lays_mycases_value_beside_the_rule_and_what_it_comes_to() {
    let (mapper, wanted, case) = plain().mapper();
    let rows = mapper.table(&case, &wanted);
    let row = |field: &str| rows.iter().find(|row| row.because.field == field).map(|row| (row.seen.as_deref(), row.wanted.as_deref()));
    assert_eq!(row("stage"), Some((Some("Demand"), Some("Demand"))));
    assert_eq!(row("phone"), Some((Some("(212) 736-5000 (cell of person 55)"), Some("+12127365000"))));
    assert_eq!(row("email"), Some((Some("Jane@Example.com (person 55)"), Some("jane@example.com"))));
    assert_eq!(row("clients"), Some((Some("Jane Doe (person 55)"), Some("Jane Doe (person 55)"))));
    assert_eq!(row("attorney"), Some((Some("Ann Lee (staff 7, lead attorney)"), Some("staff7@acme.example"))));
    assert_eq!(row("name"), Some((Some("Doe v. Roe"), Some("Doe v. Roe"))));
    assert!(!format!("{rows:?}").contains("Doe"), "values are for those who asked");
}
