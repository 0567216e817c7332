//! Which cases `[cases]` and `[testing]` take.

use super::{Desk, plain, value};
use crate::domain::{CaseId, CaseStatus, Holds, NameKey, ReasonCode};
use crate::mapping::{OutOfScope, Scope, SeenStatus};

fn scope(change: impl FnOnce(&mut Desk)) -> Scope {
    let mut desk = plain();
    change(&mut desk);
    desk.map().scope
}

#[test]
fn never_beats_the_testing_list_and_the_testing_list_beats_the_rest() {
    assert_eq!(scope(|_| ()), Scope::In);
    let never = |desk: &mut Desk| {
        desk.firm.cases.never.insert(CaseId(1));
        desk.firm.testing.insert(CaseId(1));
    };
    assert_eq!(scope(never), Scope::Never);
    let testing = |desk: &mut Desk| {
        desk.firm.testing.insert(CaseId(2));
        desk.firm.cases.skip_stages.insert(NameKey::new("Demand"));
    };
    assert_eq!(scope(testing), Scope::Out(OutOfScope::Testing));
    assert_eq!(scope(|desk| assert!(desk.firm.testing.insert(CaseId(1)))), Scope::In);
}

#[test]
fn practice_areas_and_stages_are_named_as_people_write_them() {
    let listed = |name: &'static str| scope(move |desk| assert!(desk.firm.cases.practice_areas.insert(NameKey::new(name))));
    assert_eq!(listed(" personal injury"), Scope::In);
    assert_eq!(listed("Family Law"), Scope::Out(OutOfScope::PracticeAreaNotListed));
    let skipped = scope(|desk| assert!(desk.firm.cases.skip_practice_areas.insert(NameKey::new("PERSONAL INJURY"))));
    assert_eq!(skipped, Scope::Out(OutOfScope::PracticeAreaSkipped));
    let stage = scope(|desk| assert!(desk.firm.cases.skip_stages.insert(NameKey::new("demand"))));
    assert_eq!(stage, Scope::Out(OutOfScope::StageSkipped));
}

#[test]
fn a_case_without_a_practice_area_is_not_among_the_listed_ones() {
    let none = scope(|desk| {
        desk.case.practice_area = None;
        desk.firm.cases.practice_areas.insert(NameKey::new("Family Law"));
    });
    assert_eq!(none, Scope::Out(OutOfScope::PracticeAreaNotListed));
}

#[test]
fn enabled_by_takes_what_people_mean_by_yes() {
    let enabled = |text: &'static str| {
        scope(move |desk| {
            desk.custom_field(3, "Portal Enabled", &[("k1", "Yes")]);
            desk.firm.cases.enabled_by = "custom.Portal Enabled".parse().ok();
            desk.case.custom = vec![value(3, text)];
        })
    };
    for yes in ["true", "Yes", "1", " CHECKED ", "k1"] {
        assert_eq!(enabled(yes), Scope::In, "{yes}");
    }
    for no in ["false", "no", "", "0", "maybe"] {
        assert_eq!(enabled(no), Scope::Out(OutOfScope::NotEnabled), "{no}");
    }
}

#[test]
fn of_a_case_that_is_left_out_nothing_is_complained() {
    let mut desk = plain();
    desk.case.clients.clear();
    desk.case.status = CaseStatus::Unknown;
    desk.firm.cases.never.insert(CaseId(1));
    assert_eq!(desk.map().reasons, []);
}

#[test]
fn a_status_that_is_neither_open_nor_closed_holds_closing_and_new_records() {
    let mut desk = plain();
    desk.case.status = CaseStatus::Unknown;
    let wanted = desk.map();
    assert_eq!(wanted.state, SeenStatus::Unknown);
    assert_eq!(wanted.codes(), [(ReasonCode::StatusUnknown, Holds::State)]);
    assert!(wanted.reasons[0].no_create);
    let mut desk = plain();
    desk.case.status = CaseStatus::Closed;
    let wanted = desk.map();
    assert!(wanted.state == SeenStatus::Closed && !wanted.record.open);
}
