//! Scope, testing, `never`, and cases that MyCase no longer shows.

use crate::config::{DeletedRule, OutOfScopeRule};
use crate::domain::{CaseId, Kind, ReasonCode, ScanDoubt};
use crate::mapping::{OutOfScope, Scope, Wanted};
use crate::plan::Reach;
use crate::plan::fixture::{Edit, World, case, codes, kinds};
use jiff::ToSpan;

fn out(id: u64) -> Wanted {
    case(id).stage("Demand").with(|w| w.scope = Scope::Out(OutOfScope::StageSkipped))
}

#[test]
fn a_linked_case_out_of_scope_is_reported_or_closed_and_a_new_one_says_nothing() {
    let mut world = World::holding(&[case(1)]);
    let plan = world.plan(&[out(1), out(2)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::OutOfScope])]);
    world.firm.closure.out_of_scope = OutOfScopeRule::Close;
    let plan = world.plan(&[out(1)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Close])]);
    world.apply(&plan);
    let plan = world.plan(&[out(1)]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty(), "closed already: nothing left to say");
    assert_eq!(kinds(&world.plan(&[case(1)])), [(1, vec![Kind::Reopen])], "back in scope");
}

#[test]
fn a_case_never_to_be_touched_stays_linked_and_silent() {
    let mut world = World::holding(&[case(1)]);
    world.firm.cases.never = [CaseId(1)].into();
    let plan = world.plan(&[case(1).stage("Demand").with(|w| w.scope = Scope::Never)]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty() && plan.observations.is_empty());
    let gone = world.plan(&[]);
    assert!(gone.observations.is_empty() && gone.exceptions.is_empty());
}

#[test]
fn while_testing_nothing_else_is_touched() {
    let mut world = World::holding(&[case(1), case(2)]);
    world.firm.testing = [CaseId(1)].into();
    let plan = world.plan(&[case(1).stage("Demand"), case(2).stage("Demand"), case(3)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage])]);
    assert_eq!(plan.open_linked, 2);
    assert!(world.plan(&[case(1)]).observations.is_empty(), "the absence of others is not even remembered");
}

#[test]
fn a_run_for_named_cases_touches_only_those() {
    let mut world = World::holding(&[case(1), case(2)]);
    world.reach = Reach::Cases([CaseId(2)].into());
    let plan = world.plan(&[case(1).stage("Demand"), case(2).stage("Demand")]);
    assert_eq!(kinds(&plan), [(2, vec![Kind::Stage])]);
    assert_eq!(plan.doubts, [ScanDoubt::Partial]);
}

/// A world where case 2 has been missing for an hour and answers 404.
fn vanished(last_seen: Wanted) -> World {
    let mut world = World::holding(&[case(1), case(2)]);
    world.firm.closure.close = false;
    let seen = world.plan(&[case(1), last_seen]);
    world.apply(&seen);
    let missing = world.plan(&[case(1)]);
    assert!(missing.exceptions.is_empty() && missing.observations.len() == 1);
    world.apply(&missing);
    world.deleted = [CaseId(2)].into();
    world
}

#[test]
fn a_case_is_gone_only_after_two_runs_an_hour_apart_and_a_404() {
    let mut world = vanished(case(2));
    world.now += 59.minutes();
    assert!(world.plan(&[case(1)]).exceptions.is_empty());
    world.now += 1.minute();
    let plan = world.plan(&[case(1)]);
    assert_eq!(codes(&plan), [(2, vec![ReasonCode::GoneFromMyCase])]);
    world.apply(&plan);
    world.deleted.clear();
    assert_eq!(codes(&world.plan(&[case(1)])), [(2, vec![ReasonCode::GoneFromMyCase])], "said until it is put right");
    let back = world.plan(&[case(1), case(2)]);
    assert!(back.exceptions.is_empty());
    assert_eq!(back.observations[0].missing, Some(None));
}

#[test]
fn a_case_that_still_answers_is_not_gone() {
    let mut world = vanished(case(2));
    world.deleted.clear();
    world.now += 2.hours();
    let plan = world.plan(&[case(1)]);
    assert!(plan.exceptions.is_empty() && plan.changes.is_empty());
}

#[test]
fn a_deleted_case_closes_its_record_only_when_it_was_closed_before() {
    for (last_seen, closes) in [(case(2), false), (case(2).closed(), true)] {
        let mut world = vanished(last_seen);
        world.firm.closure.deleted = DeletedRule::Close;
        world.now += 1.hour();
        let plan = world.plan(&[case(1)]);
        assert_eq!(!plan.changes.is_empty(), closes);
        assert_eq!(plan.exceptions.is_empty(), closes, "one last seen open is reported, never closed");
    }
}

#[test]
fn a_doubtful_scan_and_a_shrunken_one_prove_nothing() {
    let mut world = vanished(case(2).closed());
    world.firm.closure.deleted = DeletedRule::Close;
    world.now += 1.hour();
    world.doubts = vec![ScanDoubt::NoCount];
    let plan = world.plan(&[case(1)]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty() && plan.observations.is_empty());
    world.doubts.clear();
    world.last_scan = Some(412);
    let plan = world.plan(&[case(1)]);
    assert_eq!(plan.doubts, [ScanDoubt::Shrunk { fewer: 411, before: 412 }]);
    assert!(plan.changes.is_empty());
    world.last_scan = Some(1);
    assert_eq!(kinds(&world.plan(&[case(1)])), [(2, vec![Kind::Close])]);
}
