//! Plans over what moved only: what waits to have stood, what is said of cases that were not looked at, foreign records.

use crate::domain::{CaseId, Holds, PortalId, ReasonCode, ScanDoubt};
use crate::plan::Reach;
use crate::plan::fixture::{Edit, World, at, case, codes, kinds};
use jiff::ToSpan;
use std::time::Duration;

const HALF_AN_HOUR: Duration = Duration::from_secs(1800);

/// Both cases moved just now.
fn moved(id: u64, now: jiff::Timestamp) -> crate::mapping::Wanted {
    case(id).with(|wanted| wanted.updated_at = Some(now))
}

#[test]
fn a_stage_that_has_not_stood_long_enough_is_to_be_looked_at_when_it_has() {
    let mut world = World::holding(&[case(1), case(2)]);
    world.firm.stages.settle = HALF_AN_HOUR;
    let wanted = moved(1, world.now).stage("Demand");
    let plan = world.plan(&[wanted.clone(), case(2)]);
    assert!(plan.changes.is_empty());
    let due = world.now + 30.minutes();
    assert_eq!(plan.look_again.clone().into_iter().collect::<Vec<_>>(), [(CaseId(1), due)]);
    world.apply(&plan);
    world.now = due;
    let plan = world.plan(&[wanted, case(2)]);
    assert_eq!((kinds(&plan).len(), plan.look_again.len()), (1, 0));
}

#[test]
fn a_closing_has_its_own_time_and_the_sooner_of_two_counts() {
    let mut world = World::holding(&[case(1)]);
    world.firm.stages.settle = HALF_AN_HOUR;
    world.firm.closure.settle = 4 * HALF_AN_HOUR;
    let closing = world.plan(&[moved(1, world.now).closed()]);
    assert_eq!(closing.look_again[&CaseId(1)], world.now + 2.hours());
    let both = world.plan(&[moved(1, world.now).closed().stage("Demand")]);
    assert_eq!(both.look_again[&CaseId(1)], world.now + 30.minutes());
}

#[test]
fn what_would_not_be_sent_anyway_is_not_waited_for() {
    let mut world = World::holding(&[case(1)]);
    world.firm.stages.settle = HALF_AN_HOUR;
    let held = moved(1, world.now).stage("Demand").because(ReasonCode::StageNotMapped, Holds::Stage, false);
    assert!(world.plan(&[held]).look_again.is_empty());
    assert!(world.plan(&[moved(1, world.now)]).look_again.is_empty(), "in step");
    world.firm.stages.settle = Duration::ZERO;
    assert!(world.plan(&[moved(1, world.now).stage("Demand")]).look_again.is_empty(), "it goes at once");
}

#[test]
fn a_phone_taken_from_a_case_that_was_not_looked_at_is_said_of_the_case_that_moved_only() {
    let mut world = World::holding(&[case(1), case(2)]);
    world.reach = Reach::Changed;
    let plan = world.plan(&[case(1).phone("+12125550002")]);
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::SharedPhone])]);
    assert!(plan.changes.is_empty());
    assert_eq!((plan.open_linked, plan.doubts.clone()), (2, vec![ScanDoubt::Partial]), "shares are of all open cases");
}

#[test]
fn a_plan_over_what_moved_concludes_nothing_from_what_is_not_shown() {
    let mut world = World::holding(&[case(1), case(2)]);
    world.reach = Reach::Changed;
    world.firm.closure.deleted = crate::config::DeletedRule::Close;
    world.deleted.insert(CaseId(2));
    for _ in 0..3 {
        let plan = world.plan(&[case(1)]);
        assert!(plan.changes.is_empty() && plan.exceptions.is_empty() && plan.observations.is_empty(), "{plan:?}");
        world.now += 2.hours();
    }
}

#[test]
fn records_that_belong_to_no_case_are_named_only_when_both_sides_were_read_whole() {
    let mut world = World::holding(&[case(1), case(2), case(3)]);
    world.lists = true;
    let mut foreign = world.listed(1).clone();
    foreign.portal_id = PortalId("X9".into());
    foreign.integration_id = Some("77".into());
    world.portal.insert(foreign.portal_id.clone(), foreign);
    let cases = [case(1), case(2), case(3)];
    let said = |world: &World, cases: &[crate::mapping::Wanted]| world.plan(cases).notes.into_iter().find(|note| note.contains("no case"));
    let words = "1 portal record belongs to no case that MyCase shows: 1 with an id that is no case here (X9); nothing is done about them";
    assert_eq!(said(&world, &cases).as_deref(), Some(words));
    assert_eq!(said(&world, &cases[..2]).as_deref(), Some(words), "the record of a linked case that is not shown is no stranger");
    world.doubts = vec![ScanDoubt::NoCount];
    assert_eq!(said(&world, &cases), None);
    world.doubts.clear();
    world.whole_list = false;
    assert_eq!(said(&world, &cases), None);
}

#[test]
fn what_half_a_list_kept_from_being_created_is_looked_at_again_at_once() {
    let mut world = World::holding(&[case(1)]);
    (world.lists, world.whole_list, world.now) = (true, false, at("2026-11-23T13:00:00Z"));
    let plan = world.plan(&[case(1), case(2)]);
    assert_eq!((plan.changes.len(), plan.look_again.get(&CaseId(2))), (0, Some(&world.now)));
}
