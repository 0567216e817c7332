//! Linked cases: what goes, what is kept back, what waits.

use crate::domain::{Holds, Kind, NameKey, PersonId, ReasonCode};
use crate::mapping::{SeenStatus, StageWish};
use crate::plan::fixture::{Edit, World, case, codes, kinds};
use crate::plan::{Hold, Look};
use jiff::ToSpan;
use std::time::Duration;

#[test]
fn a_case_in_step_is_settled_at_a_look_and_counted() {
    let world = World::holding(&[case(1), case(2)]);
    let mut planner = world.planner();
    let link = &world.links[&crate::domain::CaseId(1)].0;
    assert_eq!(planner.look(&case(1), Some(link)), Look::InStep);
    let plan = world.plan(&[case(1), case(2)]);
    assert!(plan.changes.is_empty() && plan.observations.is_empty() && plan.exceptions.is_empty());
    assert_eq!((plan.unchanged, plan.open_linked), (2, 2));
}

#[test]
fn a_case_is_in_step_for_good_unless_something_waits_or_is_said_or_to_be_remembered_or_the_portal_is_asked() {
    let world = World::holding(&[case(1)]);
    let known = |world: &World, wanted| !world.in_step(&[wanted]).is_empty();
    assert!(known(&world, case(1)));
    assert!(!known(&world, case(1).because(ReasonCode::BadValue, Holds::Nothing, false)), "it is said every night");
    assert!(!known(&world, case(1).with(|w| w.mycase_practice_area = Some("Renamed".into()))), "the state remembers it first");
    assert!(!known(&world, case(1).stage("Demand")));
    let mut waiting = world.clone();
    waiting.firm.stages.settle = Duration::from_secs(24 * 3600);
    let moved = || case(1).stage("Demand").with(|w| w.updated_at = None);
    waiting.apply(&waiting.plan(&[moved()]));
    assert!(waiting.plan(&[moved()]).changes.is_empty() && !known(&waiting, moved()), "tomorrow it is not in step any more");
    let asked = World { lists: true, ..world.clone() };
    assert!(!known(&asked, case(1)), "that was the portal's word, too");
    let anew = World { rewrite: true, ..world.clone() };
    assert!(!known(&anew, case(1)));
    let mut resting = world.clone();
    resting.apply(&resting.plan(&[case(1).closed()]));
    assert!(known(&resting, case(1).closed().because(ReasonCode::BadValue, Holds::Nothing, false)), "what rests is not spoken of");
}

#[test]
fn only_the_case_that_changed_is_sent_with_its_before_and_after() {
    let world = World::holding(&[case(1), case(2)]);
    let plan = world.plan(&[case(1), case(2).stage("Demand")]);
    assert_eq!(kinds(&plan), [(2, vec![Kind::Stage])]);
    let change = &plan.changes[0];
    assert_eq!(change.before.as_ref().and_then(|r| r.stage.as_deref()), Some("Treatment"));
    assert_eq!(change.after.stage.as_deref(), Some("Demand"));
    assert_eq!((change.fields(), &change.why), (vec!["stage".into()], &vec!["because".to_owned()]));
}

#[test]
fn an_undecided_stage_holds_back_the_stage_and_not_the_phone_or_the_closing() {
    let world = World::holding(&[case(1)]);
    let wanted = case(1).stage("Odd").phone("+12125559999").closed().because(ReasonCode::StageNotMapped, Holds::Stage, true);
    let plan = world.plan(&[wanted.with(|w| w.stage = StageWish::Undecided)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Close, Kind::Contact])]);
    assert_eq!(plan.changes[0].after.stage.as_deref(), Some("Treatment"));
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::StageNotMapped])]);
}

#[test]
fn undecided_clients_and_a_bad_field_keep_what_the_portal_has() {
    let world = World::holding(&[case(1)]);
    let wanted = case(1).stage("Demand").with(|w| {
        w.contact_decided = false;
        w.record.clients.clear();
        w.record.fields.clear();
    });
    let plan = world.plan(&[wanted.because(ReasonCode::BadValue, Holds::Rest, false)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage])]);
    let change = &plan.changes[0];
    assert_eq!(Some(&change.after.clients), change.before.as_ref().map(|r| &r.clients));
    assert_eq!(Some(&change.after.fields), change.before.as_ref().map(|r| &r.fields));
}

#[test]
fn what_holds_everything_sends_nothing() {
    let world = World::holding(&[case(1)]);
    let plan = world.plan(&[case(1).stage("Demand").closed().because(ReasonCode::Refused, Holds::Everything, true)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::Refused])]);
}

