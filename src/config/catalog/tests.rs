//! Catalogs as they are written, read again, remembered and compared.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

fn entry(id: u64, name: &str) -> CatalogEntry {
    CatalogEntry { id, name: name.to_owned(), was: Vec::new() }
}

fn catalog() -> Catalog {
    Catalog {
        taken_at: "2026-11-01T00:00:00Z".parse().unwrap(),
        stages: vec![entry(1, "Demand \"Sent\""), entry(2, "Intake")],
        practice_areas: vec![],
        custom_fields: vec![entry(7, "Court\tRoom\\2")],
        people_groups: vec![],
        staff_types: vec!["Attorney".to_owned()],
        portal_stages: BTreeMap::from([("Personal Injury".to_owned(), vec!["Demand".to_owned()])]),
    }
}

fn read(catalog: &Catalog) -> Catalog {
    let (read, problems) = Catalog::parse(&SourceText::new("acme.catalog.toml", catalog.to_toml()));
    assert_eq!(problems, []);
    read.unwrap()
}

#[test]
fn what_is_written_is_what_is_read_and_old_names_are_kept() {
    let old = catalog();
    let mut new = Catalog { stages: vec![entry(1, "Demand"), entry(2, "Intake")], ..old.clone() };
    new.remember(&old);
    assert_eq!(read(&new), new);
    assert_eq!(new.stages[0].was, ["Demand \"Sent\""]);
    assert_eq!(read(&old), old);
}

#[test]
fn one_name_stands_on_one_line_and_a_list_that_was_not_read_is_not_there() {
    insta::assert_snapshot!(catalog().to_toml(), @r##"
    # Written by `casebridge catalog pull`: names only, no client data. Commit it, and `casebridge check` resolves names offline.
    taken_at = "2026-11-01T00:00:00Z"
    stages = [
        { id = 1, name = "Demand \"Sent\"" },
        { id = 2, name = "Intake" },
    ]
    custom_fields = [
        { id = 7, name = "Court\u0009Room\\2" },
    ]
    staff_types = [
        "Attorney",
    ]

    # As far as a case has stood in one. A stage that is gone in the portal: delete its line.
    [portal_stages]
    "Personal Injury" = [
        "Demand",
    ]
    "##);
}

#[test]
fn former_names_are_kept_once_through_many_pulls_and_never_the_name_of_today() {
    let mut kept = catalog();
    for name in ["A", "B", "a", "C", "B"] {
        let mut next = Catalog { stages: vec![entry(1, name)], ..catalog() };
        // What the state remembers of renames between two pulls comes in as `was`.
        next.stages[0].was = vec!["From the state".to_owned()];
        next.remember(&kept);
        kept = next;
    }
    assert_eq!(kept.stages[0].name, "B");
    assert_eq!(kept.stages[0].was, ["Demand \"Sent\"", "From the state", "a", "C"]);
}

#[test]
fn a_stage_of_the_portal_in_which_nobody_stands_today_is_still_known() {
    let mut new = Catalog {
        portal_stages: BTreeMap::from([
            ("Personal Injury".to_owned(), vec!["Settlement".to_owned()]),
            ("Family Law".to_owned(), vec!["Petition".to_owned()]),
        ]),
        ..catalog()
    };
    new.remember(&catalog());
    assert_eq!(new.portal_stages["Personal Injury"], ["Demand", "Settlement"]);
    let mut unread = Catalog { portal_stages: BTreeMap::new(), ..catalog() };
    unread.remember(&catalog());
    assert_eq!(unread, catalog(), "a portal that could not be read this time takes nothing away");
}

#[test]
fn a_file_stays_as_it_is_for_a_week_while_the_names_do() {
    let old = catalog();
    let after = |days: i64| Catalog { taken_at: old.taken_at + SignedDuration::from_hours(24 * days), ..catalog() };
    assert!(old.stands_for(&after(6)) && !old.stands_for(&after(7)));
    assert!(!old.stands_for(&Catalog { stages: vec![entry(1, "Demand")], ..after(1) }));
    assert!(!old.is_stale(after(29).taken_at) && old.is_stale(after(30).taken_at));
}

#[test]
fn what_came_went_and_was_renamed_is_said_by_id() {
    let old = catalog();
    let mut new = Catalog { stages: vec![entry(1, "Demand"), entry(3, "Trial")], custom_fields: vec![], ..catalog() };
    new.portal_stages.entry("Personal Injury".to_owned()).or_default().push("Trial".to_owned());
    insta::assert_snapshot!(CatalogDiff::between(Some(&old), &new), @r#"
    stages
      ~ "Demand \"Sent\"" is now called "Demand"
      + "Trial"
      - "Intake"
    custom fields
      ? could not be read this time
    portal stages
      + "Personal Injury: Trial"
    "#);
    assert!(CatalogDiff::between(Some(&old), &old).is_empty());
    let all = CatalogDiff::between(None, &old);
    assert_eq!(all.lists.iter().map(|list| list.came.len()).collect::<Vec<_>>(), [2, 1, 1, 1]);
}