#[test]
fn in_a_hidden_stage_the_client_keeps_seeing_the_stage_before() {
    let mut world = World::holding(&[case(1)]);
    let hidden = case(1).with(|w| {
        w.mycase_stage = Some("Conflict Check".into());
        w.stage = StageWish::Keep { start: None };
        w.record.stage = None;
    });
    let plan = world.plan(std::slice::from_ref(&hidden));
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    assert_eq!(plan.observations.len(), 1, "that MyCase moved is remembered");
    world.apply(&plan);
    assert!(world.plan(&[hidden]).observations.is_empty());
}

#[test]
fn a_practice_area_does_not_move_to_where_the_kept_stage_is_unknown() {
    let mut world = World::holding(&[case(1)]);
    world.firm.portal.stages = [("Family Law".to_owned(), vec!["Petition".to_owned()])].into();
    let moved = case(1).with(|w| {
        w.record.practice_area = Some("Family Law".into());
        w.stage = StageWish::Keep { start: None };
    });
    assert!(world.plan(std::slice::from_ref(&moved)).changes.is_empty());
    let both = case(1).stage("Petition").with(|w| w.record.practice_area = Some("Family Law".into()));
    assert_eq!(kinds(&world.plan(&[both])), [(1, vec![Kind::Stage])]);
}

#[test]
fn a_stage_waits_until_it_has_stood_and_then_goes() {
    let mut world = World::holding(&[case(1)]);
    world.firm.stages.settle = Duration::from_secs(1800);
    let now = world.now;
    let moved = case(1).stage("Demand").with(|w| w.updated_at = Some(now));
    let plan = world.plan(std::slice::from_ref(&moved));
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    world.apply(&plan);
    world.now += 29.minutes();
    let edited = moved.clone().with(|w| w.updated_at = Some(now + 20.minutes()));
    assert!(world.plan(std::slice::from_ref(&edited)).changes.is_empty());
    world.now += 1.minute();
    assert_eq!(kinds(&world.plan(&[edited])), [(1, vec![Kind::Stage])]);
}

#[test]
fn a_case_that_has_not_changed_for_long_has_stood_that_long() {
    let mut world = World::holding(&[case(1)]);
    world.firm.stages.settle = Duration::from_secs(1800);
    assert_eq!(kinds(&world.plan(&[case(1).stage("Demand")])), [(1, vec![Kind::Stage])]);
}

#[test]
fn a_closing_waits_until_it_has_stood_and_the_rest_goes_on() {
    let mut world = World::holding(&[case(1)]);
    world.firm.closure.settle = Duration::from_secs(3600);
    let now = world.now;
    let wanted = case(1).closed().phone("+12125550000").with(|w| w.updated_at = Some(now));
    let plan = world.plan(std::slice::from_ref(&wanted));
    assert_eq!(kinds(&plan), [(1, vec![Kind::Contact])]);
    world.apply(&plan);
    world.now += 1.hour();
    assert_eq!(kinds(&world.plan(&[wanted])), [(1, vec![Kind::Close])]);
}

#[test]
fn the_stage_to_close_in_goes_with_the_closing() {
    let mut world = World::holding(&[case(1)]);
    world.firm.closure.stage = Some("Completed".into());
    let plan = world.plan(&[case(1).closed()]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Close, Kind::Stage])]);
    assert_eq!(plan.changes[0].after.stage.as_deref(), Some("Completed"));
    world.apply(&plan);
    assert!(world.plan(&[case(1).closed()]).changes.is_empty());
}

#[test]
fn a_case_whose_practice_area_has_no_such_stage_closes_where_it_stands() {
    let mut world = World::holding(&[case(1)]);
    world.firm.closure.stage = Some("Final Orders".into());
    world.firm.portal.stages = [("Personal Injury".to_owned(), vec!["Treatment".to_owned(), "Demand".to_owned()])].into();
    let plan = world.plan(&[case(1).closed()]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Close])]);
    assert_eq!(plan.changes[0].after.stage.as_deref(), Some("Treatment"));
    let new = world.plan(&[case(2).closed()]);
    let made = new.changes.iter().find(|change| change.case.0 == 2).expect("it is imported");
    assert_eq!(made.after.stage.as_deref(), Some("Treatment"));
}

#[test]
fn a_stage_closed_by_hand_needs_attention_and_closes_nothing() {
    let mut world = World::holding(&[case(1)]);
    world.firm.closure.by_hand = [NameKey::new("terminated by client")].into();
    let wanted = case(1).closed().stage("Terminated by Client");
    let plan = world.plan(std::slice::from_ref(&wanted));
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage])]);
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::ClosedByHand])]);
    world.apply(&plan);
    assert_eq!(codes(&world.plan(&[wanted])), [(1, vec![ReasonCode::ClosedByHand])], "until somebody closes it");
}

#[test]
fn closings_that_are_ignored_leave_the_record_open_and_in_step() {
    let mut world = World::holding(&[case(1)]);
    world.firm.closure.close = false;
    assert_eq!(kinds(&world.plan(&[case(1).closed().stage("Demand")])), [(1, vec![Kind::Stage])]);
}

#[test]
fn a_closed_case_is_left_alone_until_it_reopens_and_then_brought_up_to_date() {
    let mut world = World::holding(&[case(1)]);
    let plan = world.plan(&[case(1).closed()]);
    world.apply(&plan);
    let changed = case(1).closed().stage("Demand").phone("+12125550000").because(ReasonCode::NoLeadAttorney, Holds::Rest, true);
    let plan = world.plan(&[changed]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    let reopened = case(1).stage("Demand").phone("+12125550000");
    assert_eq!(kinds(&world.plan(&[reopened])), [(1, vec![Kind::Reopen, Kind::Contact, Kind::Stage])]);
}

#[test]
fn a_reopening_that_is_ignored_or_has_not_stood_sends_nothing_at_all() {
    let mut world = World::holding(&[case(1)]);
    let plan = world.plan(&[case(1).closed()]);
    world.apply(&plan);
    let now = world.now;
    let reopened = case(1).stage("Demand").with(|w| w.updated_at = Some(now));
    world.firm.closure.settle = Duration::from_secs(600);
    assert!(world.plan(std::slice::from_ref(&reopened)).changes.is_empty());
    world.firm.closure.settle = Duration::ZERO;
    world.firm.closure.reopen = false;
    assert!(world.plan(&[reopened]).changes.is_empty());
}

#[test]
fn a_status_that_is_unknown_neither_closes_nor_reopens() {
    let world = World::holding(&[case(1)]);
    let wanted = case(1).with(|w| w.state = SeenStatus::Unknown).because(ReasonCode::StatusUnknown, Holds::State, true);
    assert!(world.plan(&[wanted]).changes.is_empty());
}

#[test]
fn another_client_is_a_swap_that_waits_while_the_rest_of_the_case_goes_on() {
    let mut world = World::holding(&[case(1)]);
    let swapped = case(1).stage("Demand").with(|w| w.record.clients[0].id = PersonId(5));
    let plan = world.plan(std::slice::from_ref(&swapped));
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage])]);
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::ClientChanged])]);
    let swap = &plan.swaps[0];
    assert_eq!((swap.hold, swap.after.stage.as_deref()), (Some(Hold::ClientChanged), Some("Treatment")));
    assert_eq!(swap.after.clients[0].id, PersonId(5));
    let key = swap.key(&crate::plan::fixture::prints());
    world.apply(&plan);
    let again = world.plan(&[swapped]);
    assert!(again.changes.is_empty());
    assert_eq!(again.swaps[0].key(&crate::plan::fixture::prints()), key, "the swap is the same after the stage went");
}

#[test]
fn the_same_client_with_another_phone_is_an_ordinary_contact_change() {
    let world = World::holding(&[case(1)]);
    let plan = world.plan(&[case(1).phone("+12125550000")]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Contact])]);
    assert_eq!(plan.changes[0].fields(), ["phone"]);
    assert!(plan.swaps.is_empty());
}

#[test]
fn a_value_that_became_empty_is_cleared() {
    let world = World::holding(&[case(1)]);
    let plan = world.plan(&[case(1).with(|w| drop(w.record.fields.remove("name")))]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Update])]);
    assert!(!plan.changes[0].after.fields.contains_key("name"));
}

#[test]
fn a_rewrite_sends_every_open_linked_case_anew_and_leaves_closed_ones() {
    let mut world = World::holding(&[case(1), case(2), case(3).closed()]);
    world.rewrite = true;
    let plan = world.plan(&[case(1), case(2), case(3).closed()]);
    let all = vec![Kind::Contact, Kind::Stage, Kind::Update];
    assert_eq!(kinds(&plan), [(1, all.clone()), (2, all)]);
    assert!(plan.changes.iter().all(|change| change.before.is_none() && change.portal_id.is_some()));
}

#[test]
fn without_the_record_last_sent_nothing_goes_that_would_have_to_keep_a_part_of_it() {
    let world = World::holding(&[case(1)]);
    let link = world.links[&crate::domain::CaseId(1)].0.clone();
    let scan = crate::domain::Scan { read: 1, announced: Some(1), doubts: Vec::new() };
    let draft = |wanted: crate::mapping::Wanted| {
        let mut planner = world.planner();
        assert!(matches!(planner.look(&wanted, Some(&link)), Look::Differs(_)));
        planner.draft(wanted, Some(link.clone()), None, Vec::new());
        planner.finish(&scan, [&link])
    };
    assert_eq!(kinds(&draft(case(1).stage("Demand"))), [(1, vec![Kind::Stage])]);
    assert!(draft(case(1).stage("Demand").with(|w| w.contact_decided = false)).changes.is_empty());
}
